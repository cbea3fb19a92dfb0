"""The sheet to take into supervision: what was written and kept, and how it is laid out, whatever it is written to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from assistant.models.reply import STARTER_BLOCK, TODAY, Citation
from assistant.reflection.frameworks import models
from knowledge.briefing import Briefing
from knowledge.guidance import superseded

TITLE = "Preparation for supervision"
ACTIONS = "Actions"
HEADS = ("What", "Who", "By when")
DECISION = "Decision and agreement"
SIGNED = ("Name", "Signature", "Date")
EMPTY_ROWS = 3
LEARNED = "learned"  # the section that the quotations stand in
ABOUT = (
    "Prepared with the Practice Reflection Assistant. It quotes published reviews and asks questions. It does not make decisions about "
    "children. Keep this sheet where your organisation keeps notes of supervision."
)
CHALLENGES = "A finding that may challenge your view:"
OWN_WORDS = "The words between quotation marks are the reviews’ own."
NO_REVIEW = "No published review is quoted here."
NOT_FOUND = "The library does not hold these words, or has withdrawn the briefing. Check them before you rely on them."
STARTER = STARTER_BLOCK
SOURCES = "Sources"
TAKEN = "What I take from this"
NOT_A_REVIEW = "Not a review"  # what a caution begins with
OLDER = "Older than today’s guidance"  # what a caution begins with
COMPARE = "Compare these words with the page."
LABELS = {
    "worker": "Worker",
    "supervisor": "Supervisor",
    "reference": "Reference (no names)",
    "date": "Date",
    "model": "Model of reflection",
    "next_date": "Next date",
    "decision": "Decision",
    "agreed_by": "Agreed by",
}
HEAD_ROWS = (("worker", "supervisor"), ("reference", "date"), ("model", "next_date"))
END_ROWS = (("decision",), ("agreed_by",))


@dataclass(frozen=True, slots=True)
class Kept:
    """A quotation on the sheet, proven in the library; `challenges` marks one that asks to look again."""

    citation: Citation
    challenges: bool = False

    @property
    def starter(self) -> bool:
        """Whether the words are from the starter library, and so no review's."""
        return self.citation.quotation.briefing.starter


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
class Particulars:
    """Whose sheet it is, and what was decided, as typed. An empty `date` is the day on which the sheet is made."""

    worker: str = ""
    supervisor: str = ""
    reference: str = ""
    date: str = ""
    next_date: str = ""
    decision: str = ""
    agreed_by: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that stands on a sheet.

    `texts` are by id of section (see `assistant.reflection.frameworks`), lines parted by line breaks; `model` is the id of the model of
    reflection, empty where none is known; `marking` is the sensitivity marking of every page; `leave_out_empty` leaves out
    sections that nothing is written in; `today` is what may need action on the day on which it is made.
    """

    texts: Mapping[str, str]
    kept: tuple[Kept, ...] = ()
    lost: tuple[Lost, ...] = ()
    actions: tuple[Action, ...] = ()
    made: date = field(default_factory=date.today)
    organisation: str = ""
    marking: str = ""
    model: str = ""
    particulars: Particulars = field(default_factory=Particulars)
    leave_out_empty: bool = True
    today: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the sheet as it is laid out.

    `kind` is one of title, line, about, today, heading, subheading, text, hint, lead, quote, starter, reference, caution, source, fields,
    actions, signatures. `rows` are a table's: of fields, labels and values in turn; of the others, the head first.
    """

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def day(when: date) -> str:
    """ "25 November 2026"."""
    return f"{when.day} {when:%B %Y}"


def layout(sheet: Sheet) -> list[Block]:
    """The sheet from top to bottom. An empty part that is not left out says what belongs there, for a pen."""
    blocks = [Block("title", TITLE)]
    if sheet.organisation:
        blocks.append(Block("line", sheet.organisation))
    blocks += [_fields(sheet, HEAD_ROWS), Block("about", ABOUT)]
    if sheet.today:
        blocks.append(Block("today", f"{TODAY}. {' '.join(sheet.today.split())}"))
    for section in models().sections:
        learned = _learned(sheet) if section.id == LEARNED else []
        text = sheet.texts.get(section.id, "").strip()
        if not text and not learned and sheet.leave_out_empty:
            continue
        blocks += [Block("heading", section.name), *learned]
        if text:
            blocks += [Block("subheading", TAKEN)] if learned else []
            blocks += [Block("text", part) for part in text.split("\n")]
        elif not learned:
            blocks += [Block("hint", section.hint), Block("text", ""), Block("text", "")]
    rows = tuple((a.what, a.who, a.by) for a in sheet.actions) or (("", "", ""),) * EMPTY_ROWS
    blocks += [Block("heading", ACTIONS), Block("actions", rows=(HEADS, *rows))]
    return [*blocks, Block("heading", DECISION), _fields(sheet, END_ROWS), Block("signatures", rows=(SIGNED, *_signing(sheet)))]


