"""Kept files are never lost: a library without its catalogue is not begun anew, and it can be read again from them."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ingest.pipeline import steps
from knowledge.embedding import sha256_of
from knowledge.errors import LibraryError
from knowledge.library import CATALOGUE, Library
from knowledge.rebuild import Rebuilt, rebuilding
from tests.library.looking import Open, add, assert_sound, statuses
from tests.library_maker import Child, HashedWords, findings, texts_with, write_folder, write_markdown, write_text


def everything(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but the catalogue and what stands beside it."""
    files = (file for file in folder.rglob("*") if file.is_file() and not file.name.startswith((CATALOGUE, "writing.lock")))
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


@pytest.fixture
def filled(opened: Open, tmp_path: Path) -> Library:
    """A library of three briefings, closed; one of them is withdrawn and one corrected."""
    library = opened()
    add(library, write_folder(tmp_path / "in", ("Ashby", "Brook", "Coldham")))
    library.withdraw("brook.txt", who="R. Okafor", why="names a living child")
    library.correct("ashby.md", "publisher", "Ashby SCB")
    library.close()
    return library


def lost(folder: Path) -> None:
    (folder / CATALOGUE).unlink()


def emptied(folder: Path) -> None:
    (folder / CATALOGUE).write_bytes(b"")


def of_something_else(folder: Path) -> None:
    (folder / CATALOGUE).unlink()
    with closing(sqlite3.connect(folder / CATALOGUE)) as connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")


def torn(folder: Path) -> None:
    content = (folder / CATALOGUE).read_bytes()
    (folder / CATALOGUE).write_bytes(b"no database" * 500 + content[5500:])


HARMS = [lost, emptied, of_something_else]


@pytest.mark.parametrize("harm", HARMS)
def test_kept_files_without_a_catalogue_are_refused_and_left_as_they_are(filled: Library, harm: Callable[[Path], None]) -> None:
    harm(filled.folder)
    before = everything(filled.folder)
    with pytest.raises(LibraryError, match=r"3 files.*reflect restore FILE.*reflect rebuild"):
        Library(filled.folder, HashedWords())
    assert everything(filled.folder) == before


def test_files_that_are_put_back_before_their_catalogue_stay(filled: Library, tmp_path: Path) -> None:
    again = tmp_path / "again"
    shutil.copytree(filled.folder / "files", again / "files")
    with pytest.raises(LibraryError, match="reflect rebuild"):
        Library(again, HashedWords())
    shutil.copy(filled.folder / CATALOGUE, again / CATALOGUE)
    with closing(Library(again, HashedWords())) as library:
        library.restore("brook.txt")
        assert_sound(library, *(tmp_path / "in").iterdir())


def test_files_of_others_are_left_alone_and_unknown_ones_of_our_form_are_set_aside(filled: Library) -> None:
    files = filled.folder / "files"
    (files / "thesis.docx").write_bytes(b"four years of work")
    (files / f"{'a' * 64}.pdf").write_bytes(b"of an older catalogue")
    (files / f"{'b' * 64}.pdf.x1_y2z3a.part").write_bytes(b"half a file")
    with closing(Library(filled.folder, HashedWords())) as library:
        assert (files / "thesis.docx").read_bytes() == b"four years of work"
        assert [file.read_bytes() for file in library.files.set_aside_files()] == [b"of an older catalogue"]
        assert not list(files.glob("*.part"))
        library.delete("coldham.pdf")
    assert (files / "thesis.docx").exists()
    assert (filled.folder / "set-aside" / f"{'a' * 64}.pdf").exists()


def test_an_older_catalogue_over_newer_files_loses_none_of_them(filled: Library, tmp_path: Path) -> None:
    older = (filled.folder / CATALOGUE).read_bytes()
    new = write_markdown(tmp_path / "dunmere.md", "Dunmere")
    add(filled, new)
    filled.close()
    (filled.folder / CATALOGUE).write_bytes(older)
    with closing(Library(filled.folder, HashedWords())) as library:
        assert [sha256_of(file) for file in library.files.set_aside_files()] == [sha256_of(new)]
        assert statuses(add(library, new)) == {"dunmere.md": "added"}
        library.delete("dunmere.md")
        assert library.files.set_aside_files() == []  # what is deleted is gone from there too


def test_the_file_of_a_briefing_that_was_on_its_way_in_is_removed(opened: Open, tmp_path: Path) -> None:
    file = write_markdown(tmp_path / "ashby.md", "Ashby")
    library = opened()
    library.close()
    with Child() as child:
        child.ask("open", library.folder)
        child.tell(("die storing", file))
        with pytest.raises(EOFError):
            child.answer()
    assert list((library.folder / "files").iterdir())
    again = opened()
    assert_sound(again)
    assert again.files.set_aside_files() == []


