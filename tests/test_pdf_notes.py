"""A note belongs to its mark: in a PDF the raised number leads to the words at the foot, wherever the passage is shown."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from fpdf import FPDF
from typer.testing import CliRunner

from assistant.cli.main import commands
from assistant.page.source import source_panel
from ingest.pipeline import expanded, ingest, starter_briefings
from ingest.reading import read
from ingest.structure import assemble
from knowledge.library import Library
from knowledge.notes import notes_of
from tests import made_files
from tests.library_maker import HashedWords

HOME = "The health visitor called at the home four times and was let in once."
PARTS = "Each agency held a part of the picture and nobody put the parts together."
CHILDREN = "There were 12 children on a plan for neglect in the year that ended in 2018."
OVER = (
    "The police had known of the partner since the spring and had told the school of it in a letter that nobody at the council, "
    "as the review was told, read again in all that time."
)
FIGURES, FILES = "The figures are those of the council, as it sent them to the department.", "Ibid."


def printed(made: FPDF, left: float, top: float, *parts: str) -> None:
    """Parts of a line, every second one a raised mark."""
    for i, part in enumerate(parts):
        made.set_font(size=7 if i % 2 else 11)
        made.text(left, top - 2 * (i % 2), part)
        left += made.get_string_width(part)
    made.set_font(size=11)


def note(made: FPDF, top: float, sign: str, words: str) -> None:
    made.set_font(size=6)
    made.text(15, top - 1, sign)
    made.set_font(size=9)
    made.text(18, top, words)
    made.set_font(size=11)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = made_files.pdf()
    for i, line in enumerate((HOME, PARTS, HOME.replace("four", "six"))):
        made.text(15, 30 + 12 * i, line)
    before, after = CHILDREN.split(" children")
    printed(made, 15, 80, before, "4", f" children{after}", "5")
    made.text(15, 250, OVER[:87].rstrip())
    note(made, 270, "4", FIGURES)
    note(made, 275, "5", FILES)
    made.add_page()
    rest = OVER[:87].rstrip()
    printed(made, 15, 30, OVER[len(rest) :].strip(), "1")
    made.text(15, 42, PARTS.replace("Each", "No"))
    note(made, 270, "1", "The second page counts its notes from one again, as some do.")
    return made_files.save(made, tmp_path_factory.mktemp("notes") / "noted.pdf")


def test_a_passage_leads_to_the_notes_whose_marks_stand_in_it(file: Path) -> None:
    reading = assemble(read(file))
    pages = {page.number: page for page in reading.pages}
    found = {
        passage.text: [(n.sign, n.page, n.text) for n in notes_of(pages[passage.page], passage.start, passage.end, pages.__getitem__)]
        for passage in reading.passages
    }
    assert found[CHILDREN] == [("4", 1, FIGURES), ("5", 1, FILES)]
    assert found[OVER] == [("1", 2, "The second page counts its notes from one again, as some do.")]
    assert found[HOME] == found[PARTS] == found[FIGURES] == []


def test_only_what_is_quoted_up_to_the_mark_has_the_note(file: Path) -> None:
    page = assemble(read(file)).pages[0]
    start = page.text.index(CHILDREN)
    assert [mark.sign for mark in page.marks_in(start, start + len("There were 12"))] == ["4"]
    assert [mark.sign for mark in page.marks_in(start + len("There were 12"), start + len(CHILDREN))] == ["5"]


def test_a_mark_that_two_notes_answer_to_names_neither(tmp_path: Path) -> None:
    made = made_files.pdf()
    printed(made, 15, 40, CHILDREN, "1")
    made.text(15, 52, PARTS)
    note(made, 270, "1", "The first of two notes under one and the same number.")
    note(made, 275, "1", "The second of two notes under one and the same number.")
    assert [page.marks for page in assemble(read(made_files.save(made, tmp_path / "a.pdf"))).pages] == [()]


def test_a_short_note_beside_its_number_is_no_page_number_and_no_heading(tmp_path: Path) -> None:
    made = made_files.pdf()
    for page in range(2):
        if page:
            made.add_page()
        for line, text in enumerate((HOME, PARTS, OVER[:87], HOME[:40], PARTS[:40])):
            made.text(15, 30 + 12 * line, text if page else text[::-1])
        printed(made, 15, 142, CHILDREN.replace("12", str(12 + page)), str(page + 1))
        made.set_font(size=9)
        made.text(15, 262, str(page + 1))
        made.text(28, 262, f"Q{51 + page}")
        made.set_font(size=11)
        made.text(100, 280, str(page + 2))
    source = read(made_files.save(made, tmp_path / "evidence.pdf"))
    assert [(b.kind, b.marker, b.text) for b in source.blocks if b.text.startswith("Q")] == [("note", "1", "Q51"), ("note", "2", "Q52")]
    assert set(source.running) == {"2", "3"}


def test_the_note_is_shown_with_its_passage(file: Path, tmp_path: Path) -> None:
    with closing(Library(tmp_path / "library", HashedWords())) as library:
        assert [result.status for result in ingest(library, [file])] == ["added"]
        (briefing,) = library.briefings()
        passage = next(s.passage for s in library.catalogue.passages(briefing.id) if s.passage.text == CHILDREN)
        wanted = {"briefing": briefing.id, "file": briefing.sha256[:16], "page": 1, "start": passage.start, "end": passage.end}
        panel = source_panel(library, wanted)
    assert f"<dt>Note 4</dt><dd>{FIGURES}</dd>" in panel
    assert f"<dt>Note 5</dt><dd>{FILES}</dd>" in panel
    app = commands(ingest, starter_briefings, expanded, lambda *_: None)
    listed, plain = (
        CliRunner().invoke(app, ["passages", "noted.pdf", "--library", str(tmp_path / "library"), *form]) for form in (["--json"], [])
    )
    rows = {row["text"]: row for row in map(json.loads, listed.output.splitlines())}
    assert rows[CHILDREN]["notes"] == [{"mark": "4", "page": 1, "text": FIGURES}, {"mark": "5", "page": 1, "text": FILES}]
    assert (rows[FIGURES]["kind"], rows[FIGURES]["notes"]) == ("note", [])
    assert f"note 4: {FIGURES}" in " ".join(plain.output.split())
