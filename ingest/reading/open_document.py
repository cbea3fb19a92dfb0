"""OpenDocument texts (ODT), walked in their XML: headings, numbered lists, tables with head rows, text boxes, notes.

odfpy, the library for this format, had its last release in 2020 and gives text alone, so lxml reads the package.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lxml import etree

from ingest.reading.glyphs import is_symbol_font
from ingest.reading.left_out import LeftOut, Unread
from ingest.reading.look import Look
from ingest.reading.office import damage_told, opened
from ingest.reading.raised import standing, without_marks
from ingest.reading.shape import Cell, Paragraph, rows, shaped
from ingest.reading.source import Source
from ingest.reading.word_numbers import roman
from ingest.reading.word_styles import local
from knowledge.errors import NoText, PasswordNeeded

URN = "urn:oasis:names:tc:opendocument:xmlns:"
TEXT, TABLE, STYLE, FO, DRAW, FORM = (f"{{{URN}{name}:1.0}}" for name in ("text", "table", "style", "xsl-fo-compatible", "drawing", "form"))
META = "{http://purl.org/dc/elements/1.1/}"
THROUGH = {"section", "index-body", "list-header", "text-box", "g", "table-rows", "table-row-group"}
SHAPES = {"custom-shape", "rect", "ellipse", "polygon", "path", "line", "connector"}
INLINE_SKIPPED = {"annotation-end", "bookmark", "tracked-changes", "ruby-text", "desc", "title"}
BULLETS = ("•", "–", "·")
MAX_REPEATED = 50  # a spreadsheet-like table says "this empty cell a thousand times"


def read_open_document(path: Path) -> Source:
    """Read an ODT file. Raises NoText where it holds no words, PasswordNeeded, FileRefused where it is damaged."""
    with damage_told(path, "an OpenDocument text", "LibreOffice", ".odt"):
        with zipfile.ZipFile(opened(path)) as package:
            if b"encryption-data" in package.read("META-INF/manifest.xml"):
                raise PasswordNeeded(f"{path.name} is encrypted. Save a copy without a password and add the new file.")
            content = _parsed(package.read("content.xml"))
            styles = _parsed(package.read("styles.xml")) if "styles.xml" in package.namelist() else None
            meta = _parsed(package.read("meta.xml")) if "meta.xml" in package.namelist() else None
        left_out = LeftOut()
        walk = _Walk([root for root in (styles, content) if root is not None], left_out)
        body = content.find(f".//{{{URN}office:1.0}}text")
        blocks = shaped(list(walk.blocks(body)) if body is not None else [])
        title = (meta.findtext(f".//{META}title") or "").strip() if meta is not None else ""
    if not blocks:
        raise NoText(f"{path.name} holds no words. Check that it is the right file.")
    return Source(blocks, sheets=1, paged=False, reader="lxml", title=title, warnings=left_out.sentences())


def _parsed(content: bytes) -> Any:
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))


@dataclass
class _Line:
    pieces: list[tuple[str, bool, float]] = field(default_factory=list)
    inner: list[Paragraph] = field(default_factory=list)
    skipped: Unread | None = None


class _Walk:
    """One way through a document; counts its lists and what it leaves out."""

    def __init__(self, roots: list[Any], left_out: LeftOut) -> None:
        self._left_out = left_out
        self._styles = {s.get(f"{STYLE}name", ""): s for root in roots for s in root.iter(f"{STYLE}style", f"{STYLE}default-style")}
        self._lists = {s.get(f"{STYLE}name", ""): s for root in roots for s in root.iter(f"{TEXT}list-style")}
        self._counts: dict[str, dict[int, int]] = {}
        self._looks: dict[tuple[str, Look], Look] = {}
        self._controls = {name: e for root in roots for e in root.iter() if isinstance(e.tag, str) and (name := e.get(f"{FORM}id"))}

    def blocks(self, container: Any, listed: tuple[str, int] = ("", 0)) -> Iterator[Paragraph]:
        """The paragraphs and rows below an element; `listed` is the list style and the depth they stand in."""
        for element in container:
            match local(element):
                case "h":
                    yield from self._paragraph(element, int(element.get(f"{TEXT}outline-level") or 1), "")
                case "p":
                    yield from self._paragraph(element, 0, "")
                case "list":
                    yield from self._list(element, listed)
                case "table":
                    yield from self._table(element)
                case "table-of-content":
                    self._left_out.tell("The table of contents was left out.")
                case "tracked-changes":
                    self._left_out.add(Unread.DELETED, len(element.findall(f".//{TEXT}deletion")))
                case "section" if element.get(f"{TEXT}display") == "none" or element.get(f"{TEXT}is-hidden") == "true":
                    self._left_out.add(Unread.HIDDEN)
                case "frame":
                    yield from self._frame(element)
                case name if name in SHAPES:
                    yield from self.blocks(element)
                case name if name in THROUGH:
                    yield from self.blocks(element, listed)
                case _:
                    pass

    def _list(self, element: Any, listed: tuple[str, int]) -> Iterator[Paragraph]:
        style = element.get(f"{TEXT}style-name") or listed[0]
        depth = listed[1] + 1
        counts = self._counts.setdefault(style, {})
        if not (element.get(f"{TEXT}continue-numbering") == "true" or element.get(f"{TEXT}continue-list")):
            counts.pop(depth, None)
        for item in element:
            first = local(item) == "list-item"
            for part in item:
                if local(part) == "list":
                    yield from self._list(part, (style, depth))
                    continue
                marker = self._mark(style, depth, item.get(f"{TEXT}start-value") or "") if first else ""
                first = False
                made = list(self.blocks([part], (style, depth)))
                if made and not made[0].cells:
                    head = made[0]
                    made[0] = replace(head, marker=marker)
                yield from made

    def _mark(self, style: str, depth: int, told: str) -> str:
        level = next((e for e in self._lists.get(style, ()) if e.get(f"{TEXT}level") == str(depth)), None)
        if level is None or local(level) != "list-level-style-number":
            return BULLETS[min(depth - 1, len(BULLETS) - 1)]
        counts = self._counts[style]
        counts[depth] = int(told) if told.isdigit() else counts.get(depth, int(level.get(f"{TEXT}start-value") or 1) - 1) + 1
        shown = int(level.get(f"{TEXT}display-levels") or 1)
        numbers = [_numbered(counts.get(n, 1), level.get(f"{STYLE}num-format", "1")) for n in range(depth - shown + 1, depth + 1)]
        return f"{level.get(f'{STYLE}num-prefix', '')}{'.'.join(numbers)}{level.get(f'{STYLE}num-suffix', '')}".strip()

    def _paragraph(self, element: Any, level: int, marker: str) -> Iterator[Paragraph]:
        if any(mark.get(f"{TEXT}is-hidden") == "true" for mark in element.iter(f"{TEXT}hidden-paragraph")):
            self._left_out.add(Unread.HIDDEN)
            return
        line = _Line()
        named = element.get(f"{TEXT}style-name", "")
        if not level and self._is_title(named):
            level = 1
        self._gather(element, line, self._look(named, Look()))
        text = " ".join("".join(piece for piece, _, _ in line.pieces).split())
        inked = [(len(piece), bold, size) for piece, bold, size in line.pieces if without_marks(piece).strip()]
        if inked:
            size = max((n, size) for n, _, size in inked)[1]
            yield Paragraph(text, level, marker, all(bold for _, bold, _ in inked), size)
        yield from line.inner

    def _is_title(self, named: str) -> bool:
        style = self._styles.get(named)
        names = {named, style.get(f"{STYLE}parent-style-name", "") if style is not None else ""}
        return bool(names & {"Title", "Subtitle"})

    def _look(self, named: str, ground: Look) -> Look:
        """How words of a style look, over the styles that it rests on."""
        key = (named, ground)
        if key not in self._looks:
            chain: list[Any] = []
            style = self._styles.get(named)
            while style is not None and style not in chain:
                chain.append(style)
                style = self._styles.get(style.get(f"{STYLE}parent-style-name", ""))
            look = ground
            for element in reversed(chain):
                properties = element.find(f"{STYLE}text-properties")
                look = look if properties is None else _over(look, properties)
            self._looks[key] = look
        return self._looks[key]

    def _put(self, line: _Line, text: str, look: Look) -> None:
        if look.unread is None:
            shown = look.shown(text, line.pieces[-1][0] if line.pieces else "")
            line.pieces.append((shown, look.bold, look.size))
            line.skipped = None if shown.strip() else line.skipped
        elif text.strip():
            self._skip(line, look.unread)

    def _skip(self, line: _Line, kind: Unread) -> None:
        """Count a passage that is left out: several pieces in a row are one."""
        if line.skipped is not kind:
            self._left_out.add(kind)
        line.skipped = kind

    def _gather(self, element: Any, line: _Line, look: Look) -> None:
        self._put(line, element.text or "", look)
        for child in element:
            name = local(child)
            if name in ("s", "tab", "line-break"):
                self._put(line, " ", look)
            elif name == "span":
                self._gather(child, line, self._look(child.get(f"{TEXT}style-name", ""), look))
            elif name == "note":
                told = (child.findtext(f"{TEXT}note-citation") or "").strip()
                words = " ".join(p.text for p in self.blocks(child.find(f"{TEXT}note-body")))
                line.inner.append(Paragraph(words, marker=told, note=True))
                if look.unread is None:
                    line.pieces.append((standing(told), look.bold, look.size))
            elif name == "annotation":
                self._left_out.add(Unread.COMMENT)
            elif name == "hidden-text" and child.get(f"{TEXT}is-hidden") == "true":
                self._skip(line, Unread.HIDDEN)
            elif name == "placeholder" or (name == "content-control" and _is_placeholder(child)):
                self._left_out.add(Unread.EMPTY_FIELD)
            elif name == "control":
                self._put(line, _control(self._controls.get(child.get(f"{DRAW}control", ""))), look)
            elif name in ("frame", "g", "text-box") or name in SHAPES:
                line.inner.extend(self.blocks([child]))
            elif name and name not in INLINE_SKIPPED:
                self._gather(child, line, look)
            self._put(line, child.tail or "", look)

    def _frame(self, frame: Any) -> Iterator[Paragraph]:
        """A frame's text box or table; what else it shows is counted once, however many ways to show it the file holds."""
        names = [local(child) for child in frame]
        if any(name in ("text-box", "table") for name in names):
            yield from self.blocks(frame)
        elif any(name.startswith("object") for name in names):
            self._left_out.add(Unread.EMBEDDED)
        elif "image" in names and not any(name.endswith("decorative") and told == "true" for name, told in frame.items()):
            self._left_out.add(Unread.PICTURE)

    def _table(self, table: Any) -> Iterator[Paragraph]:
        told: list[list[Cell]] = []
        for row, head in _rows(table, False):
            line: list[Cell] = []
            for cell in row:
                if local(cell) == "table-cell":
                    made = list(self.blocks(cell))
                    own = [p for p in made if not p.stands_apart]
                    text = " ".join(f"{p.marker} {p.text}".strip() for p in own)
                    width = int(cell.get(f"{TABLE}number-columns-spanned") or 1)
                    told_heads = head or (bool(own) and all(p.bold or p.level for p in own) and not told)
                    repeated = min(int(cell.get(f"{TABLE}number-columns-repeated") or 1), MAX_REPEATED)
                    line.extend([Cell(text, told_heads, width, inner=tuple(p for p in made if p.stands_apart))] * repeated)
                elif local(cell) == "covered-table-cell" and not (line and line[-1].width > 1):
                    line.append(Cell("", below=True))
            told.append(line)
        if max(map(len, told), default=0) == 1:
            yield from (p for row, _ in _rows(table, False) for cell in row for p in self.blocks(cell))
            return
        yield from rows(told)


