"""Which themes a message speaks of, or none: by the words of reviews, by how practitioners say it, and as learned from messages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.wording import words_of
from knowledge.derived import load_or_make
from knowledge.embedding import Embedder
from knowledge.learned import NONE, Learned
from knowledge.themes import Theme, themes

HEARD = 0.45  # a theme whose phrases are further from the message than this cosine is not heard
BESIDE = 0.08  # how far behind the nearest theme another one still counts
MOST = 3
SHARPNESS = 12.0  # of the softmax over themes
NAMED = 0.85  # the score of a theme that the message names
# Learned, chosen on messages that were held back from training (`python -m training.train` prints what they give):
RIDGE, PHRASE = 3.0, 0.3  # what holds the weights down, and what a theme's phrase counts beside a labelled message
BESIDE_TOLD = 0.6  # of the nearest theme's score: how near another one must come to be heard beside it


class ThemeMatcher:
    """Matches messages to themes: a question by its cosine with each theme's phrases, what is told by a regression.

    The regression (ridge, in closed form) is from a message's vector to the themes and to none of them. What labelled messages tell comes
    with the product as sums (`knowledge.learned`); the phrases of the themes in use, a deployment's own too, are added to them.
    The phrases' vectors are kept in `folder` under a name made of the phrases and the model, so that they are made once. They are
    derived: the file may be deleted.
    """

    def __init__(self, embedder: Embedder, folder: Path, learned: Learned) -> None:
        self._embedder = embedder
        self._learned = learned
        self._folder = folder
        self._vectors: NDArray[np.float32] | None = None
        self.themes: tuple[Theme, ...] = themes()
        self._phrases = [(i, phrase) for i, t in enumerate(self.themes) for phrase in (t.name, t.about, *t.review_words, *t.said_as)]
        self._named = [{p for p in (" ".join(words_of(w)) for w in (t.name, *t.review_words)) if " " in p} for t in self.themes]
        self._owner = np.array([i for i, _ in self._phrases])
        spoken = np.array([phrase in self.themes[i].said_as for i, phrase in self._phrases])
        self._spoken = [np.flatnonzero((self._owner == i) & spoken) for i in range(len(self.themes))]  # rows of each theme
        self._printed = [np.flatnonzero((self._owner == i) & ~spoken) for i in range(len(self.themes))]
        self._weights: NDArray[np.float64] | None = None

    def warm(self) -> None:
        """Make or read the phrases' vectors, and learn from them."""
        self._regression()

    def _phrase_vectors(self) -> NDArray[np.float32]:
        if self._vectors is None:
            phrases = [phrase for _, phrase in self._phrases]
            made_of = [self._embedder.name, *phrases]
            self._vectors = load_or_make(self._folder, "themes", made_of, lambda: {"vectors": self._embedded(phrases)})["vectors"]
        return self._vectors

    def _embedded(self, phrases: Sequence[str]) -> NDArray[np.float32]:
        return np.array(self._embedder.embed_documents(list(phrases)), dtype=np.float32)

    def scores(self, whole: Sequence[float], core: Sequence[float]) -> NDArray[np.float32]:
        """One score a theme (the cosine of its two nearest ways of speaking, or of its nearest printed term).

        `whole` is the message's vector, `core` that of its words without the framing ones.
        """
        cosines = self._phrase_vectors() @ np.array([whole, core], dtype=np.float32).T
        spoken = [float(np.sort(cosines[rows, 0])[-2:].mean()) for rows in self._spoken]
        printed = [float(cosines[rows, 1].max()) for rows in self._printed]
        return np.maximum(spoken, printed).astype(np.float32)

    def affinity(self, passages: NDArray[np.float32], scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """How near each passage (a row of length 1) comes to the printed terms of the themes that a message speaks of.

        A theme counts by its share of the message's `scores` (a softmax), a passage by its three nearest terms.
        """
        share = np.exp(SHARPNESS * scores)
        share /= share.sum()
        cosines = self._phrase_vectors()[np.concatenate(self._printed)] @ passages.T
        parts = np.split(cosines, np.cumsum([len(rows) for rows in self._printed])[:-1])
        near = [np.partition(part, -3, axis=0)[-3:].mean(axis=0) for part in parts]
        found: NDArray[np.float32] = np.stack(near, axis=1) @ share
        return found

    def fitting(self, message: Sequence[float]) -> list[tuple[Theme, float]]:
        """All themes, the one that fits a message best first, from its vector. A score is about 1 for what is wholly a theme's own."""
        scores = self.fits(message)
        return [(self.themes[int(i)], float(scores[i])) for i in np.argsort(-scores)]

    def fits(self, message: Sequence[float]) -> NDArray[np.float32]:
        """The same, one score a theme in the order of `themes`."""
        scores: NDArray[np.float32] = self._scores(message)[:-1].astype(np.float32)
        return scores

    def none(self, message: Sequence[float]) -> float:
        """How surely a message has nothing to do with any theme, about 0 to 1."""
        return float(self._scores(message)[-1])

    def _scores(self, message: Sequence[float]) -> NDArray[np.float64]:
        found: NDArray[np.float64] = np.append(np.asarray(message, dtype=np.float64), 1.0) @ self._regression()
        return found

    def _regression(self) -> NDArray[np.float64]:
        """The weights: a row for each number of a vector and one for the constant, a column for each theme and one for none."""
        if self._weights is None:
            phrases = np.hstack([self._phrase_vectors().astype(np.float64), np.ones((len(self._phrases), 1))])
            squares, sums = self._learned.sums([theme.id for theme in self.themes] + [NONE], phrases.shape[1])
            sums[:, :-1] += PHRASE * phrases.T @ np.eye(len(self.themes))[self._owner]
            squares = squares + PHRASE * phrases.T @ phrases + RIDGE * np.eye(len(squares))
            self._weights = np.asarray(np.linalg.solve(squares, sums), dtype=np.float64)
        return self._weights

    def heard(self, text: str, whole: Sequence[float], core: Sequence[float], *, told: bool = False) -> list[tuple[Theme, float]]:
        """The themes that the message speaks of, nearest first; none where none is near.

        A theme whose name or printed phrase (of two words or more) stands in the message is heard.
        `told` marks an account of a situation: of such a one there is always a nearest theme.
        """
        scores = self.fits(whole) if told else self.scores(whole, core)
        lowered = f" {' '.join(words_of(text))} "
        for i, phrases in enumerate(self._named):
            if any(f" {phrase} " in lowered for phrase in phrases):
                scores[i] = max(scores[i], NAMED)
        order = [int(i) for i in np.argsort(-scores)[:MOST]]
        best = float(scores[order[0]])
        least = BESIDE_TOLD * best if told else max(HEARD, best - BESIDE)
        return [(self.themes[i], float(scores[i])) for i in order if scores[i] >= least]
