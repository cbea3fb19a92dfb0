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
    return Source(tuple(blocks_of([sheet_of(decoded(path))])), sheets=1, paged=False, reader="text")


def sheet_of(text: str) -> Sheet:
    """The lines of a text, with their indents and bullets, as one sheet."""
    lines: list[Line] = []
    rows = text.splitlines()
    edge = max((len(row) for row in rows), default=0)
    for top, row in enumerate(rows):
        if row.strip():
            lines.append(_line(row, float(top), float(edge)))
    return Sheet(1, tuple(lines))


def decoded(path: Path) -> str:
    """The file's text, NUL characters taken out. Raises NoText where it holds no words."""
    text = decoded_bytes(path.read_bytes())
    if not any(char.isalnum() for char in text):
        raise NoText(f"{path.name} holds no words. Check that it is the right file.")
    return text


def decoded_bytes(content: bytes, declared: str = "") -> str:
    """Text in the encoding that its first bytes tell, in UTF-8, in the one it declares, or in the likeliest."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", errors="replace")
    else:
        content = content.replace(b"\x00", b"")
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = _likeliest(content, declared)
    return text.replace("\x00", "").replace("\ufeff", "")


def _likeliest(content: bytes, declared: str) -> str:
    """Text that is not UTF-8. What calls itself Latin-1 is read as Windows-1252, as browsers do: the quotes are there."""
    if declared.lower() in ("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"):
        declared = "cp1252"
    try:
        return content.decode(declared or "cp1252") if declared or _is_western(content) else str(from_bytes(content).best() or "")
    except (UnicodeDecodeError, LookupError):
        return str(from_bytes(content).best() or "")


def _is_western(content: bytes) -> bool:
    """Whether all bytes beyond ASCII are what an English text has in Windows-1252: quotes, dashes, bullets, signs, accents now and then."""
    beyond = [byte for byte in content if byte > 0x7F]
    common = b"\x80\x82\x84\x85\x91\x92\x93\x94\x95\x96\x97\x99\xa0\xa3\xa9\xad\xae\xb0\xb7\xbc\xbd\xbe\xe1\xe8\xe9\xea\xed\xef\xf3\xf6\xfc"
    return bool(beyond) and all(byte in common for byte in beyond) and len(beyond) < 0.1 * len(content)


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
