"""A better ear, where the user has one: a cross-encoder reads question and text together, and says how well they fit."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from knowledge.embedding import BATCH, cross_encoder


class Reranker:
    """A cross-encoder, loaded when it is first used.

    `model` is a folder, or the name of one that is on this machine; with `fetch` a name may be
    fetched from the internet. Raises ModelError on loading where that cannot be, or where the
    model does not give a single score.
    """

    def __init__(self, model: str, *, fetch: bool = False) -> None:
        self.name = model
        self._fetch = fetch
        self._loading = threading.Lock()
        self._model: Any = None

    def load(self) -> None:
        """Load the model, once, whichever thread asks first."""
        with self._loading:
            if self._model is None:
                self._model = cross_encoder(self.name, fetch=self._fetch)

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text fits the question, in the order given: higher is better, the scale is the model's own."""
        if not texts:
            return []
        self.load()
        scores: list[float] = self._model.predict([(question, text) for text in texts], batch_size=BATCH, show_progress_bar=False).tolist()
        return scores
