"""The reader: how useful passages are to the writer of a message who tells of a situation.

It is the default model, its layers trained on for this product (`training/`, `knowledge/models/README.md`): the nearer the vector that it
gives a passage is to that of the message, the more useful the passage. It reads few passages of a library, those that the library's own
vectors brought near, so that no library is embedded anew for it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from knowledge.embedding import DEFAULT_MODEL, Embedder, default_encoder
from knowledge.model_files import model_files
from knowledge.one_question import once

if TYPE_CHECKING:
    from knowledge.minilm_onnx import QuickMiniLM

FILE = "reader.safetensors"
KEPT = 20_000  # passages whose vectors are kept, 15 MB of them

Row = NDArray[np.float32]
Rows = NDArray[np.float32]


class Reader:
    """Reads with the default model. Keeps the vectors of the passages read last, and nothing of a message.

    Safe to use from several threads.
    """

    def __init__(self, embedder: Embedder) -> None:
        self.able = embedder.name == DEFAULT_MODEL  # who brings a model of their own, or a cross-encoder, is given what that finds
        self._kept: LRUCache[str, NDArray[np.float16]] = LRUCache(KEPT)
        self._lock = threading.Lock()
        self._loading = threading.Lock()
        self._encoder: QuickMiniLM | None = None

    def message(self, message: str) -> Row:
        """The vector of a message, of length 1. Only where `able`. Raises ModelError."""
        found: Row = once(("read", message), lambda: self.load().encode([message])[0])
        return found

    def passages(self, texts: Sequence[str]) -> Rows:
        """The vectors of passages, a row a text: a cosine with a message's says how useful one is to its writer."""
        with self._lock:
            known: dict[str, NDArray[Any]] = {text: self._kept[text] for text in texts if text in self._kept}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        made = self.load().encode(new).astype(np.float16) if new else ()
        with self._lock:
            self._kept.update(zip(new, made, strict=True))
        known |= zip(new, made, strict=True)
        return np.array([known[text] for text in texts], dtype=np.float32)

    def keep(self, passages: Sequence[str]) -> None:
        """Read passages ahead of any message."""
        if self.able:
            self.passages(passages)

    def load(self) -> QuickMiniLM:
        """Load the model, once, whichever thread asks first. Raises ModelError."""
        from knowledge.minilm_onnx import stored_weights

        with self._loading:
            if self._encoder is None:
                self._encoder = default_encoder().tuned(stored_weights(model_files("learned").checked() / FILE))
            return self._encoder
