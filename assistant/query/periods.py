"""The time that a question asks after, and which briefings are of it: "since 2020", "before March 2015", "in the last five years"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from assistant.models.period import DATE, Period, span_of
from knowledge.briefing import Briefing

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
