"""A PDF page's letters, through PDFium, as a reader sees them: upright, each with its place and size, joined to pieces of a line.

Left out and counted: letters that no reader sees (`pdf_sight`), words that are struck out (`pdf_strikes`), and words that lie at an
angle to the page's, as watermarks do.
"""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from ingest.reading.columns import LOOSE_STOP, Segment
from ingest.reading.glyphs import LINE_END_HYPHEN, shown
from ingest.reading.pdf_forms import typed
from ingest.reading.pdf_sight import Area, Rule, Seen, Sight
from ingest.reading.pdf_strikes import without_struck_out
from ingest.reading.source import Marks, shifted

UNKNOWN = "\N{REPLACEMENT CHARACTER}"
NOT_A_CHARACTER = {"\x00", "\ufffe", "\uffff", "\ufeff"}
BOLD_WORDS = ("bold", "black", "heavy", "semibold")
TURNED = 4  # degrees from the way that most of a page's letters run
SPACE = 0.15  # of a letter's size: a wider gap parts words
TRACKED, WIDEST_TRACK = 0.08, 0.6  # of a letter's size: letters set apart by so much, all along a line, are one word's
RAISED_SIZE, RAISED_BY = 0.82, 0.12  # a number of a note is smaller than its line, and stands higher by this share of its size
NOTE_SIGNS = frozenset("0123456789*†‡§")
RAISED_SIGNS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
RAISED_SET = frozenset(RAISED_SIGNS)
RAISED = str.maketrans(RAISED_SIGNS, "0123456789")


class Letter:
    """A printed character; `top` is its baseline and grows downwards, lengths are in points."""

    __slots__ = ("blank", "bold", "left", "place", "right", "size", "text", "top")

    def __init__(self, text: str, place: int, left: float, right: float, top: float, size: float, bold: bool) -> None:
        self.blank = False  # struck out, and read as a space
        self.text, self.place, self.left, self.right, self.top, self.size, self.bold = text, place, left, right, top, size, bold

    def breaks_from(self, last: Letter) -> bool:
        """Whether a new piece begins here: another line, a step back, or a gap of a column."""
        size = max(self.size, last.size, 1.0)
        return abs(self.top - last.top) > 0.6 * size or self.left - last.right > 1.6 * size or self.left < last.left - 0.6 * size


@dataclass(frozen=True, slots=True)
class Printed:
    """A page's pieces of lines, and how many words were left out: unseen, or lying at an angle.

    `marks` are the raised numbers that stand for notes, `rules` the ruling lines, `struck` how many passages are struck out.
    """

    pieces: list[Segment]
    unseen: int = 0
    turned: int = 0
    marks: frozenset[str] = frozenset()
    rules: tuple[Rule, ...] = ()
    struck: int = 0


def printed(text_page: pdfium.PdfTextPage, sight: Sight, *, keeping_places: bool = False) -> Printed:
    """The page's text in pieces that stand on one line with no wide gap."""
    letters, unseen, turned = _seen(text_page, sight)
    struck = without_struck_out(letters, sight)
    pieces: list[Segment] = []
    marks: set[str] = set()
    run: list[Letter] = []
    for letter in letters:
        if letter is None or (run and (letter.breaks_from(run[-1]) or sight.parted(run[-1].right, letter.left, letter.top))):
            _close(run, pieces, marks, keeping_places)
        if letter is not None:
            run.append(letter)
    _close(run, pieces, marks, keeping_places)
    pieces += typed(sight.page, sight.top)
    pieces = _with_lone_marks(_with_drop_caps(pieces), marks)
    return Printed(pieces, unseen, turned, frozenset(marks), tuple(sight.rules()), struck)


@dataclass(slots=True)
class _Ink:
    """How a text object is drawn."""

    bold: bool
    angle: int  # degrees, against the clock
    symbols: bool
    seen: bool | Seen


def _seen(text_page: pdfium.PdfTextPage, sight: Sight) -> tuple[list[Letter | None], int, int]:
    """Each letter that a reader sees, None where PDFium begins a new line; how many words are unseen, and how many turned."""
    found = list(_letters(text_page, sight))
    angles: Counter[int] = Counter(ink.angle for one in found if one and (ink := one[1]) and one[3] and not one[0].text.isspace())
    angle = angles.most_common(1)[0][0] if angles else 0
    quarter = round(angle / 90) % 4
    kept: list[Letter | None] = []
    unseen: list[str] = []
    turned: list[str] = []
    for one in found:
        if one is None:
            kept.append(None)
            unseen.append(" ")
            turned.append(" ")
            continue
        letter, ink, box, seen = one
        if not seen:
            unseen.append(letter.text)
        elif abs((ink.angle - angle + 180) % 360 - 180) > TURNED:
            turned.append(letter.text)
        else:
            if quarter:
                sight.turn = quarter
                letter.left, letter.right, letter.top, letter.size = sight.upright(box, quarter)
            kept.append(letter)
    return kept, _words_in(unseen), _words_in(turned)


