"""Each PDF is read a second time, by pypdf in a process of its own, while PDFium reads it: where they differ is kept with the briefing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.budget import Budget
from ingest.structure import Reading
from knowledge.child_process import ChildProcess, Refusal, Stopped
from knowledge.pdf_work import MEMORY
from knowledge.second_reader import STOPPED, UNOPENED, differing

SECONDS = 60.0  # of the processor, for a file: some 2,000 pages
MOST_NAMED = 10  # pages in a sentence


@dataclass(frozen=True, slots=True)
class Compared:
    """The sheets on which the two readers differ, None where they were not compared; `why` is a sentence where the second one failed."""

    sheets: tuple[int, ...] | None = None
    why: str = ""

    def caution(self, of: int) -> str:
        """What to know before quoting from a file of so many sheets, as a sentence; empty where the two readers agree."""
        if not self.sheets:
            return self.why
        if len(self.sheets) == 1:
            return f"Two programs read page {self.sheets[0]} differently. Look at it before you quote from it."
        named = ", ".join(map(str, self.sheets[:MOST_NAMED])) + (" and others" if len(self.sheets) > MOST_NAMED else "")
        return f"Two programs read {len(self.sheets)} of {of} pages differently ({named}). Look at them before you quote from them."


class SecondReading:
    """Reads one PDF at a time, from `begin` to `compared`; close it when done. One thread may read, any may close."""

    def __init__(self) -> None:
        self._child: ChildProcess | None = None
        self._reading = False

    def __enter__(self) -> SecondReading:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(self, path: Path) -> None:
        """Begin to read a file, where it is a PDF; what was begun before and not asked for is given up."""
        if self._reading:
            self.close()
        if path.suffix.lower() != ".pdf":
            return
        if self._child is not None and not self._child.alive:
            self.close()
        self._reading = True
        self._child = self._child or ChildProcess("knowledge.pdf_child", memory=MEMORY)
        try:
            self._child.send("texts", str(path), [])
        except Stopped:
            self.close()

    def compared(self, reading: Reading, budgets: Sequence[Budget] = ()) -> Compared:
        """Where the file that was begun differs from its first reading; this takes its time from the `budgets`."""
        if not self._reading:
            return Compared()
        try:
            texts = self._texts(budgets)
        except Stopped as stopped:
            self.close()
            return Compared(why=STOPPED.format(why=stopped))
        if texts is None:
            return Compared(why=UNOPENED)
        pages = {page.number: page for page in reading.pages}
        return Compared(tuple(sorted({sheet for sheet, _ in differing(pages, reading.passages, texts)})))

    def _texts(self, budgets: Sequence[Budget]) -> dict[int, str] | None:
        child = self._child
        if child is None:
            raise Stopped("it could not be started")
        allowed = max(0.0, min([SECONDS, *(budget.reading_left for budget in budgets)]))
        used = child.processor_seconds()
        try:
            answer = child.next(allowed, f"it took longer than {allowed:.0f} seconds")
        finally:
            for budget in budgets:
                budget.spend(reading=max(0.0, child.processor_seconds() - used))
        self._reading = False
        if isinstance(answer, Refusal):
            raise Stopped(f"it broke down ({answer.kind})")
        return answer if isinstance(answer, dict) else None

    def close(self) -> None:
        """End the process, also in the middle of a file; the next PDF starts another."""
        child, self._child, self._reading = self._child, None, False
        if child is not None:
            child.kill()
