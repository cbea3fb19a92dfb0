"""A PDF is read as a reader sees it: each kind on a file that is made here, through reading, passages and the second reader's proof."""

from __future__ import annotations

from pathlib import Path

import pypdf
import pytest
from fpdf import FPDF
from pypdf.generic import DecodedStreamObject, NameObject

from ingest.reading import read
from ingest.structure import Reading, assemble
from knowledge.briefing import PassageKind
from knowledge.pypdf_door import page_texts
from knowledge.text import letters_of
from tests import made_files

HOME = "The health visitor called at the home four times and was let in once."
SCHOOL = "The school had told the agencies that the older brother was often hungry."
PARTS = "Each agency held a part of the picture and nobody put the parts together."


def page() -> FPDF:
    return made_files.pdf()


def said(path: Path) -> list[str]:
    return [passage.text for passage in reading(path).passages]


def reading(path: Path) -> Reading:
    return assemble(read(path))


def unproven(path: Path) -> list[str]:
    """The passages whose letters the second reader does not find on their sheets."""
    found = page_texts(path)
    assert found is not None
    letters = {number: letters_of(text) for number, text in found.items()}
    read_so = reading(path)
    pages = {p.number: p for p in read_so.pages}
    return [
        passage.text
        for passage in read_so.passages
        for sheet, start, end in pages[passage.page].parts(passage.start, passage.end)
        if not all(letters_of(cell) in letters[sheet] for cell in pages[passage.page].text[start:end].split("\t"))
    ]


def renamed(path: Path, code: str, name: int) -> Path:
    """The file with a letter of its fonts called another, as fonts of joined letters and of symbols call theirs."""
    writer = pypdf.PdfWriter(clone_from=path)
    table = DecodedStreamObject()
    table.set_data(
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /N def /CMapType 2 def "
        b"1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfchar <%02X> <%04X> endbfchar endcmap end end" % (ord(code), name)
    )
    reference = writer._add_object(table)
    for sheet in writer.pages:
        for font in sheet["/Resources"]["/Font"].values():  # type: ignore[index]
            font.get_object()[NameObject("/ToUnicode")] = reference
    writer.write(path)
    return path


def test_a_raised_number_is_no_digit_of_the_word_before_it(tmp_path: Path) -> None:
    made = page()
    made.text(15, 30, HOME)
    made.text(15, 45, "There were 12")
    at = 15 + made.get_string_width("There were 12")
    made.set_font(size=7)
    made.text(at, 43, "4")
    made.set_font(size=11)
    made.text(at + 2, 45, " children on a plan for neglect in the year that ended in 2018.")
    path = made_files.save(made, tmp_path / "a.pdf")
    assert "There were 12 children on a plan for neglect in the year that ended in 2018." in said(path)
    assert unproven(path) == []
    assert "124" not in (page_texts(path) or {})[1], "the second reader sees by itself that the number is raised"


def test_notes_stand_apart_and_a_sentence_goes_on_over_the_page_without_them(tmp_path: Path) -> None:
    made = page()
    for i in range(6):
        made.text(15, 30 + 12 * i, f"{HOME} Visit {i + 1}.")
    made.text(15, 250, "The police had known of the partner since the spring and had told the school of it in a")
    made.text(15, 255, "letter that the head teacher put on file")
    at = 15 + made.get_string_width("letter that the head teacher put on file")
    made.set_font(size=7)
    made.text(at, 253, "2")
    made.set_font(size=11)
    made.text(at + 2, 255, " and that, as the review was told by the governors and")
    made.set_font(size=6)
    made.text(15, 270, "2")
    made.set_font(size=9)
    made.text(17, 271, "Files are kept for each child whom a school is worried about.")
    made.add_page()
    made.set_font(size=11)
    made.text(15, 30, "by the council, nobody read again.")
    made.text(15, 42, PARTS)
    path = made_files.save(made, tmp_path / "a.pdf")
    whole = (
        "The police had known of the partner since the spring and had told the school of it in a letter that the head teacher put on "
        "file and that, as the review was told by the governors and by the council, nobody read again."
    )
    found = {passage.text: passage for passage in reading(path).passages}
    assert whole in found
    note = found["Files are kept for each child whom a school is worried about."]
    assert (note.kind, note.page) == (PassageKind.NOTE, 1)
    assert unproven(path) == []