def _words_in(letters: Sequence[str]) -> int:
    return sum(any(map(str.isalnum, word)) for word in "".join(letters).split())


_Box = tuple[float, float, float, float, float, float]


def _letters(text_page: pdfium.PdfTextPage, sight: Sight) -> Iterator[tuple[Letter, _Ink, _Box, bool] | None]:
    """Each printed character; None where the reader itself begins a new line.

    PDFium is asked for the font when a new text object begins, and for the baseline when the
    character's box moves up or down: asking each time takes three times as long.
    """
    page, box, x, y = text_page.raw, raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    at_box, at_x, at_y = ctypes.byref(box), ctypes.byref(x), ctypes.byref(y)
    unicode_of, box_of, object_of = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox, raw.FPDFText_GetTextObject
    ink, drawn_by, top, bottom, seen = _Ink(False, 0, False, True), 0, 0.0, 0.0, True
    from_left, baseline, height = 0.0, 0.0, sight.top
    for i in range(raw.FPDFText_CountChars(page)):
        code = unicode_of(page, i)
        char = chr(code) if code < 0x110000 else ""
        if char in "\r\n":  # or empty
            yield None
            continue
        if char == "\x00" and _width(page, i) > 1:
            char, code = UNKNOWN, 0xFFFD  # drawn, and called nothing
        if char in NOT_A_CHARACTER or 0xD800 <= code < 0xE000 or (char == " " and raw.FPDFText_IsGenerated(page, i)):
            continue
        box_of(page, i, at_box)
        left, right = box.left, box.right
        drawn = object_of(page, i)
        address = ctypes.addressof(drawn.contents) if drawn else 0
        if address != drawn_by or not address or box.top != top or box.bottom != bottom or ink.angle:
            raw.FPDFText_GetCharOrigin(page, i, at_x, at_y)
            from_left, baseline = x.value, y.value
            if address != drawn_by or not address:
                ink = _ink(page, i, drawn, address, sight)
            drawn_by, top, bottom = address, box.top, box.bottom
        if 0xE000 <= code < 0xF900 or code < 0x20 or 0x7F <= code < 0xA0:
            char = shown(code, ink.symbols)
        if isinstance(ink.seen, bool):
            seen = ink.seen
        elif not char.isspace():
            near = (left, bottom, right, top)
            seen = sight.holds(near) if ink.seen is Seen.BY_PLACE else sight.shows(_tight(page, i))
        size = abs(top - bottom) or 10.0
        letter = Letter(char, i, left, right if right > left else left, height - baseline, size, ink.bold)
        yield letter, ink, (left, bottom, right, top, from_left, baseline), seen


