"""The best candidates are read again, word by word: late interaction between a question and a passage.

One vector a passage blurs what its words say. So each token of the question looks for the nearest token of the
passage, in the light of the words around both, and the mean of those likenesses tells how well the passage fits
(Khattab and Zaharia, "ColBERT", 2020; here with the embedding model as it is, not trained for it).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from knowledge.catalogue import StoredPassage
from knowledge.embedding import embedded_text

KEPT_BYTES = 64 * 2**20  # about 2,000 passages of the usual length
LETTERS = 6000  # how much is read for one question: a tenth of a second on two cores where nothing of it was kept

Matrix = NDArray[np.float32]


@runtime_checkable
class TokenEmbedder(Protocol):
    """An embedder that can give a vector for each token; one that cannot is searched with as it is."""

    def embed_tokens(self, texts: Sequence[str]) -> list[Matrix]:
        """A matrix a text, a row of length 1 a token."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A passage read: `fit` is how well its words fit the question's (mean of cosines), `meaning` its vector, of length 1."""

    fit: float
    meaning: Matrix


class LateInteraction:
    """Reads passages against a question. Keeps the tokens of the passages read last, up to KEPT_BYTES, and nothing of a question.

    Safe to use from several threads.
    """

    def __init__(self, embedder: object) -> None:
        self._embedder = embedder if isinstance(embedder, TokenEmbedder) else None
        self._kept: LRUCache[str, NDArray[np.float16]] = LRUCache(KEPT_BYTES, getsizeof=lambda tokens: max(1, tokens.nbytes))
        self._lock = threading.Lock()

    @property
    def able(self) -> bool:
        """Whether the embedder gives tokens at all."""
        return self._embedder is not None

    def within_reach(self, passages: Sequence[StoredPassage]) -> int:
        """How many of the passages, from the first, are read for one question: the same whether or not they were kept."""
        letters = 0
        for count, stored in enumerate(passages):
            letters += len(embedded_text(stored.passage.text, stored.passage.heading))
            if letters > LETTERS:
                return max(1, count)
        return len(passages)

    def read(self, question: str, passages: Sequence[StoredPassage]) -> list[Reading]:
        """Each passage read against the question, in the order given. Only where `able`."""
        texts = [embedded_text(stored.passage.text, stored.passage.heading) for stored in passages]
        assert self._embedder is not None
        tokens = self._tokens(texts)
        asked = self._embedder.embed_tokens([question])[0].astype(np.float16).astype(np.float32)
        return [_reading(asked, one) for one in tokens]

    def keep(self, passages: Sequence[StoredPassage]) -> None:
        """Read passages ahead of any question."""
        if self.able:
            self._tokens([embedded_text(stored.passage.text, stored.passage.heading) for stored in passages])

    def _tokens(self, texts: Sequence[str]) -> list[Matrix]:
        assert self._embedder is not None
        with self._lock:
            known = {text: self._kept[text] for text in texts if text in self._kept}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        found = {text: tokens.astype(np.float16) for text, tokens in zip(new, self._embedder.embed_tokens(new), strict=True)}
        with self._lock:
            for text, tokens in found.items():
                if tokens.nbytes <= KEPT_BYTES:
                    self._kept[text] = tokens
        known |= found
        return [known[text].astype(np.float32) for text in texts]


def _reading(asked: Matrix, tokens: Matrix) -> Reading:
    if not len(asked) or not len(tokens):
        return Reading(0.0, np.zeros(tokens.shape[1], dtype=np.float32))
    mean = tokens.sum(axis=0)
    return Reading(float((asked @ tokens.T).max(axis=1).mean()), mean / max(float(np.linalg.norm(mean)), 1e-9))
