"""Files go into the library, one after the other: each wholly or not at all, each with a result."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from ingest.certify import certificate_of
from ingest.child import Limits, Reader
from ingest.reading import READERS
from ingest.reading.archive import is_archive
from knowledge.embedding import sha256_of
from knowledge.errors import FileRefused, ReflectionError
from knowledge.library import Library, NewBriefing

Status = Literal["added", "unchanged", "replaced", "refused"]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one file; `why` is a sentence where it was refused."""

    file: str
    status: Status
    why: str = ""
    pages: int = 0
    passages: int = 0

    def as_json(self) -> dict[str, Any]:
        """The result as a JSON object."""
        return asdict(self)


def ingest(
    library: Library,
    paths: Sequence[Path],
    *,
    names: Sequence[str] = (),
    starter: bool = False,
    password: str = "",
    limits: Limits | None = None,
) -> Iterator[Result]:
    """Take files (or all files of a folder, or of a ZIP) into the library; yields a result a file as it is done.

    `names` are shown instead of the paths' own names, where they differ (an upload); `password` opens
    encrypted files. Each file is read in a process of its own that is ended where it takes more than `limits`
    allow. A file that cannot be read is refused with one sentence, and the rest goes on.
    """
    given = paths if names else expanded(paths)
    with Reader(limits) as reader:
        for path, name in zip(given, names or [path.name for path in given], strict=True):
            yield from _each(library, reader, path, name, starter=starter, password=password)


def expanded(paths: Sequence[Path]) -> list[Path]:
    """The files named, and the files below each folder named, hidden ones left out."""
    found: list[Path] = []
    for path in paths:
        below = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith(".")) if path.is_dir() else [path]
        found.extend(below)
    return found


def starter_briefings() -> list[Path]:
    """The briefings that come with the product, written for it."""
    folder = Path(str(files("knowledge") / "starter"))
    return sorted(folder.glob("*.md"))


def _each(library: Library, reader: Reader, path: Path, name: str, *, starter: bool, password: str) -> Iterator[Result]:
    """The result of a file, or of each file in a ZIP."""
    with tempfile.TemporaryDirectory(prefix="reflect-", ignore_cleanup_errors=True) as folder:
        try:
            inside = reader.members(path, name, Path(folder), password) if is_archive(path) else [(path, name)]
        except (ReflectionError, OSError) as error:
            yield Result(name, "refused", _why(error, name))
            return
        for file, shown in inside:
            try:
                yield _take_in(library, reader, file, shown, starter=starter, password=password)
            except (ReflectionError, OSError) as error:
                yield Result(shown, "refused", _why(error, shown))


def _why(error: ReflectionError | OSError, name: str) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{name} is not there. Check the path."
    if isinstance(error, OSError):
        return f"{name} cannot be opened ({error.strerror}). Check that you may read it."
    return str(error)


def _take_in(library: Library, reader: Reader, path: Path, name: str, *, starter: bool, password: str) -> Result:
    sha256 = sha256_of(path)
    if library.holds(name, sha256):
        return Result(name, "unchanged")
    taken = reader.read(path, name, password)
    source, reading = taken.source, taken.reading
    if not reading.passages:
        raise FileRefused(f"{name} holds no sentence that could be quoted. Check that it is the right file.")
    outcome = library.add(
        NewBriefing(
            path=path,
            sha256=sha256,
            details=taken.found.details,
            paged=source.paged,
            starter=starter,
            pages=reading.pages,
            passages=reading.passages,
            certificate=certificate_of(source, reading, taken.found, ocr=source.ocr_sheets, unreadable=source.unreadable_sheets),
            file_name=name,
        )
    )
    return Result(name, outcome, pages=source.sheets if source.paged else 0, passages=len(reading.passages))


def readable(name: str) -> bool:
    """Whether a file of this name has an ending that is read."""
    return Path(name).suffix.lower() in READERS
