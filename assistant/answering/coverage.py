"""How much of a question a passage speaks to, word by word: what decides between evidence and silence.

A passage may be near a question in meaning and yet not hold the answer ("what sentence
did the parents get?"). So each word that carries the question is looked for in the passage:
printed (however inflected), or as a word of like meaning ("brothers" in "siblings"). The
measure follows the idea of late interaction (Khattab and Zaharia, ColBERT, 2020): the best
match of each of the question's words, here weighed by how rare the word is in English, or, for an open question in
everyday words, by how much more the field writes it than others do: nobody prints "goes out the back".
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.language.word_frequency import english_frequency
from assistant.language.wording import wording, words_of
from knowledge.embedding import Embedder
from knowledge.field_words import field_frequency

UNLIKE, ALIKE = 0.42, 0.72  # cosines of two single words that count as nothing and as the same
LOOSEST = 1e-9
LEAST = 0.01  # of a weight


class Coverage:
    """Measures how much of a question's words a passage covers.

    Keeps the vectors of the passages' words. Those of a question are kept for the thread that works on it, until it calls `forget`.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: dict[str, NDArray[np.float32]] = {}
        self._asked = threading.local()

    def of(self, terms: Sequence[str], printed: Mapping[str, bool], passage: str, weigh: Callable[[str], float]) -> float:
        """The share of `terms`, as `weigh` weighs them, that `passage` prints or says in other words, 0 to 1.

        `printed` tells for each term whether the passage prints it, however inflected.
        """
        if not terms:
            return 0.0
        weights = {term: weigh(term) for term in terms}
        missing = [term for term in terms if not printed[term]]
        alike = self._alike(missing, passage) if missing else {}
        covered = sum(weights[t] * (1.0 if printed[t] else alike[t]) for t in terms)
        return covered / max(sum(weights.values()), LOOSEST)

    def prepare(self, passages: Sequence[str], terms: Sequence[str]) -> None:
        """Meet the words of many passages, and of a question, at once, which is quicker than one after the other."""
        stop = wording().stop
        self._learn(sorted({word for text in passages for word in words_of(text) if word not in stop and len(word) > 2}))
        self._meet(terms)

    def forget(self) -> None:
        """Forget the words of the question that this thread has worked on."""
        self._asked.__dict__.clear()

    def _alike(self, terms: Sequence[str], passage: str) -> dict[str, float]:
        """For each term, how near the passage's nearest word comes to it, 0 to 1."""
        stop = wording().stop
        words = sorted({word for word in words_of(passage) if word not in stop and len(word) > 2})
        if not words:
            return dict.fromkeys(terms, 0.0)
        self._learn(words)
        asked = self._meet(terms)
        matrix = np.array([self._vectors[word] for word in words])
        nearest = {term: float((matrix @ asked[term]).max()) for term in terms}
        return {term: min(1.0, max(0.0, (cosine - UNLIKE) / (ALIKE - UNLIKE))) for term, cosine in nearest.items()}

    def _learn(self, words: Sequence[str]) -> None:
        """Meet words that passages print."""
        self._vectors.update(self._embedded([word for word in dict.fromkeys(words) if word not in self._vectors]))

    def _meet(self, terms: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors of a question's words, and of those that this thread met before it."""
        met: dict[str, NDArray[np.float32]] = self._asked.__dict__.setdefault("vectors", {})
        met.update(self._embedded([term for term in dict.fromkeys(terms) if term not in met]))
        return met

    def _embedded(self, words: list[str]) -> dict[str, NDArray[np.float32]]:
        vectors = self._embedder.embed_documents(words) if words else []
        return {word: np.array(vector, dtype=np.float32) for word, vector in zip(words, vectors, strict=True)}


def weight(word: str) -> float:
    """How much a word tells: rare words more than common ones. Between 1 and about 12."""
    return max(1.0, -math.log(english_frequency(word)) - 4.0)


def field_weight(word: str) -> float:
    """How much more the field writes a word, or the likeliest part of one, than English does: log odds, at least a little."""
    written = max(field_frequency(part) for part in words_of(word) or [word])
    return max(LEAST, math.log(written / english_frequency(word)))
