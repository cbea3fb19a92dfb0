"""A page read once more, with the place of what stands on it, in a process of its own: text recognition is work, files may be hostile."""

from __future__ import annotations

from pathlib import Path

from ingest.child import CLASSES
from knowledge.child_process import Stopped, Worker
from knowledge.page_drawing import Box

SECONDS = 30.0  # of the processor, for a page

_reading = Worker("ingest.child", CLASSES, seconds=SECONDS)


def words_on_again(file: Path, sheet: int) -> tuple[tuple[str, Box], ...]:
    """As `ingest.reading.pdf.words_on`; empty where that takes longer than it may."""
    try:
        found = _reading.ask("words_on", str(file), str(sheet))
    except Stopped:
        return ()
    return tuple((text, Box(*box)) for text, box in found) if isinstance(found, list) else ()
