"""Where a text quotes: marks of every kind, paired, outermost first; and block quotations, which have none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.citations.models import Paragraph, Quoted

PAIRS = {"“": "”", "„": "”“", "‟": "”", "«": "»", "‹": "›", "‘": "’", "‚": "’‘", '"': '"”', "'": "'’", "``": "''", "»": "«"}
SINGLE = frozenset("‘‚'")
BEFORE_OPENING = frozenset(" \t\n\u00a0\u202f\u2009([{—–-/“‘\"'«‹:;,…")
TRAILING_REFERENCE = re.compile(r"(?:\s*[(\[][^()\[\]]*(?:\d|\b[Ii]bid\b)[^()\[\]]*[)\]]\.?|\s*[—–]\s*[A-Z][^.!?]{3,160})\s*$")
SHORT = 3  # a block quotation that is shorter, in words, is no quotation


@dataclass(frozen=True, slots=True)
class _Mark:
    """A quotation from its opening mark to its closing one; -1 where it is never closed."""

    opened: int
    closed: int


def quotations_in(paragraphs: Sequence[Paragraph]) -> list[Quoted]:
    """All quotations of a text in order. Headings are looked through as well; only what is set off as a block needs no marks."""
    return [quoted for number, paragraph in enumerate(paragraphs) for quoted in _in_paragraph(number, paragraph)]


def marked_spans(text: str) -> list[tuple[int, int]]:
    """What stands within the outermost quotation marks of a text, as (start, end)."""
    return [(mark.opened + 1, mark.closed if mark.closed >= 0 else len(text)) for mark in _marks(text)]


def _in_paragraph(number: int, paragraph: Paragraph) -> Iterator[Quoted]:
    text = paragraph.text
    if paragraph.set_off:
        found = _block(number, text)
        if found is not None:
            yield found
            return
    for mark in _marks(text):
        end = mark.closed if mark.closed >= 0 else len(text)
        start = mark.opened + 1
        inner = text[start:end]
        if any(letter.isalnum() for letter in inner):
            outer = (mark.opened, end + (mark.closed >= 0))
            yield Quoted(number, start, end, inner, outer, closed=mark.closed >= 0)


def _block(number: int, text: str) -> Quoted | None:
    """A block quotation: the paragraph without a reference at its end and without marks around the whole of it; None for a scrap."""
    reference = TRAILING_REFERENCE.search(text)
    end = reference.start() if reference and reference.start() > 0 else len(text.rstrip())
    start = len(text) - len(text.lstrip())
    marks = _marks(text[:end])
    if marks and marks[0].opened == start and marks[0].closed in (-1, end - 1):
        outer = (start, end)
        start, end = start + 1, marks[0].closed if marks[0].closed >= 0 else end
        return Quoted(number, start, end, text[start:end], outer, set_off=True)
    if marks and sum(mark.closed - mark.opened for mark in marks) > 0.5 * (end - start):
        return None  # it quotes within: its marks tell where
    inner = text[start:end]
    return Quoted(number, start, end, inner, (start, end), set_off=True) if len(inner.split()) >= SHORT else None


def _marks(text: str) -> list[_Mark]:
    """The outermost pairs of quotation marks, in order."""
    found: list[_Mark] = []
    place = 0
    while place < len(text):
        if not _opens(text, place):
            place += 1
            continue
        closed = _closing(text, place)
        if closed < 0 and text[place] in SINGLE:
            place += 1  # an apostrophe at the beginning of a word
            continue
        found.append(_Mark(place, closed))
        if closed < 0:
            break
        place = closed + 1
    return found


def _opens(text: str, place: int) -> bool:
    """Whether a quotation begins here: a mark that opens, after white space or a bracket, before a word."""
    mark = text[place]
    if mark not in PAIRS:
        return False
    after = text[place + 1 : place + 2]
    if not after or after.isspace():
        return False
    if mark in "“„‟«‹":
        return True
    return place == 0 or text[place - 1] in BEFORE_OPENING


def _closing(text: str, opened: int) -> int:
    """Where the quotation that opens here ends; -1 where nothing closes it."""
    mark = text[opened]
    closing = PAIRS[mark]
    candidates: list[int] = []
    depth = 0
    for place in range(opened + 1, len(text)):
        letter = text[place]
        if mark in SINGLE and letter in SINGLE and candidates and _opens(text, place):
            break  # the next quotation begins
        if letter == mark and mark not in closing and _opens(text, place):
            depth += 1
        elif letter in closing and _closes(text, place, single=mark in SINGLE):
            if depth:
                depth -= 1
                continue
            if mark not in SINGLE:
                return place
            candidates.append(place)
    return _likeliest(text, candidates) if candidates else -1


def _closes(text: str, place: int, *, single: bool) -> bool:
    """Whether a mark may close here: after a word or its full stop, and, of single marks and straight ones, before no letter."""
    if text[place - 1].isspace():
        return False
    after = text[place + 1 : place + 2]
    return not (after.isalnum() and (single or text[place] == '"'))


def _likeliest(text: str, candidates: Sequence[int]) -> int:
    """Of the places where a single mark may close, the first that is no possessive ("the parents' home")."""
    for number, place in enumerate(candidates):
        after = text[place + 1 : place + 2]
        possessive = text[place - 1] in "sS" and after.isspace() and text[place + 2 : place + 3].islower()
        if not possessive or number == len(candidates) - 1:
            return place
    return candidates[-1]
