"""Data files that people write (TOML, or JSON a line): read, validated by a model, and every mistake reported with its line.

A model is a `Data` class: pydantic checks names and types, its validators check the rest. Whatever is wrong becomes one
SettingsError, "file, line N: what is wrong; what to do".
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, StrictBool, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError

from knowledge.errors import SettingsError

__all__ = ["Data", "Flag", "Mistake", "Text", "compiled", "load_json_lines", "load_toml", "refuse_repeats", "unknown"]

MARK = "\ue000line-wanted\ue000"  # no file holds it: a private character of Unicode
Step = str | int
Model = TypeVar("Model", bound="Data")
Value = TypeVar("Value")


class Data(BaseModel):
    """A table of a data file, frozen. Only the fields that are declared may stand in it, under their aliases."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)


class Mistake(ValueError):
    """What a validator found wrong, and where below its table: `Mistake("Repeated id", "theme", 3, "id")`."""

    def __init__(self, what: str, *at: str | int) -> None:
        super().__init__(what)
        self.at: tuple[Step, ...] = at


def compiled(flags: int = 0, around: Callable[[str], str] = str) -> BeforeValidator:
    """For fields of type re.Pattern[str]: compiles the text, `around` puts more about it first."""

    def compile_(pattern: object) -> re.Pattern[str]:
        if not isinstance(pattern, str) or not pattern:
            raise PydanticCustomError("string_type", "a pattern is text")
        try:
            re.compile(pattern)  # by itself first, so that the place of a mistake in it is right
            return re.compile(around(pattern), flags)
        except re.error as error:
            raise Mistake(f"the pattern {pattern} cannot be used ({error}). Correct it, then start again.") from error

    return BeforeValidator(compile_)


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""A text that says something; blanks around it are dropped."""
Flag = StrictBool
"""true or false, and nothing that looks like it."""


def refuse_repeats(values: Iterable[Value], what: Callable[[Value], str], at: Callable[[int], tuple[Step, ...]]) -> None:
    """Raise Mistake at the first value that is there already; `what` says so and `at` gives its place, by its number from 0."""
    seen: set[Value] = set()
    for number, value in enumerate(values):
        if value in seen:
            raise Mistake(what(value), *at(number))
        seen.add(value)


def unknown(name: str, known: Sequence[str]) -> str:
    """The sentence for a name that means nothing here: what it may have been meant for."""
    near = difflib.get_close_matches(name, known, 1)
    return f"Unknown setting {name}. " + (f"Did you mean {near[0]}?" if near else f"Known here: {', '.join(known)}.")


def load_toml(model: type[Model], path: Path) -> Model:
    """The file as the model has it. Raises SettingsError that names the file, the line, what is wrong there and what to do."""
    text = _read(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        last = text.rstrip().count("\n") + 1
        said = str(error).replace("at end of document", f"at line {last}, the end")
        raise SettingsError(f"{path.name}: {said}. Correct that line, then start again.") from error
    try:
        return model.model_validate(data)
    except ValidationError as error:
        at, what = _first(error, model)
        raise SettingsError(f"{path.name}, line {line_of(text, at)}: {what}") from error


def load_json_lines(model: type[Model], path: Path) -> tuple[Model, ...]:
    """A file of one JSON object a line, blank lines left out. Raises SettingsError that names the line that is wrong."""
    found = []
    for number, line in enumerate(_read(path).splitlines(), 1):
        if line.strip():
            try:
                found.append(model.model_validate(json.loads(line)))
            except json.JSONDecodeError as error:
                raise SettingsError(
                    f"{path.name}, line {number}: this is not JSON ({error.msg}). Write one object a line, between braces."
                ) from error
            except ValidationError as error:
                raise SettingsError(f"{path.name}, line {number}: {_first(error, model)[1]}") from error
    return tuple(found)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}). Check the path.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path.name} is not plain text in UTF-8. Save it as that, then start again.") from error


# ---- where it is ----


def line_of(text: str, at: Sequence[Step]) -> int:
    """The line, from 1, of what stands at a path of keys and places in a TOML text, or of the nearest table above it.

    The value there is replaced by a mark, and the mark is looked for: tomlkit writes everything else out as it was.
    """
    import tomlkit  # only where there is a mistake to point at

    document = tomlkit.parse(text)
    parent: Any = None
    key: Step = ""
    item: Any = document
    for step in at:
        try:
            below = item[step]
        except (KeyError, IndexError, TypeError):
            break
        parent, key, item = item, step, below
    if parent is None:
        return 1
    _mark(parent, key, item)
    marked = tomlkit.dumps(document)
    return marked.count("\n", 0, max(marked.find(MARK), 0)) + 1


def _mark(parent: Any, key: Step, item: Any) -> None:
    """Put the mark on a table's heading, as a comment, or in the place of a value; a table without a heading has its first entry marked."""
    from tomlkit.items import AoT, Table

    if isinstance(item, AoT):
        _mark(item, 0, item[0])
    elif isinstance(item, Table) and item.is_super_table() and len(item):
        first = next(iter(item))
        _mark(item, first, item[first])
    elif isinstance(item, Table):
        item.comment(MARK)
    else:
        parent[key] = MARK


