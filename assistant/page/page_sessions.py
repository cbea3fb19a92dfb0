"""What the server keeps of an open page: whose it is, and that it goes, with every word in it, when the page does.

Gradio names each open page by a random hash that the browser chooses, gives what it keeps to whoever names the hash, and keeps it an
hour after the page was closed. Here a hash belongs to the browser that used it first, and what is kept under it is dropped when
that browser signs out, closes the page, or has been gone for GRACE seconds.
"""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import anyio

GRACE = 120.0  # seconds that a connection may be lost: a laptop that changes its network keeps its conversation
SWEEP_EVERY = 1.0
WIPED_AFTER, COLLECTED_EVERY = 30.0, 10.0
MOST_OF_ONE = 40  # pages that one browser may have open, where people sign in
MOST = 2000  # pages that may be open at all
OPEN_TO_ALL = "everybody"  # the owner of every page where nobody signs in
MOST_STREAMS = 8  # connections that one page may hold open


@dataclass(slots=True)
class PageSession:
    """An open page: the browser it belongs to, how many connections it holds, and when it was last seen (seconds of the clock)."""

    owner: str
    seen: float
    streams: int = 0
    left: bool = False


class PageSessions:
    """The open pages. Safe to use from several threads; `watch` once the Gradio application is there."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, grace: float = GRACE) -> None:
        self._clock, self._grace = clock, grace
        self._open: dict[str, PageSession] = {}
        self._lock = threading.Lock()
        self._gradio: Any = None

    def use(self, session: str, owner: str) -> bool:
        """Whether this browser may use the page of this hash; it belongs to it from the first use on."""
        now = self._clock()
        with self._lock:
            found = self._open.get(session)
            if found is None:
                own = sum(one.owner == owner for one in self._open.values())
                if len(self._open) >= MOST or (owner != OPEN_TO_ALL and own >= MOST_OF_ONE):
                    return False
                found = self._open[session] = PageSession(owner, now)
            if found.owner != owner:
                return False
            found.seen, found.left = now, False
            return True

    def has_answers(self, session: str) -> bool:
        """Whether an answer waits, or may come, for this page: Gradio fails where somebody asks for one that was never begun."""
        return self._gradio is not None and session in self._gradio.get_blocks()._queue.pending_messages_per_session

    def connect(self, session: str) -> bool:
        """Count a connection that stays open; False where the page holds too many already."""
        with self._lock:
            found = self._open.get(session)
            if found is None or found.streams >= MOST_STREAMS:
                return False
            found.streams += 1
            return True

    def disconnect(self, session: str) -> None:
        """Count a connection out."""
        with self._lock:
            if found := self._open.get(session):
                found.streams, found.seen = max(0, found.streams - 1), self._clock()

    def leave(self, session: str, owner: str) -> None:
        """The browser says that the page was closed."""
        with self._lock:
            if (found := self._open.get(session)) and found.owner == owner:
                found.left = True

    def end_all_of(self, owner: str) -> None:
        """End every page of a browser: it signed out, or its time is over."""
        with self._lock:
            for one in self._open.values():
                if one.owner == owner:
                    one.left = True

    def owners(self) -> set[str]:
        """The browsers that have a page open."""
        with self._lock:
            return {one.owner for one in self._open.values()}

    def hand_over(self, old: str, new: str) -> None:
        """The same person signed in again in the same browser: the pages stay theirs."""
        with self._lock:
            for one in self._open.values():
                if one.owner == old:
                    one.owner = new

    def sweep(self) -> bool:
        """Drop what is kept of pages that are gone: whether there was any. Call it on the event loop."""
        now = self._clock()
        with self._lock:
            gone = [s for s, one in self._open.items() if one.left or (not one.streams and now - one.seen > self._grace)]
            for session in gone:
                del self._open[session]
            standing = set(self._open)
        left = _kept_by(self._gradio) - standing if self._gradio is not None else set()
        for session in left:
            _drop(self._gradio, session)
        return bool(gone or left)

    async def watch(self, gradio: Any, forget: Callable[[], None] | None = None) -> None:
        """Sweep, over and over, until cancelled.

        Threads that wait for work hold on to the last they did, a question too, and so does Gradio's queue. For a while after a page has
        gone they are given something else to hold (AnyIO ends threads that were idle for ten seconds when work comes), what hangs
        together in circles is collected, and `forget` is called, which lets go of what else may hold typed words.
        """
        self._gradio = gradio
        until = collected = 0.0
        while True:
            now = self._clock()
            if self.sweep():
                until = now + WIPED_AFTER
            if until:
                _forget_last_event(self.sessions())
                await anyio.to_thread.run_sync(_nothing, limiter=gradio.get_blocks().limiter)
            if until and now - collected > COLLECTED_EVERY:
                collected = now
                if forget is not None:
                    await anyio.to_thread.run_sync(forget)
                await anyio.to_thread.run_sync(gc.collect)
            if now >= until:
                until = 0.0
            await asyncio.sleep(SWEEP_EVERY)

    def sessions(self) -> set[str]:
        """The hashes of the open pages."""
        with self._lock:
            return set(self._open)


def _forget_last_event(standing: set[str]) -> None:
    """Empty the event that Gradio's queue took up last, where its page has gone: the loop that waits for the next still names it."""
    for task in asyncio.all_tasks():
        coroutine: Any = task.get_coro()
        if getattr(coroutine, "__name__", "") == "start_processing" and coroutine.cr_frame is not None:
            for event in coroutine.cr_frame.f_locals.get("events") or ():
                if event.session_hash not in standing:
                    event.alive, event.data, event.request = False, None, None


def _nothing() -> None:
    pass


def _kept_by(gradio: Any) -> set[str]:
    """The hashes under which Gradio keeps anything."""
    queue, blocks = gradio.get_blocks()._queue, gradio.get_blocks()
    kept = (gradio.state_holder.session_data, queue.pending_messages_per_session, queue.pending_event_ids_session)
    return {session for one in (*kept, blocks.pending_streams, blocks.pending_diff_streams) for session in list(one)}


def _drop(gradio: Any, session: str) -> None:
    """Have Gradio forget a page: its state, its values, and the answers that wait to be fetched. (Gradio 6 has no call for it.)"""
    blocks, queue = gradio.get_blocks(), gradio.get_blocks()._queue
    gradio.state_holder.session_data.pop(session, None)
    gradio.state_holder.time_last_used.pop(session, None)
    for event in queue.pending_event_ids_session.pop(session, set()):
        if (waiting := queue.event_ids_to_events.pop(event, None)) is not None:
            waiting.alive = False
            for per_function in queue.event_queue_per_concurrency_id.values():
                with suppress(ValueError):
                    per_function.queue.remove(waiting)
    with suppress(KeyError):
        del queue.pending_messages_per_session[session]
    blocks.pending_streams.pop(session, None)
    blocks.pending_diff_streams.pop(session, None)
