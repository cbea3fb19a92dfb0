"""The gate that every request passes: known host, own site, listed address, signed in, allowed, of bearable size, rightly formed.

    request ─ host ─ site ─ address ─ sign-in ─ role ─ size ─ form ─ session ─▶ page
    answer  ◀──────────────── safe headers, on refusals as well ──────────────

Gradio's own sign-in, cross-site answers (CORS) and open routes are not used: see `assistant.page.routes` for what is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.accounts import User
from assistant.page import routes
from assistant.page.calls import SESSION, BadCall, Calls
from assistant.page.headers import safe_headers
from assistant.page.hosts import is_allowed, is_foreign
from assistant.page.page_sessions import OPEN_TO_ALL, PageSessions
from assistant.page.routes import Body, Rule, Who, rule_for
from assistant.page.sign_in_page import SIGN_IN_PAGE
from assistant.page.sign_ins import SignIns, browser_of
from knowledge.security_log import Event, SecurityLog

USER = "reflect.user"
COOKIE, COOKIE_OVER_TLS = "reflect", "__Host-reflect"
REFUSALS = {
    HTTPStatus.MISDIRECTED_REQUEST: "This page cannot be opened at that address. An administrator can allow it: reflect serve --name NAME.",
    HTTPStatus.FORBIDDEN: "This is not allowed.",
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.UNAUTHORIZED: "Sign in first.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "That is too large to send in one go.",
    HTTPStatus.LENGTH_REQUIRED: "The request has no Content-Length header.",
    HTTPStatus.BAD_REQUEST: "The page does not understand this request.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many pages are open in this browser. Close some, then try again.",
}
STRICT_COOKIE_COMES_NEXT = (
    '<!doctype html><html lang="en-GB"><meta charset="utf-8"><meta http-equiv="refresh" content="0"><title>One moment</title>'
)
IN_JSON = (Body.EVENT, Body.SERVER_CALL)
DROPPED = frozenset({b"x-forwarded-host", b"x-forwarded-prefix", b"x-forwarded-server", b"forwarded", b"x-gradio-server", b"x-gradio-user"})


class Refused(Exception):
    """The request goes no further; `status` says why."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


