"""When something happened, as far as a passage or its heading prints it: what puts the stages of a case in order, and heads them."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from typing import NamedTuple

from assistant.models.period import MONTHS

TO = r"\s*(?:to|until|and|or|[-–/])\s*"
NUMBER = r"(\d{1,2})(?:st|nd|rd|th)?"
DAY = rf"(?:{NUMBER}\s+(?:of\s+)?)?"
YEAR = r"(?:19|20)\d\d"
DATED = re.compile(  # "9 March 2014", "March to July 2014", "3 March to 9 July 2014", "3 to 9 March 2014"
    rf"\b(?:{DAY}(?P<opens>{MONTHS}){TO}|(?:{NUMBER}{TO}(?=\d))?){DAY}(?P<month>{MONTHS})\.?,?\s+(?P<year>{YEAR})\b", re.IGNORECASE
)
YEARS = re.compile(rf"\b{YEAR}(?:[-–/](?P<short>\d\d)(?!\d)|(?:(?:,|{TO})\s*{YEAR})*)\b")
THEN = re.compile(
    r"\b(?:in|since|from|during|until|by|of|between|before|after|to|early|late|mid|spring|summer|autumn|winter)[\s-]+$", re.IGNORECASE
)
NAME_BEFORE, NAME_AFTER = re.compile(r"(?:\b[A-Z][\w’'-]*[\s,]+|[(£$])$"), re.compile(r"\s+[A-Z]")


class Day(NamedTuple):
    """A date as far as it is known: a month or day that is not printed is 0."""

    year: int
    month: int = 0
    day: int = 0

    @property
    def begins(self) -> tuple[int, int, int]:
        """The first day that it may mean."""
        return self.year, self.month or 1, self.day or 1

    @property
    def ends(self) -> tuple[int, int, int]:
        """The last day that it may mean, or one that no month has."""
        return self.year, self.month or 12, self.day or 31

    def __str__(self) -> str:
        """ "12 October 2023", "October 2023", "2023"."""
        month = calendar.month_name[self.month] if self.month else ""
        return " ".join(part for part in (str(self.day or ""), month, str(self.year)) if part)


class When(NamedTuple):
    """A date as it is sorted (a month or day that is not printed is 0), and in words the whole time that its passage tells of."""

    year: int
    month: int = 0
    day: int = 0
    text: str = ""

    def holds(self, other: When) -> bool:
        """Whether the other, which is as exact or more so, falls into this time."""
        return self.year == other.year and self.month in (0, other.month) and self.day in (0, other.day)


class _Printed(NamedTuple):
    """A time as a text prints it."""

    first: Day
    last: Day


def when_of(text: str, heading: str = "") -> When | None:
    """The time that a passage tells of, else the one of the heading above it; None where neither prints a date.

    It is sorted by its earliest date, by a year alone where it prints nothing more exact. Its words reach from the first day to the last:
    no date of the passage lies outside them.
    A year beside a name or in brackets is no date, since it may belong to an Act or a guide; in a heading every year is one.
    """
    return _time(" ".join(text.split())) or _time(" ".join(heading.split()), heading=True)


def _time(text: str, *, heading: bool = False) -> When | None:
    dates, years = [*_dates(text)], [*_years(DATED.sub(" ", text), every=heading)]
    found = dates + years
    if not found:
        return None
    first = min((one.first for one in found), key=lambda day: (day.begins, day))
    last = max((one.last for one in found), key=lambda day: day.ends)
    earliest = min((one.first for one in dates or years), key=lambda day: (day.year, day.month or 13, day.day or 32))
    return When(*earliest, _from_to(first, last))


def _dates(text: str) -> Iterator[_Printed]:
    """The days and months of a text."""
    for match in DATED.finditer(text):
        opening_day, opening, first_day, last_day, month, year = match.groups()
        last = Day(int(year), _month(month), _day(last_day))
        first = Day(last.year, _month(opening), _day(opening_day)) if opening else last._replace(day=_day(first_day) or last.day)
        yield _Printed(first, last)


def _years(text: str, *, every: bool) -> Iterator[_Printed]:
    """The years of a text that stand by themselves; those beside a name too where `every` is asked for."""
    for match in YEARS.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        if every or THEN.search(before) or not (NAME_BEFORE.search(before) or NAME_AFTER.match(after)):
            years = [int(year) for year in re.findall(YEAR, match[0])]
            if match["short"]:
                years.append(max(years[0], years[0] // 100 * 100 + int(match["short"])))
            yield _Printed(Day(min(years)), Day(max(years)))


def _from_to(first: Day, last: Day) -> str:
    """ "February 2016 to 2018", "12 October to November 2023", "3 to 9 March 2014"."""
    if first.ends >= last.ends:
        return str(first)
    begins = str(first)
    if first.month and last.month:
        begins = begins.removesuffix(f" {last.year}")
    if first.day and last.day and first[:2] == last[:2]:
        begins = str(first.day)
    return f"{begins} to {last}"


def _month(name: str) -> int:
    return [month[:3].casefold() for month in calendar.month_name].index(name[:3].casefold())


def _day(text: str | None) -> int:
    day = int(text or 0)
    return day if day <= 31 else 0
