"""A sheet read from a Word file, as Word or a person may have changed it: plain data, which no library is needed for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.documents.sheet import (
    ABOUT,
    ACTIONS,
    CHALLENGES,
    COMPARE,
    DECISION,
    HEADS,
    LABELS,
    NO_REVIEW,
    NOT_A_REVIEW,
    NOT_FOUND,
    OLDER,
    OWN_WORDS,
    SIGNED,
    SOURCES,
    STARTER,
    TAKEN,
    TITLE,
    Action,
    Particulars,
)
from assistant.documents.sheet_pieces import PROPERTY_STYLE, Piece, SheetError, pieces_of
from assistant.models.reply import TODAY
from assistant.reflection.frameworks import models

LONGEST = 20_000  # characters of a part
LARGEST = 3_000_000  # bytes of a file that is opened
CHOOSE = "Choose the Word file you saved from this page."
MOST_QUOTES = 200  # each is looked for in the library
MODEL, EMPTY = "reflection-model", "empty-sections"  # the names of the properties that a saved sheet carries
LEFT_OUT, SHOWN = "left out", "shown"
EARLIER_WORDS = {
    "One that asks to look again:",
    "A starter briefing, written for this product: not a review.",
    "Prepared with the Practice Reflection Assistant. It decides nothing about a child: it quotes what reviews have published and asks "
    "questions. Keep this sheet where your organisation keeps notes of supervision.",
}  # of sheets that earlier versions saved
EARLIER_CAUTION = "Read by text recognition"
EARLIER_SOURCE = re.compile(r"File (?P<file>.+), (?P<unit>sheet|paragraph) (?P<number>\d+)\.$")
SOURCE = re.compile(r"(?P<source>.+: (?:.* )?)File (?P<file>.+)\.$")


@dataclass(frozen=True, slots=True)
class ReadQuotation:
    """A quotation as a sheet has it: not proven. `files` and `page` are empty and 0 where the sheet does not name them.

    Several `files` are named where several briefings go by one name.
    """

    text: str
    reference: str = ""
    challenges: bool = False
    files: tuple[str, ...] = ()
    page: int = 0


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """All that a Word file holds of a sheet, in plain values; see `sheet.Sheet`."""

    texts: dict[str, str]
    quotations: tuple[ReadQuotation, ...] = ()
    actions: tuple[Action, ...] = ()
    model: str = ""
    particulars: Particulars = field(default_factory=Particulars)
    leave_out_empty: bool = True


def read_sheet(data: bytes) -> ReadSheet:
    """The sheet that a Word file holds. What stands under a heading of no section is kept with the section before it.

    Raises SheetError where the file is no Word file, or too large.
    """
    if len(data) > LARGEST:
        raise SheetError(f"This file is too big to be a saved sheet (limit {LARGEST // 1_000_000} MB). {CHOOSE}")
    return read_pieces(pieces_of(data))


def read_pieces(pieces: Sequence[Piece]) -> ReadSheet:
    """The sheet that these pieces hold. Raises SheetError where a part is far too long."""
    return _Reading().sheet(pieces)


class _Reading:
    """Goes through a document from top to bottom, and sorts what it finds."""

    def __init__(self) -> None:
        self.properties: dict[str, str] = {}
        self.texts: dict[str, list[str]] = {}
        self.quotes: list[ReadQuotation] = []
        self.files: list[tuple[str, str]] = []
        self.actions: list[Action] = []
        self.fields: dict[str, str] = {}
        self.section = ""
        self.challenges = False
        self.sections = {name.casefold(): section.id for section in models().sections for name in (section.name, *section.was)}
        self.hints = {section.hint for section in models().sections}
        self.ours = {ABOUT, OWN_WORDS, NOT_FOUND, NO_REVIEW, COMPARE, *EARLIER_WORDS}
        self.shows_hints = False

    def sheet(self, pieces: Sequence[Piece]) -> ReadSheet:
        for kind, what in pieces:
            if kind == "table":
                self._table([[cell.strip() for cell in row] for row in what])
            else:
                self._paragraph(what[0].strip("\n"), what[1])
        if len(self.quotes) > MOST_QUOTES:
            raise SheetError(f"This file has too many quotations to be a saved sheet (limit {MOST_QUOTES}). {CHOOSE}")
        texts = {section: "\n".join(lines).strip() for section, lines in self.texts.items()}
        for section in models().sections:
            if len(texts.get(section.id, "")) > LONGEST:
                raise SheetError(
                    f"“{section.name}” is too long (limit {LONGEST:,} characters). Shorten it in Word, then open the file again."
                )
        return ReadSheet(
            {section: text for section, text in texts.items() if text},
            tuple(map(self._with_its_files, self.quotes)),
            tuple(self.actions),
            self._model({section for section, text in texts.items() if text}),
            Particulars(**{key: text for key, text in self.fields.items() if key != "model"}),
            self.properties.get(EMPTY, SHOWN if self.shows_hints else LEFT_OUT) == LEFT_OUT,
        )

    def _model(self, filled: set[str]) -> str:
        """The model by the name on the sheet, else by its property, else the first that asks for all that was filled in."""
        by_name = {model.name.casefold(): model.id for model in models().models}
        ids = {model.id: {box.fills for step in model.steps for box in step.fields} for model in models().models}
        named = by_name.get(self.fields.get("model", "").casefold()) or self.properties.get(MODEL, "")
        if named in ids or "model" in self.fields:
            return named if named in ids else ""
        return next((model for model, asks in ids.items() if filled <= asks), "")

    def _with_its_files(self, quote: ReadQuotation) -> ReadQuotation:
        earlier = EARLIER_SOURCE.search(quote.reference)
        if earlier:
            page = int(earlier["number"]) if earlier["unit"] == "sheet" else 1
            return ReadQuotation(quote.text, quote.reference, quote.challenges, (earlier["file"],), page)
        labels = [quote.reference[: comma.start()] for comma in re.finditer(", ", quote.reference)]
        files = tuple(file for source, file in self.files if any(source.startswith(f"{label}: ") for label in labels))
        return ReadQuotation(quote.text, quote.reference, quote.challenges, files)

    def _paragraph(self, text: str, style: str) -> None:
        heading = style.startswith("Heading")
        if style.startswith(PROPERTY_STYLE):
            self.properties[style.removeprefix(PROPERTY_STYLE).strip()] = text
        elif heading and text.strip().casefold() in self.sections:
            self.section = self.sections[text.strip().casefold()]
        elif heading and text.strip() in (ACTIONS, DECISION):
            self.section = models().sections[-1].id  # what was typed below the tables is kept with the part before them
        elif heading and text.strip() in (STARTER, SOURCES, TAKEN):
            pass
        elif style in ("Quote", "Starter") and text.strip():
            words = text.strip().removeprefix("“").removesuffix("”") if style == "Quote" else text.strip()
            self.quotes.append(ReadQuotation(" ".join(words.split()), "", self.challenges))
            self.challenges = False
        elif style == "Lead" and text in (CHALLENGES, *EARLIER_WORDS):
            self.challenges = True
        elif style == "Reference" and self.quotes and not self.quotes[-1].reference:
            quote = self.quotes[-1]
            self.quotes[-1] = ReadQuotation(quote.text, text.strip(), quote.challenges)
        elif style == "Source" and (source := SOURCE.match(text.strip())):
            self.files.append((source["source"], source["file"]))
        elif not self._made_here(text, style):
            self.texts.setdefault(self.section or models().sections[0].id, []).append(text)

    def _made_here(self, text: str, style: str) -> bool:
        """Whether these words are the sheet's own, and not a person's."""
        if style in ("Title", "Subtitle"):
            return text == TITLE or not self.section
        if style == "Hint" and text in self.hints:
            self.shows_hints = True
            return True
        ours = (NOT_A_REVIEW, OLDER, EARLIER_CAUTION, TODAY)
        return style in ("About", "Hint", "Caution") and (text in self.ours or text.startswith(ours))

    def _table(self, rows: list[list[str]]) -> None:
        heads = tuple(rows[0]) if rows else ()
        if heads[::2] in ((LABELS["worker"], LABELS["supervisor"]), (LABELS["decision"],)):
            keys = {label: key for key, label in LABELS.items()}
            for row in rows:
                self.fields |= {keys[label]: text for label, text in zip(row[::2], row[1::2], strict=False) if label in keys}
        elif heads == HEADS:
            self.actions += [Action(*row[:3]) for row in rows[1:] if any(row[:3])]
        elif heads != SIGNED:  # a sheet that is changed is signed again
            for row in rows:
                self._paragraph(" | ".join(row), "")
