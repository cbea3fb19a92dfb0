"""Where a quotation stands, as a reader is shown it: page, heading, what is around it, whose words, what still stands."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from assistant.citations.judge import Edges, edges
from assistant.citations.locate import Document, Hit, Locator
from assistant.citations.models import Fault, Place, Quoted, Verdict
from assistant.citations.references import Reference
from assistant.models.reply import Citation
from knowledge.briefing import Passage, Quotation
from knowledge.guidance import cited_by, superseded
from knowledge.library import Library
from knowledge.second_reader import doubts_about_quotation

BESIDE = 300  # characters shown before and after
FINAL = ".!?…"
LISTED = re.compile(r"\s*(?:[•●◦▪–]|\(?(?:\d{1,2}|[a-z])[.)])\s+")
UNCLOSED = "The closing quotation mark is missing."


class Places:
    """The places of one library, with what a reader is told of each."""

    def __init__(self, library: Library, locator: Locator) -> None:
        self._library = library
        self._locator = locator
        self._passages: dict[str, list[Passage]] = {}
        self._doubts: dict[tuple[str, int, int, int], str] = {}

    def of_hit(self, hit: Hit) -> Place:
        """Where words that were found stand. Words that run on over to the next page's text stand where they begin."""
        document, alignment = hit.document, hit.alignment
        page = document.page_of(alignment.first)
        last = alignment.last
        while document.page_number(last) != document.page_number(alignment.first):
            last -= 1
        start, end = document.words[alignment.first].start, document.words[last].end
        place = self._place(document, page.number, start, end)
        if last == alignment.last:
            return place
        over = document.page_of(alignment.last)
        first_over = next(n for n in range(last + 1, alignment.last + 1) if document.page_of(n) is over)
        rest = Quotation(document.briefing, over, document.words[first_over].start, document.words[alignment.last].end,
                         over.text[document.words[first_over].start : document.words[alignment.last].end])  # fmt: skip
        return replace(place, also=(rest,), label=f"{place.label} and {self._place(document, over.number, rest.start, rest.end).label}")

    def extent(self, hit: Hit) -> tuple[int, int]:
        """Where the words begin and end on their page, without a full stop."""
        quotation = self.of_hit(hit).quotation
        end = quotation.end
        while end > quotation.start and quotation.page.text[end - 1] in FINAL:
            end -= 1
        return quotation.start, end

    def _place(self, document: Document, sheet: int, start: int, end: int) -> Place:
        page = next(page for page in document.pages if page.number == sheet)
        while page.text[end : end + 1] in FINAL and end < len(page.text):
            end += 1
        quotation = Quotation(document.briefing, page, start, end, page.text[start:end])
        passage = self._passage(document.briefing.id, sheet, start)
        heading = passage.heading if passage else ""
        around = edges(page, start, end)
        return Place(
            quotation=quotation,
            label=Citation(quotation, heading, passage.ordinal if passage else 0).place,
            before=around.before[-BESIDE:].lstrip(),
            after=around.after[:BESIDE].rstrip(),
            heading=heading,
            case=passage.case if passage else "",
        )

    def _passage(self, briefing: str, sheet: int, offset: int) -> Passage | None:
        """The passage that stands at a place, or the last before it on its page."""
        if briefing not in self._passages:
            self._passages[briefing] = [stored.passage for stored in self._library.catalogue.passages(briefing)]
        before = [one for one in self._passages[briefing] if one.page == sheet and one.start <= offset]
        return max(before, key=lambda one: one.start, default=None)

    def nearest(self, text: str, named: Collection[str], limit: int) -> list[Place]:
        """The passages nearest to a text by their words, of the briefings that it names, where it names any."""
        found = self._locator.near(text, named, limit) or self._locator.near(text, (), limit)
        return [self._place(self._locator.document(s.briefing), s.passage.page, s.passage.start, s.passage.end) for s in found]

    def one_sentence(self, parts: Sequence[Hit]) -> bool:
        """Whether all parts stand in the same sentence of one document."""
        sentences = set()
        for part in parts:
            start, end = self.extent(part)
            page = part.document.page_of(part.alignment.first)
            sentences.add((part.document.briefing.id, page.number, edges(page, start, end).sentence))
        return len(sentences) == 1

    def doubt(self, place: Place) -> str:
        """Why a place cannot be proven, as a sentence; empty where the kept file and, in a PDF, the second reader prove it."""
        for quotation in (place.quotation, *place.also):
            key = (quotation.briefing.id, quotation.page.number, quotation.start, quotation.end)
            if key not in self._doubts:
                self._doubts[key] = " ".join(doubt.why for doubt in doubts_about_quotation(self._library, quotation))
            if self._doubts[key]:
                return self._doubts[key]
        return ""

    def cautions(self, place: Place, quoted: Quoted, reference: Reference, count: int) -> tuple[str, ...]:
        """What else there is to know, a sentence each."""
        briefing = place.briefing
        year = briefing.details.date.year
        return tuple(
            told
            for told in (
                f"This briefing is {briefing.withdrawn}." if briefing.withdrawn else "",
                "" if quoted.closed else UNCLOSED,
                "No source is named beside it." if not (reference.named or reference.citation) else "",
                f"{briefing.file_name} has no pages: cite its heading and paragraph." if reference.pages and not briefing.paged else "",
                f"These words are in {count} places in the library." if count > 1 else "",
                *(f"{year or briefing.short_name}; rests on {old.name}, {old.note}." for old in superseded(briefing)),
            )
            if told
        )

    def whose(self, place: Place, lead: str) -> str:
        """Whose words they are."""
        briefing = place.briefing
        if briefing.starter:
            own = "Our starter library’s, not a published review’s"
        else:
            own = briefing.details.publisher or briefing.details.title or briefing.file_name
        return f"Somebody else's, as quoted by {own}: “{lead}”" if lead else own

    def guidance(self, place: Place) -> tuple[str, ...]:
        """The guidance that the briefing cites, each with whether it stands."""
        return tuple(f"{guidance.name}: {guidance.note}" for guidance in cited_by(place.briefing))

    def corrected(self, place: Place, around: Edges, faults: Sequence[Fault]) -> str:
        """A quotation to copy: the source's words, to the ends of the sentence where something was cut, with the reference."""
        page, quotation = place.page, place.quotation
        start, end = quotation.start, quotation.end
        if any(fault.verdict in (Verdict.SHORTENED, Verdict.ELLIPSIS_HIDES) for fault in faults):
            start, end = min(start, around.sentence[0]), max(end, around.sentence[1])
            listed = LISTED.match(page.text[start:end])
            start += listed.end() if listed else 0
        words = page.text[start:end] + "".join(f" {part.text}" for part in place.also)
        return _with_reference(" ".join(words.split()), place)

    def corrected_parts(self, places: Sequence[Place]) -> str:
        """The parts of a spliced quotation, each with its own reference."""
        return "; ".join(_with_reference(" ".join(place.quotation.text.split()), place) for place in places)


def _with_reference(words: str, place: Place) -> str:
    details = place.briefing.details
    parts = (details.title or place.briefing.file_name, details.publisher, str(details.date), place.label)
    inner = words.replace("“", "‘").replace("”", "’")
    return f"“{inner}” ({', '.join(part for part in parts if part)})"
