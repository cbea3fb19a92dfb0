"""PDF: lines with their places, through PDFium.

PDFium gives every character's place and font, which reading order, tables and
headings need. pypdf, the second reader, proves the words afterwards
(`knowledge.second_reader`): two readers that share no code have to agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from ingest.lines import SENTENCE_END, blocks_of
from ingest.reading import ocr
from ingest.reading.columns import Row, Segment, in_reading_order, with_markers, with_rows
from ingest.reading.furniture import without_furniture
from ingest.reading.left_out import LeftOut, Unread
from ingest.reading.notes import body_size, without_notes
from ingest.reading.numbers import labels_of
from ingest.reading.pdf_letters import Printed, printed
from ingest.reading.pdf_sight import Sight
from ingest.reading.source import Line, Sheet, Source, carried
from ingest.reading.tables import lines_of, rows_of, tables_of
from knowledge.english import ODD, joined_letters, with_joined_letters
from knowledge.errors import FileRefused, NoText, PasswordNeeded
from knowledge.page_drawing import Box, character_box

STAMP = 60  # characters: a page with no more of them over an image of half its size is a scan with a stamp on it
ODD_SIGN = re.compile(f"[{ODD}]")
UNTOLD = re.compile("[\ue000-\uf8ff\ufffd]")
DOUBTFUL = 0.8  # a page with a smaller share of sure characters gets a warning
READER = f"PDFium {pdfium.PDFIUM_INFO.version}"
LARGEST_PAGE = 144_000.0  # points: ten times what the format allows
DAMAGED = "is damaged or not a PDF. Open it, save it as PDF again and add the new file."
FRONT = 3  # sheets: a cover, its back, the first page
LARGEST_PICTURE = 16_000_000  # pixels


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
                f"{path.name} {tried}. Give its password with --password, or save it without one and add the new file."
            ) from error
        from knowledge.pypdf_door import rewritten  # rarely needed, and a fifth of the time that a command takes to start

        try:
            if (anew := rewritten(path, password)) is not None:
                return pdfium.PdfDocument(anew)
        except pdfium.PdfiumError:
            pass
        raise FileRefused(f"{path.name} {DAMAGED}") from error


def _source(path: Path, document: pdfium.PdfDocument) -> Source:
    read = [_printed(document, index) for index in range(len(document))]
    unreadable = tuple(number for number, page in enumerate(read, 1) if page is None)
    if len(unreadable) == len(read):
        raise FileRefused(f"{path.name} {DAMAGED}")
    found, odd = _mended([page or Printed([]) for page in read])
    pages = [page.pieces for page in found]
    recognised, warnings = _recognised(document, pages)
    for number, segments in recognised.items():
        pages[number - 1] = segments
        found[number - 1] = Printed(segments)
    empty = tuple(number for number, segments in enumerate(pages, 1) if not segments and number not in unreadable)
    if not any(pages):
        advice = ocr.trouble() or "Check that it is the right file."
        raise NoText(f"{path.name} has no text on {_pages(empty)}, not even in a picture. {advice}")
    kept, running = without_furniture(pages, [page.marks for page in found])
    labels = labels_of([document.get_page_label(index) or "" for index in range(len(document))], pages)
    sheets = list(_sheets(found, kept, labels))
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
            *_left_out(found),
            *([f"Some characters on {_pages(odd)} may be wrong. Check quotations against the page."] if odd else []),
        ),
        ocr_sheets=tuple(recognised),
        unreadable_sheets=unreadable,
        front=tuple(sheets[:FRONT]),
    )


def _mended(pages: list[Printed]) -> tuple[list[Printed], tuple[int, ...]]:
    """The pages with joined letters as they are shown, and those with letters that could not be told."""
    if not any(ODD_SIGN.search(piece.text) for page in pages for piece in page.pieces):
        return pages, ()
    mended = joined_letters(piece.text for page in pages for piece in page.pieces)

    def with_words(piece: Segment, change: Callable[[str], str]) -> Segment:
        return replace(piece, text=change(piece.text), marks=carried(piece.marks, piece.text, change))

    changed: list[Printed] = []
    odd: list[int] = []
    for number, page in enumerate(pages, 1):
        pieces = [with_words(piece, lambda text: with_joined_letters(text, mended)) for piece in page.pieces]
        if any(UNTOLD.search(piece.text) for piece in pieces):
            odd.append(number)
            pieces = [with_words(piece, lambda text: UNTOLD.sub("", text).strip()) for piece in pieces]
        changed.append(replace(page, pieces=[piece for piece in pieces if piece.text or piece.note]))
    return changed, tuple(odd)


def _sheets(found: Sequence[Printed], kept: Sequence[list[Segment]], labels: Sequence[str]) -> Iterator[Sheet]:
    """Each page's lines in reading order, its tables row by row, and its notes apart."""
    body = body_size(kept)
    heads: dict[float, str] = {}
    last: tuple[Line, ...] = ()
    for number, (page, segments) in enumerate(zip(found, kept, strict=True), 1):
        rows, heads = _rows(page, segments, heads)
        tabled = {id(s) for row in rows for s in row[0].segments}
        free = [s for s in segments if id(s) not in tabled]
        cut_off = bool(last) and not SENTENCE_END.search(last[-1].text)
        foot = without_notes(free, body, page.marks, going_on=cut_off)
        last = foot.notes or last
        lines = with_rows(in_reading_order(foot.body), [line for _, line in rows])
        yield Sheet(number, tuple(lines), labels[number - 1], foot.notes)


