"""Signing in and out: a form comes in, a cookie that only this page can read goes out.

Checking a password takes some 30 ms of a processor and 19 MiB on purpose, so it is done in threads of its own, two at a time, and whoever
failed before waits (see `assistant.page.attempts`): many tries never keep the page from answering.
"""

from __future__ import annotations

import math
from http import HTTPStatus

import anyio
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from assistant.accounts import LONGEST, NAME, Accounts, User, put_user
from assistant.page.attempts import Attempts
from assistant.page.gate import COOKIE, COOKIE_OVER_TLS, USER, address_of, cookie_of
from assistant.page.page_sessions import PageSessions
from assistant.page.sign_in_page import PASSWORD_PAGE
from assistant.page.sign_ins import SignIns, browser_of
from knowledge.errors import SettingsError
from knowledge.security_log import Event, SecurityLog

CHECKED_AT_ONCE = 2
MOST_WAITING = 64  # tries that wait to be checked; one more is asked to come again
WRONG = "Name or password is incorrect. Try again, or contact your administrator."
WRONG_NOW = "The current password is incorrect. Try again."
DIFFER = "The two new passwords differ. Type the new password twice."
TOO_OFTEN = "Too many attempts. Wait {seconds}, then try again."
BUSY = "Many people are signing in at the moment. Try again in a few seconds."
CLOSED = "Nobody can sign in at the moment, because the list of users has a mistake. Contact your administrator."


class Door:
    """Signs people in and out."""

    def __init__(self, sign_ins: SignIns, pages: PageSessions, log: SecurityLog | None = None, attempts: Attempts | None = None) -> None:
        self._sign_ins, self._pages, self._log = sign_ins, pages, log
        self._attempts = attempts or Attempts()
        self._limiter: anyio.CapacityLimiter | None = None
        self._waiting = 0

    @property
    def _accounts(self) -> Accounts:
        return self._sign_ins.accounts

    async def sign_in(self, request: Request) -> Response:
        """Answer the form: 200 with a cookie, 401 where name and password do not fit, 429 or 503 where they were not looked at."""
        address = address_of(request.scope)
        if wait := self._attempts.wait_of(address):  # before the form is read, so that a flood of tries costs little
            return self._too_often("", address, wait)
        form = await request.form(max_files=0, max_fields=4)
        name, password = str(form.get("username", "")).strip(), str(form.get("password", ""))
        if wait := self._attempts.wait(name, address):
            return self._too_often(name, address, wait)
        if self._waiting >= MOST_WAITING:
            return _refused(BUSY, HTTPStatus.SERVICE_UNAVAILABLE, 5)
        user = await self._checked(name, password)
        if user is None:
            self._attempts.failed(name, address)
            if mistake := self._accounts.mistake:
                self._record(Event.ACCOUNTS_WRONG, "", address, mistake=mistake)
                return _refused(CLOSED, HTTPStatus.SERVICE_UNAVAILABLE, 60)
            self._record(Event.REFUSED, name, address)
            return _refused(WRONG, HTTPStatus.UNAUTHORIZED)
        self._attempts.succeeded(name, address)
        return self._signed_in(request, user, address)

    async def _checked(self, name: str, password: str) -> User | None:
        if not NAME.fullmatch(name) or not 0 < len(password) <= LONGEST:
            return None
        self._limiter = self._limiter or anyio.CapacityLimiter(CHECKED_AT_ONCE)
        self._waiting += 1
        try:
            return await anyio.to_thread.run_sync(self._accounts.verify, name, password, limiter=self._limiter)
        finally:
            self._waiting -= 1

    def _too_often(self, name: str, address: str, wait: float) -> Response:
        if tries := self._attempts.held_back(address):
            self._record(Event.TOO_OFTEN, name, address, tries=str(tries))
        return _refused(TOO_OFTEN.format(seconds=_in_words(wait)), HTTPStatus.TOO_MANY_REQUESTS, wait)

    def _signed_in(self, request: Request, user: User, address: str) -> Response:
        older = cookie_of({name.lower(): value for name, value in request.headers.items()})
        before = self._sign_ins.named(older) if older else ""
        token = self._sign_ins.start(user)
        if older and before == user.name:
            self._pages.hand_over(browser_of(older), browser_of(token))
        elif older:
            self._pages.end_all_of(browser_of(older))
        self._sign_ins.end(older)
        self._record(Event.SIGNED_IN, user.name, address)
        answer = JSONResponse({"signed_in": user.name})
        over_tls = request.url.scheme == "https"
        answer.set_cookie(COOKIE_OVER_TLS if over_tls else COOKIE, token, path="/", httponly=True, samesite="strict", secure=over_tls)
        return answer

    async def password_page(self, _: Request) -> Response:
        """The page on which somebody changes their password."""
        return HTMLResponse(PASSWORD_PAGE)

    async def change_password(self, request: Request) -> Response:
        """Answer its form: the password now must be right, the new one good and typed twice. Other browsers are signed out."""
        form = await request.form(max_files=0, max_fields=4)
        now, new, again = (str(form.get(key, "")) for key in ("password", "new", "again"))
        name, address = str(request.scope[USER]), address_of(request.scope)
        if wait := self._attempts.wait(name, address):
            return self._too_often(name, address, wait)
        user = await self._checked(name, now)
        if user is None:
            self._attempts.failed(name, address)
            self._record(Event.REFUSED, name, address)
            return _refused(WRONG_NOW, HTTPStatus.UNPROCESSABLE_ENTITY)
        if new != again:
            return _refused(DIFFER, HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            await anyio.to_thread.run_sync(put_user, self._accounts.path, name, user.role, new, limiter=self._limiter)
        except SettingsError as error:
            return _refused(str(error), HTTPStatus.UNPROCESSABLE_ENTITY)
        self._record(Event.PASSWORD_CHANGED, name, address)
        changed = self._accounts.user(name)
        return self._signed_in(request, changed or user, address)

    async def sign_out(self, request: Request) -> Response:
        """Sign this browser out: the token is worth nothing from now on, and what the server keeps of its pages goes."""
        token = cookie_of({name.lower(): value for name, value in request.headers.items()})
        user = self._sign_ins.user(token) if token else None
        self._sign_ins.end(token)
        self._pages.end_all_of(browser_of(token))
        if user is not None:
            self._record(Event.SIGNED_OUT, user.name, address_of(request.scope))
        answer = Response(status_code=HTTPStatus.NO_CONTENT)
        for name, secure in ((COOKIE, False), (COOKIE_OVER_TLS, True)):
            answer.delete_cookie(name, path="/", httponly=True, samesite="strict", secure=secure)
        answer.headers["clear-site-data"] = '"cache"'
        return answer

    def _record(self, event: Event, name: str, address: str, **facts: str) -> None:
        """Only names that somebody has are written down: people type passwords into the wrong box."""
        if self._log is not None:
            self._log.record(event, name if self._accounts.user(name) else "", address=address, **facts)


def _refused(sentence: str, status: HTTPStatus, wait: float = 0.0) -> Response:
    return JSONResponse({"told": sentence}, status, headers={"retry-after": str(math.ceil(wait))} if wait else None)


def _in_words(seconds: float) -> str:
    if seconds < 90:
        return f"{math.ceil(seconds)} seconds"
    return f"{math.ceil(seconds / 60)} minutes"
