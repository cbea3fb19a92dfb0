"""Words of a quotation laid against words of a source: the cheapest way to turn the ones into the others.

The quotation counts whole, of the source any stretch (an infix alignment); an ellipsis skips any number of the source's words.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.citations.words import Word

REPLACED, ADDED, LEFT_OUT = 10, 11, 9  # costs of a word: of a lost “not” it is said that it is lost, not that its neighbour was replaced
MARKED = 1  # cost of a word in brackets
FAR = 1 << 29
DIAGONAL, UP, LEFT, SKIP = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Pair:
    """A word of the quotation and the word of the source that it stands for, by their numbers; -1 for none."""

    quoted: int
    source: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """How a quotation lies on a source's words `first` to `last` (numbers in the source, the last one included).

    `skipped` are the stretches of the source that an ellipsis stands for, as (first, last + 1).
    """

    cost: int
    pairs: tuple[Pair, ...]
    first: int
    last: int
    skipped: tuple[tuple[int, int], ...] = ()


def equal(quoted: Word, source: Word) -> bool:
    """Whether two words are the same, or a part in brackets is all that differs."""
    if quoted.form == source.form:
        return True
    return bool(quoted.kept) and (source.form.startswith(quoted.kept) or source.form.endswith(quoted.kept))


def align(quoted: Sequence[Word], source: Sequence[Word]) -> Alignment | None:
    """The cheapest alignment; None where one of both has no words. Of equally cheap ones that with the shortest skips."""
    if not any(not word.gap for word in quoted) or not source:
        return None
    width = len(source) + 1
    row = array("l", [0] * width)
    ways: list[bytearray] = []
    skips: dict[int, array[int]] = {}
    for number, word in enumerate(quoted):
        if word.gap:
            row, skips[number] = _skip(row)
            ways.append(bytearray([SKIP]) * width)
            continue
        row, way = _next(row, word, source)
        ways.append(way)
    best = min(row)
    end = next(place for place in range(width) if row[place] == best)
    return _traced(quoted, ways, skips, best, end)


def costs_by_word(quoted: Sequence[Word], source: Sequence[Word]) -> list[int]:
    """What the quotation's first n words cost where they lie best, for each n from 0; it has no ellipsis."""
    row = array("l", [0] * (len(source) + 1))
    costs = [0]
    for word in quoted:
        row, _ = _next(row, word, source)
        costs.append(min(row))
    return costs


def _next(row: array[int], word: Word, source: Sequence[Word]) -> tuple[array[int], bytearray]:
    """The costs up to and with one more word of the quotation."""
    added = MARKED if word.inserted else ADDED
    replaced = MARKED if word.inserted else REPLACED
    form, part = word.form, bool(word.kept)
    now = array("l", [row[0] + added])
    way = bytearray([UP])
    before = now[0]
    for place, other in enumerate(source):
        same = form == other.form or (part and equal(word, other))
        through = row[place] + (0 if same else replaced)
        above = row[place + 1] + added
        beside = before + (0 if other.optional else LEFT_OUT)
        if through <= above and through <= beside:
            before, step = through, DIAGONAL
        elif above <= beside:
            before, step = above, UP
        else:
            before, step = beside, LEFT
        now.append(before)
        way.append(step)
    return now, way


def _skip(row: array[int]) -> tuple[array[int], array[int]]:
    """The costs when any number of the source's words may be skipped here, and from where each skip comes."""
    now, origin = array("l"), array("l")
    best, at = FAR, 0
    for place, cost in enumerate(row):
        if cost <= best:
            best, at = cost, place
        now.append(best)
        origin.append(at)
    return now, origin


def _traced(quoted: Sequence[Word], ways: Sequence[bytearray], skips: dict[int, array[int]], cost: int, end: int) -> Alignment | None:
    pairs: list[Pair] = []
    skipped: list[tuple[int, int]] = []
    number, place = len(quoted) - 1, end
    while number >= 0:
        step = ways[number][place]
        if step == SKIP:
            origin = skips[number][place]
            if origin < place:
                skipped.append((origin, place))
            number, place = number - 1, origin
        elif step == UP:
            pairs.append(Pair(number, -1))
            number -= 1
        elif step == LEFT:
            place -= 1
            pairs.append(Pair(-1, place))
        else:
            place -= 1
            pairs.append(Pair(number, place))
            number -= 1
    pairs.reverse()
    on = [pair.source for pair in pairs if pair.source >= 0]
    if not on:
        return None
    inner = tuple(sorted(span for span in skipped if on[0] <= span[0] and span[1] - 1 <= on[-1]))
    return Alignment(cost, tuple(pairs), on[0], on[-1], inner)
