"""Files go into the library, in the order given: each wholly or not at all, each with a result."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from ingest.ahead import Ahead
from ingest.budget import Budget
from ingest.certify import certificate_of
from ingest.child import Limits, Reader, Recognising, Taken
from ingest.reading import READERS
from ingest.reading.archive import is_archive
from ingest.second_reading import Compared, SecondReading
from ingest.unpacked import Unpacked
from knowledge.briefing import Briefing
from knowledge.characters import with_whole_characters
from knowledge.disk_errors import NO_ROOM, finds_no_temporary, temporary_at_fault
from knowledge.embedding import Vector, sha256_of
from knowledge.errors import FileRefused, ReflectionError
from knowledge.identity import STARTER, Origin, origin_of, origins_of_uploads
from knowledge.library import Library
from knowledge.new_briefing import NewBriefing

Status = Literal["added", "unchanged", "replaced", "refused"]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one file.

    `why` is a sentence where it was refused, `note` what else is to be known, of which it is a copy; `caution` a sentence on what to
    look at before quoting from it.
    """

    file: str
    status: Status
    why: str = ""
    pages: int = 0
    passages: int = 0
    note: str = ""
    caution: str = ""

    def as_json(self) -> dict[str, Any]:
        """The result as a JSON object."""
        return asdict(self)


def ingest(
    library: Library,
    paths: Sequence[Path],
    *,
    names: Sequence[str] = (),
    sources: Sequence[str] = (),
    starter: bool = False,
    password: str = "",
    limits: Limits | None = None,
) -> Generator[Result, None, None]:
    """Take files into the library as `steps` does; yields the results alone."""
    with closing(steps(library, paths, names=names, sources=sources, starter=starter, password=password, limits=limits)) as taken:
        yield from (step for step in taken if isinstance(step, Result))


def steps(
    library: Library,
    paths: Sequence[Path],
    *,
    names: Sequence[str] = (),
    sources: Sequence[str] = (),
    starter: bool = False,
    password: str = "",
    limits: Limits | None = None,
    again: bool = False,
) -> Generator[Result | Recognising, None, None]:
    """Take files (or all files of a folder, or of a ZIP) into the library; yields a result a file as it is done, and for scans each page.

    `names` are shown instead of the paths' own names, where they differ (an upload); `sources` are the places they came
    from, as an earlier catalogue knew them; `password` opens encrypted files. With `again` the paths are kept files, which are
    read once more. Each file is read in a process of its own that is ended where it takes more than `limits` allow; an archive,
    and an upload, have limits for all their files together: what is not read for that is told. A file that cannot be read is
    refused with one sentence, and the rest goes on. While a file is being stored the next one is being embedded and the one
    after that read; a file is in the library when its result is there, not before.
    """
    given = paths if names else expanded(paths)
    stopping = threading.Event()
    with library.gathering(), Unpacked() as unpacked, SecondReading() as second, Reader(limits) as reader:
        uploaded = bool(names) and not (sources or again)
        upload = [Budget("this upload", reader.limits.upload_seconds, reader.limits.upload_ocr_seconds)] if uploaded else []
        files = _Files(library, reader, second, unpacked, starter, password, upload, again)
        shown = [with_whole_characters(name) for name in names or [path.name for path in given]]
        origins = _origins(given, shown if names else (), sources, starter)
        read = Ahead(files.read(zip(given, shown, origins, strict=True)), stopping)
        embedded = Ahead(files.embedded(read, stopping), stopping)
        try:
            told = None
            for file in embedded.with_waits():
                if file is not None:
                    yield files.stored(file[0])
                elif (now := reader.recognising) not in (None, told):
                    told = now
                    yield now
        finally:
            stopping.set()
            reader.close()
            second.close()
            embedded.join()
            read.join()


def _origins(given: Sequence[Path], names: Sequence[str], sources: Sequence[str], starter: bool) -> list[Origin]:
    if sources:
        return [Origin(source) for source in sources]
    if names:
        return origins_of_uploads(names)
    return [Origin(f"{STARTER}{path.name}") if starter else origin_of(path) for path in given]


def expanded(paths: Sequence[Path]) -> list[Path]:
    """The files named, and the files below each folder named, hidden ones left out."""
    found: list[Path] = []
    for path in paths:
        below = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith(".")) if path.is_dir() else [path]
        found.extend(below)
    return found


def starter_briefings() -> list[Path]:
    """The briefings that come with the product, written for it: PDF files that `docs/starter.py` makes."""
    folder = Path(str(files("knowledge") / "starter"))
    return sorted(folder.glob("*.pdf"))


@dataclass(slots=True)
class _File:
    """A file on its way: the briefing that was read of it, or its result where that is known before."""

    name: str
    made: NewBriefing | Result
    vectors: list[Vector] = field(default_factory=list)
    leaving: Path | None = None  # a folder that is done with after this file
    budgets: Sequence[Budget] = ()
    caution: str = ""


