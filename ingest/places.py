"""Places and bodies of the United Kingdom that publish: `publishers.toml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import as_file, files
from pathlib import Path

from pydantic import Field

from knowledge.data_file import Data, Text, load_toml

FRONT = re.compile(
    r"^(?:(?:the|(?:royal |london )?borough of|metropolitan borough of|city (?:and county )?of|county of|county|west of|east of|"
    r"north of|south of|pan|greater)\s+)+"
)
BACK = re.compile(r"(?:\s+(?:city|county|borough|district|metropolitan|mbc|and district|council|local|area))+$")
JOINS = re.compile(r" and |, ?|/")
LONGEST_PHRASE = 90  # letters: "Bath and North East Somerset, Bristol and South Gloucestershire" has 63


@dataclass(frozen=True, slots=True)
class Body:
    """A body that publishes for the whole of one nation or more: `role` is inspectorate, government or national.

    `publishes` is the kind of its documents that do not say what they are.
    """

    name: str
    prints: re.Pattern[str]
    sites: tuple[str, ...]
    role: str
    nation: str
    publishes: str
    full: tuple[tuple[str, str], ...]


class Places(Data):
    """The places of a nation, as in the file."""

    authorities: tuple[Text, ...]
    areas: tuple[Text, ...] = ()


class Nations(Data):
    """The places by nation."""

    england: Places = Field(alias="England")
    wales: Places = Field(alias="Wales")
    scotland: Places = Field(alias="Scotland")
    northern_ireland: Places = Field(alias="Northern Ireland")


class Entry(Data):
    """A body, as in the file: `prints` is a regular expression."""

    name: Text
    prints: Text
    role: Text
    nation: str
    publishes: str = ""
    sites: tuple[Text, ...] = ()
    full: dict[str, Text] = Field(default_factory=dict)


class Publishers(Data):
    """The file."""

    places: Nations
    body: tuple[Entry, ...]


def load_publishers(path: Path) -> Publishers:
    """The places and bodies of a file. Raises SettingsError that names the line that is wrong."""
    return load_toml(Publishers, path)


@dataclass(frozen=True, slots=True)
class _Known:
    nations: dict[str, str]
    bodies: tuple[Body, ...]


@cache
def _data() -> _Known:
    with as_file(files("ingest") / "publishers.toml") as path:
        read = load_publishers(path)
    nations: dict[str, str] = {}
    for field, told in Nations.model_fields.items():
        names: Places = getattr(read.places, field)
        for name in (*names.authorities, *names.areas):
            nations.setdefault(_plain(name), str(told.alias))
    bodies = tuple(
        Body(b.name, re.compile(rf"\b(?:{b.prints})"), b.sites, b.role, b.nation, b.publishes, tuple(b.full.items())) for b in read.body
    )
    return _Known(nations, bodies)


def bodies(*roles: str) -> tuple[Body, ...]:
    """The bodies of these roles, in the order of the file."""
    return tuple(body for body in _data().bodies if body.role in roles)


@lru_cache(4096)
def nation_of(phrase: str) -> str:
    """The nation of a place, or of several that are joined ("Leicestershire and Rutland"); empty for what is no place of ours."""
    nations, plain = _data().nations, _plain(phrase)
    for bare in dict.fromkeys((plain, BACK.sub("", plain), FRONT.sub("", plain), FRONT.sub("", BACK.sub("", plain)))):
        if bare in nations:
            return nations[bare]
    for join in JOINS.finditer(plain):
        if (nation := nation_of(plain[: join.start()])) and nation_of(plain[join.end() :]):
            return nation
    return ""


def place_ending(text: str) -> str:
    """The longest place that a text ends with, as printed: "Chair of West of Berkshire" gives "West of Berkshire"; empty where none."""
    text = text[-LONGEST_PHRASE:]
    words = list(re.finditer(r"(?<!\S)\S+", text))
    for word in words:
        phrase = text[word.start() :].strip()
        if phrase[:1].isupper() and nation_of(phrase.rstrip(",")):
            return " ".join(phrase.rstrip(",").split())
    return ""


def places_opening(tokens: list[str]) -> list[str]:
    """The places that these words begin with, one after another: ["milton", "keynes", "2015"] gives ["Milton Keynes"]."""
    for count in range(min(len(tokens), 6), 0, -1):
        phrase = " ".join(tokens[:count])
        if _plain(phrase) in _data().nations:
            return [phrase, *places_opening(tokens[count + (tokens[count : count + 1] == ["and"]) :])]
    return []


def _plain(name: str) -> str:
    """A name as names are compared: small letters, "&" as "and", no full stops, apostrophes or hyphens."""
    plain = re.sub(r"\s*&\s*", " and ", name.lower().replace(", and ", " and "))
    return " ".join(re.sub(r"[.’']", "", plain).replace("-", " ").split())
