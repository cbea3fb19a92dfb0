"""Blocks become pages of reading text and the passages on them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rapidfuzz import fuzz

from ingest.front import OPENING
from ingest.lines import LIST_LEAD, SENTENCE_END, is_date_line
from ingest.reading.source import Block, Source, shifted
from ingest.words import EMAIL, LINK, PHONE
from knowledge.briefing import Heading, NoteMark, Page, Passage, PassageKind, Place, case_of
from knowledge.text import sentences

LONG = 1100  # characters beyond which a paragraph becomes several passages, at sentence ends
SHORT_LEAD = 200  # a list's opening longer than this heads its list with its last sentence alone
FRONT_MATTER = re.compile(
    r"^(?:starter (?:briefing|material)\b|(?:date|rests on|themes|pseudonyms|publisher|author|authors|from|title|period|nation|kind):\s)",
    re.IGNORECASE,
)
NUMBERING = re.compile(r"^\s*(?:(?:chapter|section|part|appendix|annex)\s+)?(?:\d+(?:\.\d+)*|[a-z]|[ivx]+)[.):]?\s+", re.IGNORECASE)
BOX = re.compile(r"(?:box|panel)\s+(?:\d|[A-Z]\b)", re.IGNORECASE)
LEADERS = re.compile(r"(?:\.\s?){4,}\s*\d{1,4}$|…{2,}\s*\d{1,4}$")
LINE_OF_CONTENTS = re.compile(r"[\s.…_]*\b\d{1,4}$")
LONGEST_LABEL = 160  # letters
POINTS_TO = re.compile(r"\D\s(\d{1,3})$")
FEWEST_LINES = 4  # of a table of contents
SMALL_WORD = re.compile(r"\b[a-z]+")
FEW = 4  # words in small letters: with fewer, and no full stop, a short line is an address or a name
SHORTEST, LONGEST_LIST = 40, 400  # characters of what is quoted alone at least, and of short items that are quoted together at most
TWICE_LENGTH, TWICE_LIKENESS = 40, 95.0  # a finding printed twice: longer than this, and at least so alike (of 100)
SLIGHT_WORDS = (  # words that two printings of one finding may differ in
    "a an the this that these those and or of in on at to for from by with as is are was were be been being has have had do does did also "
    "very often clearly appear appears appeared seem seems seemed which who it its there their"
)
SLIGHT = frozenset(SLIGHT_WORDS.split())


@dataclass(frozen=True, slots=True)
class Reading:
    """A file's pages and passages, ready for the library."""

    pages: tuple[Page, ...]
    passages: tuple[Passage, ...]


