"""Word documents (DOCX): paragraphs, numbers, tables, text boxes and notes, walked as they are printed.

python-docx opens the package; its `paragraph.text` would leave out tracked insertions, content controls,
text boxes, notes and every number that Word counts, so the walk here is over the XML itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docx
from docx.document import Document

from ingest.reading.columns import MARKER
from ingest.reading.office import damage_told, opened
from ingest.reading.shape import Cell, Paragraph, rows, shaped
from ingest.reading.source import Source
from ingest.reading.word_numbers import Numbering, W
from ingest.reading.word_styles import Styles, local, on, value
from knowledge.errors import NoText

THROUGH = {"ins", "moveTo", "customXml", "smartTag", "sdtContent", "hyperlink", "fldSimple", "dir", "bdo", "ruby", "rubyBase", "Choice"}
BREAKS = {"tab": " ", "ptab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
PAGE_LAYOUT = 3  # paragraphs in a cell of a one-row table from which on the table only lays out the page
DRAWINGS = {"drawing", "pict", "object", "AlternateContent"}


def read_word(path: Path, password: str = "") -> Source:
    """Read a DOCX file. Raises NoText where it holds no words, PasswordNeeded, FileRefused where it is damaged."""
    with damage_told(path, "a Word document", "Word", ".docx"):
        document = docx.Document(opened(path, password))
        walk = _Walk(document)
        blocks = shaped(list(walk.blocks(document.element.body)))
        running = tuple(dict.fromkeys(_running(document)))
        title = document.core_properties.title or ""
    if not blocks:
        raise NoText(f"{path.name} holds no words. Check that it is the right file.")
    return Source(blocks, sheets=1, paged=False, reader="python-docx", running=running, title=title, warnings=walk.warnings())


def _running(document: Document) -> Iterator[str]:
    """The texts of headers and footers, which are left out."""
    for relation in document.part.rels.values():
        if relation.reltype.endswith(("/header", "/footer")) and not relation.is_external:
            for paragraph in _part_root(relation.target_part).iter(f"{W}p"):
                if text := _joined("".join(t.text or "" for t in paragraph.iter(f"{W}t"))):
                    yield text


@dataclass
class _Inline:
    """A paragraph's words as gathered: pieces with whether they are bold and how large, and what hangs on it."""

    pieces: list[tuple[str, bool, float]] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(piece for piece, _, _ in self.pieces)


