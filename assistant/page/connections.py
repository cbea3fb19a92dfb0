"""Connections to the page, bounded: so many at all and from one address, each with so long to say what it wants.

Somebody who opens connections and says nothing would otherwise take every file descriptor that the program may have.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any, ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST, MOST_OF_ONE_ADDRESS = 800, 400  # a proxy's people all come from one address
SECONDS_TO_ASK = 15.0  # for the first request, and for the rest of a request that has begun to come


class Bounded(H11Protocol):
    """uvicorn's HTTP/1.1, which closes a connection that is one too many or asks for nothing in time."""

    _by_address: ClassVar[Counter[str]] = Counter()
    _counted = ""
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count a connection in, or close it at once."""
        address = str((transport.get_extra_info("peername") or ("local",))[0])
        if len(self.connections) >= MOST or self._by_address[address] >= MOST_OF_ONE_ADDRESS:
            super().connection_made(transport)
            transport.abort()
            return
        self._counted = address
        self._by_address[address] += 1
        super().connection_made(transport)
        self._deadline = self.loop.call_later(SECONDS_TO_ASK, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it out."""
        if self._counted:
            self._by_address[self._counted] -= 1
            if self._by_address[self._counted] <= 0:
                del self._by_address[self._counted]
            self._counted = ""
        self._stop_waiting()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """Go on with what has come; once a request's head is there, the page's own limits hold."""
        super().handle_events()
        if self.cycle is not None:
            self._stop_waiting()

    def _give_up(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.abort()

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def uvicorn_settings() -> dict[str, Any]:
    """What uvicorn is told: bounded connections, no name of the software, short waits."""
    return {
        "http": Bounded,
        "loop": "asyncio",  # uvloop reads all requests into one buffer, where the last one stays
        "ws": "none",
        "log_level": "warning",
        "access_log": False,
        "server_header": False,
        "timeout_keep_alive": 20,
        "h11_max_incomplete_event_size": 64 * 1024,
        "timeout_graceful_shutdown": 5,
    }
