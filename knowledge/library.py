"""The library of briefings: the one door to the catalogue, the kept files and the vectors."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from knowledge.briefing import Briefing, Page, Passage, Quotation
from knowledge.catalogue import LOG_SECONDS, Catalogue, StoredPassage
from knowledge.certificate import whole
from knowledge.connections import Connect, connect
from knowledge.copies import Copies, held, unchanged
from knowledge.correction import Correction, checked
from knowledge.disk_errors import cannot_be_used, deleted_in_part
from knowledge.embedding import Embedder, SentenceEmbedder, Vector
from knowledge.errors import LibraryError
from knowledge.identity import UNKNOWN, Origin, new_id, one_name, same_words, told_apart
from knowledge.kept_files import KeptFiles, refuse_to_begin_anew
from knowledge.new_briefing import NewBriefing
from knowledge.private_files import OWNER_FILE, make_folder, may_write, tighten, tighten_below
from knowledge.records import Record, Records
from knowledge.vector_sync import VectorSync, tag
from knowledge.vectors import Vectors

Outcome = Literal["added", "unchanged", "replaced"]
LOCK_SECONDS = 600.0
CATALOGUE = "catalogue.sqlite3"
STAGING = "staging"  # a folder that is there only while another catalogue is made ready


class Library:
    """A folder that holds the catalogue, the files by their sha256, the vectors, and a record of each briefing.

    Opening mends: files of briefings that are gone are removed, files that nobody knows are set aside, and vectors that are
    missing or left over are put right before the first search by meaning. Raises LibraryError where the folder cannot be
    used, and where it holds files and no catalogue of ours. `connect` opens the catalogue's file another way.
    """

    def __init__(self, folder: Path, embedder: Embedder | None = None, connect: Connect = connect) -> None:
        self.folder = folder
        self.embedder: Embedder = embedder or SentenceEmbedder()
        self.files = KeptFiles(folder)
        self.records = Records(folder)
        try:
            ours = not folder.exists() or not any(folder.iterdir()) or (folder / CATALOGUE).exists()
            make_folder(folder)
            make_folder(folder / "files")
            refuse_to_begin_anew(folder, folder / CATALOGUE)
            self._lock = FileLock(str(folder / "writing.lock"), timeout=LOCK_SECONDS, mode=OWNER_FILE)
            self.catalogue = Catalogue(folder / CATALOGUE, connect)
        except OSError as error:
            raise cannot_be_used(folder, error) from error
        self._sync = VectorSync(self.catalogue, Vectors(folder / "vectors"), self.embedder, self._lock)
        self._copies = Copies(self.catalogue)
        self._counting = threading.Lock()
        self._gathering = 0
        self._untidy = False  # a scrub that fell to this process was not finished
        if ours:
            self._tighten()
        self._mend()

    @property
    def vectors(self) -> Vectors:
        """The vector index, derived from the catalogue."""
        return self._sync.vectors

    @vectors.setter
    def vectors(self, vectors: Vectors) -> None:
        self._sync.vectors = vectors

    def close(self) -> None:
        """Let go of the files; the library can be opened again. What was replaced is scrubbed out of them first."""
        self.tidy()
        self.vectors.reopen()
        self.catalogue.close()

    # -- taking in and out ------------------------------------------------------------------------

    def holding(self, file_name: str, sha256: str, origin: Origin = UNKNOWN) -> Briefing | None:
        """The briefing that was read of this very file, which is in the library under this name already; None where it is not."""
        return unchanged(self.catalogue, file_name, sha256, origin.source)

    def add(self, new: NewBriefing, vectors: Sequence[Vector] = ()) -> Outcome:
        """Take a briefing in, wholly or not at all. A file from the same place replaces its earlier version; see `knowledge.identity`.

        The briefing is in once the catalogue has it, which is last: where its vectors cannot be written
        nothing is, and vectors that a process left which died in between are swept on opening, and before ours are
        added: then Chroma shows them. A briefing that was withdrawn stays withdrawn when its file changes. `vectors`
        are its passages', where they were made before (`vectors_of`).
        """
        name = new.file_name or new.path.name
        with self.writing():
            older = self.catalogue.named(name) if new.again else held(self.catalogue, name, new.sha256, new.origin.source, new.pages)
            if new.again != (older is not None and older.sha256 == new.sha256):  # meanwhile it may have been added, replaced or deleted
                return "unchanged"
            if len(vectors) != len(new.passages):  # before all else: where the model fails, nothing has been written
                vectors = [vector for part in self.vectors_of(new.passages) for vector in part]
            right = self._sync.right()
            gone = self.catalogue.passage_ids(older.id) if older else []
            try:
                self.catalogue.expect(new.sha256)
                self.files.keep(new.path, new.sha256, name)
                with self.catalogue.transaction():
                    briefing = self._put(new, name, older)
                    fresh = dict(zip(self.catalogue.passage_ids(briefing.id), vectors, strict=True))
                    self._sync.mend(fresh, briefing.id if right else "")
            except BaseException:
                self._sync.doubt()  # the index may hold vectors of what is not in, or lack those of what is
                with suppress(LibraryError, OSError):
                    self._sweep()
                raise
            if older or not right:
                self._sync.remove(gone if right else ())
            self._finish(briefing.id, swept=bool(older or not right))
        if older:
            self.tidy()
        return "replaced" if older else "added"

    def _put(self, new: NewBriefing, name: str, older: Briefing | None) -> Briefing:
        """Write a briefing into the catalogue."""
        own = older.file_name if older else told_apart(one_name(name), new.origin.folders, lambda n: self.catalogue.named(n) is not None)
        briefing = Briefing(
            id=older.id if older else new_id(own, self.catalogue.ids_from),
            file_name=own,
            sha256=new.sha256,
            details=new.details,
            paged=new.paged,
            starter=new.starter,
            withdrawn=older.withdrawn if older else "",
            added=older.added if older and new.again else _now(),
            source=older.source if older and new.again else new.origin.source,
            same_words=same_words(page.text for page in new.pages),
            apart=older.apart if older else False,
        )
        if older:
            self._copies.leave(older)
        self.catalogue.put(briefing, new.certificate, new.pages, new.passages)
        if any(one.field == "pseudonyms" for one in self.catalogue.corrections(briefing.id)):
            self.catalogue.tell_cases(briefing.id, self.catalogue.briefing(briefing.id).details.pseudonyms)
        return self._copies.settle(briefing, leads=bool(older and new.again and not older.copy_of))

    def part(self, name: str, *, undo: bool = False) -> Briefing:
        """Count a briefing by itself although another holds the same words: an editor says that it is no copy. `undo` takes that back."""
        with self.writing():
            with self.catalogue.transaction():
                briefing = replace(self.catalogue.briefing(name), apart=not undo)
                self.catalogue.set_copy(briefing.id, "", apart=briefing.apart)
                briefing = self._copies.settle(briefing)
            self._finish(briefing.id)
        self.tidy()
        return briefing

    def withdraw(self, name: str, *, who: str = "", why: str = "") -> Briefing:
        """Keep a briefing in the library but out of every answer, and its copies with it."""
        now = datetime.now(UTC)
        note = f"withdrawn {now.day} {now:%B %Y} " + (f"by {who}" if who else "(no name given)") + (f": {why}" if why else "")
        with self.writing():
            briefing = replace(self.catalogue.briefing(name), withdrawn=note)
            for one in (every := self._copies.group(briefing)):  # first, so that a rebuild never lets back what was being withdrawn
                self.records.write(tag(one.id), Record.of(replace(one, withdrawn=note), self.catalogue.corrections(one.id)))
            with self.catalogue.transaction():
                for one in every:
                    self.catalogue.withdraw(one.id, note)
            self._finish(briefing.id)
        self.tidy()
        return briefing

    def restore(self, name: str) -> Briefing:
        """Let a withdrawn briefing back into answers, and its copies with it."""
        with self.writing():
            briefing = self.catalogue.briefing(name)
            with self.catalogue.transaction():
                for one in self._copies.group(briefing):
                    self.catalogue.withdraw(one.id, "")
            self._finish(briefing.id)
        self.tidy()
        return replace(briefing, withdrawn="")

    def correct(self, name: str, field: str, value: str) -> Briefing:
        """Put a detail right by hand. It is kept apart from what was read, and outlives a replacement of the file.

        Raises CorrectionRefused where `field` is no such detail or `value` cannot be one.
        """
        field, value = checked(field, value)
        return self._change(name, field, Correction(field, value, _now()))

    def uncorrect(self, name: str, field: str) -> Briefing:
        """Take a correction back: what was read is shown again."""
        return self._change(name, checked(field, "unknown")[0], None)

    def _change(self, name: str, field: str, correction: Correction | None) -> Briefing:
        with self.writing():
            with self.catalogue.transaction():
                briefing = self.catalogue.briefing(name)
                if correction is None:
                    self.catalogue.uncorrect(briefing.id, field)
                else:
                    self.catalogue.correct(briefing.id, correction)
                briefing = self.catalogue.briefing(briefing.id)
                if field == "pseudonyms":
                    self.catalogue.tell_cases(briefing.id, briefing.details.pseudonyms)
            self._finish(briefing.id)
        self.tidy()
        return briefing

    def certificate(self, name: str) -> dict[str, Any]:
        """How a briefing's file was read and what was found, each detail with where it came from: see `knowledge.certificate`."""
        briefing = self.catalogue.briefing(name)
        return whole(briefing, self.catalogue.certificate(briefing.id), self.catalogue.corrections(briefing.id))

    def delete(self, name: str) -> Briefing:
        """Remove a briefing: its file, its text and its vectors. No trace of its text stays in the library's files.

        Raises LibraryError where the briefing is deleted and traces stay for the time being; the next change removes them.
        """
        with self.writing():
            briefing = self.catalogue.briefing(name)
            with self.catalogue.transaction():
                self._copies.leave(briefing)
                self.catalogue.remove(briefing.id)
            wrong: list[Exception] = []
            steps: tuple[Callable[[], object], ...] = (
                lambda: self._record(briefing.id),
                self._sweep,
                self._sync.mend,
                self.catalogue.scrub,
            )
            for step in steps:
                try:
                    step()
                except (LibraryError, OSError) as error:
                    wrong.append(error)
                    self._sync.doubt()
                    self._untidy = True
        if wrong:
            raise deleted_in_part(self.folder, briefing.file_name, wrong[0])
        return briefing

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the lock of the library, so that nobody else changes it. Raises LibraryError where another program keeps it too long."""
        try:
            with self._lock:
                self._sync.follow_others()
                yield
        except Timeout as error:
            raise LibraryError("Another program is writing to this library. Wait until it has finished, then try again.") from error
        except OSError as error:
            raise cannot_be_used(self.folder, error) from error

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """Many briefings are added: what they replace is scrubbed out of the files once, at the end."""
        with self._counting:
            self._gathering += 1
        try:
            yield
        finally:
            with self._counting:
                self._gathering -= 1
            self.tidy()

    # -- mending ----------------------------------------------------------------------------------

    def _mend(self) -> None:
        """Do what a process that died left undone, unless somebody is writing just now."""
        try:
            with self._lock.acquire(timeout=0):
                shutil.rmtree(self.folder / STAGING, ignore_errors=True)
                self._sweep()
                if self.catalogue.setting("records") or self.records.count() != self.catalogue.briefing_count():
                    self._record()
        except (Timeout, OSError, LibraryError):
            return
        self.tidy()

    def tidy(self) -> None:
        """Take replaced text, and what a process that died had deleted, out of the files; left for later where others are at work."""
        if not self._gathering:
            self._scrub(LOG_SECONDS)

    def _scrub(self, patience: float) -> None:
        try:
            if self.catalogue.needs_scrubbing():
                self._untidy = True
                with self._lock.acquire(timeout=0):
                    self.catalogue.scrub(patience)
            self._untidy = False
        except (Timeout, OSError, LibraryError):
            return

    def _finish(self, briefing_id: str, *, swept: bool = False) -> None:
        """What follows a change that is in the catalogue already; where it fails it is done with a later one, or on opening."""
        with suppress(LibraryError, OSError):
            if swept:
                self._sweep()
            self._record(briefing_id)

    def _record(self, briefing_id: str = "") -> None:
        """Write or remove the record of a briefing that was changed; of all, where others wait as well or none is named."""
        corrected = self.catalogue.corrected()
        if not briefing_id or self.catalogue.setting("records") not in ("", briefing_id):
            self.records.match({tag(b.id): Record.of(b, corrected.get(b.id, ())) for b in self.catalogue.briefings()})
        elif (briefing := self.catalogue.with_id(briefing_id)) is not None:
            self.records.write(tag(briefing_id), Record.of(briefing, corrected.get(briefing_id, ())))
        else:
            self.records.remove(tag(briefing_id))
        self.catalogue.set_setting("records", "")

    def _sweep(self) -> None:
        self.files.sweep(self.catalogue.sha256s(), self.catalogue.leaving())
        self.catalogue.left()

    def _tighten(self) -> None:
        """Leave the library to its owner alone, also one that an earlier version made; not where it may not be written on purpose."""
        if may_write(self.folder):
            beside = [self.folder / f"{CATALOGUE}{ending}" for ending in ("", "-wal", "-shm")]
            tighten(self.folder, self.folder / "writing.lock", *beside)
            for folder in ("vectors", "derived", "records"):
                tighten_below(self.folder / folder)
            self.files.tighten()

    # -- vectors ----------------------------------------------------------------------------------

    def ready(self) -> None:
        """Load the model and mend the vectors, so that the next question is answered at once."""
        self._sync.refresh()
        self.embedder.embed_query("ready")

    def vectors_of(self, passages: Sequence[Passage]) -> Iterator[list[Vector]]:
        """The passages' vectors in order, a part at a time, so that whoever asks may stop between two parts."""
        return self._sync.vectors_of(passages)

    def kept_vectors(self, stored: Sequence[StoredPassage]) -> list[Vector]:
        """The passages' vectors in order: from the index, and made again where it lacks one or cannot be read."""
        return self._sync.kept_vectors(stored)

    # -- reading ----------------------------------------------------------------------------------

    def briefings(self, *, withdrawn: bool = True) -> list[Briefing]:
        """All briefings, by name; without those that are withdrawn, or copies of others, where asked."""
        return self.catalogue.briefings(withdrawn=withdrawn)

    def briefing(self, name: str) -> Briefing:
        """A briefing by id or file name. Raises BriefingNotFound."""
        return self.catalogue.briefing(name)

    def page(self, briefing: str, number: int) -> Page:
        """A page of a briefing by sheet number. Raises BriefingNotFound."""
        return self.catalogue.page(briefing, number)

    def file_of(self, briefing: Briefing) -> Path:
        """Where the briefing's file is kept."""
        found = self.files.find(briefing.sha256)
        if found is None:
            raise LibraryError(f"The file of {briefing.file_name} is missing from the library. Delete the briefing and add its file again.")
        return found

    def by_words(self, words: Sequence[str], limit: int = 100) -> list[tuple[int, float]]:
        """Full text: (passage number, bm25), best first; higher is better. Withdrawn briefings are left out."""
        return self.catalogue.matching(words, limit)

    def by_meaning(self, vector: Sequence[float], limit: int = 100, briefings: Sequence[str] = ()) -> list[tuple[int, float]]:
        """Vectors: (passage number, cosine), best first; of these briefings alone, where given. Withdrawn ones are left out."""
        if self._untidy and not self._gathering:
            self._scrub(patience=0)
        return self._sync.nearest(vector, limit, briefings)

    def stored(self, ids: Sequence[int]) -> dict[int, StoredPassage]:
        """Passages by number."""
        return self.catalogue.passages_by_id(ids)

    def quote(self, briefing: Briefing, passage: Passage, start: int | None = None, end: int | None = None) -> Quotation:
        """The passage, or its part from `start` to `end` on the page, as a proven quotation."""
        first = passage.start if start is None else start
        last = passage.end if end is None else end
        text = passage.text[first - passage.start : last - passage.start]
        return Quotation(briefing, self.page(briefing.id, passage.page), first, last, text)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
