"""Keeps the vectors what the catalogue says they are, whoever changed it."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import groupby

from filelock import BaseFileLock, Timeout

from knowledge.briefing import Passage
from knowledge.catalogue import Catalogue, StoredPassage
from knowledge.disk_errors import NOT_WRITABLE
from knowledge.embedding import Embedder, Vector, as_rows, embedded_text, weights_of
from knowledge.errors import LibraryError, VectorsDamaged
from knowledge.vectors import Vectors

PATIENCE = 1.0  # seconds that a question waits at most for somebody who is writing
EMBED_BATCH = 256
STORED_BATCH = 5000  # fewer than SQLite's limit on values in one statement


class VectorSync:
    """The vectors of a library, which are derived: whatever is missing or left over is mended before a search.

    `lock` is the library's, held by whoever writes. A question never waits longer than PATIENCE for it: it is answered
    from the vectors that are there, and they are mended at a later one. Where the library may not be written, a copy is mended.
    """

    def __init__(self, catalogue: Catalogue, vectors: Vectors, embedder: Embedder, lock: BaseFileLock) -> None:
        self.vectors = vectors
        self._catalogue = catalogue
        self._embedder = embedder
        self._lock = lock
        self._mending = threading.Lock()
        self._seen = -1  # the generation of the catalogue that the vectors are known to match
        self._looked = -1  # the one at which they were last opened
        self._patience = PATIENCE

    # -- while a question is answered -------------------------------------------------------------

    def nearest(self, vector: Sequence[float], limit: int, briefings: Sequence[str] = ()) -> list[tuple[int, float]]:
        """The nearest passages of these briefings (of all, where none are given), as `Vectors.nearest`; withdrawn ones are left out."""
        self.refresh()
        scope, withdrawn = list(map(tag, briefings)), list(map(tag, self._catalogue.left_out()))
        try:
            return self.vectors.nearest(vector, limit, scope, withdrawn)
        except VectorsDamaged:
            self.doubt()
            if not self.refresh():
                return []  # somebody else is writing: the full text alone answers
            return self.vectors.nearest(vector, limit, scope, withdrawn)
        except LibraryError:  # there is no room on the disk, and Chroma needs some also to search
            self.vectors.use_copy()
            try:
                return self.vectors.nearest(vector, limit, scope, withdrawn)
            except LibraryError:
                return []

    def refresh(self) -> bool:
        """See what others have done, and mend what is missing or left over; False where that has to wait."""
        if self._seen == self._catalogue.generation():
            return True
        began = time.monotonic()
        if not self._mending.acquire(timeout=PATIENCE):
            return False
        try:
            if self._seen == self._catalogue.generation():
                return True
            left = max(0.0, self._patience - (time.monotonic() - began))
            return self._look(left if self._seen < 0 else 0)
        finally:
            self._mending.release()

    def _look(self, patience: float) -> bool:
        try:
            with self._lock.acquire(timeout=patience):
                self._patience = PATIENCE
                self.vectors.reopen()
                self.mend()
                return True
        except Timeout:
            self._patience = 0.0  # the next question has waited already
        except OSError as error:
            if error.errno in NOT_WRITABLE:
                return self._mend_copy()
        except LibraryError:  # no room for what is missing
            self.doubt()
        self._open_again()
        return False

    def _open_again(self) -> None:
        if self._looked != (now := self._catalogue.generation()):
            self.vectors.reopen()
            self._looked = now
        self.doubt()

    def _mend_copy(self) -> bool:
        """Mend a copy of the vectors, where the library's own may not be written, and note nothing in the catalogue."""
        self.vectors.reopen()
        try:
            if not self._of_this_model():
                self.vectors.clear()
            try:
                self._put_right({}, noted=False)
            except VectorsDamaged:
                self.vectors.clear()
                self._put_right({}, noted=False)
        except LibraryError:  # no room for a copy: the full text alone answers
            return False
        return True

    # -- while the library is changed (its lock is held) --------------------------------------------

    def doubt(self) -> None:
        """Note that the vectors may not match the catalogue: they are looked at before the next search."""
        self._seen = -1

    def follow_others(self) -> None:
        """See what another process wrote since the last look."""
        if self._seen not in (-1, self._catalogue.generation()):
            self.vectors.reopen()

    def right(self) -> bool:
        """Whether the vectors are known to match the catalogue as it is."""
        known = self._seen == self._catalogue.generation() and self._of_this_model()
        return known and self.vectors.holds(self._catalogue.passage_count())

    def mend(self, fresh: Mapping[int, Vector] | None = None, added: str = "") -> None:
        """Make the index hold exactly the vectors of the catalogue's passages.

        `fresh` are vectors that are known already; `added` is the briefing whose writing is all that was done since the index
        was right: then its vectors are added, and those of its earlier version are left for the caller to remove.
        """
        if not self._of_this_model():
            self._renew()
        elif not self._catalogue.setting("weights"):
            self._catalogue.set_setting("weights", weights_of(self._embedder))
        try:
            if added:
                self._follow(added, fresh or {})
            else:
                self._put_right(fresh or {})
        except VectorsDamaged:
            self._renew()
            self._put_right(fresh or {})

    def remove(self, ids: Sequence[int]) -> None:
        """Take vectors out; where that fails, at a later look."""
        try:
            self.vectors.remove(ids)
        except LibraryError:
            self.doubt()

    def vectors_of(self, passages: Sequence[Passage]) -> Iterator[list[Vector]]:
        """The passages' vectors in order, a part at a time, so that whoever asks may stop between two parts."""
        for i in range(0, len(passages), EMBED_BATCH):
            yield as_rows(self._embedder.embed_documents([embedded_text(p.text, p.heading) for p in passages[i : i + EMBED_BATCH]]))

    def kept_vectors(self, stored: Sequence[StoredPassage]) -> list[Vector]:
        """The passages' vectors in order: from the index, and made again where it lacks one or cannot be read."""
        self.refresh()
        with suppress(LibraryError):
            found = self.vectors.of([one.id for one in stored])
            if len(found) == len({one.id for one in stored}):
                return [found[one.id] for one in stored]
        return [vector for part in self.vectors_of([one.passage for one in stored]) for vector in part]

    def _follow(self, added: str, fresh: Mapping[int, Vector]) -> None:
        """Add to the index what was added to one briefing, without looking at the others."""
        self.vectors.add(tag(added), list(fresh), list(fresh.values()))
        self._catalogue.mark_embedded(added)
        self._seen = self._catalogue.generation()

    def _renew(self) -> None:
        """Begin the index anew: everything will be embedded again."""
        self.vectors.clear()
        with self._catalogue.transaction():
            self._catalogue.forget_vectors()
            self._catalogue.set_setting("model", self._embedder.name)
            self._catalogue.set_setting("weights", weights_of(self._embedder))

    def _of_this_model(self) -> bool:
        """Whether the vectors were made by the embedder's model: of its name and, where both are known, of its weights."""
        weights = self._catalogue.setting("weights")
        return self._catalogue.setting("model") == self._embedder.name and weights in ("", weights_of(self._embedder) or weights)

    def _put_right(self, fresh: Mapping[int, Vector], *, noted: bool = True) -> None:
        waiting = self._catalogue.not_embedded()
        wanted = set(self._catalogue.passage_ids())
        held = self.vectors.ids() if waiting or self.vectors.count() != len(wanted) or self._seen < 0 else wanted
        if self._seen < 0 and not self.vectors.whole():
            raise VectorsDamaged(f"The vectors in {self.vectors.folder} are not all there. Delete that folder, then try again.")
        if left_over := held - wanted:
            self.vectors.remove(sorted(left_over))
        # A vector that stood under the number of a passage before that passage came is not its own.
        doubtful = {n for briefing_id in waiting for n in self._catalogue.passage_ids(briefing_id)}
        missing = (wanted - held) | doubtful
        for stored in self._stored_by_briefing(sorted(missing)):
            self._embed(stored, fresh)
        for briefing_id in waiting if noted else ():
            self._catalogue.mark_embedded(briefing_id)
        self._seen = self._looked = self._catalogue.generation()

    def _stored_by_briefing(self, ids: Sequence[int]) -> Iterator[list[StoredPassage]]:
        """The passages of these numbers, a list a briefing; a long briefing may come in several."""
        for i in range(0, len(ids), STORED_BATCH):
            stored = self._catalogue.passages_by_id(ids[i : i + STORED_BATCH])
            for _, group in groupby(sorted(stored.values(), key=lambda p: (p.briefing, p.id)), key=lambda p: p.briefing):
                yield list(group)

    def _embed(self, passages: Sequence[StoredPassage], fresh: Mapping[int, Vector]) -> None:
        mark = tag(passages[0].briefing)
        known = [p.id for p in passages if p.id in fresh]
        if known:
            self.vectors.add(mark, known, [fresh[n] for n in known])
        unknown = [p for p in passages if p.id not in fresh]
        ids = iter([p.id for p in unknown])
        for part in self.vectors_of([p.passage for p in unknown]):
            self.vectors.add(mark, [next(ids) for _ in part], part)


def tag(briefing_id: str) -> str:
    """What stands for a briefing in the library's files: its id is made of its file's name, which is to be forgotten with it."""
    return hashlib.sha256(briefing_id.encode()).hexdigest()[:16]
