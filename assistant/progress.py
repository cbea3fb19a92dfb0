"""How far the taking in of files has come: files done of all, the page of a scan, pages a second, and about how long the rest will take."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

LEAST_WORK = 20_000  # bytes: what a file costs beside what its size costs


class Outcome(Protocol):
    """What became of one file.

    `why` is a sentence where it was refused, `note` what else is to be known of it, `caution` a sentence on what to look at before
    quoting from it.
    """

    @property
    def file(self) -> str: ...
    @property
    def status(self) -> Literal["added", "unchanged", "replaced", "refused"]: ...
    @property
    def why(self) -> str: ...
    @property
    def pages(self) -> int: ...
    @property
    def passages(self) -> int: ...
    @property
    def note(self) -> str: ...
    @property
    def caution(self) -> str: ...

    def as_json(self) -> dict[str, Any]:
        """The outcome as a JSON object."""


@runtime_checkable
class Recognising(Protocol):
    """Text recognition begins a page of a file, of so many."""

    @property
    def file(self) -> str: ...
    @property
    def page(self) -> int: ...
    @property
    def pages(self) -> int: ...


class Pace:
    """Told of every outcome as it comes, in the order of the files or nearly so, and of pages that are recognised.

    `files` are (place, the name that outcomes give it). An archive gives several outcomes under other
    names; it counts as done when a file after it is. Time left goes by size, and by the files that
    were read: one that had not changed takes no time, and says nothing about the others. Of a scan the pages
    that were recognised count as read.
    """

    def __init__(self, files: Iterable[tuple[Path, str]], clock: Callable[[], float] = time.monotonic) -> None:
        self._waiting = [(number, name, _work(path)) for number, (path, name) in enumerate(files)]
        self.total = len(self._waiting)
        self._clock = clock
        self._began = clock()
        self._read, self._pages, self._inside = 0, 0, ""
        self._at: Recognising | None = None

    @property
    def done(self) -> int:
        """How many files are done with."""
        return self.total - len(self._waiting)

    @property
    def reached(self) -> float:
        """How many files are done with, a scan counted as far as its pages are recognised."""
        return self.done + self._half[0]

    @property
    def waiting(self) -> list[int]:
        """The places, from 0, of the files that are not done with."""
        return [number for number, _, _ in self._waiting]

    @property
    def current(self) -> str:
        """The file that is being read; empty when all are done."""
        return self._waiting[0][1] if self._waiting else ""

    def reach(self, at: Recognising) -> None:
        """Note the page of a scan that text recognition has reached."""
        self._at = at

    def take(self, outcome: Outcome) -> None:
        """Note what became of a file."""
        if self._at and self._at.file == outcome.file:
            self._at = None
        self._pages += outcome.pages if outcome.status != "unchanged" else 0
        place = next((i for i, (_, name, _) in enumerate(self._waiting) if name == outcome.file), None)
        if place is None:
            self._inside = self.current
            return
        finished = [self._waiting.pop(place)]
        if self._inside and self.current == self._inside and place:
            finished.append(self._waiting.pop(0))
        self._inside = ""
        self._read += sum(work for _, _, work in finished) if outcome.status != "unchanged" else 0

    def skip(self) -> None:
        """Count the file that is being read as done, whatever became of it."""
        if self._waiting:
            self._read += self._waiting.pop(0)[2]
        self._inside, self._at = "", None

    @property
    def pages_a_second(self) -> float:
        """Pages read a second so far; files without pages do not count."""
        return self._pages_read / max(self._clock() - self._began, 1e-3)

    @property
    def seconds_left(self) -> float | None:
        """An estimate; None where nothing was read yet, or all is done."""
        share, work = self._half
        read = self._read + share * work
        if not read or not self._waiting:
            return None
        return (self._clock() - self._began) / read * (sum(work for _, _, work in self._waiting) - share * work)

    @property
    def _pages_read(self) -> int:
        return self._pages + (self._at.page - 1 if self._at else 0)

    @property
    def _half(self) -> tuple[float, int]:
        """How far the pages of a waiting scan are recognised, from 0 to 1, and its work; 0 of one in an archive."""
        at = self._at
        work = next((work for _, name, work in self._waiting if at and name == at.file), 0)
        return ((at.page - 1) / max(at.pages, 1) if at and work else 0.0), work

    def told(self) -> str:
        """In words: "3 of 40 files done, page 14 of 120, 12.3 pages a second, about 2 minutes left"."""
        parts = [f"{self.done:,} of {_files(self.total)} done"]
        if self._at:
            of = "" if self._at.file == self.current else f" of {self._at.file}"
            parts.append(f"page {self._at.page:,} of {self._at.pages:,}{of}")
        if self._pages_read:
            parts.append(f"{self.pages_a_second:.1f} pages a second")
        if (left := self.seconds_left) is not None:
            parts.append(f"{duration(left)} left")
        return ", ".join(parts)

    def whole(self) -> str:
        """The end of it in words: "40 files in about 2 minutes, 12.3 pages a second"."""
        rate = f", {self.pages_a_second:.1f} pages a second" if self._pages else ""
        return f"{_files(self.total)} in {duration(self._clock() - self._began)}{rate}"


def duration(seconds: float) -> str:
    """A time as people say it."""
    minutes = round(seconds / 60)
    if seconds < 60:
        return "less than a minute"
    if minutes < 60:
        return "about a minute" if minutes == 1 else f"about {minutes} minutes"
    hours = round(minutes / 60)
    return "about an hour" if hours == 1 else f"about {hours:,} hours"


def _files(number: int) -> str:
    return f"{number:,} {'file' if number == 1 else 'files'}"


def _work(path: Path) -> int:
    try:
        return LEAST_WORK + path.stat().st_size
    except OSError:
        return LEAST_WORK
