"""pypdf's one door: a PDF's words as it reads them, and a damaged or oddly packed PDF written anew.

PDFium reads briefings in; pypdf shares no code with it, so it can prove what PDFium read, and
open some files that PDFium cannot (Brotli streams are one kind).
"""

from __future__ import annotations

import io
import logging
from collections.abc import Collection
from itertools import count
from pathlib import Path

import pypdf
from pypdf.errors import PyPdfError
from pypdf.generic import DecodedStreamObject, EncodedStreamObject

logging.getLogger("pypdf").setLevel(logging.CRITICAL)
UNREADABLE = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError)
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
    """Each page's text by sheet number, of these `sheets` alone where some are given; None where pypdf cannot open the file."""
    try:
        reader = pypdf.PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(password):
            return None
        wanted = [n for n in sheets if n <= len(reader.pages)] or range(1, len(reader.pages) + 1)
        return {number: reader.pages[number - 1].extract_text() for number in wanted}
    except UNREADABLE:
        return None
