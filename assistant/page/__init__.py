"""The page: tabs to ask, to think a case through, to prepare a session, to check a text, and to look after the library; and help."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.accounts import Accounts
from assistant.page import welcome
from assistant.page.ask_tab import Answers, ask_tab
from assistant.page.check_tab import Checking, check_tab
from assistant.page.event_loop import in_event_loop
from assistant.page.library_tab import ABOUT, TakeIn, change, library_line, shelf, taking_in, waiting_for
from assistant.page.reflect_tab import Guide, reflect_tab
from assistant.page.session_tab import Preparing, session_tab
from assistant.page.uploads import Desk, Turns, Upload, forget, uploads_box
from knowledge.errors import ReflectionError
from knowledge.library import Library
from knowledge.page_image import Reread
from knowledge.security_log import Event, SecurityLog, briefing_mark
from knowledge.settings import Settings

__all__ = ["Answers", "Guide", "TakeIn", "page"]

MOST_UPLOADING = 12  # windows whose files are read or wait for that; more wait with Gradio
LOOK_SECONDS = 0.5  # how often an upload looks whether it is its turn
KEPT_SECONDS = 3600
LOCAL = "somebody at this machine"
TAKEN = {"added": Event.ADDED, "replaced": Event.REPLACED, "refused": Event.FILE_REFUSED}
READ_ONLY = "You have read-only access. To add or withdraw a briefing, ask someone who can edit this library."
READING = f"<h2>What the library holds</h2><p>{READ_ONLY}</p>"
SHELVING = "window.shelving = { change: (wanted) => trigger('shelved', wanted) };"


@in_event_loop
def page(
    library: Library,
    assistant: Answers,
    guide: Guide,
    take_in: TakeIn,
    settings: Settings | None = None,
    reread: Reread | None = None,
    accounts: Accounts | None = None,
    log: SecurityLog | None = None,
    preparing: Preparing | None = None,
    checking: Checking | None = None,
) -> gr.Blocks:
    """The whole page over a library, with what answers, guides a reflection, takes files in, and reads a page once more.

    `preparing` and `checking`, where they are given, add the tabs that prepare a session and check a text. With `accounts`, only
    editors change the library; `log` is told who changed what.
    """
    own = settings or Settings()
    blocks = gr.Blocks(title=welcome.TITLE, analytics_enabled=False, fill_width=True, delete_cache=(KEPT_SECONDS, KEPT_SECONDS))
    with blocks:
        shelves = _Shelves(library, take_in, own, accounts, log)
        masthead = gr.HTML(shelves.held(editor=False)[0], apply_default_css=False, elem_id="top")
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab("Ask", id="ask-tab", elem_id="ask-panel"):
                ask_tab(library, assistant, own.notice, reread)
            with gr.Tab("Reflect", id="reflect-tab", elem_id="reflect-panel", render_children=True):
                reflect_tab(library, guide, own.organisation, own.marking)
            if preparing is not None:
                with gr.Tab("Prepare a session", id="session-tab", elem_id="session-panel", render_children=True):
                    session_tab(preparing)
            if checking is not None:
                with gr.Tab("Check a text", id="check-tab", elem_id="check-panel", render_children=True):
                    check_tab(checking)
            with gr.Tab("Library", id="library-tab", elem_id="library-panel"), gr.Column(elem_id="library"):
                about, adding, files, results, books = _library_tab(shelves.held(editor=accounts is None)[1])
            with gr.Tab("Help", id="help-tab", elem_id="help-panel"):
                gr.HTML(welcome.HELP, apply_default_css=False)
        private: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        taken: dict[str, Any] = {"outputs": [results, files, masthead, books], "trigger_mode": "multiple", **private}
        files.upload(shelves.add, inputs=[files, gr.State(Desk())], concurrency_limit=MOST_UPLOADING, **taken)
        books.shelved(shelves.change, outputs=[results, masthead, books], concurrency_limit=1, **private)
        blocks.load(shelves.show, outputs=[masthead, books, adding, about], concurrency_limit=None, **private)
    return blocks


def _library_tab(held: str) -> tuple[gr.HTML, gr.Column, gr.File, gr.HTML, gr.HTML]:
    """What stands in the tab; the box for files stands in a column of its own, as Gradio makes a box anew whose looks change."""
    about = gr.HTML(ABOUT, apply_default_css=False)
    with gr.Column() as adding:
        files = uploads_box()
    results = gr.HTML("", elem_id="results", apply_default_css=False)
    return about, adding, files, results, gr.HTML(held, js_on_load=SHELVING, apply_default_css=False)


class _Shelves:
    """What the library tab shows and does, for whoever is signed in."""

    def __init__(self, library: Library, take_in: TakeIn, own: Settings, accounts: Accounts | None, log: SecurityLog | None) -> None:
        self._library, self._take_in, self._own, self._accounts, self._log = library, take_in, own, accounts, log
        self._turns = Turns()

    def held(self, *, editor: bool, who: str = "") -> tuple[str, str]:
        """The top of the page, and the library's shelf, for whoever is signed in."""
        try:
            briefings = self._library.briefings()
        except ReflectionError:
            return welcome.masthead("The library is not available at the moment", self._own, who), '<div class="shelf"></div>'
        return welcome.masthead(library_line(briefings), self._own, who, empty=not briefings), shelf(briefings, may_edit=editor)

    def _edits(self, request: gr.Request) -> bool:
        return self._accounts is None or self._accounts.may_edit(request.username)

    def show(self, request: gr.Request) -> tuple[Any, ...]:
        """The page as it is opened: readers have no box to add files to."""
        editor = self._edits(request)
        return (
            *self.held(editor=editor, who=request.username or ""),
            gr.update(visible=editor),
            ABOUT if editor else READING,
        )

    def add(self, uploads: list[Upload] | None, desk: Desk, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Take uploaded files in. The box is emptied at once: what is dropped meanwhile is put on the desk and read after these."""
        if not self._edits(request):
            forget(path for path, _ in uploads or [])
            yield f"<p>{READ_ONLY}</p>", None, gr.skip(), gr.skip()
            return
        if not desk.put(uploads or []):
            yield desk.told() or gr.skip(), None, gr.skip(), gr.skip()
            return
        first, begun = desk.next(), False
        try:
            yield gr.skip(), None, gr.skip(), gr.skip()
            with self._turns.queued(request.username or request.session_hash or "") as turn:
                while not turn.has_come:
                    yield waiting_for(first, desk, turn.ahead), gr.skip(), gr.skip(), gr.skip()
                    time.sleep(LOOK_SECONDS)
                begun = True
                for results in taking_in(self._library, self._logged(request), first, desk):
                    yield results, gr.skip(), gr.skip(), gr.skip()
        except BaseException:  # the window was closed, say
            if not begun:
                forget([path for path, _ in (*first, *desk.leave())])
            raise
        yield (gr.skip(), gr.skip(), *self.held(editor=True, who=request.username or ""))

    def _logged(self, request: gr.Request) -> TakeIn:
        """Takes files in, and writes down who added which."""

        def taken(library: Library, paths: Sequence[Path], *, names: Sequence[str]) -> Iterator[Any]:
            for step in self._take_in(library, paths, names=names):
                if event := TAKEN.get(getattr(step, "status", "")):
                    self._record(event, request, step.file)
                yield step

        return taken

    def _record(self, event: Event, request: gr.Request, name: str) -> None:
        if self._log is None:
            return
        with suppress(ReflectionError):  # a file that was refused is no briefing
            self._log.record(event, request.username or LOCAL, document=briefing_mark(self._library.briefing(name).sha256))
            return
        self._log.record(event, request.username or LOCAL)

    def change(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Withdraw a briefing, or restore it."""
        if not self._edits(request):
            return f"<p>{READ_ONLY}</p>", gr.skip(), gr.skip()
        told, done, name = change(self._library, event._data, request.username or "")
        if done is not None:
            self._record(done, request, name)
        return (told, *self.held(editor=True, who=request.username or ""))
