"""The nouns of the library: briefings, their pages, passages and quotations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from knowledge.errors import QuotationError

UNNUMBERED = "without a number"  # the label of a page without a number where the others' are not their sheets' own


class _Sent(StrEnum):
    """Words that a reading process sends. Python 3.11.2 pickles an enumeration through `getattr`, which nobody may send here."""

    def __reduce_ex__(self, protocol: object) -> tuple[type[_Sent], tuple[str]]:
        return type(self), (self.value,)


class DateBasis(_Sent):
    """Where a briefing's date was found."""

    PRINTED = "printed"
    CONTENT = "content"
    FILE = "file"
    UNKNOWN = "unknown"
    CORRECTED = "corrected by hand"


@dataclass(frozen=True, slots=True)
class Date:
    """A briefing's date as far as it is known.

    `text` is what a reader is shown ("September 2011"); `year` is None where no
    basis was found. A date read from the content ("2019, from its content") is
    never shown as if it had been printed.
    """

    text: str = ""
    year: int | None = None
    basis: DateBasis = DateBasis.UNKNOWN

    def __str__(self) -> str:
        match self.basis:
            case DateBasis.PRINTED:
                return self.text
            case DateBasis.CONTENT:
                return f"date not printed ({self.text}, from its content)"
            case DateBasis.FILE:
                return f"date not printed ({self.text}, from the file's name)"
            case DateBasis.UNKNOWN:
                return "date not printed"
            case DateBasis.CORRECTED:
                return f"{self.text} (corrected by hand)"


@dataclass(frozen=True, slots=True)
class Details:
    """What a briefing says about itself. Empty text means: not found, left open.

    `short_name` is the area that it comes from; `period` the time that the reviews it tells of
    cover ("2012-13"); `nation` the part of the UK whose kind of review it is. `people` are all
    names that it prints, `authors` those who sign it. `contacts` are ("phone" | "email" | "link",
    as printed): of their time, never to be offered as live.
    """

    title: str = ""
    publisher: str = ""
    short_name: str = ""
    date: Date = field(default_factory=Date)
    kind: str = ""
    guidance: tuple[str, ...] = ()
    pseudonyms: tuple[str, ...] = ()
    acronyms: tuple[tuple[str, str], ...] = ()
    people: tuple[str, ...] = ()
    rests_on: str = ""
    nation: str = ""
    period: str = ""
    authors: tuple[str, ...] = ()
    contacts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading's place on its page: offsets into the page's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NoteMark:
    """Where the mark of a note is printed: at offset `at` of its page's text; the note's words are on `page` from `start` to `end`."""

    at: int
    sign: str
    page: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page in reading order, repaired: one block (heading, finding, paragraph) a line.

    `number` counts sheets of the file from 1. A paragraph that runs on over the
    page's end is kept whole here; its words from offset `runs_on` to the end of their line are printed on
    the next sheet (`parts`). Without such a paragraph `runs_on` is None. `label` is the page number
    as printed ("12", "iv"), UNNUMBERED, or empty where the file and its pages say nothing.
    `recognised` says that the words were read off a picture, by text recognition. `marks` are the raised marks of notes,
    which are no part of the text, in its order.
    """

    number: int
    text: str
    label: str = ""
    headings: tuple[Heading, ...] = ()
    runs_on: int | None = None
    recognised: bool = False
    marks: tuple[NoteMark, ...] = ()

    def marks_in(self, start: int, end: int) -> tuple[NoteMark, ...]:
        """The marks of notes in the text from start to end, each note once; one after its last word belongs to it."""
        return tuple({mark.start: mark for mark in self.marks if start < mark.at <= end}.values())

    def parts(self, start: int, end: int) -> tuple[tuple[int, int, int], ...]:
        """The text from start to end, sheet by sheet, as (sheet, start, end): what runs on, to the end of its line, stands on the next."""
        if self.runs_on is None:
            return ((self.number, start, end),)
        over = self.text.find("\n", self.runs_on)
        over = len(self.text) if over < 0 else over
        pieces = ((self.number, start, min(end, self.runs_on)), (self.number + 1, max(start, self.runs_on), min(end, over)))
        return tuple(piece for piece in (*pieces, (self.number, max(start, over), end)) if piece[1] < piece[2])


class PassageKind(_Sent):
    """What a passage is on its page."""

    FINDING = "finding"
    PARAGRAPH = "paragraph"
    ROW = "row"
    LEAD = "lead"
    SIGNATURE = "signature"
    QUESTION = "question"
    NOTE = "note"  # a footnote: it is shown with what it belongs to, never alone
    LABEL = "label"  # it only names something: a title or heading printed again, a line of a table of contents


@dataclass(frozen=True, slots=True)
class Place:
    """Another place where a briefing prints the same finding: offsets into the page, and its `ordinal` as a paragraph."""

    page: int
    start: int
    end: int
    ordinal: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A finding, paragraph or table row: `text` is page `page` from `start` to `end`.

    `heading` is the chain of headings it hangs from, outermost first, joined by
    " > ". `ordinal` counts a briefing's passages from 1 in reading order. `case` is the
    pseudonym of the case that the passage belongs to, where its heading names one.
    `also_at` are the other places where the briefing prints it again, nearly word for word.
    """

    page: int
    start: int
    end: int
    text: str
    heading: str = ""
    kind: PassageKind = PassageKind.PARAGRAPH
    ordinal: int = 0
    case: str = ""
    also_at: tuple[Place, ...] = ()


