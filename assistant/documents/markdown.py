"""Documents written as Markdown templates (Jinja2), rendered to blocks that a writer sets in Word or on slides.

What a template fills in is never read as Markdown: it is put in after the Markdown has been read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup

Kind = Literal["heading", "text", "item", "quote", "reference", "caution", "hint", "lead", "table", "break", "notes"]
FILLED = re.compile("\ue000([0-9]+)\ue001")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a document, from top to bottom.

    `level` is a heading's, from 1 (the title). `rows` are a table's, the head first. In a template a paragraph in *emphasis* is a
    hint, one in **strong emphasis** a lead; in a block quotation these are the reference of the words quoted, and a caution on
    them. A rule (---) begins a new page, a fence ```notes holds what stands in a slide's notes.
    """

    kind: Kind
    text: str = ""
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


class Templates:
    """A folder of templates."""

    def __init__(self, folder: Path) -> None:
        self._values: list[str] = []
        self._environment = Environment(
            loader=FileSystemLoader(folder), undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        self._environment.finalize = self._set_aside
        self._markdown = MarkdownIt("zero").enable(["heading", "list", "blockquote", "emphasis", "hr", "table", "fence"])

    def render(self, name: str, values: Mapping[str, Any]) -> tuple[Block, ...]:
        """The blocks of a template with these values filled in. Raises jinja2's TemplateError for one that is not there, or is wrong."""
        self._values.clear()
        text = self._environment.get_template(name).render(values)
        return tuple(self._filled(block) for block in _blocks(SyntaxTreeNode(self._markdown.parse(text))))

    def _set_aside(self, value: object) -> object:
        """A value's place holder; what a macro of the template made is part of the template."""
        if isinstance(value, Markup):
            return value
        self._values.append(str(value))
        return f"\ue000{len(self._values) - 1}\ue001"

    def _filled(self, block: Block) -> Block:
        rows = tuple(tuple(map(self._fill, row)) for row in block.rows)
        return replace(block, text=self._fill(block.text), rows=rows)

    def _fill(self, text: str) -> str:
        return FILLED.sub(lambda found: self._values[int(found[1])], text)


def _blocks(node: SyntaxTreeNode, quoted: bool = False) -> Iterator[Block]:
    for child in node.children:
        match child.type:
            case "heading":
                yield Block("heading", _text(child), level=int(child.tag[1:]))
            case "paragraph":
                yield _paragraph(child, quoted)
            case "bullet_list" | "ordered_list":
                yield from (Block("item", _text(item)) for item in child.children)
            case "blockquote":
                yield from _blocks(child, quoted=True)
            case "table":
                yield Block("table", rows=tuple(tuple(map(_text, row.children)) for part in child.children for row in part.children))
            case "hr":
                yield Block("break")
            case "fence":
                yield Block("notes", child.content.strip())


def _paragraph(node: SyntaxTreeNode, quoted: bool) -> Block:
    inner = [one for one in node.children[0].children if one.content or one.children]
    alone = inner[0].type if len(inner) == 1 else ""
    kinds: dict[str, tuple[Kind, Kind]] = {"em": ("hint", "reference"), "strong": ("lead", "caution")}
    return Block(kinds.get(alone, ("text", "quote"))[quoted], _text(node))


def _text(node: SyntaxTreeNode) -> str:
    """The words of a node on one line."""
    if node.type == "text":
        return node.content
    if node.type in ("softbreak", "hardbreak"):
        return " "
    return "".join(map(_text, node.children))
