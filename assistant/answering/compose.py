"""Evidence becomes an answer: quotations in groups, joined by a few words of ours that add no finding."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from assistant.answering.prompts import Questions
from assistant.answering.select import Chosen, Selection
from assistant.answering.trace import explained
from assistant.language.sentence_vectors import message_vectors
from assistant.models.decision import Decision
from assistant.models.evidence import OPEN, Evidence
from assistant.models.headings import REVIEWS
from assistant.models.period import Period
from assistant.models.question import Question
from assistant.models.reply import STARTER_BLOCK, Citation, Group, Notice, Reply
from assistant.models.verdict import Verdict
from knowledge.briefing import Briefing
from knowledge.guidance import changed_since, superseded
from knowledge.library import Library
from knowledge.shelf import Shelf
from knowledge.themes import Theme, themes

SUGGESTED = 3
STARTER_ONLY = "We found nothing about this in the published reviews in this library. The passages below are from our starter library only."


class Composer:
    """Makes a reply of what was found and chosen: proven quotations, what joins them, open questions, and how it all was found."""

    def __init__(self, library: Library, shelf: Shelf, questions: Questions) -> None:
        self._library = library
        self._shelf = shelf
        self._questions = questions

    def warm(self) -> None:
        """Load what the questions to sit with are chosen by."""
        self._questions.warm()

    def compose(self, evidence: Evidence, decision: Decision, selection: Selection, asked: Collection[str] = (), moment: str = "") -> Reply:
        """The reply to a message that the guards let through. Raises QuotationError where a page has not the words to be quoted.

        `asked` are questions not to put again; `moment` is what they are for (see `knowledge.themes.MOMENTS`), empty where the message
        may tell.
        """
        citations = self.cite(evidence, selection.chosen)
        reply = self._answered(evidence, selection, citations, asked, moment) if decision.enough else self._unanswered(evidence, citations)
        searched = self._library.catalogue.passage_count()
        return replace(reply, explanation=explained(self._library, evidence, decision, selection, searched))

    def cite(self, evidence: Evidence, chosen: Sequence[Chosen]) -> tuple[Citation, ...]:
        """The chosen passages as proven citations, in the same order. Raises QuotationError."""
        return tuple(
            Citation(
                quotation=self._library.quote(one.candidate.briefing, one.candidate.stored.passage, one.start, one.end),
                heading=one.candidate.stored.passage.heading,
                paragraph=one.candidate.stored.passage.ordinal,
                themes=tuple(theme for theme, ids in evidence.tags.items() if one.candidate.stored.id in ids),
                also=one.same_as,
                also_at=one.candidate.stored.passage.also_at,
            )
            for one in chosen
        )

    def _answered(
        self, evidence: Evidence, selection: Selection, citations: tuple[Citation, ...], asked: Collection[str], moment: str
    ) -> Reply:
        question, heard = evidence.question, [theme for theme, _ in evidence.themes]
        quiet = silent(question, self._shelf.briefings(), citations)
        told = message_vectors(self._library.embedder, question.message)
        meanings = self._meanings(question, selection.chosen)
        printed = [theme for theme in themes() for citation in citations if theme.id in citation.themes]
        return Reply(
            question.text,
            abstained=False,
            notices=(*currency_notices(question, citations), *reading_notices(self._library, citations)),
            opening=opening(question, heard, citations, quiet, faint=evidence.faint, near=question.account or evidence.open >= OPEN),
            groups=grouped(question, heard, citations),
            citations=citations,
            prompts=self._questions.choose(question, told, heard, citations, meanings, asked, moment),
            looked_for=_looked_for(question, heard),
            silent=quiet,
            suggestions=_suggestions(heard, printed),
        )

    def _unanswered(self, evidence: Evidence, near: tuple[Citation, ...]) -> Reply:
        return Reply(
            evidence.question.text,
            abstained=True,
            notices=reading_notices(self._library, near, numbered=False),
            opening=near_line(evidence, near),
            near=near,
            looked_for=_looked_for(evidence.question, [theme for theme, _ in evidence.themes]),
        )

    def _meanings(self, question: Question, chosen: Sequence[Chosen]) -> list[Sequence[float]]:
        """The library's vectors of the quoted passages: those that were read word by word for a question have theirs."""
        found = [None if question.account else one.candidate.meaning for one in chosen]
        unread = [one.candidate.stored.passage.text for one, vector in zip(chosen, found, strict=True) if vector is None]
        fresh = iter(self._library.embedder.embed_documents(unread) if unread else [])
        return [next(fresh) if vector is None else vector.tolist() for vector in found]


