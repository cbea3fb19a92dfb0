"""What heads what in a PDF, and what only lists what follows, on files that are made here."""

from __future__ import annotations

from pathlib import Path

from ingest.reading import read
from ingest.structure import Reading, assemble
from knowledge.briefing import PassageKind
from tests import made_files

HOME = "The health visitor called at the home four times and was let in once."
SCHOOL = "The school had told the agencies that the older brother was often hungry."
PARTS = "Each agency held a part of the picture and nobody put the parts together."


def reading(path: Path) -> Reading:
    return assemble(read(path))


def test_a_heading_of_several_lines_is_one_heading_and_an_address_is_none(tmp_path: Path) -> None:
    made = made_files.pdf()
    made.set_font(style="B", size=20)
    for line, text in enumerate(("A review of how agencies worked", "with the children and adults of", "Otherton and Anyford")):
        made.text(15, 30 + 9 * line, text)
    made.set_font(style="", size=11)
    made.text(15, 60, "More of it: www.anyshire.example")
    made.text(15, 65, HOME)
    made.set_font(style="B", size=11)
    heading = (
        "What the school and the college did where they had a worry",
        "about the safety of a child, or were told by another pupil of",
        "what a member of staff had said",
    )
    for line, text in enumerate(heading):
        made.text(15, 80 + 5 * line, text)
    made.set_font(style="", size=11)
    made.text(15, 100, SCHOOL)
    made.text(15, 110, PARTS)
    found = {p.text: p.heading for p in reading(made_files.save(made, tmp_path / "a.pdf")).passages}
    title = "A review of how agencies worked with the children and adults of Otherton and Anyford"
    assert found[HOME] == title
    assert found[SCHOOL] == found[PARTS] == f"{title} > {' '.join(heading)}"


def test_a_bold_line_in_small_letters_over_text_is_a_heading_that_the_page_shows_in_small_capitals(tmp_path: Path) -> None:
    made = made_files.pdf()
    for i, (heading, text) in enumerate((("Visits to the home", HOME), ("conclusion", SCHOOL), ("recommendation", PARTS))):
        made.set_font(style="B", size=11)
        made.text(15, 30 + 25 * i, heading)
        made.set_font(style="", size=11)
        made.text(15, 36 + 25 * i, text)
    found = {p.text: p.heading for p in reading(made_files.save(made, tmp_path / "a.pdf")).passages}
    assert (found[HOME], found[SCHOOL], found[PARTS]) == ("Visits to the home", "conclusion", "recommendation")


def test_a_large_bold_line_with_a_number_is_a_heading_and_contents_set_close_together_are_not_quoted(tmp_path: Path) -> None:
    headings = [
        f"{number}. What the {whose} did" for number, whose in (("i", "school"), ("ii", "police"), ("iii", "council"), ("iv", "clinic"))
    ]
    made = made_files.pdf()
    made.set_font(style="B", size=16)
    made.text(15, 30, "Contents")
    made.set_font(style="", size=11)
    before = [f"What the panel asked of the {whom}" for whom in ("family", "school", "police", "council", "clinic", "nursery")]
    for i, heading in enumerate([*before, *headings, *(f"Annex {letter}" for letter in "ABCDEF")]):
        made.text(15, 40 + 6 * i, heading)
        made.text(190, 40 + 6 * i, str(i + 2))
    made.add_page()
    made.set_font(style="B", size=16)
    made.text(15, 30, headings[0])
    made.set_font(style="", size=11)
    made.text(15, 40, HOME)
    made.text(15, 46, SCHOOL)
    made.text(15, 56, PARTS)
    found = reading(made_files.save(made, tmp_path / "a.pdf")).passages
    assert {p.kind for p in found if p.page == 1} == {PassageKind.LABEL}
    assert {p.text: p.heading for p in found}[PARTS] == "What the school did"


def test_a_bold_term_and_a_dash_go_with_what_the_term_means(tmp_path: Path) -> None:
    made = made_files.pdf()
    made.set_font(style="B", size=11)
    made.text(15, 30, "Serious case review or any later kind of learning review -")
    made.set_font(style="", size=11)
    made.text(15, 35, "What a board asks for where a child has died and it is known that agencies did not work together.")
    made.text(15, 45, PARTS)
    found = reading(made_files.save(made, tmp_path / "a.pdf")).passages
    assert [p.heading for p in found] == ["", ""]
    assert found[0].text.startswith("Serious case review or any later kind of learning review - What a board")


def test_large_headings_that_count_up_are_no_running_heads(tmp_path: Path) -> None:
    made = made_files.pdf()
    for i, line in enumerate((HOME, PARTS, SCHOOL)):
        if i:
            made.add_page()
        made.set_font(size=18)
        made.text(15, 25, f"Finding {i + 1}")
        made.set_font(size=11)
        made.text(15, 40, line)
        made.text(15, 60, "The review asked all agencies to look at this again within the year that follows.")
    found = {p.text: p.heading for p in reading(made_files.save(made, tmp_path / "a.pdf")).passages}
    assert (found[HOME], found[PARTS], found[SCHOOL]) == ("Finding 1", "Finding 2", "Finding 3")


def test_addresses_and_a_table_of_contents_are_not_quoted_and_short_items_are_quoted_together(tmp_path: Path) -> None:
    made = made_files.pdf()
    made.text(15, 20, "Textphone 0161 496 0524")
    made.text(15, 40, HOME)
    made.text(15, 55, "Staff look for a child who:")
    for i, line in enumerate(("misses school", "is often hungry", "cares for others")):
        made.text(20, 63 + 8 * i, f"\x95 {line}")
    made.add_page()
    for i, (line, number) in enumerate((("What happened", 3), ("What was learned", 7), ("What is done", 11), ("Who was asked", 19))):
        made.text(15, 30 + 12 * i, f"{line}  {number}")
    found = reading(made_files.save(made, tmp_path / "a.pdf")).passages
    quoted = [p.text for p in found if p.kind is not PassageKind.LABEL]
    assert quoted == [HOME, "Staff look for a child who:", "misses school\n• is often hungry\n• cares for others"]


def test_a_box_ends_where_the_numbered_paragraphs_go_on(tmp_path: Path) -> None:
    lines = (
        ("B", "Visits to the home"),
        ("", f"6.6. {HOME}"),
        ("B", "BOX 12"),
        ("B", "What one school did"),
        ("", SCHOOL),
        ("", f"6.7. {PARTS}"),
    )
    made = made_files.pdf()
    for i, (style, text) in enumerate(lines):
        made.set_font(style=style, size=11)
        made.text(15, 30 + 14 * i, text)
    found = {p.text: p.heading for p in reading(made_files.save(made, tmp_path / "a.pdf")).passages}
    assert found[HOME] == found[PARTS] == "Visits to the home"
    assert found[SCHOOL].endswith("What one school did")
