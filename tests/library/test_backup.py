"""A backup is made while the library is in use, is proven before it is used, and puts back all that it holds."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from knowledge.backup import back_up, checked, is_backup, put_back
from knowledge.errors import BackupDamaged, LibraryError
from knowledge.library import CATALOGUE, Library
from tests.forked import PROCESSES
from tests.library.looking import Open, add, assert_sound
from tests.library_maker import (
    Child,
    HashedWords,
    findings,
    nearest_texts,
    state_of,
    texts_with,
    write_folder,
    write_markdown,
    write_text,
)


@pytest.fixture
def library(opened: Open, tmp_path: Path) -> Library:
    """A library of three briefings, of which one is withdrawn a moment ago: that stands in the write-ahead log alone."""
    made = opened()
    add(made, write_folder(tmp_path / "in", ("Ashby", "Brook", "Coldham")))
    made.withdraw("brook.txt", who="R. Okafor", why="names a living child")
    return made


def test_a_library_is_put_back_whole_elsewhere(library: Library, opened: Open, tmp_path: Path) -> None:
    file = tmp_path / "b" / "library.reflect"
    made = back_up(library, file)
    assert (made.briefings, made.left_out, len(made.files)) == (3, (), 4)
    assert file.stat().st_mode & 0o077 == 0
    assert is_backup(file)
    told = put_back(file, tmp_path / "new", HashedWords())
    assert (told.aside, told.withdrawn) == (None, ())
    new = opened(folder="new")
    assert "names a living child" in new.briefing("brook.txt").withdrawn
    assert texts_with(new, "Brook1") == []
    assert findings("Ashby")[3] in nearest_texts(new, findings("Ashby")[3])
    new.restore("brook.txt")
    assert_sound(new, *(tmp_path / "in").iterdir())
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == [] == list(file.parent.glob(".*"))


def test_a_backup_is_whole_while_another_process_writes(library: Library, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "more", ("Dunmere", "Elmstead", "Fenwick", "Garth"), count=40)
    with Child() as child:
        child.ask("open", library.folder)
        child.tell(("ingest", folder), ("delete", "dunmere.md"), ("ingest", write_folder(folder, ("Elmstead",), 2)))
        for n in range(6):
            back_up(library, tmp_path / f"{n}.reflect")
        for _ in range(3):
            child.answer()
    for n in range(6):
        told = put_back(tmp_path / f"{n}.reflect", tmp_path / f"new{n}", HashedWords())
        assert told.backup.left_out == ()
        with closing(Library(tmp_path / f"new{n}", HashedWords())) as new:
            assert "names a living child" in new.briefing("brook.txt").withdrawn
            new.restore("brook.txt")
            state = state_of(new)
            assert state["wrong"] == []
            assert sorted(b["sha256"] for b in state["briefings"]) == state["files"]


def test_a_restore_over_a_library_keeps_what_it_held_and_what_was_withdrawn(library: Library, opened: Open, tmp_path: Path) -> None:
    file = tmp_path / "library.reflect"
    back_up(library, file)
    original = (tmp_path / "in" / "ashby.md").read_bytes()
    changed = write_markdown(tmp_path / "in" / "ashby.md", "Ashby", 2)
    later = write_markdown(tmp_path / "dunmere.md", "Dunmere")
    add(library, changed, later)
    changed.write_bytes(original)
    library.withdraw("coldham.pdf", why="superseded")
    told = put_back(file, library.folder, HashedWords())
    assert told.withdrawn == ("coldham.pdf",)
    assert texts_with(library, "Ashby2") == []  # the library that was open all the while sees what was put back
    assert findings("Ashby")[7] in nearest_texts(library, findings("Ashby")[7])
    assert texts_with(library, "Coldham1") == []
    for name in ("brook.txt", "coldham.pdf"):
        library.restore(name)
    assert_sound(library, *(tmp_path / "in").iterdir())
    assert told.aside is not None
    put_back(told.aside, tmp_path / "before", HashedWords())
    before = opened(folder="before")
    assert {b.file_name for b in before.briefings()} == {"ashby.md", "brook.txt", "coldham.pdf", "dunmere.md"}
    assert set(findings("Ashby", 2)) <= set(texts_with(before, "Ashby2"))


def test_another_librarys_backup_is_found_by_its_own_meaning(library: Library, opened: Open, tmp_path: Path) -> None:
    other = opened(folder="other")
    places = {place: write_markdown(tmp_path / f"{place.lower()}.md", place) for place in ("Dunmere", "Elmstead", "Fenwick")}
    add(other, *places.values())
    back_up(other, tmp_path / "other.reflect")
    nearest_texts(library, "the father")
    put_back(tmp_path / "other.reflect", library.folder, HashedWords())
    assert_sound(library, *places.values())  # passages that go by the numbers of others before them have their own vectors


@pytest.mark.parametrize("harm", ["lost", "torn"])
def test_a_library_with_a_lost_or_damaged_catalogue_is_put_back(library: Library, opened: Open, tmp_path: Path, harm: str) -> None:
    file = tmp_path / "library.reflect"
    back_up(library, file)
    library.withdraw("coldham.pdf", why="superseded")
    library.close()
    if harm == "lost":
        (library.folder / CATALOGUE).unlink()
    else:
        (library.folder / CATALOGUE).write_bytes(b"no database" * 900)
    told = put_back(file, library.folder, HashedWords())
    assert told.withdrawn == ("coldham.pdf",)
    assert (told.aside is not None) == (harm == "torn")
    if told.aside:
        assert (told.aside / CATALOGUE).read_bytes() == b"no database" * 900
    again = opened()
    for name in ("brook.txt", "coldham.pdf"):
        again.restore(name)
    assert_sound(again, *(tmp_path / "in").iterdir())


def test_a_damaged_backup_changes_nothing(library: Library, tmp_path: Path) -> None:
    whole = tmp_path / "library.reflect"
    back_up(library, whole)
    content = whole.read_bytes()
    before = state_of(library)
    names = {file.name for file in library.folder.rglob("*")}
    harmed = tmp_path / "harmed.reflect"
    places = range(60, len(content), max(1, len(content) // 60))
    for place in places:
        harmed.write_bytes(content[:place] + bytes([content[place] ^ 0x10]) + content[place + 1 :])
        try:
            assert checked(harmed) == checked(whole)  # a date of an entry, which says nothing
        except BackupDamaged:
            with pytest.raises(BackupDamaged, match="Nothing was changed"):
                put_back(harmed, library.folder, HashedWords())
    for cut in (len(content) // 2, len(content) - 1):
        harmed.write_bytes(content[:cut])
        assert is_backup(harmed)
        with pytest.raises(BackupDamaged, match=r"harmed\.reflect is not a whole backup"):
            put_back(harmed, library.folder, HashedWords())
    assert state_of(library) == before
    assert {file.name for file in library.folder.rglob("*")} == names


def test_a_backup_that_somebody_changed_is_refused(library: Library, tmp_path: Path) -> None:
    good, evil = tmp_path / "good.reflect", tmp_path / "evil.reflect"
    back_up(library, good)
    for harmed, old, new in (("manifest.json", b"files/", b"../lost/"), ("files/", b"Ashby1 review 3", b"Ashby1 review 4")):
        with zipfile.ZipFile(good) as source, zipfile.ZipFile(evil, "w") as target:
            for name in source.namelist():
                content = source.read(name)
                target.writestr(name, content.replace(old, new) if name.startswith(harmed) else content)
        with pytest.raises(BackupDamaged, match="Nothing was changed"):
            put_back(evil, tmp_path / "new", HashedWords())
    assert not (tmp_path / "lost").exists()
    assert not (tmp_path / "new").exists()


def test_a_file_that_is_no_backup_is_never_written_over(library: Library, tmp_path: Path) -> None:
    thesis = tmp_path / "thesis.docx"
    thesis.write_bytes(b"four years of work")
    with pytest.raises(LibraryError, match="not a backup"):
        back_up(library, thesis)
    with pytest.raises(LibraryError, match="outside it"):
        back_up(library, library.folder / "files" / "b.reflect")
    assert thesis.read_bytes() == b"four years of work"
    back_up(library, tmp_path / "b.reflect")
    assert back_up(library, tmp_path / "b.reflect").briefings == 3


def test_a_file_that_was_changed_on_disk_is_named_and_left_out(library: Library, tmp_path: Path) -> None:
    library.file_of(library.briefing("ashby.md")).write_bytes(b"changed")
    library.file_of(library.briefing("coldham.pdf")).unlink()
    made = back_up(library, tmp_path / "b.reflect")
    assert sorted(made.left_out) == ["ashby.md", "coldham.pdf"]
    assert put_back(tmp_path / "b.reflect", tmp_path / "new", HashedWords()).backup.left_out == made.left_out


def test_what_was_deleted_is_in_no_later_backup(library: Library, tmp_path: Path) -> None:
    library.delete("ashby.md")
    back_up(library, tmp_path / "b.reflect")
    with zipfile.ZipFile(tmp_path / "b.reflect") as archive:
        assert not [name for name in archive.namelist() if b"Ashby1" in archive.read(name)]


def restoring_that_dies(file: Path, folder: Path, moment: int) -> None:
    """Restore in a process that is killed when it comes to the `moment`-th thing that it writes."""
    passed = iter(range(moment))
    real = os.replace

    def replaced(source: object, target: object, **more: object) -> None:
        if next(passed, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        real(source, target, **more)  # type: ignore[arg-type]

    os.replace = replaced  # type: ignore[assignment]
    put_back(file, folder, HashedWords())


def test_killed_at_any_moment_of_a_restore_the_library_is_whole(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "library.reflect"
    back_up(library, file)
    new = {b.file_name: b.sha256 for b in library.briefings()}
    changed = (write_markdown(tmp_path / "ashby.md", "Ashby", 2), write_text(tmp_path / "brook.txt", "Brook", 2))
    add(library, *changed, write_markdown(tmp_path / "dunmere.md", "Dunmere"))
    old = {b.file_name: b.sha256 for b in library.briefings()}
    library.close()
    ready = tmp_path / "ready"
    shutil.copytree(library.folder, ready)
    seen = []
    for moment in range(40):
        shutil.rmtree(library.folder)
        shutil.copytree(ready, library.folder)
        child = PROCESSES.Process(target=restoring_that_dies, args=(file, library.folder, moment))
        child.start()
        child.join()
        with closing(Library(library.folder, HashedWords())) as again:
            held = {b.file_name: b.sha256 for b in again.briefings()}
            state = state_of(again)
            assert state["files"] == sorted(set(held.values()))
            assert all(again.file_of(b).exists() for b in again.briefings())
            assert not (again.folder / "staging").exists()
            assert {file.suffix for file in again.files.set_aside_files()} <= {".reflect"}  # what was not put in is removed
        assert held in (old, new)
        seen.append(held == old)
        if child.exitcode == 0:
            break
    assert child.exitcode == 0, "the restore did not finish"
    assert True in seen
    assert False in seen


def test_questions_are_answered_while_a_backup_and_a_restore_are_made(library: Library, tmp_path: Path) -> None:
    failures: list[BaseException] = []
    finished = threading.Event()

    def ask() -> None:
        try:
            while not finished.is_set():
                assert texts_with(library, "Ashby1")
                nearest_texts(library, "the father")
        except BaseException as error:  # told to the test below, whatever it is
            failures.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        for _ in range(3):
            back_up(library, tmp_path / "b.reflect")
            put_back(tmp_path / "b.reflect", library.folder, HashedWords())
    finally:
        finished.set()
        thread.join(60)
    assert failures == []
