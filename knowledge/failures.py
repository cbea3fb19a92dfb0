"""How a failure is logged: its type and where it happened, and never its message, which may hold what somebody typed."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

DEEPEST = 12  # frames of an error, the innermost


def log_failure(log: logging.Logger, what: str, error: BaseException) -> None:
    """Log `what` failed, a sentence of our own, with the error's type and frames, and those of the errors that led to it.

    Source lines, values and the message are left out: any of them may hold a practitioner's words.
    """
    log.error("%s: %s", what, "; after ".join(map(_described, _chain(error))))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, then what led to it, as a traceback would show them."""
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _described(error: BaseException) -> str:
    """ "KeyError at assistant/page/ask_tab.py:105 reply_to < app.py:90 serve", the innermost frame first."""
    frames = [f"{_file(frame.f_code.co_filename)}:{line} {frame.f_code.co_name}" for frame, line in traceback.walk_tb(error.__traceback__)]
    return f"{type(error).__qualname__} at {' < '.join(frames[: -DEEPEST - 1 : -1])}" if frames else type(error).__qualname__


def _file(name: str) -> str:
    """A file as it is known in its package: without the folders of this machine."""
    path = Path(name)
    roots = sorted((Path(root) for root in sys.path if root), key=lambda root: -len(root.parts))
    return next((path.relative_to(root).as_posix() for root in roots if path.is_relative_to(root)), path.name)
