"""Gradio makes its locks in the event loop that runs; where none runs it makes a new one for each and leaves it open."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def in_event_loop(make: Callable[P, T]) -> Callable[P, T]:
    """Call the function inside an event loop, which is closed afterwards, unless one runs already."""

    @wraps(make)
    def called(*given: P.args, **named: P.kwargs) -> T:
        async def inside() -> T:
            return make(*given, **named)

        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(inside())
        return make(*given, **named)

    return called
