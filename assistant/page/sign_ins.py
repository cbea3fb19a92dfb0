"""Who is signed in just now: a random token for each browser, which ends when it is idle, when it is old, or when the person changes.

Tokens are kept hashed, in memory alone: after a restart everybody signs in again.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from assistant.accounts import Accounts, User

TOKEN_BYTES = 32
MOST_AT_ONCE = 10  # browsers that one person may be signed in with; the oldest is signed out


@dataclass(slots=True)
class SignIn:
    """One browser that somebody is signed in with. `started` and `used` are seconds of the clock."""

    user: User
    started: float
    used: float


class SignIns:
    """The browsers that are signed in. Safe to use from several threads; `idle` and `longest` are seconds."""

    def __init__(
        self, accounts: Accounts, *, idle: float = 30 * 60, longest: float = 12 * 3600, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.accounts = accounts
        self._idle, self._longest, self._clock = idle, longest, clock
        self._signed_in: dict[str, SignIn] = {}
        self._lock = threading.Lock()

    def start(self, user: User) -> str:
        """Sign a person in; returns the token that their browser keeps."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        now = self._clock()
        with self._lock:
            own = sorted((key for key, one in self._signed_in.items() if one.user.name == user.name), key=lambda k: self._signed_in[k].used)
            for key in own[: max(0, len(own) - MOST_AT_ONCE + 1)]:
                del self._signed_in[key]
            self._signed_in[browser_of(token)] = SignIn(user, now, now)
        return token

    def user(self, token: str, *, uses: bool = True) -> User | None:
        """Who is signed in with this token, as the accounts file has them now; None where nobody is any more.

        `uses` says that a person did something: what the page asks by itself does not keep anybody signed in.
        """
        key, now = browser_of(token), self._clock()
        with self._lock:
            found = self._signed_in.get(key)
            if found is None:
                return None
            person = self._still(found, now)
            if person is None:
                del self._signed_in[key]
            elif uses:
                found.used = now
            return person

    def _still(self, found: SignIn, now: float) -> User | None:
        if now - found.used > self._idle or now - found.started > self._longest:
            return None
        person = self.accounts.user(found.user.name)
        return person if person is not None and person.password == found.user.password else None

    def named(self, token: str) -> str:
        """Whose browser this is, whether or not they are still signed in; empty where that is not known."""
        with self._lock:
            found = self._signed_in.get(browser_of(token))
            return found.user.name if found else ""

    def end(self, token: str) -> None:
        """Sign this browser out."""
        with self._lock:
            self._signed_in.pop(browser_of(token), None)

    def sweep(self) -> set[str]:
        """Forget those whose time is over; returns the browsers (see `browser_of`) that are still signed in."""
        now = self._clock()
        with self._lock:
            self._signed_in = {key: one for key, one in self._signed_in.items() if self._still(one, now) is not None}
            return set(self._signed_in)


def browser_of(token: str) -> str:
    """What stands for a browser: the hash of its token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
