"""The tab for trainers: choose, build, take away. The browser holds the pack; each call brings it and takes it away, proven anew."""

from __future__ import annotations

import base64
import binascii
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.documents.pdf import Finder
from assistant.packs import edit
from assistant.packs.build import build
from assistant.packs.desk import Desk
from assistant.packs.files import FORMS, files_of, with_pdf, zipped
from assistant.packs.holdings import HeldCase, choose_case, choose_document, choose_theme, heat_map, held_cases, held_themes
from assistant.packs.pack import Pack, PackError
from assistant.packs.pack_file import Loss, opened, saved
from assistant.packs.view import PackView
from assistant.packs.words import words
from assistant.page.reflect_tab import NOT_WHOLE, answered
from knowledge.settings import Settings
from knowledge.themes import theme

LENGTHS = ((30, "30 minutes"), (60, "1 hour"), (90, "90 minutes"), (120, "2 hours"), (180, "half a day"), (360, "a day"))
NOT_UNDERSTOOD = "This cannot be done with the pack as it stands. Reload the page, then open your pack again."
STARTED = (
    '<div id="session-body"><h2>Prepare a session</h2><p>See what this library holds, and build a session from it.</p>'
    '<p><button type="button" class="action" name="session-start">Start</button></p></div>'
)
BRIDGE = "window.preparing = (call) => server.session_call(call);"
Call = Mapping[str, Any]
Result = dict[str, Any]


class Preparing:
    """Answers the tab’s calls. `find` looks for the program that makes PDF files."""

    def __init__(self, desk: Desk, own: Settings, find: Finder = shutil.which) -> None:
        self._desk = desk
        self._own = own
        self._find = find
        environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined)
        self._pages = environment.get_template("session.html")

    def call(self, call: Call) -> Result:
        """What a call gives: `html` to show, the `pack` to keep, a `file` to save. Raises PackError."""
        match call.get("do"):
            case "start":
                return {"html": self._choose()}
            case "build":
                return self._shown(self._built(call))
            case "open":
                pack, losses = opened(self._desk, _bytes(call.get("data")))
                return self._shown(pack, losses)
        pack, _ = opened(self._desk, str(call.get("pack", "")).encode())
        pack = self._written(pack, call)
        if call.get("do") == "take":
            return self._taken(pack, str(call.get("form") or ""), pdf=bool(call.get("pdf")))
        return self._shown(self._changed(pack, call))

    def _choose(self) -> str:
        cases, heat = held_cases(self._desk), heat_map(self._desk)
        return str(
            self._pages.make_module(
                {
                    "cases": [_case(one) for one in cases],
                    "themes": held_themes(self._desk),
                    "documents": self._desk.briefings(),
                    "audiences": words().audience,
                    "lengths": LENGTHS,
                    "heat": heat,
                    "most": max((count for row in heat.counts for count in row), default=1) or 1,
                }
            ).choose()  # type: ignore[attr-defined]
        )

    def _built(self, call: Call) -> Pack:
        kind, name, document = [*str(call.get("choice", "")).split("|"), "", ""][:3]
        if kind == "case":
            choice = choose_case(self._desk, name, self._desk.library.briefing(document).file_name if document else "")
        elif kind == "theme":
            choice = choose_theme(name)
        else:
            choice = choose_document(self._desk, name)
        return build(self._desk, choice, str(call.get("audience", "")), _whole(call.get("minutes")))

    def _written(self, pack: Pack, call: Call) -> Pack:
        """The pack with the title and the questions as they stand in the boxes."""
        title, asks = call.get("title"), call.get("asks")
        if isinstance(title, str):
            pack = edit.retitle(self._desk, pack, title)
        for stage in pack.stages:
            said = asks.get(stage.key) if isinstance(asks, Mapping) else None
            lines = [line for line in said.split("\n") if line.strip()] if isinstance(said, str) else None
            if lines is not None and lines != [one.question for one in stage.asks]:
                pack = edit.ask(self._desk, pack, stage.key, lines)
        return pack

    def _changed(self, pack: Pack, call: Call) -> Pack:
        key, other = str(call.get("key", "")), str(call.get("other", ""))
        match call.get("do"):
            case "move":
                return edit.move(pack, key, _whole(other))
            case "drop":
                return edit.drop(pack, key)
            case "shorten":
                return edit.shorten(pack, key, _whole(call.get("first")), _whole(call.get("last")))
            case "instead":
                return edit.put_instead(self._desk, pack, key, other)
            case "again":
                return edit.made_again(self._desk, pack, audience=str(call.get("audience", "")), minutes=_whole(call.get("minutes")))
        raise PackError(NOT_UNDERSTOOD)

    def _taken(self, pack: Pack, form: str, *, pdf: bool) -> Result:
        """The ZIP, or one file of it, in base64; `told` says why the ZIP holds no PDF files where it was to hold some."""
        made = files_of(pack, [form] if form else (), self._own.pack_templates_folder)
        name = next((name for name in made if form and name.startswith(f"{form}.")), "session.zip")
        made, why_not = with_pdf(made, self._find) if pdf and not form else (made, "")
        data = made[name] if form else zipped(pack, made)
        return {"file": base64.b64encode(data).decode("ascii"), "name": name, "pack": saved(pack), "told": why_not}

    def _shown(self, pack: Pack, losses: Sequence[Loss] = ()) -> Result:
        view = PackView(pack)
        parts = (
            (view.found_heading, pack.found, view.found),
            ("What helped", pack.helped, view.helped),
            ("What the document asks for", pack.advice, view.advice),
            ("What other documents say", pack.elsewhere, view.elsewhere),
        )
        lengths = dict(LENGTHS) if pack.minutes in dict(LENGTHS) else {pack.minutes: view.length, **dict(LENGTHS)}
        values = {"view": view, "pack": pack, "losses": losses, "parts": parts, "forms": tuple(FORMS.items())}
        values |= {"audiences": words().audience, "lengths": tuple(lengths.items())}
        return {"html": str(self._pages.make_module(values).build()), "pack": saved(pack)}  # type: ignore[attr-defined]


def _case(held: HeldCase) -> dict[str, Any]:
    return {
        "name": held.name,
        "starter": held.starter,
        "fictional": held.starter and any("fictional" in one.details.kind for one in held.documents),
        "documents": held.documents,
        "length": f"{held.passages} passages on {held.pages} page{'' if held.pages == 1 else 's'}",
        "about": "; ".join(theme(one).name for one in held.themes),
        "told_in": "; ".join(one.details.title or one.file_name for one in held.documents),
    }


def _whole(value: Any) -> int:
    if not str(value).isdigit():
        raise PackError(NOT_UNDERSTOOD)
    return int(value)


def _bytes(value: Any) -> bytes:
    try:
        return base64.b64decode(str(value or ""), validate=True)
    except (binascii.Error, ValueError) as error:
        raise PackError(NOT_WHOLE) from error


def session_tab(preparing: Preparing) -> None:
    """Build the tab inside the Blocks that are being made."""

    def session_call(call: Any) -> Result:
        return answered(preparing.call, call)

    gr.HTML(STARTED, js_on_load=BRIDGE, server_functions=[session_call], elem_id="session", padding=False, apply_default_css=False)
