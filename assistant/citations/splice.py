"""Whether a quotation was put together from two places: the cheapest way to part it, each part laid against its own place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.citations.alignment import align, costs_by_word
from assistant.citations.locate import Hit, Window, closest, moved
from assistant.citations.words import Word

SHORTEST = 3  # words of a part
WORTH = 30  # what parting it must save, in the alignment's costs
SHARE = 0.4  # of the cost as a whole that the parts may have together at most


@dataclass(frozen=True, slots=True)
class Spliced:
    """The parts of a quotation, in its order, each with its place; `cost` of all together."""

    parts: tuple[Hit, ...]
    cost: int


def spliced(quoted: Sequence[Word], windows: Sequence[Window], whole: int) -> Spliced | None:
    """The quotation as parts from several places, where that explains it far better than one place at the cost `whole`."""
    gaps = any(word.gap for word in quoted)
    if whole < (1 if gaps else WORTH):
        return None
    found = _at_ellipses(quoted, windows) if gaps else _in_two(quoted, windows)
    return found if found is not None and found.cost <= (SHARE * whole if gaps else min(SHARE * whole, whole - WORTH)) else None


def _at_ellipses(quoted: Sequence[Word], windows: Sequence[Window]) -> Spliced | None:
    """Each part between two ellipses at its own best place."""
    parts: list[Hit] = []
    cost, start = 0, 0
    for end in [*(n for n, word in enumerate(quoted) if word.gap), len(quoted)]:
        part = quoted[start:end]
        if part:
            hits = closest(part, windows)
            if not hits:
                return None
            parts.append(Hit(hits[0].document, moved(hits[0].alignment, 0, start)))
            cost += hits[0].alignment.cost
        start = end + 1
    return Spliced(tuple(parts), cost) if len(parts) > 1 else None


def _in_two(quoted: Sequence[Word], windows: Sequence[Window]) -> Spliced | None:
    """The beginning at one place and the rest at another."""
    count = len(quoted)
    if count < 2 * SHORTEST or not windows:
        return None
    heads = [costs_by_word(quoted, window.words) for window in windows]
    tails = [costs_by_word(quoted[::-1], window.words[::-1]) for window in windows]
    ways = [
        (heads[a][cut] + tails[b][count - cut], -min(cut, count - cut), cut, a, b)
        for cut in range(SHORTEST, count - SHORTEST + 1)
        for a in [min(range(len(windows)), key=lambda n: heads[n][cut])]
        for b in [min(range(len(windows)), key=lambda n: tails[n][count - cut])]
    ]
    cost, _, cut, a, b = min(ways)
    first, second = align(quoted[:cut], windows[a].words), align(quoted[cut:], windows[b].words)
    if first is None or second is None:
        return None
    parts = (Hit(windows[a].document, moved(first, windows[a].first)), Hit(windows[b].document, moved(second, windows[b].first, cut)))
    return Spliced(parts, cost)
