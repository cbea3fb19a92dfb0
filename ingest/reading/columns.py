"""Reading order: columns are read one after the other, table rows cell by cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from statistics import median

from ingest.reading.source import Line, Marks, shifted
from knowledge.english import is_english

BULLET = r"[•●▪■◼◾◆❍❑❒□☐◦○‣⁃∙·➢➤►➔✓✔❖→⇨]|[-–—−*o](?=\s)"
NUMBER = (
    r"\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)](?=\s)|\d{1,2}(?:\.\d{1,2}){1,3}\.?(?=\s)"
    r"|(?:\d{1,3}[.)]|\d{1,2}(?:\.\d{1,2}){1,3}\.)(?=(?-i:[A-Z][a-z ]))"  # "2.15.The line": no space after the number
)
MARKER = re.compile(rf"^(?:{BULLET}|{NUMBER})\s*", re.IGNORECASE)
LONE_BULLET = re.compile(rf"^(?:{BULLET}|[-–—−*o]|\d{{1,3}}[.)]|\d{{1,2}}(?:\.\d{{1,2}}){{1,3}}\.?)$")
LOOSE_STOP = re.compile(r" (?=[.,;:](?:\s|$))")
MIN_COLUMN_LINES, MIN_ROWS = 3, 3
PAGE = re.compile(r"\d{1,3}")
LONGEST_HEAD = 80  # characters of a column's head
SAME_EDGE = 8.0  # points: a cell begins no further from where its column's head does
FIGURES = re.compile(r"[\W\d]*\d[\W\d]*")
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
                points=len(group) > 1 and bool(PAGE.fullmatch(group[-1].text)) and group[-1].right > edge - first.size,
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
    return aligned > 0.7 and (label_width < LABEL_COLUMN or len(left) < 0.6 * len(right) or _is_headed([*left, *right]))


def _is_headed(segments: Sequence[Segment]) -> bool:
    """Whether lines of two cells each stand below two bold ones: wide columns of words would fill their lines, and go on below."""
    heads, *rest = same_line(segments)
    bolder = all(s.bold for s in heads) and not any(s.bold for line in rest for s in line)
    return bolder and len(rest) >= MIN_ROWS - 1 and all(len(line) == 2 and _opens_row(line) for line in (heads, *rest))


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


@dataclass(frozen=True, slots=True)
class Row:
    """A table's row: (left edge, text) of each cell with words."""

    cells: tuple[tuple[float, str], ...]
    segments: tuple[Segment, ...]
    full: bool  # every cell has words
    bold: bool
    marks: Marks = ()


def heads_of(rows: Sequence[Row], *, ruled: bool) -> dict[float, str]:
    """The column heads by their left edges, where the first row is one: short, filled, and in weight, length or kind unlike those below.

    Where no lines rule the table, one that only is shorter than the rows below has to be of words.
    """
    if len(rows) < 2 or not rows[0].full:
        return {}
    first, rest = rows[0], rows[1:]
    texts = [text for _, text in first.cells]
    if max(map(len, texts)) > LONGEST_HEAD or any(text.endswith(".") for text in texts):
        return {}
    bolder = first.bold and not any(row.bold for row in rest)
    length = sum(map(len, texts)) / len(texts)
    others = [len(text) for row in rest for _, text in row.cells]
    of_words = all(text[:1].isalpha() and not any(map(str.isdecimal, text)) for text in texts)
    shorter = len(texts) > 2 and sum(others) / len(others) > 1.5 * length and (ruled or of_words)
    over_figures = of_words and all(len(row.cells) > 1 and all(FIGURES.fullmatch(text) for _, text in row.cells[1:]) for row in rest)
    return dict(first.cells) if bolder or shorter or over_figures else {}


def head_over(heads: Mapping[float, str], left: float) -> str:
    """The head of the column that a cell stands in; empty where there is none."""
    near = min(heads, key=lambda x: abs(x - left), default=None)
    return heads[near] if near is not None and abs(near - left) <= SAME_EDGE else ""


def _rows(segments: tuple[Segment, ...], column: int) -> Iterator[Line]:
    """The rows of a table whose columns are only aligned, with their column heads."""
    starts = sorted({round(s.start) for s in segments})
    columns = [x for x in starts if sum(abs(s.start - x) <= 3 for s in segments) >= 2]
    columns = columns or starts[:1]
    columns = [x for i, x in enumerate(columns) if i == 0 or x - columns[i - 1] > 6]
    rows: list[Row] = []
    for lines in _row_lines(list(same_line(segments)), columns[0] + 6):
        cells: dict[float, list[Segment]] = {}
        for segment in (s for line in lines for s in line):
            cells.setdefault(max((x for x in columns if segment.start >= x - 3), default=columns[0]), []).append(segment)
        texts = tuple((left, cell_text(cells[left])) for left in sorted(cells))
        within = tuple(segment for left in sorted(cells) for segment in cells[left])
        marks = row_marks(cells[left] for left in sorted(cells))
        rows.append(Row(texts, within, len(texts) == len(columns), all(s.bold for s in within), marks))
    heads = heads_of(rows, ruled=False)
    for row in rows:
        first, right = row.segments[0], max(s.right for s in row.segments)
        over = tuple(head_over(heads, left) for left, _ in row.cells)
        line = Line("", first.left, right, first.top, first.size, right, column=column, marks=row.marks)
        places = tuple(place for s in row.segments for place in s.places)
        yield replace(line, cells=tuple(text for _, text in row.cells), heads=over if any(over) else (), places=places)


def _row_lines(lines: Sequence[list[Segment]], edge: float) -> Iterator[Sequence[list[Segment]]]:
    """A table's lines, row by row: a new row begins where the gap to the line above is wider than within a cell.

    `edge` is how far to the right a line may begin that opens a row; one of several cells may begin later, its first cell empty.
    """
    gaps = [b[0].top - a[0].top for a, b in pairwise(lines)]
    usual, tight = (median(gaps), min(gaps)) if gaps else (0.0, 0.0)
    opens = [line[0].start <= edge or (len(line) > 1 and not any(map(_goes_on, line))) for line in lines]
    wide = [i for i, gap in enumerate(gaps, 1) if opens[i] and gap > min(1.2 * tight, max(usual, tight) + 2)]
    for start, end in pairwise([0, *wide, len(lines)]):
        opening = [i for i in range(start, end) if lines[i][0].start <= edge and not _goes_on(lines[i][0])]
        others = [lines[i] for i in range(start, end) if i not in opening]
        each = len(opening) >= MIN_ROWS and opening[0] == start and all(_opens_row(lines[i]) for i in opening)
        each = each and all(map(_goes_on, chain.from_iterable(others)))
        for first, last in pairwise([*opening, end] if each else [start, end]):
            yield lines[first:last]


def _opens_row(line: Sequence[Segment]) -> bool:
    """Whether a line may be a row's first, where no gap parts a table's rows: it has several cells, and none goes on with a sentence."""
    return len(line) > 1 and not any(segment.marker or _goes_on(segment) for segment in line)


def _goes_on(segment: Segment) -> bool:
    return segment.text[:1].islower()


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
