"""Which passages are quoted, and how much of each: the fewest and shortest that carry the answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from rapidfuzz import fuzz

from assistant.language.sentence_vectors import SentenceVectors
from assistant.models.decision import Decision
from assistant.models.evidence import Candidate, Evidence
from assistant.models.question import Question
from knowledge.briefing import PassageKind
from knowledge.embedding import Embedder
from knowledge.text import sentences

MOST, MOST_TOLD = 10, 5  # quotations of an answer; of one to an account: of 36 sixth ones two were useful (benchmarks/fit.py)
NEAR_ENOUGH = 0.30  # cosine from which a passage is offered as near to a question without an answer
NEAR_SHOWN = 2
MOST_STARTER = 2  # passages of the starter library that follow, where published reviews answer
FURTHER_BOARDS = 2  # at least so many places are kept for briefings that would say nothing otherwise
DEEPEST = 32  # candidates looked at
BEHIND = 0.30  # how far behind the best passage a quoted one may be
FAR_BEHIND = 0.80  # and the best passage of a briefing that would say nothing otherwise
BEHIND_TOLD = 0.20  # how far behind the best one a quoted passage of an account may be, as the reader ranks them
COVERAGE_WEIGHT = 0.12  # what the share of the question that a passage covers adds to its rank
NEAR = 0.5  # a cosine that speaks for itself
FEW, AHEAD = 2, 0.15  # of a broad question: a few that print it word for word do not put all others out of reach
COVERED_TOLD = 0.50  # or this much of an account, whose words are everyday ones
COVERED = 0.45  # a passage without a theme of the question must cover this much of it
WHOLE = 520  # passages up to this length are quoted whole
FURTHER = 0.30  # a neighbouring sentence this little behind the best one belongs to the quotation
HARDLY = 0.10  # and one that is hardly behind it, even beyond a weaker one
SAME = 92.0  # likeness (0 to 100) from which two quotations say the same

NO_ROOM = "an answer quotes at most {most} different passages"
TOO_FAR = "too far behind the best passage"
PUBLISHED_ANSWER = f"published reviews answer, and at most {MOST_STARTER} passages of the starter library follow"
OFF_THE_POINT = "does not mention enough of what was asked, or any of the themes found"

# A sentence is not quoted without the one that turns it round, nor without the one that it leans on.
TURNS = re.compile(r"(?:However|But|Whilst|While|Although|Nevertheless|Yet|Unless|Except|If not|Otherwise)\b")
LEANS_BACK = re.compile(r"(?:However|But|Nevertheless|Yet|This|These|That|Those|They|It|Such|Therefore|Thus|If not|Otherwise)\b")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A passage to be quoted from `start` to `end` on its page; `same_as` places earlier ones that say the same."""

    candidate: Candidate
    start: int
    end: int
    same_as: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """The words to be quoted."""
        passage = self.candidate.stored.passage
        return passage.text[self.start - passage.start : self.end - passage.start]


@dataclass(frozen=True, slots=True)
class Selection:
    """The passages to quote, or to show as near where there is no answer, best first; and why others are `left_out`, by number."""

    chosen: tuple[Chosen, ...]
    left_out: Mapping[int, str] = field(default_factory=dict)


