"""The examples as lists to learn an order from: a message, and passages with their grades.

One message in ten is held back: nothing is trained on it, and what decides between answer and silence is fitted on it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.embedding import embedded_text
from training.data import Graded, Reading, briefing_lines, judged, readings

HELD_BACK = 10  # one message in so many
EARLIER = 2  # messages that a follow-up is read with, as `assistant.query.parse` does


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage for a message: as it is embedded, without its heading, how useful it is (0 to 3), and whether it answers."""

    text: str
    bare: str
    grade: int
    answers: bool | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A message as it is read, its theme's name, the passages written for it and those that the search found for it."""

    name: str
    message: str
    theme: str
    form: str
    own: tuple[Candidate, ...]
    found: tuple[Candidate, ...]


def read_as(message: str, history: Sequence[str] = ()) -> str:
    """A message as the models read it: with the last messages before it, the latest first."""
    return " ".join((message, *reversed(history[-EARLIER:])))


def held_back(file: str, one: Reading) -> bool:
    """Whether nothing may be trained on a message."""
    return int(hashlib.sha256(f"{one.id}{file}".encode()).hexdigest(), 16) % HELD_BACK == 0


def lists(*, held: bool = False) -> list[Listed]:
    """The messages to train on, or those held back."""
    by_file = readings()
    passages = {
        f"{file}/{one.id}/{i}": (p.text, p.heading) for file, all_ in by_file.items() for one in all_ for i, p in enumerate(one.passages)
    }
    passages |= {f"briefing-lines/{i}": (line.text, line.heading) for i, line in enumerate(briefing_lines())}
    grades: dict[str, dict[str, int]] = {}
    for row in judged():
        grades.setdefault(row.message, {}).update(row.grades)
    return [
        Listed(
            name=f"{file}/{one.id}",
            message=read_as(one.message, one.history),
            theme=one.theme,
            form=one.form,
            own=tuple(map(_own, one.passages)),
            found=tuple(_found(*passages[place], grade) for place, grade in grades.get(f"{file}/{one.id}", {}).items()),
        )
        for file, all_ in by_file.items()
        for one in all_
        if held_back(file, one) == held
    ]


def _own(passage: Graded) -> Candidate:
    return Candidate(embedded_text(passage.text, passage.heading), passage.text, passage.grade, passage.answers)


def _found(text: str, heading: str, grade: int) -> Candidate:
    """A passage that was judged for its use alone: what is of the greatest use answers, and what is of none does not."""
    return Candidate(embedded_text(text, heading), text, grade, {3: True, 0: False}.get(grade))
