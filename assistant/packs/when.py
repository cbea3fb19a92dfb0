"""When something happened, as far as a passage or its heading prints it: what puts the stages of a case in order."""

from __future__ import annotations

import calendar
import re
from typing import NamedTuple

MONTHS = "|".join(calendar.month_name[1:])
DATED = re.compile(rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+)?(?P<month>{MONTHS})\s+(?P<year>(?:19|20)\d\d)\b")
SPAN = re.compile(rf"\b(?P<month>{MONTHS})\s+(?:to|until|and|[-–])\s+(?:{MONTHS})\s+(?P<year>(?:19|20)\d\d)\b")
YEAR = re.compile(r"\b(?P<year>(?:19|20)\d\d)\b")
YEAR_ALONE = re.compile(r"\b(?:in|since|from|during|until|by|of)\s+(?:early\s+|late\s+|mid-?\s*)?(?P<year>(?:19|20)\d\d)\b", re.IGNORECASE)


class When(NamedTuple):
    """A date as it is sorted (a month or day that is not printed is 0), and as it is printed."""

    year: int
    month: int = 0
    day: int = 0
    text: str = ""

    def holds(self, other: When) -> bool:
        """Whether the other, which is as exact or more so, falls into this time."""
        return self.year == other.year and self.month in (0, other.month) and self.day in (0, other.day)


def when_of(text: str, heading: str = "") -> When | None:
    """The earliest date of the passage, else the one of the heading above it; None where neither prints one.

    A year alone counts where the words say that something was then ("in 2016"), and in a heading; else it may belong to an Act or a guide.
    """
    return _earliest(text, YEAR_ALONE) or _earliest(heading, YEAR)


def _earliest(text: str, bare: re.Pattern[str]) -> When | None:
    words = " ".join(text.split())
    spans = [When(int(m["year"]), _month(m["month"]), 0, m[0]) for m in SPAN.finditer(words)]
    dated = [When(int(m["year"]), _month(m["month"]), _day(m["day"]), m[0]) for m in DATED.finditer(words)]
    found = spans + dated or [When(int(m["year"]), 0, 0, m["year"]) for m in bare.finditer(words)]
    return min(found, key=lambda when: (when.year, when.month or 13, when.day or 32), default=None)


def _month(name: str) -> int:
    return list(calendar.month_name).index(name)


def _day(text: str | None) -> int:
    day = int(text or 0)
    return day if day <= 31 else 0
