"""A full disk, a folder that may not be written, a file that is gone: one clear line each, and the library as before."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ingest.pipeline import ingest
from knowledge.connections import connect
from knowledge.disk_errors import cannot_be_used
from knowledge.embedding import Vector
from knowledge.library import Library
from knowledge.vectors import Vectors
from tests.library_maker import HashedWords, findings, state_of, write_markdown
from tests.prepared import prepared
from tests.restricted import little_room, plain_user, read_only, reflect


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """A library that holds one briefing."""
    opened = Library(tmp_path / "library", HashedWords())
    assert [r.status for r in ingest(opened, [write_markdown(tmp_path / "ashby.md", "Ashby")])] == ["added"]
    yield opened
    opened.close()


class Small:
    """Opens a catalogue that may not grow beyond so many pages."""

    pages = 1_000_000

    def __call__(self, path: Path) -> sqlite3.Connection:
        opened = connect(path)
        opened.execute(f"PRAGMA max_page_count = {self.pages}")
        return opened


def test_where_the_catalogue_does_not_fit_a_line_says_so_and_nothing_is_in(library: Library, tmp_path: Path) -> None:
    before, large = state_of(library), write_markdown(tmp_path / "large.md", "Brook", count=2000)
    library.close()
    small = Small()
    with closing(sqlite3.connect(library.catalogue.path)) as connection:
        small.pages = connection.execute("PRAGMA page_count").fetchone()[0] + 20
    with closing(Library(library.folder, HashedWords(), small)) as full:
        [result] = ingest(full, [large])
        assert (result.status, "no room left on the disk" in result.why) == ("refused", True), result.why
        assert state_of(full) == before
    assert [r.status for r in ingest(library, [large])] == ["added"]
    assert state_of(library)["wrong"] == []


class Full(Vectors):
    """An index that has room for so many more vectors."""

    room = 0

    def add(self, briefing: str, ids: Sequence[int], vectors: Sequence[Sequence[float] | Vector]) -> None:
        super().add(briefing, ids[: self.room], vectors[: self.room])
        if len(ids) > self.room:
            raise cannot_be_used(self.folder.parent, RuntimeError("database or disk is full"))


@pytest.mark.parametrize("room", [0, 5])
def test_where_the_vectors_do_not_fit_nothing_is_in_neither_added_nor_replaced(library: Library, tmp_path: Path, room: int) -> None:
    before = state_of(library)
    sound, library.vectors = library.vectors, Full(library.folder / "vectors")
    library.vectors.room = room
    changed = [write_markdown(tmp_path / "ashby.md", "Ashby", 2), write_markdown(tmp_path / "brook.md", "Brook")]
    results = list(ingest(library, changed))
    assert [result.status for result in results] == ["refused", "refused"]
    assert all("no room left on the disk" in result.why for result in results)
    library.vectors = sound
    assert state_of(library) == before
    assert [r.status for r in ingest(library, changed)] == ["replaced", "added"]
    assert state_of(library)["wrong"] == []


class NoRoomToOpen(Vectors):
    """An index that cannot be opened where it lies, which is how Chroma takes a disk without a byte left."""

    def nearest(self, *asked: Any) -> list[tuple[int, float]]:
        if not self.copied:
            raise cannot_be_used(self.folder.parent, RuntimeError("database or disk is full"))
        return super().nearest(*asked)

    copied = False

    def use_copy(self) -> None:
        super().use_copy()
        self.copied = True


def test_where_no_byte_is_left_a_question_is_answered_from_a_copy_of_the_vectors(library: Library) -> None:
    asked = library.embedder.embed_query("the father was never spoken to alone")
    expected = library.by_meaning(asked, 5)
    library.vectors.reopen()
    library.vectors = NoRoomToOpen(library.folder / "vectors")
    assert library.by_meaning(asked, 5) == expected
    library.vectors.reopen()


def told(library: Path) -> tuple[str, str]:
    """What the library holds, and the proof of it, by the command line."""
    return reflect(library, "list", "--json").stdout, reflect(library, "verify", "--json").stdout


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library made by the command line."""
    folder = tmp_path_factory.mktemp("real")
    assert reflect(prepared(folder / "library"), "ingest", str(write_markdown(folder / "ashby.md", "Ashby"))).returncode == 0
    return folder / "library"


def one_line(ran: subprocess.CompletedProcess[str], name: str) -> str:
    """The one row of a file that was refused by a command that failed."""
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
    [row] = ran.stdout.splitlines()
    assert row.startswith(f"refused   {name}")
    return row


def test_the_command_line_says_in_a_line_that_the_disk_is_full(real: Path, tmp_path: Path) -> None:
    before, large = told(real), write_markdown(tmp_path / "large.md", "Brook", count=750)
    assert "no room left" in one_line(reflect(real, "ingest", str(large), before=little_room), "large.md")
    assert told(real) == before
    assert not list((real / "files").glob("*.part"))
    assert json.loads(reflect(real, "ingest", str(large), "--json").stdout)["status"] == "added"
    assert reflect(real, "delete", "large.md").returncode == 0


def test_a_deletion_on_a_full_disk_is_wholly_undone_or_told_as_what_it_is(real: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    shutil.copytree(real, library)
    large, small = write_markdown(tmp_path / "large.md", "Brook", count=750), write_markdown(tmp_path / "small.md", "Coldham")
    assert reflect(library, "ingest", str(large), str(small)).returncode == 0
    before = told(library)
    undone = reflect(library, "delete", "large.md", before=little_room)
    assert (undone.returncode, undone.stderr.count("\n")) == (1, 1)
    assert "no room left" in undone.stderr
    assert "The library has not changed." in undone.stderr
    assert told(library) == before
    done = reflect(library, "delete", "small.md", before=little_room)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "small.md is deleted" in done.stderr
    assert "as it was" not in done.stderr
    assert "small.md" not in reflect(library, "list", "--json").stdout
    marks = [finding.encode()[:18] for finding in findings("Coldham")]
    assert not [file for file in library.rglob("*") if file.is_file() and any(mark in file.read_bytes() for mark in marks)]


def test_the_command_line_says_in_a_line_that_the_library_may_not_be_written(real: Path, tmp_path: Path) -> None:
    before, more = told(real), write_markdown(tmp_path / "more.md", "Brook")
    with read_only(real):
        assert "is read-only for you" in one_line(reflect(real, "ingest", str(more), before=plain_user), "more.md")
        listed, proven = (reflect(real, verb, "--json", before=plain_user) for verb in ("list", "verify"))
        assert (listed.stdout, proven.stdout) == before, listed.stderr + proven.stderr
        new = reflect(real / "new", "ingest", str(more), before=plain_user)
        assert (new.returncode, new.stdout) == (1, "")
        assert new.stderr.splitlines() == [
            f"The library {real / 'new'} is read-only for you. Ask for write access, or choose another with --library."
        ]
    assert told(real) == before
    assert reflect(real, "ingest", str(more)).returncode == 0
    assert reflect(real, "delete", "more.md").returncode == 0


def test_the_command_line_says_in_a_line_that_a_file_is_gone(real: Path, tmp_path: Path) -> None:
    before = told(real)
    assert one_line(reflect(real, "ingest", str(tmp_path / "gone.pdf")), "gone.pdf").endswith("is not there. Check the path.")
    assert told(real) == before
