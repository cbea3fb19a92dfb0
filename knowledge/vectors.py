"""Passages by meaning, in Chroma: numbers and vectors only, no text. Derived from the catalogue."""

from __future__ import annotations

import ctypes
import shutil
import tempfile
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from knowledge.disk_errors import cannot_be_used, no_room
from knowledge.errors import LibraryError, VectorsDamaged
from knowledge.private_files import make_folder, may_write, tighten_below

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

COLLECTION = "passages"
BATCH = 5000  # Chroma 1.5 refuses more than 5,461 at once
# Chroma's default ef_search of 100 found .88-.90 of the true ten nearest of 3,000; tests/library holds it to .99 of 10,000.
# 500 found .958 of 100,000, 4,000 finds .993, in 4 ms (benchmarks/pace.py).
SEARCH_WIDTH, BUILD_WIDTH, NEIGHBOURS = 4000, 100, 32

M_PERTURB = -6  # glibc's malloc.h: fill memory when it is freed, and when it is given out


def overwrite_freed_memory() -> None:
    """Have this process overwrite memory that it frees, where the system's C library can (glibc).

    The index is written out as it lies in memory, unused places included: without this, words of a
    briefing that were in memory a moment before have been found in its files.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_PERTURB, 1)


class Vectors:
    """The vector index in `folder`. It opens late: the first search or change opens it.

    A process does not see what another one wrote until its client is opened again:
    `reopen` does that. Every method may be called from any thread, and raises
    VectorsDamaged where the files cannot be read: `clear` makes a new start. Where the folder may not be
    written, which Chroma needs also to search, a copy in the temporary folder is searched and changed instead.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.RLock()
        self._client: ClientAPI | None = None
        self._collection: Collection | None = None
        self._copy: tempfile.TemporaryDirectory[str] | None = None
        self._empty = False  # the copy starts with nothing
        self._elsewhere = False

    def _open(self) -> Collection:
        with self._lock:
            if self._collection is None:
                overwrite_freed_memory()
                import chromadb
                from chromadb.config import Settings

                settings = Settings(anonymized_telemetry=False)
                self._client = chromadb.PersistentClient(path=str(self._place()), settings=settings)
                self._collection = self._client.get_or_create_collection(
                    COLLECTION,
                    embedding_function=None,
                    configuration={
                        "hnsw": {
                            "space": "cosine",
                            "ef_search": SEARCH_WIDTH,
                            "ef_construction": BUILD_WIDTH,
                            "max_neighbors": NEIGHBOURS,
                        }
                    },
                )
                _widen(self._collection)
                tighten_below(self.folder)
            return self._collection

    def _place(self) -> Path:
        """The folder that Chroma is given: the library's, or a copy of it."""
        usable = may_write(self.folder, below=True) if self.folder.exists() else may_write(self.folder.parent)
        if usable and not self._elsewhere:
            make_folder(self.folder)
            return self.folder
        try:
            self._copy = tempfile.TemporaryDirectory(prefix="reflect-vectors-")  # for its owner alone
            if not self._empty and self.folder.exists():
                for source in self.folder.rglob("*"):
                    place = Path(self._copy.name) / source.relative_to(self.folder)
                    if source.is_dir():
                        make_folder(place)
                    else:
                        make_folder(place.parent)
                        shutil.copyfile(source, place)
        except OSError as error:
            raise LibraryError(f"The vectors in {self.folder} are read-only, and could not be copied elsewhere ({error}).") from error
        return Path(self._copy.name)

    @contextmanager
    def _opened(self) -> Iterator[Collection]:
        from chromadb.api.shared_system_client import SharedSystemClient
        from chromadb.errors import ChromaError

        with self._lock:
            try:
                yield self._open()
            except ChromaError as error:
                self.reopen()
                SharedSystemClient.clear_system_cache()  # Chroma keeps a client that failed to open, and hands it out again
                if no_room(self.folder, error):
                    raise cannot_be_used(self.folder.parent, error) from error
                raise VectorsDamaged(
                    f"The vectors in {self.folder} cannot be read ({error}). Delete that folder, then try again."
                ) from error

    def reopen(self) -> None:
        """Let go of the client; the next use opens it and sees what others wrote."""
        with self._lock:
            if self._client is not None:
                close: Any = getattr(self._client, "close", None)
                if close is not None:
                    close()
            self._client = self._collection = None
            if self._copy is not None:
                self._copy.cleanup()
                self._copy = None
            self._empty = self._elsewhere = False

    def use_copy(self) -> None:
        """Search a copy in the temporary folder until the next `reopen`: on a full disk Chroma cannot open what lies there."""
        with self._lock:
            self.reopen()
            self._elsewhere = True

    def clear(self) -> None:
        """Empty the index; it is built again from the catalogue."""
        with self._lock:
            self.reopen()
            self._empty = True
            if may_write(self.folder.parent):
                shutil.rmtree(self.folder, ignore_errors=True)

    def add(self, briefing: str, ids: Sequence[int], vectors: Sequence[Sequence[float] | NDArray[np.float32]]) -> None:
        """Put a briefing's vectors in, over any that stand under the same numbers."""
        with self._opened() as collection:
            for i in range(0, len(ids), BATCH):
                numbers = [str(n) for n in ids[i : i + BATCH]]
                batch: Any = list(vectors[i : i + BATCH])
                collection.upsert(ids=numbers, embeddings=batch, metadatas=[{"briefing": briefing}] * len(numbers))
            tighten_below(self.folder)

    def remove(self, ids: Sequence[int]) -> None:
        """Take vectors out; numbers that are not there are passed over."""
        with self._opened() as collection:
            for i in range(0, len(ids), BATCH):
                collection.delete(ids=[str(n) for n in ids[i : i + BATCH]])

    def ids(self) -> set[int]:
        """All numbers in the index."""
        with self._opened() as collection:
            return {int(n) for n in collection.get(include=[])["ids"]}

    def of(self, ids: Sequence[int]) -> dict[int, NDArray[np.float32]]:
        """The vectors of these numbers; those that are not there are left out."""
        found: dict[int, NDArray[np.float32]] = {}
        with self._opened() as collection:
            for i in range(0, len(ids), BATCH):
                got: Any = collection.get(ids=[str(n) for n in ids[i : i + BATCH]], include=["embeddings"])
                found |= {int(n): np.asarray(v, dtype=np.float32) for n, v in zip(got["ids"], got["embeddings"], strict=True)}
        return found

    def count(self) -> int:
        """How many vectors the index holds."""
        with self._opened() as collection:
            return collection.count()

    def holds(self, number: int) -> bool:
        """Whether the index holds so many vectors, by its list, which a process sees whoever wrote; not where it cannot be read."""
        with suppress(VectorsDamaged):
            return self.count() == number
        return False

    def whole(self) -> bool:
        """Whether the index finds what it lists: Chroma keeps the list apart, and says nothing where the index beside it is gone."""
        with self._opened() as collection:
            asked = min(collection.count(), BATCH)
            found: Any = collection.get(limit=1, include=["embeddings"])
            return not asked or len(self.nearest(found["embeddings"][0], asked)) * 2 > asked

    def nearest(
        self, vector: Sequence[float], limit: int, briefings: Sequence[str] = (), without: Sequence[str] = ()
    ) -> list[tuple[int, float]]:
        """The nearest passages as (number, cosine), best first; of these briefings alone, where given, and never of those `without`."""
        with self._opened() as collection:
            limit = min(limit, collection.count())
            if limit <= 0 or (briefings and set(briefings) <= set(without)):
                return []
            query: Any = [list(vector)]
            where: Any = {"briefing": {"$nin": list(without)}} if without else None
            if briefings:
                where = {"briefing": {"$in": [b for b in briefings if b not in without]}}
            found = collection.query(query_embeddings=query, n_results=limit, where=where, include=["distances"])
        distances = (found["distances"] or [[]])[0]
        return [(int(n), 1.0 - float(d)) for n, d in zip(found["ids"][0], distances, strict=True)]


def _widen(collection: Collection) -> None:
    """Have an index that was made with a narrower search looked through as widely as a new one. Chroma reads it before its first search."""
    from chromadb.errors import ChromaError

    made: Any = collection.configuration_json
    if made["hnsw"]["ef_search"] != SEARCH_WIDTH:
        with suppress(ChromaError), warnings.catch_warnings():  # a folder that may not be written is searched as it was made
            warnings.simplefilter("ignore", DeprecationWarning)  # Chroma's own, of the embedding function that there is none of
            collection.modify(configuration={"hnsw": {"ef_search": SEARCH_WIDTH}})
