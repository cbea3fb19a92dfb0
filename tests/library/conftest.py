"""A library that is opened as a new process would open it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from knowledge.library import Library
from tests.library.looking import Open
from tests.library_maker import HashedWords


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Opens the test's library: again and again, each time as a new process would."""
    with ExitStack() as stack:

        def again(embedder: HashedWords | None = None, folder: str = "library") -> Library:
            return stack.enter_context(closing(Library(tmp_path / folder, embedder or HashedWords())))

        yield again


@pytest.fixture
def library(opened: Open) -> Library:
    return opened()
