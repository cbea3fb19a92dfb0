"""The few signs of danger now that never depend on a model: phrases of `danger.toml`, and what takes them back."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.guards.danger_data import DangerData
from assistant.guards.phrases import PhraseCompiler, Words, sentences_of


@dataclass(frozen=True, slots=True)
class _Sign:
    """One sign of danger: what is said, and what takes it back."""

    says: re.Pattern[str]
    unless: re.Pattern[str] | None


class DangerSigns:
    """Tells whether a message speaks of danger now, not of history, a general question or training material."""

    def __init__(self, data: DangerData, words: Words) -> None:
        phrases = PhraseCompiler(data.groups)
        self._words = words
        frames = {name: phrases.compile(said) for name, said in data.frames}
        self._training, self._general = frames["training"], frames["general"]
        self._past, self._habit = frames["past"], frames["habit"]
        self._turn, self._now = frames["turn"], frames["now"]
        self._denied = re.compile(frames["denied"].pattern + r"(?:[^ .,]+ ){0,2}$")
        self._was = re.compile(frames["was"].pattern + r"(?:[^ .,]+ )?$")
        self._signs = [_Sign(phrases.compile(sign.says), phrases.compile(sign.unless) if sign.unless else None) for sign in data.signs]

    def now(self, message: str) -> bool:
        """Whether somebody may be in danger now, by what is said."""
        text = self._words.plain(message)
        if self._training.search(text):
            return False
        return any(self._speaks(sign, sentence) for sentence in sentences_of(text) for sign in self._signs)

    def _speaks(self, sign: _Sign, sentence: str) -> bool:
        if sign.unless and sign.unless.search(sentence):
            return False
        return any(self._present(sentence, hit) for hit in sign.says.finditer(sentence))

    def _present(self, sentence: str, hit: re.Match[str]) -> bool:
        before = sentence[: hit.start()]
        if self._denied.search(before) or self._is_framed(before, hit.group()):
            return False
        clause = _clause(sentence, hit)
        if self._now.search(clause):
            return True
        return not (self._was.search(before) or self._habit.search(clause) or self._past.search(sentence))

    def _is_framed(self, before: str, hit: str) -> bool:
        """Whether the words stand inside a general question ("what do reviews say about ..."), not after it."""
        frames = list(self._general.finditer(before + hit))
        return bool(frames) and not self._turn.search((before + hit)[frames[-1].end() - 1 :])


def _clause(sentence: str, hit: re.Match[str]) -> str:
    """The sentence from the comma before the hit to the comma after it."""
    start = sentence.rfind(" , ", 0, hit.start() + 1)
    end = sentence.find(" , ", hit.end() - 1)
    return sentence[max(start, 0) : end + 1 if end >= 0 else len(sentence)]
