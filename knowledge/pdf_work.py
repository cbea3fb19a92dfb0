"""The library's PDFs are drawn and proven in processes of their own: a page that takes too long, or crashes a reader, hurts only itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

from knowledge.child_process import Busy, Refusal, Stopped, Worker
from knowledge.page_drawing import Drawn

DRAW_SECONDS = 10.0  # of the processor, for a page; a drawn briefing's takes well below one
SHEETS_SECONDS = 20.0  # for the words of a few sheets by the second reader
FILE_SECONDS = 300.0  # for those of a whole file
MEMORY = 768 * 1024**2  # bytes
GIVEN_UP_SECONDS = 600.0  # how long a page that took too long is not tried again, for everybody else's sake
MOST_GIVEN_UP = 500

_drawing = Worker("knowledge.pdf_child", {"knowledge.page_drawing"}, seconds=DRAW_SECONDS, memory=MEMORY)
_proving = Worker("knowledge.pdf_child", seconds=SHEETS_SECONDS, memory=MEMORY)
_given_up: dict[tuple[str, int], float] = {}
_noting = threading.Lock()


def drawn_elsewhere(file: Path, sheet: int, *, with_letters: bool, seconds: float = DRAW_SECONDS) -> Drawn | None:
    """A sheet (from 1) of a PDF as `knowledge.page_drawing.drawn` draws it; None where it cannot be, or not within the limits."""
    try:
        answer = _asked(_drawing, (f"draw {file}", sheet), "draw", str(file), sheet, with_letters, seconds=seconds)
    except Stopped:
        return None
    return answer if isinstance(answer, Drawn) else None


def texts_elsewhere(file: Path, sheets: Collection[int] = (), *, seconds: float = 0.0) -> dict[int, str] | None:
    """The second reader's text of these sheets, or of all, as `knowledge.pypdf_door.page_texts` gives it.

    None where it cannot open the file. Raises Stopped where it breaks down, or takes longer than it may: `seconds`, where they are given.
    """
    seconds = seconds or (SHEETS_SECONDS if sheets else FILE_SECONDS)
    answer = _asked(_proving, (f"texts {file}", min(sheets, default=0)), "texts", str(file), list(sheets), seconds=seconds)
    if isinstance(answer, Refusal):
        raise Stopped(f"it broke down ({answer.kind})")
    return answer if isinstance(answer, dict) else None


def _asked(worker: Worker, what: tuple[str, int], *request: object, seconds: float) -> Any:
    """The worker's answer. What it was stopped at is not tried again for a while."""
    with _noting:
        if time.monotonic() < _given_up.get(what, 0.0):
            raise Stopped("it took too long before")
    try:
        return worker.ask(str(request[0]), *request[1:], seconds=seconds)
    except Busy:
        raise
    except Stopped:
        with _noting:
            if len(_given_up) >= MOST_GIVEN_UP:
                _given_up.clear()
            _given_up[what] = time.monotonic() + GIVEN_UP_SECONDS
        raise
