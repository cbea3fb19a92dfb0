"""Processes that are ended by Ctrl-C, wherever the tests run."""

from __future__ import annotations

import os
import signal
from typing import Any


def _heed() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


INTERRUPTIBLE: dict[str, Any] = {"preexec_fn": _heed} if os.name == "posix" else {}
"""How to start a process so: a shell lets what runs in the background ignore Ctrl-C, and what that starts as well."""
