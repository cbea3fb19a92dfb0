"""Paragraphs and tables become blocks: for formats that know paragraphs, sizes and cells but no places on a page.

Word, RTF, OpenDocument and HTML all say little more than "a bold paragraph of 14 points"; what heads what is
told here, once, by the same rules as for lines on a page (`ingest.lines`). The marks of notes are taken out of the words here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.lines import CLOSING_LENGTH, LIST_LEAD, SENTENCE_END, is_date_line
from ingest.reading.columns import MARKER
from ingest.reading.raised import opening_sign, parted, without_marks
from ingest.reading.source import Block, shifted

LARGE, LARGER = 1.15, 1.35  # how many times the body's size a heading of level 2, and of level 1, measures
LABEL_LENGTH = 80  # a first cell that spans rows is a label, told again in each, up to this length


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph or a table row as a format gives it.

    `level` is a heading's as the file itself says (0: it says nothing); `size` is in
    points, 0 where unknown; `cells`, `heads` and `set_off` are as in `Block`; a `note` stands apart from the text, `marker` is its number.
    """

    text: str
    level: int = 0
    marker: str = ""
    bold: bool = False
    size: float = 0.0
    sheet: int = 1
    cells: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    note: bool = False
    set_off: bool = False

    @property
    def stands_apart(self) -> bool:
        """Whether it is no part of the words of a cell that it stands in."""
        return bool(self.cells) or self.note


@dataclass(frozen=True, slots=True)
class Cell:
    """A table's cell: `head` where it heads a column, `width` in columns, `below` where it goes on from the row above.

    `inner` are paragraphs and rows that stand in the cell and are told after its row: a table within, a page laid out as a table.
    """

    text: str
    head: bool = False
    width: int = 1
    below: bool = False
    inner: tuple[Paragraph, ...] = ()


def shaped(paragraphs: Sequence[Paragraph]) -> tuple[Block, ...]:
    """Tell headings, items, rows and paragraphs apart, notes last; paragraphs without words are left out."""
    filled = list(_with_typed_notes([paragraph for paragraph in paragraphs if without_marks(paragraph.text).strip()]))
    kept = [paragraph for paragraph in filled if not paragraph.note]
    weights: Counter[float] = Counter()
    for paragraph in kept:
        weights[paragraph.size] += len(paragraph.text)
    body = weights.most_common(1)[0][0] if weights else 0.0
    last = max((i for i, p in enumerate(kept) if p.marker or p.cells or p.level or len(p.text) > CLOSING_LENGTH), default=-1)
    blocks = [_block(p, kept[i + 1] if i + 1 < len(kept) else None, body, closing=i > last) for i, p in enumerate(kept)]
    notes = (Block("note", parted(p.text)[0], p.sheet, marker=p.marker) for p in filled if p.note)
    return (*(_with_shape(block, blocks[i + 1] if i + 1 < len(blocks) else None) for i, block in enumerate(blocks)), *notes)


def _with_typed_notes(paragraphs: Sequence[Paragraph]) -> Iterator[Paragraph]:
    """The paragraphs; one that opens with a mark that stands in the text above is a note that was typed by hand."""
    marks: set[tuple[int, str]] = set()
    for paragraph in paragraphs:
        sign = opening_sign(paragraph.text)
        if (paragraph.sheet, sign) in marks and not paragraph.note and not paragraph.cells:
            yield replace(paragraph, marker=sign, note=True)
            continue
        marks.update((paragraph.sheet, told) for at, told in parted(paragraph.text)[1] if at and not paragraph.note)
        yield paragraph


def _block(paragraph: Paragraph, following: Paragraph | None, body: float, *, closing: bool) -> Block:
    if paragraph.cells:
        return _row(paragraph)
    text, marks = parted(paragraph.text)
    block = _told_apart(paragraph, text, following, body, closing=closing)
    set_off = paragraph.set_off and block.kind == "paragraph"
    return replace(block, marks=shifted(marks, len(block.text) - len(text)), set_off=set_off)


def _row(paragraph: Paragraph) -> Block:
    cells: list[str] = []
    marks: list[tuple[int, str]] = []
    for text, standing in map(parted, paragraph.cells):
        marks += shifted(standing, sum(map(len, cells)) + len(cells))
        cells.append(text)
    heads = tuple(parted(head)[0] for head in paragraph.heads)
    return Block("row", "\t".join(cells), paragraph.sheet, cells=tuple(cells), heads=heads, marks=tuple(marks))


