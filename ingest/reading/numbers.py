"""Page numbers as printed, in a file that does not name its pages itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ingest.reading.columns import Segment
from knowledge.briefing import UNNUMBERED

EDGE_LINES = 2
NUMBER = re.compile(
    r"^\W*(?:page|p\.?|sheet|slide)?\s*(\d{1,4}|[ivxl]{1,6})\s*(?:(?:of|/)\s*\d{1,4})?\W*$"  # a line of its own
    r"|(?:\bpage\s+|[|–—•·-]\s*|\s{2,})(\d{1,4})\s*(?:(?:of|/)\s*\d{1,4})?\W*$"  # at the end of a running line
    r"|^(\d{1,4})\s*[|–—•·]\s",
    re.IGNORECASE,
)
ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}


def labels_of(stated: Sequence[str], pages: Sequence[Sequence[Segment]]) -> tuple[str, ...]:
    """The label of each page: as the file states them, else as printed at the head or the foot.

    A file that only counts its sheets (1, 2, 3) states nothing. A page without a number, in a file that prints
    others than its sheets' own, is UNNUMBERED; empty text means that neither says anything.
    """
    counting = all(label in ("", str(number)) for number, label in enumerate(stated, 1))
    if not counting:
        return tuple(label or UNNUMBERED for label in stated)
    printed = printed_numbers(pages)
    return printed if any(printed) else tuple(stated)


def printed_numbers(pages: Sequence[Sequence[Segment]]) -> tuple[str, ...]:
    """The number printed on each page, where at least two pages and most of them count on with their sheets."""
    found = [_at_edges(page) for page in pages]
    labels = [""] * len(pages)
    last = 0
    for roman in (True, False):
        steps = Counter(value - sheet for sheet, numbers in enumerate(found) for text, value in numbers.items() if text.isalpha() is roman)
        step, count = steps.most_common(1)[0] if steps else (0, 0)
        inked = sum(bool(page) for page in pages) - (last if not roman else 0)
        if count < 2 or (not roman and count * 2 <= inked):
            continue
        for sheet, numbers in enumerate(found):
            match = next((text for text, value in numbers.items() if text.isalpha() is roman and value - sheet == step), "")
            if match and not labels[sheet]:
                labels[sheet] = match
        last = sum(map(bool, labels))
    if all(label in ("", str(sheet)) for sheet, label in enumerate(labels, 1)):
        return tuple(labels)
    return tuple(label or UNNUMBERED for label in labels)


def _at_edges(page: Sequence[Segment]) -> dict[str, int]:
    """The numbers that the first and last lines of a page print, with their values."""
    tops = sorted({round(segment.top) for segment in page})
    edge = {*tops[:EDGE_LINES], *tops[-EDGE_LINES:]}
    found: dict[str, int] = {}
    for segment in page:
        match = NUMBER.search(segment.text) if round(segment.top) in edge else None
        text = next((group for group in match.groups() if group), "").lower() if match else ""
        if text:
            found[text] = int(text) if text.isdigit() else _roman(text)
    return found


def _roman(text: str) -> int:
    values = [ROMAN[letter] for letter in text]
    return sum(-value if value < max(values[i:]) else value for i, value in enumerate(values))
