"""Files as people have them come out in reading order, with headings, bullets, tables and true pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from ingest.details import details_of
from ingest.reading import read
from ingest.structure import Reading, assemble
from knowledge.briefing import DateBasis, PassageKind
from knowledge.errors import FileRefused, NoText, PasswordNeeded, UnknownFormat
from tests import made_files


def reading(path: Path) -> Reading:
    source = read(path)
    return assemble(source, details_of(source, path.name).pseudonyms)


def texts(path: Path) -> list[str]:
    return [passage.text for passage in reading(path).passages]


def test_bullets_are_findings_under_their_lead_wherever_the_file_draws_them(tmp_path: Path) -> None:
    passages = reading(made_files.bullets(tmp_path / "anyshire-2014.pdf")).passages
    found = {p.text: p.heading for p in passages}
    wrapped = "Workers took a tidy front room for a safe home and did not ask to see the bedrooms."
    assert wrapped in found
    assert "The panel found that:" in found[wrapped]
    assert "The grandmother was never asked what she had seen." in found


def test_a_signature_is_a_passage_although_each_of_its_lines_is_styled_as_a_heading(tmp_path: Path) -> None:
    made = docx.Document()
    made.add_heading("What the Othershire partnership learned", level=1)
    made.add_paragraph("The school nurse had not been asked to the meeting at which the plan was made.")
    for line in ("Mary Example", "Board Manager", "July 2007"):
        made.add_heading(line, level=2)
    made.save(str(tmp_path / "othershire.docx"))
    *_, last = reading(tmp_path / "othershire.docx").passages
    assert (last.text, last.kind) == ("Mary Example\nBoard Manager\nJuly 2007", PassageKind.SIGNATURE)


def test_details_are_found_or_left_open(tmp_path: Path) -> None:
    path = made_files.bullets(tmp_path / "anyshire-2014.pdf")
    details = details_of(read(path), path.name)
    assert details.title == "What the Anyshire board learned"
    assert details.publisher.startswith("Anyshire")
    assert (details.date.text, details.date.basis) == ("March 2014", DateBasis.PRINTED)
    undated = made_files.columns(tmp_path / "letter.pdf")
    assert details_of(read(undated), undated.name).date.basis is DateBasis.UNKNOWN
    assert str(details_of(read(undated), undated.name).date) == "date not printed"


def test_two_columns_are_read_one_after_the_other_and_parted_words_joined(tmp_path: Path) -> None:
    text = " ".join(page.text for page in reading(made_files.columns(tmp_path / "letter.pdf")).pages)
    assert "passed from desk to desk until nobody owned it any longer." in text
    assert "each worry now has a named owner, who writes down by which day" in text
    assert text.index("The first column") < text.index("after nine days") < text.index("The second column")


def test_a_table_row_is_a_passage_under_its_label(tmp_path: Path) -> None:
    found = {p.text: p.heading for p in reading(made_files.table(tmp_path / "audits.pdf")).passages}
    row = "Minutes came late, and actions had neither an owner nor a day by which they were to be done."
    assert found[row].endswith("Meetings")


def test_running_heads_go_and_a_paragraph_over_a_page_turn_stays_whole_with_both_pages(tmp_path: Path) -> None:
    path = made_files.long_report(tmp_path / "report.pdf")
    source = read(path)
    pages = {page.number: page for page in reading(path).pages}
    assert not any("learning from practice" in page.text or "of 3" in page.text for page in pages.values())
    assert "Anyshire board: learning from practice" in source.running
    whole = next(p for p in reading(path).passages if p.text.startswith("The children were seen at school"))
    assert whole.text.endswith("until the review asked for them.")
    assert whole.page == 1
    turn = pages[1].runs_on
    assert turn is not None
    assert pages[1].text[turn:].startswith("said, and whose notes")
    assert next(p for p in reading(path).passages if "its own" in p.text and "second" in p.text).page == 2


def test_word_files_keep_headings_lists_and_tables(tmp_path: Path) -> None:
    passages = reading(made_files.word(tmp_path / "othershire.docx")).passages
    found = {p.text: p.heading for p in passages}
    assert found["Speak with the child alone before the meeting."].endswith("Key points")
    assert found["They were named in no plan."].endswith("Fathers")


def test_text_files_join_wrapped_lines_and_tell_items_apart(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text(
        "What the team wrote down\n\n1. The first finding is wrapped over two lines by the writer's\n"
        "programme, as many are.\n2. The second finding is short.\n\n"
        "A closing paragraph follows the list, and it is longer than a heading.\n",
        encoding="utf-8",
    )
    assert "The first finding is wrapped over two lines by the writer's programme, as many are." in texts(path)
    assert "The second finding is short." in texts(path)


def test_blank_lines_part_paragraphs_in_text_files(tmp_path: Path) -> None:
    path = tmp_path / "letters.txt"
    path.write_text("The first paragraph stands alone.\n\nThe second one does too.\n\nSo does the third of them.\n", encoding="utf-8")
    assert texts(path) == ["The first paragraph stands alone.", "The second one does too.", "So does the third of them."]


def test_markdown_keeps_headings_lists_and_tables(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text(
        "# Title\n\n## Part\n\n- A finding that the whole group wrote down\n- Another finding, which one of them wrote down\n\n"
        "| who | what |\n|---|---|\n| GP | Knew nothing of it. |\n",
        encoding="utf-8",
    )
    found = {p.text: p.heading for p in reading(path).passages}
    assert found["Another finding, which one of them wrote down"] == "Title > Part"
    assert found["Knew nothing of it."].endswith("GP")


@pytest.mark.parametrize(
    ("make", "name", "error", "says"),
    [
        (made_files.picture_only, "scan.pdf", NoText, "no text on page 1"),
        (made_files.encrypted, "locked.pdf", PasswordNeeded, "encrypted"),
        (lambda p: _write(p, b"%PDF-1.7 and then nonsense"), "broken.pdf", FileRefused, "damaged"),
        (lambda p: _write(p, b"not a zip at all"), "broken.docx", FileRefused, "damaged"),
        (lambda p: _write(p, b"  \n \x00 "), "empty.txt", NoText, "no words"),
        (lambda p: _write(p, b"old word file"), "old.doc", UnknownFormat, ".docx"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_sentence(
    tmp_path: Path, make: Callable[[Path], Path], name: str, error: type[Exception], says: str
) -> None:
    with pytest.raises(error) as told:
        read(make(tmp_path / name))
    assert name in str(told.value)
    assert says in str(told.value)
    assert str(tmp_path) not in str(told.value)


def _write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
