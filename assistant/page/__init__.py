"""The page: a tab to ask, a tab to reflect step by step, a tab for the library, and help."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from assistant.page import first
from assistant.page.ask import Answers, ask_tab
from assistant.page.look import dress
from assistant.page.reflect import Guide, reflect_tab
from assistant.page.shelf import TakeIn, library_line, shelf, taking_in, uploads_box
from knowledge.errors import ReflectionError
from knowledge.library import Library
from knowledge.page_image import Reread
from knowledge.settings import Settings

__all__ = ["Answers", "Guide", "TakeIn", "dress", "page"]

KEPT_SECONDS = 3600


def page(
    library: Library, assistant: Answers, guide: Guide, take_in: TakeIn, settings: Settings | None = None, reread: Reread | None = None
) -> gr.Blocks:
    """The whole page over a library, with what answers, guides a reflection, takes files in and reads a page's picture once more."""
    own = settings or Settings()

    def held() -> tuple[str, str]:
        try:
            briefings = library.briefings()
        except ReflectionError:
            return first.masthead("The library cannot be read just now", own), '<div class="shelf"></div>'
        return first.masthead(library_line(briefings), own), shelf(briefings)

    def add(uploads: list[Any] | None) -> Iterator[tuple[Any, ...]]:
        for results in taking_in(library, take_in, uploads or []):
            yield results, gr.skip(), gr.skip(), gr.skip()
        yield (gr.skip(), None, *held())

    blocks = gr.Blocks(title=first.TITLE, analytics_enabled=False, fill_width=True, delete_cache=(KEPT_SECONDS, KEPT_SECONDS))
    with blocks:
        masthead = gr.HTML(held()[0], apply_default_css=False, elem_id="top")
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab("Ask", id="ask-tab", elem_id="ask-panel"):
                ask_tab(library, assistant, own.notice, reread)
            with gr.Tab("Reflect", id="reflect-tab", elem_id="reflect-panel", render_children=True):
                reflect_tab(library, guide, own.organisation)
            with gr.Tab("Library", id="library-tab", elem_id="library-panel"), gr.Column(elem_id="library"):
                gr.HTML(
                    "<h2>What the library holds</h2><p>Add reviews and briefings that your organisation uses: PDF, Word, slides, saved web "
                    "pages, e-mail, text, or a ZIP of them. They stay on this machine.</p>",
                    apply_default_css=False,
                )
                files = uploads_box()
                results = gr.HTML("", elem_id="results", apply_default_css=False)
                books = gr.HTML(held()[1], apply_default_css=False)
            with gr.Tab("Help", id="help-tab", elem_id="help-panel"):
                gr.HTML(first.HELP, apply_default_css=False)
        files.upload(
            add,
            inputs=files,
            outputs=[results, files, masthead, books],
            show_progress="hidden",
            concurrency_limit=1,
            api_visibility="private",
        )
        blocks.load(held, outputs=[masthead, books], show_progress="hidden", queue=False, api_visibility="private")
    return blocks
