"""What of a PDF's page can be seen: its ruling lines, and whether a reader sees a run of text.

A run is looked at only where something speaks against it: no ink, the colour of paper, a shape or picture drawn over it later, a
clip that leaves it out, a layer. Then the page is drawn, and the run is seen if anything shows where it stands. Text without
ink over a picture is a scan's own, read by another program: it stays.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

MOST_OBJECTS = 20_000  # of a page that are looked at for what covers what
DEEPEST = 4  # forms within forms
PALE = 225  # of 255 in each colour: such ink is looked at
CONTRAST = 5  # of 255: what a pixel differs by at least where something is printed
THIN = 3.0  # points: a ruling line is no thicker
SHORTEST, SHORTEST_STROKE = 8.0, 2.0  # points: nor shorter; a line through a single letter is a stroke
NAME, NAME_LENGTH = (raw.FPDF_WCHAR * 32)(), ctypes.c_ulong()  # of a mark, filled again for each: a page has thousands
OPTIONAL_CONTENT = [ord("O"), ord("C"), 0]
UNSEEN_MODES = (3, 7)  # text that is neither filled nor stroked
Matrix = tuple[float, ...]  # of six
PLAIN: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
Area = tuple[float, float, float, float]  # left, bottom, right, top, in the page's own points


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line on the page, upright or level; `at` is where it lies across, from `start` to `end`; points, `top` down."""

    upright: bool
    at: float
    start: float
    end: float


class Seen(Enum):
    """How it is found whether a reader sees a letter: where it lies says it, or the page as it is drawn (`shows`)."""

    BY_PLACE = auto()
    LOOKED_AT = auto()