def rebuilt(folder: Path) -> tuple[Rebuilt, dict[str, str]]:
    with rebuilding(folder, HashedWords()) as work:
        statuses = {result.file: result.why or result.status for result in work.read(steps)}
        return work.finish(), statuses


@pytest.mark.parametrize("harm", [*HARMS, torn, lambda _: None], ids=["lost", "emptied", "of something else", "torn", "whole"])
def test_a_catalogue_is_rebuilt_with_names_withdrawals_and_corrections(
    filled: Library, opened: Open, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    with closing(Library(filled.folder, HashedWords())) as library:
        before = {b.file_name: (b.withdrawn, b.added, b.details.publisher, b.corrected) for b in library.briefings()}
    harm(filled.folder)
    damaged = (filled.folder / CATALOGUE).read_bytes() if (filled.folder / CATALOGUE).exists() else b""
    told, results = rebuilt(filled.folder)
    assert (told.briefings, told.unknown) == (3, ())
    assert set(results.values()) == {"added"}
    library = opened()
    assert {b.file_name: (b.withdrawn, b.added, b.details.publisher, b.corrected) for b in library.briefings()} == before
    assert "R. Okafor: names a living child" in library.briefing("brook.txt").withdrawn
    assert texts_with(library, "Brook1") == []
    assert set(findings("Ashby")) <= set(texts_with(library, "Ashby1"))
    library.restore("brook.txt")
    assert_sound(library, *(tmp_path / "in").iterdir())
    kept = [place / CATALOGUE for place in told.aside if (place / CATALOGUE).exists()]
    if harm is torn:
        assert [place.read_bytes() for place in kept] == [damaged]
    assert len(kept) == bool(damaged) or harm is emptied


def test_what_nothing_is_known_of_stays_out_of_answers_until_it_is_let_in(filled: Library, opened: Open) -> None:
    lost(filled.folder)
    shutil.rmtree(filled.folder / "records")
    told, _ = rebuilt(filled.folder)
    assert len(told.unknown) == 3
    library = opened()
    assert library.briefings(withdrawn=False) == []
    assert texts_with(library, "Ashby1") == []
    for name in told.unknown:
        library.restore(name)
    assert set(findings("Ashby")) <= set(texts_with(library, "Ashby1"))


def test_what_cannot_be_read_again_is_told_and_set_aside(filled: Library, opened: Open) -> None:
    library = opened()
    text, changed = library.file_of(library.briefing("brook.txt")), library.file_of(library.briefing("ashby.md"))
    library.close()
    lost(filled.folder)
    changed.chmod(0o600)
    changed.write_bytes(b"changed on disk")
    with rebuilding(filled.folder, HashedWords()) as work:
        assert work.changed == ["ashby.md"]
        assert {result.file for result in work.read(steps)} == {"brook.txt", "coldham.pdf"}
        told = work.finish()
    assert (told.briefings, {place.name for place in told.aside}) == (2, {changed.name, *(p.name for p in told.aside if p.is_dir())})
    assert text.exists()
    with closing(Library(filled.folder, HashedWords())) as library:
        assert {b.file_name for b in library.briefings()} == {"brook.txt", "coldham.pdf"}


def test_where_nothing_can_be_read_again_nothing_is_changed(filled: Library) -> None:
    lost(filled.folder)
    for file in (filled.folder / "files").iterdir():
        file.write_bytes(b"damaged")
    before = everything(filled.folder)
    with rebuilding(filled.folder, HashedWords()) as work:
        list(work.read(steps))
        with pytest.raises(LibraryError, match="has not changed"):
            work.finish()
    assert everything(filled.folder) == before


def test_a_record_follows_every_change_and_goes_with_its_briefing(filled: Library, opened: Open, tmp_path: Path) -> None:
    library = opened()
    assert library.folder == filled.folder
    assert {record.file_name for record in library.records.read()} == {"ashby.md", "brook.txt", "coldham.pdf"}
    library.restore("brook.txt")
    changed = write_text(tmp_path / "in" / "brook.txt", "Brook", 2)
    add(library, changed)
    library.uncorrect("ashby.md", "publisher")
    library.delete("coldham.pdf")
    records = {record.file_name: record for record in library.records.read()}
    assert set(records) == {"ashby.md", "brook.txt"}
    assert (records["brook.txt"].withdrawn, records["brook.txt"].sha256) == ("", sha256_of(changed))
    assert records["ashby.md"].corrections == ()
    library.close()
    shutil.rmtree(library.folder / "records")
    assert {record.file_name for record in opened().records.read()} == {"ashby.md", "brook.txt"}
    assert all(json.loads(file.read_text("utf-8")) for file in (library.folder / "records").iterdir())
