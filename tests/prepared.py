"""What is the same for every library of a test run, made once: what is derived from the product's own phrases, and the starter library.

The first question to a new library embeds some three thousand phrases, a matter of seconds. A run's processes share the folder
that `conftest.py` makes and removes.
"""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from pathlib import Path

from filelock import FileLock

from assistant.assistant import Assistant
from ingest.pipeline import ingest, starter_briefings
from knowledge.library import Library

SHARED_BY_THE_RUN = "REFLECT_TESTS_SHARED"


def prepared(folder: Path) -> Path:
    """The folder of a library that is not there yet, holding what is derived from the product's own phrases."""
    if not folder.exists():
        shutil.copytree(_starter() / "derived", folder / "derived")
    return folder


def starter_folder(folder: Path) -> Path:
    """A copy of the library with the starter briefings, made by the real model, in this folder, which is not there yet."""
    shutil.copytree(_starter(), folder)
    return folder


def _starter() -> Path:
    shared = Path(os.environ[SHARED_BY_THE_RUN])
    made = shared / "starter"
    with FileLock(shared / "lock"):
        if not made.exists():
            with closing(Library(shared / "making")) as library:
                assert {result.status for result in ingest(library, starter_briefings(), starter=True)} == {"added"}
                Assistant(library).warm()
            (shared / "making").rename(made)
    return made