def _tight(page: Any, i: int) -> Area:
    """The place of a letter's ink."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    raw.FPDFText_GetCharBox(page, i, left, right, bottom, top)
    return left.value, bottom.value, right.value, top.value


def _width(page: Any, i: int) -> float:
    left, _, right, _ = _tight(page, i)
    return right - left


def _ink(page: Any, i: int, drawn: Any, address: int, sight: Sight) -> _Ink:
    name, flags = ctypes.create_string_buffer(256), ctypes.c_int()
    raw.FPDFText_GetFontInfo(page, i, name, 256, flags)
    font = name.value.lower().decode("latin-1")
    angle = sight.angle(drawn, address)
    return _Ink(any(word in font for word in BOLD_WORDS), angle, "symbol" in font, sight.sees(drawn, address))


def _close(letters: list[Letter], pieces: list[Segment], marks: set[str], keeping_places: bool) -> None:
    """Make a segment of the letters gathered so far, words parted where the gap is a space; raised numbers go to the `marks`."""
    note, kept, standing = _without_marks(letters)
    marks.update(sign for _, sign in standing)
    text = _text(kept)
    if len(kept) < len(letters) or any(letter.blank for letter in letters):
        text = LOOSE_STOP.sub("", text)
    if text or note:
        inked = [letter for letter in kept if not letter.text.isspace()] or [letter for letter in letters if not letter.text.isspace()]
        sizes = sorted(letter.size for letter in inked)
        pieces.append(
            Segment(
                text=text,
                left=min(letter.left for letter in inked),
                right=max(letter.right for letter in inked),
                top=inked[0].top,
                size=round(sizes[len(sizes) // 2], 1),
                bold=sum(letter.bold for letter in inked) > 0.8 * len(inked),
                places=tuple(letter.place for letter in inked) if keeping_places else (),
                note=note,
                marks=tuple((min(len(_text(kept[:count])), len(text)), sign) for count, sign in standing),
            )
        )
    letters.clear()


def _without_marks(letters: Sequence[Letter]) -> tuple[str, list[Letter], Marks]:
    """The number of the note that the letters open with, if any; the letters without raised numbers; these, after how many letters."""
    inked = [letter for letter in letters if not letter.text.isspace()]
    if len(inked) < 2:
        return "", list(letters), ()
    sizes = sorted(letter.size for letter in inked)
    size = sizes[len(sizes) // 2]
    base = median([letter.top for letter in inked if letter.size > RAISED_SIZE * size] or [inked[0].top])
    kept: list[Letter] = []
    marks: list[tuple[int, str]] = []
    note = mark = ""
    end = 0.0
    for letter in letters:
        if letter.text in RAISED_SET or _is_raised(letter, size, base):
            mark += letter.text.translate(RAISED)
            end = letter.right
            continue
        if mark and kept and not letter.text.isalnum():
            kept[-1].right = end  # the mark's width is no space
        if mark and not kept:
            note = mark
        elif mark:
            marks.append((len(kept), mark))
        mark = ""
        if kept or not letter.text.isspace():
            kept.append(letter)
    if mark:
        marks.append((len(kept), mark))
    return note, kept if note or marks else list(letters), tuple(marks)


def _is_raised(letter: Letter, size: float, base: float) -> bool:
    return letter.text in NOTE_SIGNS and letter.size <= RAISED_SIZE * size and letter.top < base - RAISED_BY * size


def _text(letters: Sequence[Letter]) -> str:
    """The letters' words, parted where the gap is wider than between the letters of this line."""
    parts: list[str] = []
    track = _track(letters)
    last: Letter | None = None
    for letter in letters:
        if track and letter.text.isspace():
            continue
        if last is not None and letter.left - last.right > SPACE * letter.size + track and not last.text.isspace():
            parts.append(" ")
        parts.append("-" if letter.text == chr(LINE_END_HYPHEN) else letter.text)
        last = letter
    return " ".join("".join(parts).split())


def _track(letters: Sequence[Letter]) -> float:
    """By how much the letters of a line are set apart, beyond the width of a space; 0 in ordinary print."""
    inked = [letter for letter in letters if not letter.text.isspace()]
    if len(inked) < 6:
        return 0.0
    gaps = sorted(b.left - a.right for a, b in pairwise(inked))
    usual = gaps[len(gaps) // 2]
    size = inked[0].size
    return usual if TRACKED * size < usual < WIDEST_TRACK * size else 0.0


def _with_lone_marks(pieces: list[Segment], marks: set[str]) -> list[Segment]:
    """The pieces without numbers of notes that stand apart: after a line's end, or before a note's first word."""
    lone = [p for p in pieces if p.text and len(p.text) <= 3 and set(p.text) <= NOTE_SIGNS]
    dropped: set[int] = set()
    notes: dict[int, str] = {}
    standing: dict[int, Marks] = {}
    for mark in lone:
        for other in pieces:
            if other is mark or mark.size > RAISED_SIZE * other.size or id(other) in dropped:
                continue
            up = other.top - mark.top
            if not RAISED_BY * other.size < up < 0.8 * other.size:
                continue
            if -0.3 * other.size < mark.left - other.right < 1.2 * other.size:
                dropped.add(id(mark))
                marks.add(mark.text)
                standing[id(other)] = (*standing.get(id(other), ()), (len(other.text), mark.text))
                break
            if -0.3 * other.size < other.left - mark.right < 3 * other.size:
                dropped.add(id(mark))
                notes[id(other)] = mark.text
                break
    kept = [p for p in pieces if id(p) not in dropped]
    return [replace(p, note=notes.get(id(p), p.note), marks=(*p.marks, *standing.get(id(p), ()))) for p in kept]


def _with_drop_caps(pieces: list[Segment]) -> list[Segment]:
    """Join a large first letter that reaches down over lines to the word that it begins."""
    for cap in [p for p in pieces if len(p.text) == 1 and p.text.isalpha()]:
        beside = [
            p
            for p in pieces
            if p is not cap
            and cap.size > 1.8 * p.size
            and -0.2 * p.size < p.left - cap.right < 1.2 * p.size
            and cap.top - cap.size < p.top <= cap.top + 0.4 * p.size
        ]
        if len(beside) < 2:
            continue
        first = min(beside, key=lambda p: p.top)
        moved = {id(p): replace(p, left=cap.left) for p in beside}
        text, places = cap.text + first.text, (*cap.places, *first.places)
        moved[id(first)] = replace(first, left=cap.left, text=text, places=places, marks=shifted(first.marks, len(cap.text)))
        pieces = [moved.get(id(p), p) for p in pieces if p is not cap]
    return pieces
