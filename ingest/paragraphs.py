"""A text that is to be checked, not taken in: its paragraphs as the readers give them, and which are set off as block quotations.

The readers of PDFs and web pages say themselves what is set off; in a Word or Markdown file it is looked up once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import docx
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from markdown_it import MarkdownIt

from ingest.reading import read
from ingest.reading.office import opened
from ingest.reading.plain import decoded
from ingest.reading.text import clean

QUOTING_STYLES = ("quote", "intense quote", "block text", "quotation", "quotations", "block quotation")
PLAIN_TEXT = ".txt"

Told = tuple[list[tuple[str, str]], list[str]]
"""Paragraphs as (text, kind): heading, text, quotation, or plain for a text that is not parted into paragraphs yet; and warnings."""


def read_paragraphs(path: Path, password: str) -> Told:
    """A file's paragraphs; raises as `read` does."""
    source = read(path, password)
    if source.reader == "text" and path.suffix.lower() == PLAIN_TEXT:
        return [(clean(decoded(path)), "plain")], list(source.warnings)
    set_off = _set_off(path, password, source.reader)
    told: list[tuple[str, str]] = []
    for block in source.blocks:
        text = " ".join(f"{block.marker} {block.text}".split()) if block.kind == "item" and block.marker[:1].isalnum() else block.text
        quoted = block.set_off or _plain(block.text) in set_off
        kind = "heading" if block.kind == "heading" else "quotation" if quoted else "text"
        told.extend((cell, kind) for cell in text.split("\t") if cell.strip())
    return told, list(source.warnings)


def _plain(text: str) -> str:
    return " ".join(clean(text).split())


def _set_off(path: Path, password: str, reader: str) -> set[str]:
    """The paragraphs that a Word or Markdown file sets off as quotations, as they are compared."""
    found: dict[str, Callable[[Path, str], Iterator[str]]] = {
        "python-docx": _in_word,
        "markdown-it-py": _in_markdown,
    }
    way = next((way for name, way in found.items() if reader.startswith(name)), None)
    return {_plain(text) for text in way(path, password)} if way else set()


def _in_word(path: Path, password: str) -> Iterator[str]:
    document = docx.Document(opened(path, password))
    for element in document.element.body.iter(qn("w:p")):
        paragraph = Paragraph(element, document)
        style, own = paragraph.style, paragraph.paragraph_format
        named = (style.name or "").lower() if style is not None else ""
        indent = own.left_indent if own.left_indent is not None else style.paragraph_format.left_indent if style is not None else None
        listed = named.startswith("list") or element.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None
        if named in QUOTING_STYLES or (indent and indent > 0 and not listed and not named.startswith("heading")):
            yield paragraph.text


def _in_markdown(path: Path, _: str) -> Iterator[str]:
    depth = 0
    for token in MarkdownIt("commonmark").parse(decoded(path)):
        depth += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if depth and token.type == "inline":
            yield "".join(child.content if child.type not in ("softbreak", "hardbreak") else " " for child in token.children or ())
