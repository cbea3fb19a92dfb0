"""A PDF's page drawn by PDFium, with its letters and where they stand: work on a file that may be hostile, done in a process of its own.

See `knowledge.pdf_work` for who asks. A letter is as `squeezed` leaves it.
"""

from __future__ import annotations

import ctypes
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.text import letters_of

WIDTH = 1400  # pixels of a drawn page
LARGEST = 6_000_000  # pixels of one
FINE = 10_000  # steps across and down a page in which a letter's place is told
MOST_LETTERS = 60_000  # of a page: one set as small as can be read has a third of them


@dataclass(frozen=True, slots=True)
class Box:
    """A marked place on a page: shares of its width and height from its top left corner, 0 to 1."""

    left: float
    top: float
    right: float
    bottom: float


Letters = Sequence[tuple[str, Box | None]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page as a picture, and its letters in PDFium's order; none where there are more of them than a page can hold."""

    webp: bytes
    width: int
    height: int
    letters: list[tuple[str, Box | None]]


def drawn(file: Path, sheet: int, *, with_letters: bool) -> Drawn | None:
    """Draw a sheet (from 1) of a PDF. None where it cannot be drawn: an encrypted file's password is not kept."""
    import pypdfium2 as pdfium

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
        return Drawn(out.getvalue(), picture.width, picture.height, _letters(page) if with_letters else [])
    except (pdfium.PdfiumError, IndexError, ValueError, MemoryError, OverflowError):
        return None
    finally:
        document.close()


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
    """Letters and digits alone, in one form and in lower case; of a text that has none, its other marks that can be printed."""
    return letters_of(text) or "".join(c for c in unicodedata.normalize("NFKC", text) if c.isprintable() and not c.isspace())


def _letters(page: Any) -> list[tuple[str, Box | None]]:
    """The page's letters, digits and marks in PDFium's order, each with its place."""
    import pypdfium2.raw as raw

    read = page.get_textpage()  # closed with its last reference
    letters: list[tuple[str, Box | None]] = []
    count = raw.FPDFText_CountChars(read.raw)
    for number in range(count if count <= MOST_LETTERS else 0):
        code = raw.FPDFText_GetUnicode(read.raw, number)
        if code < 0x110000 and not 0xD800 <= code < 0xE000 and (found := squeezed(chr(code))):
            box = character_box(page, read.raw, number)
            letters += [(letter, box) for letter in found]
    return letters


def character_box(page: Any, text_page: Any, number: int) -> Box | None:
    """Where a character of a PDFium page stands; None for one without extent (a space that PDFium adds)."""
    import pypdfium2.raw as raw

    rectangle = raw.FS_RECTF()
    if not raw.FPDFText_GetLooseCharBox(text_page, number, ctypes.byref(rectangle)):
        return None
    x, y = ctypes.c_int(), ctypes.c_int()
    corners = []
    for across, up in ((rectangle.left, rectangle.top), (rectangle.right, rectangle.bottom)):
        raw.FPDF_PageToDevice(page, 0, 0, FINE, FINE, 0, across, up, ctypes.byref(x), ctypes.byref(y))
        corners.append((x.value / FINE, y.value / FINE))
    (a, b), (c, d) = corners
    box = Box(min(a, c), min(b, d), max(a, c), max(b, d))
    return box if box.right > box.left and box.bottom > box.top else None
