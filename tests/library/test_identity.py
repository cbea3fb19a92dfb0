"""What tells one file from another: where it came from and what it holds; and which briefings are copies of one another."""

from __future__ import annotations

import json
import sqlite3
import unicodedata
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from app import main
from assistant.answering.markdown import as_markdown
from assistant.assistant import Assistant
from ingest.pipeline import Result, ingest
from knowledge.identity import given_name, told_apart
from knowledge.library import Library
from knowledge.rebuild import rebuilding
from tests.earlier_catalogue import back_to_version_2
from tests.library.looking import Open
from tests.library_maker import HashedWords, findings, write_markdown, write_pdf
from tests.prepared import prepared


def add(library: Library, *paths: Path, names: tuple[str, ...] = ()) -> list[Result]:
    return list(ingest(library, paths, names=names))


def folder_of(parent: Path, name: str) -> Path:
    (parent / name).mkdir()
    return parent / name


def held(library: Library) -> set[str]:
    return {briefing.file_name for briefing in library.briefings()}


def test_two_files_of_one_name_are_two_briefings(library: Library, tmp_path: Path) -> None:
    north, south = (write_markdown(folder_of(tmp_path, place.lower()) / "briefing.md", place) for place in ("North", "South"))
    results = add(library, north, south)
    assert [result.status for result in results] == ["added", "added"]
    assert held(library) == {"briefing.md", "briefing (south).md"}
    assert 'is kept as "briefing (south).md"' in results[1].note
    assert {result.status for result in add(library, south, north)} == {"unchanged"}
    write_markdown(south, "South", 2)
    assert [result.status for result in add(library, south, north)] == ["replaced", "unchanged"]
    assert held(library) == {"briefing.md", "briefing (south).md"}
    assert library.catalogue.count_with(findings("North")[0]) == 1


def test_two_files_of_one_name_in_one_upload_are_two_briefings(library: Library, tmp_path: Path) -> None:
    north, south = (write_markdown(tmp_path / f"{place}.md", place) for place in ("North", "South"))
    uploaded = ("briefing.md", "briefing.md")
    assert [result.status for result in add(library, north, south, names=uploaded)] == ["added", "added"]
    assert held(library) == {"briefing.md", "briefing (2).md"}
    assert {result.status for result in add(library, south, north, names=uploaded)} == {"unchanged"}
    assert held(library) == {"briefing.md", "briefing (2).md"}


def test_an_upload_replaces_its_own_earlier_version_and_no_other_file(library: Library, tmp_path: Path) -> None:
    first, other = write_markdown(tmp_path / "1.md", "North"), tmp_path / "2.md"
    other.write_text("# South\n\nA dog bit the postman twice and the cousin who kept it was not asked about the children.\n", "utf-8")
    add(library, first, names=("briefing.md",))
    assert [result.status for result in add(library, other, names=("briefing.md",))] == ["added"]
    first.write_text(first.read_text("utf-8") + "\nThe plan was looked at again in May.\n", "utf-8")
    assert [result.status for result in add(library, first, names=("briefing.md",))] == ["replaced"]
    assert held(library) == {"briefing.md", "briefing (2).md"}


def test_files_of_one_name_in_two_archives_are_two_briefings(library: Library, tmp_path: Path) -> None:
    for place in ("North", "South"):
        with zipfile.ZipFile(tmp_path / f"{place}.zip", "w") as archive:
            archive.write(write_markdown(tmp_path / "made.md", place), "briefing.md")
    assert [r.status for r in add(library, tmp_path / "North.zip", tmp_path / "South.zip")] == ["added", "added"]
    assert held(library) == {"briefing.md", "briefing (South).md"}


def test_a_folder_that_was_moved_is_known_again(library: Library, tmp_path: Path) -> None:
    file = write_markdown(folder_of(tmp_path, "here") / "briefing.md", "North")
    add(library, file)
    (tmp_path / "here").rename(tmp_path / "there")
    moved = tmp_path / "there" / "briefing.md"
    assert [result.status for result in add(library, moved)] == ["unchanged"]
    moved.write_text(moved.read_text("utf-8") + "\nThe plan was looked at again in May.\n", "utf-8")
    assert [result.status for result in add(library, moved)] == ["replaced"]
    assert held(library) == {"briefing.md"}


def test_names_that_look_alike_are_one(library: Library, tmp_path: Path) -> None:
    name = "caf\u00e9.md"
    file = write_markdown(tmp_path / "made.md", "North")
    add(library, file, names=(unicodedata.normalize("NFD", name),))
    assert held(library) == {name}
    assert [result.status for result in add(library, file, names=(name,))] == ["unchanged"]


