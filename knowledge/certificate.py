"""The certificate of a briefing: how its file was read, and every detail with where it came from.

As JSON (`whole`), keys in this order; pages count the sheets of the file from 1:

    file_name, sha256, read_on          the file's bytes, and when they were read (ISO 8601, UTC)
    reader, program                     each with its version
    pages, pages_read                   null for a format without pages
    ocr_pages, empty_pages, unreadable_pages
    differing_pages                     where the second reader, pypdf, does not find all words; null where nothing was compared
    labels                              page numbers as printed, where they are not the sheets' own: {"14": "12"}
    passages, printed_twice             findings that can be cited; those printed again elsewhere in the file
    running_heads, warnings             what was taken out as running head or foot; what the reader noticed
    details                             {name: {"value", "origin", "read"?}}: an empty value means not found
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from knowledge.briefing import Briefing
from knowledge.correction import FIELDS, Correction

NAMES = (*FIELDS, "contacts", "rests_on", "acronyms")
LABELS = {
    "rules": "rules for splitting into passages",
    "contacts": "contacts printed then",
    "ocr_pages": "scanned pages",
    "unreadable_pages": "pages that could not be read",
    "differing_pages": "pages that two programs read differently",
    "labels": "pages printed with another number",
    "printed_twice": "repeated findings",
    "running_heads": "running headers and footers removed",
}
NOT_FOUND = "unknown"
NO_PAGES = "the format has no pages"
NOT_COMPARED = "not double-checked"
KEPT = (
    *("reader", "program", "rules", "pages", "pages_read", "ocr_pages", "empty_pages", "unreadable_pages", "differing_pages"),
    *("labels", "passages", "printed_twice", "running_heads", "warnings"),
)


def whole(briefing: Briefing, kept: dict[str, Any], corrections: Sequence[Correction] = ()) -> dict[str, Any]:
    """The certificate as JSON. `kept` is what the reading left in the catalogue; an older one may lack entries."""
    origins: dict[str, str] = kept.get("origins", {})
    by_hand = {one.field: one for one in corrections}
    read: dict[str, Any] = kept.get("details", {})
    now = asdict(briefing.details)
    details: dict[str, dict[str, Any]] = {}
    for name in NAMES:
        entry: dict[str, Any] = {"value": _plain(now[name]), "origin": origins.get(name, "")}
        if name == "date":
            entry["basis"] = briefing.details.date.basis.value
        if one := by_hand.get(name):
            entry["origin"] = f"corrected by hand on {one.at[:10]}"
            entry["read"] = {"value": read.get(name, ""), "origin": origins.get(name, "")}
        details[name] = entry
    return {
        "file_name": briefing.file_name,
        "sha256": briefing.sha256,
        "read_on": briefing.added,
        **{name: kept[name] for name in KEPT if name in kept},
        "details": details,
    }


def lines(certificate: dict[str, Any]) -> list[tuple[str, str]]:
    """The certificate for people: (what, value), details first. A line break in a value parts it from where it was read."""
    return [*detail_lines(certificate), *reading_lines(certificate)]


def detail_lines(certificate: dict[str, Any]) -> list[tuple[str, str]]:
    """What the briefing says of itself, each detail with where it was read."""
    shown: list[tuple[str, str]] = []
    for name, entry in certificate["details"].items():
        value = _words(entry["value"])
        if not value and name in ("acronyms", "rests_on"):
            continue
        told = value or NOT_FOUND
        if value and entry["origin"]:
            told = f"{value}\n  {entry['origin']}"
        if "read" in entry:
            told = f"{value or NOT_FOUND} ({entry['origin']})\n  read: {_words(entry['read']['value']) or NOT_FOUND}"
        elif name == "date" and value and entry["basis"] not in ("printed", "unknown"):
            told = f"{value}, not printed\n  {entry['origin']}"
        shown.append((_label(name), told))
    return shown


def reading_lines(certificate: dict[str, Any]) -> list[tuple[str, str]]:
    """How the file was read."""
    shown: list[tuple[str, str]] = []
    for name, value in certificate.items():
        if name == "details":
            continue
        told = _words(value) or (NO_PAGES if name in ("pages", "pages_read") else NOT_COMPARED if value is None else "none")
        shown.append((_label(name), f"{told[:16].replace('T', ' ')} UTC" if name == "read_on" else told))
    return shown


def _label(name: str) -> str:
    return LABELS.get(name, name.replace("_", " "))


def _plain(value: Any) -> Any:
    """Tuples as lists, a date as its text."""
    if isinstance(value, dict):
        return value.get("text", "")
    return [list(one) if isinstance(one, tuple) else one for one in value] if isinstance(value, tuple) else value


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"PDF page {key} is numbered {label}" for key, label in value.items())
    if isinstance(value, list):
        return "; ".join(": ".join(map(str, one)) if isinstance(one, list) else str(one) for one in value)
    return "" if value is None else str(value)
