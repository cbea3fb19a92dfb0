"""What is deleted or replaced is gone from every byte of every file in the library's folder; what is withdrawn is not."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from ingest.pipeline import ingest
from knowledge.catalogue import SCHEMA_VERSION
from knowledge.library import Library
from tests.earlier_catalogue import back_to_version_1
from tests.library_maker import Child, HashedWords, findings, write_markdown, write_pdf, write_text

TRACE = 20  # characters: no run of the text this long may be left
LONG_WORD = "antidisestablishmentarianisms"  # one word longer than TRACE stands whole in a full-text index


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    made = Library(tmp_path / "library", HashedWords())
    yield made
    made.close()


def put(library: Library, *paths: Path) -> None:
    assert {result.status for result in ingest(library, paths)} <= {"added", "replaced"}


def runs(*texts: str) -> set[str]:
    return {text[i : i + TRACE] for text in texts for i in range(max(1, len(text) - TRACE + 1))}


def traces(library: Library, *texts: str, but: Sequence[str] = ()) -> list[str]:
    """The files of the library's folder that hold any run of TRACE characters of the texts, in UTF-8 or UTF-16.

    Runs that `but` holds, of which the library keeps a briefing, do not count.
    """
    wanted = runs(*texts) - runs(*but)
    assert wanted
    found: list[str] = []
    for file in (file for file in library.folder.rglob("*") if file.is_file()):
        content = file.read_bytes()
        forms = (content.decode("utf-8", "replace"), content.decode("utf-16-le", "replace"), content[1:].decode("utf-16-le", "replace"))
        for form in (*forms, content.decode("utf-16-be", "replace"), content[1:].decode("utf-16-be", "replace")):
            held = {form[i : i + TRACE] for i in range(len(form) - TRACE + 1)} & wanted
            found.extend(f"{file.relative_to(library.folder)}: {run!r}" for run in sorted(held)[:2])
    return found


def printed(library: Library, name: str) -> list[str]:
    """All that the library holds of a briefing's words: its pages, its details and its headings."""
    briefing = library.briefing(name)
    pages = [page.text for page in library.catalogue.pages(briefing.id)]
    lines = [line for page in pages for line in page.split("\n") if len(line) >= TRACE]
    headings = [stored.passage.heading for stored in library.catalogue.passages(briefing.id)]
    return [*pages, *lines, *headings, json.dumps(library.catalogue.certificate(briefing.id)), name, Path(name).stem]


def named(stem: str) -> str:
    return f"{stem}-review-of-practice-with-a-long-name"


def test_the_scan_finds_what_is_there(library: Library, tmp_path: Path) -> None:
    put(library, write_text(tmp_path / f"{named('ashby')}.txt", "Ashby"))
    found = traces(library, *printed(library, f"{named('ashby')}.txt"))
    assert any(line.startswith("catalogue.sqlite3") for line in found)
    assert any(line.startswith("files") for line in found)
    (library.folder / "other").write_bytes(findings("Ashby")[0].encode("utf-16-be"))
    assert any(line.startswith("other") for line in traces(library, findings("Ashby")[0]))


@pytest.mark.parametrize("count", [6, 400], ids=["small", "large"])
@pytest.mark.parametrize("suffix", [".md", ".pdf", ".txt"])
def test_a_deleted_briefing_leaves_nothing_of_its_words_or_its_name(library: Library, tmp_path: Path, suffix: str, count: int) -> None:
    writer = {".md": write_markdown, ".pdf": write_pdf, ".txt": write_text}[suffix]
    gone = writer(tmp_path / f"{named('brook')}{suffix}", "Brook", 1, count)
    put(library, write_markdown(tmp_path / "ashby.md", "Ashby"), gone)
    kept = printed(library, "ashby.md")
    library.correct(gone.name, "title", "A title that was put right by hand")
    library.withdraw(gone.name, who="the safeguarding lead of Brook", why="the family asked for it to be taken out")
    words = [*printed(library, gone.name), "A title that was put right by hand", "the family asked for it to be taken out"]
    library.delete(gone.name)
    assert traces(library, *words, but=kept) == []
    assert library.briefing("ashby.md").passages == 12
    library.close()
    assert traces(library, *words, but=kept) == []


