"""Themes of practice: how people say them, how reviews print them, and questions to sit with.

The data stand in `themes.toml`, which a trainer may edit; a mistake in it is reported with
its line.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, field_validator, model_validator

from knowledge.data_file import Data, Flag, Mistake, Text, load_toml, refuse_repeats

Moment = Literal["before a visit", "after a visit", "supervision", "team"]
MOMENTS: tuple[Moment, ...] = get_args(Moment)


class ThemeQuestion(Data):
    """A question to sit with, one line on why it is asked, and the moments it fits."""

    ask: Text
    why: Text
    moments: tuple[Moment, ...] = MOMENTS

    @field_validator("ask")
    @classmethod
    def _ends_as_a_question(cls, ask: str) -> str:
        if not ask.endswith("?"):
            raise Mistake("this question ends without a question mark. Add it, then start again.")
        return ask


class Theme(Data):
    """A theme: `review_words` are how reviews print it, `said_as` how practitioners say it.

    `about` goes on after "What reviews say about"; `next` is a question that a reader
    may ask after it. `strength` marks the theme of good practice.
    """

    id: Text
    name: Text
    about: Text
    review_words: Annotated[tuple[Text, ...], Field(min_length=1)]
    said_as: Annotated[tuple[Text, ...], Field(min_length=1)]
    questions: Annotated[tuple[ThemeQuestion, ...], Field(alias="question", min_length=1)]
    note: str = ""
    next: str = ""
    strength: Flag = False


class _ThemesFile(Data):
    """A themes file: no two themes by one id, and no question asked twice."""

    theme: Annotated[tuple[Theme, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _no_repeats(self) -> _ThemesFile:
        ids = [theme.id for theme in self.theme]
        refuse_repeats(ids, lambda i: f"another theme has the id {i} already. Give each its own.", lambda n: ("theme", n, "id"))
        asked: dict[str, str] = {}
        for place, theme in enumerate(self.theme):
            for number, question in enumerate(theme.questions):
                words = " ".join(re.findall(r"[a-z0-9]+", question.ask.lower()))
                if words in asked:
                    raise Mistake(f"theme {asked[words]} asks this already. Ask it once.", "theme", place, "question", number, "ask")
                asked[words] = theme.id
        return self


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
    return load_toml(_ThemesFile, path).theme
