"""Every address of the running page, by a table: who may call it, and that whatever is not in the table is not there.

The addresses are read from the application itself, so that one which a new version of Gradio brings along is looked at as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.routing import Mount, Route

from tests.page.driving import QUIET
from tests.page.shared_page import Shared, shared_page

pytestmark = QUIET
# What anybody may call, and what is answered: to sign in and what the page for that needs, and to sign out.
OPEN = {
    ("GET", "/"): 200,
    ("HEAD", "/"): 200,
    ("GET", "/look/style.css"): 200,
    ("GET", "/look/signin.js"): 200,
    ("GET", "/look/fonts/x"): 404,
    ("GET", "/favicon.ico"): 200,
    ("GET", "/robots.txt"): 200,
    ("POST", "/sign-in"): 401,
    ("POST", "/sign-out"): 204,
}
# What those who signed in may call; readers and editors but for the uploads.
SIGNED_IN = {
    ("GET", "/look/alive"),
    ("POST", "/look/active"),
    ("POST", "/look/left"),
    ("GET", "/look/connection.js"),
    ("GET", "/look/page.js"),
    ("GET", "/look/reflect.js"),
    ("GET", "/look/session.js"),
    ("GET", "/look/check.js"),
    ("GET", "/files/x"),
    ("GET", "/password"),
    ("POST", "/password"),
    ("GET", "/assets/x"),
    ("GET", "/static/x"),
    ("GET", "/svelte/x"),
    ("GET", "/theme.css"),
    ("GET", "/gradio_api/theme.css"),
    ("GET", "/manifest.json"),
    ("GET", "/pwa_icon"),
    ("GET", "/pwa_icon/1"),
    ("POST", "/gradio_api/queue/join"),
    ("GET", "/gradio_api/queue/data"),
    ("POST", "/gradio_api/component_server"),
    ("POST", "/gradio_api/component_server/"),
    ("GET", "/gradio_api/heartbeat/abcdef"),
}
EDITORS = {("POST", "/gradio_api/upload"), ("GET", "/gradio_api/upload_progress")}
STREAMS = {("GET", "/gradio_api/heartbeat/abcdef")}  # goes on as long as the page is open
IN_USE = {  # what a path's parameter stands for here
    "session_hash": "abcdef",
    "size": "1",
}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    with shared_page(tmp_path_factory.mktemp("routes")) as served:
        yield served


def addresses(application: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """Every (method, path) of an application and of those within it, parameters filled in."""
    for route in application.routes:
        if isinstance(route, Mount):
            inner = getattr(route, "app", None)
            if getattr(inner, "routes", None):
                yield from addresses(inner, before + route.path)
            else:
                yield "GET", f"{before}{route.path}/x"
        elif isinstance(route, Route):
            path = re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: IN_USE.get(found[1], "x"), before + route.path)
            for method in sorted(route.methods or {"GET"}):
                yield method, path
        elif hasattr(route, "original_router"):  # a router that FastAPI has taken in
            yield from addresses(route.original_router, before)
        else:
            raise AssertionError(f"a route that this test does not understand: {route!r}")


def all_addresses(page: Shared) -> list[tuple[str, str]]:
    found = sorted(set(addresses(page.served.gate.app)))
    assert len(found) > 60, "the application's routes were not found"
    return found


def test_without_signing_in_only_the_sign_in_page_is_there(page: Shared) -> None:
    wrong: list[tuple[object, ...]] = []
    with page.client() as nobody:
        for method, path in all_addresses(page):
            answer = nobody.request(method, path)
            guarded = (method, path) in SIGNED_IN | EDITORS or (method == "HEAD" and ("GET", path) in SIGNED_IN | EDITORS)
            wanted = OPEN.get(
                (method, path), OPEN.get(("GET", path), 401 if guarded else 404) if method == "HEAD" else 401 if guarded else 404
            )
            if answer.status_code != wanted:
                wrong.append((method, path, answer.status_code, wanted))
            if "ashby" in answer.text.lower():
                wrong.append((method, path, "the library's words"))
    assert wrong == []


def test_who_signed_in_gets_what_the_page_needs_and_nothing_else(page: Shared) -> None:
    wrong = []
    for name in ("worker", "lead"):
        with page.client(name) as person:
            for method, path in all_addresses(page):
                if (method, path) in STREAMS or path in ("/sign-out", "/sign-in") or (method == "HEAD" and ("GET", path) in STREAMS):
                    continue
                status = person.request(method, path).status_code
                asked = ("GET" if method == "HEAD" else method, path)
                if asked in EDITORS:
                    ok = status == 403 if name == "worker" else status not in (401, 403)
                elif asked in SIGNED_IN or asked in OPEN:
                    ok = status not in (401, 403) and status < 500
                else:
                    ok = status == 404
                if not ok:
                    wrong.append((name, method, path, status))
    assert wrong == []


def test_the_table_names_nothing_that_is_not_there(page: Shared) -> None:
    there = set(all_addresses(page))
    assert set(OPEN) | SIGNED_IN | EDITORS <= there | {(m, p.rstrip("/")) for m, p in there}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/gradio_api/file=/etc/passwd"),
        ("GET", "/gradio_api/file=https://example.org/"),
        ("GET", "/gradio_api/proxy=https://example.org/"),
        ("GET", "/gradio_api/deep_link?session_hash=abcdef"),
        ("GET", "/gradio_api/token"),
        ("GET", "/gradio_api/info"),
        ("GET", "/config"),
        ("GET", "/monitoring"),
        ("POST", "/gradio_api/reset"),
        ("POST", "/gradio_api/cancel"),
        ("POST", "/gradio_api/run/ask"),
        ("POST", "/gradio_api/call/ask"),
        ("POST", "/login"),
        ("GET", "/logout"),
        ("GET", "//etc/passwd"),
        ("GET", "/look/../look/page.js%2f..%2f..%2fapp.py"),
        ("GET", "/look/fonts/..%2fstyle.css"),
        ("OPTIONS", "/"),
        ("DELETE", "/files/ashby"),
        ("PUT", "/gradio_api/upload"),
        ("TRACE", "/"),
    ],
)
def test_what_the_page_does_not_need_is_not_there_even_for_an_editor(page: Shared, method: str, path: str) -> None:
    with page.client("lead") as person:
        assert person.request(method, path).status_code == 404


def test_every_answer_has_the_headers_that_keep_the_page_to_itself_refusals_too(page: Shared) -> None:
    with page.client() as nobody, page.client("lead") as person:
        answers = [
            nobody.get("/"),
            nobody.get("/files/ashby"),
            nobody.get("/nowhere"),
            nobody.get("/", headers={"host": "elsewhere.example"}),
            nobody.get("/robots.txt", headers={"origin": "https://elsewhere.example"}),
            person.get("/"),
            person.get("/files/nothing"),
            person.post("/gradio_api/queue/join", content=b"{"),
            person.post("/gradio_api/component_server", content=b"x" * 17_000_000),
            person.get("/gradio_api/queue/data?session_hash=abcdef"),
        ]
    for answer in answers:
        headers = {
            name: answer.headers.get(name, "") for name in ("x-content-type-options", "x-frame-options", "referrer-policy", "cache-control")
        }
        assert headers == {
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "referrer-policy": "no-referrer",
            "cache-control": "no-store",
        }
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert not [name for name in answer.headers if name.startswith("access-control-") or name in ("server", "x-powered-by")]
    assert [a.status_code for a in answers] == [200, 401, 404, 421, 403, 200, 404, 400, 413, 404]