def test_the_same_bytes_under_two_names_are_one_briefing(library: Library, tmp_path: Path) -> None:
    first, copy = write_markdown(tmp_path / "ashby.md", "Ashby"), tmp_path / "ashby (1).md"
    copy.write_bytes(first.read_bytes())
    results = add(library, first, copy)
    assert [result.status for result in results] == ["added", "added"]
    assert results[1].note == 'is a duplicate of "ashby.md", and only that one is quoted and counted'
    assert [b.file_name for b in library.briefings(withdrawn=False)] == ["ashby.md"]
    text = findings("Ashby")[0]
    assert len(library.by_words(text.split())) == len(library.catalogue.passage_ids("ashby"))
    assert {n for n, _ in library.by_meaning(library.embedder.embed_query(text), 500)} == set(library.catalogue.passage_ids("ashby"))


def test_a_word_file_with_a_pdfs_words_is_its_copy(library: Library, tmp_path: Path) -> None:
    pdf, document = write_pdf(tmp_path / "ashby.pdf", "Ashby", 1, 4), Document()
    document.add_heading("What Ashby learned, part 1", 1)
    for finding in findings("Ashby", 1, 4):
        document.add_paragraph(finding, style="List Bullet")
    document.save(str(tmp_path / "from word.docx"))
    assert "is a duplicate of" in add(library, pdf, tmp_path / "from word.docx")[1].note


def test_a_newer_edition_is_no_copy(library: Library, tmp_path: Path) -> None:
    first = write_markdown(tmp_path / "ashby.md", "Ashby")
    second = tmp_path / "ashby-2.md"
    second.write_text(first.read_text("utf-8").replace("never spoken to alone", "spoken to alone", 1), "utf-8")
    assert [result.note for result in add(library, first, second)] == ["", ""]
    assert len(library.briefings(withdrawn=False)) == 2


def test_what_is_withdrawn_stays_so_under_another_name(library: Library, tmp_path: Path) -> None:
    first, copy = write_markdown(tmp_path / "ashby.md", "Ashby"), tmp_path / "again.md"
    copy.write_bytes(first.read_bytes())
    add(library, first)
    library.withdraw("ashby.md", who="A. Lead")
    add(library, copy)
    assert library.briefings(withdrawn=False) == []
    library.delete("ashby.md")
    assert library.briefing("again.md").withdrawn
    assert library.briefings(withdrawn=False) == []
    library.restore("again.md")
    assert [b.file_name for b in library.briefings(withdrawn=False)] == ["again.md"]


def test_withdrawing_a_copy_withdraws_the_words(library: Library, tmp_path: Path) -> None:
    first, copy = write_markdown(tmp_path / "ashby.md", "Ashby"), tmp_path / "again.md"
    copy.write_bytes(first.read_bytes())
    add(library, first, copy)
    library.withdraw("again.md")
    assert library.briefings(withdrawn=False) == []
    library.restore("ashby.md")
    assert [b.file_name for b in library.briefings(withdrawn=False)] == ["ashby.md"]


def test_where_the_first_is_deleted_or_changed_its_copy_speaks(library: Library, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("ashby.md", "b.md", "c.md")]
    for file in files:
        write_markdown(file, "Ashby")
    add(library, *files)
    write_markdown(files[0], "Brook")
    add(library, files[0])
    assert {b.file_name for b in library.briefings(withdrawn=False)} == {"ashby.md", "b.md"}
    library.delete("b.md")
    assert {b.file_name for b in library.briefings(withdrawn=False)} == {"ashby.md", "c.md"}


def test_an_editor_may_part_a_copy_and_take_that_back(library: Library, tmp_path: Path) -> None:
    first, copy = write_markdown(tmp_path / "ashby.md", "Ashby"), tmp_path / "again.md"
    copy.write_bytes(first.read_bytes())
    add(library, first, copy)
    library.part("again.md")
    assert len(library.briefings(withdrawn=False)) == 2
    assert [result.status for result in add(library, first, copy)] == ["unchanged", "unchanged"]
    assert len(library.briefings(withdrawn=False)) == 2
    library.part("again.md", undo=True)
    assert [b.file_name for b in library.briefings(withdrawn=False)] == ["ashby.md"]


