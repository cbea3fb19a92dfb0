"""Slides (PPTX), through python-pptx: a slide is a page; its title heads it, bullets, tables and diagrams follow in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pptx
from lxml import etree
from pptx.enum.shapes import PP_PLACEHOLDER

from ingest.reading.drawing import DIAGRAM, MC, A, R, diagram_words, drawn_once
from ingest.reading.glyphs import is_symbol_font
from ingest.reading.left_out import LeftOut, Unread
from ingest.reading.look import Look
from ingest.reading.office import damage_told, opened
from ingest.reading.shape import Cell, Paragraph, rows, shaped
from ingest.reading.source import Source
from ingest.reading.word_numbers import roman
from ingest.reading.word_styles import local
from knowledge.errors import NoText

TITLES = {PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.VERTICAL_TITLE}
FURNITURE = {PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.HEADER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.SLIDE_NUMBER}
BULLETED = {PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.VERTICAL_BODY, PP_PLACEHOLDER.VERTICAL_OBJECT}
BULLETS = ("•", "–", "·")


@dataclass
class _Talk:
    """What is told beside the words: running feet, and what was left out on which slides."""

    running: dict[str, None] = field(default_factory=dict)
    noted: int = 0
    hidden: list[int] = field(default_factory=list)
    charts: list[int] = field(default_factory=list)
    left_out: LeftOut = field(default_factory=LeftOut)


def read_slides(path: Path, password: str = "") -> Source:
    """Read a PPTX file. Raises NoText where no slide holds a word, PasswordNeeded, FileRefused where it is damaged."""
    talk = _Talk()
    with damage_told(path, "a PowerPoint file", "PowerPoint", ".pptx"):
        show = pptx.Presentation(opened(path, password))
        slides = [_slide(slide, number, talk) for number, slide in enumerate(show.slides, 1)]
        title = show.core_properties.title or ""
    empty = tuple(number for number, paragraphs in enumerate(slides, 1) if all(paragraph.note for paragraph in paragraphs))
    if len(empty) == len(slides):
        raise NoText(f"{path.name} holds no words: its slides are blank or pictures. Ask the publisher for a text version.")
    return Source(
        blocks=tuple(block for paragraphs in slides for block in shaped(paragraphs)),
        sheets=len(slides),
        paged=True,
        reader="python-pptx",
        running=tuple(talk.running),
        empty_sheets=empty,
        title="" if title == "PowerPoint Presentation" else title,
        warnings=tuple(_warnings(talk, empty)),
    )


def _warnings(talk: _Talk, empty: Sequence[int]) -> Iterator[str]:
    yield from (f"No text on slide {number}: it may be a picture." for number in empty)
    yield from (f"The chart on slide {number} was not read." for number in talk.charts)
    yield from (f"Slide {number} is hidden when the slides are shown; it was read all the same." for number in talk.hidden)
    if talk.noted:
        yield f"The speaker's notes on {talk.noted} {'slide' if talk.noted == 1 else 'slides'} were read as notes: no slide shows them."
    yield from talk.left_out.sentences()


def _slide(slide: Any, number: int, talk: _Talk) -> list[Paragraph]:
    if slide._element.get("show") in ("0", "false"):
        talk.hidden.append(number)
    for relation in slide.part.rels.values():
        if relation.reltype.endswith("/comments") and not relation.is_external:
            talk.left_out.add(Unread.COMMENT, _comments(relation.target_part.blob))
    _draw_once(slide._element)
    shapes = list(slide.shapes)
    titles = [shape for shape in shapes if _placeholder(shape) in TITLES]
    rest = [shape for shape in shapes if _placeholder(shape) not in TITLES | FURNITURE]
    for shape in shapes:
        if _placeholder(shape) in FURNITURE and shape.has_text_frame and shape.text_frame.text.strip():
            talk.running[_joined(shape.text_frame.text)] = None
    heads = (_joined(" ".join(_text(paragraph, talk)[0] for paragraph in shape.text_frame.paragraphs)) for shape in titles)
    made = [Paragraph(text, level=1, sheet=number) for text in heads if text]
    for shape in _in_order(rest):
        made.extend(_shape(shape, slide, number, talk))
    notes = list(_notes(slide, number, talk))
    talk.noted += bool(notes)
    return made + notes


def _notes(slide: Any, number: int, talk: _Talk) -> Iterator[Paragraph]:
    """The speaker's notes to a slide, a paragraph each."""
    frame = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    for paragraph in frame.paragraphs if frame is not None else ():
        if text := _text(paragraph, talk)[0]:
            yield Paragraph(text, sheet=number, note=True)


