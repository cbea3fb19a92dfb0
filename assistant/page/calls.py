"""What the browser may call, and with what: every call is held against the page as it was built, before Gradio sees it.

Gradio prints what it cannot take, words and all, into the log of whoever runs the page. So nothing reaches it but a known call with as many
values as it takes, each of its kind.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import gradio as gr

SESSION = re.compile(r"[A-Za-z0-9]{4,64}")
LONGEST_TEXT = 20_000
NOT_A_CALL = "This is not a call that the page makes."
DEEPEST = 40


class BadCall(Exception):
    """A call that the page does not make."""


class Calls:
    """The calls of a page, from its Blocks: its events by number, and its functions by component and name."""

    def __init__(self, blocks: gr.Blocks) -> None:
        self._uploaded = blocks.upload_file_set
        self._events = {number: tuple(fn.inputs) for number, fn in blocks.fns.items()}
        self._functions = {
            (number, name) for number, block in blocks.blocks.items() for name in dir(block) if _is_server_function(block, name)
        }

    def event(self, raw: bytes) -> tuple[bytes, str]:
        """An event as it is passed on, and its session. Raises BadCall."""
        body = _parsed(raw)
        inputs = self._events.get(_whole(body.get("fn_index")), None)
        data = body.get("data")
        if inputs is None or not isinstance(data, list) or len(data) != len(inputs):
            raise BadCall(NOT_A_CALL)
        event_data = body.get("event_data")
        if event_data is not None and not isinstance(event_data, dict):
            raise BadCall(NOT_A_CALL)
        trigger, session = body.get("trigger_id"), _session(body)
        kept = {
            "fn_index": body["fn_index"],
            "data": [self._value(block, value) for block, value in zip(inputs, data, strict=True)],
            "event_data": event_data,
            "trigger_id": trigger if isinstance(trigger, int) else None,
            "session_hash": session,
        }
        return _written(kept), session

    def function(self, raw: bytes) -> tuple[bytes, str]:
        """A call of a function as it is passed on, and its session. Raises BadCall."""
        body = _parsed(raw)
        component, name = _whole(body.get("component_id")), body.get("fn_name")
        if not isinstance(name, str) or (component, name) not in self._functions:
            raise BadCall(NOT_A_CALL)
        session = _session(body)
        return _written({"component_id": component, "fn_name": name, "data": body.get("data"), "session_hash": session}), session

    def _value(self, block: Any, value: Any) -> Any:
        """A value that the component takes. What the server keeps itself, or a browser has no part in, is left out."""
        match block:
            case gr.Textbox():
                if value is not None and not (isinstance(value, str) and len(value) <= LONGEST_TEXT):
                    raise BadCall(NOT_A_CALL)
                return value
            case gr.Radio():
                if value is not None and value not in [choice for _, choice in block.choices]:
                    raise BadCall(NOT_A_CALL)
                return value
            case gr.File():
                return self._files(value)
        return None

    def _files(self, value: Any) -> Any:
        """Uploaded files as Gradio names them: where its copy is, and what it was called. Any other file of this machine is refused."""
        given = value if isinstance(value, list) else [value] if value is not None else []
        for one in given:
            if not isinstance(one, dict) or not isinstance(one.get("path"), str) or one["path"] not in self._uploaded:
                raise BadCall(NOT_A_CALL)
            if not isinstance(one.get("orig_name", ""), (str, type(None))):
                raise BadCall(NOT_A_CALL)
        keys = ("path", "orig_name", "size", "mime_type", "meta")
        return [{key: one[key] for key in keys if key in one} for one in given] if value is not None else None


def _is_server_function(block: Any, name: str) -> bool:
    return not name.startswith("__") and getattr(getattr(block, name, None), "_is_server_fn", False) is True


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw, parse_constant=_no_number, parse_int=_bounded)
    except (ValueError, RecursionError) as error:
        raise BadCall(NOT_A_CALL) from error
    if not isinstance(body, dict) or _depth(body) > DEEPEST:
        raise BadCall(NOT_A_CALL)
    return body


def _no_number(name: str) -> None:
    raise ValueError(name)


def _bounded(digits: str) -> int:
    """A whole number that every part of the page can take; JSON knows no bounds."""
    if len(digits) > 16:
        raise ValueError("a number out of bounds")
    return int(digits)


def _depth(value: Any, so_far: int = 0) -> int:
    if so_far > DEEPEST or not isinstance(value, (dict, list)):
        return so_far
    inside = value.values() if isinstance(value, Mapping) else value
    return max((_depth(one, so_far + 1) for one in inside), default=so_far)


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else -1


def _session(body: Mapping[str, Any]) -> str:
    session = body.get("session_hash")
    if not isinstance(session, str) or not SESSION.fullmatch(session):
        raise BadCall(NOT_A_CALL)
    return session


def _written(body: Mapping[str, Any]) -> bytes:
    """The call in UTF-8; half a character (a lone surrogate), which no text can hold, becomes the sign for an unreadable one."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
