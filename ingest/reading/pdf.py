"""PDF: lines with their places, through PDFium.

PDFium gives every character's place and font, which reading order, tables and
headings need. pypdf, the second reader, proves the words afterwards
(`knowledge.second_reader`): two readers that share no code have to agree.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from ingest.lines import blocks_of
from ingest.reading import ocr
from ingest.reading.columns import Segment, in_reading_order, with_markers
from ingest.reading.furniture import without_furniture
from ingest.reading.numbers import labels_of
from ingest.reading.source import Sheet, Source
from knowledge.errors import FileRefused, NoText, PasswordNeeded
from knowledge.page_drawing import Box, character_box
from knowledge.pypdf_door import rewritten

LINE_END_HYPHEN = "\x02"  # PDFium's stand-in for a hyphen at a line's end
NOT_A_CHARACTER = {"\x00", "\ufffe", "\uffff", "\ufeff"}
STAMP = 60  # characters: a page with no more of them over an image of half its size is a scan with a stamp on it
DOUBTFUL = 0.8  # a page with a smaller share of sure characters gets a warning
READER = f"PDFium {pdfium.PDFIUM_INFO.version}"
LARGEST_PAGE = 144_000.0  # points: ten times what the format allows
DAMAGED = "is damaged or not a PDF. Open it, save it again as PDF, then add that."
FRONT = 3  # sheets: a cover, its back, the first page
LARGEST_PICTURE = 16_000_000  # pixels
BOLD_WORDS = ("bold", "black", "heavy", "semibold")


def read_pdf(path: Path, password: str = "") -> Source:
    """Read a PDF.

    Pages that are pictures are read by text recognition (`ocr`), where it is installed.
    Raises PasswordNeeded where it is encrypted and `password` does not open it, NoText
    where no page holds a word (the message names the pages), FileRefused where it is damaged.
    """
    document = _opened(path, password)
    try:
        return _source(path, document)
    finally:
        document.close()


def _opened(path: Path, password: str) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(path, password=password or None)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower() and b"/Encrypt" in path.read_bytes():  # PDFium repeats the last file's error
            tried = "does not open with the password that was given" if password else "is encrypted"
            raise PasswordNeeded(
                f"{path.name} {tried}. Give its password with --password, or save a copy without one, then add that."
            ) from error
        try:
            if (anew := rewritten(path, password)) is not None:
                return pdfium.PdfDocument(anew)
        except pdfium.PdfiumError:
            pass
        raise FileRefused(f"{path.name} {DAMAGED}") from error


def _source(path: Path, document: pdfium.PdfDocument) -> Source:
    read = [_segments(document, index) for index in range(len(document))]
    unreadable = tuple(number for number, segments in enumerate(read, 1) if segments is None)
    if len(unreadable) == len(read):
        raise FileRefused(f"{path.name} {DAMAGED}")
    pages = [segments or [] for segments in read]
    recognised, warnings = _recognised(document, pages)
    for number, segments in recognised.items():
        pages[number - 1] = segments
    empty = tuple(number for number, segments in enumerate(pages, 1) if not segments and number not in unreadable)
    if not any(pages):
        advice = ocr.trouble() or "Check that it is the right file."
        raise NoText(f"{path.name} has no text on {_pages(empty)}, not even in a picture. {advice}")
    kept, running = without_furniture(pages)
    labels = labels_of([document.get_page_label(index) or "" for index in range(len(document))], pages)
    sheets = [Sheet(number, tuple(in_reading_order(segments)), labels[number - 1]) for number, segments in enumerate(kept, 1)]
    return Source(
        blocks=tuple(blocks_of(sheets)),
        sheets=len(pages),
        paged=True,
        reader=READER + (f", {ocr.engine()}" if recognised else ""),
        labels=labels,
        running=running,
        empty_sheets=empty,
        title=document.get_metadata_dict().get("Title", ""),
        warnings=(
            *warnings,
            *([f"Damaged, so not read: {_pages(unreadable)}."] if unreadable else []),
            *(f"No text on {_pages((number,))}: it is blank, or a picture without words." for number in empty),
        ),
        ocr_sheets=tuple(recognised),
        unreadable_sheets=unreadable,
        front=tuple(sheets[:FRONT]),
    )


def _recognised(document: pdfium.PdfDocument, pages: list[list[Segment]]) -> tuple[dict[int, list[Segment]], tuple[str, ...]]:
    """The sheets that are pictures, as text recognition reads them, with what there is to say about it."""
    pictured = [number for number, segments in enumerate(pages, 1) if _is_picture(document, number - 1, segments)]
    if not pictured:
        return {}, ()
    if not ocr.engine():
        return {}, (f"The words in the picture on {_pages(tuple(pictured))} were not read by text recognition. {ocr.trouble()}",)
    found: dict[int, list[Segment]] = {}
    doubtful: list[int] = []
    try:
        for number in pictured:
            ocr.starts_page.get()(number, len(pages))
            segments, share = ocr.recognise(partial(_picture, document, number - 1), 72 / ocr.DOTS_AN_INCH)
            if segments:
                found[number] = segments
                doubtful += [number] if share < DOUBTFUL else []
    finally:
        ocr.starts_page.get()(0, len(pages))
    warnings = [f"Read by text recognition: {_pages(tuple(found))}. Compare quotations with the page."] if found else []
    warnings += [f"Text recognition is unsure of many words on {_pages(tuple(doubtful))}."] if doubtful else []
    return dict(zip(found, ocr.levelled(list(found.values())), strict=True)), tuple(warnings)


def _is_picture(document: pdfium.PdfDocument, index: int, segments: list[Segment]) -> bool:
    """Whether a page's words can only be in a picture: none, or a stamp's worth beside an image of half the page."""
    if sum(len(segment.text) for segment in segments) > STAMP:
        return False
    try:
        page = document[index]
    except pdfium.PdfiumError:
        return False
    try:
        if not segments:
            return bool(raw.FPDFPage_CountObjects(page) > 0)
        area = page.get_width() * page.get_height()
        boxes = (image.get_bounds() for image in islice(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3), 100))
        return any((right - left) * (top - bottom) > 0.5 * area for left, bottom, right, top in boxes)
    except pdfium.PdfiumError:
        return False
    finally:
        page.close()


def _picture(document: pdfium.PdfDocument, index: int, turn: int) -> ocr.Picture:
    """The page drawn in grey at the recogniser's resolution, turned clockwise; a huge page is drawn coarser."""
    page = document[index]
    try:
        scale = ocr.DOTS_AN_INCH / 72
        scale = min(scale, (LARGEST_PICTURE / max(1.0, page.get_width() * page.get_height())) ** 0.5)
        bitmap = page.render(scale=scale, rotation=turn, grayscale=True)
        return ocr.Picture(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride)
    finally:
        page.close()


