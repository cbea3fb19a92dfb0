"""pypdf's one door: a PDF's words as it reads them, and a damaged or oddly packed PDF written anew.

PDFium reads briefings in; pypdf shares no code with it, so it can prove what PDFium read, and
open some files that PDFium cannot (Brotli streams are one kind).
"""

from __future__ import annotations

import io
import logging
import math
import re
from collections.abc import Collection, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pypdf
from pypdf.errors import PyPdfError
from pypdf.generic import DecodedStreamObject, EncodedStreamObject

from knowledge.english import joined_letters, with_joined_letters

logging.getLogger("pypdf").setLevel(logging.CRITICAL)
UNREADABLE = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError)
SHOWS = (b"Tj", b"TJ", b"'", b'"')
NOTE_MARK = re.compile(rb"\s*[\d*,]{1,5}\s*")
LONGEST_CODE = 6  # bytes: three signs of two bytes each, whose meaning the font tells
RAISED_SIZE, RAISED_BY = 0.85, 0.1  # how small a raised number is, and how far it stands above its line, in sizes of the words beside it
KEPT_AS_THEY_ARE = {"/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode"}  # pictures


def rewritten(path: Path, password: str = "") -> bytes | None:
    """The file anew as PDFium can read it; None where pypdf cannot open it either."""
    try:
        reader = pypdf.PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(password):
            return None
        writer = pypdf.PdfWriter(clone_from=reader)
        for number in count(1):
            try:
                stream = writer.get_object(number)
            except IndexError:
                break
            if not isinstance(stream, EncodedStreamObject):
                continue
            filters = stream.get("/Filter", ())
            if not filters or KEPT_AS_THEY_ARE & {str(name) for name in ([filters] if isinstance(filters, str) else filters)}:
                continue
            plain = DecodedStreamObject()
            plain.update({key: value for key, value in stream.items() if key not in ("/Filter", "/DecodeParms", "/Length")})
            plain.set_data(stream.get_data())
            writer._replace_object(number, plain)
        made = io.BytesIO()
        writer.write(made)
        return made.getvalue()
    except UNREADABLE:
        return None


def page_texts(path: Path, password: str = "", sheets: Collection[int] = ()) -> dict[int, str] | None:
    """Each page's text by sheet number, of these `sheets` alone where some are given; None where pypdf cannot open the file.

    Raised numbers, which stand for notes, are left out: pypdf tells by itself that they are small and stand above the line.
    """
    try:
        reader = pypdf.PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(password):
            return None
        wanted = [n for n in sheets if n <= len(reader.pages)] or range(1, len(reader.pages) + 1)
        texts = {number: "\n".join((_without_raised(page := reader.pages[number - 1]), *_typed(page))) for number in wanted}
        mended = joined_letters(texts.values())
        return {number: with_joined_letters(text, mended) for number, text in texts.items()}
    except UNREADABLE:
        return None


def _typed(page: pypdf.PageObject) -> Iterator[str]:
    """What was typed into fields, and onto the page as notes."""
    for annotation in page.annotations or ():
        found = annotation.get_object()
        words = found.get({"/Widget": "/V", "/FreeText": "/Contents"}.get(str(found.get("/Subtype")), ""))
        if isinstance(words, str):
            yield words


def _without_raised(page: pypdf.PageObject) -> str:
    """The page's text without raised numbers; where it cannot be told whether a raised sign is one, the text with it, then without."""
    raised = _Raised()
    text = page.extract_text(visitor_operand_before=raised)
    if raised.doubtful:
        text += "\n" + page.extract_text(visitor_operand_before=_Raised(all_of_them=True))
    return text


class _Raised:
    """Empties what a page shows as raised numbers while pypdf reads it: small, and above the words before."""

    def __init__(self, *, all_of_them: bool = False) -> None:
        self.doubtful = False
        self._all = all_of_them
        self._size, self._rise = 1.0, 0.0
        self._saved: list[tuple[float, float]] = []
        self._last = (0.0, 0.0)  # size and height of the words before

    def __call__(self, operator: bytes, operands: list[Any], cm: Sequence[float], tm: Sequence[float]) -> None:
        if operator == b"Tf" and len(operands) > 1:
            self._size = abs(float(operands[1]))
        elif operator == b"Ts" and operands:
            self._rise = float(operands[0])
        elif operator == b"q":
            self._saved.append((self._size, self._rise))
        elif operator == b"Q" and self._saved:
            self._size, self._rise = self._saved.pop()
        elif operator in SHOWS and operands:
            self._shown(operands, cm, tm)

    def _shown(self, operands: list[Any], cm: Sequence[float], tm: Sequence[float]) -> None:
        parts = operands[-1] if isinstance(operands[-1], list) else [operands[-1]]
        codes = [part for part in parts if isinstance(part, (str, bytes))]
        plain = b"".join(part if isinstance(part, bytes) else part.encode("utf-8", "replace") for part in codes)
        if not plain.strip():
            return
        a, b = tm[0] * cm[0] + tm[1] * cm[2], tm[0] * cm[1] + tm[1] * cm[3]
        c, d = tm[2] * cm[0] + tm[3] * cm[2], tm[2] * cm[1] + tm[3] * cm[3]
        x, y = tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        scale = math.hypot(c, d)
        size, height = self._size * scale, (a * y - b * x) / (math.hypot(a, b) or 1.0) + self._rise * scale
        before, line = self._last
        if not (size <= RAISED_SIZE * before and RAISED_BY * before < height - line < before):
            self._last = size, height
        elif NOTE_MARK.fullmatch(plain) or (self._all and len(plain) <= LONGEST_CODE):
            operands[-1] = type(operands[-1])()
        elif len(plain) <= LONGEST_CODE and not plain.isalnum():
            self.doubtful = True