def assemble(source: Source, pseudonyms: Sequence[str] = ()) -> Reading:
    """Lay the blocks out as pages, one block a line, and mark the passages and headings on them.

    A paragraph that runs on over a page's end stays whole on the page it begins on.
    """
    blocks = list(_rejoined(_heading_something([block for block in source.blocks if block.kind != "note"])))
    closing = _closing(blocks)
    contents = _contents(blocks)
    headings = frozenset(_named(block.text) for block in blocks if block.kind == "heading")
    layouts = {number: _Layout(number) for number in range(1, source.sheets + 1)}
    trail = _Trail()
    for i, block in enumerate(blocks):
        layout = layouts[block.sheet]
        start, end = layout.add(block)
        tells_of_itself = bool(FRONT_MATTER.match(block.text))
        if block.kind == "heading" and block.sheet not in contents and not (tells_of_itself and i < OPENING):
            trail.push(block.text, block.level)
            layout.headings.append(Heading(start, end))
            continue
        if block.sheet in contents:
            layout.passages.append(Passage(block.sheet, start, end, block.text, trail.heading, PassageKind.LABEL))
            continue
        trail.pass_by(block.marker if block.kind == "item" else "")
        if block.cells and block.cells == block.heads:
            continue  # the row that names the columns: printed, but no finding
        if i >= closing:
            layout.sign(start, end)
            continue
        if block.kind == "paragraph":
            trail.end_list()
        heads = i + 1 < len(blocks) and blocks[i + 1].kind in ("item", "row") and bool(LIST_LEAD.search(block.text.rstrip(";")))
        if not tells_of_itself and not is_date_line(block.text) and not _is_scrap(block):
            kind = PassageKind.LEAD if heads and len(block.text) <= SHORT_LEAD else _kind(block, headings)
            layout.passages.extend(_passages(block, start, end, trail.heading, kind))
        if heads and block.kind == "paragraph":
            trail.open_list(block.text if len(block.text) <= SHORT_LEAD else sentences(block.text)[-1][2])
    notes: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for block in source.blocks:
        if block.kind == "note":
            start, end = layouts[block.sheet].add(block)
            notes.setdefault((block.sheet, block.marker), []).append((start, end))
            if len(block.text) >= SHORTEST:
                layouts[block.sheet].passages.extend(_passages(block, start, end, "", PassageKind.NOTE))
    pages = tuple(layout.page(source, notes) for layout in layouts.values())
    passages = [passage for layout in layouts.values() for passage in _with_short_items(layout.passages, layout.text)]
    numbered = [replace(p, ordinal=n, case=case_of(p, pseudonyms)) for n, p in enumerate(passages, 1)]
    return Reading(pages, _once(numbered))


def _contents(blocks: Sequence[Block]) -> frozenset[int]:
    """The sheets of a table of contents: most of their lines end with the page that they point to, in order."""
    sheets: dict[int, list[str]] = {}
    for block in blocks:
        sheets.setdefault(block.sheet, []).append(block.text)
    found = set()
    for sheet, texts in sheets.items():
        pages = [int(match[1]) for text in texts if len(text) <= LONGEST_LABEL and (match := POINTS_TO.search(text))]
        if len(pages) >= FEWEST_LINES and len(pages) > len(texts) / 2 and sum(a <= b for a, b in pairwise(pages)) >= 0.8 * (len(pages) - 1):
            found.add(sheet)
    return frozenset(found)


def _is_scrap(block: Block) -> bool:
    """Whether a paragraph is too little to be quoted: short and no sentence, once ways to reach people are left out."""
    if block.kind != "paragraph" or LIST_LEAD.search(block.text):
        return False
    return _is_too_little(PHONE.sub("", EMAIL.sub("", LINK.sub("", block.text))).strip())


def _with_short_items(passages: Sequence[Passage], text: str) -> Iterator[Passage]:
    """Items too short to be quoted alone ("boundaries and consent") become one passage with those beside them in their list."""
    held: Passage | None = None
    for passage in passages:
        if held is not None:
            if _joins(held, passage):
                held = replace(held, end=passage.end, text=text[held.start : passage.end])
                continue
            yield held
        held = passage
    if held is not None:
        yield held


def _joins(held: Passage, passage: Passage) -> bool:
    listed = held.kind is passage.kind is PassageKind.FINDING and held.heading == passage.heading
    last = held.text.rsplit("\n", 1)[-1]
    return listed and (_is_too_little(last) or _is_too_little(passage.text)) and len(held.text) + len(passage.text) <= LONGEST_LIST


def _is_too_little(text: str) -> bool:
    """Whether a text is too short to be quoted alone, and no sentence."""
    says = SENTENCE_END.search(text) or len(SMALL_WORD.findall(text)) >= FEW
    return len(text) < SHORTEST and (not says or text[:1].islower())