def _comments(blob: bytes) -> int:
    root = etree.fromstring(blob, etree.XMLParser(resolve_entities=False))
    return sum(local(element) == "cm" for element in root.iter())


def _draw_once(slide: Any) -> None:
    """Put one of several ways to draw a thing in the place of them all: python-pptx passes over what is drawn in several."""
    while (alternative := slide.find(f".//{MC}AlternateContent")) is not None:
        way, parent = drawn_once(alternative), alternative.getparent()
        for child in list(way) if way is not None else ():
            alternative.addprevious(child)
        parent.remove(alternative)


def _placeholder(shape: Any) -> Any:
    return shape.placeholder_format.type if shape.is_placeholder else None


def _in_order(shapes: Sequence[Any]) -> list[Any]:
    """Shapes as they are read: cut where a gap runs across the slide, then where one runs down it, and so on."""
    placed = [shape for shape in shapes if None not in (shape.left, shape.top, shape.width, shape.height)]
    if len(placed) < len(shapes):
        return list(shapes)
    for start, length in (("top", "height"), ("left", "width")):
        parts = _cut(placed, start, length)
        if len(parts) > 1:
            return [shape for part in parts for shape in _in_order(part)]
    return sorted(placed, key=lambda shape: (shape.top, shape.left))


def _cut(shapes: Sequence[Any], start: str, length: str) -> list[list[Any]]:
    """Groups of shapes with a gap between them along one axis, in order. A hair's breadth of overlap is forgiven."""
    parts: list[list[Any]] = []
    end = 0
    for shape in sorted(shapes, key=lambda shape: getattr(shape, start)):
        first, size = getattr(shape, start), getattr(shape, length)
        if parts and first + min(size, 90000) / 2 < end:
            parts[-1].append(shape)
        else:
            parts.append([shape])
        end = max(end, first + size)
    return parts


def _shape(shape: Any, slide: Any, number: int, talk: _Talk) -> Iterator[Paragraph]:
    if hasattr(shape, "shapes"):
        for inner in _in_order(list(shape.shapes)):
            yield from _shape(inner, slide, number, talk)
    elif getattr(shape, "has_table", False):
        yield from _table(shape.table, number, talk)
    elif getattr(shape, "has_chart", False):
        talk.charts.append(number)
    elif shape.has_text_frame:
        yield from _words(shape, slide, number, talk)
    elif local(shape._element) == "pic":
        decorative = any(mark.get("val") in ("1", "true") for mark in shape._element.iter("{*}decorative"))
        talk.left_out.add(Unread.PICTURE, not decorative)
    elif next(shape._element.iter("{*}oleObj"), None) is not None:
        talk.left_out.add(Unread.EMBEDDED)
    else:
        yield from _diagram(shape, slide, number, talk)


def _text(paragraph: Any, talk: _Talk) -> tuple[str, bool]:
    """A paragraph's words as they are shown, and whether all are bold."""
    pieces: list[str] = []
    bold: list[bool] = []
    skipped = None
    for child in paragraph._p:
        if local(child) == "br":
            pieces.append(" ")
        elif local(child) in ("r", "fld"):
            text, look = "".join(t.text or "" for t in child.iterfind(f"{A}t")), _look(child.find(f"{A}rPr"))
            if look.unread is None:
                pieces.append(look.shown(text, pieces[-1] if pieces else ""))
                bold += [look.bold] if text.strip() else []
            elif text.strip() and skipped is not look.unread:
                talk.left_out.add(look.unread)
            skipped = look.unread if text.strip() else skipped
    return _joined("".join(pieces)), bool(bold) and all(bold)


