"""Starts the page: puts library, assistant and ingest together, and serves them on this machine."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import gradio as gr

    from assistant.accounts import Accounts
    from assistant.page.server import PageServer
    from assistant.serving import Serving
    from knowledge.embedding import Embedder
    from knowledge.library import Library
    from knowledge.page_drawing import Box
    from knowledge.reranking import Reranker
    from knowledge.security_log import SecurityLog
    from knowledge.settings import Settings

WIPING = {
    "PYTHONMALLOC": "malloc",
    "MALLOC_PERTURB_": "85",
    "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0",
    "MALLOC_ARENA_MAX": "2",  # without Python's own allocator every thread would take an arena for itself
}
SIGNAL_SECONDS = 0.5  # how often a thread that waits lets signals through; Windows needs it
SHOWN_FIRST = 1.0  # seconds: a browser that waits for the page has it before the model is loaded behind it
QUIET = {
    "OPENBLAS_NUM_THREADS": "1",  # several threads multiply small matrices: more for each of them only wait for one another
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",  # Gradio counts its events through pandas, at each of them; nobody reads it here
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
    "PYDANTIC_DISABLE_PLUGINS": "__all__",  # it would look through every installed package for some
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "ANONYMIZED_TELEMETRY": "False",
}


def build(
    library_folder: Path,
    embedder: Embedder | None = None,
    reranker: Reranker | None = None,
    settings: Settings | None = None,
    accounts: Accounts | None = None,
    log: SecurityLog | None = None,
) -> tuple[gr.Blocks, Any]:
    """The page over the library in this folder, and the assistant behind it (not yet warm). The settings are in effect already."""
    os.environ.update(QUIET)  # read by Gradio when it is imported
    from assistant.assistant import Assistant
    from assistant.packs.desk import Desk
    from assistant.page import page
    from assistant.page.check_tab import Checking
    from assistant.page.session_tab import Preparing
    from assistant.reflection.guided import Guided
    from ingest.pipeline import steps
    from ingest.text_to_check import paragraphs_of
    from knowledge.library import Library
    from knowledge.settings import Settings

    settings = settings or Settings()
    library = Library(library_folder, embedder)
    assistant = Assistant(library, settings.safety, reranker)
    preparing = Preparing(Desk(assistant), settings)
    checking = Checking(library, paragraphs_of)
    return page(library, assistant, Guided(assistant), steps, settings, words_on_sheet, accounts, log, preparing, checking), assistant


def words_on_sheet(file: Path, sheet: int) -> Sequence[tuple[str, Box]]:
    """What stands on a sheet and where, read once more, in a process that is started when it is first needed."""
    from ingest.rereading import words_on_again

    return words_on_again(file, sheet)


def open_page(blocks: gr.Blocks, library: Library | None = None, serving: Serving | None = None) -> PageServer:
    """Serve the page from a thread of its own. `library` hands over its files; `serving` says where, and who may sign in."""
    from assistant.page.server import serve_page

    return serve_page(blocks, library, serving)


def serve(
    library_folder: Path,
    serving: Serving,
    model: str = "",
    reranker: Reranker | None = None,
    settings: Settings | None = None,
) -> None:
    """Serve the page until it is stopped; its address is printed once it can be opened.

    `model` is the name or folder of an embedding model, empty for the one that comes with
    the product. It is loaded behind the page. `reranker` is a cross-encoder of the user's,
    `settings` are the deployment's.
    """
    os.environ.update(QUIET)
    from knowledge.embedding import SentenceEmbedder
    from knowledge.errors import ReflectionError

    blocks, assistant = build(library_folder, SentenceEmbedder(model) if model else None, reranker, settings, serving.accounts, serving.log)
    try:
        page = open_page(blocks, assistant.library, serving)
    except OSError as error:
        told = f"The page cannot be opened at {serving.host}:{serving.port}. Another program may use that port: choose another with --port."
        raise ReflectionError(told) from error
    print(f"The page is open at {page.address}", flush=True)
    behind = threading.Timer(SHOWN_FIRST, assistant.warm)
    behind.daemon = True
    behind.start()
    try:
        while not threading.Event().wait(SIGNAL_SECONDS):
            pass
    except KeyboardInterrupt:  # the usual way to stop it
        pass
    finally:
        page.close()
        assistant.library.close()


def _wiping_memory() -> None:
    """Start again so that memory which is given back is overwritten, where the system's C library can do that (glibc).

    What somebody typed would otherwise stand in the program's memory until something else happens to be written there.
    """
    if sys.platform != "linux" or all(os.environ.get(name) == value for name, value in WIPING.items()):
        return
    sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], os.environ | WIPING)


def main(arguments: list[str] | None = None) -> None:
    """The command line, `reflect`: the houses' commands with reading-in and the page put behind them."""
    if arguments is not None:
        _run(arguments)
        return
    if sys.argv[1:2] in ([], ["serve"]):
        _wiping_memory()
    status = [1]
    atexit.register(_end, status)  # before any other, so that it is called after all of them
    try:
        _run(["serve"] if not sys.argv[1:] and sys.argv[0].endswith("app.py") else None)
        status[0] = 0
    except SystemExit as ended:
        status[0] = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        raise


def _run(arguments: list[str] | None) -> None:
    os.environ.update(QUIET)
    from assistant.cli.main import commands, run
    from ingest.pipeline import expanded, starter_briefings, steps
    from ingest.text_to_check import paragraphs_of
    from ingest.upgrade import Upgrade

    run(commands(steps, starter_briefings, expanded, serve, Upgrade, paragraphs_of), arguments)


def _end(status: list[int]) -> None:
    """End the process once everything is put away, without taking Python itself down.

    A thread that is still in a model's or Chroma's code, as one that loads or answers is, crashes when that goes from under it.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status[0])


if __name__ == "__main__":
    main()