class Sight:
    """A page's shapes, pictures and clips; `top` is its upper edge in its own points."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        self.page = page
        self.left, self.bottom, self.right, self.top = page.get_bbox()
        self.turn = 0  # quarter turns against the clock of most of the page's words
        self.page_area = (self.left, self.bottom, self.right, self.top)
        self._order: dict[int, tuple[int, Matrix]] = {}
        self._covers: list[tuple[int, Area]] = []
        self._lines: list[tuple[bool, float, float, float]] = []
        self._pictures: list[Area] = []
        self._drawn: tuple[bytes, int, int] | None = None
        self._count = 0
        self._walk(page.raw, PLAIN, 0)
        self._uprights = [
            (at, *sorted((self.top - start, self.top - end))) for up, at, start, end in self._lines if up and end - start >= SHORTEST
        ]

    def upright(self, box: tuple[float, float, float, float, float, float], quarter: int) -> tuple[float, float, float, float]:
        """A letter's left, right, baseline and size, the page turned so that its words lie level."""
        left, bottom, right, top, x, y = box
        if quarter == 1:
            return bottom - self.bottom, top - self.bottom, x - self.left, right - left
        if quarter == 2:
            return self.right - right, self.right - left, y - self.bottom, top - bottom
        return self.top - top, self.top - bottom, self.right - x, right - left

    def rules(self) -> list[Rule]:
        """The page's ruling lines, turned as its words are."""
        return [rule for rule in self.strokes() if rule.end - rule.start >= SHORTEST]

    def strokes(self) -> list[Rule]:
        """The page's straight lines of any length, turned as its words are."""
        return [self._turned(*line) for line in self._lines]

    def middle_of(self, xs: Sequence[float], ys: Sequence[float]) -> Rule:
        """The line along the middle of an area over words, turned as these are."""
        if self.turn % 2:
            return self._turned(True, (min(xs) + max(xs)) / 2, min(ys), max(ys))
        return self._turned(False, (min(ys) + max(ys)) / 2, min(xs), max(xs))

    def _turned(self, up: bool, at: float, start: float, end: float) -> Rule:
        """`start` and `end` are turned with the words; `top` grows downwards."""
        x = (at, at) if up else (start, end)
        y = (start, end) if up else (at, at)
        if self.turn == 0:
            across, down = x, (self.top - y[1], self.top - y[0])
        elif self.turn == 1:
            across, down = (y[0] - self.bottom, y[1] - self.bottom), (x[0] - self.left, x[1] - self.left)
        elif self.turn == 2:
            across, down = (self.right - x[1], self.right - x[0]), (y[0] - self.bottom, y[1] - self.bottom)
        else:
            across, down = (self.top - y[1], self.top - y[0]), (self.right - x[1], self.right - x[0])
        if across[0] == across[1]:
            return Rule(True, across[0], *down)
        return Rule(False, down[0], *across)

    def parted(self, left: float, right: float, top: float) -> bool:
        """Whether an upright line runs between two letters on one line of words that lies level."""
        if right - left <= 2:
            return False
        return any(left - 1 <= at <= right + 1 and start - 1 <= top - 2 <= end + 1 for at, start, end in self._uprights)

    def angle(self, drawn: Any, address: int) -> int:
        """In which direction a text object's words run, in degrees against the clock; slanted letters run level."""
        if not address:
            return 0
        a, b, *_ = _times(_matrix(drawn), self._order.get(address, (0, PLAIN))[1])
        return round(math.degrees(math.atan2(b, a))) % 360

    def sees(self, drawn: Any, address: int) -> bool | Seen:
        """Whether a reader sees a text object, or how that is found for each of its letters."""
        order, matrix = self._order.get(address, (0, PLAIN))
        area = _bounds(drawn) if order else None
        if area is None:
            return True
        area = _moved(area, matrix)
        over = [cover for later, cover in self._covers if later > order and _touches(cover, area)]
        clip = _clip(drawn)
        if clip is not None:
            clip = _moved(clip, matrix)
        clipped = clip is not None and not _holds(clip, area)
        outside = not _holds(self.page_area, area)
        unseen = raw.FPDFTextObj_GetTextRenderMode(drawn) in UNSEEN_MODES or _is_pale(drawn) or _in_layer(drawn)
        if not (over or clipped or unseen):
            return Seen.BY_PLACE if outside else True
        if not self.shows(area):
            return False
        return Seen.LOOKED_AT if outside or clipped or not all(_holds(cover, area) for cover in over) else True

    def holds(self, area: Area) -> bool:
        """Whether any of the area lies on the page."""
        return _touches(self.page_area, area)

    def shows(self, area: Area) -> bool:
        """Whether anything is to be seen where the area lies, on the page as it is drawn.

        A sign that fills its area evenly, as a full stop does, is seen by the paper around it, unless a shape lies there.
        """
        picture, width, height = self._picture()
        left, top, right, bottom = self._pixels(area, width, height)
        if right <= left or bottom <= top:
            return False
        low, high = 255, 0
        for row in range(top, bottom):
            line = picture[row * width + left : row * width + right]
            low, high = min(low, min(line)), max(high, max(line))
        if high - low >= CONTRAST:
            return True
        if any(_touches(cover, area) for _, cover in self._covers):
            return False
        corners = [(row, at) for row in (top - 1, bottom) for at in (left - 1, right) if 0 <= row < height and 0 <= at < width]
        return all(abs(picture[row * width + at] - low) >= CONTRAST for row, at in corners)

    def _pixels(self, area: Area, width: int, height: int) -> tuple[int, int, int, int]:
        device = [self._device(area[i], area[j], width, height) for i, j in ((0, 3), (2, 1))]
        across, down = sorted(x for x, _ in device), sorted(y for _, y in device)
        return max(0, across[0]), max(0, down[0]), min(width, max(across[1], across[0] + 1)), min(height, max(down[1], down[0] + 1))

    def _device(self, x: float, y: float, width: int, height: int) -> tuple[int, int]:
        at_x, at_y = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(self.page.raw, 0, 0, width, height, 0, x, y, at_x, at_y)
        return at_x.value, at_y.value

    def _picture(self) -> tuple[bytes, int, int]:
        if self._drawn is None:
            bitmap = self.page.render(scale=1.5, grayscale=True, may_draw_forms=False)
            rows = bytes(bitmap.buffer)
            if bitmap.stride != bitmap.width:
                rows = b"".join(rows[i * bitmap.stride : i * bitmap.stride + bitmap.width] for i in range(bitmap.height))
            self._drawn = rows, bitmap.width, bitmap.height
        return self._drawn

    def _walk(self, holder: Any, matrix: Matrix, depth: int) -> None:
        within = depth > 0
        count = raw.FPDFFormObj_CountObjects(holder) if within else raw.FPDFPage_CountObjects(holder)
        for i in range(max(0, count)):
            if self._count > MOST_OBJECTS:
                return
            self._count += 1
            thing = raw.FPDFFormObj_GetObject(holder, i) if within else raw.FPDFPage_GetObject(holder, i)
            kind = raw.FPDFPageObj_GetType(thing)
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                self._order[ctypes.addressof(thing.contents)] = self._count, matrix
            elif kind == raw.FPDF_PAGEOBJ_FORM:
                if depth < DEEPEST:
                    self._walk(thing, _times(_matrix(thing), matrix), depth + 1)
            elif (area := _bounds(thing)) is not None:
                self._shape(thing, kind, _moved(area, matrix), matrix)

    def _shape(self, thing: Any, kind: int, area: Area, matrix: Matrix) -> None:
        left, bottom, right, top = area
        if kind != raw.FPDF_PAGEOBJ_PATH:
            self._covers.append((self._count, area))
            return
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(thing, fill, stroke)
        if not (fill.value or stroke.value):
            return
        wide, high = right - left, top - bottom
        if wide <= THIN or high <= THIN:
            self._line(area)
            return
        if fill.value:
            self._covers.append((self._count, area))
        if stroke.value:
            for part in _segments(thing, matrix):
                self._line(part)

    def _line(self, area: Area) -> None:
        left, bottom, right, top = area
        if right - left <= THIN and top - bottom >= SHORTEST_STROKE:
            self._lines.append((True, (left + right) / 2, bottom, top))
        elif top - bottom <= THIN and right - left >= SHORTEST_STROKE:
            self._lines.append((False, (bottom + top) / 2, left, right))


