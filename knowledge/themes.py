"""Themes of practice: how people say them, how reviews print them, and questions to sit with.

The data stand in `themes.toml`, which a trainer may edit; a mistake in it is told with
its place.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from knowledge.errors import SettingsError

MOMENTS = ("before a visit", "after a visit", "supervision", "team")
REQUIRED = ("id", "name", "about", "review_words", "said_as", "question")


@dataclass(frozen=True, slots=True)
class ThemeQuestion:
    """A question to sit with, one line on why it is asked, and the moments it fits."""

    ask: str
    why: str
    moments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme: `review_words` are how reviews print it, `said_as` how practitioners say it.

    `about` goes on after "What reviews say about"; `next` is a question that a reader
    may ask after it. `strength` marks the theme of good practice.
    """

    id: str
    name: str
    about: str
    review_words: tuple[str, ...]
    said_as: tuple[str, ...]
    questions: tuple[ThemeQuestion, ...]
    note: str = ""
    next: str = ""
    strength: bool = False


@cache
def themes() -> tuple[Theme, ...]:
    """The themes that come with the product."""
    return load_themes(Path(str(files("knowledge") / "themes.toml")))


def theme(theme_id: str) -> Theme:
    """The theme with this id. Raises KeyError."""
    return {t.id: t for t in themes()}[theme_id]


def load_themes(path: Path) -> tuple[Theme, ...]:
    """Read a themes file. Raises SettingsError that names the line or the theme that is wrong."""
    text = path.read_text("utf-8")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path.name}: {error}. Mend that line, then start again.") from error
    found = tuple(_theme(entry, n, path.name, text) for n, entry in enumerate(data.get("theme", []), 1))
    if not found:
        raise SettingsError(f"{path.name} holds no theme. Each begins with a line [[theme]].")
    return found


def _theme(entry: dict[str, Any], number: int, file: str, text: str) -> Theme:
    where = f"{file}, line {_line(number, text)}: theme {entry.get('id', number)}"
    if missing := [name for name in REQUIRED if not entry.get(name)]:
        raise SettingsError(f"{where} has no {missing[0]}. Add it, then start again.")
    return Theme(
        id=entry["id"],
        name=entry["name"],
        about=entry["about"],
        review_words=tuple(entry["review_words"]),
        said_as=tuple(entry["said_as"]),
        questions=tuple(_question(q, where) for q in entry["question"]),
        note=entry.get("note", ""),
        next=entry.get("next", ""),
        strength=bool(entry.get("strength", False)),
    )


def _question(entry: dict[str, Any], where: str) -> ThemeQuestion:
    if not entry.get("ask") or not entry.get("why"):
        raise SettingsError(f"{where} has a question without ask or why. Add it, then start again.")
    moments = tuple(entry.get("moments", MOMENTS))
    if unknown := [m for m in moments if m not in MOMENTS]:
        raise SettingsError(f"{where}: the moment {unknown[0]} is not one of {', '.join(MOMENTS)}.")
    return ThemeQuestion(entry["ask"], entry["why"], moments)


def _line(number: int, text: str) -> int:
    """The line on which the n-th theme begins."""
    starts = [m.start() for m in re.finditer(r"^\[\[theme\]\]", text, re.MULTILINE)]
    return text.count("\n", 0, starts[number - 1]) + 1 if number <= len(starts) else 1