@pytest.mark.parametrize("how", ["covered", "white", "without ink", "outside"])
def test_words_that_nobody_sees_are_left_out_and_counted(tmp_path: Path, how: str) -> None:
    made = page()
    made.text(15, 30, HOME)
    made.text(15, 45, "The partner is ")
    at = 15 + made.get_string_width("The partner is ")
    if how == "white":
        made.set_text_color(255)
    with made.local_context(text_mode="INVISIBLE" if how == "without ink" else "FILL"):
        made.text(at if how != "outside" else 230, 45, "Examplename Testperson")
    made.set_text_color(0)
    made.text(at + made.get_string_width("Examplename Testperson "), 45, "and he works at the mill.")
    if how == "covered":
        made.set_fill_color(0)
        made.rect(at - 0.5, 40.5, made.get_string_width("Examplename Testperson") + 1, 6.5, "F")
    made.text(15, 60, PARTS)
    path = made_files.save(made, tmp_path / "a.pdf")
    source = read(path)
    assert not any("Examplename" in p.text for p in assemble(source).pages)
    assert HOME in said(path)
    assert PARTS in said(path)
    assert [w for w in source.warnings if w.startswith("2 words on page 1 not read: ")]


def test_white_words_on_a_dark_ground_are_seen(tmp_path: Path) -> None:
    made = page()
    made.set_fill_color(20, 40, 90)
    made.rect(10, 20, 180, 15, "F")
    made.set_text_color(255)
    made.text(15, 30, HOME)
    path = made_files.save(made, tmp_path / "a.pdf")
    assert said(path) == [HOME]
    assert read(path).warnings == ()


def test_a_full_stop_that_is_drawn_by_itself_in_pale_ink_is_seen(tmp_path: Path) -> None:
    made = page()
    words = "Nobody asked the child what a day at home was like"
    for line in range(12):  # each on another part of a pixel, which some fill evenly
        made.set_text_color(0)
        made.text(15, 30 + 10.07 * line, words)
        made.set_text_color(228)
        made.text(15.3 + 0.03 * line + made.get_string_width(words), 30 + 10.07 * line, ".")
    (sheet,) = reading(made_files.save(made, tmp_path / "a.pdf")).pages
    assert sheet.text.splitlines() == [f"{words}."] * 12


def test_a_watermark_is_left_out_and_a_turned_page_is_read_upright(tmp_path: Path) -> None:
    made = page()
    made.text(15, 30, HOME)
    with made.rotation(45, 100, 150):
        made.set_font(size=50)
        made.text(60, 150, "DRAFT COPY")
    made.add_page()
    made.set_font(size=11)
    with made.rotation(90, 100, 150):
        made.text(0, 100, PARTS)
        made.text(0, 112, SCHOOL)
    path = made_files.save(made, tmp_path / "a.pdf")
    assert said(path) == [HOME, PARTS, SCHOOL]
    assert "2 words on page 1 not read: at an angle to the page." in read(path).warnings


def test_a_line_that_only_wrapped_before_a_number_or_a_dash_goes_on(tmp_path: Path) -> None:
    made = page()
    made.text(15, 30, "The boy had lived with his grandmother in the same street from the age of five until he had turned")
    made.text(15, 35.5, "12. He then moved to a foster home that was forty miles from his school.")
    made.text(15, 47, "The mother told three of the agencies who met her in the spring of that year that the new partner")
    made.text(15, 52.5, "\x96 who was known to the police in another county \x96 did not live in the home.")
    path = made_files.save(made, tmp_path / "a.pdf")
    assert any("until he had turned 12. He then moved" in text for text in said(path))


