"""What a reader leaves out or cannot read: counted by kind, one sentence a kind for the certificate."""

from __future__ import annotations

from collections import Counter
from enum import Enum


class Unread(Enum):
    """A kind of content: its name for one, its name for several, and what became of it."""

    DELETED = ("deleted passage that is still tracked", "deleted passages that are still tracked", "left out")
    STRUCK_OUT = ("struck-out passage", "struck-out passages", "left out")
    HIDDEN = ("hidden passage", "hidden passages", "left out")
    COMMENT = ("comment", "comments", "left out")
    EMPTY_FIELD = ("form field without an answer", "form fields without an answer", "left out")
    PICTURE = ("picture", "pictures", "not read")
    DIAGRAM = ("diagram", "diagrams", "not read")
    CHART = ("chart", "charts", "not read")
    EMBEDDED = ("embedded file", "embedded files", "not read")
    LINKED = ("linked document", "linked documents", "not read")


class LeftOut:
    """Counts by kind, in the order in which the kinds were first met."""

    def __init__(self) -> None:
        self._counts: Counter[Unread] = Counter()
        self._told: dict[str, None] = {}

    def add(self, kind: Unread, count: int = 1) -> None:
        """Count `count` more of a kind."""
        if count:
            self._counts[kind] += int(count)

    def tell(self, sentence: str) -> None:
        """Add a sentence of the reader's own, once."""
        self._told[sentence] = None

    def sentences(self) -> tuple[str, ...]:
        """One sentence a kind ("2 struck-out passages were left out."), after the reader's own."""
        return (*self._told, *(_sentence(kind, count) for kind, count in self._counts.items()))


def _sentence(kind: Unread, count: int) -> str:
    one, many, outcome = kind.value
    return f"{count:,} {one} was {outcome}." if count == 1 else f"{count:,} {many} were {outcome}."
