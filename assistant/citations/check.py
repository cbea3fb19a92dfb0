"""Checks a text against a library: each quotation gets one verdict, each other reference is listed to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.citations.alignment import Alignment, Pair
from assistant.citations.judge import (
    Own,
    Reading,
    cut_faults,
    differences,
    edges,
    ellipsis_faults,
    exact_letters,
    read_against,
    second_hand,
    word_faults,
)
from assistant.citations.locate import LONGEST, Hit, Locator, Window, closest
from assistant.citations.models import Checked, Fault, Paragraph, Place, Quoted, Report, Statement, Verdict, worst_first
from assistant.citations.places import Places
from assistant.citations.quotes import quotations_in
from assistant.citations.references import Names, Reference, is_mostly, reference_of
from assistant.citations.splice import WORTH, Spliced, spliced
from assistant.citations.standing import place_faults
from assistant.citations.words import written
from knowledge.library import Library
from knowledge.text import sentences

TERM = 2  # words: a quotation no longer than this may be a term of the text's own
NEAR = 3  # passages beside a statement
LONG = f"It has more than {LONGEST:,} words. Check it part by part."
TOO_SHORT = "One or two words that are not in this library: a term of the text's own, or a quotation too short to find."
NOWHERE = "These words are not in this library."
IN_ORDER = "The source has these words in a different order."


class Checker:
    """Checks texts against one library, as it is now. Raises LibraryError where the library cannot be read."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._briefings = library.briefings()
        self._names = Names.of(self._briefings)
        self._locator = Locator(library)
        self._places = Places(library, self._locator)

    def check(self, paragraphs: Sequence[Paragraph], name: str = "") -> Report:
        """Check a text, of which `name` is shown."""
        found = quotations_in(paragraphs)
        quotations = [quoted for quoted in found if not self._names.is_title(quoted.text)]
        checked: list[Checked] = []
        last: Reference | None = None
        for number in range(len(quotations)):
            last = reference_of(paragraphs, quotations, number, self._names, last)
            checked.append(self._checked(quotations[number], last))
        statements = self._statements(paragraphs, found)
        return Report(name, tuple(paragraphs), tuple(checked), tuple(statements), len(self._briefings))

    # -- quotations -------------------------------------------------------------------------------

    def _checked(self, quoted: Quoted, reference: Reference) -> Checked:
        own = Own.of(quoted.text)
        if not own.words or len(own.words) > LONGEST:
            why = LONG if own.words else "It has no words."
            return Checked(quoted, (Fault(Verdict.NOT_CHECKED, why),), reference=reference.text)
        hits = [] if own.has_gaps else self._locator.exact(own.words, own.text, reference.named)
        if hits:
            return self._judged(quoted, own, hits, reference)
        if len(own.words) <= TERM:
            return Checked(quoted, (Fault(Verdict.NOT_CHECKED, TOO_SHORT),), reference=reference.text)
        windows = self._locator.windows(own.words, own.text, reference.named)
        hits = closest(own.words, windows)
        parts = self._parts(own, windows, hits[0].alignment.cost) if hits else None
        if parts is not None and (one := self._left_out(parts)) is not None:
            return self._judged(quoted, own, [one], reference)
        if parts is not None:
            return self._put_together(quoted, own, parts, reference)
        best = [hit for hit in hits if hit.alignment.cost == hits[0].alignment.cost]
        if not best or not read_against(own, best[0]).found:
            return self._not_found(quoted, windows, best, reference)
        return self._judged(quoted, own, best, reference)

    def _judged(self, quoted: Quoted, own: Own, hits: Sequence[Hit], reference: Reference) -> Checked:
        """The verdict at the place that agrees best with the reference."""
        tried = [(hit, place, place_faults(place, reference, hit.document)) for hit in hits for place in [self._places.of_hit(hit)]]
        hit, place, wrong = min(tried, key=lambda one: (len(one[2]), bool(one[1].briefing.copy_of), bool(one[1].briefing.withdrawn)))
        reading = read_against(own, hit)
        page, start, end = place.page, place.quotation.start, place.quotation.end
        around = edges(page, *self._places.extent(hit))
        lead, somebody = second_hand(page, start, end, quoted, reference)
        faults = [*word_faults(reading), *ellipsis_faults(reading), *cut_faults(reading, around, reference), *wrong]
        faults += [Fault(Verdict.SECOND_HAND, somebody)] if somebody else []
        if not faults:
            faults.append(_no_fault(reading, place))
        cautions = self._places.cautions(place, quoted, reference, len(hits))
        if faults[0].verdict.stands and (doubt := self._places.doubt(place)):
            faults.insert(0, Fault(Verdict.NOT_CHECKED, doubt))
        return Checked(
            quoted=quoted,
            faults=worst_first(faults),
            differences=differences(reading),
            place=place,
            reference=reference.text,
            whose=self._places.whose(place, lead),
            guidance=self._places.guidance(place),
            cautions=cautions,
            corrected=self._places.corrected(place, around, faults),
        )

    def _parts(self, own: Own, windows: Sequence[Window], cost: int) -> Spliced | None:
        """The quotation as parts from several places, which are looked for by the words of each half as well."""
        if cost < WORTH and not own.has_gaps:
            return None
        half = len(own.words) // 2
        halves = [words for words in (own.words[:half], own.words[half:]) if any(not word.gap for word in words)]
        wider = [window for words in halves for window in self._locator.windows(words, written(own.text, words), ())] if cost else []
        return spliced(own.words, [*windows, *wider], cost)

    def _left_out(self, parts: Spliced) -> Hit | None:
        """The parts as one place, with the words between them left out, where they stand in one sentence in their order."""
        if not self._places.one_sentence(parts.parts):
            return None
        pairs: list[Pair] = []
        for one, other in pairwise(parts.parts):
            if other.alignment.first <= one.alignment.last:
                return None
            between = range(one.alignment.last + 1, other.alignment.first)
            pairs += [*one.alignment.pairs, *(Pair(-1, place) for place in between)]
        last = parts.parts[-1].alignment
        alignment = Alignment(parts.cost, (*pairs, *last.pairs), parts.parts[0].alignment.first, last.last)
        return Hit(parts.parts[0].document, alignment)

    def _put_together(self, quoted: Quoted, own: Own, parts: Spliced, reference: Reference) -> Checked:
        """The verdict on a quotation whose parts stand apart in the library, or in another order."""
        places = [self._places.of_hit(part) for part in parts.parts]
        if self._places.one_sentence(parts.parts):
            faults = [Fault(Verdict.ALTERED, IN_ORDER)]
        else:
            where = " and ".join(dict.fromkeys(f"{place.briefing.short_name}, {place.label}" for place in places))
            faults = [Fault(Verdict.SPLICED, f"It is put together from two places: {where}.")]
        readings = [read_against(own, part) for part in parts.parts]
        place = replace(places[0], also=tuple(place.quotation for place in places[1:]))
        return Checked(
            quoted=quoted,
            faults=worst_first([*faults, *(fault for reading in readings for fault in word_faults(reading))]),
            differences=tuple(difference for reading in readings for difference in differences(reading)),
            place=place,
            reference=reference.text,
            whose=self._places.whose(place, ""),
            guidance=self._places.guidance(place),
            cautions=self._places.cautions(place, quoted, reference, 1),
            corrected=self._places.corrected_parts(places),
        )

    def _not_found(self, quoted: Quoted, windows: Sequence[Window], best: Sequence[Hit], reference: Reference) -> Checked:
        near = self._places.nearest(quoted.text, reference.named, 1) if windows or best else []
        cautions = ("The closing quotation mark is missing.",) if not quoted.closed else ()
        return Checked(
            quoted, (Fault(Verdict.NOT_FOUND, NOWHERE),), place=near[0] if near else None, reference=reference.text, cautions=cautions
        )

    # -- statements -------------------------------------------------------------------------------

    def _statements(self, paragraphs: Sequence[Paragraph], quotations: Sequence[Quoted]) -> list[Statement]:
        """The sentences that refer to a briefing and hold or lead to no quotation."""
        found = []
        outer: dict[int, list[tuple[int, int]]] = {}
        for quoted in quotations:
            if not self._names.is_title(quoted.text):
                outer.setdefault(quoted.paragraph, []).append(quoted.outer)
        set_off = {quoted.paragraph for quoted in quotations if quoted.set_off}
        for number, paragraph in enumerate(paragraphs):
            if paragraph.heading or number in set_off or (number - 1 in set_off and len(paragraph.text.split()) < 25):
                continue
            for start, end, text in sentences(paragraph.text):
                if any(a < end and start < b for a, b in outer.get(number, ())):
                    continue
                leads = (number + 1 in set_off or 0 in (a for a, _ in outer.get(number + 1, ()))) and end >= len(paragraph.text.rstrip())
                mentions = self._names.mentions(text)
                if not mentions or is_mostly(text, mentions) or (leads and text.rstrip().endswith((":", ","))):
                    continue
                named = frozenset[str]().union(*(mention.briefings for mention in mentions))
                told = ", ".join(dict.fromkeys(mention.text for mention in mentions))
                found.append(Statement(number, start, end, text, told, tuple(self._places.nearest(text, named, NEAR))))
        return found


def _no_fault(reading: Reading, place: Place) -> Fault:
    """What a quotation without a fault is: letter for letter, or in the same words."""
    plain = not reading.groups and not reading.own.has_gaps and not (reading.own.cut_before or reading.own.cut_after)
    if plain and exact_letters(reading.own.text, place.quotation.text):
        return Fault(Verdict.EXACT, "Letter for letter as in the source.")
    marked = any(group.marked for group in reading.groups)
    why = "The same words; what differs is typography or punctuation" + (", and what [brackets] mark." if marked else ".")
    return Fault(Verdict.SAME_WORDS, why)
