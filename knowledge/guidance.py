"""Whether what a briefing rests on still stands: statutory guidance, boards, bodies, contacts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from knowledge.briefing import Briefing
from knowledge.data_file import Data, Flag, Text, compiled, load_toml, refuse_repeats


class Guidance(Data):
    """An edition of statutory guidance; `note` says what replaced it, or that it is current."""

    name: Text
    stands: Flag
    note: Text


class Changed(Data):
    """Something that has changed since it was printed: a pattern to find it by, and what to say of it."""

    prints: Annotated[re.Pattern[str], compiled(re.IGNORECASE | re.DOTALL)]
    note: Text


class GuidanceFile(Data):
    """A guidance file; no edition stands in it twice."""

    guidance: Annotated[tuple[Guidance, ...], Field(min_length=1)]
    titles: tuple[Text, ...] = ()
    changed: tuple[Changed, ...] = ()

    @model_validator(mode="after")
    def _no_repeats(self) -> GuidanceFile:
        refuse_editions_twice(self.guidance)
        return self


def refuse_editions_twice(editions: Sequence[Guidance]) -> None:
    """Raise Mistake where two [[guidance]] have one name."""
    names = [edition.name for edition in editions]
    refuse_repeats(names, lambda name: f"{name} stands here twice. Keep one of them.", lambda n: ("guidance", n, "name"))


def load_guidance(path: Path) -> GuidanceFile:
    """Read a guidance file. Raises SettingsError that names the line that is wrong."""
    return load_toml(GuidanceFile, path)


@cache
def _shipped() -> GuidanceFile:
    return load_guidance(Path(str(files("knowledge") / "guidance.toml")))


@cache
def titles() -> re.Pattern[str]:
    """Finds other guidance by its title, the first group, with the year that is printed after it, the second."""
    any_of_them = "|".join(re.escape(title).replace("’", "[’']") for title in _shipped().titles)
    return re.compile(rf"\b({any_of_them})(?:\W{{1,3}}((?:19|20)\d\d))?\b", re.IGNORECASE)


_of_the_deployment: dict[str, Guidance] = {}


def use(editions: Sequence[Guidance]) -> None:
    """Judge these editions as the deployment does; the others as the product does. For this process."""
    _of_the_deployment.clear()
    _of_the_deployment.update({edition.name: edition for edition in editions})


def cited_by(briefing: Briefing) -> tuple[Guidance, ...]:
    """The guidance that a briefing cites, each with whether it stands. Unknown editions are left out."""
    editions = {edition.name: edition for edition in _shipped().guidance} | _of_the_deployment
    return tuple(editions[name] for name in briefing.details.guidance if name in editions)


def superseded(briefing: Briefing) -> tuple[Guidance, ...]:
    """The guidance that a briefing cites and that has been replaced since."""
    return tuple(guidance for guidance in cited_by(briefing) if not guidance.stands)


def changed_since(text: str) -> tuple[str, ...]:
    """What has changed since the text was printed, a sentence each."""
    return tuple(change.note for change in _shipped().changed if change.prints.search(text))