# ---- what is wrong ----


def _first(error: ValidationError, model: type[Data]) -> tuple[tuple[Step, ...], str]:
    """The mistake to report, with its path: a misspelt name before the gap that it leaves."""
    mistakes = sorted(error.errors(include_url=False), key=lambda one: one["type"] != "extra_forbidden")
    one = mistakes[0]
    at: tuple[Step, ...] = tuple(one["loc"])
    cause = one.get("ctx", {}).get("error")
    if isinstance(cause, Mistake):
        return (*at, *cause.at), str(cause)
    return at, _said(one, at, model)


def _said(one: Any, at: tuple[Step, ...], model: type[Data]) -> str:
    """A mistake in a sentence, and what to do."""
    kind, name = one["type"], _name(at)
    match kind:
        case "extra_forbidden":
            return unknown(str(at[-1]), _fields(model, at[:-1]))
        case "missing":
            return f"{name} is missing. Add it, then start again."
        case "string_type":
            return f'{name} must be text. Write it between double quotation marks: {_last_key(at)} = "...".'
        case "string_too_short" | "too_short":
            return f"{name} is empty. Fill it in, then start again."
        case "bool_type":
            return f"{name} must be true or false."
        case "less_than" | "greater_than" | "float_type":
            return f"{name} must be a number between 0 and 1, such as 0.5."
        case "literal_error":
            return f"{one['input']!r} is not known for {name}. Choose one of {one['ctx']['expected']}.".replace("'", '"')
        case "tuple_type" | "list_type":
            return _wants_list(model, at, name)
        case "model_type" | "dict_type":
            return f"{name} must be a section of its own. Begin it with a line [{'.'.join(s for s in at if isinstance(s, str))}]."
        case _:
            return f"{name}: {one['msg']}. Correct it, then start again."


def _wants_list(model: type[Data], at: tuple[Step, ...], name: str) -> str:
    if _fields(model, (*at, 0)):
        return f"{name} must be sections of their own. Begin each with a line [[{'.'.join(s for s in at if isinstance(s, str))}]]."
    return f'{name} must be a list of texts. Write it so: {_last_key(at)} = ["...", "..."].'


def _name(at: Sequence[Step]) -> str:
    """How a message names a place: the field, and the number of the entry in it."""
    key = _last_key(at)
    return f"entry {int(at[-1]) + 1} of {key}" if at and isinstance(at[-1], int) else key


def _last_key(at: Sequence[Step]) -> str:
    return next((step for step in reversed(at) if isinstance(step, str)), "the file")


def _fields(model: type[Data], at: Sequence[Step]) -> list[str]:
    """The names that may stand in the table at this path; none where no table of known fields is wanted."""
    here: Any = model
    for step in at:
        if isinstance(step, int) or not (isinstance(here, type) and issubclass(here, Data)):
            continue
        found = next((field for name, field in here.model_fields.items() if step in (name, field.alias)), None)
        here = _table_in(found.annotation) if found else None
    if not (isinstance(here, type) and issubclass(here, Data)):
        return []
    return [field.alias or name for name, field in here.model_fields.items()]


def _table_in(annotation: Any) -> Any:
    """The model that an annotation holds: Theme of tuple[Theme, ...]."""
    if isinstance(annotation, type) and issubclass(annotation, Data):
        return annotation
    return next((found for part in get_args(annotation) if (found := _table_in(part)) is not None), None)
