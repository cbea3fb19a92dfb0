"""The nouns of a learning pack: what was chosen, extracts whose every word is proven, stages, and the pack itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from assistant.models.reply import Citation
from assistant.packs.when import when_of
from knowledge.briefing import Briefing, Quotation
from knowledge.errors import ReflectionError
from knowledge.text import sentences

Kind = Literal["case", "theme", "document"]


class PackError(ReflectionError):
    """A pack cannot be made, changed, opened or written; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a pack is about: a case by its pseudonym, a theme by its id, or a document. `documents` are ids of briefings."""

    kind: Kind
    name: str
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an extract: in which of its citations it stands, and where on the page."""

    citation: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Extract:
    """One or more passages of one page that follow one another, shown from sentence `first` to `last` (counted from 0, both shown).

    `whole` are the passages in full; `citations` what is shown of them. Every word of both is proven: a Quotation cannot be built
    unless its page carries it. `case` is the pseudonym whose story it belongs to, `when` the time that its words or its heading tell of,
    `themes` ids of themes, `distressing` whether it can distress somebody who reads it.

    Raises PackError where it holds no words, or no such sentences.
    """

    whole: tuple[Citation, ...]
    first: int = 0
    last: int | None = None
    case: str = ""
    when: str = ""
    themes: tuple[str, ...] = ()
    distressing: bool = False

    def __post_init__(self) -> None:
        count = len(self.sentences)
        if not self.whole or not 0 <= self.first <= self.end < count:
            raise PackError(f"An extract of {count} sentences cannot be shown from {self.first + 1} to {self.end + 1}.")

    @property
    def end(self) -> int:
        """The place of the last sentence that is shown."""
        return len(self.sentences) - 1 if self.last is None else self.last

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences of the passages, in order."""
        return tuple(
            Sentence(place, one.quotation.start + start, one.quotation.start + end, text)
            for place, one in enumerate(self.whole)
            for start, end, text in _lines(one.quotation.text)
        )

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What is shown, each a proven quotation."""
        shown: dict[int, tuple[int, int]] = {}
        for one in self.sentences[self.first : self.end + 1]:
            shown[one.citation] = (shown.get(one.citation, (one.start, 0))[0], one.end)
        return tuple(_part(self.whole[place], start, end) for place, (start, end) in shown.items())

    @property
    def lines(self) -> tuple[str, ...]:
        """The words that are shown, a line a paragraph or item, white space as single blanks."""
        found = []
        for one in self.citations:
            for line in one.quotation.text.split("\n"):
                words = " ".join(line.removeprefix("•").split())
                if words:
                    found.append(words)
        return tuple(found)

    @property
    def words(self) -> int:
        """How many words are shown."""
        return sum(len(line.split()) for line in self.lines)

    @property
    def key(self) -> str:
        """What it is called in a pack, whatever is shown of it: its document, page and place there."""
        first, last = self.whole[0].quotation, self.whole[-1].quotation
        return f"{first.briefing.id}:{first.page.number}:{first.start}-{last.end}"

    @property
    def briefing(self) -> Briefing:
        """The document that it is from."""
        return self.whole[0].quotation.briefing

    @property
    def starter(self) -> bool:
        """Whether the words are the product's own, written for it: shown without quotation marks."""
        return self.briefing.starter

    @property
    def shortened(self) -> bool:
        """Whether less is shown than the passages hold."""
        return self.first > 0 or self.end < len(self.sentences) - 1

    def shown(self, first: int, last: int) -> Extract:
        """The same extract, shown from sentence `first` to sentence `last`, dated by what is shown where that prints a date.

        Raises PackError where there are no such sentences.
        """
        cut = replace(self, first=first, last=last)
        if not self.when:
            return cut
        told = when_of("\n".join(cut.lines)) or when_of("\n".join(one.quotation.text for one in self.whole))
        return replace(cut, when=told.text) if told else cut

    def fitted(self, most: int) -> Extract:
        """The same from its first sentence on, cut at a sentence's end to at most `most` words; one sentence stays in any case."""
        last, words = self.first, len(self.sentences[self.first].text.split())
        for place in range(self.first + 1, self.end + 1):
            words += len(self.sentences[place].text.split())
            if words > most:
                break
            last = place
        return self.shown(self.first, last)


def _lines(text: str) -> Iterator[tuple[int, int, str]]:
    """The sentences of a text whose lines are items of their own, without what marks an item."""
    at = 0
    for line in text.split("\n"):
        mark = len(line) - len(line.removeprefix("•").lstrip())
        for start, end, words in sentences(line[mark:]):
            if words.strip():
                yield at + mark + start, at + mark + end, words
        at += len(line) + 1


def _part(citation: Citation, start: int, end: int) -> Citation:
    whole = citation.quotation
    if (start, end) == (whole.start, whole.end):
        return citation
    return replace(citation, quotation=Quotation(whole.briefing, whole.page, start, end, whole.page.text[start:end]))


@dataclass(frozen=True, slots=True)
class Ask:
    """An open question at a stop. `why` is what it is asked for; `own` says that the trainer wrote it."""

    question: str
    why: str = ""
    theme: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the story, then a stop with one or two questions."""

    extract: Extract
    asks: tuple[Ask, ...] = ()

    @property
    def key(self) -> str:
        """What the stage is called in a pack."""
        return self.extract.key


@dataclass(frozen=True, slots=True)
class Pack:
    """A session for trainers.

    `audience` is an id of `words.toml`, `minutes` the session's length. After the stages, in order, come what the review `found`
    (kept back until then), what `helped`, what it advised (`advice`), and what other documents say on the same themes (`elsewhere`).
    `spare` are stages that stand ready instead of others, `dropped` the keys of extracts that the trainer took out.
    """

    choice: Choice
    audience: str
    minutes: int
    title: str
    stages: tuple[Stage, ...]
    found: tuple[Extract, ...] = ()
    helped: tuple[Extract, ...] = ()
    advice: tuple[Extract, ...] = ()
    elsewhere: tuple[Extract, ...] = ()
    spare: tuple[Stage, ...] = ()
    dropped: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    made: date = field(default_factory=date.today)

    @property
    def extracts(self) -> tuple[Extract, ...]:
        """All that the pack quotes, in the order of the session."""
        return (*(stage.extract for stage in self.stages), *self.found, *self.helped, *self.advice, *self.elsewhere)

    @property
    def distressing(self) -> tuple[int, ...]:
        """The numbers, from 1, of the stages that can distress."""
        return tuple(number for number, stage in enumerate(self.stages, 1) if stage.extract.distressing)
