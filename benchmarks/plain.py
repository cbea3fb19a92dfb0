"""The plain pipeline that ours is measured against, as tutorials write it.

pypdf page by page, windows of 1,000 characters with 200 of overlap, the model through
sentence-transformers as it comes, Chroma as it comes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

WINDOW, OVERLAP = 1000, 200
TOP = 10


class PlainPipeline:
    """Files into a Chroma collection in `folder`. `characters` counts what was embedded."""

    def __init__(self, folder: Path, model: str) -> None:
        import chromadb
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(model, device="cpu")
        self._model.encode("ready")
        self._collection: Any = chromadb.PersistentClient(path=str(folder)).get_or_create_collection("plain", embedding_function=None)
        self.characters = 0

    def take_in(self, path: Path) -> int:
        """Put a PDF in; returns how many pages it has."""
        from pypdf import PdfReader

        pages = [page.extract_text() for page in PdfReader(path).pages]
        windows = [(number, text) for number, page in enumerate(pages, 1) for text in windows_of(page)]
        texts = [text for _, text in windows]
        if texts:
            self.put(
                ids=[f"{path.name}-{i}" for i in range(len(windows))],
                vectors=self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False),
                texts=texts,
                places=[{"file": path.name, "page": number} for number, _ in windows],
            )
        self.characters += sum(map(len, texts))
        return len(pages)

    def put(self, ids: Sequence[str], vectors: Any, texts: Sequence[str], places: Sequence[dict[str, Any]]) -> None:
        """Put texts in whose vectors are known."""
        self._collection.add(ids=list(ids), embeddings=vectors, documents=list(texts), metadatas=list(places))

    def vector(self, question: str) -> Any:
        """The vector of a question."""
        return self._model.encode(question, normalize_embeddings=True, show_progress_bar=False)

    def nearest(self, vector: Any, limit: int = TOP) -> dict[str, Any]:
        """What Chroma gives for a vector: ids, texts, places and distances of the nearest."""
        found: dict[str, Any] = self._collection.query(query_embeddings=[vector], n_results=limit)
        return found

    def ask(self, question: str) -> list[str]:
        """The nearest texts, as a tutorial hands them to a model."""
        texts: list[str] = self.nearest(self.vector(question))["documents"][0]
        return texts


def windows_of(text: str) -> Iterator[str]:
    """Windows of WINDOW characters, each OVERLAP into the one before."""
    for start in range(0, max(len(text) - OVERLAP, 1), WINDOW - OVERLAP):
        if window := text[start : start + WINDOW].strip():
            yield window


def take_in_all(pipeline: PlainPipeline, paths: Sequence[Path]) -> Iterator[int]:
    """Pages of each file, as it is in."""
    for path in paths:
        yield pipeline.take_in(path)
