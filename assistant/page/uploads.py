"""Files that are uploaded: the box they are dropped into, whose turn it is, and what of a window's is still to be read.

Each window's files are read in the order in which they came; of each person one upload at a time, of a few people at once.
"""

from __future__ import annotations

import tempfile
import threading
from abc import ABCMeta
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import FileData

from assistant.page.text import file_name

UPLOADED = "Drop briefings here, or choose files"
AT_ONCE = 3  # people whose files are read at once
MOST_LINES = 100  # of a window's earlier uploads that are still shown

Upload = tuple[Path, str]
"""Where the copy is, and the name that the file was given."""


def _as_given(_: gr.File, payload: Any) -> list[Upload]:
    if payload is None:
        return []
    files: Iterable[FileData] = getattr(payload, "root", None) or [payload]
    return [(Path(f.path), file_name(f.orig_name or Path(f.path).name)) for f in files]


# A file box that tells the names that people gave their files, and leaves no empty copies behind, as Gradio's own would. It is a
# class, for Gradio makes a box anew with each update of it; and one that Gradio's metaclass has not made, which would write a stub
# file beside this one. Its name is that of the part in the browser.
_Box = ABCMeta.__new__(type(gr.File), "File", (gr.File,), {"preprocess": _as_given, "__module__": __name__})


def uploads_box() -> gr.File:
    """The box that files are dropped into; it gives a list of `Upload`."""
    box: gr.File = _Box(label=UPLOADED, file_count="multiple", elem_id="upload", height=150)
    return box


class Turns:
    """Who may have files read now: one upload of a person's at a time, and no more than `at_once`; first come, first served."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._changing = threading.Lock()
        self._waiting: list[tuple[object, str]] = []
        self._going: list[tuple[object, str]] = []

    @contextmanager
    def queued(self, person: str) -> Iterator[_Turn]:
        """A place in the queue, given up at the end."""
        turn = _Turn(self, person)
        with self._changing:
            self._waiting.append((turn, person))
        try:
            yield turn
        finally:
            with self._changing:
                for line in (self._waiting, self._going):
                    with suppress(ValueError):
                        line.remove((turn, person))

    def _come(self, turn: _Turn, person: str) -> bool:
        with self._changing:
            if (turn, person) in self._going:
                return True
            busy = {who for _, who in self._going}
            ready = [(one, who) for n, (one, who) in enumerate(self._waiting) if who not in busy | {w for _, w in self._waiting[:n]}]
            if (turn, person) not in ready[: self._at_once - len(self._going)]:
                return False
            self._waiting.remove((turn, person))
            self._going.append((turn, person))
            return True

    def _ahead(self, person: str) -> int:
        with self._changing:
            return len({who for _, who in self._going} - {person}) or 1


class _Turn:
    def __init__(self, turns: Turns, person: str) -> None:
        self._turns, self._person = turns, person

    @property
    def has_come(self) -> bool:
        """Whether it may go on now; once it may, it stays so."""
        return self._turns._come(self, self._person)

    @property
    def ahead(self) -> int:
        """How many people's files are being read meanwhile."""
        return self._turns._ahead(self._person)


class Desk:
    """A window's uploads: those that wait, and the lines on those that are done. Gradio copies it for each window, empty."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.told: Callable[[], str] = str  # how far it has come just now
        self._waiting: list[list[Upload]] = []
        self._taken: set[Path] = set()
        self._changing = threading.Lock()
        self._at_work = False

    def __deepcopy__(self, _: Any) -> Desk:
        return Desk()

    def put(self, uploads: Sequence[Upload]) -> bool:
        """Put files on the desk, moved to where nobody else's are; whether somebody must begin, as nobody is at work on it."""
        with self._changing:
            fresh = [(path, name) for path, name in uploads if path.exists() or path not in self._taken]  # the box may still hold others
            held = [(_moved(path), name) for path, name in fresh]
            self._taken |= {path for path, _ in fresh}
            if not held:
                return False
            self._waiting.append(held)
            begins, self._at_work = not self._at_work, True
            return begins

    def next(self) -> list[Upload]:
        """The files that came first of those that wait; empty where none do: then the work is over."""
        with self._changing:
            if self._waiting:
                return self._waiting.pop(0)
            self._at_work = False
            return []

    @property
    def waiting(self) -> list[str]:
        """The names of the files that wait."""
        with self._changing:
            return [name for batch in self._waiting for _, name in batch]

    def leave(self) -> list[Upload]:
        """End the work in the middle; gives the files that nobody will read."""
        with self._changing:
            left = [upload for batch in self._waiting for upload in batch]
            self._waiting.clear()
            self._at_work = False
            return left


def _moved(path: Path) -> Path:
    """The copy in a folder of its own: Gradio gives the same file one place, whoever uploads it, and how often."""
    try:
        own = Path(tempfile.mkdtemp(prefix="upload-", dir=path.parent.parent)) / path.name
        path.replace(own)
    except OSError:
        return path  # what is wrong with it is told when it is read
    with suppress(OSError):
        path.parent.rmdir()
    return own


def forget(paths: Iterable[Path]) -> None:
    """Remove the copies that the upload made, each with the folder that was made for it."""
    for path in paths:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        with suppress(OSError):
            path.parent.rmdir()
