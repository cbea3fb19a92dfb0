"""Saved web pages (HTML), through lxml: the page's own words, folded sections too, without navigation, scripts and cookie notices."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import lxml.html
from lxml import etree

from ingest.reading.left_out import LeftOut, Unread
from ingest.reading.plain import decoded_bytes, known_charset
from ingest.reading.raised import raised, standing, without_marks
from ingest.reading.shape import Cell, Paragraph, rows, shaped
from ingest.reading.source import Source
from ingest.reading.web_notes import WebNotes, notes_of
from ingest.reading.web_sections import open_sections
from ingest.reading.web_tidy import pictures, tidy, word_count
from ingest.reading.word_numbers import roman
from knowledge.errors import NoText

BLOCK_NAMES = (
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure form h1 h2 h3 h4 h5 h6 header footer hr "
    "html legend li main nav ol p pre section summary table caption ul menu tr td th tbody thead tfoot"
)
BLOCKS = frozenset(BLOCK_NAMES.split())
BULLETS = ("•", "–", "·")
SCRIPT = re.compile(r"<(?:script|style|noscript|template|title)\b.*?(?:</(?:script|style|noscript|template|title)|$)", re.IGNORECASE)
PART_END = re.compile(r"</?(?:p|div|li|tr|t[dh]|h\d|br|table|[uod]l|d[td])\b[^<>]*>", re.IGNORECASE)
TAG = re.compile(r"<[^<>]*>")
CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]|&#(?:x0*(?:[0-8bcBCef]|1[0-9a-f])|0*(?:[0-8]|1[1-24-9]|2\d|3[01]));"
)
CHARSET = re.compile(rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
PARTS = re.compile(rb"\s*(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?(?:mime-version|content-type):", re.IGNORECASE)
LIST_MARK = re.compile(r"mso-list\s*:\s*ignore", re.IGNORECASE)
MAIN_SHARE = 0.3  # a <main> that holds less of the page's words than this is not trusted to be the page
QUOTED = ("“", "”"), ("‘", "’")  # what a browser puts around <q>, and around one within another
QUOTATION_MARKS = "“”‘’\"'«»‹›„‚"
DEEPEST = 120  # elements within elements from which on words are taken without shape; pages stay far below


def read_web_page(path: Path) -> Source:
    """Read a saved page (.html, or .mhtml with all its parts). Raises NoText where it holds no words."""
    title, paragraphs, left_out = page_paragraphs(_decoded(path.read_bytes()))
    blocks = shaped(paragraphs)
    if not any(char.isalnum() for block in blocks for char in block.text):
        raise NoText(f"{path.name} holds no words. Check that the whole page was saved.")
    return Source(blocks, sheets=1, paged=False, reader="lxml", title=title, warnings=left_out)


def paragraphs_of(content: bytes) -> tuple[list[Paragraph], tuple[str, ...]]:
    """The paragraphs of a page, or of one saved with all its parts, and what was left out, a sentence each."""
    _, paragraphs, left_out = page_paragraphs(_decoded(content))
    return paragraphs, left_out


def _decoded(content: bytes) -> str:
    """A page's text; of one that a browser saved with all its parts (MHTML), the text of the page itself."""
    declared = ""
    if PARTS.match(content[:4096]):
        for part in message_from_bytes(content, policy=policy.default).walk():
            if part.get_content_type() in ("text/html", "application/xhtml+xml"):
                body = part.get_payload(decode=True)
                content, declared = body if isinstance(body, bytes) else b"", known_charset(part.get_content_charset() or "")
                break
    found = CHARSET.search(content[:4096])
    return decoded_bytes(content, declared or (found[1].decode("ascii") if found else ""))