def _told_apart(paragraph: Paragraph, text: str, following: Paragraph | None, body: float, *, closing: bool) -> Block:
    sheet = paragraph.sheet
    if paragraph.level:
        return Block("heading", text, sheet, level=paragraph.level, marker=paragraph.marker)
    large = body > 0 and paragraph.size > LARGE * body
    heading = (paragraph.bold or large) and _may_head(text) and not closing
    if paragraph.marker:
        lone = following is None or not (following.marker or following.cells)
        if heading and lone and paragraph.marker[:1].isalnum():
            return Block("heading", text, sheet, level=4, marker=paragraph.marker)
        return Block("item", text, sheet, marker=paragraph.marker)
    if heading:
        return Block("heading", text, sheet, level=1 if large and paragraph.size > LARGER * body else 2)
    found = MARKER.match(text)
    if found and found.end() < len(text):
        return Block("item", text[found.end() :], sheet, marker=found.group().strip())
    return Block("paragraph", text, sheet)


def _may_head(text: str) -> bool:
    return len(text) <= 120 and (not SENTENCE_END.search(text) or text.endswith("?")) and not is_date_line(text)


def _with_shape(block: Block, following: Block | None) -> Block:
    """A short line over a list, a table or a longer paragraph is its heading, as on a page."""
    if block.kind != "paragraph" or block.set_off or following is None or following.kind == "heading" or following.sheet != block.sheet:
        return block
    text = block.text
    longer = following.kind in ("item", "row") or len(following.text) > 1.3 * len(text)
    opens = (text[:1].isupper() or text[:1].isdigit()) and text[-1] not in ";,?" and not LIST_LEAD.search(text)
    return Block("heading", text, block.sheet, level=3) if longer and opens and len(text) <= 95 and _may_head(text) else block


def rows(table: Sequence[Sequence[Cell]], sheet: int = 1) -> Iterator[Paragraph]:
    """A table's rows, each with its column heads beside its filled cells.

    The heads are the leading rows whose filled cells are all heads; several such rows, and heads that
    span columns, are joined ("Findings: what"). A row with one filled cell is a paragraph of its own, unless
    its column has a head. A head row comes out with its cells for heads: it is printed, but is no finding.
    """
    grid = [list(row) for row in table if any(cell.text or cell.inner or cell.below for cell in row)]
    depth = _head_rows(grid)
    heads = _column_heads(grid[:depth])
    labels: dict[int, str] = {}
    for number, row in enumerate(grid):
        texts = _filled(row, labels)
        cells = tuple(text for _, text in texts)
        over = cells if number < depth else tuple(heads.get(column, "") for column, _ in texts)
        if len(cells) == 1 and not (over[0] and len(row) > 1):
            yield Paragraph(cells[0], sheet=sheet, bold=any(cell.head for cell in row if cell.text))
        elif cells:
            yield Paragraph("\t".join(cells), sheet=sheet, cells=cells, heads=over if any(over) else ())
        for cell in row:
            yield from cell.inner


def _head_rows(grid: Sequence[Sequence[Cell]]) -> int:
    depth = 0
    while depth < len(grid) - 1 and len(grid[depth]) > 1 and all(cell.head for cell in grid[depth] if cell.text or cell.below):
        depth += 1
    return depth


def _column_heads(grid: Sequence[Sequence[Cell]]) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    for row in grid:
        column = 0
        for cell in row:
            for covered in range(column, column + cell.width):
                texts = found.setdefault(covered, [])
                if cell.text and not cell.below:
                    texts.append(cell.text)
            column += cell.width
    return {column: ": ".join(texts) for column, texts in found.items()}


def _filled(row: Sequence[Cell], labels: dict[int, str]) -> list[tuple[int, str]]:
    """The row's filled cells with their columns. A label that spans rows is told again; other such cells are not."""
    texts: list[tuple[int, str]] = []
    column = 0
    for cell in row:
        text = cell.text
        if cell.below:
            text = labels.get(column, "") if column == 0 and not cell.head else ""
        else:
            labels[column] = text if len(text) <= LABEL_LENGTH else ""
        if text:
            texts.append((column, text))
        column += cell.width
    return texts
