"""Words that are struck out on a PDF's page: by a line drawn through them, or by an annotation that strikes out.

A drawn line strikes words out where it runs through the middle of their letters and ends with them. One that goes on beyond them
rules a table or belongs to a drawing, and one at the foot of the letters underlines them.
"""

from __future__ import annotations

import ctypes
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from ingest.reading.pdf_sight import Rule, Sight

HIDDEN = 0x02 | 0x20  # flags of annotations that are not shown
MIDDLE = (0.1, 0.45)  # of a letter's size: how far above its foot a line runs that strikes it out
NEAR = (-0.1, 0.8)  # and the middle of an annotation's area, which people draw by hand
OVERHANG = 0.5  # of a letter's size: how far a line may reach beyond the letters that it strikes out


class Placed(Protocol):
    """A letter with its place, as `pdf_letters.Letter`."""

    text: str
    blank: bool
    left: float
    right: float
    top: float
    size: float


@dataclass(frozen=True, slots=True)
class _Strike:
    line: Rule
    drawn: bool

    def covers(self, letter: Placed) -> bool:
        low, high = MIDDLE if self.drawn else NEAR
        across = self.line.start <= (letter.left + letter.right) / 2 <= self.line.end
        return across and low * letter.size <= letter.top - self.line.at <= high * letter.size

    def ends_with(self, letters: Sequence[Placed]) -> bool:
        """Whether the line ends where its letters do."""
        if not self.drawn:
            return True
        reach = OVERHANG * max(letter.size for letter in letters)
        left, right = min(letter.left for letter in letters), max(letter.right for letter in letters)
        return left - reach <= self.line.start and self.line.end <= right + reach


def without_struck_out(letters: Sequence[Placed | None], sight: Sight) -> int:
    """Blank the letters that are struck out; how many passages that were. Letters that follow each other so are one."""
    struck: set[int] = set()
    inked = sorted((letter for letter in letters if letter is not None and not letter.text.isspace()), key=_foot)
    reach = NEAR[1] * max((letter.size for letter in inked), default=0.0)
    for strike in _strikes(sight):
        at = strike.line.at
        near = inked[bisect_left(inked, at - reach, key=_foot) : bisect_left(inked, at + reach, key=_foot)]
        through = [letter for letter in near if strike.covers(letter)]
        if any(letter.text.isalnum() for letter in through) and strike.ends_with(through):
            struck.update(map(id, through))
    count, within = 0, False
    for letter in letters:
        if letter is None or letter.text.isspace():
            continue
        if id(letter) in struck:
            letter.text, letter.blank = " ", True
            count += not within
        within = letter.blank
    return count


def _foot(letter: Placed) -> float:
    return letter.top


def _strikes(sight: Sight) -> Iterator[_Strike]:
    yield from (_Strike(rule, drawn=True) for rule in sight.strokes() if not rule.upright)
    yield from (_Strike(rule, drawn=False) for rule in _annotated(sight.page, sight) if not rule.upright)


def _annotated(page: pdfium.PdfPage, sight: Sight) -> Iterator[Rule]:
    """The middle of each area that an annotation strikes out, turned as the page's words are."""
    for i in range(raw.FPDFPage_GetAnnotCount(page.raw)):
        annotation = raw.FPDFPage_GetAnnot(page.raw, i)
        try:
            if raw.FPDFAnnot_GetSubtype(annotation) != raw.FPDF_ANNOT_STRIKEOUT or raw.FPDFAnnot_GetFlags(annotation) & HIDDEN:
                continue
            corners = raw.FS_QUADPOINTSF()
            for number in range(raw.FPDFAnnot_CountAttachmentPoints(annotation)):
                if raw.FPDFAnnot_GetAttachmentPoints(annotation, number, ctypes.byref(corners)):
                    yield sight.middle_of(
                        [corners.x1, corners.x2, corners.x3, corners.x4],
                        [corners.y1, corners.y2, corners.y3, corners.y4],
                    )
        finally:
            raw.FPDFPage_CloseAnnot(annotation)
