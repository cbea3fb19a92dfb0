"""What a reader hands on: lines with their places on the page, or blocks already told apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

BlockKind = Literal["heading", "item", "paragraph", "row", "note"]
Marks = tuple[tuple[int, str], ...]
"""The raised marks of notes that were taken out of a text: where each stood, as an offset into the text without them, and its sign."""


def carried(marks: Marks, text: str, change: Callable[[str], str]) -> Marks:
    """The marks of `text`, where they stand once it is changed."""
    return tuple((len(change(text[:at])), sign) for at, sign in marks)


def shifted(marks: Marks, by: int) -> Marks:
    """The marks of a text that now begins `by` characters further on."""
    return tuple((max(0, at + by), sign) for at, sign in marks)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of one column. Lengths are in points, or in characters for plain text.

    `top` grows downwards; `edge` is the right edge of the column that the line
    stands in; `marker` is the bullet or number that opens it, already taken off `text`,
    and stands at `marker_left`;
    `cells` are the texts of a table row (then `text` is empty), `heads` as in `Block`. `places` are the numbers of its characters among
    the page's, in the order of the line's words, where they were asked for; the `marks` of a row are counted in its cells joined by tabs.
    `points` tells that it ends with a number set apart at the edge, as a line of a table of contents does.
    """

    text: str
    left: float
    right: float
    top: float
    size: float
    edge: float
    bold: bool = False
    marker: str = ""
    marker_left: float = 0.0
    column: int = 0
    cells: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    places: tuple[int, ...] = ()
    marks: Marks = ()
    points: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as it lies in the file: `number` from 1, `label` as printed where the file says so, `notes` at its foot."""

    number: int
    lines: tuple[Line, ...]
    label: str = ""
    notes: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a list item, a paragraph, a table row or a note, on sheet `sheet`.

    `level` orders headings (1 is the outermost). A row keeps its `cells`, and in
    `heads` its table's column heads where there are any. `set_off` says that a paragraph is set as a block quotation.
    """

    kind: BlockKind
    text: str
    sheet: int = 1
    level: int = 0
    marker: str = ""
    cells: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    next_sheet_from: int | None = None
    marks: Marks = ()
    set_off: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A file as read: blocks in reading order, with what the reader has to say about it.

    `ocr_sheets` are the sheets whose words were read off a picture, `unreadable_sheets` those that are damaged. `front` holds the
    first sheets as they lie, for the sizes of their lines; empty where a format has none.
    """

    blocks: tuple[Block, ...]
    sheets: int
    paged: bool
    reader: str
    labels: tuple[str, ...] = ()
    running: tuple[str, ...] = ()
    empty_sheets: tuple[int, ...] = ()
    title: str = ""
    warnings: tuple[str, ...] = field(default_factory=tuple)
    ocr_sheets: tuple[int, ...] = ()
    unreadable_sheets: tuple[int, ...] = ()
    front: tuple[Sheet, ...] = ()
