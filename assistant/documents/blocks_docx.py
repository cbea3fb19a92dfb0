"""Blocks as a Word file, through python-docx: the template's styles filled in."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm

from assistant.documents.markdown import Block
from assistant.documents.sheet_docx import FORBIDDEN

STYLES = {
    "text": "Normal",
    "item": "List Bullet",
    "quote": "Quote",
    "reference": "Reference",
    "caution": "Caution",
    "hint": "Hint",
    "lead": "Lead",
}
HEADINGS = ("Title", "Heading 1", "Heading 2")
TABLE_STYLE, CELL, HEAD_CELL = "Pack Table", "Cell", "Cell Head"
NARROW, FEWEST_LETTERS = 0.11, 12  # the least share of the width that a column has; letters that every column is counted with
TO_WRITE_ON = 1.1  # centimetres of a row that is filled in by hand
LARGE = 8.0  # and of a field that is a table of its own
TOGETHER = 9  # rows of a table that stays on one page


class MissingStyle(Exception):
    """A template lacks a style that is needed; the message names it."""


def written(blocks: Sequence[Block], template: Path, title: str) -> bytes:
    """The blocks as the bytes of a Word file: real headings, lists and table heads, in British English. Raises MissingStyle."""
    word = _Word(template)
    new_page = False
    for block, following in pairwise((*blocks, Block("text"))):
        if block.kind == "table":
            word.table(block.rows)
        elif block.kind not in ("break", "notes"):
            together = block.kind in ("quote", "lead") or (block.kind, following.kind) == ("reference", "caution")
            word.say(block, new_page=new_page, with_next=together)
        new_page = block.kind == "break"
    _describe(word.document, title)
    out = io.BytesIO()
    word.document.save(out)
    return out.getvalue()


class _Word:
    """A Word file that is being written, from a template."""

    def __init__(self, template: Path) -> None:
        self.document: Any = Document(str(template))
        for element in list(self.document.element.body):
            if element.tag != qn("w:sectPr"):  # headers and footers stay, what stands on the template's page goes
                self.document.element.body.remove(element)
        self._ids = {style.name: style.style_id for style in self.document.styles}  # python-docx would look for each anew
        for name in (*STYLES.values(), *HEADINGS, TABLE_STYLE, CELL, HEAD_CELL):
            if name not in self._ids:
                raise MissingStyle(f"{template.name} has no style called {name}. Add it, or start from the template of the product.")

    def say(self, block: Block, *, new_page: bool, with_next: bool) -> None:
        """A paragraph."""
        paragraph = self.document.add_paragraph()
        self._fill(paragraph, block.text, HEADINGS[block.level - 1] if block.kind == "heading" else STYLES[block.kind])
        paragraph.paragraph_format.page_break_before = new_page or None
        paragraph.paragraph_format.keep_with_next = with_next or None

    def _fill(self, paragraph: Any, text: str, style: str) -> None:
        paragraph._p.style = self._ids[style]
        paragraph.add_run(FORBIDDEN.sub("", text))

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """A table with a head that Word repeats over pages and reads aloud as one; without any words, a field to write in.

        No row is split over pages, and columns are as wide as their words.
        """
        field = not any(map(any, rows))
        named = all(row[0] for row in rows)  # the first column says what each row is
        section = self.document.sections[0]
        width = section.page_width - section.left_margin - section.right_margin
        widths = [int(width * share) for share in _shares(rows)]
        table = self.document.add_table(rows=0, cols=len(widths), style=TABLE_STYLE)
        table.autofit = False
        table._tblPr.append(_look(head=not field))
        for place, row in enumerate(rows[:1] if field else rows):
            line = table.add_row()
            properties = line._tr.get_or_add_trPr()
            properties.append(OxmlElement("w:cantSplit"))
            if place == 0 and not field:
                properties.append(OxmlElement("w:tblHeader"))
            elif "" in row:
                line.height = Cm(LARGE if field else TO_WRITE_ON)
            together = len(rows) <= TOGETHER and place < len(rows) - 1
            for column, (cell, text, wide) in enumerate(zip(line.cells, row, widths, strict=True)):
                cell.width = wide
                self._cell(cell, text, HEAD_CELL if place == 0 or (named and column == 0) else CELL, with_next=together)
        for column_of_table, wide in zip(table.columns, widths, strict=True):
            column_of_table.width = wide
        self._fill(self.document.add_paragraph(), "", CELL)

    def _cell(self, cell: Any, text: str, style: str, *, with_next: bool) -> None:
        for number, words in enumerate(text.split("\n")):
            paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            self._fill(paragraph, words, style)
            paragraph.paragraph_format.keep_with_next = with_next or None


def _look(*, head: bool) -> Any:
    """Whether a table's first row looks like a head."""
    look = OxmlElement("w:tblLook")
    for name, value in (("firstRow", head), ("lastRow", False), ("firstColumn", False), ("lastColumn", False), ("noHBand", True)):
        look.set(qn(f"w:{name}"), str(int(value)))
    return look


def _shares(rows: Sequence[Sequence[str]]) -> list[float]:
    """The share of the width of each column: by the longest words in it, none too narrow; empty columns share alike."""
    letters = [max(FEWEST_LETTERS, *(min(len(row[n]), 90) for row in rows)) for n in range(len(rows[0]))]
    if any(all(not row[n] for row in rows[1:]) for n in range(len(rows[0]))):
        letters = [max(one, 30) for one in letters]
    least = NARROW * sum(letters)
    letters = [round(max(one, least)) for one in letters]
    return [one / sum(letters) for one in letters]


def _describe(document: Any, title: str) -> None:
    """Title, language and time; nobody's name."""
    properties = document.core_properties
    properties.title, properties.language = FORBIDDEN.sub("", title), "en-GB"
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.created = properties.modified = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
