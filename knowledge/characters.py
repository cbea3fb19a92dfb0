"""Characters that break what they are written to: halves of surrogate pairs, and those that steer a terminal or turn its writing round."""

from __future__ import annotations

import re

HALF = re.compile("[\ud800-\udfff]")
STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
NOT_SHOWN = "\N{REPLACEMENT CHARACTER}"


def with_whole_characters(text: str) -> str:
    """The text with a sign in the place of each half character: no file, database or browser takes one (half an emoji, say)."""
    return HALF.sub(NOT_SHOWN, text)


def for_terminal(text: str) -> str:
    """The text, on its lines, with a sign in the place of whatever would steer a terminal: titles and names may hold anything."""
    return STEERS.sub(NOT_SHOWN, text.replace("\r\n", "\n"))
