"""What the assistant gives back: a reply of notices, quotations and questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from assistant.models.headings import REVIEWS, heading_of
from knowledge.briefing import UNNUMBERED, Place, Quotation

TODAY = "This may need action today"  # the heading of a notice of that kind
READ_BY_OCR = ", from a scan"
LONGEST_HEADING = 150  # letters
NOT_PUBLISHED = "not a published review"
STARTER_BLOCK = "From our starter library, not a published review"
NoticeKind = Literal["urgent", "today", "personal_data", "decision", "scope", "help", "currency", "reading"]
BESIDE: frozenset[NoticeKind] = frozenset({"today", "currency", "reading"})  # kinds that stand beside an answer, and not in its place


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to be told beside the evidence (today, currency), or before it."""

    kind: NoticeKind
    text: str


@dataclass(frozen=True, slots=True)
class Detail:
    """A stretch of a message that could identify somebody.

    `kind` is one of name, date_of_birth, address, postcode, nhs_number, upn, ni_number, case_number, phone, email,
    school, vehicle, account. Any exact date beside a person counts as a date_of_birth. `called` is what a person is told it
    is ("a name").
    """

    start: int
    end: int
    kind: str
    called: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """A quotation with what a reader needs to find it again.

    `heading` is the chain of headings above it; `paragraph` counts the briefing's
    passages from 1 (how formats without pages are cited); `themes` are theme ids;
    `also` are places in the list (from 0) of citations that say nearly the same; `also_at` are the
    other places where the same briefing prints the same finding again.
    """

    quotation: Quotation
    heading: str
    paragraph: int
    themes: tuple[str, ...] = ()
    also: tuple[int, ...] = ()
    also_at: tuple[Place, ...] = ()

    @property
    def place(self) -> str:
        """Where the words stand: "p. 2", "pp. 2-3", "p. 12 (PDF page 14)" where the printed number is not the
        page's in the file, "PDF page 1" for a page without one, or "paragraph 14" for a format without pages.
        A page that was read off a picture says so.
        """
        return self._place + (READ_BY_OCR if self.quotation.page.recognised else "")

    @property
    def _place(self) -> str:
        if not self.quotation.briefing.paged:
            return f"paragraph {self.paragraph}"
        pages, page = self.quotation.pages, self.quotation.page
        counted = f"PDF page {pages[0]}" if len(pages) == 1 else f"PDF pages {pages[0]}-{pages[-1]}"
        if page.label == UNNUMBERED:
            return counted
        if page.label and page.label != str(page.number):
            if not page.label.isdigit():
                return f"p. {page.label} ({counted})"
            turn = int(page.label) - page.number
            printed = f"p. {pages[0] + turn}" if len(pages) == 1 else f"pp. {pages[0] + turn}-{pages[-1] + turn}"
            return f"{printed} ({counted})"
        return f"p. {pages[0]}" if len(pages) == 1 else f"pp. {pages[0]}-{pages[-1]}"

    @property
    def starter(self) -> bool:
        """Whether the words are the product's own starter material, and no review's: they are shown apart, without quotation marks."""
        return self.quotation.briefing.starter

    @property
    def kind(self) -> str:
        """What kind of document it is from; of the starter library, that it is no published review, and fictional where it is."""
        kind = self.quotation.briefing.details.kind
        return f"{kind or 'starter material'}, {NOT_PUBLISHED}" if self.starter else kind

    @property
    def headed(self) -> str:
        """What the words stand under in an answer: "What reviews say", "What statutory guidance requires", ..."""
        return STARTER_BLOCK if self.starter else heading_of(self.kind)

    @property
    def beside(self) -> str:
        """What must stand beside the words: what they are from, where it is no review; of the starter library, that a case is invented."""
        if self.starter:
            return "fictional" if self.kind.startswith("fictional") else ""
        return "" if self.headed == REVIEWS else self.kind

    @property
    def under(self) -> str:
        """The nearest heading, which gives a listed finding its meaning and says whose a figure is; cut at a word where it is long.

        Empty where that is the document's title, which is told anyway.
        """
        nearest = " ".join(self.heading.split(" > ")[-1].split())
        if nearest == " ".join(self.quotation.briefing.details.title.split()):
            return ""
        return nearest if len(nearest) <= LONGEST_HEADING else f"{nearest[:LONGEST_HEADING].rsplit(' ', 1)[0]} …"

    @property
    def reference(self) -> str:
        """ "Solihull 2011, p. 1"."""
        return f"{self.quotation.briefing.short_name}, {self.place}"

    def as_json(self) -> dict[str, Any]:
        """The citation in the form of the command line's contract; `page` is null without pages."""
        q = self.quotation
        return {
            "document": q.briefing.file_name,
            "title": q.briefing.details.title or q.briefing.file_name,
            "publisher": q.briefing.details.publisher,
            "kind": q.briefing.details.kind,
            "date": str(q.briefing.details.date),
            "page": q.pages[0] if q.briefing.paged else None,
            "pages": list(q.pages) if q.briefing.paged else [],
            "paragraph": self.paragraph,
            "sheet": q.page.number,
            "place": self.place,
            "ocr": q.page.recognised,
            "also_at": [
                {"page": again.page if q.briefing.paged else None, "paragraph": again.ordinal, "start": again.start, "end": again.end}
                for again in self.also_at
            ],
            "heading": self.heading,
            "start": q.start,
            "end": q.end,
            "quote": q.text,
            "starter": self.starter,
        }


