"""The model that hears danger in three levels, trained for this product (`training/danger_levels.py`): what it makes of a text.

How it was trained and what it reaches stands in `knowledge/models/DANGER.md`. It always runs on the shipped weights, whatever embedding
model a library uses, and counts in 32-bit floats, so that its decision does not depend on the processor.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding import default_encoder
from knowledge.model_files import model_files
from knowledge.one_question import once

if TYPE_CHECKING:
    from knowledge.minilm_onnx import QuickMiniLM

FILE = "danger.safetensors"
LEVELS = ("none", "today", "now")
KINDS = ("other", "bruising in babies", "disclosure", "missing", "forced marriage", "fgm")
EARLIER = 2  # messages before it that a message is read with
BETWEEN = " [SEP] "  # the model's own mark between two texts


@dataclass(frozen=True, slots=True)
class Heard:
    """What the model makes of a text: how likely each level is, and of what kind a danger would be."""

    today: float
    now: float
    kind: str


def joined(message: str, history: Sequence[str] = ()) -> str:
    """A message and the latest before it (`history`, oldest first) as the model reads them: the latest first."""
    earlier = " ".join(reversed(history[-EARLIER:] if EARLIER else ()))
    return f"{message}{BETWEEN}{earlier}" if earlier else message


class DangerReader:
    """The model in `file` (the one that ships, unless another is given), loaded when it is first used; safe from several threads.

    Raises ModelError where its weights are not the published ones.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._loading = threading.Lock()
        self._model: QuickMiniLM | None = None
        self._head: dict[str, NDArray[Any]] = {}

    def load(self) -> QuickMiniLM:
        """Load the model, once, whichever thread asks first."""
        with self._loading:
            if self._model is None:
                from knowledge.minilm_onnx import stored_weights

                weights = stored_weights(self._file or model_files("danger").checked() / FILE)
                self._head = {name: weights.pop(name) for name in ("head.weight", "head.bias")}
                self._head["temperature"] = weights.pop("temperature", np.ones(1, dtype=np.float32))
                self._model = default_encoder().tuned(weights)
            return self._model

    def hear(self, text: str) -> Heard:
        """What the model makes of a text (see `joined`), of which it reads the first 256 tokens."""
        return once(("heard", self._file, text), lambda: self._heard(text))

    def _heard(self, text: str) -> Heard:
        logits = self.load().read(text).mean(axis=0) @ self._head["head.weight"].T + self._head["head.bias"]
        likely = np.exp((logits[: len(LEVELS)] - logits[: len(LEVELS)].max()) / self._head["temperature"][0])
        likely /= likely.sum()
        kind = KINDS[int(logits[len(LEVELS) :].argmax())]
        return Heard(float(likely[1]), float(likely[2]), kind)

    def logits(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The levels' logits, not yet divided by the temperature, a row a text: for training and measuring."""
        self.load()
        rows = [(self.load().read(text).mean(axis=0) @ self._head["head.weight"].T + self._head["head.bias"]) for text in texts]
        return np.array(rows, dtype=np.float32)[:, : len(LEVELS)]
