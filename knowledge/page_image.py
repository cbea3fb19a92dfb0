"""A PDF's page as a picture, and where words stand on it, found among the page's own characters. It is drawn in a process of its own.

The words are looked for letter by letter and digit by digit, with spaces, marks and hyphens aside, as two readings of a page
differ in those: in the order of the file, row by row, and in the order in which the page is read. Where they are not found whole,
they are looked for piece by piece; where that fails too, the page is shown and it is said that they could not be marked.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.page_drawing import Box, Letters, squeezed
from knowledge.pdf_work import DRAW_SECONDS, drawn_elsewhere

SHORTEST = 6  # letters of a piece: shorter ones could stand anywhere
REACHES = (40, 20, 10)  # letters before and after the words that are looked for with them
RIGHT_TO_LEFT = ("R", "AL")  # classes of letters
GAP = 1.5  # of a letter's height: letters further apart along a line are marked apart


@dataclass(frozen=True, slots=True)
class PageImage:
    """A drawn page. `boxes` mark the words, a box or more a line; empty where they were not found, or none were asked for."""

    webp: bytes
    width: int
    height: int
    boxes: tuple[Box, ...]


Reread = Callable[[Path, int], Sequence[tuple[str, Box]]]
"""Reads a sheet (from 1) once more: its letters or words in the order in which they are read, each with its place."""


def page_image(
    file: Path,
    sheet: int,
    words: Sequence[str] = (),
    around: tuple[str, str] = ("", ""),
    reread: Reread | None = None,
    *,
    seconds: float = DRAW_SECONDS,
) -> PageImage | None:
    """Draw a sheet (from 1) of a PDF and find `words` on it: cells of a row, or one text. None where it cannot be drawn in `seconds`.

    `around` is what stands before and after them, which tells one of several printings from the others. An
    encrypted file cannot be drawn: its password is not kept.
    """
    drawn = drawn_elsewhere(file, sheet, with_letters=bool(words), seconds=seconds)
    if drawn is None:
        return None
    boxes = _boxes(lambda: _orders(drawn.letters, file, sheet, reread), words, around) if words else ()
    return PageImage(drawn.webp, drawn.width, drawn.height, boxes)


def _orders(letters: Letters, file: Path, sheet: int, reread: Reread | None) -> Iterator[Letters]:
    """The page's letters in the file's order, row by row, and as the page is read."""
    yield letters
    yield _by_rows(letters)
    if reread:
        yield [(letter, box) for text, box in reread(file, sheet) for letter in squeezed(text)]


@dataclass(frozen=True, slots=True)
class Found:
    """Where words stand in a page's squeezed characters, as (start, end), and whether it can only be there."""

    places: tuple[tuple[int, int], ...] = ()
    sure: bool = False


def whole(stream: str, words: Sequence[str], around: tuple[str, str] = ("", "")) -> Found:
    """The words whole in a page's squeezed characters, or cell by cell; nothing where any of them is not there.

    Words that stand there more than once are taken where most of what is `around` them stands as well.
    """
    before, after = (squeezed(text) if text else "" for text in around)
    texts = [text for text in map(squeezed, words) if text]
    all_of_it = "".join(texts)
    if not all_of_it:
        return Found()
    if all_of_it in stream:
        start, sure = _start(stream, all_of_it, before, after)
        return Found(((start, start + len(all_of_it)),), sure)
    found: list[tuple[int, int]] = []
    for text in texts:
        at = stream.find(text, found[-1][1]) if found else _start(stream, text, before, "")[0]
        if at < 0:
            return Found()
        found.append((at, at + len(text)))
    return Found(tuple(found))


def _start(stream: str, text: str, before: str, after: str) -> tuple[int, bool]:
    """Where a text begins, -1 where it does not stand there; and whether there is one such place, or one with these neighbours."""
    first = stream.find(text)
    if first == stream.rfind(text):
        return first, first >= 0
    for ahead, behind in [*((r, r) for r in REACHES), *((r, 0) for r in REACHES), *((0, r) for r in REACHES)]:
        lead, tail = before[-ahead:] if ahead else "", after[:behind]
        at = stream.find(lead + text + tail) if lead or tail else -1
        if at >= 0:
            return at + len(lead), bool(lead and tail)
    return first, False


