"""Sentences, letters and lists: quotations are cut at sentences, never inside one, and two readings are compared by their letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

ABBREVIATION = re.compile(
    r"(?:\b(?:e\.?g|i\.?e|etc|cf|vs|viz|approx|Dr|Mr|Mrs|Ms|Prof|St|No|Nos|para|paras|p|pp|s|ss|Ch|Vol|Ed|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|al)"
    r"|\b[A-Z])\.$"
)
BOUNDARY = re.compile(r"[.!?…]+[\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9•])")


def sentences(text: str) -> list[tuple[int, int, str]]:
    """The text's sentences as (start, end, text): in order, without the white space between them."""
    found: list[tuple[int, int, str]] = []
    start = 0
    for match in BOUNDARY.finditer(text):
        end = match.start() + len(match.group().rstrip())
        if ABBREVIATION.search(text[start : match.start() + 1]):
            continue
        found.append((start, end, text[start:end]))
        start = match.end()
    rest = text[start:].rstrip()
    if rest:
        found.append((start, start + len(rest), rest))
    return found


def letters_of(text: str) -> str:
    """Letters and digits alone, in one form and in lower case: what two readings of a page, or two printings of a sentence, share."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())


def listed(parts: Sequence[str]) -> str:
    """The parts as a sentence lists them: "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
