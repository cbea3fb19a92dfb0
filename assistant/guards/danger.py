"""Danger in three levels: what cannot wait a minute, what cannot wait until tomorrow, and all else.

A trained model hears it (`knowledge.danger_reader`); a few phrases in danger.toml, for words that must never depend on a model, can only
raise what it hears. It judges a message with the latest before it. A long one is heard in stretches, and the gravest counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from assistant.guards.danger_data import Thresholds
from assistant.guards.danger_signs import DangerSigns
from knowledge.danger_reader import EARLIER, DangerReader, Heard, joined
from knowledge.embedding import SentenceEmbedder
from knowledge.learned import Learned
from knowledge.text import sentences

STRETCH = 130  # words of a message that are heard at once: the model reads 256 tokens, those of earlier messages among them
FEWEST_WORDS, MOST_WORDS = 4, 14  # of those that are told as what led to it
JOINING = frozenset({"and", "but", "so", "because", "when", "while", "that", "who", "which", "then", "if"})
ELSEWHERE, SURE = 0.5, 0.75  # doubt that reviews have anything for it, and how sure the model must be of danger all the same
WORD = re.compile(r"\S+")
EDGES = " \t\n,.;:!?-\u2013\u2014\"'()\u2018\u2019\u201c\u201d"


class Level(IntEnum):
    """How long a message can wait."""

    NONE = 0
    TODAY = 1
    NOW = 2


@dataclass(frozen=True, slots=True)
class Alarm:
    """What a message is taken for: its level, the kind of danger (see `danger_reader.KINDS`), and its words that led to it."""

    level: Level
    kind: str = "other"
    words: str = ""


class DangerLevels:
    """Hears danger in messages. `thresholds` are the least probabilities for an alarm; keeps nothing of what it hears."""

    def __init__(self, signs: DangerSigns, thresholds: Thresholds, reader: DangerReader | None = None) -> None:
        self._signs = signs
        self._thresholds = thresholds
        self._reader = reader or DangerReader()
        self._embedder = SentenceEmbedder()
        self._learned = Learned(self._embedder)

    def warm(self) -> None:
        """Load the model."""
        self._reader.load()

    def hear(self, message: str, history: Sequence[str] = ()) -> Alarm:
        """What the message is taken for; `history` are the writer's earlier messages, oldest first.

        What an earlier message was alarming for, and this one adds nothing to, is not told again.
        """
        said = self._signs.now(message)
        gravest, stretch = self._gravest(message, history)
        level = Level.NOW if said else self._level(gravest)
        if level is not Level.NONE and not said and self._of_no_child(message, gravest):
            return Alarm(Level.NONE)
        alone = self._level_of(message) if history else level
        if alone > level or (alone < level <= max(map(self._level_of, history[-EARLIER:]))):
            level = alone
        if level is Level.NONE:
            return Alarm(Level.NONE)
        return Alarm(level, gravest.kind, self._words(stretch) if alone is not Level.NONE else "")

    def _gravest(self, message: str, history: Sequence[str] = ()) -> tuple[Heard, str]:
        """What the model makes of the gravest stretch of a message, and that stretch."""
        heard = [(self._reader.hear(joined(stretch, history)), stretch) for stretch in _stretches(message)]
        return max(heard, key=lambda one: (self._level(one[0]), one[0].now, one[0].today), default=(Heard(0.0, 0.0, "other"), ""))

    def _level_of(self, message: str) -> Level:
        """The level of a message on its own."""
        return Level.NOW if self._signs.now(message) else self._level(self._gravest(message)[0])

    def _of_no_child(self, message: str, heard: Heard) -> bool:
        """Whether the model is not sure of what reviews never write about: it knows little of printers and recipes."""
        return heard.now + heard.today < SURE and self._learned.nothing(self._embedder.embed_query(message)) > ELSEWHERE

    def _level(self, heard: Heard) -> Level:
        if heard.now >= self._thresholds.now:
            return Level.NOW
        return Level.TODAY if heard.now + heard.today >= self._thresholds.today else Level.NONE

    def _words(self, stretch: str) -> str:
        """The part of a sentence that is grave on its own and without which the rest of the stretch is less so."""

        def grave(text: str) -> float:
            heard = self._reader.hear(text)
            return heard.now + heard.today

        parts = list(_parts(stretch))
        if len(parts) < 2:
            return "".join(parts)
        found = max(parts, key=lambda part: grave(part) - grave(stretch.replace(part, " ", 1)))
        first, _, rest = found.partition(" ")
        return rest if first.lower() in JOINING else found


def _stretches(message: str) -> Iterator[str]:
    """The message, or, of a long one, stretches of whole sentences that overlap by half."""
    words = list(WORD.finditer(message))
    if len(words) <= STRETCH:
        if words:
            yield message
        return
    starts = {start for start, _, _ in sentences(message)}
    first = 0
    while first < len(words):
        last = min(first + STRETCH, len(words)) - 1
        yield message[words[first].start() : words[last].end()]
        if last == len(words) - 1:
            return
        half = first + STRETCH // 2
        first = next((i for i in range(half, last) if words[i].start() in starts), half)


def _parts(message: str) -> Iterator[str]:
    """The parts of a message's sentences, between commas and joining words, none longer than can be told in a line."""
    for start, end, _ in sentences(message):
        held: list[str] = []
        for word in message[start:end].split():
            joins = word.lower().strip(EDGES) in JOINING
            if (joins and len(held) >= FEWEST_WORDS) or len(held) == MOST_WORDS:
                yield " ".join(held).strip(EDGES)
                held = []
            held.append(word)
            if word[-1] in ",;:" and len(held) >= FEWEST_WORDS:
                yield " ".join(held).strip(EDGES)
                held = []
        if held:
            yield " ".join(held).strip(EDGES)
