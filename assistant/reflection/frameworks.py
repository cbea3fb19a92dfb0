"""Ways of reflecting, and the parts of the supervision sheet: data in `frameworks.toml`, which a trainer may edit.

Each model names in the file where it comes from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from knowledge.data_file import Data, Flag, Mistake, Text, load_toml
from knowledge.themes import themes

FILE = "frameworks.toml"


class Section(Data):
    """A part of the sheet: its heading, and a line for whoever fills it in by hand.

    `was` are headings that it had before: a sheet that was saved under one of them still opens.
    """

    id: Text
    name: Text
    hint: Text
    was: tuple[Text, ...] = ()


class Box(Data):
    """What is written at a step; it fills a section of the sheet."""

    fills: Text
    label: Text
    hint: Text


class Step(Data):
    """A step: `reviews` shows what reviews say, `actions` asks who does what by when."""

    name: Text
    ask: Text
    fields: Annotated[tuple[Box, ...], Field(alias="field")] = ()
    reviews: Flag = False
    actions: Flag = False


class Model(Data):
    """A way of reflecting, and where it comes from."""

    id: Text
    name: Text
    about: Text
    source: Text
    steps: Annotated[tuple[Step, ...], Field(alias="step", min_length=1)]

    @model_validator(mode="after")
    def _reviews_come_once(self) -> Model:
        if sum(step.reviews for step in self.steps) != 1:
            raise Mistake("this [[model]] needs one step with reviews = true. Put it in one of its steps, and in one only.")
        return self


class Models(Data):
    """All of the file; `listens` are ids of sections that tell of the situation, `challenges` of themes that ask to look again."""

    sections: Annotated[tuple[Section, ...], Field(alias="section", min_length=1)]
    models: Annotated[tuple[Model, ...], Field(alias="model", min_length=1)]
    listens: tuple[Text, ...] = ()
    challenges: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _ids_are_known_and_apart(self) -> Models:
        _apart(self.sections, "section")
        _apart(self.models, "model")
        sections = {section.id for section in self.sections}
        for place, section in enumerate(self.listens):
            if section not in sections:
                raise Mistake(f'listens has "{section}", which is the id of no section. Take it out, or name one.', "listens", place)
        for at, box in self._boxes():
            if box.fills not in sections:
                raise Mistake(f'"{box.fills}" is the id of no section. Name one that there is.', *at, "fills")
        known = {theme.id for theme in themes()}
        for place, theme in enumerate(self.challenges):
            if theme not in known:
                raise Mistake(f'challenges has "{theme}", which is the id of no theme. Take it out, or name one.', "challenges", place)
        return self

    def _boxes(self) -> Iterator[tuple[tuple[str | int, ...], Box]]:
        for m, model in enumerate(self.models):
            for s, step in enumerate(model.steps):
                for f, box in enumerate(step.fields):
                    yield ("model", m, "step", s, "field", f), box

    def model(self, model_id: str) -> Model:
        """The model with this id, or else the first."""
        return next((model for model in self.models if model.id == model_id), self.models[0])


def _apart(entries: Sequence[Section] | Sequence[Model], table: str) -> None:
    """Raise Mistake where two of a table have one id or one name."""
    for key in ("id", "name"):
        seen: set[str] = set()
        for place, entry in enumerate(entries):
            value = getattr(entry, key)
            if value.casefold() in seen:
                raise Mistake(f"another [[{table}]] has the {key} {value} already. Give each its own.", table, place, key)
            seen.add(value.casefold())


@cache
def models() -> Models:
    """The models that come with the product."""
    return load_models(Path(str(files("assistant.reflection") / FILE)))


def load_models(path: Path) -> Models:
    """Read a file of models. Raises SettingsError that names the line that is wrong."""
    return load_toml(Models, path)
