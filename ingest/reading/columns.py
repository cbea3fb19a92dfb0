"""Reading order: columns are read one after the other, table rows cell by cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from ingest.reading.source import Line, Marks, shifted
from knowledge.english import is_english

BULLET = r"[•●▪■◼◾◆❍❑❒□☐◦○‣⁃∙·➢➤►➔✓✔❖→⇨]|[-–—−*o](?=\s)"
NUMBER = r"\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)](?=\s)|\d{1,2}(?:\.\d{1,2}){1,3}\.?(?=\s)"
MARKER = re.compile(rf"^(?:{BULLET}|{NUMBER})\s*", re.IGNORECASE)
LONE_BULLET = re.compile(rf"^(?:{BULLET}|[-–—−*o]|\d{{1,3}}[.)]|\d{{1,2}}(?:\.\d{{1,2}}){{1,3}}\.?)$")
LOOSE_STOP = re.compile(r" (?=[.,;:](?:\s|$))")
MIN_COLUMN_LINES = 3
LONGEST_WORD = 200  # characters that are looked at for the first half of a parted word
LABEL_COLUMN = 0.32  # a first column narrower than this share of the region is a table's labels


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of text on one line, in points; `top` grows downwards. `places`: see `Line`.

    `note` is the raised number that it opens with: then it is a note, or goes on with one's mark.
    """

    text: str
    left: float
    right: float
    top: float
    size: float
    bold: bool = False
    marker: str = ""
    marker_left: float | None = None
    places: tuple[int, ...] = ()
    note: str = ""
    marks: Marks = ()

    @property
    def start(self) -> float:
        """Where the segment begins, its marker included."""
        return self.left if self.marker_left is None else self.marker_left


def in_reading_order(segments: Iterable[Segment]) -> list[Line]:
    """The page's lines as a person reads them: columns in turn, each table row as one line with cells."""
    lines: list[Line] = []
    for column, region in enumerate(_regions(sorted(segments, key=lambda s: (s.top, s.left)))):
        lines.extend(region.lines(column))
    return lines


def with_rows(lines: Sequence[Line], rows: Sequence[Line]) -> list[Line]:
    """The lines with the rows of a table each after the last line that stands above it, in its column."""
    placed = list(lines)
    for row in rows:
        after = -1
        for i, line in enumerate(placed):
            if line.top <= row.top and line.marker_left < row.right and row.left < line.right:
                after = i
        if after < 0:
            after = next((i for i, line in enumerate(placed) if line.top > row.top), len(placed)) - 1
        placed.insert(after + 1, row)
    return placed


@dataclass(frozen=True, slots=True)
class _Region:
    segments: tuple[Segment, ...]
    table: bool = False

    def lines(self, column: int) -> Iterator[Line]:
        if self.table:
            yield from _rows(self.segments, column)
            return
        edge = max(s.right for s in self.segments)
        for group in same_line(self.segments):
            first = group[0]
            yield Line(
                text=LOOSE_STOP.sub("", " ".join(s.text for s in group)) if len(group) > 1 else first.text,
                left=first.left,
                right=group[-1].right,
                top=first.top,
                size=max(group, key=lambda s: len(s.text)).size,
                edge=edge,
                bold=all(s.bold for s in group),
                marker=first.marker,
                marker_left=first.start,
                column=column,
                places=tuple(place for s in group for place in s.places),
                marks=tuple(mark for i, s in enumerate(group) for mark in shifted(s.marks, sum(len(t.text) + 1 for t in group[:i]))),
            )


