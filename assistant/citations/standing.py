"""Whether a quotation stands where its text says: document, board, case, year, page."""

from __future__ import annotations

from assistant.citations.locate import Document
from assistant.citations.models import Fault, Place, Verdict
from assistant.citations.references import Reference, strange
from knowledge.briefing import UNNUMBERED


def place_faults(place: Place, reference: Reference, document: Document) -> list[Fault]:
    """All in which the reference and the place differ, a fault each; none where the text names no source."""
    briefing = place.briefing
    told = [
        _wrong_document(place, reference),
        _wrong_board(place, reference),
        _wrong_case(place, reference),
        _wrong_year(place, reference),
        _wrong_page(place, reference),
    ]
    if not any(told) and not reference.named and (names := _strangers(document, reference)):
        told.append(f"The text names {' '.join(names)}; the words are in {briefing.short_name}.")
    return [Fault(Verdict.WRONG_PLACE, why) for why in told if why]


def _wrong_document(place: Place, reference: Reference) -> str:
    named = reference.briefings("title")
    if not named or _among(place, named):
        return ""
    title = next(mention.text for mention in reference.mentions if mention.kind == "title")
    where = place.briefing.details.title or place.briefing.file_name
    return f"Wrong document: the text names “{title}”; the words are in “{where}”."


def _wrong_board(place: Place, reference: Reference) -> str:
    named = reference.briefings("board")
    if not named or _among(place, named):
        return ""
    board = next(mention.text for mention in reference.mentions if mention.kind == "board")
    return f"Wrong board: the text names {board}; the words are in {place.briefing.short_name}."


def _wrong_case(place: Place, reference: Reference) -> str:
    cases = [mention for mention in reference.mentions if mention.kind == "case"]
    if not cases:
        return ""
    names = {mention.text for mention in cases}
    told = " and ".join(sorted(names))
    if place.case and place.case not in names:
        return f"Wrong case: the text names {told}; the words are about {place.case}."
    other_source = reference.briefings("title") | reference.briefings("board")
    if not other_source and not _among(place, reference.briefings("case")):
        return f"Wrong case: the text names {told}; the words are in {place.briefing.short_name}, which does not cover that case."
    return ""


def _wrong_year(place: Place, reference: Reference) -> str:
    year = place.briefing.details.date.year
    if not reference.years or year is None or year in reference.years:
        return ""
    return f"Wrong year: the text says {reference.years[0]}; the source is dated {year}."


def _wrong_page(place: Place, reference: Reference) -> str:
    if not reference.pages or not place.briefing.paged:
        return ""
    if any(_covers(first, last, number) for first, last in reference.pages for number in _numbers(place)):
        return ""
    first, last = reference.pages[0]
    return f"Wrong page: the text says p. {first}{f'-{last}' if last != first else ''}; the words are on {place.label}."


def _numbers(place: Place) -> set[str]:
    """All by which a reader may call the pages that the words stand on: the sheets' numbers and what is printed."""
    page = place.page
    found = {str(sheet) for sheet in place.quotation.pages}
    if page.label and page.label != UNNUMBERED:
        found.add(page.label.lower())
        if page.label.isdigit():
            found |= {str(int(page.label) + sheet - page.number) for sheet in place.quotation.pages}
    return found


def _covers(first: str, last: str, number: str) -> bool:
    if number in (first, last):
        return True
    if not (first.isdigit() and last.isdigit() and number.isdigit()):
        return False
    end = int(last) if int(last) >= int(first) else int(first[: len(first) - len(last)] + last or 0)  # pp. 121-4
    return int(first) <= int(number) <= end


def _among(place: Place, named: frozenset[str]) -> bool:
    return place.briefing.id in named or place.briefing.copy_of in named


def _strangers(document: Document, reference: Reference) -> list[str]:
    """Names in the citation that the briefing does not print."""
    details = document.briefing.details
    own = f"{details.title} {details.publisher} {details.short_name} {details.date} {document.briefing.file_name} {details.kind}"
    forms = {*document.forms, *own.casefold().replace("(", " ").replace(")", " ").replace(",", " ").split()}
    return strange(reference.strangers, forms)