def held_back(message: str, verdict: Verdict) -> Reply:
    """The reply to a message that the guards answer alone."""
    masked = verdict.masked if verdict.details else ""
    return Reply(message, abstained=True, notices=verdict.notices, masked=masked, details=verdict.details)


def grouped(question: Question, themes: Sequence[Theme], citations: Sequence[Citation]) -> tuple[Group, ...]:
    """Citations that belong together: board by board where all are asked, else by what they speak of.

    What is from no review stands under what it is, and the starter library's last.
    """
    groups: dict[str, list[int]] = {}
    for i, citation in enumerate(citations):
        groups.setdefault(_group(question, themes, citation), []).append(i)
    return tuple(Group(title, tuple(places)) for title, places in groups.items())


def _group(question: Question, themes: Sequence[Theme], citation: Citation) -> str:
    if citation.starter:
        return STARTER_BLOCK
    if question.of_all:
        return citation.quotation.briefing.short_name
    if citation.headed != REVIEWS:
        return citation.headed
    if question.cases:
        return f"About {' and '.join(question.cases)}"
    if len(question.scope) == 1:
        return f"In {citation.quotation.briefing.short_name}"
    for theme in themes:
        if theme.id in citation.themes:
            return f"On {theme.about}"
    return "Also near your question" if themes else ""


def silent(question: Question, briefings: Sequence[Briefing], citations: Sequence[Citation]) -> tuple[str, ...]:
    """The briefings that say nothing on it, where all were asked: those of the starter library only where there are no others."""
    if not question.of_all or question.cases:
        return ()
    speaking = {citation.quotation.briefing.id for citation in citations}
    published = [b for b in briefings if not b.starter] or briefings
    asked = [b for b in published if (not question.scope or b.id in question.scope) and b.id not in question.outside]
    return tuple(b.short_name for b in asked if b.id not in speaking)


def opening(
    question: Question,
    themes: Sequence[Theme],
    citations: Sequence[Citation],
    quiet: Sequence[str],
    *,
    faint: bool = False,
    near: bool = False,
) -> str:
    """One sentence that introduces the quotations and adds no finding.

    `faint` where the themes of an account were heard from far off, `near` where the passages came nearest to an open question: that they
    answer it nobody has checked.
    """
    published = [citation for citation in citations if not citation.starter]
    like = "situations that may be similar" if faint else "similar situations"
    quoted = [theme.about for theme in themes if any(theme.id in citation.themes for citation in citations)][:2]
    heard = f"{like}: {_listed(quoted)}." if question.account and quoted else ""
    if not published:
        return f"{STARTER_ONLY} They describe {heard}" if heard else STARTER_ONLY
    boards = len({c.quotation.briefing.id for c in published})
    if question.of_all and not question.cases:
        total = boards + len(quiet)
        count = f"{boards} of {total}" if quiet else f"All {total}"
        return f"{count} briefings mention this." if total > 1 else "The one briefing here mentions this."
    if question.currency:
        return "This is what was printed. Check what has changed since before you rely on it."
    if question.defines:
        return "This is how the briefings put it."
    if question.origin:
        return "This is what the briefing prints about itself."
    if heard:
        reviews = any(citation.headed == REVIEWS for citation in published)
        return f"{'Reviews' if reviews else 'The documents here'} describe {heard}"
    if len(published) == 1:
        return "1 passage is closest to your question." if near else "1 passage mentions this."
    count = f"{len(published)} passages from {boards} {'briefing' if boards == 1 else 'briefings'}"
    return f"{count} {'are closest to your question' if near else 'mention this'}."


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])}, and {parts[-1]}"


