"""Whether what a briefing rests on still stands: statutory guidance, boards, bodies, contacts."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from knowledge.briefing import Briefing


@dataclass(frozen=True, slots=True)
class Guidance:
    """An edition of statutory guidance; `note` says what became of it."""

    name: str
    stands: bool
    note: str


@dataclass(frozen=True, slots=True)
class Changed:
    """Something that has changed since it was printed: a pattern to find it by, and what to tell."""

    prints: re.Pattern[str]
    note: str


@cache
def _data() -> tuple[dict[str, Guidance], tuple[Changed, ...]]:
    data = tomllib.loads((files("knowledge") / "guidance.toml").read_text("utf-8"))
    editions = {g["name"]: Guidance(g["name"], g["stands"], g["note"]) for g in data["guidance"]}
    return editions, tuple(Changed(re.compile(c["prints"], re.IGNORECASE | re.DOTALL), c["note"]) for c in data["changed"])


_of_the_deployment: dict[str, Guidance] = {}


def use(editions: Sequence[Guidance]) -> None:
    """Judge these editions as the deployment does; the others as the product does. For this process."""
    _of_the_deployment.clear()
    _of_the_deployment.update({edition.name: edition for edition in editions})


def cited_by(briefing: Briefing) -> tuple[Guidance, ...]:
    """The guidance that a briefing cites, each with whether it stands. Unknown editions are left out."""
    editions = _data()[0] | _of_the_deployment
    return tuple(editions[name] for name in briefing.details.guidance if name in editions)


def superseded(briefing: Briefing) -> tuple[Guidance, ...]:
    """The guidance that a briefing cites and that has been replaced since."""
    return tuple(guidance for guidance in cited_by(briefing) if not guidance.stands)


def changed_since(text: str) -> tuple[str, ...]:
    """What has changed since the text was printed, a sentence each."""
    _, changes = _data()
    return tuple(change.note for change in changes if change.prints.search(text))
