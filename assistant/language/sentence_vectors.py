"""Vectors of sentences, kept as long as there is room: the same passages come up again and again."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from knowledge.embedding import Embedder

SENTENCE = re.compile(r"(?<=[.?!;])\s+|\n+")
KEPT = 20_000  # sentences, about 30 MB


def message_vectors(embedder: Embedder, message: str) -> list[list[float]]:
    """The vectors of a message's sentences. Nothing of a message is kept."""
    return [embedder.embed_query(one) for one in SENTENCE.split(message) if one.strip()] or [embedder.embed_query(message)]


class SentenceVectors:
    """Embeds sentences, each once while it is kept; safe to use from several threads."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._kept: LRUCache[str, NDArray[np.float32]] = LRUCache(KEPT)
        self._lock = threading.Lock()

    def of(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """A row of length 1 a sentence, in the order given."""
        with self._lock:
            known = {text: self._kept[text] for text in sentences if text in self._kept}
        new = [text for text in dict.fromkeys(sentences) if text not in known]
        if new:
            vectors = self._embedder.embed_documents(new)
            found = {text: np.asarray(vector, dtype=np.float32) for text, vector in zip(new, vectors, strict=True)}
            with self._lock:
                self._kept.update(found)
            known |= found
        return np.stack([known[text] for text in sentences])
