"""What a document is called: the largest lines of its title page, or what stands over the text of a letter."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import dropwhile

from ingest.dates import is_dated
from ingest.front import Front, Run
from ingest.lines import is_date_line
from ingest.places import nation_of
from ingest.words import EMAIL, LINK, PHONE, Words
from knowledge.english import is_english
from knowledge.kinds import kinds

TITLE_LENGTH = 250
FIRST_LINE_LENGTH = 120
TITLE_SIZE = 1.3  # how many times the body's size a title measures at least
SUBTITLE_SIZE = 0.44  # of the title's size, for what belongs to it
SUBTITLE_OF_BODY = 1.12
NAMED = re.compile(r"^(title|publisher|date|rests on|themes|pseudonyms|authors?|period|nation|kind):\s*(.+)$", re.IGNORECASE)
CONFIDENCE = re.compile(
    r"(?:strictly |private and )?confidential\b|official\b|restricted\b|not for (?:publication|circulation)", re.IGNORECASE
)
SALUTATION = re.compile(r"^(?:dear|to:?)\s+\w", re.IGNORECASE)
NEWSLETTER = re.compile(r"\b(?:issue|edition) of (?:the |our )?([A-Z][^.]{5,80})\.")  # "Welcome to the first issue of ..."
STORED = "the file's own properties, and its first page"
EDITION = re.compile(r"\b(?:19|20)\d\d$")
FOOTNOTE_MARK = re.compile(r"(?<=[a-z])\d{1,2}$")
LABEL = re.compile(  # what a title page prints beside its title
    r"""^(?:
      (?:final|draft|overview|executive|full|summary|inspection)?\s*(?:report|summary|version)(?:\s+v?\d[\d.]*)?$
    | (?:contents|foreword|index|introduction|background|preface|acknowledge?ments|glossary)$
    | (?:lead\s|independent\s|report\s|overview\s)*(?:authors?|reviewers?|writer|chair(?:person|man)?)\b
    | (?:written|prepared|produced|compiled|authored|commissioned|published)\b
    | (?:\d{1,2}(?:st|nd|rd|th)|first|second|third|fifth|eighth|ninth|twelfth|\w+th)\s+(?:special\s+)?report\s+of\s+session
    | house\s+of\s+(?:lords|commons) | hc\s\d | hl\s+paper | [\w\s]+\bcommittee$
    | (?:ref(?:erence)?|isbn|urn|version|status|age\s+group|note)\b.{0,6}[:\d] | inspection\s+dates?\b
    | (?:dear|page|tel|telephone|©|copyright)(?!\w) | issue\s+\d | (?:annex|appendix)(?:\s+\w{1,2})?$ | report\s+by\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
REFERENCE = re.compile(r"([A-Z]{2,8})\s?\d[\d./-]*$")  # "CTMSB 03/2020"; "FINDING 1" is a heading


def title_of(words: Words, is_publisher: Callable[[str], bool]) -> tuple[str, str]:
    """The title and where it was read; both empty where nothing is one. `is_publisher` tells a line that only names who publishes."""
    front = words.front

    def names_nothing(run: Run) -> bool:
        return is_label(run.text) or is_publisher(run.text) or len(run.text) > TITLE_LENGTH or not re.search(r"[^\W\d_]{3}", run.text)

    first = next(iter(words.blocks), None)
    if first is None:
        return "", ""
    if issue := NEWSLETTER.search(first.text):
        return issue[1], words.place(first, issue)
    stored = " ".join(words.source.title.split())
    known = stored if _is_printed(stored, words) else ""
    if known and 1 in words.source.empty_sheets:  # the title page is a picture
        return known, STORED
    if text := _large(front, names_nothing) or _of_letter(front, names_nothing):
        return FOOTNOTE_MARK.sub("", text).rstrip(" .:–-"), words.place_on_front(text)
    if known:
        return known, STORED
    for block in words.blocks[:5]:
        fits = block.kind == "heading" or (block is first and len(block.text) <= FIRST_LINE_LENGTH)
        if fits and not is_label(block.text) and not is_publisher(block.text):
            return block.text.rstrip("."), words.place(block)
        if block.kind == "paragraph" and len(block.text) > FIRST_LINE_LENGTH and block is not first:
            break
    return "", ""


def is_label(text: str) -> bool:
    """A quotation, a date, a contact, a mark of confidence or another line that may stand beside a title."""
    if text.startswith(("“", '"', "‘")) or is_date_line(text) or is_dated(text):
        return True
    if (reference := REFERENCE.match(text)) and not is_english(reference[1].lower()):
        return True
    found = (EMAIL.search(text), LINK.search(text), PHONE.search(text), NAMED.match(text), CONFIDENCE.match(text), LABEL.match(text))
    return any(found)


def _large(front: Front, names_nothing: Callable[[Run], bool]) -> str:
    """The largest run, with what stands above and below it on a title page and belongs to it."""
    large = [run for run in (front.runs if front.cover else front.above_text) if run.size >= TITLE_SIZE * front.body]
    top = max((run for run in large if not names_nothing(run)), key=lambda run: run.size, default=None)
    if top is None:
        return ""
    place, parts = front.runs.index(top), [top.text]
    whose = bool(nation_of(top.text))  # "Anyshire City Council", and below it what was inspected there
    bare = whose or _only_a_kind(top.text)

    def belongs(run: Run) -> bool:
        return run.size >= max(SUBTITLE_SIZE * top.size, SUBTITLE_OF_BODY * front.body) and not names_nothing(run)

    if not EDITION.search(top.text) and (front.cover or bare):
        below = front.runs[place + 1 :]
        if front.cover and bare:  # the law that a review rests on, in small letters, before whose review it is
            below = tuple(dropwhile(lambda run: not belongs(run), below))
        for run in below if front.cover or whose else below[:1]:
            if len(run.text) > TITLE_LENGTH or not (belongs(run) or (len(parts) > 1 and run.text in ("and", "&"))):
                break
            parts.append(run.text)
        for run in reversed(front.runs[:place] if front.cover else ()):
            if not belongs(run):
                break
            parts.insert(0, run.text)
    return " ".join(parts)


def _only_a_kind(text: str) -> bool:
    """Whether a line says what the document is and not yet of what: "Serious Case Review"."""
    return any((found := kind.prints.search(text)) and len(found.group()) >= 0.75 * len(text) for kind in kinds())


def _of_letter(front: Front, names_nothing: Callable[[Run], bool]) -> str:
    """The first bold run, after the salutation where there is one: what a letter or a form in one size of type is headed."""
    dear = next((i for i, run in enumerate(front.runs) if SALUTATION.match(run.text)), None)
    runs = front.above_text if dear is None else front.runs[dear + 1 :]
    return next((run.text for run in runs if run.bold and run.size >= 0.9 * front.body and not names_nothing(run)), "")


def _is_printed(stored: str, words: Words) -> bool:
    """Whether the file's own title is printed near the start, and no file name or program's default."""
    if len(stored) < 4 or " " not in stored:
        return False
    squeezed = [re.sub(r"\W+", "", text).lower() for text in (stored, *(block.text for block in words.opening))]
    return any(squeezed[0] in text for text in squeezed[1:]) or squeezed[0] in "".join(squeezed[1:])
