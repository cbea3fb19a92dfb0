"""PDF: lines with their places, through PDFium.

PDFium gives every character's place and font, which reading order, tables and
headings need. pypdf, the second reader, proves the words afterwards
(`knowledge.second_reader`): two readers that share no code have to agree.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from ingest.lines import blocks_of
from ingest.reading.columns import Segment, in_reading_order, with_markers
from ingest.reading.furniture import without_furniture
from ingest.reading.source import Sheet, Source
from knowledge.errors import FileRefused, NoText, PasswordNeeded

LINE_END_HYPHEN = "\x02"  # PDFium's stand-in for a hyphen at a line's end
NOT_A_CHARACTER = {"\x00", "\ufffe", "\uffff", "\ufeff"}
BOLD_WORDS = ("bold", "black", "heavy", "semibold")


def read_pdf(path: Path, password: str = "") -> Source:
    """Read a PDF.

    Raises PasswordNeeded where it is encrypted and `password` does not open it, NoText
    where no page holds a word (the message names the pages), FileRefused where it is damaged.
    """
    try:
        document = pdfium.PdfDocument(path, password=password or None)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise PasswordNeeded(f"{path.name} is encrypted. Save a copy without a password, then add that.") from error
        raise FileRefused(f"{path.name} is damaged or not a PDF. Open it, save it again as PDF, then add that.") from error
    try:
        return _source(path, document)
    finally:
        document.close()


def _source(path: Path, document: pdfium.PdfDocument) -> Source:
    pages = [_segments(document, index) for index in range(len(document))]
    empty = tuple(number for number, segments in enumerate(pages, 1) if not segments)
    if len(empty) == len(pages):
        raise NoText(
            f"{path.name} has no text on {_pages(empty)}: it is a scan, or blank. "
            "Ask the publisher for a text version, or run text recognition on it, then add that."
        )
    kept, running = without_furniture(pages)
    labels = tuple(document.get_page_label(index) or "" for index in range(len(document)))
    sheets = [Sheet(number, tuple(in_reading_order(segments)), labels[number - 1]) for number, segments in enumerate(kept, 1)]
    return Source(
        blocks=tuple(blocks_of(sheets)),
        sheets=len(pages),
        paged=True,
        reader=f"PDFium {pdfium.PDFIUM_INFO.version}",
        labels=labels,
        running=running,
        empty_sheets=empty,
        title=document.get_metadata_dict().get("Title", ""),
        warnings=tuple(f"No text on {_pages((number,))}: it may be a picture." for number in empty),
    )


def _pages(numbers: tuple[int, ...]) -> str:
    if not numbers:
        return "any page"
    if len(numbers) == 1:
        return f"page {numbers[0]}"
    if numbers == tuple(range(numbers[0], numbers[-1] + 1)):
        return f"pages {numbers[0]} to {numbers[-1]}"
    return "pages " + ", ".join(map(str, numbers))


def _segments(document: pdfium.PdfDocument, index: int) -> list[Segment]:
    """The page's text in pieces that stand on one line with no wide gap."""
    try:
        page = document[index]
    except pdfium.PdfiumError:
        return []
    try:
        text_page = page.get_textpage()
        height = page.get_height()
        pieces: list[Segment] = []
        letters: list[_Letter] = []
        for letter in _letters(text_page, height):
            if letter is None or (letters and letter.breaks_from(letters[-1])):
                _close(letters, pieces)
            if letter is not None:
                letters.append(letter)
        _close(letters, pieces)
        return with_markers(pieces)
    finally:
        page.close()


class _Letter:
    __slots__ = ("bold", "left", "right", "size", "text", "top")

    def __init__(self, text: str, left: float, right: float, top: float, size: float, bold: bool) -> None:
        self.text, self.left, self.right, self.top, self.size, self.bold = text, left, right, top, size, bold

    def breaks_from(self, last: _Letter) -> bool:
        """Whether a new piece begins here: another line, a step back, or a gap of a column."""
        size = max(self.size, last.size, 1.0)
        return abs(self.top - last.top) > 0.6 * size or self.left - last.right > 1.6 * size or self.left < last.left - 0.6 * size


def _letters(text_page: pdfium.PdfTextPage, height: float) -> Iterator[_Letter | None]:
    """Each printed character; None where the reader itself begins a new line."""
    left, right, low, high, x, y = (ctypes.c_double() for _ in range(6))
    box = raw.FS_RECTF()
    fonts: dict[bytes, bool] = {}
    name = ctypes.create_string_buffer(256)
    flags = ctypes.c_int()
    for i in range(raw.FPDFText_CountChars(text_page)):
        code = raw.FPDFText_GetUnicode(text_page, i)
        char = chr(code) if code < 0x110000 else ""
        if char in "\r\n" or not char:
            yield None
            continue
        if char in NOT_A_CHARACTER or 0xD800 <= code < 0xE000:
            continue
        if raw.FPDFText_IsGenerated(text_page, i) and char == " ":
            continue
        raw.FPDFText_GetCharBox(text_page, i, left, right, low, high)
        raw.FPDFText_GetCharOrigin(text_page, i, x, y)
        raw.FPDFText_GetLooseCharBox(text_page, i, box)
        raw.FPDFText_GetFontInfo(text_page, i, name, 256, flags)
        bold = fonts.setdefault(name.value, any(word in name.value.lower().decode("latin-1") for word in BOLD_WORDS))
        size = abs(box.top - box.bottom) or 10.0
        yield _Letter(char, box.left, max(box.right, box.left), height - y.value, size, bold)


def _close(letters: list[_Letter], pieces: list[Segment]) -> None:
    """Make a segment of the letters gathered so far, words parted where the gap is a space."""
    parts: list[str] = []
    for last, letter in zip([None, *letters], letters, strict=False):
        if last is not None and letter.left - last.right > 0.15 * letter.size and not last.text.isspace():
            parts.append(" ")
        parts.append("-" if letter.text == LINE_END_HYPHEN else letter.text)
    text = " ".join("".join(parts).split())
    if text:
        inked = [letter for letter in letters if not letter.text.isspace()]
        sizes = sorted(letter.size for letter in inked)
        pieces.append(
            Segment(
                text=text,
                left=min(letter.left for letter in inked),
                right=max(letter.right for letter in inked),
                top=inked[0].top,
                size=round(sizes[len(sizes) // 2], 1),
                bold=sum(letter.bold for letter in inked) > 0.8 * len(inked),
            )
        )
    letters.clear()
