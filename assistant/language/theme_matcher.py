"""Which themes a message speaks of: by the words of reviews, and by how practitioners say it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.language.kernel_ridge import WIDTH, KernelRidge, fitted
from assistant.language.wording import words_of
from knowledge.derived import load_or_make
from knowledge.embedding import Embedder
from knowledge.themes import Theme, themes

HEARD = 0.45  # a theme whose phrases are further from the message than this cosine is not heard
BESIDE = 0.08  # how far behind the nearest theme another one still counts
MOST = 3
NAMED = 0.85  # the score of a theme that the message names
RIDGE = 0.3
BESIDE_TOLD = 0.6  # of the nearest theme's fit: how near another one must come to be heard in an account beside it


class ThemeMatcher:
    """Matches messages to themes by the cosine between the message and each theme's phrases.

    The phrases' vectors, and what is learned from them, are kept in `folder` under a name made of the phrases and the
    model, so that they are made once. They are derived: the files may be deleted.
    """

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self._embedder = embedder
        self._folder = folder
        self._vectors: NDArray[np.float32] | None = None
        self.themes: tuple[Theme, ...] = themes()
        self._phrases = [(i, phrase) for i, t in enumerate(self.themes) for phrase in (t.name, t.about, *t.review_words, *t.said_as)]
        self._named = [{p for p in (" ".join(words_of(w)) for w in (t.name, *t.review_words)) if " " in p} for t in self.themes]
        self._owner = np.array([i for i, _ in self._phrases])
        spoken = np.array([phrase in self.themes[i].said_as for i, phrase in self._phrases])
        self._spoken = [np.flatnonzero((self._owner == i) & spoken) for i in range(len(self.themes))]  # rows of each theme
        self._printed = [np.flatnonzero((self._owner == i) & ~spoken) for i in range(len(self.themes))]
        self._judge: KernelRidge | None = None

    def warm(self) -> None:
        """Make or read the phrases' vectors, and learn from them."""
        self._judged_by()

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

    def fitting(self, sentences: Sequence[Sequence[float]]) -> list[tuple[Theme, float]]:
        """All themes, the one that fits an account best first; `sentences` are the vectors of its sentences.

        Judged by all phrases of all themes at once (kernel ridge regression): what a phrase of one theme shares with
        those of others says little. A theme's score is its mean over the sentences, about 1 for a phrase of its own.
        """
        scores = self.fits(sentences)
        return [(self.themes[int(i)], float(scores[i])) for i in np.argsort(-scores)]

    def fits(self, sentences: Sequence[Sequence[float]]) -> NDArray[np.float32]:
        """The same, one score a theme in the order of `themes`."""
        scores: NDArray[np.float32] = self._judged_by().of(np.array(sentences, dtype=np.float64)).mean(axis=0).astype(np.float32)
        return scores

    def _judged_by(self) -> KernelRidge:
        if self._judge is None:
            vectors = self._phrase_vectors().astype(np.float64)
            wanted = np.eye(len(self.themes))[self._owner]
            made_of = [self._embedder.name, f"{RIDGE} {WIDTH}", *(f"{owner} {phrase}" for owner, phrase in self._phrases)]
            kept = load_or_make(self._folder, "theme_weights", made_of, lambda: {"weights": fitted(vectors, wanted, RIDGE)[0].weights})
            self._judge = KernelRidge(vectors, kept["weights"])
        return self._judge

    def heard(
        self, text: str, whole: Sequence[float], core: Sequence[float], told: Sequence[Sequence[float]] = ()
    ) -> list[tuple[Theme, float]]:
        """The themes that the message speaks of, nearest first; none where none is near.

        A theme whose name or printed phrase (of two words or more) stands in the message is heard.
        `told` are the vectors of an account's sentences: of such a one there is always a nearest theme.
        """
        scores = self.fits(told) if told else self.scores(whole, core)
        lowered = f" {' '.join(words_of(text))} "
        for i, phrases in enumerate(self._named):
            if any(f" {phrase} " in lowered for phrase in phrases):
                scores[i] = max(scores[i], NAMED)
        order = [int(i) for i in np.argsort(-scores)[:MOST]]
        best = float(scores[order[0]])
        least = BESIDE_TOLD * best if told else max(HEARD, best - BESIDE)
        return [(self.themes[i], float(scores[i])) for i in order if scores[i] >= least]
