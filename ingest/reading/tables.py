"""Tables with ruling lines: their rows, cell by cell, with the column heads beside each."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ingest.reading.columns import Row, Segment, cell_text, head_over, heads_of, row_marks
from ingest.reading.pdf_sight import Rule
from ingest.reading.source import Line

NEAR = 4.0  # points: lines so near lie on one another, or meet
BEYOND = NEAR + 1  # further from a table's frame than this a line meets none of its lines
SHARE = 0.4  # of a table's width: a level line at least so long parts rows
LONGEST_LABEL = 80  # characters of a first cell that is told again in each row that it spans
MOST_RULES = 3000  # of a page: a drawing has more


@dataclass
class Table:
    """Ruling lines that meet, and the frame that they stand in. Lengths are in points, `top` grows downwards."""

    uprights: list[Rule] = field(default_factory=list)
    levels: list[Rule] = field(default_factory=list)
    left: float = math.inf
    right: float = -math.inf
    top: float = math.inf
    foot: float = -math.inf

    def take(self, rules: Iterable[Rule]) -> None:
        """Add lines to the table."""
        for rule in rules:
            (self.uprights if rule.upright else self.levels).append(rule)
            left, right, top, foot = _frame(rule)
            self.left, self.right = min(self.left, left), max(self.right, right)
            self.top, self.foot = min(self.top, top), max(self.foot, foot)

    def bands(self) -> list[tuple[float, float]]:
        """The rows from top to foot, as (upper edge, lower edge)."""
        width = self.right - self.left
        edges = [at for at, group in _clustered(self.levels) if _covered(group) >= SHARE * width]
        return list(pairwise(edges))

    def edges(self, band: tuple[float, float]) -> list[float]:
        """Where upright lines cut this row."""
        middle = (band[0] + band[1]) / 2
        return [at for at, _ in _clustered(r for r in self.uprights if r.start - 1 <= middle <= r.end + 1)]


def tables_of(rules: Sequence[Rule]) -> list[Table]:
    """The page's tables: lines that meet, with at least one line inside."""
    if not 5 <= len(rules) <= MOST_RULES:
        return []
    groups: list[Table] = []
    for rule in rules:
        left, right, top, foot = _frame(rule)
        left, right, top, foot = left - BEYOND, right + BEYOND, top - BEYOND, foot + BEYOND
        # A drawing has thousands of lines, and most lie far from one another: the frame tells that at once.
        beside = [g for g in groups if g.left <= right and left <= g.right and g.top <= foot and top <= g.foot]
        mine = [group for group in beside if _meets(group, rule)]
        home = mine[0] if mine else Table()
        for other in mine[1:]:
            home.take(other.uprights)
            home.take(other.levels)
            groups.remove(other)
        home.take([rule])
        if not mine:
            groups.append(home)
    return [g for g in groups if len(_clustered(g.uprights)) >= 3 and len(_clustered(g.levels)) >= 2]


def rows_of(table: Table, segments: Sequence[Segment]) -> list[Row]:
    """The rows with at least two cells between upright lines; what else stands in the table's frame is ordinary text."""
    rows: list[Row] = []
    labels: dict[float, str] = {}
    for band in table.bands():
        edges = table.edges(band)
        if len(edges) < 3:
            continue
        inside = [s for s in segments if band[0] < s.top <= band[1] + 1 and edges[0] - 2 <= (s.left + s.right) / 2 <= edges[-1] + 2]
        if not inside:
            continue
        cells: dict[float, list[Segment]] = {}
        for segment in inside:
            cells.setdefault(max((x for x in edges[:-1] if x <= segment.start + 2), default=edges[0]), []).append(segment)
        texts = {edge: cell_text(cells[edge]) for edge in sorted(cells)}
        if edges[0] not in texts and (label := labels.get(edges[0], "")) and not _ruled(table, band[0], edges[0], edges[1]):
            texts = {edges[0]: label, **texts}
        labels[edges[0]] = texts.get(edges[0], "") if len(texts.get(edges[0], "")) <= LONGEST_LABEL else ""
        full = len(texts) == len(edges) - 1
        marks = row_marks(cells.get(edge, ()) for edge in texts)
        rows.append(Row(tuple(texts.items()), tuple(inside), full, all(s.bold for s in inside), marks))
    return rows


def lines_of(rows: Sequence[Row], heads: dict[float, str]) -> tuple[list[Line], dict[float, str]]:
    """The rows as lines with their heads; `heads` are those of the table that goes on from the page before. Returns them for the next."""
    if named := heads_of(rows, ruled=True):
        heads = named
    lines: list[Line] = []
    for row in rows:
        texts = tuple(text for _, text in row.cells)
        over = tuple(head_over(heads, left) for left, _ in row.cells)
        first = row.segments[0]
        line = Line("", first.left, row.segments[-1].right, first.top, first.size, row.segments[-1].right, marks=row.marks)
        places = tuple(place for s in row.segments for place in s.places)
        if len(texts) == 1 and not any(over):
            lines.append(replace(line, text=texts[0], bold=row.bold, places=places, marker_left=first.left))
        else:
            lines.append(replace(line, cells=texts, heads=over if any(over) else (), places=places))
    return lines, heads


def _frame(rule: Rule) -> tuple[float, float, float, float]:
    """Left, right, top and foot of a line."""
    return (rule.at, rule.at, rule.start, rule.end) if rule.upright else (rule.start, rule.end, rule.at, rule.at)


def _meets(table: Table, rule: Rule) -> bool:
    across = table.levels if rule.upright else table.uprights
    along = table.uprights if rule.upright else table.levels
    if any(o.start - NEAR <= rule.at <= o.end + NEAR and rule.start - NEAR <= o.at <= rule.end + NEAR for o in across):
        return True
    return any(abs(o.at - rule.at) <= NEAR / 2 and o.start - NEAR <= rule.end and rule.start - NEAR <= o.end for o in along)


def _clustered(rules: Iterable[Rule]) -> list[tuple[float, list[Rule]]]:
    """Lines that lie on one another, in order, with where they lie."""
    found: list[tuple[float, list[Rule]]] = []
    for rule in sorted(rules, key=lambda r: r.at):
        if found and rule.at - found[-1][1][-1].at <= NEAR:
            found[-1][1].append(rule)
        else:
            found.append((rule.at, [rule]))
    return found


def _covered(rules: Iterable[Rule]) -> float:
    """How much of the way the lines cover together."""
    length, end = 0.0, float("-inf")
    for rule in sorted(rules, key=lambda r: r.start):
        length += max(0.0, rule.end - max(rule.start, end))
        end = max(end, rule.end)
    return length


def _ruled(table: Table, at: float, left: float, right: float) -> bool:
    """Whether a level line runs over a cell."""
    middle = (left + right) / 2
    return any(abs(r.at - at) <= NEAR and r.start - 1 <= middle <= r.end + 1 for r in table.levels)
