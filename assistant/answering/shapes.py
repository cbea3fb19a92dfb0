"""Some questions ask for a thing of a certain shape: a number, a date, an age. A passage without it is no answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from assistant.language.typed_patterns import typed_pattern
from assistant.language.wording import plain, wording, words_of
from assistant.models.evidence import Candidate
from assistant.models.question import Question

COUNTS_BY = 2  # words of what is counted that a number may stand beside
COVERS = 0.4  # the least share of the question that the passage with the thing must cover itself
PERIOD = r"(?:day|night|week|fortnight|month|quarter|term|year)s?\b"
OFTEN = (
    r"\b(?:daily|nightly|weekly|fortnightly|monthly|quarterly|yearly|annually|termly)\b"
    rf"|\b(?:every|each|per|an?|times|once|twice)\W+(?:\w+\W+){{0,3}}{PERIOD}"
)
SHARE = r"\d|%|\bper ?cent\b|\b(?:half|third|quarter|majority|most|all|none)\b"
DAY = (
    r"\b(?:19|20)\d\d\b|\b\d{1,2}(?:st|nd|rd|th)\b"
    r"|\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b"
)
AGE = r"\baged\b|\b(?:years?|months?|weeks?|days?)[ -]olds?\b"
NUMBER = (
    r"\d|\b(?:(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half|dozen|none|hundred)|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty)\b"
)
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
NAME = re.compile(r"(?<=[a-z,;:'’\")] )[A-Z][a-z]+(?:[ -](?:of |and |the |for )?[A-Z][a-z]+)+")
COUNTED = re.compile(r"\b(?:how many|number of)\s+(?!(?:had|have|has|did|do|does|were|are|is|was)\b)([a-z' -]+)")


def missing(question: Question, near: Sequence[Candidate], covered: Mapping[int, float]) -> str:
    """What the question asks for and no passage near it gives; empty where nothing is missing."""
    asked = plain(question.text)
    telling = [c for c in near if covered.get(c.stored.id, 0.0) >= COVERS]
    for shape, wanted, why in SHAPES:
        if shape.search(asked) and not any(wanted.search(_beside(asked, c)) for c in telling):
            return why
    if question.number and (match := COUNTED.search(asked)):
        counted = [word for word in words_of(match[1]) if word in question.terms][:COUNTS_BY]
        if counted and not any(_counts(counted, match[1], _beside(asked, c)) for c in near):
            return "no passage gives that number"
    return ""


def unprinted_name(text: str, printed: Callable[[str], int]) -> str:
    """A name of several words that the question asks after ("the Graded Care Profile") and a word of which no passage prints.

    Roles ("Designated Safeguarding Lead") are no such names, nor are headlines. `printed` counts the passages that print a word.
    """
    words = re.findall(r"[^\W\d_]+", text)
    if 2 * sum(word[0].isupper() for word in words) > len(words):
        return ""
    for match in NAME.finditer(text):
        parts = re.findall(r"[A-Z]\w+", match[0])
        roles = wording().roles
        if not any(part.lower() in roles for part in parts) and not all(printed(part.lower()) for part in parts):
            return match[0]
    return ""


def _counts(counted: Sequence[str], phrase: str, text: str) -> bool:
    """Whether a text has a number beside one of the words counted, their initials ("67 national SCRs") or what stands for them."""
    initials = ["".join(word[0] for word in phrase.split()[:length]) + "s?\\b" for length in (2, 3, 4)]
    stems = [rf"{re.escape(word[: max(4, len(word) - 3)])}\w*" for word in counted]
    words = "|".join(["of (?:them|these|those|all)", *stems, *initials])
    beside = rf"(?:{NUMBER})\w*\W+(?:\w+\W+){{0,3}}(?:{words})|\b(?:{words})\W+(?:\w+\W+){{0,2}}(?:{NUMBER})"
    return bool(typed_pattern(beside).search(text))


def _beside(asked: str, candidate: Candidate) -> str:
    """A passage in plain letters, without the numbers that the question itself gives, nor the year of a reference, in brackets."""
    text = REFERENCE.sub(" ", plain(candidate.stored.passage.text))
    for number in re.findall(r"\d+", asked):
        text = typed_pattern(rf"\b{number}\b").sub(" ", text)
    return text
