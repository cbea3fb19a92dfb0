"""Some questions ask for a thing of a certain shape: a number, a date, an age. A passage without it is no answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from assistant.evidence import Candidate
from assistant.question import Question
from assistant.wording import plain, words_of

COVERS = 0.4  # the least share of the question that the passage with the thing must cover itself
OFTEN = r"\b(?:daily|weekly|fortnightly|monthly|quarterly|yearly|annually|termly|once|twice|every|each|per)\b|\d"
SHARE = r"\d|%|\bper ?cent\b|\b(?:half|third|quarter|majority|most|all|none)\b"
DAY = (
    r"\b(?:19|20)\d\d\b|\b\d{1,2}(?:st|nd|rd|th)\b"
    r"|\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b"
)
AGE = r"\baged\b|\b(?:years?|months?|weeks?|days?)[ -]olds?\b"
NUMBER = r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|half)\b"
SHAPES = tuple(
    (re.compile(asked), re.compile(wanted), why)
    for asked, wanted, why in (
        (r"\bhow often\b", OFTEN, "no passage says how often"),
        (r"\b(?:percentage|proportion|what share)\b", SHARE, "no passage gives a share"),
        (r"\b(?:what|which) (?:date|day|year)\b|\bwhen (?:was|were|did)\b", DAY, "no passage gives a date"),
        (r"\bhow old\b", AGE, "no passage gives an age"),
    )
)
REFERENCE = re.compile(r"\((?:19|20)\d\d\)")
COUNTED = re.compile(r"\b(?:how many|number of)\s+(?!(?:had|have|has|did|do|does|were|are|is|was)\b)([a-z' -]+)")


def missing(
    question: Question, near: Sequence[Candidate], covered: Mapping[int, float], with_word: Callable[[str], Collection[int]]
) -> str:
    """What the question asks for and no passage near it gives; empty where nothing is missing.

    `with_word` gives the numbers of the passages that print a word.
    """
    asked = plain(question.text)
    telling = [c for c in near if covered.get(c.stored.id, 0.0) >= COVERS]
    for shape, wanted, why in SHAPES:
        if shape.search(asked) and not any(wanted.search(_beside(asked, c)) for c in telling):
            return why
    if question.number and (match := COUNTED.search(asked)):
        counted = [word for word in words_of(match[1]) if word in question.terms][:2]
        ids = [with_word(word) for word in counted]
        numbered = [c.stored.id for c in near if re.search(NUMBER, _beside(asked, c))]
        if counted and not any(n in found for n in numbered for found in ids):
            return "no passage gives that number"
    return ""


def _beside(asked: str, candidate: Candidate) -> str:
    """A passage in plain letters, without the numbers that the question itself gives, nor the year of a reference, in brackets."""
    text = REFERENCE.sub(" ", plain(candidate.stored.passage.text))
    for number in re.findall(r"\d+", asked):
        text = re.sub(rf"\b{number}\b", " ", text)
    return text
