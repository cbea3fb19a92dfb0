"""The working of an answer: what was heard, where each passage stood in each search, what was left out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.answering.select import Chosen, Selection
from assistant.language.theme_matcher import NAMED
from assistant.models.decision import Decision
from assistant.models.evidence import Candidate, Dropped, Evidence
from assistant.models.question import Question
from assistant.models.reply import Citation, Explanation, Seen
from knowledge.library import Library
from knowledge.themes import Theme

SHOWN = 12  # passages
HIGH = 5  # a passage that may not serve is shown where it stood as high as this in one of the searches
NEAR = "shown as close, not as an answer"
NOT_NEAR = "not shown"
FURTHER_DOWN = "ranked too low to be considered"


def explained(library: Library, evidence: Evidence, decision: Decision, selection: Selection, searched: int) -> Explanation:
    """The explanation of an answer, or of its absence; `searched` is how many passages were searched."""
    chosen, left_out = selection.chosen, selection.left_out
    quoted = {one.candidate.stored.id: place for place, one in enumerate(chosen)}
    names = {theme.id: theme.name for theme, _ in evidence.themes}
    shown = [(rank, c) for rank, c in enumerate(evidence.candidates, 1) if rank <= SHOWN or c.stored.id in quoted]
    seen = [_seen(library, rank, c, decision, chosen, quoted.get(c.stored.id), left_out, names) for rank, c in shown]
    high = [d for d in evidence.dropped if 0 < d.text_rank <= HIGH or 0 < d.vector_rank <= HIGH]
    reasons = Counter(d.why for d in evidence.dropped)
    return Explanation(
        heard=_heard(evidence),
        decision=_decision(decision),
        seen=(*seen, *(_dropped(library, d) for d in high)),
        left_out=tuple(reasons.most_common()),
        searched=searched,
    )


def _heard(evidence: Evidence) -> tuple[tuple[str, str], ...]:
    """What was made of the message, each with a name that a person can read."""
    question = evidence.question
    found = [
        ("Understood as", _kind(question)),
        ("Carried over from your last question", question.carried),
        ("Words searched for", ", ".join(f"{word} ({evidence.documents.get(word, 0)})" for word in question.terms)),
        ("Spelling corrected", ", ".join(f"{typed} to {right}" for typed, right in question.mended)),
        ("Abbreviations expanded", "; ".join(m for m in evidence.meanings if m not in question.defines)),
        ("Briefings named", ", ".join(question.places)),
        ("Only briefings dated", str(question.period or "")),
        ("Cases named", ", ".join(question.cases)),
        ("Themes found", "; ".join(_theme(theme, score, told=question.account) for theme, score in evidence.themes)),
    ]
    return tuple((name, value) for name, value in found if value)


def _theme(theme: Theme, score: float, *, told: bool) -> str:
    """A theme with how it was heard: the fit of an account is no nearness to a phrase, and names nothing."""
    how = f"fit {score:.2f}" if told else "named" if score >= NAMED else f"nearness {score:.2f}"
    return f"{theme.name} ({how})"


def _kind(question: Question) -> str:
    """In words, what kind of message it was taken for."""
    if question.account:
        return "a description of a situation"
    kinds = [
        (question.origin, "a question about where a briefing comes from"),
        (bool(question.defines), f"a question about what is meant by {', '.join(question.defines)}"),
        (question.of_all, "a question put to every briefing"),
        (question.guidance, "a question about the guidance that briefings cite"),
        (question.number, "a question that wants a number"),
        (question.currency, "a question about whether it is still current"),
        (bool(question.carried), "a question that follows the one before"),
    ]
    return next((words for true, words in kinds if true), "a question")


def _decision(decision: Decision) -> str:
    return f"{'Answered' if decision.enough else 'Not answered'}: {decision.why}"


def _seen(
    library: Library,
    rank: int,
    candidate: Candidate,
    decision: Decision,
    chosen: Sequence[Chosen],
    place: int | None,
    left_out: Mapping[int, str],
    names: Mapping[str, str],
) -> Seen:
    stored = candidate.stored
    if not decision.enough:
        fate = NOT_NEAR if place is None else NEAR
    elif place is None:
        fate = left_out.get(stored.id, FURTHER_DOWN)
    else:
        same = chosen[place].same_as
        fate = f"quoted as [{place + 1}]" + (f", says the same as [{same[0] + 1}]" if same else "")
    return Seen(
        citation=Citation(library.quote(candidate.briefing, stored.passage), stored.passage.heading, stored.passage.ordinal),
        rank=rank,
        text_rank=candidate.text_rank,
        vector_rank=candidate.vector_rank,
        fate=fate,
        quoted=place if decision.enough else None,
        ear_rank=candidate.ear_rank,
        fit=candidate.fit or candidate.cosine,
        covered=decision.coverage.get(stored.id, 0.0),
        themes=tuple(names[theme] for theme in candidate.themes if theme in names),
    )


def _dropped(library: Library, dropped: Dropped) -> Seen:
    passage = dropped.stored.passage
    citation = Citation(library.quote(dropped.briefing, passage), passage.heading, passage.ordinal)
    return Seen(citation, 0, dropped.text_rank, dropped.vector_rank, f"left out: {dropped.why}")


def as_json(explanation: Explanation) -> dict[str, Any]:
    """The explanation for scripts; ranks count from 1, null where a search did not bring the passage."""
    return {
        "heard": dict(explanation.heard),
        "decision": explanation.decision,
        "searched": explanation.searched,
        "passages": [
            {
                **seen.citation.as_json(),
                "rank": seen.rank or None,
                "text_rank": seen.text_rank or None,
                "vector_rank": seen.vector_rank or None,
                "cross_encoder_rank": seen.ear_rank or None,
                "fit": round(seen.fit, 4),
                "covered": round(seen.covered, 4),
                "themes": list(seen.themes),
                "citation": seen.quoted,
                "fate": seen.fate,
            }
            for seen in explanation.seen
        ],
        "left_out": [{"why": why, "passages": count} for why, count in explanation.left_out],
    }