def _once(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """Keep a finding that is printed twice under one heading once, with its other place.

    The page text keeps both. Numbers, names and every word that carries meaning must be the same: "the mother" and "the
    father", or review 3 and review 8, are two findings however alike they read. The paragraph count goes on over
    the place that was left out.
    """
    kept: list[Passage] = []
    at: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for passage in passages:
        key = (passage.heading, _gist(passage.text))
        alike = (i for i in at.get(key, ()) if fuzz.ratio(kept[i].text, passage.text) >= TWICE_LIKENESS)
        i = next(alike, None) if len(passage.text) > TWICE_LENGTH else None
        if i is not None:
            kept[i] = replace(kept[i], also_at=(*kept[i].also_at, Place(passage.page, passage.start, passage.end, passage.ordinal)))
            continue
        at.setdefault(key, []).append(len(kept))
        kept.append(passage)
    return tuple(kept)


def _gist(text: str) -> tuple[str, ...]:
    """The words that carry meaning, without their endings."""
    words = [word for word in re.findall(r"\w+", text) if word not in SLIGHT and word.lower() not in SLIGHT - {"a"}]
    return tuple(word if word[0].isdigit() or len(word) < 5 else re.sub(r"(?:ings?|ed|es|s|ly|e)$", "", word.lower()) for word in words)


def _heading_something(blocks: Sequence[Block]) -> Sequence[Block]:
    """The blocks, those headings at the very end that head nothing made paragraphs: a name, an office, a date."""
    end = len(blocks)
    while end and blocks[end - 1].kind == "heading":
        end -= 1
    if not end or len(blocks) - end < 2:
        return blocks
    return [*blocks[:end], *(replace(block, kind="paragraph") for block in blocks[end:])]


def _rejoined(blocks: Sequence[Block]) -> Iterator[Block]:
    """Join a paragraph that was broken in the middle of a sentence to the rest of it."""
    held: Block | None = None
    for block in blocks:
        if (
            held is not None
            and held.kind == block.kind == "paragraph"
            and held.sheet == block.sheet
            and block.text[:1].islower()
            and len(held.text) > 40
            and not SENTENCE_END.search(held.text)
            and not held.text.endswith((":", ";", ":-"))
        ):
            marks = (*held.marks, *shifted(block.marks, len(held.text) + 1))
            held = replace(held, text=f"{held.text} {block.text}", marks=marks)
            continue
        if held is not None:
            yield held
        held = block
    if held is not None:
        yield held


def _closing(blocks: Sequence[Block]) -> int:
    """Where the signature begins: short paragraphs after the last finding, one of them a date or a name."""
    i = len(blocks)
    while i and blocks[i - 1].kind == "paragraph" and len(blocks[i - 1].text) <= 60 and not SENTENCE_END.search(blocks[i - 1].text):
        i -= 1
    return i


def _named(text: str) -> str:
    """A line as it may be printed again elsewhere: without its number, its leaders and the page that it points to, in small letters."""
    return " ".join(re.findall(r"\w+", LINE_OF_CONTENTS.sub("", NUMBERING.sub("", text)).casefold()))


def _kind(block: Block, headings: frozenset[str]) -> PassageKind:
    if block.kind != "row" and (LEADERS.search(block.text) or (len(block.text) <= LONGEST_LABEL and _named(block.text) in headings)):
        return PassageKind.LABEL
    if block.kind == "item" and block.text.endswith("?"):
        return PassageKind.QUESTION
    return {"item": PassageKind.FINDING, "row": PassageKind.ROW}.get(block.kind, PassageKind.PARAGRAPH)


def _counts_on(before: str, marker: str) -> bool:
    """Whether a paragraph's number follows another: "6.6." and "6.7."."""
    first, second = ([int(part) for part in re.findall(r"\d+", one)] for one in (before, marker))
    return bool(first) and second == [*first[:-1], first[-1] + 1]


class _Trail:
    """The headings that a passage hangs from, outermost first."""

    def __init__(self) -> None:
        self._headings: list[tuple[int, str]] = []
        self._number = ""  # of the last numbered paragraph
        self._around: list[tuple[int, str]] | None = None  # the headings around a box that is open
        self._in_box = False  # whether words of that box were read
        self._lead = ""

    def push(self, text: str, level: int) -> None:
        if self._in_box:
            self._leave_box()
        if self._around is None and BOX.match(text):
            self._around = self._headings
        self._headings = [(n, t) for n, t in self._headings if n < level] + [(level, text)]
        self._lead = ""

    def open_list(self, lead: str) -> None:
        self._lead = lead

    def end_list(self) -> None:
        self._lead = ""

    def pass_by(self, marker: str) -> None:
        """Go past a block; a paragraph whose number counts on from the one before a box ends that box."""
        if _counts_on(self._number, marker):
            self._leave_box()
        if self._around is None:  # a list inside a box counts for itself
            self._number = marker or self._number
        self._in_box = self._around is not None

    def _leave_box(self) -> None:
        if self._around is not None:
            self._headings, self._around, self._in_box = self._around, None, False

    @property
    def heading(self) -> str:
        return " > ".join([text for _, text in self._headings] + ([self._lead] if self._lead else []))


class _Layout:
    """A page being laid out."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.passages: list[Passage] = []
        self.headings: list[Heading] = []
        self._parts: list[str] = []
        self._length = 0
        self._runs_on: int | None = None
        self._signed = False
        self._marks: list[tuple[int, str, int]] = []  # where a note's mark stands in the text, its sign, the sheet that prints it

    def add(self, block: Block) -> tuple[int, int]:
        """Write the block on a line of its own; returns where its text begins and ends, marker left out."""
        opening = f"{block.marker} " if block.marker else ""
        start = self._length + len(opening)
        end = start + len(block.text)
        self._parts.append(opening + block.text)
        self._length = end + 1
        if block.next_sheet_from is not None:
            self._runs_on = start + block.next_sheet_from
        over = end if block.next_sheet_from is None else start + block.next_sheet_from
        self._marks += [(start + at, sign, self.number + (start + at > over)) for at, sign in block.marks]
        return start, end

    def sign(self, start: int, end: int) -> None:
        """Put a closing line (a name, an office, a date) with those before it into one passage."""
        text = self.text
        if self._signed:
            start = self.passages.pop().start
        self._signed = True
        self.passages.append(Passage(self.number, start, end, text[start:end], kind=PassageKind.SIGNATURE))

    @property
    def text(self) -> str:
        """The page's text so far."""
        return "\n".join(self._parts)

    def page(self, source: Source, notes: Mapping[tuple[int, str], Sequence[tuple[int, int]]]) -> Page:
        """The page; `notes` are the places of the notes by their sheet and mark. A mark that several notes may answer to names none."""
        label = source.labels[self.number - 1] if source.labels else ""
        recognised = self.number in source.ocr_sheets
        found = [(at, sign, sheet, notes.get((sheet, sign), ())) for at, sign, sheet in self._marks]
        marks = tuple(NoteMark(at, sign, sheet, *places[0]) for at, sign, sheet, places in found if len(places) == 1)
        return Page(self.number, self.text, label, tuple(self.headings), self._runs_on, recognised, marks)


def _passages(block: Block, start: int, end: int, heading: str, kind: PassageKind) -> Iterator[Passage]:
    if block.kind == "row":
        label = block.cells[0] if len(block.cells) == 2 else ""
        offset = len(block.cells[0]) + 1 if len(block.cells) == 2 else 0
        heading = " > ".join(part for part in (heading, " | ".join(head for head in block.heads if head), label) if part)
        yield Passage(block.sheet, start + offset, end, block.text[offset:], heading, kind)
        return
    if len(block.text) <= LONG:
        yield Passage(block.sheet, start, end, block.text, heading, kind)
        return
    first = 0
    spans = sentences(block.text)
    for i, (_, stop, _) in enumerate(spans):
        following = spans[i + 1][1] if i + 1 < len(spans) else None
        if following is None or following - first > LONG * 0.7:
            yield Passage(block.sheet, start + first, start + stop, block.text[first:stop], heading, kind)
            first = spans[i + 1][0] if i + 1 < len(spans) else stop
