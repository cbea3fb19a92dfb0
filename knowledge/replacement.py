"""Puts another catalogue in the place of a library's, in one step; the earlier one is kept aside, and nothing of it is lost."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from knowledge.catalogue import Catalogue
from knowledge.correction import Correction
from knowledge.disk_errors import cannot_be_used
from knowledge.embedding import Embedder
from knowledge.errors import LibraryError
from knowledge.kept_files import KeptFiles
from knowledge.library import CATALOGUE, LOCK_SECONDS, STAGING, Library
from knowledge.private_files import OWNER_FILE, make_folder, sync_folder, tighten_below
from knowledge.records import Record, Records

OLD_ROWS = "SELECT id, file_name, sha256, starter, added, withdrawn FROM briefing ORDER BY rowid"


class Replacement:
    """A library whose catalogue is being replaced, while its lock is held.

    `library` is the library as it opens, or None where its catalogue is missing or damaged. `known` is what can be learned of the
    briefings that it holds. `stage` is an empty folder for the new catalogue; it is removed at the end, or on the next opening.
    """

    def __init__(self, folder: Path, library: Library | None) -> None:
        self.folder = folder
        self.library = library
        self.files = KeptFiles(folder)
        self.stage = folder / STAGING
        self.aside = self.files.aside / f"{datetime.now(UTC):%Y-%m-%d-%H%M%S}"
        self.known = self._known()
        shutil.rmtree(self.stage, ignore_errors=True)
        make_folder(self.stage)

    def _known(self) -> list[Record]:
        if self.library is not None:
            corrected = self.library.catalogue.corrected()
            return [Record.of(b, corrected.get(b.id, ())) for b in self.library.catalogue.briefings()]
        records = {(r.sha256, r.file_name): r for r in salvaged(self.folder / CATALOGUE)}
        for record in Records(self.folder).read():  # written before a withdrawal is in the catalogue, and after a return to answers
            records[record.sha256, record.file_name] = record
        return sorted(records.values(), key=lambda record: (record.added, record.id))

    def keep_withdrawn(self, staged: Catalogue) -> list[str]:
        """Withdraw in the new catalogue what is withdrawn in the library; returns the names of those that were not."""
        notes = {key: r.withdrawn for r in self.known if r.withdrawn for key in (r.sha256, r.file_name)}
        found = []
        for briefing in (b for b in staged.briefings() if not b.withdrawn):
            if note := notes.get(briefing.file_name) or notes.get(briefing.sha256):
                with staged.transaction():
                    staged.withdraw(briefing.id, note)
                found.append(briefing.file_name)
        return found

    def expect(self, sha256: str) -> None:
        """Note that a file is about to be kept for the new catalogue: if we die, it is removed again."""
        if self.library is not None:
            self.library.catalogue.expect(sha256)

    def move_in(self, staged: Path, *, copied: Collection[str] = ()) -> None:
        """Make the catalogue in the file `staged` the library's. `copied` are the sha256 of old files that are kept elsewhere as well.

        Whoever reads the library goes on with it. Killed at any moment, the library holds the old catalogue whole, or the new one.
        """
        place = self.folder / CATALOGUE
        new = Catalogue(staged)
        with new.transaction():
            new.forget_vectors()
            new.set_setting("records", "pending")
            new.set_setting("scrub", "rows")
            now = self.library.catalogue.generation() if self.library else 0
            new.set_setting("generation", str(max(now, new.generation(), int(time.time())) + 1))
            for sha256 in copied:
                new.expect(sha256)
        new.close()
        if self.library is not None:
            self.library.catalogue.take_over(staged)
            return
        for old in (place, Path(f"{place}-wal"), Path(f"{place}-shm")):
            if old.exists():
                make_folder(self.aside)
                old.replace(self.aside / old.name)
        if self.aside.exists() and Records(self.folder).folder.exists():
            shutil.copytree(Records(self.folder).folder, self.aside / "records")
        staged.replace(place)
        sync_folder(self.folder)


@contextmanager
def replacement(folder: Path, embedder: Embedder | None) -> Iterator[Replacement]:
    """Replace a library's catalogue, or make a library where there is none. Raises LibraryError."""
    try:
        make_folder(folder)
        make_folder(folder / "files")
        library = _usable(folder, embedder)
        lock = FileLock(str(folder / "writing.lock"), timeout=LOCK_SECONDS, mode=OWNER_FILE)
        with lock, _closing(library):
            begun = Replacement(folder, library)
            try:
                yield begun
            finally:
                shutil.rmtree(begun.stage, ignore_errors=True)
                tighten_below(begun.aside)
    except Timeout as error:
        raise LibraryError("Another program is writing to this library. Wait until it has finished, then try again.") from error
    except OSError as error:
        raise cannot_be_used(folder, error) from error


@contextmanager
def _closing(library: Library | None) -> Iterator[None]:
    try:
        yield
    finally:
        if library is not None:
            library.catalogue.close()


def _usable(folder: Path, embedder: Embedder | None) -> Library | None:
    try:
        library = Library(folder, embedder)
        if not library.catalogue.fault():
            return library
        library.close()
    except LibraryError:
        pass
    return None


def salvaged(catalogue: Path) -> Sequence[Record]:
    """The briefings that can still be read in a catalogue, damaged or not, with what was corrected."""
    found: list[Record] = []
    corrections: dict[str, list[Correction]] = {}
    if not catalogue.exists():
        return found
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"{catalogue.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        with suppress(sqlite3.Error):
            for briefing, *rest in connection.execute("SELECT briefing, field, value, at FROM correction"):
                corrections.setdefault(briefing, []).append(Correction(*rest))
        for number, name, sha256, starter, added, withdrawn in connection.execute(OLD_ROWS):
            told = tuple(corrections.get(number, ()))
            found.append(Record(str(number), str(name), str(sha256), bool(starter), str(added), str(withdrawn), told))
    return found
