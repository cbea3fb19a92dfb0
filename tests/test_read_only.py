"""A library that may not be written answers every question from what is there, and says what it cannot do."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from knowledge.embedding import SentenceEmbedder
from knowledge.library import CATALOGUE, Library
from tests.earlier_catalogue import back_to_version_2
from tests.library_maker import write_markdown
from tests.prepared import prepared
from tests.restricted import plain_user, read_only, reflect

QUESTION = "Was the lodger known to the services?"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of two briefings that has answered once."""
    folder = tmp_path_factory.mktemp("made")
    files = [str(write_markdown(folder / f"{place.lower()}.md", place)) for place in ("Ashby", "Brook")]
    assert reflect(prepared(folder / "library"), "ingest", *files).returncode == 0
    assert answered(reflect(folder / "library", "ask", QUESTION, "--json"))["citations"]
    return folder / "library"


@pytest.fixture
def library(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "library")
    return tmp_path / "library"


def answered(ran: subprocess.CompletedProcess[str]) -> dict[str, object]:
    assert ran.returncode == 0, ran.stderr
    found: dict[str, object] = json.loads(ran.stdout)
    return found


def copies() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob("reflect-*"))


@pytest.mark.parametrize("lacks", ["nothing", "vectors", "derived"])
def test_a_question_is_answered_as_where_it_may_be_written(library: Path, lacks: str) -> None:
    expected = answered(reflect(library, "ask", QUESTION, "--json"))
    if lacks != "nothing":
        shutil.rmtree(library / lacks)
    before = copies()
    with read_only(library):
        assert answered(reflect(library, "ask", QUESTION, "--json", before=plain_user)) == expected
        for change in (("withdraw", "ashby.md"), ("delete", "ashby.md"), ("correct", "ashby.md", "title", "Another")):
            ran = reflect(library, *change, before=plain_user)
            assert (ran.returncode, len(ran.stderr.splitlines())) == (1, 1)
            assert "is read-only for you" in ran.stderr
    assert copies() <= before
    assert answered(reflect(library, "ask", QUESTION, "--json")) == expected


def test_a_library_of_an_earlier_version_says_what_to_do(library: Path) -> None:
    with closing(sqlite3.connect(library / CATALOGUE)) as connection, connection:
        back_to_version_2(connection)
    with read_only(library):
        for command in (("list",), ("ask", QUESTION)):
            ran = reflect(library, *command, before=plain_user)
            assert (ran.returncode, ran.stdout, len(ran.stderr.splitlines())) == (1, "", 1)
            assert "made by an earlier version and is read-only here. Open it once where you can write to it" in ran.stderr
    assert reflect(library, "list").returncode == 0


def test_what_stands_in_the_log_alone_is_seen(library: Path) -> None:
    with closing(Library(library, SentenceEmbedder())) as opened, closing(sqlite3.connect(library / CATALOGUE)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM passage").fetchone()
        opened.withdraw("ashby.md", why="superseded")
        copy = library.parent / "copy"
        shutil.copytree(library, copy)
    assert (copy / f"{CATALOGUE}-wal").stat().st_size
    (copy / f"{CATALOGUE}-shm").unlink(missing_ok=True)
    with read_only(copy):
        found = answered(reflect(copy, "ask", QUESTION, "--json", before=plain_user))
        assert {one["document"] for one in found["citations"]} == {"brook.md"}  # type: ignore[attr-defined]
