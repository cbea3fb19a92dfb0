"""Files go into the library, one after the other: each wholly or not at all, each with a result."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from ingest.details import details_of
from ingest.reading import READERS, read
from ingest.structure import assemble
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


Progress = Callable[[int, int, str], None]


def ingest(library: Library, paths: Sequence[Path], *, names: Sequence[str] = (), starter: bool = False) -> Iterator[Result]:
    """Take files (or all readable files of a folder) into the library; yields a result a file as it is done.

    `names` are shown instead of the paths' own names, where they differ (an upload). A file
    that cannot be read is refused with one sentence, and the rest goes on.
    """
    files = paths if names else expanded(paths)
    for path, name in zip(files, names or [path.name for path in files], strict=True):
        yield _one(library, path, name, starter=starter)


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


def _one(library: Library, path: Path, name: str, *, starter: bool) -> Result:
    try:
        return _take_in(library, path, name, starter=starter)
    except ReflectionError as error:
        return Result(name, "refused", str(error))
    except FileNotFoundError:
        return Result(name, "refused", f"{name} is not there. Check the path.")
    except OSError as error:
        return Result(name, "refused", f"{name} cannot be opened ({error.strerror}). Check that you may read it.")


def _take_in(library: Library, path: Path, name: str, *, starter: bool) -> Result:
    sha256 = sha256_of(path)
    if library.holds(name, sha256):
        return Result(name, "unchanged")
    source = read(path)
    details = details_of(source, name)
    reading = assemble(source, details.pseudonyms)
    if not reading.passages:
        raise FileRefused(f"{name} holds no sentence that could be quoted. Check that it is the right file.")
    certificate = {
        "reader": source.reader,
        "pages": source.sheets,
        "empty_pages": list(source.empty_sheets),
        "passages": len(reading.passages),
        "running_heads": list(source.running),
        "warnings": list(source.warnings),
    }
    outcome = library.add(
        NewBriefing(
            path=path,
            sha256=sha256,
            details=details,
            paged=source.paged,
            starter=starter,
            pages=reading.pages,
            passages=reading.passages,
            certificate=certificate,
            file_name=name,
        )
    )
    return Result(name, outcome, pages=source.sheets if source.paged else 0, passages=len(reading.passages))


def readable(name: str) -> bool:
    """Whether a file of this name has an ending that is read."""
    return Path(name).suffix.lower() in READERS