def test_a_rebuilt_library_knows_places_copies_and_partings(opened: Open, tmp_path: Path) -> None:
    library = opened()
    paths = [folder_of(tmp_path, name) / "briefing.md" for name in ("north", "south", "copied", "parted")]
    for path, place in zip(paths, ("North", "South", "North", "North"), strict=True):
        write_markdown(path, place)
    renamed = paths[2].rename(paths[2].with_name("copy.md"))
    apart = paths[3].rename(paths[3].with_name("parted.md"))
    add(library, paths[0], paths[1], renamed, apart)
    library.part("parted.md")
    before = [(b.file_name, b.source, bool(b.copy_of), b.apart) for b in library.briefings()]
    library.close()
    with rebuilding(library.folder, HashedWords()) as work:
        list(work.read(ingest))
        work.finish()
    again = opened()
    assert [(b.file_name, b.source, bool(b.copy_of), b.apart) for b in again.briefings()] == before
    assert {result.status for result in add(again, paths[0], paths[1], renamed, apart)} == {"unchanged"}


def test_the_copies_of_an_earlier_versions_library_are_found_on_opening(opened: Open, tmp_path: Path) -> None:
    library = opened()
    first, second = write_markdown(tmp_path / "ashby.md", "Ashby"), tmp_path / "again.md"
    second.write_bytes(first.read_bytes())
    add(library, first, second)
    library.close()
    with closing(sqlite3.connect(library.folder / "catalogue.sqlite3")) as connection, connection:
        back_to_version_2(connection)
    library = opened()
    assert len(library.briefings()) == 2
    assert len(library.briefings(withdrawn=False)) == 1
    write_markdown(first, "Ashby", 2)
    assert [result.status for result in add(library, second)] == ["unchanged"]


def test_bullets_and_labels_that_were_read_as_letters_make_no_other_text(library: Library, tmp_path: Path) -> None:
    told = findings("Ashby")
    (tmp_path / "ashby.md").write_text("# What Ashby learned\n\n" + "\n".join(f"- {one}" for one in told), "utf-8")
    (tmp_path / "ashby.txt").write_text(
        "What Ashby learned\n\n" + "\n\n".join(f"{'io'[n % 2]} {one}" for n, one in enumerate(told)), "utf-8"
    )
    (tmp_path / "brook.txt").write_text("What Ashby learned\n\n" + "\n\n".join(told[:-1]), "utf-8")
    results = add(library, *(tmp_path / name for name in ("ashby.md", "ashby.txt", "brook.txt")))
    assert [bool(library.briefing(result.file).copy_of) for result in results] == [False, True, False]


def test_a_copy_is_not_counted_as_a_second_board(tmp_path: Path) -> None:
    says = "Nobody wrote down who the lodger upstairs was."
    for name in ("ashby.md", "ashby (1).md"):
        (tmp_path / name).write_text(f"# Learning about lodgers in Ashby\n\n{says}\n\nThe lodger was met on the stairs twice.\n", "utf-8")
    library = Library(prepared(tmp_path / "library"))
    add(library, tmp_path / "ashby.md", tmp_path / "ashby (1).md")
    reply = Assistant(library).reply("What do all the briefings say about the lodger?")
    library.close()
    assert reply.citations
    assert {citation.quotation.briefing.file_name for citation in reply.citations} == {"ashby.md"}
    assert "two" not in as_markdown(reply).lower().split("\n")[0]


def test_the_command_line_says_which_are_copies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ashby.md", "again.md"):
        write_markdown(tmp_path / name, "Ashby")
    monkeypatch.setenv("COLUMNS", "200")
    place = ["--library", str(tmp_path / "library")]

    def reflect(*arguments: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main([*arguments, *place])
        assert ended.value.code == 0
        return capsys.readouterr().out

    assert 'it is a duplicate of "ashby.md"' in reflect("ingest", str(tmp_path / "ashby.md"), str(tmp_path / "again.md"))
    assert "duplicate of ashby.md" in reflect("list")
    assert [json.loads(line)["copy_of"] for line in reflect("list", "--json").splitlines()] == ["ashby.md", ""]
    assert "ashby.md" in reflect("show", "again.md")
    assert "again.md is counted separately." in reflect("part", "again.md")
    assert "again.md is a duplicate of ashby.md." in reflect("part", "again.md", "--undo")


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=4), st.integers(1, 30))
def test_a_name_that_tells_apart_is_always_found_and_is_always_new(folders: list[str], count: int) -> None:
    taken: set[str] = set()
    for _ in range(count):
        name = told_apart("briefing.md", folders, taken.__contains__)
        assert name not in taken
        assert name.startswith("briefing")
        assert name.endswith(".md")
        taken.add(name)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("/x/north/briefing.md", "briefing.md"),
        ("upload:briefing.md#2", "briefing.md"),
        ("upload:all.zip!south - a.md", "south - a.md"),
        ("", "kept.md"),
    ],
)
def test_the_name_that_a_file_came_with(source: str, name: str) -> None:
    assert given_name(source, "kept.md") == name
