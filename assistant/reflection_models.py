"""Ways of reflecting, and the parts of the supervision sheet: data in `reflection_models.toml`, which a trainer may edit.

Each model names in the file where it comes from.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from knowledge.themes import themes
from knowledge.toml_file import TomlFile

FILE = "reflection_models.toml"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the sheet: its heading, and a line for whoever fills it in by hand."""

    id: str
    name: str
    hint: str


@dataclass(frozen=True, slots=True)
class Field:
    """What is written at a step; it fills a section of the sheet."""

    fills: str
    label: str
    hint: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step: `reviews` shows what reviews have learned, `actions` asks who does what by when."""

    name: str
    ask: str
    fields: tuple[Field, ...]
    reviews: bool = False
    actions: bool = False


@dataclass(frozen=True, slots=True)
class Model:
    """A way of reflecting, and where it comes from."""

    id: str
    name: str
    about: str
    source: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Models:
    """All of the file; `listens` are ids of sections that tell of the situation, `challenges` of themes that ask to look again."""

    sections: tuple[Section, ...]
    models: tuple[Model, ...]
    listens: tuple[str, ...]
    challenges: tuple[str, ...]

    def model(self, model_id: str) -> Model:
        """The model with this id, or else the first."""
        return next((model for model in self.models if model.id == model_id), self.models[0])


@cache
def models() -> Models:
    """The models that come with the product."""
    return load_models(Path(str(files("assistant") / FILE)))


def load_models(path: Path) -> Models:
    """Read a file of models. Raises SettingsError that names the line that is wrong."""
    file = TomlFile(path)
    file.only(file.data, ("section", "model", "listens", "challenges"))
    for table in ("section", "model"):
        if not file.data.get(table):
            file.wrong(f"there is no {table}. Each begins with a line [[{table}]].")
    sections = tuple(Section(**_texts(file, entry, "section", n, "id", "name", "hint")) for n, entry in enumerate(file.data["section"], 1))
    ids = frozenset(section.id for section in sections)
    if unheard := [section for section in file.data.get("listens", []) if section not in ids]:
        file.wrong(f'listens has "{unheard[0]}", which is the id of no section. Take it out, or name one.', key="listens")
    reader = _Reader(file, ids)
    known = {theme.id for theme in themes()}
    if unknown := [theme for theme in file.data.get("challenges", []) if theme not in known]:
        file.wrong(f'challenges has "{unknown[0]}", which is the id of no theme. Take it out, or name one.', key="challenges")
    found = tuple(reader.model(entry, n) for n, entry in enumerate(file.data["model"], 1))
    return Models(sections, found, tuple(file.data.get("listens", ())), tuple(file.data.get("challenges", ())))


def _texts(file: TomlFile, entry: dict[str, Any], table: str, number: int, *wanted: str, known: tuple[str, ...] = ()) -> dict[str, str]:
    """The texts of an entry, all there and nothing else but what is `known`."""
    file.only(entry, (*wanted, *known), table, number)
    for key in wanted:
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            file.wrong(f"this [[{table}]] has no {key}. Add it between double quotation marks.", table, number)
    return {key: entry[key] for key in wanted}


class _Reader:
    """Reads the models; steps and fields are counted through the file, to tell their line."""

    def __init__(self, file: TomlFile, sections: frozenset[str]) -> None:
        self._file = file
        self._sections = sections
        self._steps = self._fields = 0

    def model(self, entry: dict[str, Any], number: int) -> Model:
        texts = _texts(self._file, entry, "model", number, "id", "name", "about", "source", known=("step",))
        steps = tuple(self._step(step) for step in entry.get("step", []))
        if sum(step.reviews for step in steps) != 1:
            self._file.wrong(
                "this [[model]] needs one step with reviews = true. Put it in one of its steps, and in one only.", "model", number
            )
        return Model(**texts, steps=steps)

    def _step(self, entry: dict[str, Any]) -> Step:
        self._steps += 1
        texts = _texts(self._file, entry, "model.step", self._steps, "name", "ask", known=("field", "reviews", "actions"))
        fields = tuple(self._field(field) for field in entry.get("field", []))
        return Step(**texts, fields=fields, reviews=bool(entry.get("reviews")), actions=bool(entry.get("actions")))

    def _field(self, entry: dict[str, Any]) -> Field:
        self._fields += 1
        table = "model.step.field"
        texts = _texts(self._file, entry, table, self._fields, "fills", "label", "hint")
        if texts["fills"] not in self._sections:
            self._file.wrong(f'"{texts["fills"]}" is the id of no section. Name one that there is.', table, self._fields, "fills")
        return Field(**texts)
