"""Words that turn what a quotation says: negations, conditions, openings, numbers. The data is `meaning.toml`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from knowledge.data_file import Data, Text, load_toml

NUMERAL = re.compile(r"(\d[\d.,]*?)(?:st|nd|rd|th)?")


class Meaning(Data):
    """The file."""

    negations: tuple[Text, ...]
    negating_beginnings: tuple[Text, ...]
    limits: tuple[Text, ...]
    limits_at_once: tuple[Text, ...]
    openings: tuple[Text, ...]
    second_hand: tuple[Text, ...]
    numbers: dict[str, int]


def load_meaning(path: Path) -> Meaning:
    """The words of a file. Raises SettingsError that names the line that is wrong."""
    return load_toml(Meaning, path)


@cache
def meaning() -> Meaning:
    """The words that the product ships."""
    with as_file(files("assistant.citations") / "meaning.toml") as path:
        return load_meaning(path)


def is_negation(form: str) -> bool:
    """Whether a word (in its form, see `words`) denies."""
    return form in meaning().negations or form.endswith("n't")


def negation_count(forms: Iterable[str]) -> int:
    """How many of the words deny."""
    return sum(is_negation(form) for form in forms)


def are_contraries(one: str, other: str) -> bool:
    """Whether one word is the other with a beginning that denies it."""
    return any(one == beginning + other or other == beginning + one for beginning in meaning().negating_beginnings)


def number_of(form: str) -> str:
    """The number that a word names, "7" for "seven" and "7"; empty where it names none."""
    if form in meaning().numbers:
        return str(meaning().numbers[form])
    found = NUMERAL.fullmatch(form)
    return found[1].replace(",", "") if found else ""


def numbers_in(forms: Iterable[str]) -> Counter[str]:
    """The numbers that the words name, and how often."""
    return Counter(number for form in forms if (number := number_of(form)))