def case_of(passage: Passage, pseudonyms: Sequence[str]) -> str:
    """The case that a passage tells of: named in the nearest heading that names any, else in its own words; empty where several are."""
    for text in (*reversed(passage.heading.split(" > ")), passage.text):
        named = [name for name in pseudonyms if re.search(rf"\b{re.escape(name)}\b", text)]
        if named:
            return named[0] if len(named) == 1 else ""
    return ""


@dataclass(frozen=True, slots=True)
class Briefing:
    """A briefing in the library.

    `id` is stable for a file; `sha256` is of the file's bytes. `paged` is False
    for formats without pages (Word, text, Markdown): they are cited by heading and
    paragraph, never by an invented page. `source` is where it came from and `same_words` equal for files that hold the same words
    (`knowledge.identity`). `copy_of` is the id of the briefing that it is a copy of: it is kept, and no answer draws on it; `apart`
    says that an editor parted it from others with the same words. `corrected` names the details that a user put right;
    `details` has them put right.
    """

    id: str
    file_name: str
    sha256: str
    details: Details
    paged: bool
    starter: bool = False
    withdrawn: str = ""
    added: str = ""
    pages: int = 0
    passages: int = 0
    source: str = ""
    same_words: str = ""
    copy_of: str = ""
    apart: bool = False
    corrected: tuple[str, ...] = ()

    @property
    def answers(self) -> bool:
        """Whether answers draw on it: it is neither withdrawn nor a copy of another."""
        return not (self.withdrawn or self.copy_of)

    @property
    def short_name(self) -> str:
        """How answers name the briefing: "Solihull 2011", or its title where no board is known."""
        name = self.details.short_name or self.details.title or self.file_name
        year = self.details.date.year
        return f"{name} {year}" if year and str(year) not in name else name


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of a briefing, proven on building: the page's text from `start` to `end`.

    Raises QuotationError where the page does not carry exactly `text` there.
    """

    briefing: Briefing
    page: Page
    start: int
    end: int
    text: str

    def __post_init__(self) -> None:
        found = self.page.text[self.start : self.end]
        if self.start < 0 or not self.text or found != self.text or self.end - self.start != len(self.text):
            raise QuotationError(
                f"{self.briefing.file_name}, page {self.page.number}: the words from {self.start} to {self.end} "
                "are not the quotation. Add the file again, then ask again."
            )

    @property
    def pages(self) -> tuple[int, ...]:
        """The sheets that the words stand on: one, or two where a paragraph runs on."""
        return tuple(dict.fromkeys(sheet for sheet, _, _ in self.page.parts(self.start, self.end)))