def _over(ground: Look, properties: Any) -> Look:
    """A look with what text properties change of it."""
    weight, points = properties.get(f"{FO}font-weight"), properties.get(f"{FO}font-size", "")
    line = properties.get(f"{STYLE}text-line-through-style") or properties.get(f"{STYLE}text-line-through-type")
    display, position = properties.get(f"{TEXT}display"), properties.get(f"{STYLE}text-position")
    font = properties.get(f"{STYLE}font-name") or properties.get(f"{FO}font-family")
    return Look(
        bold=weight in ("bold", "700", "800", "900") if weight else ground.bold,
        size=float(points[:-2]) if points.endswith("pt") else ground.size,
        struck=line != "none" if line else ground.struck,
        hidden=display == "none" if display else ground.hidden,
        raised=position.startswith("super") or position[:1] in "123456789" if position else ground.raised,
        symbols=ground.symbols if font is None else font.strip("'\"") if is_symbol_font(font.strip("'\"")) else "",
    )


def _is_placeholder(control: Any) -> bool:
    return any(name.endswith("showing-place-holder") and told == "true" for name, told in control.items())


def _control(control: Any) -> str:
    """What a form's control shows: a tick box, or what was typed."""
    if control is None:
        return ""
    if local(control) in ("checkbox", "radio"):
        told = control.get(f"{FORM}current-state") or control.get(f"{FORM}state") or control.get(f"{FORM}current-selected")
        return "☒" if told in ("checked", "true") else "☐"
    return str(control.get(f"{FORM}current-value") or "") if local(control) in ("text", "textarea", "formatted-text", "date") else ""


def _rows(table: Any, head: bool) -> Iterator[tuple[Any, bool]]:
    for element in table:
        if local(element) == "table-row":
            yield element, head
        elif local(element) in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _rows(element, head or local(element) == "table-header-rows")


def _numbered(number: int, kind: str) -> str:
    match kind:
        case "a" | "A":
            return chr(ord(kind) + (number - 1) % 26)
        case "i":
            return roman(number)
        case "I":
            return roman(number).upper()
        case "":
            return ""
        case _:
            return str(number)
