"""Passages by meaning: the one place that loads sentence-transformers (a cross-encoder for `reranking` too).

The default model is all-MiniLM-L6-v2 (384 dimensions). Its weights come with a pinned
package; they are read by path, without importing that package's code, and only after every
file was found to be the published one (`model_files`). It runs in `minilm_onnx`; any other
model, by name or folder, runs in sentence-transformers.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import ModelError
from knowledge.model_files import model_files
from knowledge.model_files import sha256_of as sha256_of  # imported from here by others
from knowledge.one_question import once

if TYPE_CHECKING:
    from knowledge.minilm_onnx import QuickMiniLM

Vectors = NDArray[np.float32]
Vector = NDArray[np.float32]

DEFAULT_MODEL = "all-MiniLM-L6-v2"
BATCH = 32
WEIGHTS = (".safetensors", ".bin")  # endings of the files that hold a model's weights


class Embedder(Protocol):
    """What turns text into vectors. Any LangChain `Embeddings` fits; `name` tells models apart."""

    @property
    def name(self) -> str:
        """The model's name: vectors of models with different names are never compared."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector a text, all of one length."""

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""


class Model(Protocol):
    """A model in memory. Both methods give a row of length 1 a text, in the order given."""

    def documents(self, texts: list[str]) -> Vectors:
        """Vectors of passages."""

    def queries(self, texts: list[str]) -> Vectors:
        """Vectors of questions; the same as of passages, unless the model was trained to tell them apart."""

    def tokens(self, texts: Sequence[str]) -> list[Vectors]:
        """For each text a row of length 1 for each of its tokens."""


class SentenceEmbedder:
    """An embedding model, loaded when it is first used.

    `model` is the default's name, any other sentence-transformers name, or a folder.
    The default runs in `minilm_onnx`, any other in sentence-transformers. Vectors have length 1. Raises ModelError where the model cannot
    be loaded or the default's weights are not the published ones.
    """

    def __init__(self, model: str = DEFAULT_MODEL) -> None:
        self.name = model
        self._loading = threading.Lock()
        self._model: Model | None = None

    @cached_property
    def weights(self) -> str:
        """The sha256 of the model's weights, which tells apart two models of one name; empty where they are not on this machine."""
        if self.name == DEFAULT_MODEL:
            return model_files("embedding").sha256["model.safetensors"]  # no other is ever loaded
        folder = Path(self.name) if Path(self.name).exists() else _fetched(self.name)
        found = sorted(file for file in folder.rglob("*") if file.suffix in WEIGHTS) if folder else []
        return hashlib.sha256("".join(sha256_of(file) for file in found).encode()).hexdigest() if found else ""

    @property
    def loaded(self) -> bool:
        """Whether the model is in memory, so that a question is answered at once."""
        return self._model is not None

    def load(self) -> Model:
        """Load the model, once, whichever thread asks first."""
        with self._loading:
            if self._model is None:
                self._model = _Quick() if self.name == DEFAULT_MODEL else _Any(self.name)
            return self._model

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors of passages, in the order given; texts of like length are embedded together."""
        return self.load().documents(texts).tolist() if texts else []

    def embed_tokens(self, texts: Sequence[str]) -> list[Vectors]:
        """A matrix a text, in the order given: the vector of each of its tokens, of length 1, as the words around it colour it."""
        return self.load().tokens(texts) if texts else []

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question; inside `one_question` a text is embedded once."""
        found: list[float] = once(("embedded", self.name, text), lambda: self.load().queries([text])[0].tolist())
        return found


@cache
def default_encoder() -> QuickMiniLM:
    """The default model, loaded once in a process: the reader shares its words. Raises ModelError."""
    # tokenizers otherwise warns when a process that embeds starts another one
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from knowledge.minilm_onnx import QuickMiniLM

    return QuickMiniLM(default_weights())


class _Quick:
    """The default model: passages and questions alike."""

    def __init__(self) -> None:
        model = default_encoder()
        self.documents = self.queries = model.encode
        self.tokens = model.tokens


class _Any:
    """A model that sentence-transformers loads, by name or folder."""

    def __init__(self, name: str) -> None:
        if Path(name).exists():
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            self._model = SentenceTransformer(name, device="cpu")
        except (OSError, ValueError) as error:
            raise ModelError(
                f"The embedding model {name} could not be loaded. Give the folder that holds it, or leave the option out."
            ) from error

    def documents(self, texts: list[str]) -> Vectors:
        return self._encoded(self._model.encode_document, texts)

    def queries(self, texts: list[str]) -> Vectors:
        return self._encoded(self._model.encode_query, texts)

    def tokens(self, texts: Sequence[str]) -> list[Vectors]:
        found = self._model.encode(list(texts), batch_size=BATCH, output_value="token_embeddings", show_progress_bar=False)
        states = [np.asarray(one, dtype=np.float32) for one in found]
        return [one / np.maximum(np.linalg.norm(one, axis=1, keepdims=True), 1e-9) for one in states]

    def _encoded(self, encode: Callable[..., Any], texts: list[str]) -> Vectors:
        return np.asarray(encode(texts, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False), dtype=np.float32)


def cross_encoder(name: str, *, fetch: bool) -> Any:
    """A cross-encoder of sentence-transformers, by folder or by name; a name is looked for on this machine alone unless `fetch`.

    Raises ModelError where it is not there, or does not give one score a pair.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from huggingface_hub import snapshot_download
    from sentence_transformers import CrossEncoder
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        # Found here first: given a name alone, the loader turns to the internet even where it is told not to.
        folder = name if fetch or Path(name).exists() else snapshot_download(name, local_files_only=True)
        model = CrossEncoder(folder, device="cpu", local_files_only=not fetch)
    except (OSError, ValueError) as error:
        where = "could not be fetched. Is this machine online, and HF_HUB_OFFLINE not set?" if fetch else "is not on this machine."
        raise ModelError(f"The cross-encoder {name} {where} Give the folder that holds it, or leave the option out.") from error
    first: Any = model[0]
    # sentence-transformers makes a cross-encoder of any model, with a head drawn by lot where the files hold none.
    headless = first.transformer_task == "sequence-classification" and not any(
        name.endswith("ForSequenceClassification") for name in first.model.config.architectures or ()
    )
    if headless or model.num_labels != 1:
        raise ModelError(f"{name} is not a cross-encoder that gives a single score for a question and a text. Choose one that does.")
    return model


def weights_of(embedder: Embedder) -> str:
    """The sha256 of an embedder's weights; empty where it does not say (another builder's need not)."""
    return str(getattr(embedder, "weights", ""))


def _fetched(name: str) -> Path | None:
    """Where a model that was fetched by name lies on this machine."""
    from huggingface_hub import snapshot_download

    for full in (name, f"sentence-transformers/{name}"):
        with suppress(OSError, ValueError):
            return Path(snapshot_download(full, local_files_only=True))
    return None


def default_weights() -> Path:
    """The folder of the default model, each of its files checked. Raises ModelError where one is missing or altered."""
    return model_files("embedding").checked()


def embedded_text(text: str, heading: str) -> str:
    """What a passage is embedded as: its words, with the nearest heading that gives them meaning."""
    nearest = heading.rsplit(" > ", 1)[-1]
    return f"{nearest}: {text}" if nearest else text


def as_rows(vectors: Sequence[Sequence[float]]) -> list[Vector]:
    """Vectors in 32 bits, an array each, whatever an embedder returned."""
    return [np.asarray(vector, dtype=np.float32) for vector in vectors]
