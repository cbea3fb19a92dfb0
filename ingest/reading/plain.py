"""Plain text: lines as typed, with blank lines as gaps."""

from __future__ import annotations

from pathlib import Path

from charset_normalizer import from_bytes

from ingest.lines import blocks_of
from ingest.reading.columns import MARKER
from ingest.reading.source import Line, Sheet, Source
from knowledge.errors import NoText


def read_text(path: Path) -> Source:
    """Read a text file in whatever encoding it is. Raises NoText where it holds no words."""
    text = decoded(path)
    lines: list[Line] = []
    rows = text.expandtabs(4).splitlines() if "\t" not in text else text.splitlines()
    edge = max((len(row) for row in rows), default=0)
    for top, row in enumerate(rows):
        if row.strip():
            lines.append(_line(row, float(top), float(edge)))
    return Source(tuple(blocks_of([Sheet(1, tuple(lines))])), sheets=1, paged=False, reader="text")


def decoded(path: Path) -> str:
    """The file's text, NUL characters taken out. Raises NoText where it holds no words."""
    content = path.read_bytes().replace(b"\x00", b"") if not _is_utf16(path) else path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = str(from_bytes(content).best() or "")
    text = text.replace("\x00", "").replace("\ufeff", "")
    if not any(char.isalnum() for char in text):
        raise NoText(f"{path.name} holds no words. Check that it is the right file.")
    return text


def _is_utf16(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) in (b"\xff\xfe", b"\xfe\xff")


def _line(row: str, top: float, edge: float) -> Line:
    body = row.strip()
    indent = float(len(row) - len(row.lstrip()))
    if "\t" in body:
        cells = tuple(cell.strip() for cell in body.split("\t") if cell.strip())
        return Line("", indent, float(len(row)), top, 1.0, edge, cells=cells)
    found = MARKER.match(body)
    if found and found.end() < len(body):
        rest = body[found.end() :]
        return Line(rest, indent + found.end(), float(len(row)), top, 1.0, edge, marker=found.group().strip(), marker_left=indent)
    return Line(body, indent, float(len(row)), top, 1.0, edge)
