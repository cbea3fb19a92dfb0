"""A pasted or plain text as paragraphs: blank lines part them, an indent or ">" sets one off."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.citations.models import Paragraph

BLANK = re.compile(r"\n[ \t\u00a0]*\n")
QUOTE_SIGN = re.compile(r"^[ \t]*>[> \t]?", re.MULTILINE)
BROKEN_WORD = re.compile(r"(?<=[a-z])[-\u00ad\u2010]\n[ \t]*(?=[a-z])")
INDENT = 2  # columns
LONG_LINE = 160  # characters: where a line is longer, nobody wrapped it, and each line is a paragraph


def pasted(text: str) -> list[Paragraph]:
    """The paragraphs of a plain text."""
    blocks = [block for block in BLANK.split(text.replace("\r\n", "\n").replace("\r", "\n")) if block.strip()]
    margin = min((_indent(block) for block in blocks), default=0)
    return [paragraph for block in blocks for paragraph in _paragraphs(block, margin)]


def _paragraphs(block: str, margin: int) -> Iterable[Paragraph]:
    lines = [line for line in block.split("\n") if line.strip()]
    if max(map(len, lines)) > LONG_LINE and len(lines) > 1:
        for line in lines:
            yield _paragraph(line, margin)
        return
    yield _paragraph("\n".join(lines), margin)


def _paragraph(block: str, margin: int) -> Paragraph:
    signed = all(QUOTE_SIGN.match(line) for line in block.split("\n"))
    words = QUOTE_SIGN.sub("", block) if signed else block
    joined = " ".join(BROKEN_WORD.sub(_joint, words).split())
    return Paragraph(joined, set_off=signed or _indent(block) >= margin + INDENT)


def _joint(found: re.Match[str]) -> str:
    """What stands where a word was parted at the end of a line: a hyphen that may be its own; it is compared away."""
    return "" if "\u00ad" in found[0] else "-"


def _indent(block: str) -> int:
    """How far the least indented line of a block stands in, in columns."""
    lines = [line.expandtabs(4) for line in block.split("\n") if line.strip()]
    return min(len(line) - len(line.lstrip()) for line in lines)


def for_a_check(told: str) -> str:
    """A sentence that refuses a file, said of a text that is checked and not of a briefing that is added."""
    return told.replace("add the new file", "check the new file").replace("not a briefing", "not a text to check")


def paragraphs_from(told: Iterable[tuple[str, str]]) -> list[Paragraph]:
    """Paragraphs of a file as `ingest.paragraphs` tells them."""
    found: list[Paragraph] = []
    for text, kind in told:
        found += pasted(text) if kind == "plain" else [Paragraph(text, heading=kind == "heading", set_off=kind == "quotation")]
    return found
