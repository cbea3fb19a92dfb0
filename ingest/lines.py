"""Lines become blocks: paragraphs joined again, list items, headings, table rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median

from ingest.reading.columns import join_words
from ingest.reading.source import Block, Line, Marks, Sheet, shifted

SENTENCE_END = re.compile(r"[.?!…][\"'”’)\]]*$")
DASHES = ("–", "—", "-", "−")
LIST_LEAD = re.compile(r":\s*-?$|:-$")
HEADING_WORDS, HEADING_LENGTH, CLOSING_LENGTH = 16, 120, 60
BOLD_LINES, BOLD_LENGTH = 3, 200  # what a heading may measure where every line of it is bold, and what follows is not
LARGE = 1.08  # times the body's size: so large a line is a heading
SET_OFF, ALIKE = 1.0, 0.3  # times the body's size: how far a block quotation stands in, and by how much its lines may differ in that
MARGIN_SHARE = 0.15  # of a column's words, that begin at its margin at least
ADDRESS = re.compile(r"@|://|\bwww\.")


@dataclass
class _Draft:
    """A block in the making: its lines, and where on the next sheet its words go on."""

    lines: list[Line]
    sheet: int
    text: str = ""
    next_sheet_from: int | None = None
    last_sheet: int = 0
    gap_above: float = 0.0
    heads: tuple[str, ...] = field(default_factory=tuple)
    marks: Marks = ()

    @property
    def marker(self) -> str:
        return self.lines[0].marker


def blocks_of(sheets: Iterable[Sheet]) -> Iterator[Block]:
    """Blocks in reading order, each sheet's notes last. Sizes and gaps are compared within the file, not with fixed values."""
    sheets = tuple(sheets)
    lines = [(sheet.number, line) for sheet in sheets for line in sheet.lines]
    notes = {sheet.number: list(_notes(sheet)) for sheet in sheets}
    if not lines:
        yield from (note for sheet in sheets for note in notes[sheet.number])
        return
    weights: Counter[float] = Counter()
    for _, line in lines:
        weights[line.size] += len(line.text) + sum(map(len, line.cells))
    body = weights.most_common(1)[0][0]
    known = frozenset(word for _, line in lines for word in re.findall(r"[\w'’]+(?:-[\w'’]+)*", line.text.lower())[:-1])
    drafts = _drafts(lines, _leading([line for _, line in lines], body), body, known)
    blocks = [_block(draft, drafts[i + 1] if i + 1 < len(drafts) else None, body) for i, draft in enumerate(drafts)]
    blocks = _with_quotations(blocks, drafts, body)
    at = sheets[0].number
    for block in _with_closing_lines(blocks):
        while at < block.sheet:
            yield from notes[at]
            at += 1
        yield block
    for sheet in range(at, sheets[-1].number + 1):
        yield from notes[sheet]


def _notes(sheet: Sheet) -> Iterator[Block]:
    """The notes at a sheet's foot."""
    held: Block | None = None
    for line in sheet.notes:
        if held is not None and not line.marker:
            held = replace(held, text=join_words(held.text, line.text))
            continue
        if held is not None:
            yield held
        held = Block("note", line.text, sheet.number, marker=line.marker)
    if held is not None:
        yield held


def _with_closing_lines(blocks: list[Block]) -> Iterator[Block]:
    """Short lines after the last finding are a signature or a date, not headings of something."""
    last = max((i for i, b in enumerate(blocks) if b.kind in ("item", "row") or len(b.text) > CLOSING_LENGTH), default=-1)
    for i, block in enumerate(blocks):
        yield replace(block, kind="paragraph", level=0) if i > last and block.kind == "heading" else block