def _segments(path: Any, matrix: Matrix) -> Iterator[Area]:
    """The straight parts of a path of a few parts: the sides of a cell, or a whole table's lines drawn at one go."""
    count = raw.FPDFPath_CountSegments(path)
    if not 2 <= count <= 400:
        return
    x, y = ctypes.c_float(), ctypes.c_float()
    start = last = (0.0, 0.0)
    for i in range(count):
        part = raw.FPDFPath_GetPathSegment(path, i)
        kind = raw.FPDFPathSegment_GetType(part)
        raw.FPDFPathSegment_GetPoint(part, x, y)
        here = _point((x.value, y.value), matrix)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start = here
        elif kind == raw.FPDF_SEGMENT_LINETO:
            yield min(last[0], here[0]), min(last[1], here[1]), max(last[0], here[0]), max(last[1], here[1])
        last = here
        if raw.FPDFPathSegment_GetClose(part):
            yield min(last[0], start[0]), min(last[1], start[1]), max(last[0], start[0]), max(last[1], start[1])


def _bounds(thing: Any) -> Area | None:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not raw.FPDFPageObj_GetBounds(thing, left, bottom, right, top):
        return None
    return left.value, bottom.value, right.value, top.value


def _matrix(thing: Any) -> Matrix:
    found = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(thing, found)
    return found.a, found.b, found.c, found.d, found.e, found.f


def _times(first: Matrix, second: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, n = second
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + n


def _point(point: tuple[float, float], matrix: Matrix) -> tuple[float, float]:
    x, y = point
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _moved(area: Area, matrix: Matrix) -> Area:
    if matrix == PLAIN:
        return area
    (a, b), (c, d) = _point((area[0], area[1]), matrix), _point((area[2], area[3]), matrix)
    return min(a, c), min(b, d), max(a, c), max(b, d)


def _touches(cover: Area, area: Area) -> bool:
    return cover[0] < area[2] and area[0] < cover[2] and cover[1] < area[3] and area[1] < cover[3]


def _holds(outer: Area, area: Area) -> bool:
    return outer[0] - 1 <= area[0] and area[2] <= outer[2] + 1 and outer[1] - 1 <= area[1] and area[3] <= outer[3] + 1


def _is_pale(drawn: Any) -> bool:
    red, green, blue, full = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFPageObj_GetFillColor(drawn, red, green, blue, full):
        return False
    return full.value < 30 or min(red.value, green.value, blue.value) >= PALE


def _in_layer(drawn: Any) -> bool:
    """Whether the text object is marked as optional content."""
    for i in range(raw.FPDFPageObj_CountMarks(drawn)):
        raw.FPDFPageObjMark_GetName(raw.FPDFPageObj_GetMark(drawn, i), NAME, ctypes.sizeof(NAME), NAME_LENGTH)
        if NAME[:3] == OPTIONAL_CONTENT:
            return True
    return False


def _clip(drawn: Any) -> Area | None:
    """The rectangle around what a text object is clipped to; None where it is not."""
    path = raw.FPDFPageObj_GetClipPath(drawn)
    if not path or (count := raw.FPDFClipPath_CountPaths(path)) <= 0:
        return None
    x, y = ctypes.c_float(), ctypes.c_float()
    left, bottom, right, top = float("-inf"), float("-inf"), float("inf"), float("inf")
    for i in range(count):
        xs, ys = [], []
        for j in range(raw.FPDFClipPath_CountPathSegments(path, i)):
            raw.FPDFPathSegment_GetPoint(raw.FPDFClipPath_GetPathSegment(path, i, j), x, y)
            xs.append(x.value)
            ys.append(y.value)
        if xs:
            left, bottom, right, top = max(left, min(xs)), max(bottom, min(ys)), min(right, max(xs)), min(top, max(ys))
    return left, bottom, right, top
