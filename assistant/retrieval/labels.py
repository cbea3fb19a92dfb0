"""Labels: lines of a document that only name something. A title, a heading, a subtitle or a date is no finding and is never quoted."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from knowledge.briefing import Briefing, Passage, PassageKind

LONGEST = 30  # words
BRACKETS = re.compile(r"\(.*\)", re.DOTALL)  # a source that a finding gives on a line of its own
ENDS = re.compile(r"[.?!\u2026;:,][\"'\u201d\u2019)\]]*$")
STATES = frozenset({"VBD", "VBZ", "VBP", "VB", "MD"})  # Penn Treebank: a verb that is more than a participle
OPENS_A_HEADLINE = frozenset({"WDT", "WP", "WP$", "WRB"})  # "What we learned": a headline, where no question mark follows
KEPT = 4096

Tagger = Callable[[str], list[str] | None]


class Labels:
    """Tells labels from findings. `tags` gives the kind of each word of a text, or None where that cannot be told."""

    def __init__(self, tags: Tagger) -> None:
        self._states = lru_cache(KEPT)(lambda text: _states(tags(text)))

    def is_label(self, briefing: Briefing, passage: Passage) -> bool:
        """Whether a passage only names something. Items and rows of a list stand under what they are of, and are none."""
        if passage.kind is PassageKind.LABEL or _plain(passage.text) in _names_of(briefing):
            return True
        text = passage.text.strip()
        if passage.kind is not PassageKind.PARAGRAPH or len(text.split()) > LONGEST or ENDS.search(text) or BRACKETS.fullmatch(text):
            return False
        return not self._states(text)


def _states(tags: list[str] | None) -> bool:
    return tags is None or (bool(STATES & set(tags)) and tags[0] not in OPENS_A_HEADLINE)


def _names_of(briefing: Briefing) -> set[str]:
    """What a briefing is called, who it is by and when, as one of its lines may print it."""
    details = briefing.details
    return {_plain(name) for name in (details.title, details.publisher, details.short_name, details.date.text)} - {""}


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
