"""A catalogue made again from the kept files, where the library's own is lost or damaged."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from knowledge.embedding import Embedder, sha256_of
from knowledge.errors import LibraryError
from knowledge.kept_files import KeptFiles
from knowledge.library import CATALOGUE, Library
from knowledge.private_files import make_folder
from knowledge.records import Record
from knowledge.replacement import Replacement, replacement

TakeIn = Callable[..., Iterator[Any]]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of it: how many briefings, which of them stay out of answers as nothing is known of them, and what was set aside."""

    briefings: int
    unknown: tuple[str, ...]
    aside: tuple[Path, ...]


class Rebuilding:
    """A library whose kept files are read again: `read` them, then `finish`."""

    def __init__(self, now: Replacement) -> None:
        self._now = now
        known: dict[str, list[Record]] = {}
        for record in now.known:
            known.setdefault(record.sha256, []).append(record)
        self._records: list[tuple[Path, Record]] = []
        self._unknown: list[str] = []
        self.finished = False
        self.changed: list[str] = []  # names of files that are not what was added
        for file in now.files:
            sha256 = file.name[:64]
            for record in known.get(sha256) or [self._nameless(file, sha256)]:
                if sha256_of(file) == sha256:
                    self._records.append((file, record))
                else:
                    self.changed.append(record.file_name)
        self._library = Library(now.stage, _NoVectors())
        self._library.files = _InPlace(now.folder)

    @property
    def files(self) -> list[Path]:
        """The files that are read, in order; a file that two briefings were read from stands here twice."""
        return [file for starter in (False, True) for file, record in self._records if record.starter is starter]

    @property
    def names(self) -> list[str]:
        """Their names when they were added."""
        return [record.file_name for starter in (False, True) for _, record in self._records if record.starter is starter]

    def read(self, take_in: TakeIn, password: str = "") -> Generator[Any, None, None]:
        """Read the files by `take_in`, which takes a library, paths, names, sources, starter and password; yields what it yields."""
        for starter in (False, True):
            these = [(file, record.file_name, record.source) for file, record in self._records if record.starter is starter]
            if these:
                files, names, sources = zip(*these, strict=True)
                yield from take_in(self._library, files, names=names, sources=sources, starter=starter, password=password)

    def finish(self) -> Rebuilt:
        """Put the new catalogue in the place of the library's. Raises LibraryError, and changes nothing, where no file was read."""
        catalogue = self._library.catalogue
        held = catalogue.briefings()
        if not held:
            raise LibraryError(f"No file in {self._now.folder / 'files'} could be read again. The library has not changed.")
        records = {record.file_name: record for _, record in self._records}
        with catalogue.transaction():
            for briefing in held:
                record = records[briefing.file_name]
                catalogue.put_back(briefing.id, record.added or briefing.added, record.withdrawn, record.corrections, apart=record.apart)
                if any(one.field == "pseudonyms" for one in record.corrections):
                    catalogue.tell_cases(briefing.id, catalogue.briefing(briefing.id).details.pseudonyms)
            if self._now.library is not None:
                catalogue.set_setting("starters", self._now.library.catalogue.setting("starters"))
        unknown = tuple(b.file_name for b in held if b.file_name in self._unknown)
        self._library.close()
        if self._now.library is not None:
            make_folder(self._now.aside)
            self._now.library.catalogue.copy_to(self._now.aside / CATALOGUE)
        self._now.move_in(self._now.stage / CATALOGUE)
        self.finished = True
        before = set(self._now.files.set_aside_files()) - {self._now.aside}
        wanted = {record.sha256 for _, record in self._records if record.file_name in {b.file_name for b in held}}
        self._now.files.sweep(wanted, ())
        moved = set(self._now.files.set_aside_files()) - before
        return Rebuilt(len(held), unknown, tuple(sorted(moved)))

    def _nameless(self, file: Path, sha256: str) -> Record:
        """The record of a file that nothing is known of: it may have been withdrawn, so it stays out of answers."""
        name = f"unnamed-{sha256[:12]}{file.suffix}"
        now = datetime.now(UTC)
        note = f"withdrawn {now.day} {now:%B %Y}: rebuilt from its file; its name, and whether it had been withdrawn, are not known"
        self._unknown.append(name)
        return Record("", name, sha256, starter=False, added="", withdrawn=note)


@contextmanager
def rebuilding(folder: Path, embedder: Embedder | None = None) -> Iterator[Rebuilding]:
    """Read a library's kept files again into a new catalogue. The earlier one is kept aside. Raises LibraryError."""
    if not folder.exists() or not list(KeptFiles(folder)):
        raise LibraryError(f"The library {folder} keeps no files that could be read again.")
    with replacement(folder, embedder) as now:
        work = Rebuilding(now)
        yield work
    if work.finished:
        with closing(Library(folder, embedder)):  # it mends what belongs to the catalogue
            pass


class _InPlace(KeptFiles):
    """The kept files of the library that is rebuilt: they lie where they are to lie."""

    def keep(self, source: Path, sha256: str, name: str) -> None:
        """Nothing is to be done."""

    def sweep(self, *_: Any) -> list[Path]:
        """Nothing is removed while the new catalogue is not whole."""
        return []


class _NoVectors:
    """Stands in for a model while files are read: the vectors are made once, in the library itself."""

    name = ""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The same vector for each text."""
        return [[1.0] for _ in texts]

    def embed_query(self, text: str) -> list[float]:
        """That vector."""
        return [float(bool(text))]
