"""Saved web pages (HTML), through lxml: the page's own words, without navigation, scripts and cookie notices."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import lxml.html
from lxml import etree

from ingest.reading.plain import decoded_bytes
from ingest.reading.shape import Cell, Paragraph, rows, shaped
from ingest.reading.source import Source
from ingest.reading.word_numbers import roman
from knowledge.errors import NoText

SILENT = {
    "script",
    "style",
    "noscript",
    "template",
    "svg",
    "math",
    "iframe",
    "object",
    "canvas",
    "head",
    "audio",
    "video",
    "map",
    "rp",
    "rt",
}
CONTROLS = {"button", "input", "select", "textarea", "dialog", "datalist", "option"}
AROUND = {"nav": "navigation", "header": "the site's head", "footer": "the site's foot"}
ROLES = {"navigation", "banner", "contentinfo", "search", "dialog", "alertdialog", "menu", "menubar", "toolbar", "complementary"}
CONSENT = re.compile(r"cookie|consent|gdpr|onetrust", re.IGNORECASE)
BESIDE = re.compile(
    r"\b(?:nav(?:bar|igation|-?menu)?|breadcrumbs?|skip-?(?:link|to-content|nav)|(?:social|share)(?:-?(?:links?|buttons?|bar|icons?))?|"
    r"site-?(?:header|footer)|page-?footer|sidebar|main-?menu|related-?(?:links|posts|content)|pagination|back-to-top|sr-only|visually-?hidden)\b",
    re.IGNORECASE,
)
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
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
MAIN_SHARE = 0.3  # a <main> that holds less of the page's words than this is not trusted to be the page
DEEPEST = 120  # elements within elements from which on words are taken without shape; pages stay far below


def read_web_page(path: Path) -> Source:
    """Read a saved page (.html, or .mhtml with all its parts). Raises NoText where it holds no words."""
    content = path.read_bytes()
    if path.suffix.lower() in (".mht", ".mhtml") or content[:2000].lstrip().lower().startswith((b"from: <saved by", b"mime-version:")):
        content = _page_of(content)
    declared = CHARSET.search(content[:4096])
    text = decoded_bytes(content, declared[1].decode("ascii") if declared else "")
    title, paragraphs, left_out = page_paragraphs(text)
    blocks = shaped(paragraphs)
    if not any(char.isalnum() for block in blocks for char in block.text):
        raise NoText(f"{path.name} holds no words. Check that the whole page was saved.")
    return Source(blocks, sheets=1, paged=False, reader="lxml", title=title, warnings=left_out)


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
    left_out = _tidied(root)
    main, beside = _main(root)
    if beside:
        left_out.append(f"{beside} words beside its main part")
    walk = _Walk()
    walk.through(main, 0)
    walk.close()
    return title, walk.paragraphs, tuple(f"Left out of the page: {what}." for what in left_out)


def _without_shape(text: str) -> list[Paragraph]:
    """The words of a page that is nested more deeply than libxml2 follows, a line for each block."""
    text = PART_END.sub("\n", SCRIPT.sub(" ", " ".join(text.split())))
    lines = (" ".join(html.unescape(TAG.sub("", line)).split()) for line in text.split("\n"))
    return [Paragraph(line) for line in lines if line]


def _page_of(content: bytes) -> bytes:
    """The first page in a file that a browser saved with all its parts."""
    for part in message_from_bytes(content, policy=policy.default).walk():
        if part.get_content_type() == "text/html":
            body = part.get_payload(decode=True)
            return body if isinstance(body, bytes) else b""
    return content


def _tidied(root: Any) -> list[str]:
    """Take out what is not the page's own; returns what that was, each kind once."""
    left_out: dict[str, None] = {}
    for element in list(root.iter(etree.Element)):
        if element.getparent() is None or element.tag in ("body", "main", "article"):
            continue
        what = _foreign(element)
        if what is not None:
            if what and _words(element):
                left_out[what] = None
            element.drop_tree()
    return list(left_out)


