"""What the library's tests do and look at, over and over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ingest.pipeline import Result, ingest
from knowledge.embedding import sha256_of
from knowledge.library import Library
from tests.library_maker import expected, state_of

Open = Callable[..., Library]


def add(library: Library, *paths: Path) -> list[Result]:
    return list(ingest(library, paths))


def statuses(results: list[Result]) -> dict[str, str]:
    return {result.file: result.status for result in results}


def assert_sound(library: Library, *files: Path) -> None:
    """The library holds these files, whole, and nothing else; every vector is the right one."""
    state = state_of(library)
    assert state["wrong"] == []
    assert {b["file_name"]: b for b in state["briefings"]} == {file.name: expected(file) for file in files}
    assert state["files"] == sorted({sha256_of(file) for file in files})
