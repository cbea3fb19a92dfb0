"""How often somebody may try to sign in: each failure makes the wait for the next try longer, by name and by address.

A name that is tried from many addresses waits as well, but never longer than NAME_WAIT, so that nobody can be kept out of the page by
somebody who only knows their name. Counts are in memory alone and bounded.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from cachetools import TTLCache

FREE_TRIES = 3  # failures of one name from one address that cost no wait
FREE_TRIES_OF_NAME = 10  # failures of one name from anywhere
FREE_TRIES_OF_ADDRESS = 20  # failures from one address, whatever the names: many people may share one
FIRST_WAIT = 2.0  # seconds; doubled with each further failure
LONGEST_WAIT, NAME_WAIT = 900.0, 60.0
FORGOTTEN_AFTER = 3600.0
MOST_KEPT = 20_000
TOLD_AGAIN = 10.0  # seconds: a flood of tries from one address must not push everything else out of the security log


@dataclass(slots=True)
class _Failures:
    count: int = 0
    last: float = 0.0


class Attempts:
    """Counts failures to sign in. Safe to use from several threads; `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: TTLCache[tuple[str, str], _Failures] = TTLCache(MOST_KEPT, FORGOTTEN_AFTER, timer=clock)
        self._held: TTLCache[str, _Failures] = TTLCache(MOST_KEPT, FORGOTTEN_AFTER, timer=clock)
        self._lock = threading.Lock()

    def wait(self, name: str, address: str) -> float:
        """Seconds until this name may be tried from this address; 0 where it may be now."""
        now = self._clock()
        with self._lock:
            return max(self._left(key, free, longest, now) for key, free, longest in _counted(name, address))

    def wait_of(self, address: str) -> float:
        """Seconds until anybody may be tried from this address; 0 where they may be now."""
        with self._lock:
            return self._left(("", address), FREE_TRIES_OF_ADDRESS, NAME_WAIT, self._clock())

    def held_back(self, address: str) -> int:
        """Count a try that was not looked at; how many are to be told of now, 0 where some were told of a moment ago."""
        with self._lock:
            held = self._held.setdefault(address, _Failures(last=-TOLD_AGAIN))
            held.count += 1
            if (now := self._clock()) - held.last < TOLD_AGAIN:
                return 0
            told, held.count, held.last = held.count, 0, now
            return told

    def failed(self, name: str, address: str) -> None:
        """Count a failure."""
        now = self._clock()
        with self._lock:
            for key, _, _ in _counted(name, address):
                found = self._failures.get(key) or _Failures()
                found.count, found.last = found.count + 1, now
                self._failures[key] = found

    def succeeded(self, name: str, address: str) -> None:
        """Forget the failures of this name from this address; those of the address stay."""
        with self._lock:
            self._failures.pop((name, address), None)

    def _left(self, key: tuple[str, str], free: int, longest: float, now: float) -> float:
        found = self._failures.get(key)
        if found is None or found.count < free:
            return 0.0
        wait = min(longest, FIRST_WAIT * 2.0 ** min(found.count - free, 30))
        return max(0.0, found.last + wait - now)


def _counted(name: str, address: str) -> tuple[tuple[tuple[str, str], int, float], ...]:
    """What a try counts under: (key, failures that are free, longest wait)."""
    return (
        ((name, address), FREE_TRIES, LONGEST_WAIT),
        ((name, ""), FREE_TRIES_OF_NAME, NAME_WAIT),
        (("", address), FREE_TRIES_OF_ADDRESS, NAME_WAIT),
    )
