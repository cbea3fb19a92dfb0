"""Patterns made of what somebody typed, compiled without being kept: Python's own `re` remembers the last few hundred, words and all."""

from __future__ import annotations

import regex


def typed_pattern(pattern: str, *, ignore_case: bool = False) -> regex.Pattern[str]:
    """The pattern, compiled for this use alone. Compile it once and use it for all that is to be searched: it takes about a millisecond."""
    made = regex.compile(pattern, regex.IGNORECASE if ignore_case else 0, cache_pattern=False)
    regex.purge()  # it notes of each pattern, kept or not, whether it depends on the system's language
    return made
