"""Quotations of a sheet that is opened again: looked for in the library, and proven anew."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.documents.sheet import Kept, Lost, Sheet, label, long_label, within
from assistant.documents.sheet_reader import ReadQuotation, ReadSheet
from assistant.models.reply import Citation
from knowledge.briefing import Briefing, Page, Quotation
from knowledge.library import Library


def prove(read: ReadSheet, library: Library) -> Sheet:
    """The sheet that was read, every quotation proven in the library, or among those that are lost."""
    found = [found_again(library, quotation) for quotation in read.quotations]
    return Sheet(
        dict(read.texts),
        tuple(one for one in found if isinstance(one, Kept)),
        tuple(one for one in found if isinstance(one, Lost)),
        read.actions,
        model=read.model,
        particulars=read.particulars,
        leave_out_empty=read.leave_out_empty,
    )


def found_again(library: Library, read: ReadQuotation) -> Kept | Lost:
    """The quotation where the briefing that it names prints these words, else as the sheet had it.

    A withdrawn briefing is not looked in, a copy of another is: the sheet may have been made when it was none. Of several places
    the one that is printed beside it is taken, else the first.
    """
    places = list(_places(library, read))
    if not places:
        return Lost(read.text, read.reference)
    return Kept(next((place for place in places if read.reference.endswith(f", {within(place)}")), places[0]), read.challenges)


def _places(library: Library, read: ReadQuotation) -> Iterator[Citation]:
    """Wherever the briefing prints the words; on the page that the sheet names first."""
    words = read.text.split()
    if not words:
        return
    wanted = re.compile(r"\s+".join(map(re.escape, words)))
    for briefing in (one for one in library.briefings() if not one.withdrawn):
        called = (f"{label(briefing)}, ", f"{long_label(briefing)}, ")
        named = briefing.file_name in read.files if read.files else read.reference.startswith(called)
        for page in sorted(library.catalogue.pages(briefing.id), key=lambda page: page.number != read.page) if named else ():
            for found in wanted.finditer(page.text):
                yield cited(library, briefing, page, found.start(), found.end())


def cited(library: Library, briefing: Briefing, page: Page, start: int, end: int) -> Citation:
    """The page's words from start to end as a proven citation. Raises QuotationError where the page has no such words."""
    quotation = Quotation(briefing, page, start, end, page.text[start:end])
    passages = [s.passage for s in library.catalogue.passages(briefing.id)]
    home = next((p for p in passages if p.page == page.number and p.start <= start < p.end), None)
    return Citation(quotation, home.heading if home else "", home.ordinal if home else 0)
