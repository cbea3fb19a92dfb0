"""Files are read in a process of their own, which can be killed: see `knowledge.child_process`.

    parent                              child (`main`)
    Reader.read(path)  ── request ──▶   read, details, assemble
                       ◀── notices ──   "recognising page n of m": more time
                       ◀── answer ───   Taken, or the sentence that refuses the file

One child serves file after file; it is replaced after a crash, a timeout or too much memory. It imports
neither torch nor chromadb.
"""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from ingest.budget import Budget
from ingest.details import Found, details_with_origins
from ingest.reading import read
from ingest.reading.archive import members
from ingest.reading.ocr import starts_page
from ingest.reading.source import Source
from ingest.structure import Reading, assemble
from knowledge import errors
from knowledge.child_process import ChildProcess, Refusal, Stopped, Tell, serve
from knowledge.errors import FileRefused

CLASSES = {"ingest.child", "ingest.details", "ingest.structure", "ingest.reading.source", "knowledge.briefing"}


ENVIRONMENT = (  # variable, field, what one of it is
    ("REFLECT_READING_SECONDS", "reading_seconds", 1.0),
    ("REFLECT_OCR_SECONDS", "ocr_seconds_a_page", 1.0),
    ("REFLECT_MEMORY_MB", "memory", 1024.0**2),
    ("REFLECT_ARCHIVE_SECONDS", "archive_seconds", 1.0),
    ("REFLECT_ARCHIVE_OCR_SECONDS", "archive_ocr_seconds", 1.0),
    ("REFLECT_UPLOAD_SECONDS", "upload_seconds", 1.0),
    ("REFLECT_UPLOAD_OCR_SECONDS", "upload_ocr_seconds", 1.0),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may take: seconds of reading, seconds for each page of text recognition on top, bytes of memory.

    `archive_...` are for all files of an archive together, `upload_...` for all that is uploaded at once, embedding included.
    Seconds are the processor's, for other work may go on beside; by the clock a file gets PATIENCE times as many.
    Environment variables set others (`ENVIRONMENT`).
    """

    reading_seconds: float = 30.0
    ocr_seconds_a_page: float = 60.0
    memory: int = 1024**3
    archive_seconds: float = 1800.0
    archive_ocr_seconds: float = 7200.0
    upload_seconds: float = 3600.0
    upload_ocr_seconds: float = 10800.0

    @classmethod
    def from_environment(cls) -> Limits:
        """The limits, as the environment sets them. Raises SettingsError where a value is no number above 0."""
        given: dict[str, Any] = {}
        for name, field, unit in ENVIRONMENT:
            if text := os.environ.get(name, ""):
                try:
                    value = float(text) * unit
                except ValueError:
                    value = math.nan
                if not (math.isfinite(value) and value > 0):
                    raise errors.SettingsError(f"{name} is {text}, which is not a number above 0. Set a number, or leave it out.")
                given[field] = int(value) if field == "memory" else value
        return replace(cls(), **given)


@dataclass(frozen=True, slots=True)
class Taken:
    """A file as read: its source (blocks left out: the pages hold their words), details with their origins, pages and passages."""

    source: Source
    found: Found
    reading: Reading


@dataclass(frozen=True, slots=True)
class Recognising:
    """How far text recognition of a file has come: the page that it is at, of how many."""

    file: str
    page: int
    pages: int


class Reader:
    """Reads files in a child process; close it when done. One thread may read, any may close.

    `recognising` is where text recognition is just now; None while there is none. Any thread may look.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits.from_environment()
        self.recognising: Recognising | None = None
        self._child: ChildProcess | None = None
        self._closed = False
        self._changing = threading.Lock()  # which child it is, and whether there may be one

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child, for good: a file that is being read is refused, and so is every later one."""
        self._closed = True
        self._end()

    def _end(self) -> None:
        with self._changing:
            if self._child is not None:
                self._child.kill()
                self._child = None

    def read(self, path: Path, name: str, password: str = "", budgets: Sequence[Budget] = ()) -> Taken:
        """Read a file that is shown as `name`, on these `budgets`.

        Raises FileRefused or one of its kinds, or OSError where it cannot be opened.
        """
        taken: Taken = self._asked("read", name, path, name, password, budgets=budgets)
        return taken

    def paragraphs(self, path: Path, name: str, password: str = "") -> tuple[list[tuple[str, str]], list[str]]:
        """The paragraphs of a file that is shown as `name`, as `ingest.paragraphs` tells them. Raises as `read` does."""
        told: tuple[list[tuple[str, str]], list[str]] = self._asked("paragraphs", name, path, password)
        return told

    def members(self, path: Path, name: str, into: Path, password: str = "", budgets: Sequence[Budget] = ()) -> list[tuple[Path, str]]:
        """Unpack an archive into the folder `into`: each file's place and name. Raises as `read` does."""
        found: list[tuple[str, str]] = self._asked("members", name, path, into, password, budgets=budgets)
        return [(Path(place), member) for place, member in found]

    def _asked(self, verb: str, name: str, path: Path, *values: object, budgets: Sequence[Budget] = ()) -> Any:
        try:
            answer = self._answer(self._ready(), partial(self._at, name), budgets, verb, str(path), *map(str, values))
        except Stopped as stopped:
            self._end()
            if spent := next((budget.spent for budget in budgets if budget.spent), ""):
                raise FileRefused(f"{name} was not read: {spent}. Add it again, on its own.") from None
            raise FileRefused(f"{name} was not read: {stopped}. Re-save it or split it into smaller files, then try again.") from None
        except BaseException:  # Ctrl-C too: a child in the middle of a file must not answer the next request
            self._end()
            raise
        finally:
            self.recognising = None
        if isinstance(answer, Refusal):
            raise _error(answer, path.name, name)
        return answer

    def _answer(self, child: ChildProcess, at: Callable[[_Page], None], budgets: Sequence[Budget], *request: str) -> Any:
        """The child's answer; `at` is told of each page that is recognised. Raises Stopped where none comes within the limits."""
        child.send(*request)
        left, page = self.limits.reading_seconds, 0
        while True:
            used = child.processor_seconds()
            own = self.limits.ocr_seconds_a_page if page else left
            allowed = max(0.0, min([own, *(budget.ocr_left if page else budget.reading_left for budget in budgets)]))
            why = (
                f"page {page} took longer than {own:.0f} seconds to recognise"
                if page
                else f"reading took too long (limit {own:.0f} seconds)"
            )
            try:
                heard = child.next(allowed, why)
            except Stopped:
                spent = max(child.processor_seconds() - used, allowed)
                _spend(budgets, spent, recognising=page > 0)
                raise
            spent = child.processor_seconds() - used
            _spend(budgets, spent, recognising=page > 0)
            if not isinstance(heard, _Page):
                return heard
            left -= 0.0 if page else spent
            page = heard.number
            at(heard)

    def _at(self, name: str, page: _Page) -> None:
        self.recognising = Recognising(name, page.number, page.of) if page.number else None

    def _ready(self) -> ChildProcess:
        if self._child is not None and not self._child.alive:
            self._end()
        with self._changing:
            if self._closed:
                raise Stopped("reading was stopped")
            if self._child is None:
                self._child = ChildProcess("ingest.child", CLASSES, self.limits.memory)
            return self._child


@dataclass(frozen=True, slots=True)
class _Page:
    """Text recognition of this sheet, of so many, begins; 0 when recognition is over."""

    number: int
    of: int


def _spend(budgets: Sequence[Budget], seconds: float, *, recognising: bool) -> None:
    for budget in budgets:
        budget.spend(ocr=seconds) if recognising else budget.spend(reading=seconds)


def _error(refusal: Refusal, file: str, shown: str) -> Exception:
    """The error that the child met with a file, which is named as it is shown."""
    if refusal.kind == "OSError":
        return FileNotFoundError(refusal.number, refusal.message) if refusal.number == 2 else OSError(refusal.number, refusal.message)
    if refusal.kind == "MemoryError":
        return FileRefused(f"{shown} was not read: it needs too much memory. Split it into smaller files or re-save it, then try again.")
    if not refusal.ours:
        return FileRefused(f"{shown} was not read: it is damaged ({refusal.kind}). Re-save it, then try again.")
    kind = getattr(errors, refusal.kind, FileRefused)
    made: Exception = kind(refusal.message.replace(file, shown))
    return made


def main() -> None:
    """Serve requests from standard input until it ends."""
    serve({"read": _read, "members": _members, "words_on": _words_on, "paragraphs": _paragraphs}, _tell_pages)


def _tell_pages(tell: Tell) -> None:
    starts_page.set(lambda sheet, sheets: tell(_Page(sheet, sheets)))


def _read(path: str, name: str, password: str) -> Taken:
    source = read(Path(path), password)
    found = details_with_origins(source, name)
    return Taken(replace(source, blocks=(), front=()), found, assemble(source, found.details.pseudonyms))


def _paragraphs(path: str, password: str) -> tuple[list[tuple[str, str]], list[str]]:
    from ingest.paragraphs import read_paragraphs

    return read_paragraphs(Path(path), password)


def _members(path: str, into: str, password: str) -> list[tuple[str, str]]:
    return [(str(place), name) for place, name in members(Path(path), Path(into), password)]


def _words_on(path: str, sheet: str) -> list[tuple[str, tuple[float, float, float, float]]]:
    from ingest.reading.pdf import words_on

    return [(text, (box.left, box.top, box.right, box.bottom)) for text, box in words_on(Path(path), int(sheet))]
