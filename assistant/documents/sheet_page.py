"""The sheet as a page of its own to print: one HTML file with its look inside, that fetches nothing."""

from __future__ import annotations

import html
from importlib.resources import files

from assistant.documents.sheet import TITLE, Block, Sheet, layout

TAGS = {
    "title": "h1",
    "line": "p class=line",
    "about": "p class=about",
    "heading": "h2",
    "text": "p",
    "hint": "p class=hint",
    "lead": "p class=lead",
    "quote": "blockquote",
    "reference": "p class=reference",
    "caution": "p class=caution",
}


def printable(sheet: Sheet) -> str:
    """The whole page as HTML."""
    look = (files("assistant.documents") / "sheet.css").read_text("utf-8")
    return (
        f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{TITLE}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{look}</style></head>'
        f"<body><main>{''.join(map(_block, layout(sheet)))}</main></body></html>"
    )


def _block(block: Block) -> str:
    if block.kind == "table":
        head, *rows = block.rows
        heads = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in head)
        lines = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
    tag = TAGS[block.kind]
    return f"<{tag}>{html.escape(block.text)}</{tag.split()[0]}>"