def _with_quotations(blocks: list[Block], drafts: Sequence[_Draft], body: float) -> list[Block]:
    """The blocks, those set off as block quotations so marked: paragraphs that stand in from their column's margin, every line alike."""
    lefts: dict[tuple[int, int], Counter[float]] = {}
    for draft in drafts:
        for line in draft.lines:
            if not line.marker and not line.cells and line.size == body:
                lefts.setdefault((draft.sheet, line.column), Counter())[round(line.left)] += len(line.text)
    margins = {
        place: min(left for left, weight in found.items() if weight >= MARGIN_SHARE * found.total()) for place, found in lefts.items()
    }
    marked, below_item = [], False
    for block, draft in zip(blocks, drafts, strict=True):
        margin = margins.get((draft.sheet, draft.lines[0].column))
        stands_in = margin is not None and _stands_in(draft, margin, body)
        set_off = block.kind == "paragraph" and stands_in and not below_item
        below_item = bool(draft.marker) or (below_item and stands_in)  # what stands in below an item goes on with it
        marked.append(replace(block, set_off=True) if set_off else block)
    return marked


def _stands_in(draft: _Draft, margin: float, body: float) -> bool:
    """Whether a paragraph of several lines stands in from the margin; its first line may stand in further, and centred lines differ."""
    if len(draft.lines) < 2 or body == PLAIN_LINE:
        return False
    first, *others = (line.left for line in draft.lines)
    return min(others) - margin >= SET_OFF * body and first >= min(others) - ALIKE * body and max(others) - min(others) <= ALIKE * body


WIDEST = 1.5  # times the body's size: lines of a paragraph stand no further apart, where none shows how far
PLAIN_LINE = 1.0  # plain text is measured in lines and characters


def _leading(lines: Sequence[Line], body: float) -> float:
    """The usual distance between two lines of body text; in plain text a line is a line, and a blank one parts paragraphs."""
    if body == PLAIN_LINE:
        return PLAIN_LINE
    gaps = [
        (b.top - a.top, b.text[:1].islower())
        for a, b in pairwise(lines)
        if a.column == b.column and a.size == b.size == body and 0 < b.top - a.top < 4 * body and not b.marker
    ]
    within = [gap for gap, goes_on in gaps if goes_on]  # where every line is a paragraph, the others tell how far paragraphs stand apart
    if within:
        return median(within)
    return min(median(gap for gap, _ in gaps), WIDEST * body) if gaps else 1.2 * body


def _drafts(lines: Iterable[tuple[int, Line]], usual: float, body: float, known: frozenset[str]) -> list[_Draft]:
    drafts: list[_Draft] = []
    for number, line in lines:
        last = drafts[-1] if drafts else None
        leading = usual * max(1.0, line.size / body)  # large lines stand further apart
        if last and not _begins(last, line, number, leading):
            if number != last.last_sheet:
                last.next_sheet_from = len(last.text) + 1
                last.last_sheet = number
            words = f"{line.marker} {line.text}" if line.marker else line.text
            joined = join_words(last.text, words, known)
            if last.next_sheet_from and last.next_sheet_from > len(last.text):
                last.next_sheet_from = len(joined) - len(words)
            last.marks += shifted(line.marks, len(joined) - len(line.text))
            last.text = joined
            last.lines.append(line)
            continue
        draft = _Draft([line], number, line.text, last_sheet=number, marks=line.marks)
        if last and last.last_sheet == number and last.lines[-1].column == line.column:
            draft.gap_above = line.top - last.lines[-1].top
        drafts.append(draft)
    return drafts


def _begins(last: _Draft, line: Line, number: int, leading: float) -> bool:
    """Whether `line` opens a new block rather than going on with `last`."""
    above = last.lines[-1]
    if line.cells or above.cells or above.points or (line.marker and not _wrapped(last, line, number, leading)):
        return True
    if abs(line.size - above.size) > 0.06 * max(line.size, above.size):
        return True
    if number == last.last_sheet and _mid_sentence(last, line, leading):
        return False
    if line.bold != above.bold and above.text[-1:] not in DASHES:  # a bold term, a dash, and what it means
        return True
    if number != last.last_sheet or line.column != above.column:
        return not _runs_on(last, line)
    gap = line.top - above.top
    if gap > 1.4 * leading:
        return not (line.text[:1].islower() and not last.marker and _runs_on(last, line))
    if last.marker and line.left < _indent(last) - 0.4 * line.size:
        return True
    return _had_room(above, line)


