"""The sheet to take into supervision: what was written and kept, and how it is laid out, whatever it is written to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from assistant.reflection_models import models
from assistant.reply import Citation
from knowledge.guidance import superseded

TITLE = "Preparation for supervision"
ACTIONS = "Actions"
HEADS = ("What", "Who", "By when")
EMPTY_ROWS = 3
LEARNED = "learned"  # the section that the quotations stand in
ABOUT = (
    "Prepared with the Practice Reflection Assistant. It decides nothing about a child: it quotes what reviews have published and asks "
    "questions. Keep this sheet where your organisation keeps notes of supervision."
)
CHALLENGES = "One that asks to look again:"
OWN_WORDS = "The words between quotation marks are the reviews’ own."
NOT_FOUND = "The library does not hold these words, or has withdrawn the briefing. Check them before you rely on them."
STARTER = "Starter material, written for this product: not a published review."


@dataclass(frozen=True, slots=True)
class Kept:
    """A quotation on the sheet, proven in the library; `challenges` marks one that asks to look again."""

    citation: Citation
    challenges: bool = False


@dataclass(frozen=True, slots=True)
class Lost:
    """A quotation of a sheet that was opened, whose words the library does not hold: as the sheet had them."""

    text: str
    reference: str


@dataclass(frozen=True, slots=True)
class Action:
    """What is to be done, by whom and by when, in the user's words."""

    what: str
    who: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that stands on a sheet. `texts` are by id of section (see `reflection_models`), lines parted by line breaks."""

    texts: Mapping[str, str]
    kept: tuple[Kept, ...] = ()
    lost: tuple[Lost, ...] = ()
    actions: tuple[Action, ...] = ()
    made: date = field(default_factory=date.today)
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the sheet as it is laid out.

    `kind` is one of title, line, about, heading, text, hint, lead, quote, reference, caution, table; `rows` are a table's, its head first.
    """

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def day(when: date) -> str:
    """ "25 November 2026"."""
    return f"{when.day} {when:%B %Y}"


def layout(sheet: Sheet) -> list[Block]:
    """The sheet from top to bottom. An empty part says what belongs there, for a pen."""
    line = " · ".join(part for part in (day(sheet.made), sheet.organisation) if part)
    blocks = [Block("title", TITLE), Block("line", line), Block("about", ABOUT)]
    for section in models().sections:
        blocks.append(Block("heading", section.name))
        if section.id == LEARNED:
            blocks += _learned(sheet)
        text = sheet.texts.get(section.id, "").strip()
        if text:
            blocks += [Block("text", part) for part in text.split("\n")]
        elif section.id != LEARNED or not (sheet.kept or sheet.lost):
            blocks += [Block("hint", section.hint), Block("text", "")]
    rows = tuple((a.what, a.who, a.by) for a in sheet.actions) or (("", "", ""),) * EMPTY_ROWS
    return [*blocks, Block("heading", ACTIONS), Block("table", rows=(HEADS, *rows))]


def _learned(sheet: Sheet) -> list[Block]:
    """The quotations with all that a reader needs to find each again; those that ask to look again come last."""
    blocks: list[Block] = []
    for kept in sorted(sheet.kept, key=lambda one: one.challenges):
        if kept.challenges:
            blocks.append(Block("lead", CHALLENGES))
        text = kept.citation.quotation.text
        words = " ".join(text.split()) if kept.citation.starter else quoted(text)
        blocks += [Block("quote", words), Block("reference", reference(kept.citation))]
        blocks += [Block("caution", caution) for caution in cautions(kept.citation)]
    for lost in sheet.lost:
        blocks += [Block("quote", quoted(lost.text)), Block("reference", lost.reference), Block("caution", NOT_FOUND)]
    return [*blocks, Block("hint", OWN_WORDS)] if blocks else []


def quoted(text: str) -> str:
    """The words on one line, between quotation marks."""
    return f"“{' '.join(text.split())}”"


def reference(citation: Citation) -> str:
    """Board, date, title and place of a quotation, and the file and sheet by which it is found again when a sheet is opened."""
    briefing = citation.quotation.briefing
    details = briefing.details
    under = f", under “{citation.under}”" if citation.under else ""
    printed = [
        citation.reference + under,
        details.title if details.title != briefing.short_name else "",
        details.publisher,
        str(details.date),
    ]
    where = f"sheet {citation.quotation.page.number}" if briefing.paged else f"paragraph {citation.paragraph}"
    return f"{'. '.join(dict.fromkeys(part for part in printed if part))}. File {briefing.file_name}, {where}."


def cautions(citation: Citation) -> Sequence[str]:
    """What a reader must know beside the quotation: what it rests on has been replaced, or it is none of a board's."""
    briefing = citation.quotation.briefing
    if briefing.starter:
        return (STARTER,)
    if citation.quotation.page.recognised:
        return (*_age(citation), "Read by text recognition: compare with the page.")
    return _age(citation)


def _age(citation: Citation) -> tuple[str, ...]:
    old = superseded(citation.quotation.briefing)
    return (f"Older than today’s guidance: it cites {'; '.join(f'{g.name} ({g.note})' for g in old)}.",) if old else ()
