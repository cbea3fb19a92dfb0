"""What was learned from training messages about the vectors of messages, beside the model as it was published.

`training/` holds the messages and how this is made from them; `knowledge/models/README.md` says what it reaches. The vectors of passages
stay as they are, so that no library is embedded anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding import DEFAULT_MODEL, Embedder
from knowledge.model_files import model_files
from knowledge.themes import themes

FILE = "messages.safetensors"
Vector = NDArray[np.float32]


class Learned:
    """What was learned for the default model; of another builder's vectors nothing was, and they are left as they are."""

    def __init__(self, embedder: Embedder) -> None:
        self._known = embedder.name == DEFAULT_MODEL

    def asks_for(self, message: Sequence[float]) -> Vector:
        """The vector of a message moved towards those of passages that are useful to its writer; of length 1, as both are."""
        vector = np.asarray(message, dtype=np.float32)
        if not self._known:
            return vector
        moved = vector + vector @ self._held["matrix"] + self._held["shift"]
        found: Vector = moved / np.linalg.norm(moved)
        return found

    def tells(self, message: Sequence[float]) -> float:
        """How surely a message tells of a situation rather than asks for what reviews print, about 0 to 1; 0 where nothing was learned."""
        return self._weighed("tells", message) if self._known else 0.0

    def nothing(self, message: Sequence[float]) -> float:
        """How surely reviews have nothing for a message, about 0 to 1; 1 where nothing was learned: another sign must speak for it."""
        return self._weighed("nothing", message) if self._known else 1.0

    def open(self, message: Sequence[float]) -> float:
        """How surely a question asks what reviews make of a matter rather than for a fact, about 0 to 1; 0 where nothing was learned."""
        return self._weighed("open", message) if self._known else 0.0

    def useful(self, passages: Vector) -> Vector:
        """How much more often than others a passage is useful, whatever the message, a row of the reader's a passage; 0 is as often."""
        found: Vector = passages @ self._held["useful"][:-1] + self._held["useful"][-1]
        return found

    def apparatus(self, passages: Vector) -> Vector:
        """How surely passages tell of the document or the review itself and not of practice, about 0 to 1; a row of the reader's each."""
        found: Vector = passages @ self._held["apparatus"][:-1] + self._held["apparatus"][-1]
        return found

    def themes(self, read: Vector) -> dict[str, float]:
        """What speaks for each theme in a message, by the theme's id: log odds, but for a constant.

        `read` is the message's vector as `knowledge.reader` gives it.
        """
        heard = np.append(read, 1.0) @ self._held["themes"]
        return dict(zip(sorted(theme.id for theme in themes()), heard.tolist(), strict=True))

    def _weighed(self, name: str, message: Sequence[float]) -> float:
        return float(np.append(np.asarray(message, dtype=np.float32), 1.0) @ self._held[name])

    @cached_property
    def _held(self) -> Mapping[str, NDArray[Any]]:
        from safetensors.numpy import load_file

        return {name: values.astype(np.float32) for name, values in load_file(model_files("learned").checked() / FILE).items()}
