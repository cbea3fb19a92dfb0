"""A quotation as it is shown: the words that differ struck out, and the source's words beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.citations.models import Checked, Report, Statement


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a quotation: words that are the source's too, words that are not, or the source's words that are missing."""

    text: str
    kind: Literal["same", "quoted", "source"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A quotation or a statement of a report, with its place in the order of the text, from 1, and in the order of severity."""

    number: int
    rank: int
    checked: Checked | None = None
    statement: Statement | None = None


def redline(checked: Checked) -> list[Piece]:
    """The quotation in pieces, in order; of one that was not found, the whole."""
    text, at = checked.quoted.text, 0
    pieces: list[Piece] = []
    for one in sorted(checked.differences, key=lambda one: (one.start, one.end)):
        if one.start < at:
            continue
        pieces += [Piece(text[at : one.start], "same"), Piece(one.quoted, "quoted")]
        pieces += [Piece(" ", "same")] if one.source and (one.quoted or one.start) else []
        pieces += [Piece(one.source, "source")]
        pieces += [Piece(" ", "same")] if not one.start and not one.quoted else []
        at = one.end
    pieces.append(Piece(text[at:], "same"))
    return [piece for piece in pieces if piece.text]


def entries(report: Report) -> list[Entry]:
    """All that a report lists, in the order of the text; `rank` 0 is the worst, a statement to be read comes after what does not stand."""
    places: list[tuple[tuple[int, int], Checked | Statement]] = []
    places += [((one.quoted.paragraph, one.quoted.start), one) for one in report.checked]
    places += [((one.paragraph, one.start), one) for one in report.statements]
    ordered = [one for _, one in sorted(places, key=lambda placed: placed[0])]
    worst = sorted(range(len(ordered)), key=lambda n: _severity(ordered[n]), reverse=True)
    return [
        Entry(n + 1, worst.index(n), *((one, None) if isinstance(one, Checked) else (None, one))) for n, one in enumerate(ordered)
    ]


def _severity(one: Checked | Statement) -> int:
    """How much a reader has to do about it: what is wrong comes first, then what nobody checked, then what stands."""
    if isinstance(one, Statement):
        return 1
    if one.verdict.stands:
        return 0
    return 2 + one.verdict.severity
