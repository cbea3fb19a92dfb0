"""How often what reviews and inspections write prints a word: counts from the passages that messages were judged against (`training/`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from knowledge.model_files import model_files

FILE = "field-words.tsv"
UNSEEN = 0.5  # the count of a word that none of the passages prints


@cache
def _counts() -> tuple[Mapping[str, int], int]:
    lines = (model_files("learned").checked() / FILE).read_text("utf-8").splitlines()
    counts = {word: int(count) for word, count in (line.split("\t") for line in lines)}
    return counts, sum(counts.values())


def field_frequency(word: str) -> float:
    """The word's share of what the field writes. Raises ModelError where the counts are not the published ones."""
    counts, words = _counts()
    return max(UNSEEN, counts.get(word, 0)) / words
