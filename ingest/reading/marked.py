"""Markdown, through markdown-it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.reading.left_out import LeftOut, Unread
from ingest.reading.plain import decoded, doubts, read_text
from ingest.reading.raised import WITHOUT_MARKS, parted, raised, standing
from ingest.reading.shape import Cell, rows, shaped
from ingest.reading.source import Block, Source
from ingest.reading.web import page_paragraphs

DEEPEST = 100  # lists and quotations within each other; markdown-it drops what stands deeper

MARK, MARK_ALONE, NOTE = re.compile(r"\[\^([\w-]+)\]"), re.compile(r"\^([\w-]+)"), re.compile(r"\[\^([\w-]+)\]:\s*")
HTML_TAG = re.compile(r"<(/?)([a-z0-9]+)")


def read_markdown(path: Path) -> Source:
    """Read a Markdown file. Raises NoText where it holds no words."""
    text = decoded(path).translate(WITHOUT_MARKS)
    left_out = LeftOut()
    tokens = MarkdownIt("commonmark", {"maxNesting": DEEPEST}).enable(["table", "strikethrough"]).parse(text)
    blocks = [block for block in _blocks(tokens, left_out) if block.text.strip()]
    if not blocks:
        return read_text(path)  # all its words stand deeper than that, in front matter, or it has none
    blocks.sort(key=lambda block: block.kind == "note")
    warnings = (*doubts(text, path.read_bytes()), *left_out.sentences())
    return Source(tuple(blocks), sheets=1, paged=False, reader="markdown-it-py", warnings=warnings)


def _blocks(tokens: list[Token], left_out: LeftOut) -> Iterator[Block]:
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
                table[-1].append(Cell(_words(token, left_out), head=before.type == "th_open"))
            case "inline":
                for line in _lines(_words(token, left_out, "\n")):
                    yield _block(line, level, marker)
                    marker = ""
            case "fence" | "code_block":
                yield Block("paragraph", " ".join(token.content.split()))
            case "html_block":
                _, paragraphs, told = page_paragraphs(token.content)
                for sentence in told:
                    left_out.tell(sentence)
                yield from shaped(paragraphs)
            case _:
                pass


def _lines(words: str) -> list[str]:
    """A paragraph's text; a short list of "Name: value" lines, and of notes, stays a line each."""
    lines = [line.strip() for line in words.split("\n") if line.strip()]
    listed = len(lines) > 1 and all(":" in line or len(line) < 60 for line in lines)
    if listed:
        return lines
    starts = [i for i, line in enumerate(lines) if i == 0 or NOTE.match(line)]
    return [" ".join(lines[start:end]) for start, end in pairwise([*starts, len(lines)])]


def _words(token: Token, left_out: LeftOut, line_end: str = " ") -> str:
    """The words of a paragraph: without struck-out ones and pictures, which are counted; the marks of notes are as `standing` has them."""
    parts: list[str] = []
    struck = up = 0
    for child in token.children or ():
        tag = HTML_TAG.match(child.content.lower()) if child.type == "html_inline" else None
        named, step = (tag[2], -1 if tag[1] else 1) if tag else ("", 0)
        if child.type in ("s_open", "s_close") or named in ("s", "del", "strike"):
            step = step or (1 if child.type == "s_open" else -1)
            struck = max(struck + step, 0)
            left_out.add(Unread.STRUCK_OUT, step == 1 and struck == 1)
        elif named == "sup":
            up = max(up + step, 0)
        elif child.type == "image":
            left_out.add(Unread.PICTURE)
        elif struck or (child.type == "html_inline" and named != "br"):
            continue
        elif child.type in ("softbreak", "hardbreak") or named == "br":
            parts.append(line_end)
        elif alone := MARK_ALONE.fullmatch(child.content):
            parts.append(standing(alone[1]))
        else:
            parts.append(raised(child.content, parts[-1] if parts else "") if up else child.content)
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line if NOTE.match(line) else MARK.sub(_standing, line) for line in lines)


def _block(text: str, level: int, marker: str) -> Block:
    if found := NOTE.match(text):
        return Block("note", parted(MARK.sub("", text[found.end() :]))[0], marker=found[1])
    text, marks = parted(text)
    if level:
        return Block("heading", text, level=level, marks=marks)
    return Block("item" if marker else "paragraph", text, marker=marker, marks=marks)


def _standing(mark: re.Match[str]) -> str:
    return standing(mark[1])
