"""What kind of document it is: by its title, else by what its title page prints, else by what it says of itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.words import Words
from knowledge.kinds import Kind, Nature, kinds

MENTIONS, AHEAD = 3, 2  # of a kind that the text alone speaks of: so often, and so many times as often as of the next
SHORT_HEADLINE = 160


@dataclass(frozen=True, slots=True)
class FoundKind:
    """A kind, and where it was read."""

    kind: Kind
    origin: str


def kinds_of(words: Words, title: str, nation: str = "") -> list[FoundKind]:
    """The kind, in a list; several where a title names several kinds of review. Empty where it cannot be told.

    `nation` is the publisher's: a name that one nation's boards alone mean so counts only there.
    """
    meant = tuple(kind for kind in kinds() if kind.only_in in ("", nation))
    front = words.front
    headlines = [run.text for run in (front.runs if front.cover else front.above_text) if len(run.text) <= SHORT_HEADLINE]
    for text, origin in ((title, "the title"), ("\n".join((*headlines, *words.source.running)), "page 1 and the running head")):
        if named := _named_in(text, words, meant):
            return [FoundKind(kind, f"{origin}: {_excerpt(kind, text)}") for kind in named]
    for kind in meant:
        for match, block in words.finds(kind.says, words.near_start):
            return [FoundKind(kind, words.place(block, match))]
    return _spoken_of(words)


def nation_of_kinds(found: Sequence[FoundKind]) -> tuple[str, str]:
    """The nation whose own kind of document it is, where that is one nation's."""
    nations = {one.kind.nation for one in found if one.kind.nation}
    if len(nations) != 1:
        return "", ""
    return nations.pop(), f"the kind of document: {next(one.kind.name for one in found if one.kind.nation)}"


def _named_in(text: str, words: Words, meant: Sequence[Kind]) -> list[Kind]:
    """The kinds that a text names, of the nature that counts most; of one other than a review the first alone."""
    spans: list[tuple[int, int, Kind]] = []
    for kind in meant:
        for pattern in (kind.prints, kind.short):
            match = pattern.search(text) if pattern else None
            if match and (pattern is kind.prints or kind.prints.search(words.prose)):
                spans.append((match.start(), match.end(), kind))
                break
    named = [kind for start, end, kind in spans if not any(a <= start and end <= b and b - a > end - start for a, b, _ in spans)]
    nature = next((nature for nature in Nature if any(kind.nature is nature for kind in named)), None)
    chosen = [kind for kind in named if kind.nature is nature]
    return chosen if nature is Nature.REVIEW else chosen[:1]


def _excerpt(kind: Kind, text: str) -> str:
    match = kind.prints.search(text) or (kind.short.search(text) if kind.short else None)
    return f"“{' '.join(match.group().split())}”" if match else kind.name


def _spoken_of(words: Words) -> list[FoundKind]:
    """The kind of review that the text speaks of far more than of any other."""
    mentions: dict[str, list[FoundKind]] = {}
    for kind in kinds():
        if kind.nature is Nature.REVIEW and not kind.only_in and kind.prints.search(words.prose):
            both = re.compile(f"(?i:{kind.prints.pattern})" + (f"|{kind.short.pattern}" if kind.short else ""))
            mentions[kind.name] = [FoundKind(kind, words.place(block, match)) for match, block in words.finds(both)]
    ranked = sorted(mentions.values(), key=len, reverse=True)
    if not ranked or len(ranked[0]) < MENTIONS or (len(ranked) > 1 and len(ranked[0]) < AHEAD * len(ranked[1])):
        return []
    return ranked[0][:1]
