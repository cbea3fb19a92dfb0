"""The security log: who did what, and when; never what was asked, nor what a briefing is called.

One JSON object a line. A briefing is named by the first 16 digits of its file's sha256, so that a log which is kept for years says
nothing of what was deleted. Names that nobody has are not written: people type passwords into the wrong box.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from logging.handlers import RotatingFileHandler
from pathlib import Path

LOG_NAME = "security.log"  # in the library's folder
MOST_BYTES, FILES_KEPT = 5_000_000, 9


class Event(StrEnum):
    """What is written down."""

    STARTED = "page started"
    STOPPED = "page stopped"
    SIGNED_IN = "signed in"
    SIGNED_OUT = "signed out"
    REFUSED = "sign-in refused"
    PASSWORD_CHANGED = "password changed"
    TOO_OFTEN = "sign-in refused: too many tries"
    FORBIDDEN = "not allowed"
    FOREIGN = "request from another site refused"
    ACCOUNTS_WRONG = "accounts file has a mistake"
    ADDED = "briefing added"
    REPLACED = "briefing replaced"
    FILE_REFUSED = "file refused"
    WITHDRAWN = "briefing withdrawn"
    RESTORED = "briefing restored"
    PARTED = "briefing parted from its copies"
    DELETED = "briefing deleted"
    CORRECTED = "detail corrected"


class _Handler(RotatingFileHandler):
    """Says once in a sentence that the log cannot be written, and goes on."""

    said = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802
        """In place of logging's traceback."""
        if not self.said:
            self.said = True
            print(f"The security log {self.baseFilename} cannot be written. Check the folder.", file=sys.stderr)


class SecurityLog:
    """Writes to `path`, which only its owner may read; keeps FILES_KEPT earlier files of MOST_BYTES. Safe to use from several threads.

    Where the file cannot be written (a library that may only be read), that is said once, and nothing else stops.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                os.close(os.open(path, os.O_CREAT | os.O_APPEND, 0o600))
        self._handler = _Handler(path, maxBytes=MOST_BYTES, backupCount=FILES_KEPT, encoding="utf-8", delay=True)
        self._handler.setFormatter(logging.Formatter("%(message)s"))

    def record(self, event: Event, who: str = "", **facts: str) -> None:
        """Write down what happened."""
        entry = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event.value, "who": who, **facts}
        line = json.dumps({key: value for key, value in entry.items() if value}, ensure_ascii=True)
        self._handler.handle(logging.LogRecord("security", logging.INFO, "", 0, line, None, None))

    def close(self) -> None:
        """Close the file."""
        self._handler.close()


def briefing_mark(sha256: str) -> str:
    """What stands for a briefing in the log."""
    return sha256[:16]
