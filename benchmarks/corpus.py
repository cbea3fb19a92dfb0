"""A public test set as a library: one briefing for the whole corpus, a page and a passage a document.

For what is measured only: `benchmarks.retrieval` and `benchmarks.abstention` ask such libraries.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.assistant import Assistant
from assistant.models.evidence import Evidence
from knowledge.briefing import Details, Page, Passage
from knowledge.embedding import sha256_of
from knowledge.library import Library
from knowledge.new_briefing import NewBriefing

NAME = "corpus.jsonl"


@dataclass(frozen=True)
class Corpus:
    """A library that holds a corpus, an assistant over it, warm, and the document of each passage's number."""

    library: Library
    assistant: Assistant
    document: dict[int, str]


def rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a file with one a line."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


@contextmanager
def opened(folder: Path, keep: Path | None = None) -> Iterator[Corpus]:
    """The corpus of a test set's folder in a library: in `keep`, where it stays, or in one that is thrown away."""
    with tempfile.TemporaryDirectory() as place:
        library = Library(keep or Path(place) / "library")
        documents = [row for row in rows(folder / NAME) if row["text"].strip() or row["title"].strip()]
        library.add(_briefing(folder / NAME, documents))
        held = library.briefing(NAME)
        ids = library.catalogue.passage_ids(held.id)
        assistant = Assistant(library)
        assistant.warm()
        yield Corpus(library, assistant, dict(zip(ids, (str(row["id"]) for row in documents), strict=True)))
        library.close()


def evidence_of(assistant: Assistant, message: str) -> Evidence:
    """What the assistant's search finds for a message, as a user's message meets it."""
    return assistant.evidence(message)


def judged(assistant: Assistant, evidence: Evidence) -> tuple[bool, float]:
    """Whether the assistant would answer, and how confident it is that it can."""
    decision = assistant.decide(evidence)
    return decision.enough, decision.confidence


def _briefing(path: Path, documents: list[dict[str, Any]]) -> NewBriefing:
    texts = [(row["title"], row["text"]) if row["text"].strip() else ("", row["title"]) for row in documents]
    return NewBriefing(
        path=path,
        sha256=sha256_of(path),
        details=Details(),
        paged=True,
        starter=False,
        pages=tuple(Page(n, text) for n, (_, text) in enumerate(texts, 1)),
        passages=tuple(Passage(n, 0, len(text), text, title, ordinal=n) for n, (title, text) in enumerate(texts, 1)),
        certificate={},
    )
