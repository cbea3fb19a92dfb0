"""The starter library with the real model, made once for all tests that ask."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # the many processes that tests start would compile every module anew
os.environ.pop("COLUMNS", None)  # set where tests run on several processors; a console keeps the width that it finds when it is made

from assistant.assistant import Assistant
from knowledge.embedding import SentenceEmbedder
from knowledge.library import Library
from tests.prepared import SHARED_BY_THE_RUN, starter_folder

LONGEST = {  # files by folder that take long: what begins last should be short, or one process works while the others have nothing left
    "page": ("axe", "ten_reflections", "keeps_nothing", "reflecting", "asking", "sheet_in_page", "shelf", "uploads", "other_site"),
    "": (
        *("kill", "guards", "upgrade", "left_behind", "survive", "real_briefings", "starter_questions"),
        *("read_only", "quotation", "pdf_work", "sheet"),
    ),
    "library": ("identity", "mending", "in_and_out", "kept", "backup"),
}
SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


def pytest_configure() -> None:
    """A folder for what is made once, by whichever of the run's processes needs it first."""
    if SHARED_BY_THE_RUN not in os.environ:
        os.environ[SHARED_BY_THE_RUN] = tempfile.mkdtemp(prefix="tests-of-reflect-")
        atexit.register(shutil.rmtree, os.environ[SHARED_BY_THE_RUN], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The page's files come first, together, for they share a page and a browser; of each folder those that take longest."""
    places = [Path("tests", folder, f"test_{name}.py").as_posix() for folder, names in LONGEST.items() for name in names]
    order = {place: number for number, place in enumerate(places)}
    items.sort(key=lambda item: (not item.nodeid.startswith("tests/page/"), order.get(item.nodeid.split("::")[0], len(order))))


@pytest.fixture(scope="session")
def starter_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library with the starter briefings, embedded by the real model. Read it; do not change it."""
    library = Library(starter_folder(tmp_path_factory.mktemp("starter") / "library"))
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
