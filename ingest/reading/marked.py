"""Markdown, through markdown-it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.reading.plain import decoded, read_text
from ingest.reading.shape import Cell, rows, shaped
from ingest.reading.source import Block, Source
from ingest.reading.web import page_paragraphs

DEEPEST = 100  # lists and quotations within each other; markdown-it drops what stands deeper


def read_markdown(path: Path) -> Source:
    """Read a Markdown file. Raises NoText where it holds no words."""
    tokens = MarkdownIt("commonmark", {"maxNesting": DEEPEST}).enable("table").parse(decoded(path))
    blocks = tuple(block for block in _blocks(tokens) if block.text.strip())
    if not blocks:
        return read_text(path)  # all its words stand deeper than that, in front matter, or it has none
    return Source(blocks, sheets=1, paged=False, reader="markdown-it-py")


def _blocks(tokens: list[Token]) -> Iterator[Block]:
    marker, level = "", 0
    table: list[list[Cell]] = []
    counts: list[int] = []
    for before, token in pairwise([Token("", "", 0), *tokens]):
        match token.type:
            case "heading_open":
                level = int(token.tag[1])
            case "heading_close":
                level = 0
            case "ordered_list_open":
                counts.append(int(token.attrGet("start") or 1))
            case "bullet_list_open":
                counts.append(0)
            case "ordered_list_close" | "bullet_list_close":
                counts.pop()
            case "list_item_open":
                marker = f"{counts[-1]}." if counts[-1] else "•"
                counts[-1] += bool(counts[-1])
            case "table_open":
                table = []
            case "tr_open":
                table.append([])
            case "table_close":
                yield from shaped(list(rows(table)))
            case "inline" if before.type in ("td_open", "th_open"):
                table[-1].append(Cell(_words(token), head=before.type == "th_open"))
            case "inline":
                for line in _lines(token):
                    yield _block(line, level, marker)
                    marker = ""
            case "fence" | "code_block":
                yield Block("paragraph", " ".join(token.content.split()))
            case "html_block":
                yield from shaped(page_paragraphs(token.content)[1])
            case _:
                pass


def _lines(token: Token) -> list[str]:
    """A paragraph's text; a short list of "Name: value" lines stays a line each."""
    lines = [line.strip() for line in _words(token, "\n").split("\n") if line.strip()]
    return lines if len(lines) > 1 and all(":" in line or len(line) < 60 for line in lines) else [" ".join(lines)]


def _words(token: Token, line_end: str = " ") -> str:
    parts: list[str] = []
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak") or child.content.lower().startswith("<br"):
            parts.append(line_end)
        elif child.type != "html_inline":
            parts.append(child.content)
    return "".join(parts).strip()


def _block(text: str, level: int, marker: str) -> Block:
    if level:
        return Block("heading", text, level=level)
    return Block("item" if marker else "paragraph", text, marker=marker)
