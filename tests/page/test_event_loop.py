"""The page is built without leaving anything open."""

from __future__ import annotations

import asyncio
import gc
import threading

from assistant.page import page
from ingest.pipeline import steps
from knowledge.library import Library
from tests.page.conftest import Scripted, ScriptedGuide
from tests.page.driving import QUIET

pytestmark = QUIET


def open_loops() -> set[int]:
    """The event loops of this process that nobody has closed."""
    return {id(o) for o in gc.get_objects() if isinstance(o, asyncio.BaseEventLoop) and not o.is_closed()}


def test_building_the_page_leaves_no_event_loop_open(library: Library, assistant: Scripted) -> None:
    left: list[set[int]] = []

    def build() -> None:  # in a thread, where no event loop runs
        page(library, assistant, ScriptedGuide(library), steps)
        before = open_loops()
        page(library, assistant, ScriptedGuide(library), steps)
        left.append(open_loops() - before)

    gc.disable()  # which would close some of what is left, sooner or later
    try:
        thread = threading.Thread(target=build)
        thread.start()
        thread.join(60)
    finally:
        gc.enable()
    assert left == [set()]
