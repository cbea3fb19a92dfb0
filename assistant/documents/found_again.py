"""Quotations of a sheet that is opened again: looked for in the library, and proven anew."""

from __future__ import annotations

import re

from assistant.documents.sheet import Kept, Lost
from assistant.reply import Citation
from knowledge.briefing import Briefing, Page, Quotation
from knowledge.library import Library

FILE = re.compile(r"File (?P<file>.+), (?P<unit>sheet|paragraph) (?P<number>\d+)\.$")


def found_again(library: Library, text: str, reference: str, *, challenges: bool = False) -> Kept | Lost:
    """The quotation where the library prints these words, else as the sheet had it. A withdrawn briefing is not looked in."""
    said = FILE.search(reference.strip())
    words = text.split()
    if said is not None and words:
        wanted = re.compile(r"\s+".join(map(re.escape, words)))
        for briefing in library.briefings(withdrawn=False):
            if briefing.file_name == said["file"]:
                sheet = int(said["number"]) if said["unit"] == "sheet" else 1
                for number in sorted(range(1, briefing.pages + 1), key=lambda n: n != sheet):
                    page = library.page(briefing.id, number)
                    if found := wanted.search(page.text):
                        return Kept(cited(library, briefing, page, found.start(), found.end()), challenges)
    return Lost(" ".join(words), reference.strip())


def cited(library: Library, briefing: Briefing, page: Page, start: int, end: int) -> Citation:
    """The page's words from start to end as a proven citation. Raises QuotationError where the page has no such words."""
    quotation = Quotation(briefing, page, start, end, page.text[start:end])
    passages = [s.passage for s in library.catalogue.passages(briefing.id)]
    home = next((p for p in passages if p.page == page.number and p.start <= start < p.end), None)
    return Citation(quotation, home.heading if home else "", home.ordinal if home else 0)
