"""Where a quotation's words stand in the library: candidates by full text, then the words themselves laid against the pages."""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.citations.alignment import Alignment, Pair, align
from assistant.citations.words import Word, words_of
from knowledge.briefing import Briefing, Page
from knowledge.library import Library
from knowledge.row_mapping import StoredPassage

PASSAGES = 40  # of full text: their briefings are searched for the very words
WINDOWS = 6  # of them: what stands around is compared word by word
WINDOWS_OF_NAMED = 3  # of each briefing that the text names
BESIDE, BESIDE_GAP = 20, 400  # words before and after a passage, beside as many as the quotation has; more where an ellipsis skips some
LONGEST = 2000  # words of a quotation
LONG, WINDOWS_FOR_LONG = 150, 2
DOCUMENTS = 64  # that are kept ready
NAMED = 12  # of these at most are looked through whole


class Document:
    """A briefing as one stream of words, over all its pages."""

    def __init__(self, briefing: Briefing, pages: Sequence[Page]) -> None:
        self.briefing = briefing
        self.pages = tuple(pages)
        self.words: list[Word] = []
        self._page: list[int] = []
        for number, page in enumerate(self.pages):
            found = words_of(page.text)
            self.words.extend(found)
            self._page.extend([number] * len(found))
        self._keys = [(number, word.start) for number, word in zip(self._page, self.words, strict=True)]
        self._stream = "\x1f" + "".join(f"{word.form}\x1f" for word in self.words)
        self._starts: list[int] = []
        at = 1
        for word in self.words:
            self._starts.append(at)
            at += len(word.form) + 1
        self.forms = frozenset(word.form for word in self.words)

    def page_of(self, number: int) -> Page:
        """The page on which a word stands."""
        return self.pages[self._page[number]]

    def page_number(self, number: int) -> int:
        """The place in `pages` of the page on which a word stands."""
        return self._page[number]

    def word_at(self, sheet: int, offset: int) -> int:
        """The number of the first word on a sheet (from 1) from this offset on."""
        place = next((n for n, page in enumerate(self.pages) if page.number == sheet), 0)
        return bisect_left(self._keys, (place, offset))

    def places_of(self, forms: Sequence[str]) -> Iterator[int]:
        """Where these words stand one after the other: the numbers of their first words."""
        sought = "\x1f" + "".join(f"{form}\x1f" for form in forms)
        at = self._stream.find(sought)
        while at >= 0:
            yield bisect_left(self._starts, at + 1)
            at = self._stream.find(sought, at + 1)


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a quotation, or a part of one, lies in a document."""

    document: Document
    alignment: Alignment


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a document's words."""

    document: Document
    first: int
    last: int

    @property
    def words(self) -> Sequence[Word]:
        """The words in it."""
        return self.document.words[self.first : self.last]


class Locator:
    """Finds quotations in a library; keeps the briefings that it looked at ready."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._documents: OrderedDict[str, Document] = OrderedDict()
        self._briefings = {briefing.id: briefing for briefing in library.briefings()}

    def document(self, briefing_id: str) -> Document:
        """A briefing's words."""
        if briefing_id in self._documents:
            self._documents.move_to_end(briefing_id)
            return self._documents[briefing_id]
        made = Document(self._briefings[briefing_id], self._library.catalogue.pages(briefing_id))
        self._documents[briefing_id] = made
        while len(self._documents) > DOCUMENTS:
            self._documents.popitem(last=False)
        return made

    def near(self, text: str, among: Collection[str] = (), limit: int = PASSAGES) -> list[StoredPassage]:
        """The passages that share most words with a text, best first; of these briefings alone, where given. Withdrawn ones too."""
        words = [word.form for word in words_of(text)][:LONGEST]
        ranked = self._library.catalogue.matching(list(dict.fromkeys(words)), limit * (5 if among else 1), everything=True)
        stored = self._library.stored([number for number, _ in ranked])
        found = [stored[number] for number, _ in ranked if number in stored]
        return [one for one in found if not among or one.briefing in among][:limit]

    def exact(self, quoted: Sequence[Word], text: str, named: Collection[str]) -> list[Hit]:
        """All places with the very words of a quotation without ellipsis, in the likeliest briefings and those that are named."""
        forms = [word.form for word in quoted]
        near = [stored.briefing for stored in self.near(text)]
        hits: list[Hit] = []
        for briefing in dict.fromkeys([*sorted(named)[:NAMED], *near]):
            document = self.document(briefing)
            for first in document.places_of(forms):
                pairs = tuple(Pair(n, first + n) for n in range(len(forms)))
                hits.append(Hit(document, Alignment(0, pairs, first, first + len(forms) - 1)))
        return hits

    def windows(self, quoted: Sequence[Word], text: str, named: Collection[str]) -> list[Window]:
        """The stretches of the library that a quotation may have been taken from."""
        most = WINDOWS if len(quoted) < LONG else WINDOWS_FOR_LONG
        near = self.near(text, limit=most)
        if named:
            near += self.near(text, named, WINDOWS_OF_NAMED)
        beside = len(quoted) + (BESIDE_GAP if any(word.gap for word in quoted) else BESIDE)
        spans: dict[str, list[tuple[int, int]]] = {}
        for stored in near:
            document, passage = self.document(stored.briefing), stored.passage
            first, last = document.word_at(passage.page, passage.start), document.word_at(passage.page, passage.end)
            spans.setdefault(stored.briefing, []).append((max(0, first - beside), last + beside))
        return [Window(self.document(briefing), *span) for briefing, listed in spans.items() for span in _merged(listed)]


def closest(quoted: Sequence[Word], windows: Sequence[Window]) -> list[Hit]:
    """A quotation laid against each window, cheapest first."""
    hits = []
    for window in windows:
        alignment = align(quoted, window.words)
        if alignment is not None:
            hits.append(Hit(window.document, moved(alignment, window.first)))
    return sorted(hits, key=lambda hit: hit.alignment.cost)


def moved(alignment: Alignment, by: int, quoted_by: int = 0) -> Alignment:
    """An alignment whose source begins `by` words, and whose quotation `quoted_by` words, further on."""
    pairs = tuple(
        Pair(pair.quoted + quoted_by if pair.quoted >= 0 else -1, pair.source + by if pair.source >= 0 else -1) for pair in alignment.pairs
    )
    skipped = tuple((first + by, last + by) for first, last in alignment.skipped)
    return replace(alignment, pairs=pairs, first=alignment.first + by, last=alignment.last + by, skipped=skipped)


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found
