"""Blocks as slides, through python-pptx: a slide a heading, with real title placeholders, notes and alternative texts."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.util import Pt

from assistant.documents.markdown import Block
from assistant.documents.sheet_docx import FORBIDDEN

TITLE, CONTENT, TABLE = 0, 1, 5  # layouts of the template, by place: title slide, title and content, title only
QUOTE_SIZES = ((25, 36), (45, 32), (70, 28), (95, 24), (10**6, 20))  # points of a quotation of up to so many words
SMALL, ITEM, CELL = 18, 30, 20  # points
LANGUAGE = "en-GB"


class MissingLayout(Exception):
    """A template lacks a layout or a placeholder that is needed; the message names it."""


@dataclass(slots=True)
class Slide:
    """A slide's blocks: its title, what stands on it, and its notes."""

    title: str
    blocks: list[Block]
    notes: str = ""


def written(blocks: Sequence[Block], template: Path, title: str) -> bytes:
    """The blocks as the bytes of a PowerPoint file, a slide from each heading on. Raises MissingLayout."""
    deck = Presentation(str(template))
    if len(deck.slide_layouts) <= TABLE:
        raise MissingLayout(f"{template.name} has fewer than {TABLE + 1} layouts. Start from the template that comes with the product.")
    for number, one in enumerate(_slides(blocks)):
        table = next((block for block in one.blocks if block.kind == "table"), None)
        layout = deck.slide_layouts[TITLE if number == 0 else TABLE if table else CONTENT]
        slide = deck.slides.add_slide(layout)
        if slide.shapes.title is None:
            raise MissingLayout(
                f"The layout {layout.name} of {template.name} has no title. Start from the template that comes with the product."
            )
        _say(slide.shapes.title.text_frame.paragraphs[0], one.title)
        if table:
            _table(slide, table, one.title, deck)
        else:
            _body(slide, one, template)
        _notes(slide, one.notes)
    properties = deck.core_properties
    properties.title, properties.language = FORBIDDEN.sub("", title), LANGUAGE
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.created = properties.modified = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def _slides(blocks: Sequence[Block]) -> list[Slide]:
    slides: list[Slide] = []
    for block in blocks:
        if block.kind == "heading":
            slides.append(Slide(block.text, []))
        elif block.kind == "notes":
            slides[-1].notes = block.text
        else:
            slides[-1].blocks.append(block)
    return slides


def _say(paragraph: Any, text: str, size: int = 0, *, bold: bool = False) -> None:
    """Words in British English, in the template's look where no size is given."""
    run = paragraph.add_run()
    run.text = FORBIDDEN.sub("", text)
    run._r.get_or_add_rPr().set("lang", LANGUAGE)
    if size:
        run.font.size = Pt(size)
    if bold:
        run.font.bold = True


def _body(slide: Any, one: Slide, template: Path) -> None:
    """What stands below the title: a quotation without bullets, its reference smaller; questions and points as a list."""
    holder = next((shape for shape in slide.placeholders if shape.placeholder_format.idx == 1), None)
    if holder is None:
        raise MissingLayout(f"A layout of {template.name} has no place for text. Start from the template that comes with the product.")
    frame = holder.text_frame
    words = sum(len(block.text.split()) for block in one.blocks if block.kind == "quote")
    quote = next(size for most, size in QUOTE_SIZES if words <= most)
    for place, block in enumerate(one.blocks):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        small = block.kind in ("reference", "caution", "hint")
        size = quote if block.kind == "quote" else SMALL if small else ITEM if block.kind == "item" else 0
        _say(paragraph, block.text, size, bold=block.kind == "caution")
        if block.kind in ("quote", "reference", "caution", "hint"):
            paragraph.space_before = Pt(14 if small else 8)
            properties = paragraph._p.get_or_add_pPr()
            properties.set("marL", "0")
            properties.set("indent", "0")
            properties.append(properties.makeelement("{http://schemas.openxmlformats.org/drawingml/2006/main}buNone", {}))


def _table(slide: Any, block: Block, title: str, deck: Any) -> None:
    """A table with a head row, and an alternative text that says what it is."""
    rows, columns = len(block.rows), len(block.rows[0])
    below = slide.shapes.title.top + slide.shapes.title.height
    left = slide.shapes.title.left
    width = deck.slide_width - 2 * left
    frame = slide.shapes.add_table(rows, columns, left, below, width, Pt(30) * rows)
    frame.name = title
    frame._element.nvGraphicFramePr.cNvPr.set("descr", f"Table: {title}. {rows - 1} rows; columns: {', '.join(block.rows[0])}.")
    table = frame.table
    letters = [max(12, *(len(row[n]) for row in block.rows)) for n in range(columns)]
    for n, one in enumerate(letters):
        table.columns[n].width = int(width * one / sum(letters))
    for r, row in enumerate(block.rows):
        for c, text in enumerate(row):
            _say(table.cell(r, c).text_frame.paragraphs[0], text, CELL if rows <= 12 else CELL - 4, bold=r == 0)


def _notes(slide: Any, notes: str) -> None:
    frame = slide.notes_slide.notes_text_frame
    for place, line in enumerate(notes.split("\n")):
        _say(frame.paragraphs[0] if place == 0 else frame.add_paragraph(), line)
