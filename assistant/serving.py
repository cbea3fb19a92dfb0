"""How a page is served: what `reflect serve` is told and the page's server does."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.accounts import Accounts
from knowledge.security_log import SecurityLog


@dataclass(frozen=True, slots=True)
class Serving:
    """How a page is served.

    `port` None takes the first free one from 7860 on. With `accounts` people sign in. `names` are host names that the page answers to
    besides its own; `proxies` addresses of proxies whose word on the caller's address and on TLS is taken. `idle` and `longest` are
    seconds after which somebody is signed out.
    """

    host: str = "127.0.0.1"
    port: int | None = None
    accounts: Accounts | None = None
    names: Sequence[str] = ()
    proxies: Sequence[str] = ("127.0.0.1", "::1")
    idle: float = 30 * 60
    longest: float = 12 * 3600
    log: SecurityLog | None = None
    clock: Callable[[], float] = time.monotonic
