"""What a passage's form adds for a question: that it defines what is asked after, cites guidance, prints a number."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.language.typed_patterns import typed_pattern
from assistant.language.wording import words_of
from assistant.models.question import Question
from knowledge.briefing import Briefing, PassageKind
from knowledge.catalogue import StoredPassage


def meanings_of(question: Question, briefings: Sequence[Briefing]) -> list[str]:
    """What the briefings print in full for an acronym in the question, and the term whose meaning is asked."""
    shorts = {term.upper() for term in (*question.terms, *question.defines)}
    full = [
        meaning.strip(".")
        for briefing in briefings
        if not question.scope or briefing.id in question.scope
        for short, meaning in briefing.details.acronyms
        if short.upper() in shorts or short.upper().rstrip("S") in shorts
    ]
    return list(dict.fromkeys((*question.defines, *full)))


def _defining(meaning: str, text: str) -> float:
    """How clearly a text says what `meaning` is: as a sentence that defines it, or in brackets behind it."""
    words, lowered = words_of(meaning), text.lower()
    if not words or not all(word.lower() in lowered for word in words):
        return 0.0
    name = r"\W+".join(map(re.escape, words))
    says = rf"\b{name}s?[’'\"”)]*\s+(?:\([^)]*\)\s+)?(?:is|are|was|were|means?|refers? to|consists?|has been established)\b"
    if typed_pattern(says, ignore_case=True).search(text):
        return 0.35
    names = rf"\b{name}s?\s*\((?-i:[A-Z])|\({name}s?\)|(?:called|known as|established)\s+(?:an?|the)?\s*[“\"'‘]?{name}"
    if typed_pattern(names, ignore_case=True).search(text):
        return 0.30
    return 0.0


def bonus(question: Question, stored: StoredPassage, meanings: Sequence[str]) -> float:
    """What a passage's form adds for this question."""
    passage = stored.passage
    found = max((_defining(meaning, passage.text) for meaning in meanings), default=0.0) * (1.0 if question.defines else 0.4)
    if question.defines and any(meaning.lower() in passage.heading.lower() for meaning in meanings):
        found += 0.1
    if question.origin and passage.kind is PassageKind.SIGNATURE:
        found += 0.6
    if question.guidance and re.search(r"\bWorking Together\b.{0,40}(?:19|20)\d\d", passage.text, re.IGNORECASE):
        found += 0.4
    if re.fullmatch(r"\(.*\)|\S+(?:\s\S+){0,2}[.:]?", passage.text):
        found -= 0.08
    if question.number and re.search(r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|half|nearly)\b", passage.text):
        found += 0.08
    if passage.kind is PassageKind.LEAD:
        found -= 0.08
    return found
