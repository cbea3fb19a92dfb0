"""What is typed into a PDF's form fields, and onto its pages as notes: every viewer shows it, and text extraction leaves it out."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from ingest.reading.columns import Segment

TYPED = {raw.FPDF_ANNOT_WIDGET: b"V", raw.FPDF_ANNOT_FREETEXT: b"Contents"}  # kinds of annotation, and where their words are
HIDDEN = 0x02 | 0x20  # flags of annotations that are not shown
SIZE = 10.0  # points: the size that typed words are taken for


def typed(page: pdfium.PdfPage, top: float) -> Iterator[Segment]:
    """The lines that were typed, where they are shown; `top` is the page's upper edge."""
    for i in range(raw.FPDFPage_GetAnnotCount(page.raw)):
        annotation = raw.FPDFPage_GetAnnot(page.raw, i)
        try:
            key = TYPED.get(raw.FPDFAnnot_GetSubtype(annotation))
            if key is None or raw.FPDFAnnot_GetFlags(annotation) & HIDDEN:
                continue
            place = raw.FS_RECTF()
            raw.FPDFAnnot_GetRect(annotation, place)
            for number, line in enumerate(_value(annotation, key).splitlines()):
                if text := " ".join(line.split()):
                    base = top - max(place.top, place.bottom) + SIZE * (1 + 1.2 * number)
                    yield Segment(text, place.left, max(place.right, place.left), base, SIZE)
        finally:
            raw.FPDFPage_CloseAnnot(annotation)


def _value(annotation: Any, key: bytes) -> str:
    if raw.FPDFAnnot_GetValueType(annotation, key) != raw.FPDF_OBJECT_STRING:
        return ""
    length = raw.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    buffer = ctypes.create_string_buffer(length)
    raw.FPDFAnnot_GetStringValue(annotation, key, ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), length)
    return buffer.raw.decode("utf-16-le", "replace").rstrip("\0")
