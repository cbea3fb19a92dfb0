"""The briefings that answers may draw on, read once for each state of the library: in a large one that is most of the time."""

from __future__ import annotations

from knowledge.briefing import Briefing
from knowledge.library import Library


class Shelf:
    """The library's briefings without the withdrawn ones; read again when the library has changed, in this process or another."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._kept: tuple[int, tuple[Briefing, ...]] | None = None

    def briefings(self) -> tuple[Briefing, ...]:
        """The briefings as they are now, by name."""
        generation = self._library.catalogue.generation()
        kept = self._kept
        if kept is None or kept[0] != generation:
            kept = self._kept = (generation, tuple(self._library.briefings(withdrawn=False)))
        return kept[1]
