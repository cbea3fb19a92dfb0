"""The second reader: checks with pypdf that the words cited from a PDF stand on its pages.

The library is read with PDFium; pypdf shares no code with it. Where both find the same letters and digits, in the same
order, on the same sheet, a citation does not hang on one program's reading. What neither sees, such as ink over a
word, is not checked so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz

from knowledge.briefing import Briefing, Page, Passage, Quotation
from knowledge.child_process import Stopped
from knowledge.embedding import sha256_of
from knowledge.errors import LibraryError
from knowledge.library import Library
from knowledge.pdf_work import texts_elsewhere
from knowledge.text import letters_of

RECOGNISED = "This page is a scan, so we cannot double-check the wording. Look at the page before you quote it."
CHANGED = "The kept file was changed on disk. Delete the briefing and add its file again."
UNOPENED = "A second program cannot open this file, so its quotations have not been double-checked."
STOPPED = (
    "A second program was stopped ({why}) on this file, so its quotations have not been double-checked. Save the file again and add it."
)
LOOK = "Look at the page before you quote it."
PLAIN_MARKS = str.maketrans("‘’“”‐‑–—", "''\"\"----")  # what a keyboard has; one for one, so that places stay
SAME = 95.0  # of 100: how alike two printings of one finding are at least


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that could not be proven; `why` is a sentence."""

    file_name: str
    page: int
    why: str


def doubts_about(library: Library, briefing: Briefing) -> list[Doubt]:
    """All that cannot be proven of a briefing: its file, its passages on their pages, its words by the second reader."""
    try:
        file = library.file_of(briefing)
    except LibraryError as error:
        return [Doubt(briefing.file_name, 0, str(error))]
    if sha256_of(file) != briefing.sha256:
        return [Doubt(briefing.file_name, 0, CHANGED)]
    pages = {page.number: page for page in library.catalogue.pages(briefing.id)}
    passages = [stored.passage for stored in library.catalogue.passages(briefing.id)]
    doubts = [
        Doubt(briefing.file_name, p.page, f"The words of paragraph {p.ordinal} are not where the catalogue says. Add the file again.")
        for p in passages
        if pages[p.page].text[p.start : p.end] != p.text
    ]
    doubts.extend(
        Doubt(briefing.file_name, again.page, f"The second place of paragraph {p.ordinal} is not on its page. Add the file again.")
        for p in passages
        for again in p.also_at
        if again.page not in pages or fuzz.ratio(pages[again.page].text[again.start : again.end], p.text) < SAME
    )
    if file.suffix.lower() == ".pdf":
        doubts.extend(_unseen(briefing, file, pages, passages))
    return doubts


def _unseen(briefing: Briefing, file: Path, pages: dict[int, Page], passages: Sequence[Passage]) -> list[Doubt]:
    """The passages that pypdf does not find on their pages."""
    try:
        texts = texts_elsewhere(file)
    except Stopped as stopped:
        return [Doubt(briefing.file_name, 0, STOPPED.format(why=stopped))]
    if texts is None:
        return [Doubt(briefing.file_name, 0, UNOPENED)]
    doubts = [Doubt(briefing.file_name, number, RECOGNISED) for number, page in sorted(pages.items()) if page.recognised]
    return doubts + [_doubt(briefing, sheet, text) for sheet, text in differing(pages, passages, texts)]


def differing(pages: Mapping[int, Page], passages: Iterable[Passage], texts: Mapping[int, str]) -> list[tuple[int, str]]:
    """The passages, as (sheet, words), whose letters and digits are not in what pypdf read on their sheets; text recognition's left out."""
    found = {number: letters_of(text) for number, text in texts.items()}
    read = [passage for passage in passages if not pages[passage.page].recognised]
    return [one for passage in read for one in _differing(pages[passage.page], passage.start, passage.end, found)]


def _differing(page: Page, start: int, end: int, found: Mapping[int, str]) -> list[tuple[int, str]]:
    """The parts of page.text[start:end], one a sheet, that are not in what pypdf `found` there."""
    return [
        (number, text)
        for number, first, last in page.parts(start, end)
        if (text := page.text[first:last]) and not all(letters_of(cell) in found.get(number, "") for cell in text.split("\t"))
    ]


def _doubt(briefing: Briefing, sheet: int, text: str) -> Doubt:
    return Doubt(briefing.file_name, sheet, f"Two programs read “{text[:60]}...” differently. {LOOK}")


def doubts_about_words(library: Library, briefing: Briefing, sheet: int, words: str) -> list[Doubt]:
    """All that cannot be proven of words said to stand on a sheet (from 1), line breaks and shapes of quotation marks and dashes aside."""
    name = briefing.file_name
    try:
        file = library.file_of(briefing)
    except LibraryError as error:
        return [Doubt(name, 0, str(error))]
    if sha256_of(file) != briefing.sha256:
        return [Doubt(name, 0, CHANGED)]
    pages = {page.number: page for page in library.catalogue.pages(briefing.id)}
    if sheet not in pages:
        return [Doubt(name, 0, f"This briefing has no page {sheet} with words. Count sheets from the first, as a PDF viewer does.")]
    page = pages[sheet]
    sought = r"\s+".join(re.escape(word) for word in words.translate(PLAIN_MARKS).split())
    places = list(re.finditer(rf"(?<!\w){sought}(?!\w)", page.text.translate(PLAIN_MARKS))) if sought else []
    if not places:
        return [Doubt(name, sheet, "These words are not on this page. Compare capitals, commas and the page number with the source.")]
    quotations = [Quotation(briefing, page, *place.span(), page.text[slice(*place.span())]) for place in places]
    return min((doubts_about_quotation(library, quotation) for quotation in quotations), key=len)


def doubts_about_quotation(library: Library, quotation: Quotation) -> list[Doubt]:
    """All that cannot be proven of a quotation: that its file is as it was, and that the second reader finds its words on their pages."""
    briefing, page = quotation.briefing, quotation.page
    file = library.file_of(briefing)
    if sha256_of(file) != briefing.sha256:
        return [Doubt(briefing.file_name, 0, CHANGED)]
    if file.suffix.lower() != ".pdf":
        return []
    if page.recognised:
        return [Doubt(briefing.file_name, page.number, RECOGNISED)]
    try:
        texts = texts_elsewhere(file, quotation.pages)
    except Stopped as stopped:
        return [Doubt(briefing.file_name, 0, STOPPED.format(why=stopped))]
    if texts is None:
        return [Doubt(briefing.file_name, 0, UNOPENED)]
    found = {number: letters_of(text) for number, text in texts.items()}
    return [_doubt(briefing, sheet, text) for sheet, text in _differing(page, quotation.start, quotation.end, found)]