def in_pieces(stream: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """The words piece by piece, each as long as the page has it in one run; empty where a piece is too short to be sure of."""
    text = "".join(map(squeezed, words))
    pieces: list[tuple[int, int]] = []
    at = 0
    while at < len(text):
        low, high = 0, len(text) - at
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if text[at : at + middle] in stream else (low, middle - 1)
        if low < min(SHORTEST, len(text) - at):
            return []
        starts = list(_all(stream, text[at : at + low]))
        start = next((s for s in starts if pieces and s >= pieces[-1][1]), starts[0])
        pieces.append((start, start + low))
        at += low
    return pieces


def _all(stream: str, text: str) -> Iterator[int]:
    at = stream.find(text)
    while at >= 0:
        yield at
        at = stream.find(text, at + 1)


def _boxes(orders: Callable[[], Iterable[Letters]], words: Sequence[str], around: tuple[str, str]) -> tuple[Box, ...]:
    """Boxes over the words: whole in one of the orders, else piece by piece, where the order of letters is beyond doubt."""
    alphabetic = any(c.isalnum() for text in words for c in text)
    seen: list[tuple[str, list[tuple[str, Box | None]]]] = []
    doubtful: tuple[Box, ...] = ()
    for order in orders():
        letters = [one for one in order if one[0].isalnum()] if alphabetic else list(order)
        stream = "".join(letter for letter, _ in letters)
        found = whole(stream, words, around)
        if found.sure:
            return _over(letters, found.places)
        doubtful = _over(letters, found.places) or doubtful  # the order in which a page is read comes last, and knows best
        seen.append((stream, letters))
    if doubtful or any(unicodedata.bidirectional(c) in RIGHT_TO_LEFT for text in words for c in text):
        return doubtful
    return next((_over(letters, pieces) for stream, letters in seen if (pieces := in_pieces(stream, words))), ())


def _over(letters: Letters, found: Sequence[tuple[int, int]]) -> tuple[Box, ...]:
    """Boxes over these letters, line by line; a box each where those would lie over others as well; none where these do too."""
    own = {box for start, end in found for _, box in letters[start:end]}
    lines = tuple(line for start, end in found for line in _lines(box for _, box in letters[start:end]))
    single = tuple(box for start, end in found for _, box in letters[start:end] if box)
    return next((boxes for boxes in (lines, single) if not _over_others(letters, own, boxes)), ())


def _over_others(letters: Letters, own: Collection[Box | None], boxes: Sequence[Box]) -> bool:
    """Whether the middle of a letter that is not one of the words' own lies under one of the boxes."""
    for box in (box for _, box in letters if box and box not in own):
        across, down = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        if any(b.left < across < b.right and b.top < down < b.bottom for b in boxes):
            return True
    return False


def _by_rows(letters: Letters) -> list[tuple[str, Box | None]]:
    """The letters row by row down the page, each from left to right: a table's rows stand whole so, however they were drawn."""
    placed = sorted(((letter, box) for letter, box in letters if box), key=lambda one: one[1].top + one[1].bottom)
    rows: list[list[tuple[str, Box]]] = []
    for letter, box in placed:
        middle = (box.top + box.bottom) / 2
        if rows and middle < rows[-1][0][1].bottom:
            rows[-1].append((letter, box))
        else:
            rows.append([(letter, box)])
    return [one for row in rows for one in sorted(row, key=lambda one: one[1].left)]


def _lines(characters: Iterator[Box | None]) -> list[Box]:
    """Boxes of letters or words in their order, joined along each line, to the right or to the left."""
    lines: list[Box] = []
    before, way = None, 0
    for box in characters:
        if box is None:
            continue
        step = 0 if before is None or box.left == before.left else 1 if box.left > before.left else -1
        if lines and _goes_on(lines[-1], box) and step * way >= 0:
            last, way = lines[-1], way or step
            lines[-1] = Box(min(last.left, box.left), min(last.top, box.top), max(last.right, box.right), max(last.bottom, box.bottom))
        else:
            lines.append(box)
            way = 0
        before = box
    return lines


def _goes_on(line: Box, box: Box) -> bool:
    height = min(line.bottom - line.top, box.bottom - box.top)
    shared = min(line.bottom, box.bottom) - max(line.top, box.top)
    return shared > 0.5 * height and line.left - height < box.right and box.left < line.right + GAP * (box.bottom - box.top)
