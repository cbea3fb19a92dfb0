"""The page is built without leaving anything open."""

from __future__ import annotations

import gc
import threading

import psutil

from assistant.page import page
from ingest.pipeline import steps
from knowledge.library import Library
from tests.page.conftest import Scripted, ScriptedGuide
from tests.page.driving import QUIET

pytestmark = QUIET


def test_building_the_page_leaves_no_event_loop_open(library: Library, assistant: Scripted) -> None:
    opened: list[int] = []

    def build() -> None:  # in a thread, where no event loop runs
        page(library, assistant, ScriptedGuide(library), steps)
        before = psutil.Process().num_fds()
        page(library, assistant, ScriptedGuide(library), steps)
        opened.append(psutil.Process().num_fds() - before)

    gc.disable()  # which would close some of what is left, sooner or later
    try:
        thread = threading.Thread(target=build)
        thread.start()
        thread.join(60)
    finally:
        gc.enable()
    assert opened == [0]
