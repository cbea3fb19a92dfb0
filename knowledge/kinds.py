"""The kinds of document: a closed set, each with what its words are shown as. The data is `kinds.toml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from knowledge.data_file import Data, Text, load_toml


class Nature(StrEnum):
    """What a document's words are: what a review found, a duty, an inspection's judgement, and so on."""

    BRIEFING = "briefing"
    REPORT = "report"
    DUTY = "duty"
    INSPECTION = "inspection"
    CORONER = "coroner"
    INQUIRY = "inquiry"
    REVIEW = "review"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document. `prints`, `short` and `says` find it in a text: see `kinds.toml`."""

    name: str
    nature: Nature
    prints: re.Pattern[str]
    says: re.Pattern[str]
    short: re.Pattern[str] | None = None
    nation: str = ""
    only_in: str = ""


class Entry(Data):
    """A kind, as in the file."""

    name: Text
    nature: Nature
    prints: Text
    says: str = ""
    short: str = ""
    nation: str = ""
    only_in: str = ""


class Kinds(Data):
    """The file."""

    kind: tuple[Entry, ...]


def load_kinds(path: Path) -> Kinds:
    """The kinds of a file. Raises SettingsError that names the line that is wrong."""
    return load_toml(Kinds, path)


@cache
def kinds() -> tuple[Kind, ...]:
    """All kinds, in the order of the file: where a title names several natures, the first wins."""
    with as_file(files("knowledge") / "kinds.toml") as path:
        entries = load_kinds(path).kind
    return tuple(
        Kind(
            name=entry.name,
            nature=entry.nature,
            prints=re.compile(entry.prints, re.IGNORECASE),
            says=re.compile(entry.says or rf"\bthis\s+(?:\w+\s+)?(?:{entry.prints})", re.IGNORECASE),
            short=re.compile(entry.short) if entry.short else None,
            nation=entry.nation,
            only_in=entry.only_in,
        )
        for entry in entries
    )


@cache
def nature_of(kind: str) -> Nature | None:
    """What the words of a document of this kind are; of several kinds joined by "and", the first. None for what is none of ours."""
    return next((one.nature for one in kinds() if kind == one.name or kind.startswith((f"{one.name},", f"{one.name} and "))), None)