def with_markers(pieces: Iterable[Segment]) -> list[Segment]:
    """Join a bullet that stands alone to the text on its line; take written markers off the text."""
    segments = sorted(pieces, key=lambda s: (s.top, s.left))
    used: set[int] = set()
    joined: list[Segment] = []
    for i, segment in enumerate(segments):
        if i in used:
            continue
        if LONE_BULLET.match(segment.text):
            mate = next(
                (
                    j
                    for j, other in enumerate(segments)
                    if j not in used
                    and j != i
                    and abs(other.top - segment.top) < 0.5 * segment.size
                    and 0 <= other.left - segment.right < 4 * segment.size
                ),
                None,
            )
            if mate is not None:
                used.update((i, mate))
                joined = [other for other in joined if other is not segments[mate]]
                other = segments[mate]
                marked = replace(other, marker=segment.text, marker_left=segment.left, places=(*segment.places, *other.places))
                joined.append(marked)
                continue
        joined.append(_split_marker(segment))
    return sorted(joined, key=lambda s: (s.top, s.left))


def _split_marker(segment: Segment) -> Segment:
    found = MARKER.match(segment.text)
    if not found or found.end() >= len(segment.text):
        return segment
    width = (segment.right - segment.left) / len(segment.text)
    left = segment.left + width * found.end()
    text, marks = segment.text[found.end() :], shifted(segment.marks, -found.end())
    return replace(segment, text=text, left=left, marker=found.group().strip(), marker_left=segment.left, marks=marks)


def _regions(segments: list[Segment]) -> Iterator[_Region]:
    """Cut the page where a gutter runs between lines that do not cross it."""
    if not segments:
        return
    gutter = _gutter(segments)
    if gutter is None:
        yield _Region(tuple(segments))
        return
    plain: list[Segment] = []  # lines that stand in no columns, whether or not they reach over the gutter
    for run in _runs(segments, gutter):
        left = [s for s in run if s.right <= gutter]
        right = [s for s in run if s.start >= gutter]
        if len(left) + len(right) < len(run) or min(len(left), len(right)) < MIN_COLUMN_LINES:
            plain.extend(run)
            continue
        if plain:
            yield _Region(tuple(plain))
            plain = []
        if _is_table(left, right):
            yield _Region(tuple(run), table=True)
        else:
            yield from _regions(left)
            yield from _regions(right)
    if plain:
        yield _Region(tuple(plain))


def _gutter(segments: list[Segment]) -> float | None:
    """The left edge that most lines share as a second column, or None."""
    start, end = min(s.start for s in segments), max(s.right for s in segments)
    best, most = None, 0
    for edge in sorted({round(s.start) for s in segments}):
        if not start + 0.12 * (end - start) < edge < end - 0.12 * (end - start):
            continue
        cut = edge - 2
        right = [s for s in segments if abs(s.start - edge) <= 3]
        if len(right) < MIN_COLUMN_LINES:
            continue
        count = sum(
            len(inside)
            for run in _runs(segments, cut)
            if len(inside := [s for s in run if s.start >= cut]) >= MIN_COLUMN_LINES
            and sum(s.right <= cut for s in run) >= MIN_COLUMN_LINES
        )
        if count > most:
            best, most = float(cut), count
    return best


def _runs(segments: list[Segment], gutter: float) -> Iterator[list[Segment]]:
    """Runs of segments between those that cross the gutter; the crossing ones make runs of their own."""
    run: list[Segment] = []
    crossed = False
    for segment in segments:
        crosses = segment.start < gutter < segment.right
        if run and crosses != crossed:
            yield run
            run = []
        crossed = crosses
        run.append(segment)
    if run:
        yield run


def _is_table(left: list[Segment], right: list[Segment]) -> bool:
    start, end = min(s.start for s in left), max(s.right for s in right)
    label_width = (max(s.right for s in left) - start) / max(end - start, 1.0)
    aligned = sum(any(abs(a.top - b.top) < 0.3 * a.size for b in right) for a in left) / len(left)
    return aligned > 0.7 and (label_width < LABEL_COLUMN or len(left) < 0.6 * len(right))


def same_line(segments: Iterable[Segment]) -> Iterator[list[Segment]]:
    """The segments line by line down the page, each line from left to right."""
    group: list[Segment] = []
    for segment in sorted(segments, key=lambda s: s.top):
        if group and abs(segment.top - group[0].top) > 0.4 * max(segment.size, group[0].size):
            yield sorted(group, key=lambda s: s.left)
            group = []
        group.append(segment)
    if group:
        yield sorted(group, key=lambda s: s.left)


