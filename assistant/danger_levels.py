"""Danger in three levels: what cannot wait a minute, what cannot wait until tomorrow, and all else.

A trained model hears it (`knowledge.danger_reader`); a few phrases in guards.toml, for words that must never depend on a model, can only
raise what it hears. It judges a message with the latest before it. A long one is heard in stretches, and the gravest counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from assistant.danger import Danger
from assistant.guards_data import Thresholds
from knowledge.danger_reader import DangerReader, Heard, joined
from knowledge.embedding import SentenceEmbedder
from knowledge.learned import Learned
from knowledge.sentences import sentences

STRETCH = 130  # words of a message that are heard at once: the model reads 256 tokens, those of earlier messages among them
MOST_WORDS = 10  # of those that are told as what led to it
ELSEWHERE = 0.5  # doubt that reviews have anything for it; of 130 messages of danger that nothing was trained on, none lies above .4
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

    def __init__(self, phrases: Danger, thresholds: Thresholds, reader: DangerReader | None = None) -> None:
        self._phrases = phrases
        self._thresholds = thresholds
        self._reader = reader or DangerReader()
        self._embedder = SentenceEmbedder()
        self._learned = Learned(self._embedder)

    def warm(self) -> None:
        """Load the model."""
        self._reader.load()

    def hear(self, message: str, history: Sequence[str] = ()) -> Alarm:
        """What the message is taken for; `history` are the writer's earlier messages, oldest first."""
        heard = [(stretch, self._reader.hear(joined(stretch, history))) for stretch in _stretches(message)]
        if not heard:
            return Alarm(Level.NONE)
        stretch, gravest = max(heard, key=lambda one: (self._level(one[1]), one[1].now, one[1].today))
        level = Level.NOW if self._phrases.now(message) else self._level(gravest)
        if level is Level.NONE or (not self._phrases.now(message) and self._of_no_child(message)):
            return Alarm(Level.NONE)
        return Alarm(level, gravest.kind, _words(stretch, gravest))

    def _of_no_child(self, message: str) -> bool:
        """Whether a message is of something that reviews never write about, which the model knows little of: a printer, a recipe."""
        return self._learned.nothing(self._embedder.embed_query(message)) > ELSEWHERE

    def _level(self, heard: Heard) -> Level:
        if heard.now >= self._thresholds.now:
            return Level.NOW
        return Level.TODAY if heard.now + heard.today >= self._thresholds.today else Level.NONE


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


def _words(message: str, heard: Heard) -> str:
    """The run of words of one sentence that moves the message most towards danger; empty where only earlier messages do."""
    best, found = 0.0, ""
    middle = float(np.mean(heard.weights))
    for start, end, _ in sentences(message):
        spans = [(start + m.start(), start + m.end()) for m in WORD.finditer(message[start:end])]
        worth = [sum(float(w) - middle for w, (a, b) in zip(heard.weights, heard.places, strict=True) if s <= a < b <= e) for s, e in spans]
        for i in range(len(spans)):
            for j in range(i, min(i + MOST_WORDS, len(spans))):
                if (total := sum(worth[i : j + 1])) > best:
                    best, found = total, message[spans[i][0] : spans[j][1]]
    return found.strip(EDGES)
