"""When a document was published: as printed, else by its content or the file's name, which is then said."""

from __future__ import annotations

import re
from pathlib import Path

from ingest.front import SHORT
from ingest.lines import MONTHS, is_date_line
from ingest.words import Words
from knowledge.briefing import Date, DateBasis

DAY = r"(?:\d{1,2}(?:st|nd|rd|th)?\s+)?"
PRINTED = rf"{DAY}(?:{MONTHS})\s+(?:19|20)\d\d"
PRINTED_DATE = re.compile(rf"(?:{DAY}(?:{MONTHS})\s+)?(?:19|20)\d\d", re.IGNORECASE)
FIGURES = re.compile(r"(?<![\d./-])(?P<day>\d{1,2})[./-](?P<month>\d{1,2})[./-](?P<year>(?:19|20)\d\d)(?![\d./-])")
SAYS_WHEN = re.compile(
    r"(?:^published\s+by\s[^.]{3,60}?\s(?:on|in)"
    r"|\b(?:(?:re)?published|(?:publication|report|completion)\s+date|date\s+(?:of\s+)?(?:publication|issue|published|report|completion)|issued|(?:last\s+)?updated|completed|signed|dated?)"
    rf"(?:\s+(?:on|in))?)\s*:?\s*(?:the\s+)?(?P<when>{PRINTED}|\d{{1,2}}[./-]\d{{1,2}}[./-](?:19|20)\d\d)",
    re.IGNORECASE,
)
INSPECTED = re.compile(  # the days that inspectors were there; they count where nothing says when their report came out
    rf"^(?:(?:dates?\s+of\s+(?:the\s+)?)?(?:inspection|visit|review)(?:\s+(?:visit|dates?))?\s*:[^.]*?)?\d{{1,2}}\s*(?:[-–—]|to|and)\s*(?P<span>{PRINTED})$"
    rf"|^(?:dates?\s+of\s+(?:the\s+)?(?:inspection|visit|review)|(?:inspection|visit|review)\s+dates?)\b[^.]*?\b(?P<when>{PRINTED})$",
    re.IGNORECASE,
)
OPENS_WITH_DATE = re.compile(rf"^(?P<when>{PRINTED})\b(?!\s*(?:and|to|[-–])\s)", re.IGNORECASE)
DATED = re.compile(rf"^(?:[\w’']+\s+){{0,3}}dates?\s*:\s*\S|^{PRINTED}\b|^{FIGURES.pattern}$", re.IGNORECASE)
SEASON = re.compile(r"\b((?:spring|summer|autumn|winter)(?:\s+(?:term|edition|issue))?\s+(?:19|20)\d\d)\b", re.IGNORECASE)
CLOSES_WITH_DATE = re.compile(rf"(?:[,|]|\s[-–—])\s+({PRINTED})$", re.IGNORECASE)  # "HM Inspectorate of Probation, July 2020"
YEARS = re.compile(r"(?<!\d)(?P<first>(?:19|20)\d\d)(?:\s?(?:[-–—/]|to)\s?(?P<last>(?:(?:19|20)\d\d|\d\d)))?(?!\d)")
COPYRIGHT = re.compile(r"(?:©|copyright)[^.]{0,60}?\b((?:19|20)\d\d)\b", re.IGNORECASE)
NAMES = MONTHS.title().split("|")


def is_dated(text: str) -> bool:
    """Whether a line only says when: "Inspection dates: ...", "12/03/2021", or a date with a remark after it."""
    return bool(DATED.match(text))


def date_of(words: Words, title: str, named: str, cited: re.Pattern[str], origins: dict[str, str]) -> Date:
    """The date; `named` is what the document's own "Date:" line says, `cited` finds years that belong to guidance."""
    if named and (m := PRINTED_DATE.search(named)):
        origins["date"] = next(words.place(block) for block in words.opening if block.text.lower().startswith("date"))
        return Date(named, int(m.group()[-4:]), DateBasis.PRINTED)
    if printed := _printed(words):
        text, origins["date"] = printed
        return Date(text, int(text[-4:]), DateBasis.PRINTED)
    year = re.search(r"(?<!\d)((?:19|20)\d\d)(?!\d)", Path(words.file_name).stem)
    if year is None:
        return _by_content(words, title, origins)
    for match, block in words.finds(re.compile(rf"\b{year[1]}\b")):
        if not any(found.start() <= match.start() < found.end() for found in cited.finditer(block.text)):
            origins["date"] = f"the file's name, and {words.place(block, match)}"
            return Date(year[1], int(year[1]), DateBasis.CONTENT)
    origins["date"] = "the file's name alone"
    return Date(year[1], int(year[1]), DateBasis.FILE)


def _printed(words: Words) -> tuple[str, str] | None:
    """A date on a line of its own, else one that follows "published", else one that opens a line of the title page."""
    for block in words.ends:
        if is_date_line(block.text) and not INSPECTED.match(block.text) and (m := PRINTED_DATE.search(block.text)):
            return m.group(), words.place(block)
        if FIGURES.fullmatch(block.text):
            return _written(block.text), words.place(block)
    for match, block in words.finds(SAYS_WHEN, words.near_start):
        return _written(match["when"]), words.place(block, match)
    for text in words.source.running:
        if ends := re.search(rf"(?:^|\W)({PRINTED})\W*$", text, re.IGNORECASE):
            return ends[1], f"the running head: “{text}”"
    for line in words.front.lines:
        if len(line) <= SHORT and (closing := SEASON.search(line) or CLOSES_WITH_DATE.search(line)):
            return closing[1], words.place_on_front(line)
    for run in words.front.runs if words.front.cover else ():
        if opened := SAYS_WHEN.search(run.text) or OPENS_WITH_DATE.match(run.text):
            return _written(opened["when"]), words.place_on_front(run.text)
    for match, block in words.finds(INSPECTED, words.near_start):
        return match["span"] or match["when"], words.place(block, match)
    return None


def _written(text: str) -> str:
    """A date in figures written out as people read it; any other as it is."""
    found = FIGURES.fullmatch(text)
    if found is None or not 1 <= int(found["month"]) <= 12:
        return text
    return f"{int(found['day'])} {NAMES[int(found['month']) - 1]} {found['year']}"


def _by_content(words: Words, title: str, origins: dict[str, str]) -> Date:
    """The latest year of the document's own copyright line, near its start or its end; else the one that its title gives."""
    found = [(int(match[1]), words.place(block, match)) for match, block in words.finds(COPYRIGHT, words.both_ends)]
    if not found and (match := YEARS.search(title)):
        first, last = match["first"], match["last"] or ""
        found = [(int(first[: 4 - len(last)] + last), f"the title: “{match.group()}”")]
    if not found:
        return Date()
    year, origins["date"] = max(found)
    return Date(str(year), year, DateBasis.CONTENT)
