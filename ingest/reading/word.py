"""Word documents (DOCX), through python-docx: paragraphs, lists, tables, text boxes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph

from ingest.lines import LIST_LEAD, SENTENCE_END, is_date_line
from ingest.reading.columns import MARKER
from ingest.reading.source import Block, Source
from knowledge.errors import FileRefused, NoText

SAVE_AGAIN = "Open it in Word, save it again as .docx, then add that."


def read_word(path: Path) -> Source:
    """Read a DOCX file. Raises NoText where it holds no words, FileRefused where it is damaged."""
    try:
        document = docx.Document(str(path))
        blocks = tuple(block for block in _blocks(document) if block.text.strip())
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError, AttributeError) as error:
        raise FileRefused(f"{path.name} is damaged or not a Word document. {SAVE_AGAIN}") from error
    if not blocks:
        raise NoText(f"{path.name} holds no words. Check that it is the right file.")
    return Source(blocks, sheets=1, paged=False, reader="python-docx", title=document.core_properties.title or "")


def _blocks(document: Document) -> Iterator[Block]:
    blocks: list[Block] = []
    for part in document.iter_inner_content():
        if isinstance(part, Table):
            blocks.extend(_rows(part))
        else:
            blocks.extend(_paragraphs(part))
    yield from (_with_shape(block, blocks[i + 1] if i + 1 < len(blocks) else None) for i, block in enumerate(blocks))


def _paragraphs(paragraph: Paragraph) -> Iterator[Block]:
    text = " ".join(paragraph.text.split())
    style = (paragraph.style.name or "").lower() if paragraph.style is not None else ""
    if text:
        heading = re.match(r"(?:heading (\d)|title|subtitle)", style)
        if heading:
            yield Block("heading", text, level=int(heading.group(1) or 1))
        elif "list" in style or _is_numbered(paragraph):
            yield Block("item", text, marker="•")
        else:
            found = MARKER.match(text)
            if found and found.end() < len(text):
                yield Block("item", text[found.end() :], marker=found.group().strip())
            else:
                bold = all(run.bold for run in paragraph.runs if run.text.strip()) and bool(paragraph.runs)
                yield Block("heading" if bold and _may_head(text) else "paragraph", text, level=2 if bold and _may_head(text) else 0)
    for box in paragraph._p.xpath(".//w:txbxContent//w:p"):
        yield from _paragraphs(Paragraph(box, paragraph._parent))


def _is_numbered(paragraph: Paragraph) -> bool:
    properties: Any = paragraph._p.pPr
    return properties is not None and properties.numPr is not None


def _rows(table: Table) -> Iterator[Block]:
    for row in table.rows:
        cells: list[str] = []
        for i, cell in enumerate(row.cells):
            if i and cell._tc is row.cells[i - 1]._tc:
                continue
            cells.append(" ".join(cell.text.split()))
        filled = tuple(cell for cell in cells if cell)
        if len(filled) == 1:
            yield Block("paragraph", filled[0])
        elif filled:
            yield Block("row", "\t".join(filled), cells=filled)


def _may_head(text: str) -> bool:
    return len(text) <= 120 and not SENTENCE_END.search(text) and not is_date_line(text)


def _with_shape(block: Block, following: Block | None) -> Block:
    """A short line over a list, a table or a longer paragraph is its heading, as on a page."""
    if block.kind != "paragraph" or following is None or following.kind == "heading":
        return block
    text = block.text
    longer = following.kind in ("item", "row") or len(following.text) > 1.3 * len(text)
    opens = (text[:1].isupper() or text[:1].isdigit()) and text[-1] not in ";," and not LIST_LEAD.search(text)
    return Block("heading", text, level=3) if longer and opens and len(text) <= 95 and _may_head(text) else block
