"""The examples that models learn from, and what a model could cheat by.

usage: python -m training.data

prints how many examples there are of each kind, and how often length alone, shared words alone or a heading alone would put the
more useful of two passages of a message first (.5 tells nothing). A model has to be better than these by far.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from knowledge.data_file import Data, Flag, Text, load_json_lines

FOLDER = Path(__file__).parent
WORD = re.compile(r"[a-z']{3,}")
USEFUL = 2  # the least grade of a passage that a supervisor would call useful

Source = Literal["review", "inspection", "guidance", "coroner", "adult review", "homicide review", "research"]
Level = Literal["now", "today", "none"]


class Graded(Data):
    """A passage as a document prints it, with how useful it is to the writer of a message.

    `grade`: 3 a good supervisor would put exactly this in front of the writer, 2 clearly useful, 1 loosely related, 0 not useful.
    `answers`: it prints what was asked, or speaks directly to what was told; None where nobody judged that.
    """

    grade: Literal[0, 1, 2, 3]
    text: Text
    heading: str
    answers: Flag | None = None
    source: Source = "review"


class Reading(Data):
    """A message and the passages that were judged for it. `history` are the writer's earlier messages, oldest first."""

    id: Text
    theme: Text
    form: Literal["account", "question", "follow", "none"]
    role: Text
    message: Text
    history: tuple[str, ...] = ()
    passages: tuple[Graded, ...] = Field(min_length=5)


class Line(Data):
    """A line of a learning briefing, with the heading that it stands under."""

    text: Text
    heading: str = ""


class Told(Data):
    """A line as documents print it, and whether it says something about practice or tells only of the document or the review itself."""

    text: Text
    heading: str
    about: Literal["practice", "apparatus"]
    kind: Text


class Reflection(Data):
    """What a worker says to herself in a few plain words, without a word of the field: reviews have something for it."""

    message: Text


class Judged(Data):
    """How useful passages that the search found are to the writer of a message, judged by reading each.

    `message` is its file and id ("short-messages/s012"). `grades` has a grade for each passage: "file/id/place" of another message's
    passage (places count from 0), or "briefing-lines/place".
    """

    message: Text
    grades: dict[str, Literal[0, 1, 2, 3]]


class Danger(Data):
    """A message and whether it can wait: `now` 999 first, `today` the safeguarding lead before the day is over, `none` neither.

    `words` are those that decide it, as they stand in the message; members of one `group` are look-alikes of each other.
    """

    id: Text
    level: Level
    role: Text
    kind: Text
    group: str = Field(alias="set")
    message: Text
    words: tuple[str, ...]
    history: tuple[str, ...] = ()


def readings() -> dict[str, tuple[Reading, ...]]:
    """The examples of reading, by file. Raises SettingsError."""
    return {path.stem: load_json_lines(Reading, path) for path in sorted((FOLDER / "reading").glob("*.jsonl"))}


def judged() -> tuple[Judged, ...]:
    """What was judged of passages that the search found. Raises SettingsError."""
    return load_json_lines(Judged, FOLDER / "judged.jsonl")


def reflections() -> tuple[Reflection, ...]:
    """Short reflections. Raises SettingsError."""
    return load_json_lines(Reflection, FOLDER / "reflections.jsonl")


def briefing_lines() -> tuple[Line, ...]:
    """Lines as learning briefings print them. Raises SettingsError."""
    return load_json_lines(Line, FOLDER / "briefing-lines.jsonl")


def told_lines() -> tuple[Told, ...]:
    """Lines about practice, and about documents themselves. Raises SettingsError."""
    return load_json_lines(Told, FOLDER / "apparatus.jsonl")


def dangers() -> dict[str, tuple[Danger, ...]]:
    """The examples of danger, by file. Raises SettingsError."""
    return {path.stem: load_json_lines(Danger, path) for path in sorted((FOLDER / "danger").glob("*.jsonl"))}


def told_by(examples: Sequence[Reading], sign: Callable[[Reading, Graded], float]) -> float:
    """The share of pairs of passages, one useful and one not, in which the sign is greater for the useful one; ties count half."""
    won = [
        (sign(one, better) > sign(one, worse)) + 0.5 * (sign(one, better) == sign(one, worse))
        for one in examples
        for better, worse in _pairs(one)
    ]
    return sum(won) / len(won) if won else 0.5


def _pairs(one: Reading) -> Iterator[tuple[Graded, Graded]]:
    useful = [passage for passage in one.passages if passage.grade >= USEFUL]
    return itertools.product(useful, [passage for passage in one.passages if passage.grade < USEFUL])


def length(_: Reading, passage: Graded) -> float:
    """How many words a passage has."""
    return len(passage.text.split())


def shared_words(one: Reading, passage: Graded) -> float:
    """The share of the message's words that stand in the passage."""
    asked = set(WORD.findall(one.message.lower()))
    return len(asked & set(WORD.findall(passage.text.lower()))) / max(1, len(asked))


def headed(_: Reading, passage: Graded) -> float:
    """Whether a heading stands over it."""
    return float(bool(passage.heading))


def main() -> None:
    """Print what there is."""
    print(f"{'reading':36}{'messages':>9}{'passages':>9}{'length':>8}{'words':>8}{'heading':>8}")
    for name, examples in readings().items():
        signs = "".join(f"{told_by(examples, sign):8.2f}" for sign in (length, shared_words, headed))
        print(f"{name:36}{len(examples):9,}{sum(len(one.passages) for one in examples):9,}{signs}")
    print(f"\n{'danger':36}{'messages':>9}{'now':>9}{'today':>8}{'none':>8}")
    for name, found in dangers().items():
        levels = Counter(one.level for one in found)
        print(f"{name:36}{len(found):9,}{levels['now']:9,}{levels['today']:8,}{levels['none']:8,}")


if __name__ == "__main__":
    main()