def _rows(page: Printed, segments: Sequence[Segment], heads: dict[float, str]) -> tuple[list[tuple[Row, Line]], dict[float, str]]:
    """The rows of the page's tables with their lines, and the heads of the last: a table may go on over the page."""
    found: list[tuple[Row, Line]] = []
    for table in tables_of(page.rules):
        rows = rows_of(table, segments)
        lines, heads = lines_of(rows, heads)
        found.extend(zip(rows, lines, strict=True))
    return found, heads if found else {}


def _left_out(pages: Sequence[Printed]) -> Iterator[str]:
    """What was printed, or written into the file, and is not read: with its count and its pages."""
    for name, why in (("unseen", "cannot be seen on the page: without ink, covered, or outside it"), ("turned", "at an angle to the page")):
        counts = {number: count for number, page in enumerate(pages, 1) if (count := getattr(page, name))}
        if total := sum(counts.values()):
            yield f"{total} {'word' if total == 1 else 'words'} on {_pages(tuple(counts))} not read: {why}."
    left_out = LeftOut()
    left_out.add(Unread.STRUCK_OUT, sum(page.struck for page in pages))
    yield from left_out.sentences()


def _recognised(document: pdfium.PdfDocument, pages: list[list[Segment]]) -> tuple[dict[int, list[Segment]], tuple[str, ...]]:
    """The sheets that are pictures, as text recognition reads them, with what there is to say about it."""
    pictured = [number for number, segments in enumerate(pages, 1) if _is_picture(document, number - 1, segments)]
    if not pictured:
        return {}, ()
    if not ocr.engine():
        return {}, (f"The words in the picture on {_pages(tuple(pictured))} were not read. {ocr.trouble()}",)
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
    warnings = [f"From a scan: {_pages(tuple(found))}. Check quotations against the page."] if found else []
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
        found = _printed(document, sheet - 1, keeping_places=True) or Printed([])
        if not _is_picture(document, sheet - 1, found.pieces):
            return tuple(_placed(document[sheet - 1], found))
        return tuple(ocr.words_of(partial(_picture, document, sheet - 1))) if ocr.engine() else ()
    except pdfium.PdfiumError:
        return ()
    finally:
        document.close()


def _placed(page: pdfium.PdfPage, found: Printed) -> Iterator[tuple[str, Box]]:
    text_page = page.get_textpage()  # closed with its last reference
    (sheet,) = _sheets([found], [found.pieces], [""])
    for line in (*sheet.lines, *sheet.notes):
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


def _printed(document: pdfium.PdfDocument, index: int, *, keeping_places: bool = False) -> Printed | None:
    """What is printed on the page; None where it is damaged."""
    try:
        page = document[index]
    except pdfium.PdfiumError:
        return None
    try:
        if max(page.get_size()) > LARGEST_PAGE:
            return None
        found = printed(page.get_textpage(), Sight(page), keeping_places=keeping_places)
        return replace(found, pieces=with_markers(found.pieces))
    finally:
        page.close()
