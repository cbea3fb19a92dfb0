"""Themes of practice: how people say them, how reviews print them, and questions to sit with.

The data stand in `themes.toml`, which a trainer may edit; a mistake in it is told with
its place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from knowledge.errors import SettingsError
from knowledge.toml_file import TomlFile

MOMENTS = ("before a visit", "after a visit", "supervision", "team")
REQUIRED = ("id", "name", "about", "review_words", "said_as", "question")
OPTIONAL = ("note", "next", "strength")
TEXTS = ("id", "name", "about", "note", "next")
LISTS = ("review_words", "said_as")


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


_of_the_deployment: list[tuple[Theme, ...]] = []


def use(own: tuple[Theme, ...]) -> None:
    """Put a deployment's own themes in place of the product's, for this process; none puts the product's back."""
    _of_the_deployment[:] = [own] if own else []


def themes() -> tuple[Theme, ...]:
    """The themes in use: the deployment's own, else those that come with the product."""
    return _of_the_deployment[0] if _of_the_deployment else _shipped()


@cache
def _shipped() -> tuple[Theme, ...]:
    return load_themes(Path(str(files("knowledge") / "themes.toml")))


def theme(theme_id: str) -> Theme:
    """The theme with this id. Raises KeyError."""
    return {t.id: t for t in themes()}[theme_id]


def load_themes(path: Path) -> tuple[Theme, ...]:
    """Read a themes file. Raises SettingsError that names the line that is wrong."""
    file = TomlFile(path)
    file.only(file.data, ("theme",))
    entries = file.data.get("theme", [])
    if not isinstance(entries, list) or not entries:
        raise SettingsError(f"{path.name} holds no theme. Each begins with a line [[theme]].")
    found: list[Theme] = []
    first_question = 1
    for number, entry in enumerate(entries, 1):
        found.append(_theme(file, entry, number, first_question))
        first_question += len(entry["question"])
    _refuse_repeats(file, found)
    return tuple(found)


def _theme(file: TomlFile, entry: dict[str, Any], number: int, first_question: int) -> Theme:
    file.only(entry, (*REQUIRED, *OPTIONAL), "theme", number)
    called = f"theme {entry.get('id', number)}"
    for key in REQUIRED:
        if not entry.get(key):
            file.wrong(f"{called} has no {key}. Add it, then start again.", "theme", number)
    for key in TEXTS:
        if not isinstance(entry.get(key, ""), str):
            file.wrong(f'{called}: {key} is text. Write it between double quotation marks: {key} = "...".', "theme", number, key)
    for key in LISTS:
        if not isinstance(entry[key], list) or not all(isinstance(one, str) and one for one in entry[key]):
            file.wrong(f'{called}: {key} is a list of texts. Write it so: {key} = ["...", "..."].', "theme", number, key)
    if not isinstance(entry["question"], list):
        file.wrong(f"{called}: each question begins with a line [[theme.question]].", "theme", number, "question")
    return Theme(
        id=entry["id"],
        name=entry["name"],
        about=entry["about"],
        review_words=tuple(entry["review_words"]),
        said_as=tuple(entry["said_as"]),
        questions=tuple(_question(file, q, called, n) for n, q in enumerate(entry["question"], first_question)),
        note=entry.get("note", ""),
        next=entry.get("next", ""),
        strength=bool(entry.get("strength", False)),
    )


def _question(file: TomlFile, entry: dict[str, Any], called: str, number: int) -> ThemeQuestion:
    at = "theme.question"
    file.only(entry, ("ask", "why", "moments"), at, number)
    for key in ("ask", "why"):
        if not isinstance(entry.get(key), str) or not entry[key]:
            file.wrong(f"a question of {called} has no {key}. Add it, then start again.", at, number, key)
    if not entry["ask"].rstrip().endswith("?"):
        file.wrong(f"what {called} asks ends without a question mark. Add it, then start again.", at, number, "ask")
    moments = entry.get("moments", list(MOMENTS))
    unknown = [m for m in moments if m not in MOMENTS] if isinstance(moments, list) else [moments]
    if unknown:
        file.wrong(f"the moment {unknown[0]} is not one of {', '.join(MOMENTS)}.", at, number, "moments")
    return ThemeQuestion(entry["ask"], entry["why"], tuple(moments))


def _refuse_repeats(file: TomlFile, found: Sequence[Theme]) -> None:
    """No two themes by one id, and no question asked twice."""
    ids: set[str] = set()
    asked: dict[str, str] = {}
    number = 0
    for place, theme in enumerate(found, 1):
        if theme.id in ids:
            file.wrong(f"another theme has the id {theme.id} already. Give each its own.", "theme", place, "id")
        ids.add(theme.id)
        for question in theme.questions:
            number += 1
            words = " ".join(re.findall(r"[a-z0-9]+", question.ask.lower()))
            if words in asked:
                file.wrong(f"theme {asked[words]} asks this already. Ask it once.", "theme.question", number, "ask")
            asked[words] = theme.id
