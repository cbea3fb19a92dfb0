"""The time that a question asks after, and which briefings are of it: "since 2020", "before March 2015", "in the last five years"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dateutil.parser import ParserError, parse
from dateutil.relativedelta import relativedelta

from knowledge.briefing import Briefing, Date

MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
DATE = rf"(?:(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?(?:{MONTHS})\s+)?(?:19|20)\d\d\b(?!-\d|\s*s\b)"
COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twenty": 20}
# What happened at a time is no briefing's date: "born before 2010", "closed in 2014".
EVENT = (
    r"(?<!born )(?<!died )(?<!closed )(?<!opened )(?<!placed )(?<!adopted )(?<!known )(?<!moved )(?<!began )(?<!started )(?<!introduced )"
)
REVIEWS = r"(?:reviews?|briefings?|guides?|reports?|papers?|documents?|newsletters?|publications?|findings?|learning|lessons)"
MADE = r"(?:published|issued|written|produced|released|printed|dated|out)"
SAYS = (
    r"(?:find|found|say|said|report|reported|publish|published|conclude|concluded|recommend|recommended|learn|learned|learnt|write|wrote|issue|issued"
    r"|identify|identified|highlight|highlighted|raise|raised)"
)
BETWEEN = re.compile(rf"{EVENT}\b(?:between|from)\s+(?P<first>{DATE})\s+(?:and|to|until|till)\s+(?P<last>{DATE})", re.I)
SINCE = re.compile(
    rf"{EVENT}\b(?:(?P<how>since|after|later than|newer than|following)\s+(?P<date>{DATE})|from\s+(?P<onward>{DATE})\s+on(?:wards?)?\b)",
    re.I,
)
BEFORE = re.compile(
    rf"{EVENT}\b(?P<how>before|prior to|earlier than|older than|until|till|up to(?: and including)?)\s+(?P<date>{DATE})", re.I
)
LAST = re.compile(
    rf"\b(?:(?:in|over|within|during|from|for)\s+)?the\s+(?:last|past|previous)\s+(?:(?P<count>\d{{1,2}}|{'|'.join(COUNTS)})\s+)?"
    r"(?P<unit>years?|months?|decades?)\b",
    re.I,
)
IN = re.compile(rf"\b(?:in|during|from|of|for)\s+(?P<date>{DATE})", re.I)
OF_REVIEWS = re.compile(rf"\b{REVIEWS}(?:\s+(?:were|was|that were))?(?:\s+{MADE})?\s+$|\b{MADE}\s+$", re.I)
SAID_THEN = re.compile(rf"\b(?:{SAYS})\b[^.?!;]*$", re.I)
COUNTED = re.compile(r"\bhow (?:many|much|often|old)\b|\bwhen\b", re.I)


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
        """Whether a briefing of this date may be of the time; one without a date is of none."""
        span = span_of(when.text, when.year)
        if span is None:
            return False
        return (self.first is None or span[1] >= self.first) and (self.last is None or span[0] <= self.last)


def period_in(text: str, today: date, places: Sequence[str] = ()) -> Period | None:
    """The time of the briefings that a message asks after; None where it asks after all.

    `places` are the boards that it names: "what did Ashby find in 2023" asks for Ashby's briefings of that year, while "which
    club was closed in 2014" asks what happened then.
    """
    if match := BETWEEN.search(text):
        first, last = span_of(match["first"]), span_of(match["last"])
        return Period(first[0], last[1], match[0]) if first and last and first[0] <= last[1] else None
    if (match := SINCE.search(text)) and (span := span_of(match["date"] or match["onward"])):
        after = (match["how"] or "").lower() in ("after", "later than", "newer than", "following")
        return Period(span[1] + timedelta(days=1) if after else span[0], None, match[0])
    if (match := BEFORE.search(text)) and (span := span_of(match["date"])):
        within = match["how"].lower().startswith(("until", "till", "up to"))
        return Period(None, span[1] if within else span[0] - timedelta(days=1), match[0])
    if match := LAST.search(text):
        count = int(match["count"]) if (match["count"] or "").isdigit() else COUNTS.get((match["count"] or "one").lower(), 1)
        months = count * {"y": 12, "m": 1, "d": 120}[match["unit"][0].lower()]
        return Period(today - relativedelta(months=months), None, match[0])
    return _year_asked_for(text, places)


def _year_asked_for(text: str, places: Sequence[str]) -> Period | None:
    for match in IN.finditer(text):
        before = text[: match.start()]
        of_reviews = OF_REVIEWS.search(before)
        of_places = bool(places) and SAID_THEN.search(before) and not COUNTED.search(before)
        if (of_reviews or of_places) and (span := span_of(match["date"])):
            return Period(*span, match[0])
    for place in places:
        if (beside := re.search(rf"\b{re.escape(place)}\W{{1,3}}(?P<date>{DATE})", text, re.I)) and (span := span_of(beside["date"])):
            return Period(*span, beside["date"])
    return None


def outside(period: Period, briefings: Sequence[Briefing]) -> frozenset[str]:
    """The ids of the briefings that are not of a time. A starter briefing tells of older reviews: it is of none, where there are others."""
    published = any(not briefing.starter for briefing in briefings)
    return frozenset(b.id for b in briefings if not period.covers(b.details.date) or (b.starter and published))


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