def currency_notices(question: Question, citations: Sequence[Citation]) -> tuple[Notice, ...]:
    """One notice on what has gone out of date in the briefings cited; none where nothing has."""
    rests: dict[str, list[str]] = {}
    seen: set[str] = set()
    for i, citation in enumerate(citations, 1):
        briefing = citation.quotation.briefing
        if briefing.id in seen or briefing.starter:
            continue
        seen.add(briefing.id)
        if old := superseded(briefing):
            names = _listed([f"{guidance.name} ({guidance.note})" for guidance in old])
            rests.setdefault(f"{briefing.short_name} cites {names}.", []).append(f"[{i}]")
    sentences = [f"{', '.join(places)} {told}" for told, places in rests.items()]
    asked = " ".join((question.text, question.carried))
    touched = set(changed_since(asked))
    for citation in citations[:3]:
        for note in changed_since(citation.quotation.text):
            if (note in touched or question.currency or "Telephone" in note) and note not in sentences:
                sentences.append(note)
    return (Notice("currency", " ".join(sentences)),) if sentences else ()


def reading_notices(library: Library, citations: Sequence[Citation], *, numbered: bool = True) -> tuple[Notice, ...]:
    """One notice on quotations from pages that the two PDF readers read differently; none where they agree, or it is not known."""
    cited = {citation.quotation.briefing.id for citation in citations}
    differing = {briefing: frozenset(library.catalogue.certificate(briefing).get("differing_pages") or ()) for briefing in cited}
    doubtful = [(i, c) for i, c in enumerate(citations, 1) if differing[c.quotation.briefing.id].intersection(c.quotation.pages)]
    if not doubtful:
        return ()
    named = _listed([f"[{i}]" if numbered else citation.reference for i, citation in doubtful])
    page = "page" if len(doubtful) == 1 else "pages"
    told = f"Two programs read the {page} for {named} differently. Check the wording against the {page} before you quote it."
    return (Notice("reading", told),)


def near_line(evidence: Evidence, near: Sequence[Citation]) -> str:
    """The sentence of an answer without evidence."""
    scope, period = evidence.question.places, evidence.question.period
    if period:
        return _near_of_time(period, scope, near, any_of_it=bool(evidence.candidates))
    where = f"The {' and '.join(scope)} {'briefing does' if len(scope) == 1 else 'briefings do'}" if scope else "The briefings here do"
    line = f"{where} not answer this."
    return (
        f"{line} The closest passages are below, but they are not an answer."
        if near
        else f"{line} Ask another way, or add briefings that may cover it."
    )


def _near_of_time(period: Period, places: Sequence[str], near: Sequence[Citation], *, any_of_it: bool) -> str:
    """The same where the question asks after a time: whether there are briefings of it, and what others say."""
    of = f" from {' or '.join(places)}" if places else ""
    line = f"The briefings{of} dated {period} do not answer this." if any_of_it else f"No briefing{of} dated {period} covers this."
    return (
        f"{line} The closest passages are below, but they are not an answer." if near else f"{line} Ask without the date, or add briefings."
    )


def _looked_for(question: Question, heard: Sequence[Theme]) -> tuple[str, ...]:
    mended = [f"{right} (for {typed})" for typed, right in question.mended]
    return tuple(dict.fromkeys((*(theme.name for theme in heard), *mended, *question.places, *question.cases))) or question.terms


def _suggestions(heard: Sequence[Theme], printed: Sequence[Theme]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(theme.next for theme in (*heard, *printed) if theme.next))[:SUGGESTED]
