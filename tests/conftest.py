"""The starter library with the real model, made once for all tests that ask."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.pop("COLUMNS", None)  # set where tests run on several processors; a console keeps the width that it finds when it is made

from assistant.conversation import Assistant
from ingest.pipeline import ingest, starter_briefings
from knowledge.embedding import SentenceEmbedder
from knowledge.library import Library

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


@pytest.fixture(scope="session")
def starter_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library with the starter briefings, embedded by the real model. Read it; do not change it."""
    library = Library(tmp_path_factory.mktemp("starter"))
    results = list(ingest(library, starter_briefings(), starter=True))
    assert {result.status for result in results} == {"added"}
    yield library
    library.close()


@pytest.fixture(scope="session")
def assistant(starter_library: Library) -> Assistant:
    """The assistant over the starter library, warm."""
    made = Assistant(starter_library)
    made.warm()
    return made


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the boards' own briefings; tests that need it are skipped on a bare clone."""
    if not (SHARED / "briefings").is_dir():
        pytest.skip("the boards' briefings do not lie beside this clone")
    return SHARED


@pytest.fixture(scope="session")
def embedder() -> SentenceEmbedder:
    """The default model."""
    return SentenceEmbedder()