def test_the_next_number_of_a_list_opens_its_item_though_the_one_before_lacks_its_end(tmp_path: Path) -> None:
    made = page()
    made.text(15, 30, "14. The agencies met in the spring of that year, and everybody who had worked with the boy in all of the")
    made.text(15, 35.5, "four years since he had come to live with his grandmother was there and had a part in what had been engaged")
    made.text(15, 41, "15. His grandmother said that the same worker had come to the house for all of that time.")
    found = said(made_files.save(made, tmp_path / "a.pdf"))
    assert any(text.startswith("His grandmother said") for text in found)
    assert not any("15." in text for text in found)


def test_letters_beyond_the_edge_of_the_page_are_left_out_and_counted(tmp_path: Path) -> None:
    made = page()
    made.text(15, 30, "The school rang twice about the bruises. " + "Nobody ever came back to the school about it. " * 5)
    read_so = read(made_files.save(made, tmp_path / "a.pdf"))
    text = " ".join(block.text for block in read_so.blocks)
    assert text.startswith("The school rang twice about the bruises.")
    assert text.count("Nobody ever came back") < 5
    assert any("cannot be seen" in warning for warning in read_so.warnings), read_so.warnings


def test_a_sentence_goes_on_below_a_bold_line_and_left_of_its_number(tmp_path: Path) -> None:
    made = page()
    made.set_font(style="B")
    made.text(15, 30, "Children are raised by their families, with their family networks or in safe and")
    made.text(15, 35, "stable homes: ")
    at = 15 + made.get_string_width("stable homes:  ")
    made.set_font(style="")
    made.text(at, 35, "workers look first to the people whom a child knows, and ask them what they can do.")
    made.text(25, 47, "10. Details of the arrangements made by the authority to meet the child's needs in relation to identity")
    made.text(15, 52, "with particular regard to their religious persuasion and their cultural background.")
    found = said(made_files.save(made, tmp_path / "a.pdf"))
    assert found[0].startswith("Children are raised by their families, with their family networks or in safe and stable homes: workers")
    assert found[-1].endswith("in relation to identity with particular regard to their religious persuasion and their cultural background.")


def test_numbered_paragraphs_of_any_length_keep_their_numbers_apart(tmp_path: Path) -> None:
    made = page()
    for i, number in enumerate(("98.", "427.", "8.6", "2.1.3")):
        made.text(15, 30 + 12 * i, f"{number}  The {number} finding is that {PARTS[0].lower()}{PARTS[1:]}")
    path = made_files.save(made, tmp_path / "a.pdf")
    assert [text.split()[0] for text in said(path)] == ["The"] * 4
    assert "427. The 427." in reading(path).pages[0].text


def test_a_number_that_touches_its_paragraph_is_its_number(tmp_path: Path) -> None:
    made = page()
    for i, text in enumerate((HOME, SCHOOL, PARTS)):
        made.text(15, 30 + 12 * i, f"2.{i + 9}.{text}")
    made.text(15, 70, "No. 10.5 of the panel's papers was lost when the office moved to the mill.")
    found = said(made_files.save(made, tmp_path / "a.pdf"))
    assert found[:3] == [HOME, SCHOOL, PARTS]
    assert found[3].startswith("No. 10.5 of")


def test_one_line_paragraphs_stay_apart(tmp_path: Path) -> None:
    lines = [HOME, PARTS, SCHOOL, "Supervision asks what a day is like for the child and writes it down."]
    made = page()
    for i, line in enumerate(lines):
        made.text(15, 30 + 8 * i, line)
    made.text(15, 62, "Fathers and partners are named in each assessment that is made of a family at home and in a")
    made.text(15, 67, "hostel or a hotel.")
    assert said(made_files.save(made, tmp_path / "a.pdf"))[:4] == lines


