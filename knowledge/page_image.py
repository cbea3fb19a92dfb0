"""A PDF's page as a picture, and where words stand on it: drawn by PDFium, the words found among the page's own characters.

The words are looked for letter by letter and digit by digit, with spaces, marks and hyphens aside, as two readings of a page
differ in those. Where they are not found whole, they are looked for piece by piece (a table's row, a line in another column);
where that fails too, the page is shown and it is said that they could not be marked.
"""

from __future__ import annotations

import ctypes
import io
import threading
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.letters import letters_of

WIDTH = 1400  # pixels of a drawn page
LARGEST = 6_000_000  # pixels of one
SHORTEST = 6  # letters of a piece: shorter ones could stand anywhere
RIGHT_TO_LEFT = ("R", "AL")  # classes of letters
GAP = 1.5  # of a letter's height: letters further apart along a line are marked apart

one_at_a_time = threading.Lock()  # PDFium is not safe to use from several threads


@dataclass(frozen=True, slots=True)
class Box:
    """A marked place on a page: shares of its width and height from its top left corner, 0 to 1."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class PageImage:
    """A drawn page. `boxes` mark the words, a box or more a line; empty where they were not found, or none were asked for."""

    webp: bytes
    width: int
    height: int
    boxes: tuple[Box, ...]


Reread = Callable[[Path, int], Sequence[tuple[str, Box]]]
"""Reads the words of a sheet (from 1) off its picture, each with its place."""


def page_image(file: Path, sheet: int, words: Sequence[str] = (), nth: int = 0, reread: Reread | None = None) -> PageImage | None:
    """Draw a sheet (from 1) of a PDF and find `words` on it: cells of a row, or one text. None where the page cannot be drawn.

    `nth` says which of several printings of the same words is meant, from 0; `reread` is for a page that is a picture. An
    encrypted file cannot be drawn: its password is not kept.
    """
    import pypdfium2 as pdfium

    with one_at_a_time:
        document = _opened(file)
        if document is None:
            return None
        try:
            page = document[sheet - 1]
            width, height = page.get_size()
            scale = min(WIDTH / max(1.0, width), (LARGEST / max(1.0, width * height)) ** 0.5)
            picture = page.render(scale=scale).to_pil()
            out = io.BytesIO()
            picture.save(out, "WEBP", quality=82, method=2)
            letters = [] if reread or not words else _letters(page, picture.width, picture.height)
        except (pdfium.PdfiumError, IndexError, ValueError, MemoryError):
            return None
        finally:
            document.close()
    if reread and words:
        letters = [(letter, box) for text, box in reread(file, sheet) for letter in squeezed(text)]
    return PageImage(out.getvalue(), picture.width, picture.height, _boxes(letters, words, nth))


def _opened(file: Path) -> Any:
    """The document, written anew where PDFium cannot open it as it is; None where that does not help."""
    import pypdfium2 as pdfium

    try:
        return pdfium.PdfDocument(file)
    except (pdfium.PdfiumError, OSError):
        from knowledge.pypdf_door import rewritten

        anew = rewritten(file)
    try:
        return pdfium.PdfDocument(anew) if anew is not None else None
    except pdfium.PdfiumError:
        return None


def squeezed(text: str) -> str:
    """Letters and digits alone, in one form and in lower case; of a text that has none, its other marks."""
    return letters_of(text) or "".join(unicodedata.normalize("NFKC", text).split())


def places(stream: str, words: Sequence[str], nth: int = 0) -> list[tuple[int, int]]:
    """Where the squeezed words stand in a page's squeezed characters, as (start, end); empty where any of them is not there.

    Words that stand there more than once are taken where they stand the `nth` time.
    """
    found: list[tuple[int, int]] = []
    for text in filter(None, map(squeezed, words)):
        whole = list(_all(stream, text))
        if whole:
            after = [start for start in whole if found and start >= found[-1][1]]
            start = after[0] if after else whole[min(nth, len(whole) - 1)]
            found.append((start, start + len(text)))
            continue
        pieces = _in_pieces(stream, text)
        if not pieces:
            return []
        found += pieces
    return found


def _in_pieces(stream: str, text: str) -> list[tuple[int, int]]:
    """The text piece by piece, each as long as the page has it in one run; empty where a piece is too short to be sure of."""
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


def _boxes(letters: Sequence[tuple[str, Box | None]], words: Sequence[str], nth: int) -> tuple[Box, ...]:
    if any(unicodedata.bidirectional(c) in RIGHT_TO_LEFT for text in words for c in text):
        return ()  # readers differ on the order of letters there, and a wrong mark is worse than none
    if any(c.isalnum() for text in words for c in text):
        letters = [one for one in letters if one[0].isalnum()]
    for order in (letters, _by_rows(letters)):
        stream = "".join(letter for letter, _ in order)
        if found := places(stream, words, nth):
            return tuple(line for start, end in found for line in _lines(box for _, box in order[start:end]))
    return ()


def _by_rows(letters: Sequence[tuple[str, Box | None]]) -> list[tuple[str, Box | None]]:
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


def _letters(page: Any, width: int, height: int) -> list[tuple[str, Box | None]]:
    """The page's letters and digits in PDFium's order, each with its place."""
    import pypdfium2.raw as raw

    read = page.get_textpage()  # closed with its last reference
    letters: list[tuple[str, Box | None]] = []
    for number in range(raw.FPDFText_CountChars(read.raw)):
        code = raw.FPDFText_GetUnicode(read.raw, number)
        if code < 0x110000 and not 0xD800 <= code < 0xE000 and (found := squeezed(chr(code))):
            box = _character_box(page, read.raw, number, width, height)
            letters += [(letter, box) for letter in found]
    return letters


def _character_box(page: Any, text_page: Any, number: int, width: int, height: int) -> Box | None:
    """Where a character stands; None for one without extent (a space that PDFium adds)."""
    import pypdfium2.raw as raw

    rectangle = raw.FS_RECTF()
    if not raw.FPDFText_GetLooseCharBox(text_page, number, ctypes.byref(rectangle)):
        return None
    x, y = ctypes.c_int(), ctypes.c_int()
    corners = []
    for across, up in ((rectangle.left, rectangle.top), (rectangle.right, rectangle.bottom)):
        raw.FPDF_PageToDevice(page, 0, 0, width, height, 0, across, up, ctypes.byref(x), ctypes.byref(y))
        corners.append((x.value / width, y.value / height))
    (a, b), (c, d) = corners
    box = Box(min(a, c), min(b, d), max(a, c), max(b, d))
    return box if box.right > box.left and box.bottom > box.top else None


def _lines(characters: Iterator[Box | None]) -> list[Box]:
    """Boxes of letters or words in their order, joined along each line."""
    lines: list[Box] = []
    for box in characters:
        if box is None:
            continue
        if lines and _goes_on(lines[-1], box):
            last = lines[-1]
            lines[-1] = Box(last.left, min(last.top, box.top), max(last.right, box.right), max(last.bottom, box.bottom))
        else:
            lines.append(box)
    return lines


def _goes_on(line: Box, box: Box) -> bool:
    height = min(line.bottom - line.top, box.bottom - box.top)
    shared = min(line.bottom, box.bottom) - max(line.top, box.top)
    return shared > 0.5 * height and line.left - height < box.left < line.right + GAP * (box.bottom - box.top)
