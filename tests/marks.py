"""What stands under the marks on a page, read apart from how they were made."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import pypdfium2 as pdfium

from knowledge.page_drawing import Box, squeezed
from knowledge.pypdf_door import rewritten


def text_under(file: Path, sheet: int, boxes: Sequence[Box], *, alphabetic: bool = True) -> str:
    """The letters and digits of a sheet whose middle lies under one of the boxes, box by box; its other marks where not `alphabetic`."""
    found = [""] * len(boxes)
    for letter, across, down in letters_on(file, sheet):
        if letter.isalnum() != alphabetic:
            continue
        for place, box in enumerate(boxes):
            if box.left <= across <= box.right and box.top <= down <= box.bottom:
                found[place] += letter
                break
    return "".join(found)


@lru_cache(32)
def letters_on(file: Path, sheet: int) -> list[tuple[str, float, float]]:
    """What is printed on a sheet, each character squeezed, with its middle as shares of the page's width and height."""
    try:
        document = pdfium.PdfDocument(file)
    except pdfium.PdfiumError:
        document = pdfium.PdfDocument(rewritten(file))
    page = document[sheet - 1]
    text_page = page.get_textpage()
    left, bottom, right, top = page.get_bbox()
    turn = page.get_rotation()
    found = []
    for number in range(text_page.count_chars()):
        letter = squeezed(text_page.get_text_range(number, 1))
        a, b, c, d = text_page.get_charbox(number)
        u, v = ((a + c) / 2 - left) / (right - left), (top - (b + d) / 2) / (top - bottom)
        across, down = {0: (u, v), 90: (1 - v, u), 180: (1 - u, 1 - v), 270: (v, 1 - u)}[turn]
        if letter and c > a:
            found.append((letter, across, down))
    document.close()
    return found


def words_under(words: Sequence[tuple[str, Box]], boxes: Sequence[Box]) -> str:
    """The same for a page that is a picture, from its words as they were recognised."""
    found = [""] * len(boxes)
    for text, word in words:
        across, down = (word.left + word.right) / 2, (word.top + word.bottom) / 2
        for place, box in enumerate(boxes):
            if box.left <= across <= box.right and box.top <= down <= box.bottom:
                found[place] += squeezed(text)
                break
    return "".join(found)
