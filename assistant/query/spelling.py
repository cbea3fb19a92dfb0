"""Misspellings are mended from the library's own words, never into words that it does not print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from assistant.language.word_frequency import english
from knowledge.word_forms import indexed_under

SHORTEST = 4  # shorter words are too easily mistaken for one another


class Speller:
    """Mends words that are neither English nor the library's, to the nearest word it prints.

    `counts` are the library's words with how often each stands there; `known` are other
    words that need no mending (the themes' ways of speaking).
    """

    def __init__(self, counts: Mapping[str, int], known: Iterable[str] = ()) -> None:
        self._counts = {word: count for word, count in counts.items() if len(word) >= SHORTEST and word.isalpha()}
        self._known = frozenset(known) | frozenset(counts)

    def is_english(self, word: str) -> bool:
        """Whether a list of English words has it, in British or American spelling."""
        return word in english() or indexed_under(word) in english()

    def mend(self, word: str) -> str:
        """The word itself, or the nearest of the library's words at one slip (two in words of eight letters or more)."""
        if len(word) < SHORTEST or not word.isalpha() or word in self._known or self.is_english(word):
            return word
        slips = 2 if len(word) >= 7 else 1
        near = process.extract(word, self._counts.keys(), scorer=DamerauLevenshtein.distance, score_cutoff=slips, limit=5)
        if not near:
            return word
        return str(min(near, key=lambda hit: (hit[1], -self._counts[hit[0]]))[0])
