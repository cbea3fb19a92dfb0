"""Starts the page: puts library, assistant and ingest together, and serves them on this machine."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import gradio as gr

    from assistant.accounts import Accounts
    from knowledge.embedding import Embedder
    from knowledge.library import Library
    from knowledge.page_drawing import Box
    from knowledge.reranking import Reranker
    from knowledge.settings import Settings

HOST = "127.0.0.1"
PORT = 7860
SHOWN_FIRST = 1.0  # seconds: a browser that waits for the page has it before the model is loaded behind it
QUIET = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "ANONYMIZED_TELEMETRY": "False"}


def build(
    library_folder: Path,
    embedder: Embedder | None = None,
    reranker: Reranker | None = None,
    settings: Settings | None = None,
    accounts: Accounts | None = None,
) -> tuple[gr.Blocks, Any]:
    """The page over the library in this folder, and the assistant behind it (not yet warm). The settings are in effect already."""
    os.environ.update(QUIET)  # read by Gradio when it is imported
    from assistant.conversation import Assistant
    from assistant.guided import Guided
    from assistant.page import page
    from ingest.pipeline import steps
    from knowledge.library import Library
    from knowledge.settings import Settings

    settings = settings or Settings()
    library = Library(library_folder, embedder)
    assistant = Assistant(library, settings.contacts, reranker)
    return page(library, assistant, Guided(assistant), steps, settings, words_on_sheet, accounts), assistant


def words_on_sheet(file: Path, sheet: int) -> Sequence[tuple[str, Box]]:
    """What stands on a sheet and where, read once more, in a process that is started when it is first needed."""
    from ingest.rereading import words_on_again

    return words_on_again(file, sheet)


def open_page(
    blocks: gr.Blocks, host: str = HOST, port: int | None = PORT, library: Library | None = None, accounts: Accounts | None = None
) -> str:
    """Serve the page from a thread of its own; returns its address. `port` None takes a free one.

    `library` hands over its files; with `accounts` people sign in.
    """
    from assistant.page import dress

    dressed = dress(library)
    if accounts is not None:
        dressed |= {"auth": accounts.signs_in, "auth_message": "Sign in to read and to ask."}
    _, address, _ = blocks.launch(server_name=host, server_port=port, quiet=True, prevent_thread_lock=True, inbrowser=False, **dressed)
    return str(address)


def serve(
    library_folder: Path,
    host: str = HOST,
    port: int = PORT,
    model: str = "",
    reranker: Reranker | None = None,
    settings: Settings | None = None,
    accounts: Accounts | None = None,
) -> None:
    """Serve the page until it is stopped; its address is printed once it can be opened.

    `model` is the name or folder of an embedding model, empty for the one that comes with
    the product. It is loaded behind the page. `port` 0 takes a free one. `reranker` is a cross-encoder of the user's,
    `settings` are the deployment's; with `accounts` people sign in.
    """
    os.environ.update(QUIET)
    from knowledge.embedding import SentenceEmbedder
    from knowledge.errors import ReflectionError

    blocks, assistant = build(library_folder, SentenceEmbedder(model) if model else None, reranker, settings, accounts)
    try:
        address = open_page(blocks, host, port or None, assistant.library, accounts)
    except OSError as error:
        raise ReflectionError(f"The page cannot be opened at {host}:{port}. Another program may use that port: give another.") from error
    print(f"The page is open at {address}", flush=True)
    behind = threading.Timer(SHOWN_FIRST, assistant.warm)
    behind.daemon = True
    behind.start()
    blocks.block_thread()


def main(arguments: list[str] | None = None) -> None:
    """The command line, `reflect`: the houses' commands with reading-in and the page put behind them."""
    os.environ.update(QUIET)
    from assistant.cli import commands, run
    from ingest.pipeline import expanded, starter_briefings, steps

    run(commands(steps, starter_briefings, expanded, serve), arguments)


if __name__ == "__main__":
    main(sys.argv[1:] or ["serve"])
