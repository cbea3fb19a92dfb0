"""Footnotes of a saved page: the links that mark them in the text, and the elements that hold their words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ingest.reading.raised import is_mark

NAMED = re.compile(r"\b(?:foot-?note|note-?ref|fn-?ref|msofootnotereference|msoendnotereference)", re.IGNORECASE)
BRACKETED = re.compile(r"\[\d{1,3}\]")
BACK = re.compile(r"[\s↩↑^\ufe0e]*")
HOLDERS = ("li", "p", "aside", "dd", "tr", "div")


@dataclass(frozen=True, slots=True)
class WebNotes:
    """The elements that hold notes, and those that are the marks of notes in the text, each with its sign."""

    holders: Mapping[Any, str] = field(default_factory=dict)
    marks: Mapping[Any, str] = field(default_factory=dict)


def notes_of(root: Any) -> WebNotes:
    """The notes of a page and their marks; links from a note back to its mark are taken out."""
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    order = {element: number for number, element in enumerate(elements)}
    ids = {name: element for element in elements for name in (element.get("id"), element.get("name")) if name}
    found: dict[Any, str] = {}
    marks: dict[Any, str] = {}
    sources: set[str] = set()
    for link in [element for element in elements if element.tag == "a" and _marks_note(element)]:
        target = ids.get((link.get("href") or "")[1:])
        if target is None or order[target] <= order[link]:
            continue  # it leads nowhere, or back
        holder = next((element for element in (target, *target.iterancestors()) if element.tag in HOLDERS), None)
        if holder is None or holder in link.iterancestors():
            continue
        sources |= {name for element in (link, link.getparent()) for name in (element.get("id"), element.get("name")) if name}
        mark = "".join(char for char in "".join(link.itertext()) if char.isalnum() or char in "*†‡§")
        marks[link.getparent() if link.getparent().tag == "sup" else link] = found.setdefault(holder, mark)
    for holder in found:
        for link in list(holder.iter("a")):
            words = "".join(link.itertext()).strip()
            if (link.get("href") or "")[1:] in sources and (is_mark(words) or BACK.fullmatch(words)):
                link.drop_tree()
    return WebNotes(found, marks)


def _marks_note(link: Any) -> bool:
    words = "".join(link.itertext()).strip()
    if not (link.get("href") or "").startswith("#") or not is_mark(words):
        return False
    raised = next(link.iterancestors("sup"), None) is not None or link.find(".//sup") is not None
    named = NAMED.search(f"{link.get('class') or ''} {link.get('role') or ''} {link.get('style') or ''} {link.get('id') or ''}")
    return raised or bool(named) or bool(BRACKETED.fullmatch(words))
