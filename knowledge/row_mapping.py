"""Rows of the catalogue as nouns, and nouns as rows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from typing import Any

from knowledge.briefing import Briefing, Date, DateBasis, Details, Heading, NoteMark, Page, Passage, PassageKind, Place
from knowledge.correction import Correction, corrected
from knowledge.word_forms import normal


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage in the library: its number there, and the id of its briefing."""

    id: int
    briefing: str
    passage: Passage


def briefing_of(row: sqlite3.Row, corrections: Sequence[Correction]) -> Briefing:
    """A briefing, with its corrections laid over what was read."""
    details = json.loads(row["details"])
    date = details.pop("date")
    tuples = {
        name: tuple(tuple(one) if isinstance(one, list) else one for one in value)
        for name, value in details.items()
        if isinstance(value, list)
    }
    read = replace(Details(**{**details, **tuples}), date=Date(date["text"], date["year"], DateBasis(date["basis"])))
    return Briefing(
        id=row["id"],
        file_name=row["file_name"],
        sha256=row["sha256"],
        details=corrected(read, corrections),
        paged=bool(row["paged"]),
        starter=bool(row["starter"]),
        withdrawn=row["withdrawn"],
        added=row["added"],
        pages=row["pages"],
        passages=row["passages"],
        source=row["source"],
        same_words=row["same_words"],
        copy_of=row["copy_of"],
        apart=bool(row["apart"]),
        corrected=tuple(one.field for one in corrections),
    )


def page_of(row: sqlite3.Row) -> Page:
    """A page."""
    headings = tuple(Heading(start, end) for start, end in json.loads(row["headings"]))
    marks = tuple(NoteMark(*mark) for mark in json.loads(row["marks"]))
    return Page(row["number"], row["text"], row["label"], headings, row["runs_on"], bool(row["recognised"]), marks)


def stored_of(row: sqlite3.Row) -> StoredPassage:
    """A passage."""
    passage = Passage(
        page=row["page"],
        start=row["start"],
        end=row["end"],
        text=row["text"],
        heading=row["heading"],
        kind=PassageKind(row["kind"]),
        ordinal=row["ordinal"],
        case=row["case"],
        also_at=tuple(Place(*place) for place in json.loads(row["also_at"])),
    )
    return StoredPassage(row["id"], row["briefing"], passage)


def page_row(briefing_id: str, page: Page) -> tuple[Any, ...]:
    """A page as the table `page` holds it."""
    headings = json.dumps([[heading.start, heading.end] for heading in page.headings])
    marks = json.dumps([astuple(mark) for mark in page.marks])
    return (briefing_id, page.number, page.label, page.text, headings, page.runs_on, page.recognised, marks)


def passage_row(briefing_id: str, p: Passage) -> tuple[Any, ...]:
    """A passage as the table `passage` holds it."""
    also_at = json.dumps([astuple(place) for place in p.also_at])
    printed = (briefing_id, p.ordinal, p.page, p.start, p.end, p.kind.value, p.case, p.heading, p.text, also_at)
    return (*printed, normal(p.text), normal(p.heading))
