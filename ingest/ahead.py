"""Work done ahead: the next item is made in a thread of its own while the one before it is in use."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Generic, TypeVar

T = TypeVar("T")
LOOK_SECONDS = 0.1  # how often a thread that waits looks whether it shall stop
GRACE_SECONDS = 10.0


class _End(Exception):
    """There are no more items."""


class Ahead(Iterator[T], Generic[T]):
    """The items of `items`, in order, each made while the one before it is in use.

    An exception in the making comes in its item's place, as the last. Once `stopping` is set no more items are
    made or given out; call `join` then.
    """

    def __init__(self, items: Generator[T, None, None], stopping: threading.Event) -> None:
        self._stopping = stopping
        self._made: queue.Queue[tuple[T] | BaseException] = queue.Queue(1)
        self._over = False
        self._thread = threading.Thread(target=self._work, args=(items,), name="ahead", daemon=True)
        self._thread.start()

    def __next__(self) -> T:
        for item in self.with_waits():
            if item is not None:
                return item[0]
        raise StopIteration

    def with_waits(self) -> Iterator[tuple[T] | None]:
        """The items, each in a tuple, and a None whenever LOOK_SECONDS have gone by without one."""
        while not (self._over or self._stopping.is_set()):
            try:  # with a timeout, for on Windows a wait without one does not hear Ctrl-C
                made = self._made.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                yield None
                continue
            if not isinstance(made, BaseException):
                yield made
                continue
            self._over = True
            if not isinstance(made, _End):
                raise made

    def join(self) -> None:
        """Wait until the thread has ended, but not for ever."""
        self._thread.join(GRACE_SECONDS)

    def _work(self, items: Generator[T, None, None]) -> None:
        end: BaseException = _End()
        try:
            with closing(items):
                for item in items:
                    self._hand((item,))
                    if self._stopping.is_set():
                        return
        except BaseException as error:  # told to whoever takes the items
            end = error
        self._hand(end)

    def _hand(self, made: tuple[T] | BaseException) -> None:
        while not self._stopping.is_set():
            try:
                self._made.put(made, timeout=LOOK_SECONDS)
                return
            except queue.Full:
                continue
