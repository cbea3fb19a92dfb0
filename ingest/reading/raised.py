"""Raised characters in formats that mark them: the mark of a note is no digit of the figure before it.

The same rule as for PDF pages: raised numbers and signs are notes' marks and leave the text. A number that is raised after a unit of
length ("m²") is a power and stays, as one.

Where a mark stood goes with the words while a reader gathers them, between two control characters that no format's text may hold;
`parted` takes the marks out where paragraphs become blocks.
"""

from __future__ import annotations

import re

from ingest.reading.source import Marks

MARK = re.compile(r"[\s\[\](){},;–\-\d*†‡§⁰¹²³⁴⁵⁶⁷⁸⁹]+")
SIGN = re.compile(r"\d+|[⁰¹²³⁴⁵⁶⁷⁸⁹]+|\*+|[†‡§]+")
UNIT = re.compile(r"(?<![^\W\d_])(?:mm|cm|km|m|ft|in)$")
POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
OPENS, CLOSES = "\x0e", "\x0f"
STANDING = re.compile(f"{OPENS}([^{CLOSES}]*){CLOSES}")
WITHOUT_MARKS = str.maketrans("", "", OPENS + CLOSES)


def raised(text: str, before: str) -> str:
    """What is read of raised `text` that follows `before`: only where it stood, if it is the mark of a note."""
    if not MARK.fullmatch(text):
        return text
    if text.strip() in ("2", "3") and UNIT.search(before):
        return text.translate(POWERS)
    signs = "".join(standing(sign.translate(DIGITS)) for sign in SIGN.findall(text))
    return f"{signs} " if text[:1].isspace() or text[-1:].isspace() else signs


def is_mark(text: str) -> bool:
    """Whether raised text is the mark of a note."""
    return bool(text.strip()) and MARK.fullmatch(text) is not None


def standing(sign: str) -> str:
    """The mark of a note as it goes with the words that it stands in, until they are `parted`."""
    return f"{OPENS}{sign.translate(WITHOUT_MARKS)}{CLOSES}" if sign else ""


def without_marks(text: str) -> str:
    """Gathered words without the marks in them."""
    return STANDING.sub("", text)


def parted(text: str) -> tuple[str, Marks]:
    """Gathered words with single spaces, and the marks that stood in them, each at the end of the word before it."""
    words = ""
    marks: list[tuple[int, str]] = []
    for number, piece in enumerate(STANDING.split(text)):
        if number % 2:
            marks.append((len(words.rstrip()), piece))
        else:
            words += piece.lstrip() if words.endswith(" ") else piece
    return words.strip(), tuple(marks)


def opening_sign(text: str) -> str:
    """The sign of the mark that opens gathered words: they are a note then, where the same mark stands in the text above."""
    found = STANDING.match(text)
    return found[1] if found else ""