def test_a_word_of_the_full_text_index_is_gone_too(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "brook.txt"
    path.write_text("WHAT BROOK LEARNED\n\n" + f"The review speaks of {LONG_WORD} and of {LONG_WORD.upper()} alone.\n", "utf-8")
    put(library, write_markdown(tmp_path / "ashby.md", "Ashby"), path)
    assert traces(library, LONG_WORD) != []
    library.delete("brook.txt")
    assert traces(library, LONG_WORD, LONG_WORD.upper()) == []


def test_what_was_replaced_is_gone_once_the_library_is_closed_or_the_briefing_deleted(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "brook.pdf"
    put(library, write_pdf(path, "Brook", 1, 60))
    first = printed(library, path.name)
    put(library, write_pdf(path, "Brook", 2, 8))
    second = printed(library, path.name)
    library.close()
    assert traces(library, *first, but=[*second, path.name]) == []
    again = Library(library.folder, HashedWords())
    again.delete(path.name)
    assert traces(again, *first, *second) == []
    again.close()


def test_a_process_that_dies_before_it_has_cleaned_up_is_cleaned_up_after(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    path = write_text(tmp_path / "brook.txt", "Brook", 1, 80)
    with Child() as child:
        child.ask("open", folder)
        child.ask("ingest", write_markdown(tmp_path / "ashby.md", "Ashby"), path)
        child.ask("ingest", write_text(path, "Brook", 2, 8))
        child.process.kill()
    opened = Library(folder, HashedWords())
    assert traces(opened, *findings("Brook", 1, 80), but=[*printed(opened, "brook.txt"), *printed(opened, "ashby.md")]) == []
    assert opened.briefing("brook.txt").passages == 8
    opened.close()


def test_a_file_that_two_briefings_share_stays_while_one_needs_it(library: Library, tmp_path: Path) -> None:
    one = write_markdown(tmp_path / "ashby.md", "Ashby")
    two = tmp_path / f"{named('copy')}.md"
    two.write_bytes(one.read_bytes())
    put(library, one, two)
    library.delete(two.name)
    assert traces(library, two.name, two.stem) == []
    assert library.file_of(library.briefing("ashby.md")).read_bytes() == one.read_bytes()


def test_withdrawn_says_who_when_and_why_until_restored(library: Library, tmp_path: Path) -> None:
    path = write_markdown(tmp_path / "ashby.md", "Ashby")
    put(library, path)
    note = library.withdraw("ashby.md", who="A. Lead", why="the board replaced it").withdrawn
    assert "A. Lead" in note
    assert "the board replaced it" in note
    assert re.search(r"\b\d{1,2} [A-Z][a-z]+ 20\d\d\b", note)
    assert library.briefing("ashby.md").withdrawn == note
    assert library.briefings(withdrawn=False) == []
    library.restore("ashby.md")
    assert library.briefing("ashby.md").withdrawn == ""
    assert [b.file_name for b in library.briefings(withdrawn=False)] == ["ashby.md"]


def older(library: Library) -> None:
    """Make the catalogue what version 1 wrote."""
    library.close()
    with closing(sqlite3.connect(library.folder / "catalogue.sqlite3")) as connection, connection:
        back_to_version_1(connection)


def test_a_library_of_version_1_is_brought_up_to_date_with_all_that_it_holds(library: Library, tmp_path: Path) -> None:
    put(library, write_markdown(tmp_path / "ashby.md", "Ashby"), write_pdf(tmp_path / "brook.pdf", "Brook"))
    library.withdraw("brook.pdf", who="A. Lead")
    before = {b.file_name: [s.passage for s in library.catalogue.passages(b.id)] for b in library.briefings()}
    older(library)
    opened = Library(library.folder, HashedWords())
    assert opened.catalogue.setting("schema") == SCHEMA_VERSION
    assert {b.file_name: [s.passage for s in opened.catalogue.passages(b.id)] for b in opened.briefings()} == before
    assert "A. Lead" in opened.briefing("brook.pdf").withdrawn
    assert opened.certificate("brook.pdf")["reader"] == "PDFium 1"
    assert opened.correct("ashby.md", "publisher", "Ashby SCB").details.publisher == "Ashby SCB"
    near = opened.by_meaning(HashedWords().embed_query(findings("Ashby")[3]), 5, ["ashby"])
    assert opened.stored([near[0][0]])[near[0][0]].passage.text == findings("Ashby")[3]
    opened.close()
