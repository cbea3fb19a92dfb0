"""Which passages may serve a question at all, whatever they say: by briefing, time, case and kind."""

from __future__ import annotations

import re

from assistant.models.question import Question
from knowledge.briefing import Passage, PassageKind
from knowledge.catalogue import StoredPassage

OTHER_TIME = "of a briefing from another time, or without a date"
LABEL = "a title, heading or date, not a finding"
APPARATUS = "about the document or the review itself, not about practice"
SHARED = re.compile(r"\b(?:both|common|shared|all)\b", re.IGNORECASE)
CONTACT = re.compile(r"[\w.+-]+@[\w-]+\.\w|\b0\d{3,4}\s?\d{3}\s?\d{3,4}\b|\bwww\.|https?://")


def unfit(stored: StoredPassage, question: Question) -> str:
    """Why a passage may not be evidence: of another time, briefing or case than was asked for, or an old contact line; empty if it may."""
    passage = stored.passage
    if stored.briefing in question.outside:
        return OTHER_TIME
    if question.scope and stored.briefing not in question.scope:
        return "of a briefing that was not asked for"
    if passage.kind is PassageKind.QUESTION:
        return "a question that the briefing asks, not a finding"
    if passage.kind is PassageKind.LABEL and not question.origin:
        return LABEL
    if passage.kind is PassageKind.NOTE:
        return "a footnote, not a finding"
    if passage.kind is PassageKind.SIGNATURE and not question.origin:
        return "a date or signature, not a finding"
    if CONTACT.search(passage.text) and len(passage.text) < 160:
        return "a contact line, which may be out of date"
    if question.cases and not (passage.case in question.cases or _named(question, passage) or _shared(question, passage)):
        return f"about {passage.case}" if passage.case else f"not about {' or '.join(question.cases)}"
    return ""


def _named(question: Question, passage: Passage) -> bool:
    return any(re.search(rf"\b{re.escape(name)}\b", passage.text) for name in question.cases)


def _shared(question: Question, passage: Passage) -> bool:
    return len(question.cases) > 1 and bool(SHARED.search(passage.heading))
