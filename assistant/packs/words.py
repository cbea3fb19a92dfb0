"""What packs say of their own, read from `words.toml`: titles, the parts of a session, and whom it is for."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PositiveInt, model_validator

from assistant.packs.pack import Kind, PackError
from knowledge.data_file import Data, Mistake, Text, load_toml, refuse_repeats

MARKS = frozenset('“”"')
Activity_ = Literal["opening", "stage", "found", "helped", "elsewhere", "action", "close"]


def _ours(text: str) -> str:
    """A text of ours: nothing stands between quotation marks, which are the documents'."""
    if MARKS & set(text):
        raise Mistake("quotation marks are for the documents’ own words. Write this text without them.")
    return text


Ours = Annotated[Text, AfterValidator(_ours)]
Some = Annotated[tuple[Ours, ...], Field(min_length=1)]


class ByKind(Data):
    """A text for each kind of choice; {name} stands for what was chosen."""

    case: Ours
    theme: Ours
    document: Ours

    def of(self, kind: Kind, name: str = "") -> str:
        """The text for this kind."""
        return {"case": self.case, "theme": self.theme, "document": self.document}[kind].replace("{name}", name)


class Activity(Data):
    """A part of the session: `share` is its share of the time."""

    id: Activity_
    intention: Ours
    content: Ours
    resources: Ours
    share: PositiveInt


class Pause(Data):
    """A break."""

    intention: Ours
    content: Ours
    lunch: Ours


class Audience(Data):
    """Whom a session is for: an aim of their own, who would be involved, what they ask on Monday."""

    id: Text
    name: Ours
    aim: Ours
    people: Some
    monday: Some


class Words(Data):
    """The whole file."""

    title: ByKind
    part: ByKind
    found: ByKind
    activity: tuple[Activity, ...]
    pause: Pause
    audience: Annotated[tuple[Audience, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _no_repeats(self) -> Words:
        refuse_repeats([one.id for one in self.activity], _twice, lambda n: ("activity", n, "id"))
        refuse_repeats([one.id for one in self.audience], _twice, lambda n: ("audience", n, "id"))
        return self

    def for_audience(self, name: str) -> Audience:
        """The audience with this id or name. Raises PackError where there is none."""
        wanted = name.strip().casefold()
        found = next((one for one in self.audience if wanted in (one.id, one.name.casefold())), None)
        if found is None:
            known = [one.id for one in self.audience]
            raise PackError(f"There is no audience called {name}. Choose from: {', '.join(known)}.")
        return found

    def activity_of(self, name: Activity_) -> Activity:
        """The part of the session with this id. Raises PackError where the file has none."""
        found = next((one for one in self.activity if one.id == name), None)
        if found is None:
            raise PackError(f"words.toml has no [[activity]] with the id {name}. Add it, then start again.")
        return found


def _twice(name: str) -> str:
    return f"{name} stands here twice. Keep one of them."


def load_words(path: Path) -> Words:
    """Read a file of words. Raises SettingsError that names the line that is wrong."""
    return load_toml(Words, path)


@cache
def words() -> Words:
    """The words that come with the product."""
    return load_words(Path(str(files("assistant.packs") / "words.toml")))
