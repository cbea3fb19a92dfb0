"""How often English writes a word, by the list that pyspellchecker carries."""

from __future__ import annotations

from functools import cache

from spellchecker import SpellChecker


@cache
def english() -> SpellChecker:
    """The list, read once: `word in english()` says whether it has a word."""
    return SpellChecker()


def english_frequency(word: str) -> float:
    """The word's share of English text, at least one in a hundred million; numbers count as rare words."""
    return max(1e-8, float(english().word_usage_frequency(word)))
