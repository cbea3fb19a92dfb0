"""The words that frame questions, read from `wording.toml`."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from knowledge.data_file import Data, Text, compiled, load_toml
from knowledge.word_forms import plain_letters

WORD = re.compile(r"[a-z0-9]+")
POSSESSIVE = re.compile(r"'s\b|'(?=\s|$)")
FILE = "wording.toml"


def _words(text: object) -> frozenset[str]:
    if not isinstance(text, str) or not text.strip():
        raise PydanticCustomError("string_type", "words are text")
    return frozenset(WORD.findall(text))


def _opposites(groups: object) -> dict[str, frozenset[str]]:
    """For each word, the others of all groups that it stands in."""
    if not isinstance(groups, list) or not all(isinstance(group, str) for group in groups):
        raise PydanticCustomError("list_type", "opposites are a list of texts")
    parted = [group.split() for group in groups]
    words = {word for group in parted for word in group}
    return {word: frozenset(other for group in parted if word in group for other in group) - {word} for word in words}


def _bounded(pattern: str) -> str:
    """A pattern of words matches whole words alone."""
    begins, ends = pattern[0].isalpha() or pattern[0] == "(", pattern[-1].isalpha() or pattern[-1] == ")"
    edge = r"\b"
    return f"{edge if begins else ''}(?:{pattern}){edge if ends else ''}"


Words = Annotated[frozenset[str], BeforeValidator(_words)]
Pattern = Annotated[re.Pattern[str], compiled(re.IGNORECASE, _bounded)]
Patterns = Annotated[tuple[Pattern, ...], Field(min_length=1)]
Texts = Annotated[tuple[Text, ...], Field(min_length=1)]


class SaidMoment(Data):
    """A moment that questions are asked for, and how people say it."""

    name: Text
    says: Patterns


class Wording(Data):
    """Words and patterns, lower case, as `wording.toml` explains them."""

    stop: Words
    frame: Words
    leaning: Words
    asks_library: Words
    roles: Words
    frame_phrases: Patterns
    follow_up: Texts
    asks_of_all: Patterns
    defines: Patterns
    origin: Patterns
    currency: Patterns
    number: Patterns
    asks: Patterns
    asks_self: Patterns
    asks_fact: Patterns
    negation: Annotated[re.Pattern[str], compiled(around=lambda words: rf"\b(?:{words})\b")]
    opposites: Annotated[dict[str, frozenset[str]], BeforeValidator(_opposites)]
    moments: Annotated[tuple[SaidMoment, ...], Field(alias="moment", min_length=1)]


def load_wording(path: Path) -> Wording:
    """Read a wording file. Raises SettingsError that names the line that is wrong."""
    return load_toml(Wording, path)


@cache
def wording() -> Wording:
    """The wording that comes with the product."""
    return load_wording(Path(str(files("assistant.language") / FILE)))


def plain(text: str) -> str:
    """Lower case, with typographic apostrophes made plain."""
    return text.lower().replace("\u2019", "'").replace("\u2018", "'")


def words_of(text: str) -> list[str]:
    """The text's words, lower case and without accents, possessives and hyphens taken apart."""
    return WORD.findall(POSSESSIVE.sub("", plain_letters(plain(text))))
