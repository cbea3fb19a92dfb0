"""Running heads, running feet and page numbers: found by repetition, taken out, and reported."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from ingest.reading.columns import Segment
from ingest.reading.notes import body_size

PAGE_NUMBER = re.compile(r"^\W*(?:page|p\.?|sheet|slide)?\s*(?:\d{1,3}|[ivx]{1,5})\s*(?:(?:of|/)\s*\d{1,4})?\W*$", re.IGNORECASE)
LARGE = 1.15  # times the body's size
EDGE_LINES = 3  # how far from the top or the foot a running line may stand


def without_furniture(pages: list[list[Segment]], marks: Sequence[frozenset[str]] = ()) -> tuple[list[list[Segment]], tuple[str, ...]]:
    """Take out lines that repeat at the top or the foot of pages, and lone page numbers there.

    `marks` are each page's raised numbers: one of them with words beside it is a note's. Returns the pages without these lines, and
    the texts that were taken out, each once.
    """
    body = body_size(pages)
    places: dict[tuple[str, str], set[int]] = defaultdict(set)
    texts: dict[tuple[str, str], set[str]] = defaultdict(set)
    for index, segments in enumerate(pages):
        for edge, segment in _edges(segments):
            places[edge, _without_numbers(segment.text)].add(index)
            texts[edge, _without_numbers(segment.text)].add(segment.text)
    printed = sum(bool(segments) for segments in pages)
    running = {key for key, found in places.items() if len(found) >= 2 and len(found) * 2 >= printed}
    kept: list[list[Segment]] = []
    taken: dict[str, None] = {}
    for segments, raised in zip(pages, marks or [frozenset[str]()] * len(pages), strict=True):
        numbers = Counter(round(segment.top) for _, segment in _edges(segments) if PAGE_NUMBER.match(segment.text))  # several are a row's
        out = {
            id(segment)
            for edge, segment in _edges(segments)
            if not _of_note(segment, segments, raised)
            and (
                (PAGE_NUMBER.match(segment.text) and numbers[round(segment.top)] == 1)
                or (
                    (key := (edge, _without_numbers(segment.text))) in running
                    and not (segment.size > LARGE * body and len(texts[key]) > 1)  # a heading that counts up
                )
            )
        }
        taken.update(dict.fromkeys(segment.text for segment in segments if id(segment) in out))
        kept.append([segment for segment in segments if id(segment) not in out])
    if not any(kept):  # pages that say the same: their words are no furniture
        return pages, ()
    return kept, tuple(taken)


def _of_note(segment: Segment, segments: list[Segment], raised: frozenset[str]) -> bool:
    """Whether a segment is a note's number or the words beside it."""
    line = [s for s in segments if abs(s.top - segment.top) < 0.5 * segment.size]
    return len(line) > 1 and min(line, key=lambda s: s.left).text in raised


def _without_numbers(text: str) -> str:
    return re.sub(r"\d+", "#", text.lower()).strip()


def _edges(segments: list[Segment]) -> list[tuple[str, Segment]]:
    """The segments on the first and last lines of a page, with the edge they stand at."""
    tops = sorted({round(segment.top) for segment in segments})
    if len(tops) < 2:
        return []
    body = sorted(segment.size for segment in segments)[len(segments) // 2]
    edges: list[tuple[str, Segment]] = []
    for segment in segments:
        place = tops.index(round(segment.top))
        if place < EDGE_LINES and segment.top - tops[0] <= 4 * body:
            edges.append(("head", segment))
        elif place >= len(tops) - EDGE_LINES and tops[-1] - segment.top <= 4 * body:
            edges.append(("foot", segment))
    return edges
