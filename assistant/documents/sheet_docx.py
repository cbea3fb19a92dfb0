"""The sheet as a Word file, through python-docx: the template filled in. And opened again."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.shared import Cm

from assistant.documents.found_again import prove
from assistant.documents.sheet import TITLE, Block, Sheet, layout
from assistant.documents.sheet_reader import EMPTY, LEFT_OUT, MODEL, SHOWN, read_sheet
from knowledge.library import Library

FIELDS_STYLE, TABLE_STYLE = "Sheet Fields", "Sheet Table"
TEMPLATE = "sheet_template.docx"
STYLES = {
    "title": "Title",
    "line": "Subtitle",
    "about": "About",
    "today": "Caution",
    "heading": "Heading 1",
    "subheading": "Heading 2",
    "text": "Normal",
    "hint": "Hint",
    "lead": "Lead",
    "quote": "Quote",
    "starter": "Starter",
    "reference": "Reference",
    "caution": "Caution",
    "source": "Source",
}
FORBIDDEN = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 has no place for
FIELDS = {4: (3.0, 5.3, 3.0, 5.3), 2: (3.0, 13.6)}  # centimetres of the columns, by how many there are
ACTIONS = (9.2, 4.2, 3.2)
SIGNATURES = (6.6, 6.8, 3.2)
TO_SIGN = 1.0  # centimetres of a row that is signed by hand
TO_DECIDE = 2.4  # and of a decision that is written by hand
TOGETHER = 10  # rows of a table that stays on one page; a longer one may run on, a row at a time
CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006"
CUSTOM_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"  # what the standard gives for a document's own properties


def written(sheet: Sheet) -> bytes:
    """The sheet as the bytes of a Word file: real headings, table heads, British English, the marking on every page."""
    document = Document(str(files("assistant.documents") / TEMPLATE))
    styles = {kind: document.styles[name] for kind, name in STYLES.items()}  # python-docx would look for a name with each paragraph
    for block, following in pairwise((*layout(sheet), Block(""))):
        if block.rows:
            _table(document, block, with_next=following.kind == "signatures")
        else:
            paragraph = document.add_paragraph(_clean(block.text), style=styles[block.kind])
            if following.kind == "caution":
                paragraph.paragraph_format.keep_with_next = True
    document.sections[0].header.paragraphs[0].text = _clean(sheet.marking)
    _describe(document, sheet)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def opened(data: bytes, library: Library) -> Sheet:
    """The sheet that a Word file holds, every quotation proven anew. Raises SheetError where the file is no sheet, or too large."""
    return prove(read_sheet(data), library)


def _clean(text: str) -> str:
    return FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _describe(document: Any, sheet: Sheet) -> None:
    """Title, language and time; nobody's name. The model and the choice of sections go with the file, to open it again."""
    properties = document.core_properties
    properties.title, properties.subject, properties.language = TITLE, _clean(sheet.marking), "en-GB"
    properties.author = properties.last_modified_by = ""
    properties.created = properties.modified = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    properties.revision = 1
    own = {MODEL: sheet.model, EMPTY: LEFT_OUT if sheet.leave_out_empty else SHOWN}
    each = "".join(
        f'<property fmtid="{FORMAT_ID}" pid="{number}" name="{name}"><vt:lpwstr>{escape(value)}</vt:lpwstr></property>'
        for number, (name, value) in enumerate(own.items(), 2)
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<Properties xmlns="{CUSTOM}/custom-properties" xmlns:vt="{CUSTOM}/docPropsVTypes">{each}</Properties>'
    )
    package = document.part.package
    part = Part(PackURI("/docProps/custom.xml"), CUSTOM_TYPE, text.encode("utf-8"), package)
    package.relate_to(part, f"{CUSTOM}/relationships/custom-properties")


def _table(document: Any, block: Block, *, with_next: bool) -> None:
    """A table: of fields, or with a head that Word repeats over pages and reads aloud as one. No row is split over pages.

    A short one stays on one page, `with_next` on that of the table that follows.
    """
    fields = block.kind == "fields"
    width = len(block.rows[0])
    widths = FIELDS[width] if fields else ACTIONS if block.kind == "actions" else SIGNATURES
    table = document.add_table(rows=0, cols=width, style=FIELDS_STYLE if fields else TABLE_STYLE)
    table.autofit = False
    for column, centimetres in zip(table.columns, widths, strict=True):
        column.width = Cm(centimetres)
    for place, row in enumerate(block.rows):
        line = table.add_row()
        head = not fields and place == 0
        _fill(line, row, widths, ["Label" if head or (fields and not n % 2) else "Cell" for n in range(width)])
        properties = line._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if head:
            properties.append(OxmlElement("w:tblHeader"))
        elif block.kind == "signatures" or (width == 2 and place == 0):
            line.height = Cm(TO_SIGN if block.kind == "signatures" else TO_DECIDE)
    lines = list(table.rows)
    together = lines[:2] if len(lines) > TOGETHER else lines if with_next else lines[:-1]
    for paragraph in (paragraph for line in together for cell in line.cells for paragraph in cell.paragraphs):
        paragraph.paragraph_format.keep_with_next = True
    if fields:
        gap = document.add_paragraph(style="About").paragraph_format
        gap.space_after, gap.keep_with_next = Cm(0), with_next


def _fill(line: Any, row: Sequence[str], widths: Sequence[float], styles: Sequence[str]) -> None:
    for cell, text, centimetres, style in zip(line.cells, row, widths, styles, strict=True):
        cell.width = Cm(centimetres)
        cell.paragraphs[0].style = style
        cell.paragraphs[0].text = _clean(text)
