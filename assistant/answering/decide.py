"""Whether there is evidence is decided here, before a word of the answer is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.answering.confidence import Confidence
from assistant.answering.coverage import Coverage, field_weight, weight
from assistant.answering.shapes import missing, unprinted_name
from assistant.language.theme_matcher import NAMED
from assistant.language.wording import plain, words_of
from assistant.models.decision import Decision
from assistant.models.evidence import OPEN, Candidate, Evidence
from assistant.models.question import Question
from knowledge.briefing import PassageKind
from knowledge.library import Library
from knowledge.shelf import Shelf

ENOUGH = 0.51  # the least weighed share of a question's words that one passage must cover
ENOUGH_TOLD = 0.55  # for an account that reviews seem to have nothing for
NOTHING = 0.40  # from there on reviews have nothing for an account (chosen on messages held back: `python -m training.train`)
ENOUGH_NAMED = 0.40  # where the question names a theme, or follows one: what it is about is known then
NEAREST, PRINTED = 0.25, 0.30  # a passage must be near in meaning (cosine), or print much of the question
SURE = -1.0  # the least confidence in an answer to a question that only its words lead to
SPREAD = 0.8  # what a list's items cover together counts a little less than what one passage covers
PART = 0.9  # one sentence of several counts a little less than the whole message
THREAD = 0.85  # for a follow-up: what covers the thread it hangs on counts a little less than what covers both
LOOKED_AT, LISTED, MEASURED = 6, 10, 20
CITED = 0.3  # the least bonus of a passage that cites the guidance asked after
DEFINES = 0.3  # the bonus of a sentence that defines what is asked after
DEFINED = 0.1  # the least bonus of a passage that says what a short term means
# Kinds of review belong to nations (DOMAIN: SCR and LCSPR England, CPR and SUSR Wales, CMR Northern Ireland).
NATIONS = {
    "scotland": r"\bscot(?:land|tish|s)\b",
    "wales": r"\b(?:wales|welsh)\b",
    "northern ireland": r"\bnorthern (?:ireland|irish)\b",
    "elsewhere": r"\b(?:ireland|irish|france|french|germany|german|america|american|usa|united states|australia|australian"
    r"|new zealand|canada|canadian|sweden|dutch)\b",
}


class Judge:
    """Decides whether evidence answers a question."""

    def __init__(self, library: Library, coverage: Coverage, shelf: Shelf, confidence: Confidence) -> None:
        self._library = library
        self._confidence = confidence
        self._shelf = shelf
        self._coverage = coverage

    def decide(self, evidence: Evidence) -> Decision:
        """Decide, and measure how much of the question each of the best passages covers."""
        try:
            return self._decided(evidence)
        finally:
            self._coverage.forget()

    def _decided(self, evidence: Evidence) -> Decision:
        question, candidates = evidence.question, evidence.candidates
        if not candidates:
            return Decision(False, {}, "no passage was found")
        covered = self.measure(question, candidates[:MEASURED])
        nearest = sorted(candidates[:MEASURED], key=lambda c: -c.nearness)[:LOOKED_AT]  # what is of use need not print what was asked
        near = [c for c in nearest if c.cosine >= NEAREST or c.text >= PRINTED]
        confidence = 0.0 if question.account else self._confidence.of(question.as_printed, candidates, (*question.places, *question.cases))
        enough, why = self._settled(question, candidates, near, covered) or self._weighed(evidence, near, covered)
        if enough and confidence < SURE and _plain(evidence):
            enough, why = False, f"no close passage seems to answer it (confidence {confidence:.1f})"
        return Decision(enough, covered, why, confidence)

    def _settled(
        self, question: Question, candidates: Sequence[Candidate], near: Sequence[Candidate], covered: dict[int, float]
    ) -> tuple[bool, str] | None:
        """What the question's form settles, whatever a passage covers: whether to answer, and why."""
        if nation := self._foreign(question):
            return False, f"no briefing here is from {nation}"
        if question.origin and any(c.stored.passage.kind is PassageKind.SIGNATURE for c in candidates[:LOOKED_AT]):
            return True, "the briefing's own date and signature"
        if lacking := missing(question, near, covered):
            return False, lacking
        if not question.account and (name := unprinted_name(question.text, self._library.catalogue.count_with)):
            return False, f"no passage names the {name}"
        if question.guidance and any(c.bonus > CITED for c in candidates[:LOOKED_AT]):
            return True, "the guidance that briefings cite"
        if question.defines and any(c.bonus >= DEFINES for c in candidates[:LOOKED_AT]):
            return True, "a passage says what it is"
        if question.defines and all(term.isalpha() and len(term) <= 5 for term in question.defines) and candidates[0].bonus < DEFINED:
            return False, "no passage says what it stands for"
        if not _about(question):
            return bool(question.cases or question.scope), "only names were given"
        return None

    def _weighed(self, evidence: Evidence, near: Sequence[Candidate], covered: dict[int, float]) -> tuple[bool, str]:
        """Whether the near passages cover enough of the question, and how much."""
        question = evidence.question
        if question.account and evidence.nothing <= NOTHING:
            return True, f"reviews describe similar situations (doubt {evidence.nothing:.2f}, answered up to {NOTHING:.2f})"
        best = max((covered[c.stored.id] for c in near), default=0.0)
        best = max(best, PART * self._best_part(question, near), SPREAD * self._by_list(question, evidence.candidates[:LISTED]))
        if question.carried:
            thread = replace(question, terms=question.thread, carried="")
            best = max(best, THREAD * max(self.measure(thread, near).values(), default=0.0))
        if (
            evidence.open >= OPEN
            and (spoken := max(self.measure(question, evidence.candidates[:MEASURED], field_weight).values(), default=0.0)) >= ENOUGH
        ):
            return True, f"one passage matches {spoken:.0%} of the key terms ({ENOUGH:.0%} is enough for an open question)"
        named = any(score >= NAMED for _, score in evidence.themes)
        wanted = ENOUGH_TOLD if question.account else ENOUGH_NAMED if named or question.carried else ENOUGH
        return best >= wanted, f"the best passages cover {best:.0%} of what was asked, and {wanted:.0%} is enough"

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
        printed = {term: self._printing(question, term, candidates) for term in terms}
        return max(
            (
                self._coverage.of(
                    terms,
                    {term: any(c.stored.id in ids for c in items) for term, ids in printed.items()},
                    " ".join((items[0].stored.passage.heading, *(c.stored.passage.text for c in items))),
                    weight,
                )
                for items in lists.values()
                if len(items) > 1
            ),
            default=0.0,
        )

    def _printing(self, question: Question, word: str, candidates: Sequence[Candidate]) -> set[int]:
        """Which of the candidates print a word of the question, by passage number."""
        return self._library.catalogue.with_word(question.forms(word), [c.stored.id for c in candidates]) if candidates else set()

    def measure(self, question: Question, candidates: Sequence[Candidate], weigh: Callable[[str], float] = weight) -> dict[int, float]:
        """The share of the question that each passage covers, its words weighed by `weigh`, by passage number."""
        terms = _about(question) or list(question.terms)
        texts = {c.stored.id: f"{c.stored.passage.heading} {c.stored.passage.text}" for c in candidates}
        self._coverage.prepare(list(texts.values()), terms)
        printed = {term: self._printing(question, term, candidates) for term in terms}
        return {
            c.stored.id: self._coverage.of(terms, {term: c.stored.id in ids for term, ids in printed.items()}, texts[c.stored.id], weigh)
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


def _plain(evidence: Evidence) -> bool:
    """Whether it is a question of fact with no theme in it and nothing that says where to look: its words are all there is to go by."""
    question = evidence.question
    told = question.account or evidence.open >= OPEN or question.carried or question.of_all or question.defines or question.guidance
    return not (told or question.scope or question.cases or evidence.themes)


def _about(question: Question) -> list[str]:
    """The words that carry the question, the names of its cases left out: they only say where to look."""
    names = {word for case in question.cases for word in words_of(case)}
    return [term for term in question.terms if term not in names]