def _rows(segments: tuple[Segment, ...], column: int) -> Iterator[Line]:
    """A table's rows: a new one begins where the gap to the line above is wider than within a cell."""
    lines = list(same_line(segments))
    gaps = [b[0].top - a[0].top for a, b in pairwise(lines)]
    usual = median(gaps) if gaps else 0.0
    tight = min(gaps, default=0.0)
    starts = sorted({round(s.start) for s in segments})
    columns = [x for x in starts if sum(abs(s.start - x) <= 3 for s in segments) >= 2]
    columns = columns or starts[:1]
    columns = [x for i, x in enumerate(columns) if i == 0 or x - columns[i - 1] > 6]
    rows: list[list[list[Segment]]] = []
    for i, line in enumerate(lines):
        opens = line[0].start <= columns[0] + 6
        if not rows or (opens and gaps[i - 1] > min(1.2 * tight, max(usual, tight) + 2)):
            rows.append([])
        rows[-1].append(line)
    for row in rows:
        cells: dict[int, list[Segment]] = {}
        for segment in (s for line in row for s in line):
            place = max((i for i, x in enumerate(columns) if segment.start >= x - 3), default=0)
            cells.setdefault(place, []).append(segment)
        first = row[0][0]
        texts = tuple(cell_text(cells[place]) for place in sorted(cells))
        marks = row_marks(cells[place] for place in sorted(cells))
        places = tuple(place for cell in sorted(cells) for segment in cells[cell] for place in segment.places)
        yield Line(
            "",
            first.left,
            row[0][-1].right,
            first.top,
            first.size,
            row[0][-1].right,
            column=column,
            cells=texts,
            places=places,
            marks=marks,
        )


def cell_text(segments: Iterable[Segment]) -> str:
    """A cell's words, its lines joined."""
    text = ""
    for segment in (s for line in same_line(segments) for s in line):
        piece = f"{segment.marker} {segment.text}" if segment.marker else segment.text
        text = join_words(text, piece) if text else piece
    return text


def row_marks(cells: Iterable[Sequence[Segment]]) -> Marks:
    """The marks in a row's cells, each at the end of its cell."""
    marks: list[tuple[int, str]] = []
    end = -1
    for cell in cells:
        end += 1 + len(cell_text(cell))
        marks += [(end, sign) for segment in cell for _, sign in segment.marks]
    return tuple(marks)


def join_words(first: str, second: str, known: frozenset[str] = frozenset()) -> str:
    """Join two lines of one paragraph; a word parted at the line's end is made whole.

    A typographic hyphen (U+2010) or soft hyphen was put in by the layout and goes,
    unless the text prints the hyphenated word elsewhere; a typed hyphen stays, unless
    the text prints the word whole elsewhere, or it parts an English word that is no joining of two.
    `known` are the text's words, lower case.
    """
    if second and first[-1:] in ("/", "-", "\u2010") and re.search(r"https?://|www\.", first.rsplit(maxsplit=1)[-1]):
        return first.rstrip("\u2010") + second
    if not first or first[-1] not in "-\u2010\u00ad" or first[-2:-1].isspace() or not second[:1].isalpha():
        return f"{first} {second}".strip()
    head = re.split(r"[\s(/“‘\"']", first[-LONGEST_WORD:-1])[-1]
    tail = re.split(r"[^\w'’-]", second)[0]
    whole, hyphened = f"{head}{tail}".lower(), f"{head}-{tail}".lower()
    if first[-1] == "-":
        parted = whole in known or (is_english(whole) and not (is_english(head.lower()) and is_english(tail.lower())))
        return first[:-1] + second if parted and hyphened not in known else first + second
    return first[:-1] + "-" + second if hyphened in known and whole not in known else first[:-1] + second
