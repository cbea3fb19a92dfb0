"""`reflect ingest` as people and scripts see it: a row a file as it is done, and how far it has come."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Column
from rich.text import Text

from assistant.cli.terminal import print_json
from assistant.progress import Outcome, Pace, Recognising
from knowledge.library import Library

TOLD_EVERY = 10.0  # seconds between two lines of progress, where lines cannot be drawn over


class Intake:
    """Shows the results of files that are taken in, and keeps them: rows on `out`, progress on `err`, none beside JSON."""

    def __init__(self, out: Console, err: Console, *, as_json: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._out, self._err, self._as_json, self._clock = out, err, as_json, clock
        self.results: list[Outcome] = []

    def show(self, steps: Generator[Outcome | Recognising, None, None], files: Sequence[Path], names: Sequence[str] = ()) -> None:
        """Show the results of these files as they come, and the pages that text recognition reaches. `names` where they have others."""
        pace = Pace(zip(files, names or [path.name for path in files], strict=True), self._clock)
        first = len(self.results)
        with closing(steps), self._drawn(pace) if self._err.is_terminal else self._lines(pace) as progress:
            for step in steps:
                if isinstance(step, Recognising):
                    pace.reach(step)
                else:
                    self.results.append(step)
                    pace.take(step)
                    self._row(step)
                progress()
        if not self._as_json and len(self.results) > first:
            statuses = Counter(result.status for result in self.results[first:])
            told = ", ".join(f"{number:,} {status}" for status, number in statuses.items())
            self._err.print(f"{pace.whole()}: {told}.", highlight=False, soft_wrap=True)

    @contextmanager
    def _drawn(self, pace: Pace) -> Iterator[Callable[[], None]]:
        """A bar that is drawn over itself, with the file that is being read."""
        columns = (
            TextColumn("Reading {task.description}", markup=False, table_column=Column(max_width=40, no_wrap=True, overflow="ellipsis")),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[told]}", markup=False, table_column=Column(no_wrap=True)),
        )
        hidden = self._as_json or not pace.total
        # Rich would otherwise send rows that go to a file to the terminal.
        drawn = Progress(*columns, console=self._err, transient=True, disable=hidden, redirect_stdout=self._out.is_terminal)
        with drawn:
            task = drawn.add_task(printable(pace.current), total=pace.total, told=pace.told())
            yield lambda: drawn.update(
                task, completed=pace.reached, description=printable(pace.current), told=printable(pace.told()), refresh=True
            )

    @contextmanager
    def _lines(self, pace: Pace) -> Iterator[Callable[[], None]]:
        """A line now and then."""
        last = self._clock()

        def line() -> None:
            nonlocal last
            if not self._as_json and pace.current and self._clock() - last >= TOLD_EVERY:
                last = self._clock()
                self._err.print(printable(pace.told()) + ".", highlight=False, soft_wrap=True)

        yield line

    def _row(self, result: Outcome) -> None:
        if self._as_json:
            print_json(result.as_json())
            return
        named = result.why if result.file in result.why else f"{result.file}: {result.why}"
        told = named if result.why else result.file + (f", {result.passages} passages" if result.passages else "")
        told += f"; it {result.note}" if result.note else ""
        told += f". {result.caution}" if result.caution else ""
        row = Text.assemble((f"{result.status:9}", "bold" if result.status == "refused" else ""), f" {printable(told)}")
        self._out.print(row, soft_wrap=True)


def printable(text: str) -> str:
    """The text on one line, without what would steer a terminal: names of files may hold anything."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def wanted(library: Library, files: Iterable[Path]) -> list[Path]:
    """The starter briefings to put in: not those that were offered before and deleted since."""
    offered = set(library.catalogue.setting("starters").split())
    held = {briefing.file_name for briefing in library.briefings()}
    return [path for path in files if path.name in held or path.name not in offered]


def take_out_older(library: Library, now: Collection[str]) -> list[str]:
    """Take out the starter briefings of an earlier version, those that are not named in `now`; returns their file names."""
    older = [briefing.file_name for briefing in library.briefings() if briefing.starter and briefing.file_name not in now]
    for name in older:
        library.delete(name)
    return older