@dataclass(frozen=True, slots=True)
class Gate:
    """ASGI application around the page. `sign_ins` is None where nobody signs in: then everybody may change the library."""

    app: ASGIApp
    hosts: frozenset[str]
    calls: Calls
    pages: PageSessions
    log: SecurityLog | None = None
    sign_ins: SignIns | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # the page uses no web sockets
            await send({"type": "websocket.close", "code": 1008})
            return
        secure = safe_headers(send, over_tls=scope["scheme"] == "https")
        try:
            await self._pass(scope, receive, secure)
        except Refused as refused:
            await PlainTextResponse(REFUSALS[refused.status], refused.status)(scope, receive, secure)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if not is_allowed(headers.get("host", ""), self.hosts):
            raise Refused(HTTPStatus.MISDIRECTED_REQUEST)
        found = rule_for(scope["method"], scope["path"])
        if is_foreign(headers, scope["scheme"], navigated=bool(found and found[0].navigated)):
            self._record(Event.FOREIGN, scope)
            raise Refused(HTTPStatus.FORBIDDEN)
        if found is None:
            raise Refused(HTTPStatus.NOT_FOUND)
        rule, named = found
        token = cookie_of(headers)
        user = self.sign_ins.user(token, uses=rule.uses) if self.sign_ins and token else None
        if answer := self._before_the_page(scope, headers, rule, user):
            await answer(scope, receive, send)
            return
        scope[USER] = user.name if user else None
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name.lower() not in DROPPED]
        self._check_size(headers, rule)
        await self._to_the_page(scope, receive, send, rule, named, browser_of(token) if user else OPEN_TO_ALL)

    def _before_the_page(self, scope: Scope, headers: Mapping[str, str], rule: Rule, user: User | None) -> Response | None:
        """What is answered in the page's place to somebody who has not signed in. Raises Refused."""
        if self.sign_ins is None:
            return None
        if user is None and rule.pattern == "/":
            crossed = headers.get("sec-fetch-site") in (
                "cross-site",
                "same-site",
            )  # a strict cookie is not sent along a link from elsewhere
            return HTMLResponse(STRICT_COOKIE_COMES_NEXT if crossed else SIGN_IN_PAGE)
        if user is None and rule.who is not Who.ANYBODY:
            raise Refused(HTTPStatus.UNAUTHORIZED)
        if rule.who is Who.EDITOR and user is not None and user.role != "editor":
            self._record(Event.FORBIDDEN, scope, user.name)
            raise Refused(HTTPStatus.FORBIDDEN)
        return None

    def _check_size(self, headers: Mapping[str, str], rule: Rule) -> None:
        """By what the request says of itself, which the server holds it to; calls in JSON are counted as they come."""
        length = headers.get("content-length", "0")
        if not length.isdigit() or len(length) > 15:
            raise Refused(HTTPStatus.BAD_REQUEST)
        if int(length) > rule.most:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if "transfer-encoding" in headers and rule.body not in IN_JSON:
            raise Refused(HTTPStatus.LENGTH_REQUIRED)

    async def _to_the_page(self, scope: Scope, receive: Receive, send: Send, rule: Rule, named: Mapping[str, str], owner: str) -> None:
        session = named.get("session") or _session_asked_for(scope)
        if rule.body in IN_JSON:
            raw = await _whole_body(receive, rule.most)
            try:
                clean, session = self.calls.event(raw) if rule.body is Body.EVENT else self.calls.function(raw)
            except BadCall as error:
                raise Refused(HTTPStatus.BAD_REQUEST) from error
            scope["headers"] = _with_length(scope["headers"], len(clean))
            receive = _again(clean, receive)
        if session and not self.pages.use(session, owner):
            self._record(Event.FORBIDDEN, scope, scope[USER] or "")
            raise Refused(HTTPStatus.FORBIDDEN)
        if rule.pattern == routes.ANSWERS and not self.pages.has_answers(session):
            raise Refused(HTTPStatus.NOT_FOUND)
        if rule.pattern != routes.HEARTBEAT:
            await self.app(scope, receive, send)
            return
        if not self.pages.connect(session):
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS)
        try:
            await self.app(scope, receive, send)
        finally:
            self.pages.disconnect(session)

    def _record(self, event: Event, scope: Scope, who: str = "") -> None:
        if self.log is not None:
            self.log.record(event, who, address=address_of(scope), path=scope["path"][:80])


def cookie_of(headers: Mapping[str, str]) -> str:
    """The token that the browser was given when somebody signed in; empty where there is none."""
    pairs = [part.strip().partition("=") for part in headers.get("cookie", "").split(";")]
    values = {name: value for name, _, value in pairs}
    return values.get(COOKIE_OVER_TLS) or values.get(COOKIE) or ""


def address_of(scope: Scope) -> str:
    """Where a request comes from, as far as the server can tell."""
    return str((scope.get("client") or ("unknown",))[0])


def _session_asked_for(scope: Scope) -> str:
    query: bytes = scope["query_string"]
    values = parse_qs(query.decode("latin-1")).get("session_hash")
    if values and not (len(values) == 1 and SESSION.fullmatch(values[0])):
        raise Refused(HTTPStatus.BAD_REQUEST)
    return values[0] if values else ""


async def _whole_body(receive: Receive, most: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(HTTPStatus.BAD_REQUEST)
        body += message.get("body", b"")
        if len(body) > most:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if not message.get("more_body"):
            return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    """Hands the body on as if it had just come."""
    waiting = [body]

    async def received() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return received


def _with_length(headers: list[tuple[bytes, bytes]], length: int) -> list[tuple[bytes, bytes]]:
    kept: list[Any] = [(name, value) for name, value in headers if name.lower() not in (b"content-length", b"transfer-encoding")]
    return [*kept, (b"content-length", str(length).encode())]
