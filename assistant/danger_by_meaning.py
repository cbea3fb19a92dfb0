"""Danger now, by nearness in meaning to messages that people have judged.

Phrases (guards.toml) tell for certain what they were written for and miss what is said another way. So a message that no
phrase takes for danger is also compared with `danger_examples.jsonl`, invented messages of danger now and look-alikes that
are none. How far a message must lean towards danger is read off the examples themselves, each judged by all the others, so
that it holds for whatever embedding model a deployment chooses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.kernel_ridge import KernelRidge, fitted
from knowledge.data_file import Data, Flag, Text, load_json_lines
from knowledge.derived import load_or_make
from knowledge.embedding import Embedder

EXAMPLES = Path(__file__).with_name("danger_examples.jsonl")
RIDGE = 0.1
ALARMS = 0.01  # the share of look-alikes that may be taken for danger, each judged by the other examples
FEWEST_FOUND = 0.3  # of the dangers, judged so: a model that finds fewer has no sense of them and is not asked


class Example(Data):
    """An invented message, and how people judged it: danger now, identifying details in it, a decision that it asks for."""

    text: Text
    danger: Flag
    details: Flag = False
    decision: Flag = False


class DangerByMeaning:
    """Judges messages by the examples, and by more that are `none`: questions to sit with speak of danger without telling of it.

    What they come to is kept in `folder`: derived, it may be deleted. Raises SettingsError for an example that is not one.
    """

    def __init__(self, embedder: Embedder, folder: Path, examples: Path = EXAMPLES, none: Sequence[str] = ()) -> None:
        self._embedder = embedder
        self._folder = folder
        self._examples = [*load_json_lines(Example, examples), *(Example(text=text, danger=False) for text in none)]
        self._fitted: tuple[KernelRidge, float] | None = None

    def warm(self) -> None:
        """Make or read what the examples come to (some seconds the first time)."""
        self._fit()

    def speaks_of_danger(self, message: str) -> bool:
        """Whether the message leans far enough towards the examples of danger now."""
        judge, least = self._fit()
        return float(judge.of(np.array([self._embedder.embed_query(message)]))[0, 0]) > least

    def _fit(self) -> tuple[KernelRidge, float]:
        if self._fitted is None:
            texts: Sequence[str] = [example.text for example in self._examples]
            kept = load_or_make(self._folder, "danger", [self._embedder.name, *texts], lambda: self._make(texts))
            self._fitted = KernelRidge(kept["vectors"], kept["weights"]), float(kept["least"])
        return self._fitted

    def _make(self, texts: Sequence[str]) -> Mapping[str, NDArray[Any]]:
        """Embed the examples and fit to them."""
        vectors = np.array(self._embedder.embed_documents(list(texts)), dtype=np.float32)
        danger = np.array([example.danger for example in self._examples])
        wanted = danger * 2.0 - 1.0
        judge, by_others = fitted(vectors.astype(np.float64), (wanted - wanted.mean())[:, None], RIDGE)
        judged = by_others[:, 0]
        others = np.sort(judged[~danger])[::-1]
        least = float(others[int(ALARMS * len(others))])
        if (judged[danger] > least).mean() < FEWEST_FOUND:
            least = float("inf")
        return {"vectors": vectors, "weights": judge.weights, "least": np.array(least)}
