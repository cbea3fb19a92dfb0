"""The sheet as a page of its own to print: one HTML file with its look inside, that fetches nothing."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from assistant.documents.sheet import TITLE, Sheet, layout
from assistant.documents.templates import HtmlTemplates, Markup

FOLDER = Path(__file__).parent


@cache
def _templates() -> HtmlTemplates:
    return HtmlTemplates(FOLDER / "templates")


def printable(sheet: Sheet) -> str:
    """The whole page as HTML. The marking stands in a table's head, which every browser prints on each sheet of paper."""
    look = Markup((FOLDER / "sheet.css").read_text("utf-8"))
    return str(_templates().fill("sheet", title=TITLE, look=look, marking=sheet.marking, blocks=layout(sheet)))
