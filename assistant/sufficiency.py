"""Whether there is evidence is decided here, before a word of the answer is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.coverage import Coverage
from assistant.evidence import Candidate, Evidence
from assistant.question import Question
from assistant.shelf import Shelf
from assistant.wording import plain, words_of
from knowledge.briefing import PassageKind
from knowledge.library import Library

ENOUGH = 0.50  # the least weighed share of a question's words that one passage must cover
ENOUGH_TOLD = 0.55  # for an account in which no theme is heard
NEAREST, PRINTED = 0.25, 0.30  # a passage must be near in meaning (cosine), or print much of the question
SPREAD = 0.8  # what a list's items cover together counts a little less than what one passage covers
PART = 0.9  # one sentence of several counts a little less than the whole message
THREAD = 0.85  # for a follow-up: what covers the thread it hangs on counts a little less than what covers both
LOOKED_AT, MEASURED = 6, 20
DEFINED = 0.1  # the least bonus of a passage that says what a short term means
# Kinds of review belong to nations (DOMAIN: SCR and LCSPR England, CPR and SUSR Wales, CMR Northern Ireland).
NATIONS = {
    "scotland": r"\bscot(?:land|tish|s)\b",
    "wales": r"\b(?:wales|welsh)\b",
    "northern ireland": r"\bnorthern (?:ireland|irish)\b",
    "elsewhere": r"\b(?:ireland|irish|france|french|germany|german|america|american|usa|united states|australia|australian"
    r"|new zealand|canada|canadian|sweden|dutch)\b",
}


OFTEN = re.compile(r"\b(?:daily|weekly|fortnightly|monthly|quarterly|yearly|annually|termly|once|twice|every|each|per)\b|\d", re.IGNORECASE)
SHARE = re.compile(r"\d|%|\bper ?cent\b|\b(?:half|third|quarter|majority|most|all|none)\b", re.IGNORECASE)
DAY = re.compile(
    r"\b(?:19|20)\d\d\b|\b\d{1,2}(?:st|nd|rd|th)\b|\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b",
    re.IGNORECASE,
)
# What a question of this shape asks for must stand in a passage near it, whatever else that covers.
SHAPES = (
    (re.compile(r"\bhow often\b"), OFTEN, "no passage says how often"),
    (re.compile(r"\b(?:percentage|proportion|what share)\b"), SHARE, "no passage gives a share"),
    (re.compile(r"\b(?:what|which) (?:date|day|year)\b|\bwhen (?:was|were|did)\b"), DAY, "no passage gives a date"),
)
AGE = re.compile(r"\baged\b|\b(?:years?|months?|weeks?)[ -]olds?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finding:
    """The decision: whether to answer, the share of the question covered by each looked-at passage, and why."""

    enough: bool
    coverage: dict[int, float]
    why: str


class Judge:
    """Decides whether evidence answers a question."""

    def __init__(self, library: Library, coverage: Coverage, shelf: Shelf) -> None:
        self._library = library
        self._shelf = shelf
        self._coverage = coverage

    def decide(self, evidence: Evidence) -> Finding:
        """Decide, and measure how much of the question each of the best passages covers."""
        question, candidates = evidence.question, evidence.candidates
        if not candidates:
            return Finding(False, {}, "no passage was found")
        covered = self.measure(question, candidates[:MEASURED])
        near = [c for c in candidates[:LOOKED_AT] if c.cosine >= NEAREST or c.text >= PRINTED]
        best = max((covered[c.stored.id] for c in near), default=0.0)
        best = max(best, PART * self._best_part(question, near))
        best = max(best, SPREAD * self._by_list(question, near))
        if nation := self._foreign(question):
            return Finding(False, covered, f"no briefing here is from {nation}")
        if question.origin and any(c.stored.passage.kind is PassageKind.SIGNATURE for c in candidates[:LOOKED_AT]):
            return Finding(True, covered, "the briefing's own date and signature")
        if question.number and not self._counts(question, candidates[:LOOKED_AT]):
            return Finding(False, covered, "no passage gives that number")
        for shape, wanted, why in SHAPES:
            if shape.search(plain(question.text)) and not any(wanted.search(c.stored.passage.text) for c in near):
                return Finding(False, covered, why)
        if re.search(r"\bhow old\b", plain(question.text)) and not any(AGE.search(c.stored.passage.text) for c in near):
            return Finding(False, covered, "no passage gives an age")
        if question.guidance and any(c.bonus > 0.3 for c in candidates[:LOOKED_AT]):
            return Finding(True, covered, "the guidance that briefings cite")
        if question.defines and all(term.isalpha() and len(term) <= 5 for term in question.defines) and candidates[0].bonus < DEFINED:
            return Finding(False, covered, "no passage says what it stands for")
        if not _about(question):
            return Finding(bool(question.cases or question.scope), covered, "only names were given")
        if question.carried:
            thread = replace(question, terms=tuple(words_of(question.carried)), carried="")
            best = max(best, THREAD * max(self.measure(thread, near).values(), default=0.0))
        if question.account:
            enough = bool(evidence.themes) or best >= ENOUGH_TOLD
            return Finding(enough, covered, "a theme was heard" if evidence.themes else f"coverage {best:.2f}")
        return Finding(best >= ENOUGH, covered, f"coverage {best:.2f}")

    def _best_part(self, question: Question, candidates: Sequence[Candidate]) -> float:
        """The share covered of the best-covered sentence or aside of two words or more; 0 where the message is a single one."""
        asked = [part for part in question.parts if len(part) > 1]
        return max((max(self.measure(replace(question, terms=p, parts=()), candidates).values(), default=0.0) for p in asked), default=0.0)

    def _by_list(self, question: Question, candidates: Sequence[Candidate]) -> float:
        """The share that one list covers, its items taken together: a question may ask for all of them."""
        lists: dict[tuple[str, str], list[Candidate]] = {}
        for c in candidates:
            if c.stored.passage.kind is PassageKind.FINDING:
                lists.setdefault((c.stored.briefing, c.stored.passage.heading), []).append(c)
        terms = _about(question)
        printed = {term: self._library.catalogue.with_word(term) for term in terms}
        return max(
            (
                self._coverage.of(
                    terms,
                    {term: any(c.stored.id in ids for c in items) for term, ids in printed.items()},
                    " ".join(c.stored.passage.text for c in items),
                )
                for items in lists.values()
                if len(items) > 1
            ),
            default=0.0,
        )

    def measure(self, question: Question, candidates: Sequence[Candidate]) -> dict[int, float]:
        """The share of the question that each passage covers, by passage number."""
        terms = _about(question) or list(question.terms)
        texts = {c.stored.id: f"{c.stored.passage.heading} {c.stored.passage.text}" for c in candidates}
        self._coverage.prepare([*texts.values(), *terms])
        printed = {term: self._library.catalogue.with_word(term) for term in terms}
        return {
            c.stored.id: self._coverage.of(terms, {term: c.stored.id in ids for term, ids in printed.items()}, texts[c.stored.id])
            for c in candidates
        }

    def _foreign(self, question: Question) -> str:
        """The nation that a question asks after, where no briefing is from it."""
        lowered = plain(question.text)
        for nation, pattern in NATIONS.items():
            if re.search(pattern, lowered) and not any(
                re.search(pattern, plain(f"{b.details.publisher} {b.details.title} {b.details.kind}")) for b in self._shelf.briefings()
            ):
                return nation
        return ""

    def _counts(self, question: Question, candidates: Sequence[Candidate]) -> bool:
        """Whether a passage prints a number beside the thing that is to be counted."""
        match = re.search(r"\b(?:how many|number of)\s+([a-z' -]+)", plain(question.text))
        counted = [word for word in words_of(match[1]) if word in question.terms][:2] if match else []
        if not counted:
            return True
        ids = [self._library.catalogue.with_word(word) for word in counted]
        return any(
            re.search(
                r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|half)\b", plain(c.stored.passage.text)
            )
            and any(c.stored.id in found for found in ids)
            for c in candidates
        )


def _about(question: Question) -> list[str]:
    """The words that carry the question, the names of its cases left out: they only say where to look."""
    names = {word for case in question.cases for word in words_of(case)}
    return [term for term in question.terms if term not in names]