def _foreign(element: Any) -> str | None:
    """What an element is that does not belong to the page's text: its name, empty if not worth telling; None if it belongs."""
    tag = str(element.tag)
    if tag in SILENT or tag in CONTROLS or element.get("hidden") is not None or HIDDEN.search(element.get("style") or ""):
        return ""
    named = f"{element.get('id') or ''} {element.get('class') or ''}".replace("_", "-")
    if CONSENT.search(named) and _words(element) < 400:
        return "a cookie notice"
    if tag in AROUND and not (tag != "nav" and _inside(element, ("main", "article", "section"))):
        return AROUND[tag] if not (tag == "header" and element.find(".//h1") is not None) else None
    if (element.get("role") or "").lower() in ROLES:
        return "navigation or a notice"
    if tag in ("div", "ul", "ol", "aside", "section", "a", "span", "p") and BESIDE.search(named) and _words(element) < 400:
        return "navigation or links beside the text"
    return None


def _inside(element: Any, tags: tuple[str, ...]) -> bool:
    return next(element.iterancestors(*tags), None) is not None


def _words(element: Any) -> int:
    return len(" ".join(element.itertext()).split())


def _main(root: Any) -> tuple[Any, int]:
    """The element that holds the page's own words, and how many words stand outside it."""
    body = root.find("body")
    body = body if body is not None else root
    found = body.xpath(".//main | .//*[@role='main']") or body.xpath(".//article")
    if len(found) != 1 or _words(found[0]) < MAIN_SHARE * _words(body):
        return body, 0
    return found[0], _words(body) - _words(found[0])


class _Walk:
    """Through a page's elements, gathering words into paragraphs."""

    def __init__(self, depth: int = 0) -> None:
        self.paragraphs: list[Paragraph] = []
        self._words: list[tuple[str, bool]] = []
        self._marker = ""
        self._level = 0
        self._lists: list[tuple[str, int]] = []
        self._depth = depth

    def close(self) -> None:
        """End the paragraph that is being gathered."""
        if not self._words:
            return
        text = "".join(word for word, _ in self._words)
        lines = [" ".join(line.split()) for line in text.split("\x00")]
        bold = bool(text.strip()) and all(is_bold for word, is_bold in self._words if word.strip(" \x00"))
        broken = len(lines) > 1 and not all(lines)  # two line ends part paragraphs, one does not
        for line in lines if broken else [" ".join(" ".join(lines).split())]:
            if line:
                self.paragraphs.append(Paragraph(line, self._level, self._marker, bold))
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
        if tag == "br":
            self._words.append(("\x00", bold > 0))
        elif tag == "table":
            self.close()
            self._table(element)
        elif tag not in BLOCKS:
            self.through(element, bold)
        else:
            self.close()
            level, marker, lists = self._level, self._marker, len(self._lists)
            self._open(tag, element)
            self.through(element, bold)
            self.close()
            self._level = level
            self._marker = "" if tag == "li" else marker if self._marker else ""
            del self._lists[lists:]

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

    def _table(self, element: Any) -> None:
        for caption in element.findall("caption"):
            self.through(caption, 1)
            self.close()
        told = [[self._cell(cell, row) for cell in row if cell.tag in ("td", "th")] for row in _own_rows(element)]
        widest = max((sum(cell.width for cell in row) for row in told), default=0)
        if widest <= 1 or (len(told) == 1 and any(len(cell.inner) > 2 for cell in told[0])):
            self.paragraphs.extend(paragraph for row in told for cell in row for paragraph in cell.inner)
            return
        lean = [
            [Cell(c.text, c.head, c.width, c.below, tuple(p for p in c.inner if p.cells)) for c in row] for row in _spread(told, element)
        ]
        self.paragraphs.extend(rows(lean))

    def _cell(self, element: Any, row: Any) -> Cell:
        inner = _Walk(self._depth)
        inner.through(element, 0)
        inner.close()
        own = [p for p in inner.paragraphs if not p.cells]
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