def _mid_sentence(last: _Draft, line: Line, leading: float) -> bool:
    """Whether a line below another goes on in the middle of its sentence, wherever it begins and whatever is bold in it."""
    above = last.lines[-1]
    near = line.column == above.column and 0 < line.top - above.top <= 1.25 * leading
    return near and not line.marker and line.text[:1].islower() and (above.text[-1:].isalnum() or above.text[-1:] in ",)’”'\"")


def _counts_on(before: str, marker: str) -> bool:
    """Whether a number is the one that follows another in a list: "14." and "15."."""
    first, second = (one.strip("().") for one in (before, marker))
    return first.isdecimal() and second.isdecimal() and int(second) == int(first) + 1


def _wrapped(last: _Draft, line: Line, number: int, leading: float) -> bool:
    """Whether a line that opens with a number or a dash only wrapped there: the sentence above is not over, and its line is full."""
    above = last.lines[-1]
    if number != last.last_sheet or line.column != above.column or line.top - above.top > 1.25 * leading:
        return False
    if _counts_on(last.marker, line.marker):  # the list's next number, though the sentence before lacks its end
        return False
    if SENTENCE_END.search(last.text) or above.text[-1:] in ":;,/" or not above.text[-1:].isalnum():
        return False
    if not (line.marker[:1].isdigit() or line.marker in DASHES) or line.marker.count(".") > 1 or last.marker in DASHES:
        return False
    stands = last.lines[-1].left if len(last.lines) > 1 or last.marker else last.lines[0].marker_left
    return abs(line.marker_left - stands) < 0.3 * line.size and not _had_room(above, replace(line, text=f"{line.marker} {line.text}"))


def _runs_on(last: _Draft, line: Line) -> bool:
    """Whether a paragraph goes on over the end of a column or a page."""
    above = last.lines[-1]
    if SENTENCE_END.search(last.text) or LIST_LEAD.search(last.text):
        return False
    if line.text[:1].islower() or above.text[-1:] in "-\u2010\u00ad,":
        return True
    return len(last.lines) > 1 and not _had_room(above, line) and (not last.marker or abs(line.left - above.left) < 0.6 * line.size)


def _indent(draft: _Draft) -> float:
    """Where an item's further lines stand: under its first word, or under its marker if the first of them does."""
    return draft.lines[1].left if len(draft.lines) > 1 else draft.lines[0].marker_left


def _had_room(above: Line, line: Line) -> bool:
    """Whether the line above broke although the next word would have fitted: then the writer broke it."""
    if line.text[:1].islower() or above.text[-1:] in "-\u2010\u00ad,&/":
        return False
    width = (above.right - above.left) / max(len(above.text), 1)
    word = len(line.text.split(maxsplit=1)[0])
    slack = 0.08 * (above.edge - above.marker_left)
    return above.right + (word + 1) * width < above.edge - slack


def _block(draft: _Draft, following: _Draft | None, body: float) -> Block:
    first = draft.lines[0]
    if first.cells:
        return Block("row", "\t".join(first.cells), draft.sheet, cells=first.cells, heads=first.heads, marks=draft.marks)
    text, onward = draft.text, draft.next_sheet_from
    if first.marker:
        if level := _numbered_heading(draft, following, body):
            return Block("heading", text, draft.sheet, level=level, marker=first.marker, marks=draft.marks)
        return Block("item", text, draft.sheet, marker=first.marker, next_sheet_from=onward, marks=draft.marks)
    level = _heading_level(draft, following, body)
    if level:
        return Block("heading", text, draft.sheet, level=level, marks=draft.marks)
    return Block("paragraph", text, draft.sheet, next_sheet_from=onward, marks=draft.marks)