class _Walk:
    """One way through a document; counts its lists and what it leaves out."""

    def __init__(self, document: Document) -> None:
        parts = {r.reltype.rsplit("/", 1)[-1]: r.target_part for r in document.part.rels.values() if not r.is_external}
        self._styles = Styles(document.styles.element)
        self._numbering = Numbering(_part_root(parts["numbering"]) if "numbering" in parts else None)
        self._notes = {
            (kind, note.get(f"{W}id", "")): note
            for kind in ("footnotes", "endnotes")
            if kind in parts
            for note in _part_root(parts[kind])
            if note.get(f"{W}type") is None
        }
        self._told = 0
        self._left_out: dict[str, None] = {}
        if "comments" in parts and (count := len(_part_root(parts["comments"]).findall(f"{W}comment"))):
            self._left_out[f"{count} {'comment was' if count == 1 else 'comments were'} left out."] = None

    def warnings(self) -> tuple[str, ...]:
        """What was left out, a sentence each."""
        return tuple(self._left_out)

    def blocks(self, container: Any) -> Iterator[Paragraph]:
        """The paragraphs and table rows in a body, a cell, a text box or a note."""
        for element in container:
            match local(element):
                case "p":
                    yield from self._paragraph(element)
                case "tbl":
                    yield from self._table(element)
                case "sdt" if element.find(f".//{W}docPartGallery[@{W}val='Table of Contents']") is not None:
                    self._left_out["The table of contents was left out."] = None
                case "sdt":
                    yield from self.blocks(element)
                case "del" | "moveFrom":
                    self._left_out["Deleted words that Word still tracks were left out."] = None
                case name if name in THROUGH:
                    yield from self.blocks(element)
                case _:
                    pass

    def _paragraph(self, element: Any) -> Iterator[Paragraph]:
        style = self._styles.of(value(element.find(f"{W}pPr"), "pStyle"))
        if style.name.startswith("toc ") and style.name[4:].isdigit():
            self._left_out["The table of contents was left out."] = None
            return
        inline = _Inline()
        self._gather(element, inline, style.bold, style.size)
        lines = [_joined(line) for line in inline.text.split("\n")]
        if not any(MARKER.match(line) for line in lines[1:]):
            lines = [_joined(" ".join(lines))]
        inked = [(len(piece), bold, size) for piece, bold, size in inline.pieces if piece.strip()]
        total = sum(length for length, _, _ in inked)
        bold = total > 0 and all(bold for _, bold, _ in inked)
        size = max(((n, size) for n, _, size in inked), default=(0, 0.0))[1]
        level = self._styles.heading_level(element, style)
        marker = self._marker(element, style) if any(lines) else ""
        for line in lines:
            if line:
                yield Paragraph(line, level, marker, bold, size)
                marker = ""
        for box in inline.boxes:
            yield from self.blocks(box)
        for note in inline.notes:
            self._told += 1
            words = _joined(" ".join(p.text for p in self.blocks(self._notes[_key(note)])))
            if words:
                yield Paragraph(words, marker=str(self._told))

    def _marker(self, element: Any, style: Any) -> str:
        properties = element.find(f"{W}pPr")
        own = properties.find(f"{W}numPr") if properties is not None else None
        number = value(own, "numId") or style.number
        if not number:
            return "•" if style.name.startswith("list") and style.name != "list paragraph" else ""
        told = value(own, "ilvl") or (style.number_level if own is None else "")
        level = int(told) if told.isdigit() else self._numbering.level_for(number, style.id)
        return self._numbering.mark(number, level)

    def _gather(self, element: Any, inline: _Inline, bold: bool, size: float) -> None:
        """The words of a paragraph as they are shown; deletions, hidden words and field codes left out."""
        for child in element:
            name = local(child)
            if name == "r":
                properties = child.find(f"{W}rPr")
                if on(properties, "vanish"):
                    continue
                run = self._styles.run(properties, bold, size)
                self._run(child, inline, *run)
            elif name in ("del", "moveFrom"):
                self._left_out["Deleted words that Word still tracks were left out."] = None
            elif name in THROUGH or name in ("sdt", "oMath", "oMathPara"):
                self._gather(child, inline, bold, size)
            elif name in ("e", "num", "den", "sup", "sub", "deg", "f", "sSup", "sSub", "rad", "d", "t"):
                inline.pieces.append((_own_text(child), bold, size)) if name == "t" else self._gather(child, inline, bold, size)
            elif name in DRAWINGS:
                inline.boxes.extend(_boxes(child))

    def _run(self, run: Any, inline: _Inline, bold: bool, size: float) -> None:
        for child in run:
            name = local(child)
            if name == "t":
                inline.pieces.append((_own_text(child), bold, size))
            elif name in BREAKS:
                inline.pieces.append((BREAKS[name], bold, size))
            elif name in ("footnoteReference", "endnoteReference"):
                note = f"{name.removesuffix('Reference')}s {child.get(f'{W}id', '')}"
                if _key(note) in self._notes:
                    inline.notes.append(note)
            elif name in DRAWINGS:
                inline.boxes.extend(_boxes(child))
            elif name == "ruby":
                self._gather(child, inline, bold, size)

    def _table(self, table: Any) -> Iterator[Paragraph]:
        lines = [row for row in _within(table, "tr") if not _deleted(row)]
        grid = [[self._cell(cell) for cell in _within(row, "tc")] for row in lines]
        columns = max((sum(cell.width for cell, _, _ in row) for row in grid), default=0)
        heads = self._heads(table, lines, grid)
        told: list[list[Cell]] = []
        for row, head in zip(grid, heads, strict=True):
            alone = len(row) == 1 or (len(grid) == 1 and max(len(paragraphs) for _, paragraphs, _ in row) >= PAGE_LAYOUT)
            if alone and (columns == 1 or len(grid) == 1 or row[0][0].width == columns):
                told.append([Cell("", inner=tuple(p for _, paragraphs, _ in row for p in paragraphs))])
            else:
                told.append([Cell(cell.text, head, cell.width, cell.below, cell.inner) for cell, _, _ in row])
        yield from rows(told)

    def _cell(self, element: Any) -> tuple[Cell, list[Paragraph], bool]:
        """A cell, all that stands in it, and whether all its words are bold."""
        properties = element.find(f"{W}tcPr")
        merged = properties.find(f"{W}vMerge") if properties is not None else None
        width = value(properties, "gridSpan")
        paragraphs = list(self.blocks(element))
        own = [p for p in paragraphs if not p.cells]
        text = " ".join(f"{p.marker} {p.text}".strip() for p in own)
        below = merged is not None and merged.get(f"{W}val", "continue") == "continue"
        cell = Cell(text, width=int(width) if width.isdigit() else 1, below=below, inner=tuple(p for p in paragraphs if p.cells))
        return cell, paragraphs, all(p.bold for p in own)

    def _heads(self, table: Any, lines: list[Any], grid: list[list[tuple[Cell, list[Paragraph], bool]]]) -> list[bool]:
        """Which rows head the columns: as Word repeats them on each page, as the table's style sets them off, or in bold."""
        told = [on(line.find(f"{W}trPr"), "tblHeader") for line in lines]
        if any(told) or not lines:
            return told
        if self._styles.sets_off_first_row(table.find(f"{W}tblPr")):
            return [True] + [False] * (len(lines) - 1)
        bold = [all(is_bold and len(cell.text) <= 80 for cell, _, is_bold in row if cell.text) for row in grid]
        depth = bold.index(False) if False in bold else 0
        return [n < depth <= 2 for n in range(len(lines))]


def _part_root(part: Any) -> Any:
    """The root of a part's XML, parsed here where python-docx has not."""
    if hasattr(part, "element"):
        return part.element
    from docx.oxml.parser import parse_xml

    return parse_xml(part.blob)


def _key(note: str) -> tuple[str, str]:
    kind, _, number = note.partition(" ")
    return kind, number


def _within(container: Any, name: str) -> Iterator[Any]:
    """Rows of a table or cells of a row, through content controls and tracked insertions."""
    for element in container:
        if local(element) == name:
            yield element
        elif local(element) in THROUGH or local(element) == "sdt":
            yield from _within(element, name)


def _boxes(element: Any) -> Iterator[Any]:
    """The text boxes in a drawing, outermost only; of two ways to draw the same one, the first."""
    for child in element:
        if local(child) == "txbxContent":
            yield child
        elif local(child) != "Fallback":
            yield from _boxes(child)


def _deleted(row: Any) -> bool:
    properties = row.find(f"{W}trPr")
    return properties is not None and properties.find(f"{W}del") is not None


def _own_text(element: Any) -> str:
    return (element.text or "").replace("\n", " ")


def _joined(text: str) -> str:
    return " ".join(text.split())
