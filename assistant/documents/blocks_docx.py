"""Blocks as a Word file, through python-docx: the template's styles filled in."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
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
TABLE_STYLE, CELL, HEAD_CELL = "Pack Table", "Cell", "Cell Head"
NARROW, FEWEST_LETTERS = 0.11, 12  # the least share of the width that a column has; letters that every column is counted with
TO_WRITE_ON = 1.1  # centimetres of a row that is filled in by hand
LARGE = 5.0  # and of a field that is a table of its own
TOGETHER = 9  # rows of a table that stays on one page


class MissingStyle(Exception):
    """A template lacks a style that is needed; the message names it."""


def written(blocks: Sequence[Block], template: Path, title: str, marking: str = "") -> bytes:
    """The blocks as the bytes of a Word file: real headings, lists and table heads, in British English. Raises MissingStyle."""
    document = Document(str(template))
    _empty(document)
    lacking = [
        name for name in (*STYLES.values(), TABLE_STYLE, CELL, HEAD_CELL, "Title", "Heading 1", "Heading 2") if name not in document.styles
    ]
    if lacking:
        raise MissingStyle(
            f"{template.name} has no style called {lacking[0]}. Add it, or start from the template that comes with the product."
        )
    new_page = False
    for place, block in enumerate(blocks):
        if block.kind == "break":
            new_page = True
            continue
        if block.kind == "table":
            _table(document, block)
        elif block.kind != "notes":
            paragraph = document.add_paragraph(_clean(block.text), style=_style(block))
            paragraph.paragraph_format.page_break_before = new_page or None
            following = blocks[place + 1].kind if place + 1 < len(blocks) else ""
            if block.kind == "quote" or (block.kind == "reference" and following == "caution") or block.kind == "lead":
                paragraph.paragraph_format.keep_with_next = True
        new_page = False
    _describe(document, title, marking)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _style(block: Block) -> str:
    if block.kind == "heading":
        return "Title" if block.level == 1 else f"Heading {block.level - 1}"
    return STYLES[block.kind]


def _clean(text: str) -> str:
    return FORBIDDEN.sub("", text)


def _empty(document: Any) -> None:
    """What stands on the template's page goes; its sections, headers and footers stay."""
    for element in list(document.element.body):
        if element.tag != qn("w:sectPr"):
            document.element.body.remove(element)


def _table(document: Any, block: Block) -> None:
    """A table with a head that Word repeats over pages and reads aloud as one. No row is split; columns are as wide as their words."""
    rows = block.rows
    bare = not any(rows[0])  # a field to write in
    named = all(row[0] for row in rows)  # the first column names the rows
    table = document.add_table(rows=0, cols=len(rows[0]), style=TABLE_STYLE)
    table.autofit = False
    width = document.sections[0].page_width - document.sections[0].left_margin - document.sections[0].right_margin
    widths = [int(width * share) for share in _shares(rows)]
    for place, row in enumerate(rows if not bare else rows[:1]):
        line = table.add_row()
        head = place == 0 and not bare
        for column, (cell, text, wide) in enumerate(zip(line.cells, row, widths, strict=True)):
            cell.width = wide
            for number, words in enumerate(_clean(text).split("\n")):
                paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
                paragraph.text, paragraph.style = words, HEAD_CELL if head or (named and column == 0) else CELL
                paragraph.paragraph_format.keep_with_next = (len(rows) <= TOGETHER and place < len(rows) - 1) or None
        properties = line._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if head:
            properties.append(OxmlElement("w:tblHeader"))
        elif "" in row:
            line.height = Cm(LARGE if bare else TO_WRITE_ON)
    for column, wide in zip(table.columns, widths, strict=True):
        column.width = wide
    document.add_paragraph(style=CELL)


def _shares(rows: Sequence[Sequence[str]]) -> list[float]:
    """The share of the width of each column: by the longest words in it, none too narrow; empty columns share alike."""
    letters = [max(FEWEST_LETTERS, *(min(len(row[n]), 90) for row in rows)) for n in range(len(rows[0]))]
    if any(all(not row[n] for row in rows[1:]) for n in range(len(rows[0]))):
        letters = [max(one, 30) for one in letters]
    least = NARROW * sum(letters)
    letters = [round(max(one, least)) for one in letters]
    return [one / sum(letters) for one in letters]


def _describe(document: Any, title: str, marking: str) -> None:
    """Title, language and time; nobody's name. The marking stands on every page."""
    properties = document.core_properties
    properties.title, properties.subject, properties.language = _clean(title), _clean(marking), "en-GB"
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.created = properties.modified = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    if marking:
        document.sections[0].header.paragraphs[0].text = _clean(marking)
