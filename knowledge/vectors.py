"""Passages by meaning, in Chroma: numbers and vectors only, no text. Derived from the catalogue."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

COLLECTION = "passages"
BATCH = 5000  # Chroma 1.5 refuses more than 5,461 at once
# Chroma's default ef_search of 100 found .88-.90 of the true ten nearest of 3,000; see benchmarks/pace.py
SEARCH_WIDTH, BUILD_WIDTH, NEIGHBOURS = 500, 200, 32


class Vectors:
    """The vector index in `folder`. It opens late: the first search or change opens it.

    A process does not see what another one wrote until its client is opened again:
    `reopen` does that.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.RLock()
        self._client: ClientAPI | None = None
        self._collection: Collection | None = None

    def _open(self) -> Collection:
        with self._lock:
            if self._collection is None:
                import chromadb
                from chromadb.config import Settings

                self.folder.mkdir(parents=True, exist_ok=True)
                settings = Settings(anonymized_telemetry=False)
                self._client = chromadb.PersistentClient(path=str(self.folder), settings=settings)
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
            return self._collection

    def reopen(self) -> None:
        """Let go of the client; the next use opens it and sees what others wrote."""
        with self._lock:
            if self._client is not None:
                close: Any = getattr(self._client, "close", None)
                if close is not None:
                    close()
            self._client = self._collection = None

    def clear(self) -> None:
        """Empty the index; it is built again from the catalogue."""
        with self._lock:
            self.reopen()
            shutil.rmtree(self.folder, ignore_errors=True)

    def add(self, briefing: str, ids: Sequence[int], vectors: list[list[float]]) -> None:
        """Put a briefing's vectors in, over any that stand under the same numbers."""
        with self._lock:
            for i in range(0, len(ids), BATCH):
                numbers = [str(n) for n in ids[i : i + BATCH]]
                batch: Any = vectors[i : i + BATCH]
                self._open().upsert(ids=numbers, embeddings=batch, metadatas=[{"briefing": briefing}] * len(numbers))

    def remove(self, ids: Sequence[int]) -> None:
        """Take vectors out; numbers that are not there are passed over."""
        with self._lock:
            for i in range(0, len(ids), BATCH):
                self._open().delete(ids=[str(n) for n in ids[i : i + BATCH]])

    def ids(self) -> set[int]:
        """All numbers in the index."""
        return {int(n) for n in self._open().get(include=[])["ids"]}

    def count(self) -> int:
        """How many vectors the index holds."""
        return self._open().count()

    def nearest(self, vector: Sequence[float], limit: int, briefings: Sequence[str] = ()) -> list[tuple[int, float]]:
        """The nearest passages as (number, cosine), best first; of these briefings alone, where given."""
        with self._lock:
            collection = self._open()
            limit = min(limit, collection.count())
            if not limit:
                return []
            query: Any = [list(vector)]
            where: Any = {"briefing": {"$in": list(briefings)}} if briefings else None
            found = collection.query(query_embeddings=query, n_results=limit, where=where, include=["distances"])
        distances = (found["distances"] or [[]])[0]
        return [(int(n), 1.0 - float(d)) for n, d in zip(found["ids"][0], distances, strict=True)]
