"""The sheet as a page of its own to print: one HTML file with its look inside, that fetches nothing."""

from __future__ import annotations

import html
from importlib.resources import files

from assistant.documents.sheet import TITLE, Block, Sheet, layout

TAGS = {
    "title": "h1",
    "line": "p class=line",
    "about": "p class=about",
    "today": "p class=today",
    "heading": "h2",
    "subheading": "h3",
    "text": "p",
    "hint": "p class=hint",
    "lead": "p class=lead",
    "quote": "blockquote",
    "starter": "p class=starter",
    "reference": "p class=reference",
    "caution": "p class=caution",
    "source": "p class=source",
}


def printable(sheet: Sheet) -> str:
    """The whole page as HTML. The marking stands in a table's head, which every browser prints on each sheet of paper."""
    look = (files("assistant.documents") / "sheet.css").read_text("utf-8")
    blocks = "".join(map(_block, layout(sheet)))
    head = f"<thead><tr><td class=marking>{html.escape(sheet.marking)}</td></tr></thead>" if sheet.marking else ""
    return (
        f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{TITLE}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{look}</style></head>'
        f'<body><table role="presentation" class=paper>{head}<tbody><tr><td><main>{blocks}</main></td></tr></tbody>'
        "</table></body></html>"
    )


def _block(block: Block) -> str:
    if block.kind == "fields":
        return f"<table class=fields><tbody>{''.join(map(_fields, block.rows))}</tbody></table>"
    if block.rows:
        head, *rows = block.rows
        heads = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in head)
        lines = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
        return f"<table class={block.kind}><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
    tag = TAGS[block.kind]
    return f"<{tag}>{html.escape(block.text)}</{tag.split()[0]}>"


def _fields(row: tuple[str, ...]) -> str:
    pairs = zip(row[::2], row[1::2], strict=True)
    cells = (f'<th scope="row">{html.escape(label)}</th><td>{html.escape(text)}</td>' for label, text in pairs)
    return f"<tr>{''.join(cells)}</tr>"
