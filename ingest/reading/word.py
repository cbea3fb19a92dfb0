"""Word documents (DOCX, and templates and files with macros): paragraphs, numbers, tables and notes, walked as they are printed.

python-docx opens the package; its `paragraph.text` would leave out tracked insertions, content controls,
text boxes, notes and every number that Word counts, so the walk here is over the XML itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
from docx.document import Document

from ingest.reading.columns import MARKER
from ingest.reading.drawing import R, drawn_once
from ingest.reading.left_out import LeftOut, Unread
from ingest.reading.office import DAMAGE, INSERTED, damage_told, opened, prepared
from ingest.reading.raised import without_marks
from ingest.reading.shape import Cell, Paragraph, rows, shaped
from ingest.reading.source import Source
from ingest.reading.word_inserted import inserted
from ingest.reading.word_notes import KINDS, NoteSigns, notes_in
from ingest.reading.word_numbers import Numbering, W
from ingest.reading.word_styles import Styles, local, on, value
from ingest.reading.word_words import THROUGH, Inline, Words, is_placeholder, joined
from knowledge.errors import FileRefused, NoText

PAGE_LAYOUT = 3  # paragraphs in a cell of a one-row table from which on the table only lays out the page
CONTENTS = "The table of contents was left out."
DEEPEST_INSERTED = 3  # documents inserted in documents that were inserted themselves


def read_word(path: Path, password: str = "") -> Source:
    """Read a DOCX file. Raises NoText where it holds no words, PasswordNeeded, FileRefused where it is damaged."""
    with damage_told(path, "a Word document", "Word", ".docx"):
        document = docx.Document(opened(path, password))
        left_out = LeftOut()
        blocks = shaped(list(_Walk(document, left_out).blocks(document.element.body)))
        running = tuple(dict.fromkeys(_running(document)))
        title = document.core_properties.title or ""
    if not blocks:
        raise NoText(f"{path.name} holds no words. Check that it is the right file.")
    return Source(blocks, sheets=1, paged=False, reader="python-docx", running=running, title=title, warnings=left_out.sentences())


def _running(document: Document) -> Iterator[str]:
    """The texts of headers and footers, which are left out."""
    for relation in document.part.rels.values():
        if relation.reltype.endswith(("/header", "/footer")) and not relation.is_external:
            for paragraph in _part_root(relation.target_part).iter(f"{W}p"):
                if text := joined("".join(t.text or "" for t in paragraph.iter(f"{W}t"))):
                    yield text


class _Walk:
    """One way through a document; counts its lists, and what it leaves out."""

    def __init__(self, document: Document, left_out: LeftOut, depth: int = 0) -> None:
        parts = {r.reltype.rsplit("/", 1)[-1]: r.target_part for r in document.part.rels.values() if not r.is_external}
        self._relations = document.part.rels
        self._depth = depth
        self._left_out = left_out
        self._styles = Styles(document.styles.element)
        self._numbering = Numbering(_part_root(parts["numbering"]) if "numbering" in parts else None)
        self._notes = notes_in({kind: _part_root(part) for kind, part in parts.items() if kind in KINDS})
        note_signs = NoteSigns(document.settings.element, document.element.body)
        self._words = Words(self._styles, document.part, left_out, note_signs)
        if "comments" in parts:
            left_out.add(Unread.COMMENT, len(_part_root(parts["comments"]).findall(f"{W}comment")))

    def blocks(self, container: Any) -> Iterator[Paragraph]:
        """The paragraphs and table rows in a body, a cell, a text box or a note."""
        before: list[Any] = []  # paragraphs whose end is deleted: the next one goes on with them
        for element in container:
            match local(element):
                case "p" if _end_is_deleted(element):
                    before.append(element)
                case "p":
                    yield from self._paragraph(element, before)
                    before = []
                case "tbl":
                    yield from self._table(element)
                case "sdt" if element.find(f".//{W}docPartGallery[@{W}val='Table of Contents']") is not None:
                    self._left_out.tell(CONTENTS)
                case "sdt" if is_placeholder(element):
                    self._left_out.add(Unread.EMPTY_FIELD)
                case "del" | "moveFrom":
                    self._left_out.add(Unread.DELETED)
                case "AlternateContent" if (way := drawn_once(element)) is not None:
                    yield from self.blocks(way)
                case "altChunk":
                    yield from self._inserted(element)
                case "subDoc":
                    self._left_out.add(Unread.LINKED)
                case name if name in THROUGH or name == "sdt":
                    yield from self.blocks(element)
                case _:
                    pass
        if before:
            yield from self._paragraph(before[-1], before[:-1])

    def _inserted(self, element: Any) -> Iterator[Paragraph]:
        """The words of a document that was inserted as a file (`w:altChunk`); it is counted where it cannot be read."""
        relation = self._relations.get(element.get(f"{R}id", ""))
        if relation is None or relation.is_external:
            self._left_out.add(Unread.LINKED)
            return
        part = relation.target_part
        try:
            if part.content_type == INSERTED and self._depth < DEEPEST_INSERTED:
                document = docx.Document(prepared(part.blob, "A document within the document"))
                yield from list(_Walk(document, self._left_out, self._depth + 1).blocks(document.element.body))
            elif (words := inserted(part.blob, part.content_type, self._left_out)) is not None:
                yield from words
            else:
                self._left_out.add(Unread.EMBEDDED)
        except (*DAMAGE, FileRefused):
            self._left_out.add(Unread.EMBEDDED)

    def _paragraph(self, element: Any, before: list[Any]) -> Iterator[Paragraph]:
        style = self._styles.of(value(element.find(f"{W}pPr"), "pStyle"))
        if style.name.startswith("toc ") and style.name[4:].isdigit():
            self._left_out.tell(CONTENTS)
            return
        inline = Inline()
        for part in (*before, element):
            self._words.gather(part, inline, style.look)
        lines = [joined(line) for line in inline.text.split("\n")]
        if not any(MARKER.match(line) for line in lines[1:]):
            lines = [joined(" ".join(lines))]
        inked = [(len(piece), bold, size) for piece, bold, size in inline.pieces if without_marks(piece).strip()]
        bold = bool(inked) and all(bold for _, bold, _ in inked)
        size = max(((n, size) for n, _, size in inked), default=(0, 0.0))[1]
        level = self._styles.heading_level(element, style)
        marker = self._marker(element, style) if any(lines) else ""
        for line in lines:
            if line:
                yield Paragraph(line, level, marker, bold, size)
                marker = ""
        yield from inline.drawn
        for box in inline.boxes:
            yield from self.blocks(box)
        for kind, number, sign in inline.notes:
            yield from self._note(kind, number, sign)

    def _note(self, kind: str, number: str, sign: str) -> Iterator[Paragraph]:
        """A footnote or endnote, apart from the text, under its mark."""
        note = self._notes.get((kind, number))
        if note is not None and (words := joined(" ".join(p.text for p in self.blocks(note) if not p.note))):
            yield Paragraph(words, marker=sign, note=True)

    def _marker(self, element: Any, style: Any) -> str:
        properties = element.find(f"{W}pPr")
        own = properties.find(f"{W}numPr") if properties is not None else None
        number = value(own, "numId") or style.number
        if not number:
            return "•" if style.name.startswith("list") and style.name != "list paragraph" else ""
        told = value(own, "ilvl") or (style.number_level if own is None else "")
        level = int(told) if told.isdigit() else self._numbering.level_for(number, style.id)
        return self._numbering.mark(number, level)

    def _table(self, table: Any) -> Iterator[Paragraph]:
        lines = [row for row in _within(table, "tr") if not self._is_gone(row)]
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
        own = [p for p in paragraphs if not p.stands_apart]
        text = " ".join(f"{p.marker} {p.text}".strip() for p in own)
        below = merged is not None and merged.get(f"{W}val", "continue") == "continue"
        cell = Cell(text, width=int(width) if width.isdigit() else 1, below=below, inner=tuple(p for p in paragraphs if p.stands_apart))
        return cell, paragraphs, all(p.bold for p in own)

    def _is_gone(self, row: Any) -> bool:
        """Whether a row is deleted or hidden; it is counted then."""
        properties = row.find(f"{W}trPr")
        deleted = properties is not None and properties.find(f"{W}del") is not None
        hidden = on(properties, "hidden")
        if deleted or hidden:
            self._left_out.add(Unread.DELETED if deleted else Unread.HIDDEN)
        return deleted or hidden

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


def _within(container: Any, name: str) -> Iterator[Any]:
    """Rows of a table or cells of a row, through content controls and tracked insertions."""
    for element in container:
        if local(element) == name:
            yield element
        elif local(element) in THROUGH or local(element) == "sdt":
            yield from _within(element, name)


def _end_is_deleted(paragraph: Any) -> bool:
    """Whether the end of a paragraph is a deletion that is still tracked: what follows then goes on with it."""
    mark = paragraph.find(f"{W}pPr/{W}rPr")
    return mark is not None and mark.find(f"{W}del") is not None