def test_a_table_with_ruling_lines_is_read_row_by_row_with_its_heads(tmp_path: Path) -> None:
    made = page()
    made.text(15, 20, "This plan was agreed by the partnership and is looked at every three months.")
    rows = [
        ("Recommendation", "Agency", "What was done"),
        ("Each baby who is not yet crawling is seen by a doctor when a bruise is found.", "Health", "All wards were told of it."),
        ("Fathers and partners are named in each assessment.", "Social care", "The form now asks who sleeps at the home."),
    ]  # fmt: skip
    made.set_y(30)
    with made.table(width=150, col_widths=(60, 30, 60), line_height=5) as table:
        for row in rows:
            cells = table.row()
            for cell in row:
                cells.cell(cell)
    path = made_files.save(made, tmp_path / "a.pdf")
    found = [p for p in reading(path).passages if p.kind is PassageKind.ROW]
    assert [tuple(p.text.split("\t")) for p in found] == rows[1:]
    assert found[0].heading.endswith("Recommendation | Agency | What was done")
    assert unproven(path) == []


def test_joined_letters_read_as_they_are_shown(tmp_path: Path) -> None:
    made = page()
    made.text(15, 30, "Prac~~oners did not share informa~on about the partner in ~me, and the ac~on plan was lost.")
    path = renamed(made_files.save(made, tmp_path / "a.pdf"), "~", 0x19F)
    assert said(path) == ["Practitioners did not share information about the partner in time, and the action plan was lost."]
    assert unproven(path) == []


def test_signs_of_symbol_fonts_are_bullets(tmp_path: Path) -> None:
    made = page()
    made.text(15, 20, "The panel found that:")
    for i, line in enumerate((HOME, PARTS)):
        made.text(20, 30 + 8 * i, "~")
        made.text(26, 30 + 8 * i, line)
    path = renamed(made_files.save(made, tmp_path / "a.pdf"), "~", 0xF06E)
    assert said(path)[-2:] == [HOME, PARTS]
    assert f"■ {HOME}" in reading(path).pages[0].text


def test_letters_set_apart_and_a_drop_cap_are_words(tmp_path: Path) -> None:
    made = page()
    made.set_char_spacing(3)
    made.text(15, 20, "Neglect was seen but never named.")
    made.set_char_spacing(0)
    made.set_font(size=40)
    made.text(15, 52, "T")
    made.set_font(size=11)
    made.text(25, 42, "he health visitor called at the home four times in the spring and was let in once by")
    made.text(25, 47, "the grandmother, who had come from the coast to look after the children and the")
    made.text(25, 52, "house, and who was never asked what she had seen there.")
    path = made_files.save(made, tmp_path / "a.pdf")
    assert "Neglect was seen but never named." in said(path)
    assert any(text.startswith("The health visitor called at the home four times in the spring") for text in said(path))


def test_words_parted_at_a_line_end_are_joined_where_they_are_one(tmp_path: Path) -> None:
    made = page()
    made.text(15, 30, "Nobody asked whether the man who came to the house at night was the perpe-")
    made.text(15, 35, "trator of the earlier assault, although the agencies had met in a multi-")
    made.text(15, 40, "agency meeting in the spring.")
    assert said(made_files.save(made, tmp_path / "a.pdf")) == [
        "Nobody asked whether the man who came to the house at night was the perpetrator of the earlier assault, although the agencies "
        "had met in a multi-agency meeting in the spring."
    ]


def test_what_was_typed_into_a_form_is_read(tmp_path: Path) -> None:
    made = page()
    made.text(15, 30, HOME)
    made.free_text_annotation("The baby was found with a broken arm at the clinic.", x=15, y=50, w=150, h=10)
    path = made_files.save(made, tmp_path / "a.pdf")
    assert "The baby was found with a broken arm at the clinic." in said(path)
    assert unproven(path) == []
