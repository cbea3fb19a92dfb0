"""A question never waits for a writer: it is answered from what is committed, and the vectors are mended when the lock is free."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock

from knowledge.errors import LibraryError
from knowledge.library import Library
from tests.library.looking import Open, add, assert_sound
from tests.library_maker import HashedWords, findings, nearest_texts, texts_with, write_folder

LONG = 5.0  # seconds: far from the second that is allowed, and from the ten minutes that a writer may wait


@pytest.fixture
def folder(tmp_path: Path, opened: Open) -> Path:
    """The folder of a library that is closed, with its files beside it."""
    library = opened()
    add(library, write_folder(tmp_path / "in", ("Ashby", "Brook", "Coldham")))
    library.close()
    return library.folder


def timed(library: Library) -> tuple[float, list[str]]:
    began = time.perf_counter()
    found = nearest_texts(library, findings("Ashby")[7])
    return time.perf_counter() - began, found


@pytest.mark.parametrize("lost", [False, True], ids=["whole", "without vectors"])
def test_many_who_ask_while_another_program_writes_wait_a_second_at_most(opened: Open, folder: Path, tmp_path: Path, lost: bool) -> None:
    if lost:
        shutil.rmtree(folder / "vectors")
    library = opened()
    texts_with(library, "Ashby1")
    with FileLock(str(folder / "writing.lock")), ThreadPoolExecutor(12) as pool:
        waited = [pool.submit(timed, library) for _ in range(24)]
        asked = [one.result() for one in waited]
        began = time.perf_counter()
        words = texts_with(library, "Ashby1")
        assert time.perf_counter() - began < LONG
        assert set(findings("Ashby")) <= set(words)
    assert max(seconds for seconds, _ in asked) < LONG
    for _, found in asked:
        assert found == [] if lost else findings("Ashby")[7] in found
    assert findings("Ashby")[7] in nearest_texts(library, findings("Ashby")[7])
    assert_sound(library, *(tmp_path / "in").iterdir())


def test_vectors_that_cannot_be_read_do_not_stop_a_question_while_another_program_writes(
    opened: Open, folder: Path, tmp_path: Path
) -> None:
    (folder / "vectors" / "chroma.sqlite3").write_bytes(b"not a database any more" * 500)
    library = opened()
    with FileLock(str(folder / "writing.lock")):
        seconds, found = timed(library)
    assert (found, seconds < LONG) == ([], True)
    assert_sound(library, *(tmp_path / "in").iterdir())


class OutOfRoom(HashedWords):
    """A model that works for questions and has no room for passages."""

    full = True

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        if self.full:
            raise LibraryError("There is no room left on the disk.")
        return super().embed_documents(texts)


def test_a_question_is_answered_where_there_is_no_room_to_mend_the_vectors(opened: Open, folder: Path, tmp_path: Path) -> None:
    shutil.rmtree(folder / "vectors")
    model = OutOfRoom()
    library = opened(model)
    assert nearest_texts(library, findings("Ashby")[7]) == []
    assert set(findings("Ashby")) <= set(texts_with(library, "Ashby1"))
    model.full = False
    found: Sequence[str] = nearest_texts(library, findings("Ashby")[7])
    assert findings("Ashby")[7] in found
    assert_sound(library, *(tmp_path / "in").iterdir())