class Selector:
    """Chooses what to quote."""

    def __init__(self, embedder: Embedder, vectors: SentenceVectors) -> None:
        self._embedder = embedder
        self._vectors = vectors

    def choose(self, evidence: Evidence, decision: Decision) -> Selection:
        """The passages to quote, those of published reviews before those of the starter library; without an answer, the nearest ones."""
        if not decision.enough:
            return Selection(_near(evidence))
        question = evidence.question
        picked, left_out = _picked(evidence, decision)
        ranked = sorted(_spread(question, picked), key=lambda candidate: candidate.briefing.starter)
        return Selection(self.cut(question, ranked), left_out)

    def cut(self, question: Question, picked: Sequence[Candidate]) -> tuple[Chosen, ...]:
        """The picked passages, each cut to what speaks to the question."""
        spans = self._spans(question, picked)
        chosen: list[Chosen] = []
        for candidate, (start, end) in zip(picked, spans, strict=True):
            one = Chosen(candidate, start, end)
            same = tuple(i for i, other in enumerate(chosen) if _same(one.text, other.text))
            chosen.append(Chosen(candidate, start, end, same))
        return tuple(chosen)

    def _spans(self, question: Question, picked: Sequence[Candidate]) -> list[tuple[int, int]]:
        """For each passage, the sentences that carry the answer."""
        parted = {c.stored.id: sentences(c.stored.passage.text) for c in picked if len(c.stored.passage.text) > WHOLE}
        texts = [text for found in parted.values() if len(found) > 1 for _, _, text in found]
        vectors = dict(zip(texts, self._vectors.of(texts), strict=True)) if texts else {}
        asked = self._asked(question) if parted else np.zeros(1)
        spans: list[tuple[int, int]] = []
        for candidate in picked:
            passage = candidate.stored.passage
            found = parted.get(candidate.stored.id, [])
            if len(found) < 2:
                spans.append((passage.start, passage.end))
                continue
            scores = [float(vectors[text] @ asked) + 0.1 * _printed(question, text) for _, _, text in found]
            first, last = _window(scores, [text for _, _, text in found])
            spans.append((passage.start + found[first][0], passage.start + found[last][1]))
        return spans

    def _asked(self, question: Question) -> np.ndarray:
        """What sentences are held against: the message as it stands and its words; of a follow-up what it adds as well."""
        ways = dict.fromkeys(text for text in (question.as_printed, question.core, " ".join(question.fresh)) if text)
        mean: np.ndarray = np.mean([self._embedder.embed_query(text) for text in ways], axis=0)
        return mean


def _near(evidence: Evidence) -> tuple[Chosen, ...]:
    """The passages nearest to a question that they do not answer, those of published reviews first."""
    found = evidence.candidates or evidence.elsewhen
    near = [c for c in found if c.cosine >= NEAR_ENOUGH and (c.text > 0 or c.theme > 0)]
    near.sort(key=lambda c: c.briefing.starter)
    return tuple(Chosen(c, c.stored.passage.start, c.stored.passage.end) for c in near[:NEAR_SHOWN])


def _printed(question: Question, text: str) -> int:
    """How many of the question's words a sentence prints, near enough."""
    lowered = text.lower()
    forms = [question.forms(term) for term in question.fresh or question.terms]
    return min(3, sum(any(form[: max(4, len(form) - 3)] in lowered for form in ways) for ways in forms))


def _window(scores: Sequence[float], texts: Sequence[str]) -> tuple[int, int]:
    """The best sentence, with the neighbours that are little behind it or that it would be torn from.

    A single weak sentence is quoted too where the one beyond it is hardly behind the best: both together are the answer then.
    """
    best = max(range(len(scores)), key=lambda i: scores[i])
    near, hardly = scores[best] - FURTHER, scores[best] - HARDLY
    first = last = best
    while first > 0:
        if scores[first - 1] >= near or LEANS_BACK.match(texts[first]):
            first -= 1
        elif first > 1 and scores[first - 2] >= hardly:
            first -= 2
        else:
            break
    while last < len(scores) - 1:
        if scores[last + 1] >= near or TURNS.match(texts[last + 1]):
            last += 1
        elif last < len(scores) - 2 and scores[last + 2] >= hardly:
            last += 2
        else:
            break
    return first, last


def _picked(evidence: Evidence, decision: Decision) -> tuple[list[Candidate], dict[int, str]]:
    """As `_weighed`, but where published reviews answer, the starter library takes no place from them, and a few of its passages follow."""
    kept, why = _weighed(evidence, decision)
    ours = [candidate for candidate in kept if candidate.briefing.starter]
    if not ours or len(ours) == len(kept):
        return kept, why
    published = tuple(candidate for candidate in evidence.candidates if not candidate.briefing.starter)
    kept, why_not = _weighed(replace(evidence, candidates=published), decision)
    over = {candidate.stored.id: PUBLISHED_ANSWER for candidate in ours[MOST_STARTER:]}
    quoted = [*kept, *ours[:MOST_STARTER]]
    reasons = why | why_not | over
    for candidate in quoted:
        reasons.pop(candidate.stored.id, None)
    return quoted, reasons


