"""The library of briefings: the one door to the catalogue, the kept files and the vectors."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from knowledge.briefing import Briefing, Details, Page, Passage, Quotation
from knowledge.catalogue import Catalogue, StoredPassage
from knowledge.certificate import whole
from knowledge.correction import Correction, checked
from knowledge.embedding import Embedder, SentenceEmbedder, Vector, as_rows, embedded_text, sha256_of
from knowledge.errors import FileRefused, LibraryError, VectorsDamaged
from knowledge.room import cannot_be_used
from knowledge.vectors import Vectors

Outcome = Literal["added", "unchanged", "replaced"]
LOCK_SECONDS = 600.0
EMBED_BATCH = 256
STORED_BATCH = 5000  # fewer than SQLite's limit on values in one statement


@dataclass(frozen=True, slots=True)
class NewBriefing:
    """A file as read, on its way into the library. `certificate` tells how it was read."""

    path: Path
    sha256: str
    details: Details
    paged: bool
    starter: bool
    pages: tuple[Page, ...]
    passages: tuple[Passage, ...]
    certificate: dict[str, Any]
    file_name: str = ""


class Library:
    """A folder that holds the catalogue, the files by their sha256, and the vectors.

    Opening mends: kept files without a briefing are swept, and vectors that are missing
    or left over are put right before the first search by meaning. Raises LibraryError
    where the folder cannot be used.
    """

    def __init__(self, folder: Path, embedder: Embedder | None = None) -> None:
        self.folder = folder
        self.embedder: Embedder = embedder or SentenceEmbedder()
        try:
            (folder / "files").mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(str(folder / "writing.lock"), timeout=LOCK_SECONDS)
            self.catalogue = Catalogue(folder / "catalogue.sqlite3")
        except OSError as error:
            raise cannot_be_used(folder, error) from error
        self.vectors = Vectors(folder / "vectors")
        self._mending = threading.Lock()
        self._seen = -1
        self._sweep()

    def close(self) -> None:
        """Let go of the files; the library can be opened again. What was replaced is scrubbed out of them first."""
        self._tidy()
        self.vectors.reopen()
        self.catalogue.close()

    # -- taking in and out ------------------------------------------------------------------------

    def holds(self, file_name: str, sha256: str) -> bool:
        """Whether this very file is in the library under this name."""
        held = self.catalogue.named(file_name)
        return held is not None and held.sha256 == sha256

    def add(self, new: NewBriefing, vectors: Sequence[Vector] = ()) -> Outcome:
        """Take a briefing in, wholly or not at all. A file of the same name replaces its older self.

        The briefing is in once the catalogue has it, which is last: where its vectors cannot be written
        nothing is, and vectors that a process left which died in between are swept on opening, and before ours are
        added: then Chroma shows them. A briefing that was withdrawn stays withdrawn when its file changes. `vectors`
        are its passages', where they were made before (`vectors_of`).
        """
        name = new.file_name or new.path.name
        with self._writing():
            older = self.catalogue.named(name)
            if older and older.sha256 == new.sha256:
                return "unchanged"
            if len(vectors) != len(new.passages):  # before all else: where the model fails, nothing has been written
                vectors = [vector for part in self.vectors_of(new.passages) for vector in part]
            known = self._seen == self.catalogue.generation() and self.catalogue.setting("model") == self.embedder.name
            right = known and self.vectors.holds(self.catalogue.passage_count())
            gone = self.catalogue.passage_ids(older.id) if older else []
            self._keep(new)
            try:
                with self.catalogue.transaction():
                    briefing = self._put(new, name, older)
                    fresh = dict(zip(self.catalogue.passage_ids(briefing.id), vectors, strict=True))
                    self._mend(fresh, briefing.id if right else "")
            except BaseException:
                self._seen = -1  # the index may hold vectors of what is not in, or lack those of what is
                self._sweep_locked()
                raise
            if older or not right:
                self._leave(gone if right else ())
            return "replaced" if older else "added"

    def _put(self, new: NewBriefing, name: str, older: Briefing | None) -> Briefing:
        """Write a briefing into the catalogue."""
        briefing = Briefing(
            id=older.id if older else self._new_id(name),
            file_name=name,
            sha256=new.sha256,
            details=new.details,
            paged=new.paged,
            starter=new.starter,
            withdrawn=older.withdrawn if older else "",
            added=_now(),
        )
        self.catalogue.put(briefing, new.certificate, new.pages, new.passages)
        if any(one.field == "pseudonyms" for one in self.catalogue.corrections(briefing.id)):
            self.catalogue.tell_cases(briefing.id, self.catalogue.briefing(briefing.id).details.pseudonyms)
        return briefing

    def _leave(self, gone: Sequence[int]) -> None:
        """Remove what a replaced briefing left, its vectors and its file, or a process that died."""
        try:
            self.vectors.remove(gone)
        except LibraryError:
            self._seen = -1  # they are swept at the next look
        self._sweep_locked()

    def withdraw(self, name: str, *, who: str = "", why: str = "") -> Briefing:
        """Keep a briefing in the library but out of every answer."""
        briefing = self.catalogue.briefing(name)
        note = f"withdrawn {datetime.now(UTC):%Y-%m-%d}" + (f" by {who}" if who else "") + (f": {why}" if why else "")
        with self._writing():
            self.catalogue.withdraw(briefing.id, note)
        return replace(briefing, withdrawn=note)

    def restore(self, name: str) -> Briefing:
        """Let a withdrawn briefing back into answers."""
        briefing = self.catalogue.briefing(name)
        with self._writing():
            self.catalogue.withdraw(briefing.id, "")
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
        with self._writing(), self.catalogue.transaction():
            briefing = self.catalogue.briefing(name)
            if correction is None:
                self.catalogue.uncorrect(briefing.id, field)
            else:
                self.catalogue.correct(briefing.id, correction)
            briefing = self.catalogue.briefing(briefing.id)
            if field == "pseudonyms":
                self.catalogue.tell_cases(briefing.id, briefing.details.pseudonyms)
        return briefing

    def certificate(self, name: str) -> dict[str, Any]:
        """How a briefing's file was read and what was found, each detail with where it came from: see `knowledge.certificate`."""
        briefing = self.catalogue.briefing(name)
        return whole(briefing, self.catalogue.certificate(briefing.id), self.catalogue.corrections(briefing.id))

    def delete(self, name: str) -> Briefing:
        """Remove a briefing: its file, its text and its vectors. No trace of its text stays in the library's files."""
        briefing = self.catalogue.briefing(name)
        with self._writing():
            with self.catalogue.transaction():
                self.catalogue.remove(briefing.id)
            self._mend()
            self._sweep_locked()
            self.catalogue.scrub()
        return briefing

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            with self._lock:
                if self._seen not in (-1, self.catalogue.generation()):
                    self.vectors.reopen()  # another process wrote since we looked
                yield
        except Timeout as error:
            raise LibraryError("Another program is writing to this library. Wait until it has finished, then try again.") from error
        except OSError as error:
            raise cannot_be_used(self.folder, error) from error

    def _new_id(self, name: str) -> str:
        stem = re.sub(r"[^a-z0-9]+", "-", Path(name).stem.lower()).strip("-")[:60] or "briefing"
        taken = self.catalogue.ids_from(stem)
        return next(i for i in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if i not in taken)

    def _keep(self, new: NewBriefing) -> None:
        """Keep the file under its sha256: copied aside first, then put in place in one step."""
        place = self.folder / "files" / f"{new.sha256}{new.path.suffix.lower()}"
        if place.exists():
            return
        handle, aside = tempfile.mkstemp(dir=self.folder / "files", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as target, new.path.open("rb") as source:
                shutil.copyfileobj(source, target)
            if sha256_of(Path(aside)) != new.sha256:
                raise FileRefused(f"{new.path.name} changed while it was being read. Add it again.")
            Path(aside).replace(place)
        finally:
            Path(aside).unlink(missing_ok=True)

    def _sweep(self) -> None:
        """Remove kept files that no briefing names, unless somebody is writing just now."""
        try:
            with self._lock.acquire(timeout=0):
                self._sweep_locked()
        except (Timeout, OSError):
            return
        self._tidy()

    def _tidy(self) -> None:
        """Take replaced text, and what a process that died had deleted, out of the files; left for later where others are at work."""
        try:
            if self.catalogue.needs_scrubbing():
                with self._lock.acquire(timeout=0):
                    self.catalogue.scrub()
        except (Timeout, OSError, LibraryError):
            return

    def _sweep_locked(self) -> None:
        wanted = self.catalogue.sha256s()
        for file in (self.folder / "files").iterdir():
            if file.stem not in wanted:
                file.unlink(missing_ok=True)

    # -- vectors ----------------------------------------------------------------------------------

    def ready(self) -> None:
        """Load the model and mend the vectors, so that the next question is answered at once."""
        self._refresh()
        self.embedder.embed_query("ready")

    def _refresh(self) -> None:
        """See what other processes have done, and mend what is missing or left over."""
        with self._mending:
            if self._seen == self.catalogue.generation():
                return
            try:
                with self._lock.acquire(timeout=0 if self._seen >= 0 else LOCK_SECONDS):
                    self.vectors.reopen()
                    self._mend()
            except (Timeout, OSError):
                self.vectors.reopen()
                self._seen = -1  # somebody else is writing: look again at the next question

    def _mend(self, fresh: Mapping[int, Vector] | None = None, added: str = "") -> None:
        """Make the index hold exactly the vectors of the catalogue's passages.

        `fresh` are vectors that are known already; `added` is the briefing whose writing is all that was done since the index
        was right: then its vectors are added, and those of its older self are left for the caller to remove.
        """
        if self.catalogue.setting("model") != self.embedder.name:
            self._renew()
        try:
            if added:
                self._follow(added, fresh or {})
            else:
                self._put_right(fresh or {})
        except VectorsDamaged:
            self._renew()
            self._put_right(fresh or {})

    def _follow(self, added: str, fresh: Mapping[int, Vector]) -> None:
        """Add to the index what was added to one briefing, without looking at the others."""
        self.vectors.add(_tag(added), list(fresh), list(fresh.values()))
        self.catalogue.mark_embedded(added)
        self._seen = self.catalogue.generation()

    def _renew(self) -> None:
        """Begin the index anew: everything will be embedded again."""
        self.vectors.clear()
        with self.catalogue.transaction():
            self.catalogue.forget_vectors()
            self.catalogue.set_setting("model", self.embedder.name)

    def _put_right(self, fresh: Mapping[int, Vector]) -> None:
        waiting = self.catalogue.not_embedded()
        wanted = set(self.catalogue.passage_ids())
        held = self.vectors.ids() if waiting or self.vectors.count() != len(wanted) or self._seen < 0 else wanted
        if self._seen < 0 and not self.vectors.whole():
            raise VectorsDamaged(f"The vectors in {self.vectors.folder} are not all there. Delete that folder, then try again.")
        if left_over := held - wanted:
            self.vectors.remove(sorted(left_over))
        # A vector that stood under the number of a passage before that passage came is not its own.
        doubtful = {n for briefing_id in waiting for n in self.catalogue.passage_ids(briefing_id)}
        missing = (wanted - held) | doubtful
        for stored in self._stored_by_briefing(sorted(missing)):
            self._embed(stored, fresh)
        for briefing_id in waiting:
            self.catalogue.mark_embedded(briefing_id)
        self._seen = self.catalogue.generation()

    def _stored_by_briefing(self, ids: Sequence[int]) -> Iterator[list[StoredPassage]]:
        """The passages of these numbers, a list a briefing; a long briefing may come in several."""
        for i in range(0, len(ids), STORED_BATCH):
            stored = self.catalogue.passages_by_id(ids[i : i + STORED_BATCH])
            for _, group in groupby(sorted(stored.values(), key=lambda p: (p.briefing, p.id)), key=lambda p: p.briefing):
                yield list(group)

    def _embed(self, passages: Sequence[StoredPassage], fresh: Mapping[int, Vector]) -> None:
        tag = _tag(passages[0].briefing)
        known = [p.id for p in passages if p.id in fresh]
        if known:
            self.vectors.add(tag, known, [fresh[n] for n in known])
        unknown = [p for p in passages if p.id not in fresh]
        ids = iter([p.id for p in unknown])
        for part in self.vectors_of([p.passage for p in unknown]):
            self.vectors.add(tag, [next(ids) for _ in part], part)

    def vectors_of(self, passages: Sequence[Passage]) -> Iterator[list[Vector]]:
        """The passages' vectors in order, a part at a time, so that whoever asks may stop between two parts."""
        for i in range(0, len(passages), EMBED_BATCH):
            yield as_rows(self.embedder.embed_documents([embedded_text(p.text, p.heading) for p in passages[i : i + EMBED_BATCH]]))

    # -- reading ----------------------------------------------------------------------------------

    def briefings(self, *, withdrawn: bool = True) -> list[Briefing]:
        """All briefings, by name."""
        return self.catalogue.briefings(withdrawn=withdrawn)

    def briefing(self, name: str) -> Briefing:
        """A briefing by id or file name. Raises BriefingNotFound."""
        return self.catalogue.briefing(name)

    def page(self, briefing: str, number: int) -> Page:
        """A page of a briefing by sheet number. Raises BriefingNotFound."""
        return self.catalogue.page(briefing, number)

    def file_of(self, briefing: Briefing) -> Path:
        """Where the briefing's file is kept."""
        found = sorted((self.folder / "files").glob(f"{briefing.sha256}.*"))
        if not found:
            raise LibraryError(f"The file of {briefing.file_name} is missing from the library. Delete the briefing and add its file again.")
        return found[0]

    def by_words(self, words: Sequence[str], limit: int = 100) -> list[tuple[int, float]]:
        """Full text: (passage number, bm25), best first; higher is better. Withdrawn briefings are left out."""
        return self.catalogue.matching(words, limit)

    def by_meaning(self, vector: Sequence[float], limit: int = 100, briefings: Sequence[str] = ()) -> list[tuple[int, float]]:
        """Vectors: (passage number, cosine), best first; of these briefings alone, where given. Withdrawn ones are left out."""
        self._refresh()
        scope, withdrawn = list(map(_tag, briefings)), list(map(_tag, self.catalogue.withdrawn()))
        try:
            return self.vectors.nearest(vector, limit, scope, withdrawn)
        except VectorsDamaged:
            self._seen = -1
            self._refresh()
            return self.vectors.nearest(vector, limit, scope, withdrawn)

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


def _tag(briefing_id: str) -> str:
    """What stands for a briefing in the vectors' files: its id is made of its file's name, which is to be forgotten with it."""
    return hashlib.sha256(briefing_id.encode()).hexdigest()[:16]
