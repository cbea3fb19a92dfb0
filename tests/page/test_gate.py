"""No other site acts or reads here, no other name leads here, and nothing reaches the page but its own calls."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.page.hosts import allowed_hosts, host_of, is_allowed, is_foreign
from tests.library_maker import write_markdown
from tests.page.caller import Caller
from tests.page.driving import QUIET
from tests.page.shared_page import PEOPLE, Shared, shared_page

pytestmark = QUIET


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    with shared_page(tmp_path_factory.mktemp("gate"), names=["reflect.example.org"]) as served:
        yield served


@pytest.mark.parametrize(
    ("host", "answers"),
    [
        ("127.0.0.1:{port}", True),
        ("localhost", True),
        ("LOCALHOST:80", True),
        ("[::1]:9", True),
        ("reflect.example.org", True),
        ("reflect.example.org.", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("reflect.example.org.evil.example", False),
        ("evil.example:{port}", False),
        ("127.0.0.1@evil.example", False),
        ("evil.example#127.0.0.1", False),
        ("evil.example/127.0.0.1", False),
        ("", False),
        ("[::1", False),
        ("127.0.0.1:port", False),
    ],
)
def test_only_names_of_this_page_lead_to_it(page: Shared, host: str, answers: bool) -> None:
    with page.client() as nobody:
        answer = nobody.get("/", headers={"host": host.format(port=page.served.blocks.server_port)})
    assert answer.status_code == (200 if answers else 421)
    assert ("Sign in" in answer.text) is answers


def test_a_page_for_every_address_answers_to_this_machines_names_and_no_others() -> None:
    hosts = allowed_hosts("0.0.0.0", ["Reflect.Example.org"])
    assert {"127.0.0.1", "localhost", "reflect.example.org"} <= hosts
    assert not is_allowed("evil.example", hosts)
    assert not is_allowed("0.0.0.0", hosts)
    assert allowed_hosts("192.0.2.7") == {"127.0.0.1", "localhost", "::1", "192.0.2.7"}


OWN = "http://127.0.0.1:{port}"
FOREIGN = (
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://127.0.0.1:1"},
    {"origin": "https://127.0.0.1:{port}"},
    {"origin": "http://evil.example:{port}"},
    {"origin": "file://"},
    {"origin": "http://[::1"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
    {"origin": OWN, "sec-fetch-site": "cross-site"},
)
CALLS = (
    ("GET", "/files/ashby"),
    ("GET", "/gradio_api/queue/data?session_hash=abcdef"),
    ("GET", "/gradio_api/heartbeat/abcdef"),
    ("POST", "/gradio_api/queue/join"),
    ("POST", "/gradio_api/component_server/"),
    ("POST", "/gradio_api/upload"),
    ("POST", "/look/left"),
    ("POST", "/sign-in"),
    ("POST", "/sign-out"),
)


@pytest.mark.parametrize("headers", FOREIGN)
def test_another_site_neither_reads_nor_acts_for_who_signed_in(page: Shared, headers: dict[str, str]) -> None:
    sent = {name: value.format(port=page.served.blocks.server_port) for name, value in headers.items()}
    with page.client("lead") as person:
        for method, path in CALLS:
            assert person.request(method, path, headers=sent).status_code == 403, (method, path)
        assert person.get("/look/alive").status_code == 204  # still signed in
    assert "request from another site refused" in page.logged()


def test_a_preflight_is_never_answered(page: Shared) -> None:
    with page.client("lead") as person:
        asked = {
            "origin": "https://evil.example",
            "access-control-request-method": "POST",
            "access-control-request-headers": "content-type",
        }
        answer = person.options("/gradio_api/queue/join", headers=asked)
    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_link_on_another_site_leads_to_the_page_and_the_cookie_is_asked_for_once_more(page: Shared) -> None:
    followed = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    with page.client() as nobody:  # a strict cookie does not come along
        answer = nobody.get("/", headers=followed)
        assert answer.status_code == 200
        assert 'http-equiv="refresh"' in answer.text
        assert nobody.get("/files/ashby", headers=followed).status_code == 403
        assert "Sign in" in nobody.get("/", headers={**followed, "sec-fetch-site": "same-origin"}).text


def test_the_page_itself_is_not_foreign(page: Shared) -> None:
    port = page.served.blocks.server_port
    own = {"origin": f"http://127.0.0.1:{port}", "sec-fetch-site": "same-origin"}
    with page.client("lead") as person:
        assert person.post("/look/active", headers=own).status_code == 204
    over_tls = {"origin": "https://reflect.example.org", "host": "reflect.example.org", "sec-fetch-site": "same-origin"}
    assert not is_foreign(over_tls, "https", navigated=False)
    assert is_foreign(over_tls, "http", navigated=False)


@given(st.text(max_size=40))
def test_any_host_is_either_this_pages_or_refused(host: str) -> None:
    hosts = allowed_hosts("127.0.0.1")
    if is_allowed(host, hosts):
        found = host_of(host)
        assert found is not None
        assert found[0] in {"127.0.0.1", "localhost", "::1"}


# -- calls --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def caller(page: Shared) -> Iterator[Caller]:
    with Caller(page.address, "lead", PEOPLE["lead"][1]) as open_page:
        assert "What reviews say" in open_page.ask("What about fathers?")
        yield open_page


BAD = (
    {"data": None},
    {"data": ["quillwort"]},
    {"data": ["quillwort", None, None, "", "more"]},
    {"data": [{"quillwort": 1}, None, None, ""]},
    {"data": [["quillwort"], None, None, ""]},
    {"data": ["quillwort" * 10_000, None, None, ""]},
    {"data": ["a", None, None, "quillwort"]},
    {"fn_index": 99, "data": ["quillwort", None, None, ""]},
    {"fn_index": "quillwort"},
    {"fn_index": True},
    {"fn_index": -1},
    {"event_data": "quillwort"},
    {"session_hash": "quillwort and more"},
    {"session_hash": None},
    {"session_hash": "../../etc"},
    {"session_hash": ["quillwort"]},
)


@pytest.mark.parametrize("changed", BAD)
def test_a_call_that_the_page_does_not_make_is_refused_and_says_nothing_to_the_log(
    page: Shared, caller: Caller, changed: dict[str, Any], capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = caller.join(**changed)
    assert answer.status_code == 400
    assert "quillwort" not in answer.text
    told = capfd.readouterr()
    assert "quillwort" not in told.out + told.err + caplog.text + page.logged()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b'"quillwort"',
        b"\xff\xfe",
        b'{"data": NaN}',
        b'{"a":' * 5000,
        b"[" * 100_000,
        b'{"fn_index": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_no_json_is_refused(page: Shared, raw: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    with page.client("lead") as person:
        for path in ("/gradio_api/queue/join", "/gradio_api/component_server/"):
            assert person.post(path, content=raw, headers={"content-type": "application/json"}).status_code == 400
    assert "Traceback" not in "".join(capfd.readouterr())


def test_half_an_emoji_does_not_end_the_conversation(caller: Caller) -> None:
    raw = json.dumps(
        {"data": ["fathers \ud83d", None, None, ""], "fn_index": caller.event("ask"), "trigger_id": 1, "session_hash": caller.session}
    )
    assert "\\ud83d" in raw
    answer = caller.http.post("gradio_api/queue/join", content=raw, headers={"content-type": "application/json"})
    assert answer.status_code == 200
    assert "process_completed" in caller.http.get("gradio_api/queue/data", params={"session_hash": caller.session}).text
    assert "What reviews say" in caller.ask("What about fathers?")


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = ("data", "fn_index", "trigger_id", "session_hash", "event_data", "component_id", "fn_name")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(KEYS), VALUES))
def test_whatever_is_sent_is_answered_and_nothing_breaks(page: Shared, body: dict[str, Any]) -> None:
    with httpx.Client(base_url=page.address, timeout=30) as person:
        person.cookies.set("reflect", _token(page))
        for path in ("/gradio_api/queue/join", "/gradio_api/component_server/"):
            answer = person.post(path, content=json.dumps(body), headers={"content-type": "application/json"})
            assert answer.status_code < 500


_tokens: dict[str, str] = {}


def _token(page: Shared) -> str:
    """One sign-in for all the examples."""
    if page.address not in _tokens:
        with page.client("lead") as person:
            _tokens[page.address] = str(person.cookies["reflect"])
    return _tokens[page.address]


def test_no_file_of_this_machine_is_taken_in_but_one_that_was_uploaded(page: Shared, tmp_path: Path) -> None:
    secret = write_markdown(tmp_path / "secret.md", "Secret")
    with Caller(page.address, "lead", PEOPLE["lead"][1]) as lead:
        for path in (str(secret), "/etc/hostname", "../../etc/hostname", str(page.library.folder / "catalogue.sqlite3")):
            assert lead.add(path, "taken.md").status_code == 400
        assert secret.exists()
        assert [b.file_name for b in page.library.briefings()] == ["ashby.md"]
        assert lead.upload("taken.md", secret.read_bytes()).status_code == 200
        assert [b.file_name for b in page.library.briefings()] == ["ashby.md", "taken.md"]


def test_a_body_that_is_longer_than_it_says_or_than_it_may_be_is_refused(page: Shared) -> None:
    with page.client("lead") as person:
        assert person.post("/gradio_api/queue/join", content=b"x" * 600_000).status_code == 413
        parts = (b"x" * 100_000 for _ in range(8))  # sent in pieces, without saying how much is to come
        assert person.post("/gradio_api/queue/join", content=parts).status_code == 413
        assert person.post("/look/left", content=b"x" * 2000).status_code == 413
        parts = (b"x" * 1000 for _ in range(3))
        assert person.post("/gradio_api/upload", content=parts).status_code == 411