def page_paragraphs(text: str) -> tuple[str, list[Paragraph], tuple[str, ...]]:
    """A page's title, its paragraphs in order, and what was left out, a sentence each."""
    text = CONTROL.sub(" ", text)
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True)
    try:
        root = lxml.html.document_fromstring(text.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        root = None
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        return "", _without_shape(text), ("The page is nested too deeply to follow: its words were read without headings and tables.",)
    if root is None:
        return "", [], ()
    title = " ".join("".join(root.xpath("//head/title[1]//text()")).split())
    left_out = LeftOut()
    tidy(root, left_out, open_sections(root))
    notes = notes_of(root)
    main, beside = _main(root)
    if beside:
        left_out.tell(f"Left out of the page: {beside:,} words beside its main part.")
    left_out.add(Unread.PICTURE, pictures(main))
    walk = _Walk(notes)
    walk.through(main, 0)
    walk.close()
    return title, walk.paragraphs, left_out.sentences()


def _without_shape(text: str) -> list[Paragraph]:
    """The words of a page that is nested more deeply than libxml2 follows, a line for each block."""
    text = PART_END.sub("\n", SCRIPT.sub(" ", " ".join(text.split())))
    lines = (" ".join(html.unescape(TAG.sub("", line)).split()) for line in text.split("\n"))
    return [Paragraph(line) for line in lines if line]


def _main(root: Any) -> tuple[Any, int]:
    """The element that holds the page's own words, and how many words stand outside it."""
    body = root.find("body")
    body = body if body is not None else root
    found = body.xpath(".//main | .//*[@role='main']") or body.xpath(".//article")
    if len(found) != 1 or word_count(found[0]) < MAIN_SHARE * word_count(body):
        return body, 0
    return found[0], word_count(body) - word_count(found[0])


class _Walk:
    """Through a page's elements, gathering words into paragraphs."""

    def __init__(self, notes: WebNotes, depth: int = 0) -> None:
        self._notes = notes
        self.paragraphs: list[Paragraph] = []
        self._words: list[tuple[str, bool]] = []
        self._marker = ""
        self._level = 0
        self._lists: list[tuple[str, int]] = []
        self._depth = depth
        self._quotes = 0  # how many <q> are open
        self._set_off = 0  # how many <blockquote>, without the line below that names its source

    def close(self) -> None:
        """End the paragraph that is being gathered."""
        if not self._words:
            return
        text = "".join(word for word, _ in self._words)
        lines = [" ".join(line.split()) for line in text.split("\x00")]
        bold = bool(text.strip()) and all(is_bold for word, is_bold in self._words if without_marks(word).strip(" \x00"))
        broken = len(lines) > 1 and not all(lines)  # two line ends part paragraphs, one does not
        for line in lines if broken else [" ".join(" ".join(lines).split())]:
            if line:
                self.paragraphs.append(Paragraph(line, self._level, self._marker, bold, set_off=self._set_off > 0))
                self._marker = ""
        self._words.clear()

    def through(self, element: Any, bold: int) -> None:
        """Gather an element's words, with those of all in it."""
        if self._depth > DEEPEST:
            self._add(" ".join(element.itertext()), bold)
            return
        self._depth += 1
        self._add(element.text, bold)
        for child in element:
            if isinstance(child.tag, str):
                self._enter(child, bold + (child.tag in ("b", "strong", "h1", "h2", "h3", "h4", "h5", "h6")))
            self._add(child.tail, bold)
        self._depth -= 1

    def _add(self, text: str | None, bold: int) -> None:
        if text:
            self._words.append((re.sub(r"\s+", " ", text.replace("\x00", "")), bold > 0))

    def _enter(self, element: Any, bold: int) -> None:
        tag = element.tag
        if element in self._notes.holders:
            self._note(element)
        elif element in self._notes.marks:
            self._words.append((standing(self._notes.marks[element]), bold > 0))
        elif tag == "br":
            self._words.append(("\x00", bold > 0))
        elif tag == "sup":
            self._add(raised("".join(element.itertext()), "".join(word for word, _ in self._words[-3:])), bold)
        elif LIST_MARK.search(element.get("style") or ""):
            self.close()
            mark = "".join(element.itertext()).strip()
            self._marker = mark if any(char.isalnum() for char in mark) and mark != "o" else BULLETS[0]
        elif tag == "table":
            self.close()
            self._table(element)
        elif tag == "q":
            self._quoted(element, bold)
        elif tag not in BLOCKS:
            self.through(element, bold)
        else:
            self.close()
            level, marker, lists, set_off = self._level, self._marker, len(self._lists), self._set_off
            self._set_off = 0 if tag in ("footer", "figcaption") else set_off + (tag == "blockquote")
            self._open(tag, element)
            self.through(element, bold)
            self.close()
            self._level, self._set_off = level, set_off
            self._marker = "" if tag == "li" else marker if self._marker else ""
            del self._lists[lists:]

    def _quoted(self, element: Any, bold: int) -> None:
        """The words of a <q> with the marks that a browser shows, unless the page has its own."""
        if "".join(element.itertext()).strip()[:1] in QUOTATION_MARKS:
            self.through(element, bold)
            return
        opening, closing = QUOTED[self._quotes % 2]
        self._quotes += 1
        self._add(opening, bold)
        self.through(element, bold)
        self._add(closing, bold)
        self._quotes -= 1

    def _note(self, element: Any) -> None:
        """The words of a footnote, apart from the text."""
        self.close()
        inner = _Walk(WebNotes(), self._depth)
        inner.through(element, 0)
        inner.close()
        mark = self._notes.holders[element]
        words = re.sub(rf"^\[?{re.escape(mark)}[\].):]*\s+", "", " ".join(without_marks(p.text) for p in inner.paragraphs).strip())
        if words:
            self.paragraphs.append(Paragraph(words, marker=mark, note=True))

    def _open(self, tag: str, element: Any) -> None:
        if tag in ("ul", "menu"):
            self._lists.append(("", 0))
        elif tag == "ol":
            start = element.get("start") or ""
            self._lists.append((element.get("type") or "1", int(start) if start.isdigit() else 1))
        elif tag == "li":
            kind, number = self._lists[-1] if self._lists else ("", 0)
            told = element.get("value") or ""
            number = int(told) if kind and told.isdigit() else number
            self._marker = f"{_numbered(kind, number)}." if kind else BULLETS[min(max(len(self._lists) - 1, 0), 2)]
            if self._lists:
                self._lists[-1] = (kind, number + 1)
        elif len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self._level = int(tag[1])
        elif (element.get("class") or "") in ("MsoTitle", "MsoSubtitle"):
            self._level = 1

    def _table(self, element: Any) -> None:
        for caption in element.findall("caption"):
            self.through(caption, 1)
            self.close()
        told = [[self._cell(cell, row) for cell in row if cell.tag in ("td", "th")] for row in _own_rows(element)]
        widest = max((sum(cell.width for cell in row) for row in told), default=0)
        if widest <= 1 or (len(told) == 1 and any(len(cell.inner) > 2 for cell in told[0])):
            self.paragraphs.extend(paragraph for row in told for cell in row for paragraph in cell.inner)
            return
        lean = [[replace(cell, inner=tuple(p for p in cell.inner if p.stands_apart)) for cell in row] for row in _spread(told, element)]
        self.paragraphs.extend(rows(lean))

    def _cell(self, element: Any, row: Any) -> Cell:
        inner = _Walk(self._notes, self._depth)
        inner.through(element, 0)
        inner.close()
        own = [p for p in inner.paragraphs if not p.stands_apart]
        head = (element.tag == "th" and (element.get("scope") or "col") != "row") or row.getparent().tag == "thead"
        return Cell(" ".join(f"{p.marker} {p.text}".strip() for p in own), head, _span(element, "colspan"), inner=tuple(inner.paragraphs))


def _own_rows(table: Any) -> Iterator[Any]:
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from child.findall("tr")


def _spread(told: list[list[Cell]], table: Any) -> Iterator[list[Cell]]:
    """Put cells that span rows into each row that they span."""
    open_cells: dict[int, tuple[int, Cell]] = {}
    for cells, row in zip(told, _own_rows(table), strict=True):
        heights = [_span(cell, "rowspan") for cell in row if cell.tag in ("td", "th")]
        made: list[Cell] = []
        column = 0
        queue = list(zip(cells, heights, strict=True))
        while queue or column in open_cells:
            if column in open_cells:
                left, cell = open_cells.pop(column)
                if left > 1:
                    open_cells[column] = (left - 1, cell)
                made.append(Cell("", cell.head, cell.width, below=True))
                column += cell.width
                continue
            cell, height = queue.pop(0)
            if height > 1:
                open_cells[column] = (height - 1, cell)
            made.append(cell)
            column += cell.width
        yield made


def _span(element: Any, name: str) -> int:
    text = element.get(name) or ""
    return min(max(int(text), 1), 100) if text.isdecimal() else 1


def _numbered(kind: str, number: int) -> str:
    match kind:
        case "a" | "A" if 0 < number <= 26:
            return chr(ord(kind) + number - 1)
        case "i" if number > 0:
            return roman(number)
        case "I" if number > 0:
            return roman(number).upper()
        case _:
            return str(number)
