"""Proof before the eyes: the page itself as a picture, the quotation marked where it stands, and what a second reader finds."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.page.links import whole_number
from assistant.page.state import citation_at
from assistant.page.views import view
from knowledge.briefing import Page, Quotation
from knowledge.errors import ReflectionError
from knowledge.library import Library
from knowledge.page_drawing import Box
from knowledge.page_image import PageImage, Reread, page_image

FOUND = "Checked: these exact words are on this page."
ONE_READER = "These words are in the text taken from this file. We can only double-check PDFs."
NOT_DRAWN = "This page cannot be displayed. The file may be password-protected or damaged. The text is below."
NOT_MARKED = "The quotation could not be highlighted on this picture. It is highlighted in the text below."
REREAD = "This page is a scan. We read it again to place the highlighting."
GONE = "The file of this briefing cannot be opened here. The text is below."


def proof(library: Library, wanted: Mapping[str, Any], reread: Reread | None = None) -> str:
    """The picture of the page that is looked at, marked, and one line on the proof; for a format without pages the line alone.

    `wanted` is what a citation's button sends (see `source_panel`); `reread` reads a page once more, with the place of what stands on it.
    """
    citation = citation_at(library, wanted)
    if citation is None:
        return ""
    quotation = citation.quotation
    try:
        file = library.file_of(quotation.briefing)
        told = _told(library, quotation)
        shows = whole_number(wanted.get("show") or quotation.page.number)
        page = quotation.page if shows == quotation.page.number else library.page(quotation.briefing.id, shows)
    except (ReflectionError, ValueError, TypeError):
        return _line(GONE)
    from knowledge.second_reader import CHANGED

    if told == CHANGED or file.suffix.lower() != ".pdf":
        return _line(told)
    return _line(told) + _picture(file, quotation, page, reread)


def _told(library: Library, quotation: Quotation) -> str:
    """What the second reader, loaded when it is first needed, makes of the quotation."""
    from knowledge.second_reader import doubts_about_quotation

    doubts = doubts_about_quotation(library, quotation)
    if doubts:
        return doubts[0].why
    return FOUND if library.file_of(quotation.briefing).suffix.lower() == ".pdf" else ONE_READER


def _line(told: str) -> str:
    return view("proof_line", told=told, doubted=told not in (FOUND, ONE_READER))


def part_on(quotation: Quotation, page: Page) -> str:
    """The part of a quotation that stands on this sheet; empty where none does."""
    own = quotation.page
    parts = [own.text[start:end] for sheet, start, end in own.parts(quotation.start, quotation.end) if sheet == page.number]
    return "\n".join(parts)


def around(quotation: Quotation, page: Page) -> tuple[str, str]:
    """What stands on this sheet before and after the part of a quotation that stands on it."""
    if page.number != quotation.page.number:
        return "", ""
    text, turn = quotation.page.text, quotation.page.runs_on
    return text[: quotation.start], text[quotation.end : turn] if turn is None or quotation.end < turn else ""


def _picture(file: Path, quotation: Quotation, page: Page, reread: Reread | None) -> str:
    words = part_on(quotation, page)
    image = page_image(file, page.number, words.split("\t") if words else (), around(quotation, page), reread)
    if image is None:
        return _line(NOT_DRAWN)
    notes = NOT_MARKED if words and not image.boxes else REREAD if words and page.recognised else ""
    return _drawn(image, f"PDF page {page.number}{', quotation highlighted' if image.boxes else ''}") + (_line(notes) if notes else "")


def _drawn(image: PageImage, name: str) -> str:
    source = f"data:image/webp;base64,{base64.b64encode(image.webp).decode('ascii')}"
    return view("page_picture", name=name, source=source, image=image, places=list(map(_place, image.boxes)))


def _place(box: Box) -> str:
    width, height = box.right - box.left, box.bottom - box.top
    return f"left:{box.left:.4%};top:{box.top:.4%};width:{width:.4%};height:{height:.4%}"
