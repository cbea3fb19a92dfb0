"""Markdown, through markdown-it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.reading.plain import decoded
from ingest.reading.source import Block, Source


def read_markdown(path: Path) -> Source:
    """Read a Markdown file. Raises NoText where it holds no words."""
    tokens = MarkdownIt("commonmark").enable("table").parse(decoded(path))
    return Source(tuple(_blocks(tokens)), sheets=1, paged=False, reader="markdown-it")


def _blocks(tokens: list[Token]) -> Iterator[Block]:
    marker, level = "", 0
    heads: tuple[str, ...] = ()
    cells: list[str] = []
    counts: list[int] = []
    for token in tokens:
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
            case "tr_open":
                cells = []
            case "thead_close":
                heads = tuple(cells)
            case "table_close":
                heads = ()
            case "tr_close" if tuple(cells) != heads or not heads:
                if token.level > 1 and any(cells):
                    yield Block("row", "\t".join(cells), cells=tuple(cells), heads=heads)
            case "inline" if token.level and _in_table(token, tokens):
                cells.append(_words(token))
            case "inline":
                for line in _lines(token):
                    yield _block(line, level, marker)
                    marker = ""
            case "fence" | "code_block":
                yield Block("paragraph", " ".join(token.content.split()))
            case _:
                pass


def _in_table(token: Token, tokens: list[Token]) -> bool:
    return tokens[tokens.index(token) - 1].type in ("td_open", "th_open")


def _lines(token: Token) -> list[str]:
    """A paragraph's text; a short list of "Name: value" lines stays a line each."""
    lines = [line.strip() for line in _words(token, "\n").split("\n") if line.strip()]
    return lines if len(lines) > 1 and all(":" in line or len(line) < 60 for line in lines) else [" ".join(lines)]


def _words(token: Token, line_end: str = " ") -> str:
    parts = [line_end if child.type in ("softbreak", "hardbreak") else child.content for child in token.children or ()]
    return "".join(parts).strip()


def _block(text: str, level: int, marker: str) -> Block:
    if level:
        return Block("heading", text, level=level)
    return Block("item" if marker else "paragraph", text, marker=marker)