def _numbered_heading(draft: _Draft, following: _Draft | None, body: float) -> int:
    """The level of a heading with a number, "1. Findings" in bold over text; 0 for an item of a list. A large one is one over any text."""
    first = draft.lines[0]
    if following is None or not first.bold or not any(map(str.isalnum, draft.marker)):
        return 0
    if first.size > LARGE * body and first.size > following.lines[0].size:
        return _heading_level(draft, following, body)
    if following.marker or following.lines[0].cells or len(draft.lines) > 1 or SENTENCE_END.search(draft.text):
        return 0
    return 4 if draft.marker[:1].isdigit() and len(draft.text.split()) <= 8 else 0


def _heading_level(draft: _Draft, following: _Draft | None, body: float) -> int:
    """1 to 3 for a heading, 0 for none: by size, weight or capitals, else by its shape."""
    text, first = draft.text, draft.lines[0]
    if following is None or is_date_line(text) or text[-1:] in DASHES:
        return 0
    if len(text) > HEADING_LENGTH or len(text.split()) > HEADING_WORDS:
        return 2 if _is_long_heading(draft, following) else 0
    if not text[:1].isupper() and not text[:1].isdigit() and text[:1] not in "\"'“‘" and not _in_small_capitals(draft, following):
        return 0
    large = first.size > LARGE * body
    if large or (first.bold and len(draft.lines) <= 2) or (text.isupper() and len(text) > 3):
        if not SENTENCE_END.search(text) or text.endswith(("?", "...", "….")) or len(text.split()) <= 8:
            return 1 if first.size > 1.35 * body else 2
        return 0
    shaped = (
        len(draft.lines) == 1
        and not re.search(r"[.;,!]$", text.rstrip(".") + ("." if re.search(r"[^.]\.$", text) else ""))
        and len(text) <= 95
        and (bool(following.marker) or bool(following.lines[0].cells) or len(following.text) > 1.3 * len(text))
        and not LIST_LEAD.search(text)
        and not ADDRESS.search(text)
    )
    return 3 if shaped else 0


def _in_small_capitals(draft: _Draft, following: _Draft) -> bool:
    """Whether a bold line in small letters stands over text: a heading that the page shows in small capitals."""
    words = draft.text.split()
    over_text = not following.lines[0].bold and following.text[:1].isupper() and len(following.text) > 2 * len(draft.text)
    return draft.lines[0].bold and len(draft.lines) == 1 and len(words) <= 4 and all(w.isalpha() for w in words) and over_text


def _is_long_heading(draft: _Draft, following: _Draft) -> bool:
    """Whether several bold lines without a sentence's end stand over text that is not bold."""
    bold = all(line.bold for line in draft.lines) and len(draft.lines) <= BOLD_LINES and len(draft.text) <= BOLD_LENGTH
    return bold and draft.text[:1].isupper() and not following.lines[0].bold and not re.search(r"[.!;:,…]$", draft.text)


MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
DATE_LINE = re.compile(
    rf"^(?:(?:date(?: of (?:publication|issue))?|(?:date )?published(?: on| in)?|publication date|issued(?: on| in)?):?\s*)?"
    rf"(?:(?:\d{{1,2}}(?:st|nd|rd|th)?\s*(?:[-–—]|to|and)\s*)?\d{{1,2}}(?:st|nd|rd|th)?\s+)?(?:{MONTHS})\s+\d{{4}}$|^(?:issue|edition|version|volume|no\.?)\s+\d+(?:\.\d+)*$|^(?:19|20)\d\d$",
    re.IGNORECASE,
)


def is_date_line(text: str) -> bool:
    """Whether a line holds a date or an issue number alone."""
    parts = [part for part in re.split(r"\s+[|·•–—-]\s+|\s*[|·•]\s*|,\s+(?=issue\b)", text.strip(" ."), flags=re.IGNORECASE) if part]
    return bool(parts) and all(DATE_LINE.match(part.strip()) for part in parts)
