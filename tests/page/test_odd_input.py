"""Whatever a browser, or somebody in its place, sends gets an answer or a sentence, never an error of the server."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from assistant.page.certificate import certificate_panel
from assistant.page.library_tab import change
from assistant.page.links import source_of
from assistant.page.proof import proof
from assistant.page.reflect_tab import TROUBLE, Reflecting, answered
from assistant.page.source import source_panel
from knowledge.library import Library
from tests.page.caller import Caller
from tests.page.conftest import Scripted, ScriptedGuide
from tests.page.driving import QUIET, ask

pytestmark = QUIET

HALF = "half an emoji \ud83d"
NESTED: Any = "deep"
for _ in range(300):
    NESTED = [NESTED]
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 1e308, float("nan"), float("inf"), 10**30, -(10**30), 2**63, 2**64),
    *("", "1", "x", HALF, "\x00", "a\x00b", "\x1b[31m", "1" * 5000, "a" * 3_000_000, "\u202e", "<img src=x onerror=1>"),
    *([], {}, [[]], [None], {"a": {"b": []}}, {"": 1}, {HALF: HALF}, NESTED),
)
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=[]), max_size=20)
    | st.sampled_from(VALUES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ("briefing", "file", "page", "start", "end", "number", "show")
WRITTEN = ("model", "step", "texts", "kept", "lost", "left_out", "actions", "sat", "sat_for", "asked", "safe", "names")
CALLS = ("open_source", "open_proof", "open_certificate", "reflect_go", "reflect_save", "reflect_page", "reflect_open", "check_call")


@pytest.fixture(scope="module")
def source(library: Library) -> dict[str, Any]:
    """What a citation's button sends."""
    return dict(source_of(Scripted(library).found("father")[0].quotation, 1))


def goes_back(value: Any) -> None:
    """As the server answers: JSON in UTF-8, numbers as browsers count them."""
    import orjson

    orjson.dumps(value)


def post(address: str, path: str, data: Any) -> tuple[int, str]:
    body = json.dumps(data).encode()
    request = urllib.request.Request(f"{address.rstrip('/')}/gradio_api/{path}", body, {"Content-Type": "application/json"}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode("utf-8", "replace")


@pytest.fixture(scope="module")
def components(address: str) -> dict[str, int]:
    with Caller(address) as caller:
        parts = caller.config["components"]
    ids = {part["props"].get("elem_id"): part["id"] for part in parts}
    places = {"open": "side", "reflect": "reflect", "check": "check"}
    return {name: ids[places[name.split("_")[0]]] for name in CALLS}


def calls(source: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every function of the page with every odd value: as the whole, and as each field of what is right otherwise."""
    for value in VALUES:
        for name in CALLS:
            yield name, value
        for field in FIELDS:
            yield "open_source", {**source, field: value}
            yield "open_proof", {**source, field: value}
        for field in WRITTEN:
            yield "reflect_go", {"to": 1, "written": {"texts": {"purpose": "A father"}, field: value}}
            yield "reflect_page", {"written": {field: value}}
        yield "reflect_go", {"to": value, "written": value}
        yield "reflect_open", {"data": value}
        yield "check_call", {"text": value}
        yield "check_call", {"data": value, "name": "a.txt"}
        yield "check_call", {"data": "not base64", "name": value}
        yield "reflect_go", {"written": {"kept": [{"source": {**source, "page": value}, "text": value}], "step": 1}}


def test_no_function_of_the_page_ends_in_an_error_of_the_server(address: str, components: dict[str, int], source: dict[str, Any]) -> None:
    wrong, right = [], 0
    for name, value in calls(source):
        sent = {"session_hash": "oddinput", "component_id": components[name], "fn_name": name, "data": value}
        status, told = post(address, "component_server", sent)
        if status not in (200, HTTPStatus.BAD_REQUEST) or "Traceback" in told or TROUBLE in told or "not shown. Open it again" in told:
            wrong.append(f"{name} {str(value)[:80]}: {status} {told[:120]}")
        right += status == 200
    assert wrong == []
    assert right > 500  # what no browser can send (numbers without bounds, NaN, depths) is refused before it reaches the page
    status, told = post(
        address,
        "component_server",
        {"session_hash": "oddinput", "component_id": components["open_source"], "fn_name": "open_source", "data": source},
    )
    assert (status, "<mark>" in told) == (200, True)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(whole=ODD, fields=st.dictionaries(st.sampled_from([*FIELDS, *WRITTEN, "does", "why", "data", "to", "written"]), ODD, max_size=5))
def test_whatever_is_sent_is_answered_with_what_can_go_back(
    library: Library, source: dict[str, Any], whole: Any, fields: dict[str, Any]
) -> None:
    reflecting = Reflecting(library, ScriptedGuide(library))
    wanted = {**source, **fields}
    goes_back(source_panel(library, wanted))
    goes_back(proof(library, {**wanted, "briefing": "none"}))
    goes_back(certificate_panel(library, whole))
    goes_back(change(library, {"briefing": whole, **fields, "does": "withdraw"}, "somebody"))
    goes_back(change(library, whole, "somebody"))
    for call in (whole, {**fields, "written": fields}, {"written": whole}):
        for do in (reflecting.go, reflecting.page, reflecting.open):
            told = answered(do, call)
            assert told.get("told") != TROUBLE
            goes_back(told)


def test_half_an_emoji_ends_no_chat(opened: Page) -> None:
    ask(opened, "What about fathers?")
    before = opened.locator("#chat .turn.answer").count()
    opened.evaluate("window.reflection.ask('What about \\ud83d fathers?')")
    expect(opened.locator("#chat .turn.answer")).to_have_count(before + 1)
    expect(opened.locator("#chat .turn.asked").last).to_contain_text("What about \ufffd fathers?")
    opened.evaluate("window.reflection.ask({a: [1, 2]})")
    opened.evaluate("window.reflection.ask('\\u0000')")
    ask(opened, "What about fathers now?")


def test_a_question_may_be_anything(address: str, capfd: pytest.CaptureFixture[str]) -> None:
    with Caller(address) as caller:
        join = {"fn_index": caller.event("ask"), "event_data": None, "trigger_id": 1, "session_hash": caller.session}
        for value in (value for value in VALUES if len(str(value)) < 400_000):  # a longer one is refused unread: tests/page/test_gate.py
            for data in ([value, None, None, ""], ["What about fathers?", None, None, value], [value]):
                status, _ = post(address, "queue/join", {**join, "data": data})
                assert status in (200, HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
                if status == 200:
                    query = {"session_hash": caller.session}
                    assert "process_completed" in caller.http.get("gradio_api/queue/data", params=query).text
        assert "From our starter library" in caller.ask("What about fathers?")
    assert "Traceback" not in "".join(capfd.readouterr())


def test_the_reason_of_a_withdrawal_is_a_line_of_text(library: Library) -> None:
    briefing = library.briefings()[0]
    for why in (HALF, "a\x00b", "[/x]\x1b[31m\n<b>" + "x" * 5000, None, [1], {"a": 1}, 10**30):
        goes_back(change(library, {"does": "withdraw", "briefing": briefing.id, "why": why}, "somebody"))
        note = library.briefing(briefing.id).withdrawn
        assert "\n" not in note
        assert "\x1b" not in note
        assert len(note) < 400
        change(library, {"does": "restore", "briefing": briefing.id}, "somebody")
    assert not library.briefing(briefing.id).withdrawn