@dataclass(frozen=True, slots=True)
class _Files:
    """The three steps of a file: read, embedded, stored; the first two run in threads of their own."""

    library: Library
    reader: Reader
    second: SecondReading
    unpacked: Unpacked
    starter: bool
    password: str
    upload: Sequence[Budget]
    again: bool = False

    def read(self, given: Iterable[tuple[Path, str, Origin]]) -> Generator[_File, None, None]:
        """Each file, and each file in a ZIP, as read."""
        for number, (path, name, origin) in enumerate(given):
            try:
                if is_archive(path):
                    yield from self._archive(path, name, number, origin)
                else:
                    yield self._read(path, name, origin, self.upload)
            except (ReflectionError, OSError) as error:
                yield _File(name, _refused(error, name))

    def _archive(self, path: Path, name: str, number: int, origin: Origin) -> Generator[_File, None, None]:
        """Each file in a ZIP as read, as long as there is time for it; then how many were not. Raises as `Unpacked.members` does."""
        limits = self.reader.limits
        budgets = [Budget(name, limits.archive_seconds, limits.archive_ocr_seconds), *self.upload]
        into, inside = self.unpacked.members(self.reader, path, name, number, self.password, budgets)
        for place, (member, shown) in enumerate(inside, 1):
            if why := _spent(budgets):
                unread = f"{len(inside) - place + 1:,} of the {len(inside):,} files in {name} were not read"
                yield _File(name, Result(name, "refused", f"{unread}: {why}. Unpack it and add a part at a time."), leaving=into)
                return
            file = self._read(member, shown, origin.inside(name, shown), budgets)
            file.leaving = into if place == len(inside) else None
            yield file

    def _read(self, path: Path, name: str, origin: Origin, budgets: Sequence[Budget]) -> _File:
        try:
            sha256 = sha256_of(path)
            if not self.again and (held := self.library.holding(name, sha256, origin)):
                return _File(name, Result(name, "unchanged", note=self._note(held, name)))
            if why := _spent(budgets):
                return _File(name, Result(name, "refused", f"{name} was not read: {why}. Add it again, with fewer files at a time."))
            self.second.begin(path)
            taken = self.reader.read(path, name, self.password, budgets)
            if not taken.reading.passages:
                raise FileRefused(f"{name} has no sentences to quote. Check that it is the right file.")
        except (ReflectionError, OSError) as error:
            return _File(name, _refused(error, name))
        compared = self.second.compared(taken.reading, budgets)
        briefing = _briefing(taken, compared, path, name, sha256, origin, starter=self.starter, again=self.again)
        return _File(name, briefing, budgets=budgets, caution=compared.caution(taken.source.sheets))

    def embedded(self, files: Iterable[_File], stopping: threading.Event) -> Generator[_File, None, None]:
        """The files, with their vectors."""
        for file in files:
            try:
                begun = time.monotonic()
                for part in self.library.vectors_of(file.made.passages if isinstance(file.made, NewBriefing) else ()):
                    if stopping.is_set():
                        return
                    file.vectors.extend(part)
                    begun = _spend(file.budgets, begun)
                    if why := _spent(file.budgets):
                        file.made = Result(file.name, "refused", f"{file.name} was not added: {why}. Add it again, on its own.")
                        break
            except (ReflectionError, OSError) as error:
                file.made = _refused(error, file.name)
            yield file

    def stored(self, file: _File) -> Result:
        """The result of a file, which is in the library then."""
        try:
            return self._stored(file.made, file) if isinstance(file.made, NewBriefing) else file.made
        except (ReflectionError, OSError) as error:
            return _refused(error, file.name)
        finally:
            if file.leaving:
                shutil.rmtree(file.leaving, ignore_errors=True)

    def _stored(self, new: NewBriefing, file: _File) -> Result:
        status = self.library.add(new, file.vectors)
        if status == "unchanged":  # the same file stood in the list before, or another program was quicker
            return Result(file.name, status)
        held = self.library.holding(file.name, new.sha256, new.origin)
        note = self._note(held, file.name) if held else ""
        return Result(file.name, status, pages=new.certificate["pages"] or 0, passages=len(new.passages), note=note, caution=file.caution)

    def _note(self, held: Briefing, name: str) -> str:
        """What is to be known of a file beside how it went: under which name it is kept, and of which it is a copy."""
        kept = f'is kept as "{held.file_name}"' if held.file_name != name else ""
        lead = self.library.catalogue.with_id(held.copy_of) if held.copy_of else None
        copy = f'is a duplicate of "{lead.file_name}", and only that one is quoted and counted' if lead else ""
        return " and ".join(part for part in (kept, copy) if part)


def _spent(budgets: Sequence[Budget]) -> str:
    """Why no more is read, as a clause; empty while there is time left."""
    return next((budget.spent for budget in budgets if budget.spent), "")


def _spend(budgets: Sequence[Budget], begun: float) -> float:
    """Count what went by since `begun` as used; gives the time."""
    now = time.monotonic()
    for budget in budgets:
        budget.spend(reading=now - begun)
    return now


def _briefing(
    taken: Taken, compared: Compared, path: Path, name: str, sha256: str, origin: Origin, *, starter: bool, again: bool
) -> NewBriefing:
    source, reading, found = taken.source, taken.reading, taken.found
    return NewBriefing(
        path=path,
        sha256=sha256,
        details=found.details,
        paged=source.paged,
        starter=starter,
        pages=reading.pages,
        passages=reading.passages,
        certificate=certificate_of(source, reading, found, compared),
        file_name=name,
        origin=origin,
        again=again,
    )


def _refused(error: ReflectionError | OSError, name: str) -> Result:
    return Result(name, "refused", _why(error, name))


def _why(error: ReflectionError | OSError, name: str) -> str:
    if isinstance(error, OSError) and (error.errno in NO_ROOM or finds_no_temporary(error)):  # the library tells of its own disk
        return f"{name} was not added. {temporary_at_fault(error)}"
    if isinstance(error, FileNotFoundError):
        return f"{name} is not there. Check the path."
    if isinstance(error, OSError):
        return f"{name} cannot be opened ({error.strerror}). Check that you may read it."
    return str(error)


def readable(name: str) -> bool:
    """Whether a file of this name has an ending that is read."""
    return Path(name).suffix.lower() in READERS
