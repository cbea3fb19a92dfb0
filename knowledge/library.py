"""The library of briefings: the one door to the catalogue, the kept files and the vectors."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from knowledge.briefing import Briefing, Details, Page, Passage, Quotation
from knowledge.catalogue import Catalogue, StoredPassage
from knowledge.embedding import Embedder, SentenceEmbedder, as_lists, embedded_text, sha256_of
from knowledge.errors import FileRefused, LibraryError
from knowledge.vectors import Vectors

Outcome = Literal["added", "unchanged", "replaced"]
LOCK_SECONDS = 600.0
EMBED_BATCH = 256


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
            raise LibraryError(f"The library folder {folder} cannot be used ({error.strerror}). Choose another with --library.") from error
        self.vectors = Vectors(folder / "vectors")
        self._mending = threading.Lock()
        self._seen = -1
        self._sweep()

    def close(self) -> None:
        """Let go of the files; the library can be opened again."""
        self.vectors.reopen()
        self.catalogue.close()

    # -- taking in and out ------------------------------------------------------------------------

    def holds(self, file_name: str, sha256: str) -> bool:
        """Whether this very file is in the library under this name."""
        return any(b.file_name == file_name and b.sha256 == sha256 for b in self.briefings())

    def add(self, new: NewBriefing) -> Outcome:
        """Take a briefing in, wholly or not at all. A file of the same name replaces its older self.

        The briefing is in once the catalogue has it; its vectors follow, and are mended
        on the next search if the process dies in between.
        """
        name = new.file_name or new.path.name
        with self._writing():
            older = [b for b in self.briefings() if b.file_name == name]
            if older and older[0].sha256 == new.sha256:
                return "unchanged"
            self._keep(new)
            briefing = Briefing(
                id=older[0].id if older else self._new_id(name),
                file_name=name,
                sha256=new.sha256,
                details=new.details,
                paged=new.paged,
                starter=new.starter,
                added=datetime.now(UTC).isoformat(timespec="seconds"),
            )
            with self.catalogue.transaction():
                self.catalogue.put(briefing, new.certificate, new.pages, new.passages)
            self._mend()
            if older:
                self._sweep_locked()
            return "replaced" if older else "added"

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

    def delete(self, name: str) -> Briefing:
        """Remove a briefing: its file, its text and its vectors."""
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
                yield
        except Timeout as error:
            raise LibraryError("Another program is writing to this library. Wait until it has finished, then try again.") from error
        except OSError as error:
            raise LibraryError(
                f"The library folder {self.folder} cannot be written ({error.strerror}). The library is as it was."
            ) from error

    def _new_id(self, name: str) -> str:
        stem = re.sub(r"[^a-z0-9]+", "-", Path(name).stem.lower()).strip("-")[:60] or "briefing"
        taken = {b.id for b in self.briefings()}
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

    def _sweep_locked(self) -> None:
        wanted = {b.sha256 for b in self.briefings()}
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
            self.vectors.reopen()
            try:
                with self._lock.acquire(timeout=0 if self._seen >= 0 else LOCK_SECONDS):
                    self._mend()
            except (Timeout, OSError):
                self._seen = -1  # somebody else is writing: look again at the next question

    def _mend(self) -> None:
        """Make the index hold exactly the vectors of the catalogue's passages."""
        if self.catalogue.setting("model") != self.embedder.name:
            self.vectors.clear()
            with self.catalogue.transaction():
                self.catalogue.forget_vectors()
                self.catalogue.set_setting("model", self.embedder.name)
        waiting = self.catalogue.not_embedded()
        wanted = set(self.catalogue.passage_ids())
        held = self.vectors.ids() if waiting or self.vectors.count() != len(wanted) or self._seen < 0 else wanted
        if left_over := held - wanted:
            self.vectors.remove(sorted(left_over))
        missing = wanted - held
        for briefing in {b.id: b for b in self.briefings()}.values() if missing else ():
            self._embed([p for p in self.catalogue.passages(briefing.id) if p.id in missing])
        for briefing_id in waiting:
            self.catalogue.mark_embedded(briefing_id)
        self._seen = self.catalogue.generation()

    def _embed(self, passages: Sequence[StoredPassage]) -> None:
        for i in range(0, len(passages), EMBED_BATCH):
            batch = passages[i : i + EMBED_BATCH]
            texts = [embedded_text(p.passage.text, p.passage.heading) for p in batch]
            self.vectors.add(batch[0].briefing, [p.id for p in batch], as_lists(self.embedder.embed_documents(texts)))

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
        """Full text: (passage number, bm25), best first; higher is better."""
        return self.catalogue.matching(words, limit)

    def by_meaning(self, vector: Sequence[float], limit: int = 100, briefings: Sequence[str] = ()) -> list[tuple[int, float]]:
        """Vectors: (passage number, cosine), best first; of these briefings alone, where given."""
        self._refresh()
        return self.vectors.nearest(vector, limit, briefings)

    def stored(self, ids: Sequence[int]) -> dict[int, StoredPassage]:
        """Passages by number."""
        return self.catalogue.passages_by_id(ids)

    def quote(self, briefing: Briefing, passage: Passage, start: int | None = None, end: int | None = None) -> Quotation:
        """The passage, or its part from `start` to `end` on the page, as a proven quotation."""
        first = passage.start if start is None else start
        last = passage.end if end is None else end
        text = passage.text[first - passage.start : last - passage.start]
        return Quotation(briefing, self.page(briefing.id, passage.page), first, last, text)
