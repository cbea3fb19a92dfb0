"""The words that frame questions, read from `wording.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from knowledge.word_forms import plain_letters

WORD = re.compile(r"[a-z0-9]+")
POSSESSIVE = re.compile(r"'s\b|'(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Wording:
    """Words and patterns, lower case, as `wording.toml` explains them."""

    stop: frozenset[str]
    frame: frozenset[str]
    leaning: frozenset[str]
    asks_library: frozenset[str]
    roles: frozenset[str]
    frame_phrases: tuple[re.Pattern[str], ...]
    follow_up: tuple[str, ...]
    asks_of_all: tuple[re.Pattern[str], ...]
    defines: tuple[re.Pattern[str], ...]
    origin: tuple[re.Pattern[str], ...]
    currency: tuple[re.Pattern[str], ...]
    number: tuple[re.Pattern[str], ...]
    asks: tuple[re.Pattern[str], ...]
    asks_self: tuple[re.Pattern[str], ...]
    asks_fact: tuple[re.Pattern[str], ...]
    process: tuple[re.Pattern[str], ...]
    negation: re.Pattern[str]
    opposites: dict[str, frozenset[str]]
    moments: tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]


@cache
def wording() -> Wording:
    """The wording that comes with the product."""
    data = tomllib.loads((files("assistant") / "wording.toml").read_text("utf-8"))

    def words(name: str) -> frozenset[str]:
        return frozenset(WORD.findall(data[name]))

    def patterns(name: str) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(_bounded(pattern), re.IGNORECASE) for pattern in data[name])

    return Wording(
        stop=words("stop"),
        frame=words("frame"),
        leaning=words("leaning"),
        asks_library=words("asks_library"),
        roles=words("roles"),
        frame_phrases=patterns("frame_phrases"),
        follow_up=tuple(data["follow_up"]),
        asks_of_all=patterns("asks_of_all"),
        defines=patterns("defines"),
        origin=patterns("origin"),
        currency=patterns("currency"),
        number=patterns("number"),
        asks=patterns("asks"),
        asks_self=patterns("asks_self"),
        asks_fact=patterns("asks_fact"),
        process=patterns("process"),
        negation=re.compile(rf"\b(?:{data['negation']})\b"),
        opposites=_opposites([group.split() for group in data["opposites"]]),
        moments=tuple((moment["name"], tuple(re.compile(_bounded(p), re.I) for p in moment["says"])) for moment in data["moment"]),
    )


def _opposites(groups: list[list[str]]) -> dict[str, frozenset[str]]:
    """For each word, the others of all groups that it stands in."""
    words = {word for group in groups for word in group}
    return {word: frozenset(other for group in groups if word in group for other in group) - {word} for word in words}


def _bounded(pattern: str) -> str:
    """A pattern of words matches whole words alone."""
    begins, ends = pattern[0].isalpha() or pattern[0] == "(", pattern[-1].isalpha() or pattern[-1] == ")"
    edge = r"\b"
    return f"{edge if begins else ''}(?:{pattern}){edge if ends else ''}"


def plain(text: str) -> str:
    """Lower case, with typographic apostrophes made plain."""
    return text.lower().replace("\u2019", "'").replace("\u2018", "'")


def words_of(text: str) -> list[str]:
    """The text's words, lower case and without accents, possessives and hyphens taken apart."""
    return WORD.findall(POSSESSIVE.sub("", plain_letters(plain(text))))
