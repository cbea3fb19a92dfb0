"""Footnotes and endnotes, found again by the marks in the text that they belong to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from knowledge.briefing import Page


@dataclass(frozen=True, slots=True)
class Note:
    """A note's words as printed on sheet `page`; `sign` is its mark ("4", "*")."""

    sign: str
    page: int
    text: str


def notes_of(page: Page, start: int, end: int, page_at: Callable[[int], Page]) -> tuple[Note, ...]:
    """The notes whose marks stand in the page's text from start to end; `page_at` gives the sheet that prints a note."""
    found: list[Note] = []
    for mark in page.marks_in(start, end):
        printed = page if mark.page == page.number else page_at(mark.page)
        found.append(Note(mark.sign, mark.page, printed.text[mark.start : mark.end]))
    return tuple(found)
