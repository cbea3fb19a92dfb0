"""What a user puts right about a briefing: kept apart from what was read, and laid over it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from knowledge.briefing import Date, DateBasis, Details
from knowledge.errors import CorrectionRefused
from knowledge.kinds import kinds

TEXTS = ("title", "publisher", "short_name", "date", "kind", "nation", "period")
LISTS = ("authors", "guidance", "pseudonyms")
FIELDS = (*TEXTS, *LISTS)
NATIONS = ("England", "Northern Ireland", "Scotland", "Wales")
OPEN = "unknown"
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Correction:
    """One detail put right. An empty `value` says that it is not known; `at` is the time in ISO 8601, UTC."""

    field: str
    value: str
    at: str


def checked(field: str, value: str) -> tuple[str, str]:
    """The detail's name and the value as they are kept. Raises CorrectionRefused with what may be given.

    "unknown" is kept as empty text; several authors, editions of guidance or pseudonyms are parted by commas.
    """
    name = field.strip().lower().replace(" ", "_").replace("-", "_")
    if name not in FIELDS:
        raise CorrectionRefused(f"{field} is not a detail that can be corrected. Give one of {', '.join(FIELDS)}.")
    text = " ".join(value.split())
    if not text:
        raise CorrectionRefused(f"The value for {name} is empty. Give one, or {OPEN}; --undo takes a correction back.")
    if len(text) > LONGEST:
        raise CorrectionRefused(f"The value for {name} is longer than {LONGEST} characters. Give a shorter one.")
    if text.lower() == OPEN:
        return name, ""
    if name == "date" and _year(text) is None:
        raise CorrectionRefused(f"{text} has no year between 1900 and 2099. Give a date such as June 2011, or {OPEN}.")
    if name == "nation":
        text = next((nation for nation in NATIONS if nation.lower() == text.lower()), "")
        if not text:
            raise CorrectionRefused(f"{value} is not one of {', '.join(NATIONS)}. Give one of them, or {OPEN}.")
    if name == "kind":
        known = [kind.name for kind in kinds()]
        text = text.lower()
        if text not in known:
            raise CorrectionRefused(f"{value} is not a known kind of document. Give one of {', '.join(known)}, or {OPEN}.")
    return name, text


def corrected(details: Details, corrections: Sequence[Correction]) -> Details:
    """The details with the corrections laid over them. A correction of a detail that no longer exists is passed over."""
    known = {field.name for field in fields(Details)}
    values: dict[str, str | tuple[str, ...] | Date] = {}
    for one in corrections:
        if one.field not in known:
            continue
        if one.field == "date":
            values["date"] = Date(one.value, _year(one.value), DateBasis.CORRECTED) if one.value else Date()
        elif one.field in LISTS:
            values[one.field] = tuple(part.strip() for part in re.split(r"[,;]", one.value) if part.strip())
        else:
            values[one.field] = one.value
    return replace(details, **values)  # type: ignore[arg-type]


def _year(text: str) -> int | None:
    found = re.search(r"(?<!\d)((?:19|20)\d\d)(?!\d)", text)
    return int(found[1]) if found else None