def _weighed(evidence: Evidence, decision: Decision) -> tuple[list[Candidate], dict[int, str]]:
    """The candidates that are near enough to the best one and speak to the question, best first; and why each other one is left out."""

    def worth(candidate: Candidate) -> float:
        return candidate.score + COVERAGE_WEIGHT * decision.coverage.get(candidate.stored.id, 0.0)

    question = evidence.question
    ranked = sorted(evidence.candidates[:DEEPEST], key=lambda c: -worth(c))
    best = worth(ranked[0])
    if not question.narrow and len(ranked) > FEW:
        best = min(best, worth(ranked[FEW]) + AHEAD)
    speaking = [c for c in ranked if _speaks(question, c, decision.coverage.get(c.stored.id, 0.0))]
    near = [c for c in speaking if worth(c) >= best - (BEHIND_TOLD if question.account else BEHIND)]
    most = MOST_TOLD if question.account else MOST
    further: list[Candidate] = []
    if not question.account and (not question.narrow or question.defines):
        heard = {c.briefing.id for c in _first(near, most)}
        further = _further(question, [c for c in speaking if worth(c) >= best - FAR_BEHIND], heard)
    kept = _first(_first(near, most - min(FURTHER_BOARDS, len(further))) + further, most) or ranked[:1]
    if question.narrow and not question.defines:
        kept = _with_lists(kept, evidence.candidates)[:most]
    quoted = {c.stored.id for c in kept}
    near_ids, speaking_ids = {c.stored.id for c in near}, {c.stored.id for c in speaking}
    why = {
        c.stored.id: NO_ROOM.format(most=most) if c.stored.id in near_ids else TOO_FAR if c.stored.id in speaking_ids else OFF_THE_POINT
        for c in ranked
        if c.stored.id not in quoted
    }
    return kept, why


def _with_lists(kept: Sequence[Candidate], candidates: Sequence[Candidate]) -> list[Candidate]:
    """What is kept, each sentence that only leads to a list followed by the list's items, in their order on the page."""
    found: dict[int, Candidate] = {}
    for candidate in kept:
        found[candidate.stored.id] = candidate
        if (lead := candidate.stored.passage).kind is PassageKind.LEAD:
            items = [c for c in candidates if c.briefing.id == candidate.briefing.id and _leads(lead.text, c.stored.passage.heading)]
            found |= {c.stored.id: c for c in sorted(items, key=lambda c: c.stored.passage.ordinal) if c.stored.id not in found}
    return list(found.values())


def _leads(lead: str, heading: str) -> bool:
    """Whether a heading is the end of a sentence that leads to a list."""
    nearest = " ".join(heading.rsplit(" > ", 1)[-1].split())
    return bool(nearest) and " ".join(lead.split()).rstrip(":- ").endswith(nearest.rstrip(":- "))


def _further(question: Question, candidates: Sequence[Candidate], heard: set[str]) -> list[Candidate]:
    """The best passage of each briefing that would say nothing otherwise."""
    found: dict[str, Candidate] = {}
    for candidate in candidates:
        if candidate.briefing.id not in heard:
            found.setdefault(candidate.briefing.id, candidate)
    return [c for c in found.values() if c.bonus > 0 or not question.defines]


def _first(candidates: Sequence[Candidate], most: int) -> list[Candidate]:
    """The first `most` that say different things, with those among them that say the same again: a second copy takes no other's place."""
    taken: list[Candidate] = []
    different = 0
    for candidate in candidates:
        text = candidate.stored.passage.text
        again = any(_same(text, other.stored.passage.text) for other in taken)
        if different == most and not again:
            break
        different += not again
        taken.append(candidate)
    return taken


def _speaks(question: Question, candidate: Candidate, covered: float) -> bool:
    """Whether a passage speaks to the question at all, by any of its signs."""
    if question.account and candidate.meaning is not None:
        return True  # the reader read it for this account
    enough = COVERED_TOLD if question.account else COVERED
    return bool(candidate.theme or candidate.bonus > 0 or covered >= enough or candidate.cosine >= NEAR or len(question.cases) > 1)


def _spread(question: Question, worth: Sequence[Candidate]) -> list[Candidate]:
    """Where all briefings are asked, each one's best comes before any one's third."""
    if not question.of_all:
        return list(worth)
    seen: dict[str, int] = {}
    ranked: list[tuple[int, int, Candidate]] = []
    for place, candidate in enumerate(worth):
        turn = seen.get(candidate.briefing.id, 0)
        seen[candidate.briefing.id] = turn + 1
        ranked.append((max(0, turn - 1), place, candidate))
    return [candidate for _, _, candidate in sorted(ranked, key=lambda r: r[:2])]


def _same(one: str, other: str) -> bool:
    """Whether two texts of like length say the same."""
    return 0.6 < len(one) / max(1, len(other)) < 1.67 and fuzz.token_set_ratio(one, other) >= SAME
