"""What the library mends by itself, and what holds where several processes or threads are at it."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import threading
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from knowledge.errors import LibraryError
from knowledge.library import Library
from knowledge.vectors import Vectors
from tests.library.looking import Open, add, assert_sound, statuses
from tests.library_maker import Child, HashedWords, findings, nearest_texts, state_of, texts_with, write_folder, write_markdown

# -- mending --------------------------------------------------------------------------------------


def test_opening_sweeps_files_that_no_briefing_names(opened: Open, tmp_path: Path) -> None:
    file = write_markdown(tmp_path / "ashby.md", "Ashby")
    library = opened()
    add(library, file)
    (library.folder / "files" / "tmpabc.part").write_bytes(b"half a file")
    (library.folder / "files" / f"{'0' * 64}.pdf").write_bytes(b"a file that was kept before the kill")
    assert_sound(opened(), file)


def drop_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def drop_half(folder: Path) -> None:
    with closing(sqlite3.connect(folder.parent / "catalogue.sqlite3")) as connection:
        ids = [n for (n,) in connection.execute("SELECT id FROM passage")]
    vectors = Vectors(folder)
    vectors.remove(ids[::2])
    vectors.reopen()


def add_stray(folder: Path) -> None:
    vectors = Vectors(folder)
    vectors.add("gone", [900_001, 900_002], [HashedWords().embed_query("the father was never spoken to alone")] * 2)
    vectors.reopen()


def add_stray_in_place_of_others(folder: Path) -> None:
    drop_half(folder)
    with closing(sqlite3.connect(folder.parent / "catalogue.sqlite3")) as connection:
        (count,) = connection.execute("SELECT count(*) FROM passage").fetchone()
    vectors = Vectors(folder)
    vectors.add("gone", list(range(900_000, 900_000 + (count + 1) // 2)), [HashedWords().embed_query("lodger")] * ((count + 1) // 2))
    vectors.reopen()


def damage_database(folder: Path) -> None:
    (folder / "chroma.sqlite3").write_bytes(b"not a database any more" * 500)


def tear_index(folder: Path) -> None:
    """What a kill while Chroma writes its index (every 1,000 vectors) may leave."""
    torn = list(folder.rglob("header.bin"))
    assert torn
    for file in torn:
        file.unlink()


def lose_index(folder: Path) -> None:
    for place in [place for place in folder.iterdir() if place.is_dir()]:
        shutil.rmtree(place)


@pytest.mark.parametrize("harm", [drop_folder, drop_half, add_stray, add_stray_in_place_of_others, damage_database, tear_index, lose_index])
def test_opening_mends_vectors_that_are_missing_left_over_or_damaged(opened: Open, tmp_path: Path, harm: Callable[[Path], None]) -> None:
    folder = write_folder(tmp_path / "in", ("Ashby", "Brook", "Coldham"))
    write_markdown(folder / "long.md", "Dunmere", count=1100)
    library = opened()
    add(library, folder)
    library.close()
    harm(library.folder / "vectors")
    assert_sound(opened(), *folder.iterdir())


def test_a_stray_vector_is_never_taken_for_a_new_passage(opened: Open, tmp_path: Path) -> None:
    one, two = write_markdown(tmp_path / "ashby.md", "Ashby"), write_markdown(tmp_path / "brook.md", "Brook")
    library = opened()
    add(library, one)
    last = max(n for n, _ in library.by_words(["Ashby1"]))
    library.close()
    vectors = Vectors(library.folder / "vectors")
    vectors.add("gone", [last + 1, last + 2], [HashedWords().embed_query("lodger")] * 2)
    vectors.reopen()
    library = opened()
    add(library, two)
    assert_sound(library, one, two)


def died_storing(library: Library, file: Path) -> None:
    """Another process puts the vectors of a file in, and is killed before the catalogue has its passages."""
    with Child() as child:
        child.ask("open", library.folder)
        child.tell(("die storing", file))
        with pytest.raises(EOFError):
            child.answer()
    assert child.status == -signal.SIGKILL


def found_in_vain(library: Library, text: str) -> list[int]:
    """The numbers among the hundred nearest in meaning that no passage goes by."""
    found = [n for n, _ in library.by_meaning(library.embedder.embed_query(text), 100)]
    assert len(found) == 100
    return [n for n in found if n not in library.stored(found)]


def test_vectors_of_a_process_that_died_take_no_place_in_one_that_goes_on(opened: Open, tmp_path: Path) -> None:
    standing, changed = write_markdown(tmp_path / "ashby.md", "Ashby", count=200), write_markdown(tmp_path / "brook.md", "Brook")
    library = opened()
    add(library, standing, changed)
    asked = findings("Coldham")[7]
    assert found_in_vain(library, asked) == []
    died_storing(library, write_markdown(tmp_path / "coldham.md", "Coldham", count=300))
    assert found_in_vain(library, asked) == []  # they are not seen until this process writes
    assert statuses(add(library, write_markdown(changed, "Brook", 2))) == {"brook.md": "replaced"}
    assert found_in_vain(library, asked) == []
    assert_sound(library, standing, changed)
    died_storing(library, tmp_path / "coldham.md")
    small = write_markdown(tmp_path / "dunmere.md", "Dunmere")
    assert statuses(add(library, small)) == {"dunmere.md": "added"}
    assert found_in_vain(library, asked) == []
    assert_sound(library, standing, changed, small)
    assert statuses(add(library, tmp_path / "coldham.md")) == {"coldham.md": "added"}
    assert_sound(library, standing, changed, small, tmp_path / "coldham.md")


def test_another_model_embeds_everything_again(opened: Open, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "in", ("Ashby", "Brook", "Coldham"))
    library = opened()
    add(library, folder)
    library.close()
    other = HashedWords("another", dimensions=24)
    library = opened(other)
    assert_sound(library, *folder.iterdir())
    assert other.embedded == sum(b.passages for b in library.briefings())
    library.close()
    same = HashedWords("another", dimensions=24)
    assert_sound(opened(same), *folder.iterdir())
    assert same.embedded == 0


def test_a_folder_that_cannot_be_a_library_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(LibraryError, match="file"):
        Library(tmp_path / "file", HashedWords())
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "catalogue.sqlite3").write_bytes(b"no database" * 1000)
    with pytest.raises(LibraryError, match="broken"):
        Library(tmp_path / "broken", HashedWords())


def test_a_library_of_another_version_is_left_alone(opened: Open, tmp_path: Path) -> None:
    library = opened()
    library.catalogue.set_setting("schema", "999")
    library.close()
    with pytest.raises(LibraryError, match="another version"):
        Library(tmp_path / "library", HashedWords())
    assert library.catalogue.setting("schema") == "999"


# -- several at once ------------------------------------------------------------------------------


def test_two_processes_see_what_the_other_added_replaced_and_deleted(opened: Open, tmp_path: Path) -> None:
    ours, theirs = write_markdown(tmp_path / "ours.md", "Ashby"), write_markdown(tmp_path / "theirs.md", "Brook")
    library = opened()
    with Child() as child:
        child.ask("open", library.folder)
        assert nearest_texts(library, "the father") == child.ask("meaning", "the father") == []

        assert child.ask("ingest", theirs) == {"theirs.md": "added"}
        assert set(findings("Brook")) <= set(texts_with(library, "Brook1"))
        assert findings("Brook")[7] in nearest_texts(library, findings("Brook")[7])

        assert statuses(add(library, ours)) == {"ours.md": "added"}
        assert set(findings("Ashby")) <= set(child.ask("words", "Ashby1"))
        assert findings("Ashby")[7] in child.ask("meaning", findings("Ashby")[7])

        write_markdown(theirs, "Brook", 2)
        assert statuses(add(library, theirs)) == {"theirs.md": "replaced"}
        assert child.ask("words", "Brook1") == []
        assert findings("Brook")[7] not in child.ask("meaning", findings("Brook")[7])
        assert findings("Brook", 2)[7] in child.ask("meaning", findings("Brook", 2)[7])

        assert child.ask("delete", "ours.md") == "ours.md"
        assert texts_with(library, "Ashby1") == []
        assert findings("Ashby")[7] not in nearest_texts(library, findings("Ashby")[7])

        library.delete("theirs.md")
        assert child.ask("words", "Brook2") == []
        assert child.ask("meaning", findings("Brook", 2)[7]) == []
        assert child.ask("list") == []
        assert_sound(library)


def test_what_another_process_added_is_seen_although_we_wrote_since(opened: Open, tmp_path: Path) -> None:
    """Our own writing must not make us believe that we have seen everything."""
    one, two, three = (write_markdown(tmp_path / f"{name.lower()}.md", name) for name in ("Ashby", "Brook", "Coldham"))
    embedder = HashedWords()
    library = opened(embedder)
    with Child() as child:
        child.ask("open", library.folder)
        add(library, one)
        assert nearest_texts(library, findings("Ashby")[0])
        child.ask("ingest", two)
        add(library, three)
        assert findings("Brook")[7] in nearest_texts(library, findings("Brook")[7])
        assert child.ask("state")["wrong"] == []
        assert_sound(library, one, two, three)
        assert embedder.embedded == sum(b.passages for b in library.briefings() if b.file_name != "brook.md")

        child.ask("delete", "ashby.md")
        library.withdraw("brook.md")
        assert findings("Ashby")[7] not in nearest_texts(library, findings("Ashby")[7])


def test_two_ingests_at_once_both_finish(opened: Open, tmp_path: Path) -> None:
    mine, yours = (
        write_folder(tmp_path / "mine", ("Ashby", "Brook", "Coldham", "Dunmere")),
        write_folder(tmp_path / "yours", ("Dunmere", "Elmstead", "Fenwick", "Garth")),
    )
    library = opened()
    with Child() as one, Child() as two:
        one.tell(("open", library.folder), ("ingest", mine))
        two.tell(("open", library.folder), ("ingest", yours))
        for child in (one, two):
            child.answer()
            assert set(child.answer().values()) <= {"added", "unchanged", "replaced"}
    held = {file.name: file for file in (*mine.iterdir(), *yours.iterdir())}
    assert {b.file_name for b in library.briefings()} == set(held)
    assert state_of(library)["wrong"] == []


def test_several_processes_may_open_a_new_library_at_once(tmp_path: Path) -> None:
    with ExitStack() as stack:
        children = [stack.enter_context(Child()) for _ in range(4)]
        for n in range(6):
            for child in children:
                child.tell(("open", tmp_path / f"library{n}"))
            assert [child.answer() for child in children] == [0] * 4


def test_questions_are_answered_while_files_come_in(opened: Open, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "in")
    library = opened()
    failures: list[BaseException] = []
    finished = threading.Event()
    asked = [0, 0, 0]

    def ask(who: int) -> None:
        try:
            while not finished.is_set() or not asked[who]:
                nearest_texts(library, "the father")
                texts_with(library, "father")
                asked[who] += 1
        except BaseException as error:  # told to the test below, whatever it is
            failures.append(error)

    threads = [threading.Thread(target=ask, args=(who,)) for who in range(len(asked))]
    for thread in threads:
        thread.start()
    try:
        for edition in (1, 2):
            results = add(library, write_folder(folder, edition=edition))
            assert {result.status for result in results} == {"added" if edition == 1 else "replaced"}
    finally:
        finished.set()
        for thread in threads:
            thread.join(60)
    assert failures == []
    assert min(asked) > 0
    assert_sound(library, *folder.iterdir())
