"""Plain text: lines as typed, with blank lines as gaps."""

from __future__ import annotations

import codecs
from contextlib import suppress
from pathlib import Path

from charset_normalizer import from_bytes

from ingest.lines import blocks_of
from ingest.reading.columns import MARKER
from ingest.reading.source import Line, Sheet, Source
from knowledge.errors import NoText

UTF_16 = (b"\xff\xfe", b"\xfe\xff")
SAMPLE = 4096  # bytes by which UTF-16 without a mark is known
MOSTLY, HARDLY = 0.7, 0.1  # shares of NUL among every second byte
ESCAPED = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)}


def read_text(path: Path) -> Source:
    """Read a text file in whatever encoding it is. Raises NoText where it holds no words."""
    text = decoded(path)
    return Source(tuple(blocks_of([sheet_of(text)])), sheets=1, paged=False, reader="text", warnings=doubts(text, path.read_bytes()))


def doubts(text: str, content: bytes) -> tuple[str, ...]:
    """What there is to say about a text whose letters are not all certain, a sentence each."""
    told: list[str] = []
    if wrong := 0 if _wide(content) or content.startswith(UTF_16) else _with_wrong_bytes(content)[1]:
        letters = "letter is" if wrong == 1 else "letters are"
        told.append(
            f"{wrong:,} {letters} in another encoding than the rest of the text, and read as Windows-1252. Check accents and quotes."
        )
    if lost := text.count("\ufffd"):
        told.append(
            f"{lost:,} {'letter' if lost == 1 else 'letters'} could not be read, and {'is' if lost == 1 else 'are'} shown as \ufffd."
        )
    return tuple(told)


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
    if content.startswith(UTF_16):
        text = content.decode("utf-16", errors="replace")
    elif wide := _wide(content):
        text = content.decode(wide, errors="replace")
    else:
        content = content.replace(b"\x00", b"")
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            mended, wrong = _with_wrong_bytes(content)
            text = mended if wrong else _likeliest(content, declared)
    return text.replace("\x00", "").replace("\ufeff", "")


def known_charset(name: str) -> str:
    """The name of a character set as Python knows it ("cp-850" is cp850); empty for one that is none."""
    for told in (name, name.replace("-", ""), name.lower().removeprefix("x-")):
        with suppress(LookupError, ValueError):
            return codecs.lookup(told).name
    return ""


def _wide(content: bytes) -> str:
    """Which UTF-16 a text without a byte order mark is: every second byte of English is NUL. Empty for none."""
    sample = content[:SAMPLE]
    if len(sample) < 4 or b"\x00" not in sample:
        return ""
    even, odd = (sample[start::2].count(0) / (len(sample) // 2) for start in (0, 1))
    return "utf-16-le" if odd > MOSTLY and even < HARDLY else "utf-16-be" if even > MOSTLY and odd < HARDLY else ""


def _with_wrong_bytes(content: bytes) -> tuple[str, int]:
    """A UTF-8 text with some bytes of Windows-1252 in it, and how many these are; 0 where it is none, or not UTF-8 at all."""
    text = content.decode("utf-8-sig", errors="surrogateescape")
    wrong = sum(char in ESCAPED for char in map(ord, text))
    right = sum(char > "\x7f" for char in text) - wrong
    return (text.translate(ESCAPED), wrong) if wrong <= right else (text, 0)


def _likeliest(content: bytes, declared: str) -> str:
    """Text that is not UTF-8. What calls itself Latin-1 is read as Windows-1252, as browsers do: the quotes are there."""
    declared = known_charset(declared)
    if declared in ("iso8859-1", "ascii"):
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
