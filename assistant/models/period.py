"""A time that a question asks after, and what a date as printed may mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dateutil.parser import ParserError, parse
from dateutil.relativedelta import relativedelta

from knowledge.briefing import Date

MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
DATE = rf"(?:(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?(?:{MONTHS})\s+)?(?:19|20)\d\d\b(?!-\d|\s*s\b)"


@dataclass(frozen=True, slots=True)
class Period:
    """A time from `first` to `last`, either open where it is None; `said` is how the message says so."""

    first: date | None
    last: date | None
    said: str = ""

    def __str__(self) -> str:
        """Said of a briefing that is dated ...: "2020 or later", "before March 2015", "2010 to 2015"."""
        if self.last is None:
            return f"{_written(self.first, opens=True)} or later"
        if self.first is None:
            return f"before {_written(self.last + timedelta(days=1), opens=True)}"
        first, last = _written(self.first, opens=True), _written(self.last, opens=False)
        return first if first == last else f"{first} to {last}"

    def covers(self, when: Date) -> bool:
        """Whether a briefing of this date may be of the time; one without a date is of none. No time ends before it begins."""
        span = span_of(when.text, when.year)
        if span is None or (self.first and self.last and self.first > self.last):
            return False
        return (self.first is None or span[1] >= self.first) and (self.last is None or span[0] <= self.last)


def span_of(text: str, year: int | None = None) -> tuple[date, date] | None:
    """The first and last day that a date as printed may mean; `year` is taken where the text says nothing more; None where neither does."""
    if not re.fullmatch(DATE, text.strip(), re.I):
        return (date(year, 1, 1), date(year, 12, 31)) if year else None
    try:
        first, last = (parse(text, default=datetime(2000, month, day), dayfirst=True) for month, day in ((1, 1), (12, 2)))
    except (ParserError, OverflowError):
        return (date(year, 1, 1), date(year, 12, 31)) if year else None
    ends = last if first.day == last.day else last + relativedelta(day=31)
    return first.date(), ends.date()


def _written(day: date | None, *, opens: bool) -> str:
    """A day as it was said: the year alone, or the month and the year, where it opens or ends them."""
    assert day is not None
    edge = day if opens else day + timedelta(days=1)
    if edge.day != 1:
        return f"{day.day} {day:%B %Y}"
    return f"{day:%Y}" if edge.month == 1 else f"{day:%B %Y}"
