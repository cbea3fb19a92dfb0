"""The trainer's desk: what packs are made with. One for a running program, beside its assistant."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from assistant.answering.prompts import Questions
from assistant.assistant import Assistant
from assistant.language.sentence_vectors import SentenceVectors
from assistant.language.theme_matcher import ThemeMatcher
from assistant.models.question import Question
from assistant.models.reply import Citation, Prompt
from assistant.packs.pack import Extract, PackError
from assistant.packs.roles import Roles, unnamed
from assistant.retrieval.filters import CONTACT
from assistant.retrieval.labels import Labels
from knowledge.briefing import Briefing, PassageKind
from knowledge.catalogue import StoredPassage
from knowledge.library import Library
from knowledge.text import listed, sentences
from knowledge.themes import Theme

TOLD = frozenset({PassageKind.FINDING, PassageKind.PARAGRAPH, PassageKind.ROW})
FEWEST_WORDS = 5
MOMENT = "team"  # what the questions of a session are for


class Desk:
    """An assistant's library, its themes and its way of choosing questions, with what packs need besides."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.library: Library = assistant.library
        self.vectors = SentenceVectors(self.library.embedder)
        folder = self.library.folder / "derived"
        self.matcher = ThemeMatcher(self.library.embedder, folder)
        self.roles = Roles(self.vectors, self.library.embedder, folder)
        self._questions = Questions(self.vectors, self.matcher)

    @cached_property
    def _labels(self) -> Labels:
        return Labels(self.assistant.guards.tags)

    def check_own_words(self, text: str) -> None:
        """Have the guards look at words that a trainer writes into a pack.

        Raises PackError where they could identify somebody, and, with the guards' notice, where somebody may be in danger now.
        """
        verdict = self.assistant.check(text)
        urgent = next((notice for notice in verdict.notices if notice.kind == "urgent"), None)
        if urgent is not None:
            raise PackError(urgent.text)
        if verdict.details:
            kinds = listed(list(dict.fromkeys(detail.called for detail in verdict.details)))
            raise PackError(f"Your title or question seems to hold something that could identify a person: {kinds}. Write it without that.")

    def briefings(self) -> tuple[Briefing, ...]:
        """The documents that packs may draw on: neither withdrawn nor copies."""
        return tuple(briefing for briefing in self.assistant.shelf.briefings() if briefing.answers)

    def told(self, briefing: Briefing) -> list[StoredPassage]:
        """The passages of a document that say something."""
        return [one for one in self.library.catalogue.passages(briefing.id) if self.tells(briefing, one)]

    def tells(self, briefing: Briefing, one: StoredPassage) -> bool:
        """Whether a passage says something: it is no label, note, signature, question or line of contacts."""
        return (
            one.passage.kind in TOLD
            and len(one.passage.text.split()) >= FEWEST_WORDS
            and not CONTACT.search(one.passage.text)
            and not self._labels.is_label(briefing, one.passage)
        )

    def cite(self, briefing: Briefing, stored: StoredPassage) -> Citation:
        """A passage as a proven citation. Raises QuotationError."""
        passage = stored.passage
        return Citation(self.library.quote(briefing, passage), passage.heading, passage.ordinal, also_at=passage.also_at)

    def themes_of(self, texts: Sequence[str], most: int = 2) -> list[Theme]:
        """The themes that passages come nearest to, nearest first; not the one of what went well."""
        fitting = self.matcher.fitting(self.vectors.of(texts).tolist())
        return [theme for theme, _ in fitting if not theme.strength][:most]

    def questions(self, texts: Sequence[str], citations: Sequence[Citation], heard: Sequence[Theme], asked: Sequence[str]) -> list[Prompt]:
        """Questions for a stop, chosen as those to sit with are: the nearest theme's first, none of a thought that was asked before."""
        told = [sentence for text in texts for _, _, sentence in sentences(" ".join(text.split()))]
        meanings = self.vectors.of([citation.quotation.text for citation in citations]).tolist()
        question = Question(" ".join(texts), account=True)
        return list(
            self._questions.choose(question, self.vectors.of(told).tolist(), heard, citations, meanings, asked, MOMENT),
        )

    def near_themes(self, extract: Extract, documents: Sequence[Briefing]) -> float:
        """How near an extract comes to any theme: its nearest passage."""
        names = [name for briefing in documents for name in briefing.details.pseudonyms]
        texts = [unnamed(one.quotation.text, names) for one in extract.whole]
        return max(float(self.matcher.fits([row.tolist()]).max()) for row in self.vectors.of(texts))

    def nearness(self, stored: Sequence[StoredPassage]) -> list[float]:
        """How near each passage comes to any theme: what a long document is cut down by."""
        vectors = np.array(self.library.kept_vectors(stored), dtype=np.float32)
        return [float(self.matcher.fits([row.tolist()]).max()) for row in vectors]
