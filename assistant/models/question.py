"""What a message asks, as the rooms after `query` need it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.language.typed_patterns import typed_pattern
from assistant.models.period import Period
from knowledge.word_forms import divisions


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    `terms` are the words it is about, in order, mended; `scope` the ids of the briefings
    it names (empty: all); `cases` the pseudonyms it names; `defines` the terms whose
    meaning it asks for. `account` marks a message that tells of a situation rather than
    asks. A follow-up keeps in `carried` what the thread was
    about, and in `fresh` the words that it adds. `mended` pairs a word as typed with the word searched for. `parts` are the terms of
    each sentence or aside that holds some, where there are several. `respelled` pairs words that the library writes another way
    ("xray", "x-ray"), `also` gives a term's further forms there. `period` is the time
    whose briefings it asks after, and `outside` are the ids of those that are not of it. `thread` are the terms of `carried`.
    """

    text: str
    terms: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    defines: tuple[str, ...] = ()
    of_all: bool = False
    account: bool = False
    origin: bool = False
    currency: bool = False
    number: bool = False
    guidance: bool = False
    carried: str = ""
    fresh: tuple[str, ...] = ()
    mended: tuple[tuple[str, str], ...] = field(default_factory=tuple)
    parts: tuple[tuple[str, ...], ...] = ()
    thread: tuple[str, ...] = ()
    period: Period | None = None
    outside: frozenset[str] = frozenset()
    respelled: tuple[tuple[str, str], ...] = ()
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def narrow(self) -> bool:
        """Whether one place answers it: a case, a named briefing, a number, a meaning, a date."""
        return bool(self.cases or self.scope or self.number or self.defines or self.origin)

    @property
    def as_printed(self) -> str:
        """The message without its period, words as the library writes them: models know those ways of writing better."""
        text = typed_pattern(re.escape(self.period.said), ignore_case=True).sub(" ", self.text) if self.period else self.text
        printed = divisions(text)
        for typed, right in (*self.mended, *self.respelled):
            printed = typed_pattern(rf"(?<!\w){re.escape(typed)}(?!\w)", ignore_case=True).sub(right, printed)
        return printed

    @property
    def message(self) -> str:
        """The message as printed, with the thread that a follow-up carries on."""
        return f"{self.carried} {self.as_printed}" if self.carried else self.as_printed

    def forms(self, term: str) -> tuple[str, ...]:
        """A term and the other ways in which the library writes it."""
        return (term, *self.also.get(term, ()))

    @property
    def core(self) -> str:
        """The words it is about, as one phrase."""
        return " ".join(self.terms)
