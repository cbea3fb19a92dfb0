"""What the commands of `reflect` share: their common options, and where they print."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import Annotated

import typer
from platformdirs import user_config_path, user_data_path

from assistant.cli.terminal import PlainConsole
from knowledge.embedding import DEFAULT_MODEL, SentenceEmbedder
from knowledge.errors import ModelError
from knowledge.library import Library
from knowledge.reranking import Reranker
from knowledge.security_log import LOG_NAME, Event, SecurityLog, briefing_mark
from knowledge.settings import Settings, load_settings

NAME = "practice-reflection-assistant"
_opened: list[Library] = []

LibraryFolder = Annotated[
    Path | None, typer.Option("--library", envvar="REFLECT_LIBRARY", help="The library's folder.", show_default=False)
]
Model = Annotated[str, typer.Option("--model", envvar="REFLECT_MODEL", help="A sentence-transformers name or folder.")]
CrossEncoder = Annotated[
    str,
    typer.Option(
        "--cross-encoder",
        envvar="REFLECT_CROSS_ENCODER",
        help="A cross-encoder's folder, or the name of one on this machine: it helps to order what is found.",
        show_default=False,
    ),
]
Fetch = Annotated[bool, typer.Option("--fetch", help="Let the cross-encoder be fetched from the internet if it is not here.")]
SettingsFile = Annotated[
    Path | None,
    typer.Option(
        "--settings",
        envvar="REFLECT_SETTINGS",
        help="Your organisation's settings, a TOML file: contacts, name, notice, themes, guidance.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]

out, err = PlainConsole(), PlainConsole(stderr=True)


def default_folder() -> Path:
    """Where the library lies unless told otherwise: the user's data folder of this system."""
    return Path(os.environ.get("REFLECT_LIBRARY", "") or user_data_path(NAME, appauthor=False) / "library")


def open_settings(path: Path | None) -> Settings:
    """The deployment's settings, in effect: from the file named, else from the user's config folder, else none.

    Raises SettingsError with the line that is wrong.
    """
    usual = user_config_path(NAME, appauthor=False) / "settings.toml"
    found = path or (usual if usual.exists() else None)
    settings = load_settings(found) if found else Settings()
    settings.take_effect()
    return settings


def open_library(folder: Path | None, model: str = DEFAULT_MODEL) -> Library:
    """Open the library in `folder`, or in the default place; `close_libraries` closes it."""
    library = Library(folder or default_folder(), SentenceEmbedder(model))
    _opened.append(library)
    return library


def close_libraries() -> None:
    """Close the libraries that were opened: SQLite then puts its log away."""
    while _opened:
        _opened.pop().close()


def record_change(library: Library, event: Event, sha256: str) -> None:
    """Write into the library's security log who changed what on the command line: the system's user."""
    log = SecurityLog(library.folder / LOG_NAME)
    log.record(event, f"{getpass.getuser()} on the command line", document=briefing_mark(sha256))
    log.close()


def open_reranker(name: str, *, fetch: bool = False) -> Reranker | None:
    """The cross-encoder that was asked for, loaded, so that what is wrong with it is told before anything else; None where none was.

    Raises ModelError where it cannot be had.
    """
    if not name:
        if fetch:
            raise ModelError("--fetch needs --cross-encoder. Name the model to download.")
        return None
    reranker = Reranker(name, fetch=fetch)
    reranker.load()
    return reranker
