"""What the models make of a text, kept while one question is worked on and no longer: what somebody typed is kept nowhere."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Made = TypeVar("Made")
_made: ContextVar[dict[Hashable, Any] | None] = ContextVar("made", default=None)


@contextmanager
def one_question() -> Iterator[None]:
    """Keep what is made `once` until the end of the block, which is the end of the outermost where blocks stand within each other."""
    if _made.get() is not None:
        yield
        return
    token = _made.set({})
    try:
        yield
    finally:
        _made.reset(token)


def once(key: Hashable, make: Callable[[], Made]) -> Made:
    """What `make` makes; inside `one_question` it is made once for each `key`. Nobody may change it: others are given the same."""
    made = _made.get()
    if made is None:
        return make()
    if key not in made:
        made[key] = make()
    found: Made = made[key]
    return found
