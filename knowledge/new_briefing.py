"""A file on its way into the library."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.briefing import Details, Page, Passage
from knowledge.identity import UNKNOWN, Origin


@dataclass(frozen=True, slots=True)
class NewBriefing:
    """A file as read, on its way into the library. `certificate` tells how it was read."""

    path: Path
    sha256: str
    details: Details
    paged: bool
    starter: bool
    pages: tuple[Page, ...]
    passages: tuple[Passage, ...]
    certificate: dict[str, Any]
    file_name: str = ""
    origin: Origin = UNKNOWN
    again: bool = False  # the kept file, read once more: it replaces what was read of it before, and nothing else
