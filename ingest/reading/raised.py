"""Raised characters in formats that mark them: the mark of a note is no digit of the figure before it.

The same rule as for PDF pages: raised numbers and signs are notes' marks and leave the text. A number that is raised after a unit of
length ("m²") is a power and stays, as one.
"""

from __future__ import annotations

import re

MARK = re.compile(r"[\s\[\](){},;–\-\d*†‡§⁰¹²³⁴⁵⁶⁷⁸⁹]+")
UNIT = re.compile(r"(?<![^\W\d_])(?:mm|cm|km|m|ft|in)$")
POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def raised(text: str, before: str) -> str:
    """What is read of raised `text` that follows `before`: nothing where it is the mark of a note."""
    if not MARK.fullmatch(text):
        return text
    if text.strip() in ("2", "3") and UNIT.search(before):
        return text.translate(POWERS)
    return " " if text[:1].isspace() or text[-1:].isspace() else ""


def is_mark(text: str) -> bool:
    """Whether raised text is the mark of a note."""
    return bool(text.strip()) and MARK.fullmatch(text) is not None