@dataclass(frozen=True, slots=True)
class Group:
    """Citations that belong together under a few joining words of ours."""

    title: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """How one citation of a group is shown: `copies` are places of those that say nearly the same and are only named beside it.

    `under` is the heading it stands under; empty where the one shown before it stands under the same.
    """

    place: int
    copies: tuple[int, ...]
    under: str


def told_once(places: Iterable[int], citations: Sequence[Citation]) -> list[Told]:
    """The citations of a group that are shown in full, in order."""
    copies: dict[int, list[int]] = {}
    for place in places:
        leader = next((first for first in copies if first in citations[place].also), None)
        if leader is None:
            copies[place] = []
        else:
            copies[leader].append(place)
    before = [None, *copies]
    same = [b is not None and _heading(citations[b]) == _heading(citations[place]) for b, place in zip(before, copies, strict=False)]
    return [Told(p, tuple(again), "" if s else citations[p].under) for (p, again), s in zip(copies.items(), same, strict=True)]


def _heading(citation: Citation) -> tuple[str, str]:
    return citation.quotation.briefing.id, citation.heading


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question to sit with; `citation` is the place in the list of the passage that raises it."""

    theme: str
    question: str
    why: str = ""
    citation: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A passage that was found, with what spoke for it and what became of it.

    `rank` is its place when all was weighed (0: it may not serve this question); `text_rank` and `vector_rank` its places in
    full text and in vectors, `ear_rank` in the order of a user's cross-encoder (all from 1; 0: not among them). `fit` is how well
    its words fit the question's (a cosine), `covered` the share of the question that it covers. `themes` are names of themes heard
    that it prints. `quoted` is its place in the reply's citations.
    """

    citation: Citation
    rank: int
    text_rank: int
    vector_rank: int
    fate: str
    quoted: int | None = None
    ear_rank: int = 0
    fit: float = 0.0
    covered: float = 0.0
    themes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a reply came about.

    `heard` pairs what was heard in the message with what it came to ("Themes found", "Disguised compliance (.61)"); `decision`
    is why there is an answer, or none; `left_out` counts the passages that may not serve this question, by reason.
    """

    heard: tuple[tuple[str, str], ...]
    decision: str
    seen: tuple[Seen, ...]
    left_out: tuple[tuple[str, int], ...] = ()
    searched: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to one message.

    Citations stand best first, those of the starter library after all others. An abstained reply has none; what is near stands in
    `near`. `looked_for` are the themes and words that were searched, `silent` the
    briefings that say nothing on it, where all were asked. `masked` is the message
    without identifying details, where some were noticed: it can be sent instead, and stands
    for the message in all that follows. `details` are where they stand in `question`. `explanation` is there wherever
    something was searched for.
    """

    question: str
    abstained: bool
    notices: tuple[Notice, ...] = ()
    opening: str = ""
    groups: tuple[Group, ...] = ()
    citations: tuple[Citation, ...] = ()
    near: tuple[Citation, ...] = ()
    prompts: tuple[Prompt, ...] = ()
    looked_for: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    masked: str = ""
    details: tuple[Detail, ...] = ()
    explanation: Explanation | None = None
