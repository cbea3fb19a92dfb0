"""A Word file taken apart in a process of its own: its paragraphs and tables as plain text, with the names of their styles.

A small file may hold millions of paragraphs; read in the page's own process it would take it along.
"""

from __future__ import annotations

import io
import re
import threading
import zipfile
from typing import Any

from knowledge.child_process import ChildProcess, Refusal, Stopped, serve
from knowledge.errors import ReflectionError

LARGEST_UNPACKED = 12_000_000  # bytes that its parts may come to, pictures that somebody pasted included
LARGEST_TEXT = 4_000_000  # bytes of its XML: a sheet of the longest texts has less than one million
MOST_PARTS = 300
MOST_PIECES = 50_000  # paragraphs and cells
SECONDS = 8.0  # of the processor
MEMORY = 400 * 1024**2  # bytes
AT_ONCE = 2
NOT_A_SHEET = "This file cannot be opened as a sheet. Choose a Word file (.docx) that you saved from this page."
NO_SHEET = "This file is too big to be a saved sheet once it is unpacked. Choose the Word file you saved from this page."
BUSY = "Other sheets are being opened at the moment. Try again in a minute."

PROPERTY_STYLE = "Property:"  # what a property stands under among the pieces, before its name; no style of Word holds a colon
PROPERTY = re.compile(r'<property[^>]*\bname="(?P<name>[\w-]+)"[^>]*>\s*<vt:lpwstr>(?P<value>[^<]*)</vt:lpwstr>')

Piece = tuple[str, Any]
"""("text", (words, style)) for a paragraph, ("table", rows of cells) for a table; what the file says to itself first (PROPERTY_STYLE)."""

_turns = threading.BoundedSemaphore(AT_ONCE)


class SheetError(ReflectionError):
    """A file that cannot be opened as a sheet."""


def pieces_of(data: bytes) -> list[Piece]:
    """The paragraphs and tables of a Word file, in order. Raises SheetError where it is none, or takes too long or too much memory."""
    _check(data)
    if not _turns.acquire(timeout=SECONDS):
        raise SheetError(BUSY)
    child = None
    try:
        child = ChildProcess("assistant.documents.sheet_pieces", memory=MEMORY)
        child.send("pieces", data)
        answer = child.next(SECONDS, "")
    except Stopped as stopped:
        raise SheetError(NO_SHEET) from stopped
    finally:
        if child is not None:
            child.kill()
        _turns.release()
    if isinstance(answer, Refusal):
        raise SheetError(answer.message if answer.ours else NOT_A_SHEET)
    return _plain(answer)


def _check(data: bytes) -> None:
    """By what its list of parts says; no more than that is read of a part. Raises SheetError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except Exception as error:  # zipfile lets through whatever a broken list raises
        raise SheetError(NOT_A_SHEET) from error
    text = sum(part.file_size for part in parts if part.filename.lower().endswith((".xml", ".rels")))
    if len(parts) > MOST_PARTS or text > LARGEST_TEXT or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise SheetError(NO_SHEET)


def _plain(answer: Any) -> list[Piece]:
    """What the child said, if it is what it should be."""
    try:
        return [
            (kind, (str(what[0]), str(what[1])) if kind == "text" else [[str(cell) for cell in row] for row in what])
            for kind, what in answer
        ]
    except (TypeError, ValueError, IndexError) as error:
        raise SheetError(NOT_A_SHEET) from error


def main() -> None:
    """In the child: serve requests."""
    serve({"pieces": _pieces})


def _pieces(data: bytes) -> list[Piece]:
    from docx import Document
    from docx.table import Table

    document = Document(io.BytesIO(data))
    found: list[Piece] = [("text", (value, f"{PROPERTY_STYLE} {name}")) for name, value in _properties(document)]
    styles: dict[str | None, str] = {}  # python-docx looks through all styles for each paragraph
    size = 0
    for piece in document.iter_inner_content():
        if isinstance(piece, Table):
            rows = [[cell.text for cell in row.cells] for row in piece.rows]
            size += sum(map(len, rows))
            found.append(("table", rows))
        else:
            style = piece._p.style
            if style not in styles:
                styles[style] = (piece.style.name or "") if piece.style is not None else ""
            found.append(("text", (piece.text, styles[style])))
            size += 1
        if size > MOST_PIECES:
            raise SheetError(NO_SHEET)
    return found


def _properties(document: Any) -> list[tuple[str, str]]:
    """The properties that a saved sheet carries, which no page of it shows."""
    parts = (part for part in document.part.package.iter_parts() if part.partname == "/docProps/custom.xml")
    text = next((part.blob.decode("utf-8", "replace") for part in parts), "")
    return [(found["name"], found["value"]) for found in PROPERTY.finditer(text)]
