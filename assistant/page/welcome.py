"""The first screen: what the page is for, what it is not, and three ways in."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from assistant.page.text import in_paragraphs
from assistant.page.views import ready, view
from knowledge.data_file import Data, Text, load_toml, refuse_repeats
from knowledge.settings import Settings

TITLE = "Practice Reflection Assistant"
FOLDER = Path(__file__).parent
HELP = (FOLDER / "templates" / "help.html").read_text("utf-8")


class Way(Data):
    """A reason to be here: what it is called, what one gets, and questions to begin with."""

    name: Text
    about: Text
    examples: Annotated[tuple[Text, ...], Field(min_length=1)]


class Examples(Data):
    """The question box's hint, and the ways in; no two by one name."""

    placeholder: Text
    ways: Annotated[tuple[Way, ...], Field(alias="way", min_length=1)]

    @model_validator(mode="after")
    def _no_repeats(self) -> Examples:
        names = [way.name for way in self.ways]
        refuse_repeats(names, lambda name: f"another [[way]] is called {name} already. Give each its own.", lambda n: ("way", n, "name"))
        return self


def load_examples(path: Path) -> Examples:
    """Read a file of examples. Raises SettingsError that names the line that is wrong."""
    return load_toml(Examples, path)


@cache
def examples() -> Examples:
    """The examples that come with the product."""
    return load_examples(FOLDER / "examples.toml")


EMPTY = "The library is empty, so no question can be answered yet."


def masthead(line: str, own: Settings, who: str = "", *, empty: bool = False) -> str:
    """The title, whose page it is, what the library holds, the switch between light and dark, and whom to turn to in danger.

    `who` has signed in, and can sign out; of an empty library it is said where it can be filled.
    """
    contacts = own.whom_to_turn_to or "your local children’s services"
    return view(
        "masthead", title=TITLE, organisation=own.organisation, holds=line, who=who, contacts=contacts, empty=EMPTY if empty else ""
    )


def opening(notice: str = "") -> str:
    """What the page is for, the deployment's own notice, and the three ways in with their example questions."""
    return view("opening", notice=ready(in_paragraphs(notice)), ways=examples().ways)
