"""The footnotes and endnotes of a Word document: their words, and the marks that Word counts for them as it prints them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ingest.reading.word_numbers import W, written
from ingest.reading.word_styles import value

KINDS = {"footnotes": "decimal", "endnotes": "lowerRoman"}  # how Word counts each where a document says nothing else
SIGNS = ("*", "†", "‡", "§")


class NoteSigns:
    """Counts a document's notes, each kind by itself. `settings` is the root of its settings, `body` its body."""

    def __init__(self, settings: Any, body: Any) -> None:
        self._kinds = dict(KINDS)
        self._counts = dict.fromkeys(KINDS, 0)
        for kind in KINDS:
            name = f"{W}{kind[:-1]}Pr"
            for told in (*settings.iterfind(name), *(told for section in body.iter(f"{W}sectPr") for told in section.iterfind(name))):
                start = value(told, "numStart")
                self._kinds[kind] = value(told, "numFmt") or self._kinds[kind]
                self._counts[kind] = int(start) - 1 if start.isdigit() else self._counts[kind]

    def next(self, kind: str) -> str:
        """The mark of the next note of a kind ("footnotes" or "endnotes")."""
        self._counts[kind] += 1
        number, form = self._counts[kind], self._kinds[kind]
        if form == "chicago":
            return SIGNS[(number - 1) % len(SIGNS)] * ((number - 1) // len(SIGNS) + 1)
        return written(number, form)


def notes_in(parts: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    """The elements of the notes by kind and id; `parts` are the roots of the parts that hold them, by kind."""
    return {(kind, note.get(f"{W}id", "")): note for kind in KINDS if kind in parts for note in parts[kind] if note.get(f"{W}type") is None}
