"""An index that an older version made with a narrower search is looked through as widely as a new one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import chromadb
import numpy as np
from chromadb.config import Settings
from numpy.typing import NDArray

from knowledge.vectors import COLLECTION, Vectors

POINTS, ASKED, WIDTH = 5_000, 100, 64


def points() -> NDArray[np.float64]:
    made: NDArray[np.float64] = np.random.default_rng(4).normal(size=(POINTS, WIDTH))
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return made


def recall(vectors: Vectors, among: NDArray[np.float64]) -> float:
    """The share of the true ten nearest that is found, for questions that lie near a point."""
    asked = among[:ASKED] + 0.1 * np.random.default_rng(5).normal(size=(ASKED, WIDTH))
    found = sum(len({n for n, _ in vectors.nearest(q.tolist(), 10)} & {int(n) + 1 for n in np.argsort(-(among @ q))[:10]}) for q in asked)
    return found / (10 * ASKED)


def test_an_index_with_a_narrow_search_finds_the_true_ten(tmp_path: Path) -> None:
    client: Any = chromadb.PersistentClient(path=str(tmp_path), settings=Settings(anonymized_telemetry=False))
    narrow = {"space": "cosine", "ef_search": 10, "ef_construction": 100, "max_neighbors": 32}
    client.create_collection(COLLECTION, embedding_function=None, configuration={"hnsw": narrow})
    client.close()
    vectors = Vectors(tmp_path)
    made = points()
    vectors.add("one", range(1, POINTS + 1), made.tolist())
    vectors.reopen()
    assert recall(vectors, made) >= 0.99
    vectors.reopen()