def _look(properties: Any) -> Look:
    if properties is None:
        return Look()
    baseline = properties.get("baseline", "0").rstrip("%")
    font = properties.find(f"{A}latin")
    named = font.get("typeface", "") if font is not None else ""
    return Look(
        bold=properties.get("b") in ("1", "true"),
        struck=properties.get("strike", "noStrike") != "noStrike",
        raised=baseline.lstrip("-").isdigit() and int(baseline) > 0,
        symbols=named if is_symbol_font(named) else "",
    )


def _words(shape: Any, slide: Any, number: int, talk: _Talk) -> Iterator[Paragraph]:
    counts: dict[int, int] = {}
    subtitle = _placeholder(shape) == PP_PLACEHOLDER.SUBTITLE
    for paragraph in shape.text_frame.paragraphs:
        text, bold = _text(paragraph, talk)
        if not text:
            continue
        depth = paragraph.level
        for deeper in [level for level in counts if level > depth]:
            del counts[deeper]
        marker = "" if subtitle else _marker(paragraph, shape, slide, counts)
        yield Paragraph(text, marker=marker, bold=bold, sheet=number)


def _marker(paragraph: Any, shape: Any, slide: Any, counts: dict[int, int]) -> str:
    """The bullet or number before a paragraph: its own, else its box's, else its layout's, else the master's."""
    depth = paragraph.level
    for properties in _properties(paragraph, shape, slide):
        for child in properties:
            match local(child):
                case "buNone":
                    return ""
                case "buChar" | "buBlip":
                    return BULLETS[min(depth, len(BULLETS) - 1)]
                case "buAutoNum":
                    start = int(child.get("startAt", "1"))
                    counts[depth] = counts.get(depth, start - 1) + 1
                    return _numbered(counts[depth], child.get("type", ""))
                case _:
                    pass
    return ""


def _properties(paragraph: Any, shape: Any, slide: Any) -> Iterator[Any]:
    own = paragraph._p.find(f"{A}pPr")
    if own is not None:
        yield own
    level = f"{A}lvl{paragraph.level + 1}pPr"
    boxes = [shape]
    if shape.is_placeholder:
        index, kind = shape.placeholder_format.idx, shape.placeholder_format.type
        layout, master = slide.slide_layout, slide.slide_layout.slide_master
        boxes += [p for p in layout.placeholders if p.placeholder_format.idx == index]
        boxes += [p for p in master.placeholders if p.placeholder_format.type == kind]
    for box in boxes:
        yield from box._element.iterfind(f".//{A}lstStyle/{level}")
    if shape.is_placeholder and shape.placeholder_format.type in BULLETED:
        yield from slide.slide_layout.slide_master._element.iterfind(f".//{{*}}bodyStyle/{level}")


def _numbered(number: int, kind: str) -> str:
    if kind.startswith("alpha"):
        text = chr(ord("a") + (number - 1) % 26)
    elif kind.startswith("roman"):
        text = roman(number)
    else:
        text = str(number)
    text = text.upper() if "Uc" in kind else text
    return f"({text})" if kind.endswith("ParenBoth") else f"{text})" if kind.endswith("ParenR") else text if "Plain" in kind else f"{text}."


def _table(table: Any, number: int, talk: _Talk) -> Iterator[Paragraph]:
    told: list[list[Cell]] = []
    for index, row in enumerate(table.rows):
        line: list[Cell] = []
        for cell in row.cells:
            if cell.is_spanned and cell._tc.get("hMerge") in ("1", "true"):
                continue
            width = cell.span_width if cell.is_merge_origin else 1
            text = _joined(" ".join(_text(paragraph, talk)[0] for paragraph in cell.text_frame.paragraphs))
            line.append(Cell(text, table.first_row and index == 0, width, below=cell.is_spanned))
        told.append(line)
    yield from rows(told, number)


def _diagram(shape: Any, slide: Any, number: int, talk: _Talk) -> Iterator[Paragraph]:
    """The words of a SmartArt diagram, in the order of its outline."""
    for reference in shape._element.iterfind(f".//{DIAGRAM}relIds"):
        words = list(diagram_words(slide.part.related_part(reference.get(f"{R}dm")).blob))
        talk.left_out.add(Unread.DIAGRAM, not words)
        yield from (Paragraph(text, marker="•", sheet=number) for text in words)


def _joined(text: str) -> str:
    return " ".join(text.replace("\x0b", " ").split())
