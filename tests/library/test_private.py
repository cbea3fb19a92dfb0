"""What the library makes is its owner's alone, and what was replaced or deleted is gone from a library that goes on running."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import closing, suppress
from pathlib import Path

import psutil
import pytest

from ingest.pipeline import ingest
from knowledge.catalogue import Catalogue
from knowledge.errors import LibraryError
from knowledge.library import CATALOGUE, Library
from tests.library.looking import Open, add
from tests.library_maker import HashedWords, findings, nearest_texts, texts_with, write_folder, write_markdown


@pytest.fixture
def wide() -> object:
    """A user whose files may be read by everybody, unless a program says otherwise."""
    before = os.umask(0o002)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder.parent)) for p in (folder, *folder.rglob("*")) if p.stat().st_mode & 0o077)


@pytest.mark.usefixtures("wide")
def test_nobody_else_may_read_what_the_library_makes(opened: Open, tmp_path: Path) -> None:
    library = opened()
    add(library, write_folder(tmp_path / "in", ("Ashby", "Brook", "Coldham"), count=400))
    nearest_texts(library, "the father")
    library.withdraw("brook.txt", who="A. Lead")
    library.delete("ashby.md")
    assert {p.name for p in library.folder.iterdir()} >= {CATALOGUE, f"{CATALOGUE}-wal", "files", "vectors", "records", "writing.lock"}
    assert open_to_others(library.folder) == []


@pytest.mark.usefixtures("wide")
def test_a_library_that_an_earlier_version_made_is_closed_to_others_on_opening(opened: Open, tmp_path: Path) -> None:
    library = opened()
    add(library, write_markdown(tmp_path / "ashby.md", "Ashby"))
    library.close()
    for place in (library.folder, *library.folder.rglob("*")):
        place.chmod(0o775 if place.is_dir() else 0o664)
    opened()
    assert open_to_others(library.folder) == []


def test_a_folder_that_holds_other_things_is_not_closed_to_others(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir(mode=0o755)
    (tmp_path / "shared" / "minutes.txt").write_text("of the board")
    with closing(Library(tmp_path / "shared", HashedWords())):
        assert (tmp_path / "shared").stat().st_mode & 0o777 == 0o755
        assert (tmp_path / "shared" / CATALOGUE).stat().st_mode & 0o777 == 0o600


def holding(library: Library, *texts: str) -> list[str]:
    marks = [text[i : i + 18].encode() for text in texts for i in range(5)]  # where a finding names its place, which others do not
    return [
        file.name
        for file in library.folder.rglob("*")
        if file.is_file() and any(mark in content for content in [file.read_bytes()] for mark in marks)
    ]


def test_replaced_text_is_gone_while_the_library_stays_open(opened: Open, tmp_path: Path) -> None:
    library = opened()
    path = write_markdown(tmp_path / "ashby.md", "Ashby")
    add(library, path, write_markdown(tmp_path / "brook.md", "Brook"))
    old = findings("Ashby")[2]
    assert holding(library, old)
    add(library, write_markdown(path, "Ashby", 2))
    assert holding(library, old) == []


def test_an_earlier_correction_and_the_note_of_a_withdrawal_are_gone_as_well(opened: Open, tmp_path: Path) -> None:
    library = opened()
    add(library, write_markdown(tmp_path / "ashby.md", "Ashby"))
    library.correct("ashby.md", "title", "A title that names the living child")
    library.withdraw("ashby.md", why="the mother of the child asked for it")
    assert holding(library, "A title that names the living child")
    library.correct("ashby.md", "title", "Another title")
    library.restore("ashby.md")
    assert holding(library, "A title that names the living child", "the mother of the child asked for it") == []


def test_what_a_reader_holds_back_is_scrubbed_at_the_next_question(opened: Open, tmp_path: Path) -> None:
    library = opened()
    add(library, write_markdown(tmp_path / "ashby.md", "Ashby"), write_markdown(tmp_path / "brook.md", "Brook"))
    nearest_texts(library, "the father")
    old = findings("Ashby")[2]
    with closing(sqlite3.connect(library.folder / CATALOGUE, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM passage").fetchone()
        with pytest.raises(LibraryError, match=r"ashby\.md is deleted.*traces of it"):
            library.delete("ashby.md")
        assert [b.file_name for b in library.briefings()] == ["brook.md"]
        nearest_texts(library, "the father")
        assert library.catalogue.needs_scrubbing()
        reader.execute("ROLLBACK")
    nearest_texts(library, "the father")
    assert not library.catalogue.needs_scrubbing()
    assert holding(library, old) == []


def test_many_replaced_files_are_scrubbed_once(opened: Open, tmp_path: Path) -> None:
    library = opened()
    folder = write_folder(tmp_path / "in", ("Ashby", "Brook", "Coldham"))
    add(library, folder)
    results = ingest(library, [write_folder(folder, ("Ashby", "Brook", "Coldham"), 2)])
    next(results)
    assert library.catalogue.needs_scrubbing()
    assert len(list(results)) == 2
    assert not library.catalogue.needs_scrubbing()
    assert holding(library, findings("Ashby")[2], findings("Brook")[2]) == []


def test_threads_that_come_and_go_leave_no_connection_behind(opened: Open, tmp_path: Path) -> None:
    library = opened()
    add(library, write_markdown(tmp_path / "ashby.md", "Ashby"))
    process, own = psutil.Process(), str(library.folder / CATALOGUE)

    def ask(found: list[int]) -> None:
        found.append(len(texts_with(library, "Ashby1")))

    def threads(number: int) -> int:
        found: list[int] = []
        started = [threading.Thread(target=ask, args=(found,)) for _ in range(number)]
        for thread in started:
            thread.start()
        for thread in started:
            thread.join(60)
        assert set(found) == {12}
        assert len(found) == number
        return sum(file.path.startswith(own) for file in process.open_files())

    threads(40)
    assert threads(40) <= 2 * 8 + 1  # a few connections, each with the file and its log; before, two a thread
    library.close()
    assert sum(file.path.startswith(own) for file in process.open_files()) == 0


def test_what_happens_in_one_threads_transaction_no_other_sees(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path / CATALOGUE)
    inside, looked = threading.Event(), threading.Event()
    seen: list[str] = []

    def write() -> None:
        with catalogue.transaction():
            catalogue.set_setting("one", "written")
            inside.set()
            looked.wait(60)

    writer = threading.Thread(target=write)
    writer.start()
    inside.wait(60)
    seen.append(catalogue.setting("one"))
    looked.set()
    writer.join(60)
    seen.append(catalogue.setting("one"))
    assert seen == ["", "written"]
    with suppress(ZeroDivisionError), catalogue.transaction():
        catalogue.set_setting("one", "undone")
        raise ZeroDivisionError
    assert catalogue.setting("one") == "written"
    catalogue.close()