@lru_cache(16)
def words_on(path: Path, sheet: int) -> tuple[tuple[str, Box], ...]:
    """What stands on a sheet (from 1), in the order in which it is read, each letter with its place; read once more.

    Of a sheet that is a picture, its words with theirs, as recognised. Empty where that is not possible.
    """
    try:
        document = _opened(path, "")
    except FileRefused:
        return ()
    try:
        segments = _segments(document, sheet - 1, keeping_places=True) or []
        if not _is_picture(document, sheet - 1, segments):
            return tuple(_placed(document[sheet - 1], segments))
        return tuple(ocr.words_of(partial(_picture, document, sheet - 1))) if ocr.engine() else ()
    except pdfium.PdfiumError:
        return ()
    finally:
        document.close()


def _placed(page: pdfium.PdfPage, segments: list[Segment]) -> Iterator[tuple[str, Box]]:
    text_page = page.get_textpage()  # closed with its last reference
    for line in in_reading_order(segments):
        for place in line.places:
            if box := character_box(page, text_page.raw, place):
                yield chr(raw.FPDFText_GetUnicode(text_page.raw, place)), box


def _pages(numbers: tuple[int, ...]) -> str:
    if not numbers:
        return "any page"
    if len(numbers) == 1:
        return f"page {numbers[0]}"
    if numbers == tuple(range(numbers[0], numbers[-1] + 1)):
        return f"pages {numbers[0]} to {numbers[-1]}"
    return "pages " + ", ".join(map(str, numbers))


