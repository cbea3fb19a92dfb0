"""Notes at the foot of a page: told from the text above, so that sentences go on over the page's end without them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.reading.columns import Segment, same_line
from ingest.reading.source import Line

SMALL = 0.94  # of the body's size: notes are set smaller
NUMBERED = re.compile(r"^(\d{1,3}|[*†‡§])(?:\s+(?=\S)|$)")


@dataclass(frozen=True, slots=True)
class Foot:
    """A page without its notes, and these, a line each; a line that opens a note has its number for a marker."""

    body: list[Segment]
    notes: tuple[Line, ...] = ()


def body_size(pages: Sequence[Sequence[Segment]]) -> float:
    """The size of most of a file's letters."""
    weights: Counter[float] = Counter()
    for segment in (segment for page in pages for segment in page):
        weights[segment.size] += len(segment.text)
    return weights.most_common(1)[0][0] if weights else 0.0


def without_notes(page: list[Segment], body: float, marks: frozenset[str], *, going_on: bool) -> Foot:
    """Part a page's notes from it. `marks` are the raised numbers on it; `going_on` says that the last page's last note was cut off."""
    lines = list(same_line(page))
    first = len(lines)
    while first and max(s.size for s in lines[first - 1]) <= SMALL * body:
        first -= 1
    opening = next((i for i in range(first, len(lines)) if _number(lines[i], marks)), None)
    if opening is None:
        opening = next((i for i in range(len(lines)) if _all_notes(lines[i:], body)), None)
    if opening is None or (opening == 0 and not going_on and not lines[0][0].note):
        return Foot(page)
    start = first if going_on and first < opening else opening
    notes = tuple(_line(line, marks) for line in lines[start:])
    apart = {id(s) for line in lines[start:] for s in line}
    return Foot([s for s in page if id(s) not in apart], notes)


def _all_notes(lines: Sequence[Sequence[Segment]], body: float) -> bool:
    """Whether notes as large as the text begin here: a raised number opens the line, and nothing larger follows."""
    return bool(lines[0][0].note) and all(s.size <= 1.02 * body for line in lines for s in line)


def _number(line: Sequence[Segment], marks: frozenset[str]) -> str:
    """The number of the note that a line opens: a raised one, or one whose mark stands on the page."""
    first = line[0]
    if first.note:
        return first.note
    number = first.marker.strip("().") if first.marker else (found[1] if (found := NUMBERED.match(first.text)) else "")
    return number if number in marks else ""


def _line(line: Sequence[Segment], marks: frozenset[str]) -> Line:
    number = _number(line, marks)
    first = line[0]
    if number and not first.note and not first.marker:
        first = replace(first, text=NUMBERED.sub("", first.text))
    elif first.marker and not number:
        first = replace(first, text=f"{first.marker} {first.text}")
    segments = [first, *line[1:]]
    return Line(
        text=" ".join(s.text for s in segments if s.text),
        left=line[0].left,
        right=line[-1].right,
        top=line[0].top,
        size=line[0].size,
        edge=line[-1].right,
        marker=number,
        marker_left=line[0].start,
        places=tuple(place for s in line for place in s.places),
    )
