"""The front of a document: the lines of its first sheet joined to runs of one size, which titles and publishers are looked for in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.reading.source import Block, Line, Source

OPENING = 12  # blocks
SAME_SIZE = 0.06
NEXT_LINE = 1.65  # how many times its size a line may stand below the one that it goes on from
LARGE = 1.08  # how many times the body's size a headline measures
COVER_WORDS = 120  # a first sheet with no more words is a cover
TEXT_ENOUGH = 400  # letters on the first sheets; with fewer, the smallest size is the body's
SHORT = 60  # letters: a line of an address, a date, a name; a longer one is text
HEADING_SIZES = {1: 2.0, 2: 1.5}  # of formats that know levels of headings and no sizes


@dataclass(frozen=True, slots=True)
class Run:
    """Lines of one size and weight that stand below each other; `size` in points, or in times of the body's."""

    text: str
    size: float
    bold: bool


class Front:
    """The runs and the lines of the first sheet in reading order.

    `body` is the size of body text, `cover` whether the sheet is a title page.
    """

    def __init__(self, source: Source) -> None:
        first = next((sheet for sheet in source.front if any(line.text for line in sheet.lines)), None)
        if first is None:
            self.body, self.cover = 1.0, False
            self.runs = tuple(_run_of(block) for block in source.blocks[:OPENING])
            self.lines = tuple(run.text for run in self.runs)
            return
        lines = [line for sheet in source.front for line in sheet.lines]
        weights: Counter[float] = Counter()
        for line in lines:
            weights[line.size] += len(line.text)
        enough = sum(weights.values()) >= TEXT_ENOUGH
        self.body = weights.most_common(1)[0][0] if enough else min(weights)
        self.runs = tuple(_runs(first.lines))
        self.lines = tuple(line.text for line in first.lines)
        self.cover = sum(len(run.text.split()) for run in self.runs) <= COVER_WORDS and source.sheets > 1

    @property
    def headlines(self) -> tuple[Run, ...]:
        """The runs that are larger than the body or bold."""
        return tuple(run for run in self.runs if run.bold or run.size > LARGE * self.body)

    @property
    def above_text(self) -> tuple[Run, ...]:
        """The runs before the first paragraph of text."""
        text = (i for i, run in enumerate(self.runs) if run not in self.headlines and len(run.text) > SHORT)
        return self.runs[: next(text, len(self.runs))]


def _run_of(block: Block) -> Run:
    heading = block.kind == "heading"
    return Run(block.text, HEADING_SIZES.get(block.level, 1.2) if heading else 1.0, heading)


def _runs(lines: Sequence[Line]) -> Iterator[Run]:
    held: list[Line] = []
    for line in lines:
        text = line.text or " ".join(line.cells)
        if not text:
            continue
        if held and not _goes_on(held[-1], line):
            yield _joined(held)
            held = []
        held.append(line)
    if held:
        yield _joined(held)


def _goes_on(above: Line, line: Line) -> bool:
    if line.bold != above.bold or line.cells or above.cells or line.marker:
        return False
    return abs(line.size - above.size) <= SAME_SIZE * above.size and 0 <= line.top - above.top <= NEXT_LINE * above.size


def _joined(lines: Sequence[Line]) -> Run:
    texts = [" ".join(filter(None, (line.marker, line.text or " ".join(line.cells)))) for line in lines]
    return Run(" ".join(" ".join(texts).split()), lines[0].size, lines[0].bold)