def _segments(document: pdfium.PdfDocument, index: int, *, keeping_places: bool = False) -> list[Segment] | None:
    """The page's text in pieces that stand on one line with no wide gap; None where the page is damaged."""
    try:
        page = document[index]
    except pdfium.PdfiumError:
        return None
    try:
        if max(page.get_size()) > LARGEST_PAGE:
            return None
        text_page = page.get_textpage()
        height = page.get_height()
        pieces: list[Segment] = []
        letters: list[_Letter] = []
        for letter in _letters(text_page, height):
            if letter is None or (letters and letter.breaks_from(letters[-1])):
                _close(letters, pieces, keeping_places)
            if letter is not None:
                letters.append(letter)
        _close(letters, pieces, keeping_places)
        return with_markers(pieces)
    finally:
        page.close()


class _Letter:
    __slots__ = ("bold", "left", "place", "right", "size", "text", "top")

    def __init__(self, text: str, place: int, left: float, right: float, top: float, size: float, bold: bool) -> None:
        self.text, self.place, self.left, self.right, self.top, self.size, self.bold = text, place, left, right, top, size, bold

    def breaks_from(self, last: _Letter) -> bool:
        """Whether a new piece begins here: another line, a step back, or a gap of a column."""
        size = max(self.size, last.size, 1.0)
        return abs(self.top - last.top) > 0.6 * size or self.left - last.right > 1.6 * size or self.left < last.left - 0.6 * size


def _letters(text_page: pdfium.PdfTextPage, height: float) -> Iterator[_Letter | None]:
    """Each printed character; None where the reader itself begins a new line.

    PDFium is asked for the font when a new text object begins, and for the baseline when the
    character's box moves up or down: asking each time takes three times as long.
    """
    page, box, x, y = text_page.raw, raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    at_box, at_x, at_y = ctypes.byref(box), ctypes.byref(x), ctypes.byref(y)
    bold, drawn_by, top, bottom = False, 0, 0.0, 0.0
    for i in range(raw.FPDFText_CountChars(page)):
        code = raw.FPDFText_GetUnicode(page, i)
        char = chr(code) if code < 0x110000 else ""
        if char in "\r\n":  # or empty
            yield None
            continue
        if char in NOT_A_CHARACTER or 0xD800 <= code < 0xE000 or (char == " " and raw.FPDFText_IsGenerated(page, i)):
            continue
        raw.FPDFText_GetLooseCharBox(page, i, at_box)
        drawn = raw.FPDFText_GetTextObject(page, i)
        address = ctypes.addressof(drawn.contents) if drawn else 0
        if address != drawn_by or not address or box.top != top or box.bottom != bottom:
            raw.FPDFText_GetCharOrigin(page, i, at_x, at_y)
            if address != drawn_by or not address:
                bold = _is_bold(page, i)
            drawn_by, top, bottom = address, box.top, box.bottom
        yield _Letter(char, i, box.left, max(box.right, box.left), height - y.value, abs(top - bottom) or 10.0, bold)


def _is_bold(page: Any, i: int) -> bool:
    name, flags = ctypes.create_string_buffer(256), ctypes.c_int()
    raw.FPDFText_GetFontInfo(page, i, name, 256, flags)
    font = name.value.lower().decode("latin-1")
    return any(word in font for word in BOLD_WORDS)


def _close(letters: list[_Letter], pieces: list[Segment], keeping_places: bool) -> None:
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
                places=tuple(letter.place for letter in inked) if keeping_places else (),
            )
        )
    letters.clear()