def _fields(sheet: Sheet, rows: Sequence[Sequence[str]]) -> Block:
    name = models().model(sheet.model).name if sheet.model else ""
    values = {key: getattr(sheet.particulars, key) for key in LABELS if key != "model"} | {"model": name}
    values["date"] = values["date"] or day(sheet.made)
    return Block("fields", rows=tuple(tuple(cell for key in row for cell in (LABELS[key], values[key])) for row in rows))


def _signing(sheet: Sheet) -> Sequence[tuple[str, str, str]]:
    """A line to sign on for the worker, for the supervisor, and for whoever else agreed it."""
    said = sheet.particulars
    names = [said.worker or LABELS["worker"], said.supervisor or LABELS["supervisor"], said.agreed_by]
    return [(name, "", "") for name in dict.fromkeys(names) if name]


def _learned(sheet: Sheet) -> list[Block]:
    """The quotations of reviews, those that may challenge last; where each briefing is found; then what is the starter library's."""
    blocks: list[Block] = []
    named = labels(sheet.kept)
    of_reviews = [one for one in in_order(sheet.kept) if not one.starter]
    for kept in of_reviews:
        blocks += _quotation(kept, Block("quote", quoted(kept.citation.quotation.text)), named)
    for lost in sheet.lost:
        blocks += [Block("quote", quoted(lost.text)), Block("reference", lost.reference), Block("caution", NOT_FOUND)]
    starters = _starters(sheet)
    if not blocks:
        return [Block("hint", NO_REVIEW), *starters] if starters else []
    sources = dict.fromkeys(source(one.citation.quotation.briefing, named[one.citation.quotation.briefing.id]) for one in of_reviews)
    if sources:
        blocks.append(Block("subheading", SOURCES))
    return [Block("hint", OWN_WORDS), *blocks, *(Block("source", one) for one in sources), *starters]


def _starters(sheet: Sheet) -> list[Block]:
    """What the person kept of the starter library: a block of its own, and no quotation marks."""
    named = labels(sheet.kept)
    blocks = [
        block
        for kept in in_order(sheet.kept)
        if kept.starter
        for block in _quotation(kept, Block("starter", " ".join(kept.citation.quotation.text.split())), named)
    ]
    return [Block("subheading", STARTER), *blocks] if blocks else []


def _quotation(kept: Kept, words: Block, named: Mapping[str, str]) -> list[Block]:
    """What leads to the words, the words, where they stand, and what to know of them."""
    lead = [Block("lead", CHALLENGES)] if kept.challenges else []
    where = reference(kept.citation, named[kept.citation.quotation.briefing.id])
    return [*lead, words, Block("reference", where), *(Block("caution", text) for text in cautions(kept.citation))]


def in_order(kept: Iterable[Kept]) -> list[Kept]:
    """Quotations as a sheet shows them: of reviews before those of the starter library, and those that may challenge last of each."""
    return sorted(kept, key=lambda one: (one.starter, one.challenges))


def quoted(text: str) -> str:
    """The words on one line, between quotation marks."""
    return f"“{' '.join(text.split())}”"


def label(briefing: Briefing) -> str:
    """What a reference begins with: the board and year, or a starter briefing's title alone."""
    return briefing.details.title or briefing.file_name if briefing.starter else briefing.short_name


def long_label(briefing: Briefing) -> str:
    """The same with the file's name, where another briefing on the sheet goes by that name too."""
    return f"{label(briefing)} ({briefing.file_name})"


def labels(kept: Iterable[Kept]) -> dict[str, str]:
    """What the references of a sheet begin with, by the id of the briefing; no two are the same."""
    briefings = {one.citation.quotation.briefing.id: one.citation.quotation.briefing for one in kept}
    taken = Counter(map(label, briefings.values()))
    return {key: label(one) if taken[label(one)] == 1 else long_label(one) for key, one in briefings.items()}


def reference(citation: Citation, called: str = "") -> str:
    """Where a quotation stands, in one short line: "Solihull 2011, p. 1, under “What we learned”"."""
    return f"{called or label(citation.quotation.briefing)}, {within(citation)}"


def within(citation: Citation) -> str:
    """Where in its briefing a quotation stands: "p. 1, under “What we learned”"."""
    return f"{citation.place}, under “{citation.under}”" if citation.under else citation.place


def source(briefing: Briefing, called: str) -> str:
    """A briefing in the list of sources: "Solihull 2011: its title. Its publisher, September 2011, its kind. File solihull.pdf."."""
    details = briefing.details
    title = details.title if details.title != briefing.short_name else ""
    published = ", ".join(part for part in (details.publisher, str(details.date), details.kind) if part)
    return f"{called}: {'. '.join(part for part in (title, published, f'File {briefing.file_name}') if part)}."


def cautions(citation: Citation) -> Sequence[str]:
    """What a reader must know beside the quotation: that it is no review's, rests on replaced guidance, or was read off a picture."""
    briefing = citation.quotation.briefing
    if briefing.starter:
        return ()
    old = superseded(briefing)
    age = (f"{OLDER}: it cites {'; '.join(f'{g.name} ({g.note})' for g in old)}.",) if old else ()
    kind = (f"{NOT_A_REVIEW}: {citation.beside}.",) if citation.beside else ()
    return (*kind, *age, COMPARE) if citation.quotation.page.recognised else (*kind, *age)
