"""The library's own words and names: what misspellings are mended to, and what is no personal data."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.language.wording import wording, words_of
from assistant.query.vocabulary import Vocabulary
from knowledge.library import Library
from knowledge.themes import themes


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the library prints: its words and how it writes them, and the names that it publishes itself."""

    vocabulary: Vocabulary
    names: frozenset[str]


class LexiconKeeper:
    """Makes the lexicon of a library, and again when the library has changed."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._kept: tuple[int, Lexicon] | None = None

    def lexicon(self) -> Lexicon:
        """The lexicon of the library as it is now."""
        generation = self._library.catalogue.generation()
        if self._kept is None or self._kept[0] != generation:
            self._kept = (generation, _lexicon(self._library))
        return self._kept[1]

    def forms(self, word: str) -> tuple[str, ...]:
        """A word and the other ways in which the library writes it now."""
        return self.lexicon().vocabulary.forms(word)


def _lexicon(library: Library) -> Lexicon:
    names: set[str] = set()
    briefings = library.briefings()
    for briefing in briefings:
        details = briefing.details
        names.update((*details.pseudonyms, *details.people, details.title, details.publisher, details.short_name))
        for name in (*details.people, details.publisher, details.short_name):
            names.update(word for word in name.split() if word[:1].isupper())
    frames = wording()
    spoken = {word for theme in themes() for phrase in (*theme.said_as, *theme.review_words, theme.name) for word in words_of(phrase)}
    known = spoken | frames.stop | frames.frame | frames.leaning
    texts = (f"{s.passage.heading} {s.passage.text}" for b in briefings for s in library.catalogue.passages(b.id))
    return Lexicon(Vocabulary(texts, library.catalogue.count_with, known), frozenset(n for n in names if n))
