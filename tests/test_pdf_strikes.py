"""Words that are struck out in a PDF are left out and counted, as in the other formats; other lines strike nothing out."""

from __future__ import annotations

from pathlib import Path

import pypdf
import pytest
from fpdf import FPDF
from pypdf.annotations import PolyLine
from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, NumberObject

from ingest.reading import read
from ingest.reading.source import Source
from ingest.structure import assemble
from tests import made_files
from tests.test_formats import shown

SAID = "The child was seen alone at each of the four visits."
BEFORE, AFTER = "The child was ", "seen alone at each of the four visits."
STRUCK = "1 struck-out passage was left out."
PARTS = "Each agency held a part of the picture and nobody put the parts together."


def page() -> FPDF:
    return made_files.pdf()


def save(made: FPDF, path: Path) -> Source:
    return read(made_files.save(made, path))


def with_word(made: FPDF, word: str, size: float = 11) -> tuple[float, float]:
    """The sentence with a word in it; where that begins and ends."""
    made.set_font(size=size)
    start = 15 + made.get_string_width(BEFORE)
    made.text(15, 40, f"{BEFORE}{word} {AFTER}")
    return start, start + made.get_string_width(word)


@pytest.mark.parametrize("word", ["not", "I", "never, as the file says and as everybody who was asked remembers,"])
@pytest.mark.parametrize("form", ["line", "bar"])
def test_a_line_through_words_strikes_them_out(tmp_path: Path, word: str, form: str) -> None:
    made = page()
    start, end = with_word(made, word, 9)
    if form == "line":
        made.line(start, 39, end, 39)
    else:
        made.rect(start, 38.8, end - start, 0.3, "F")
    source = save(made, tmp_path / "a.pdf")
    assert [block.text for block in source.blocks] == [SAID]
    assert STRUCK in source.warnings


def test_a_sentence_that_is_struck_out_over_two_lines_is_one(tmp_path: Path) -> None:
    made = page()
    made.text(15, 30, PARTS)
    for top, text in ((40, "The father was spoken with twice by the worker and he"), (45, "said that he had been told of it.")):
        made.text(15, top, text)
        made.line(15, top - 1.2, 15 + made.get_string_width(text), top - 1.2)
    made.text(15, 55, SAID)
    source = save(made, tmp_path / "a.pdf")
    assert [passage.text for passage in assemble(source).passages] == [PARTS, SAID]
    assert STRUCK in source.warnings


def test_a_turned_page_has_its_struck_out_words_left_out(tmp_path: Path) -> None:
    made = page()
    with made.rotation(90, 100, 100):
        start, end = with_word(made, "not")
        made.line(start, 38.8, end, 38.8)
        made.text(15, 60, PARTS)
    source = save(made, tmp_path / "a.pdf")
    assert SAID in shown(source)
    assert STRUCK in source.warnings


def annotated(tmp_path: Path, kind: str, flags: int = 4) -> Source:
    made = page()
    start, end = with_word(made, "not")
    writer = pypdf.PdfWriter(clone_from=made_files.save(made, tmp_path / "plain.pdf"))
    point = 72 / 25.4
    left, right, foot, head = start * point, end * point, (297 - 41) * point, (297 - 36.8) * point
    corners = (left, head, right, head, left, foot, right, foot)
    mark = PolyLine(vertices=[(left, foot), (right, head)])
    mark[NameObject("/Subtype")] = NameObject(kind)
    mark[NameObject("/QuadPoints")] = ArrayObject(map(FloatObject, corners))
    mark[NameObject("/F")] = NumberObject(flags)
    assert isinstance(mark, DictionaryObject)
    writer.add_annotation(0, mark)
    writer.write(tmp_path / "a.pdf")
    return read(tmp_path / "a.pdf")


def test_an_annotation_that_strikes_out_does_so(tmp_path: Path) -> None:
    source = annotated(tmp_path, "/StrikeOut")
    assert [block.text for block in source.blocks] == [SAID]
    assert STRUCK in source.warnings


@pytest.mark.parametrize(("kind", "flags"), [("/StrikeOut", 2), ("/Highlight", 4), ("/Underline", 4)])
def test_hidden_and_other_annotations_strike_nothing_out(tmp_path: Path, kind: str, flags: int) -> None:
    source = annotated(tmp_path, kind, flags)
    assert [block.text for block in source.blocks] == [f"{BEFORE}not {AFTER}"]
    assert source.warnings == ()


@pytest.mark.parametrize("line", ["underline", "overline", "rule between lines", "drawing", "drawing that ends at a word", "leader"])
def test_other_lines_strike_nothing_out(tmp_path: Path, line: str) -> None:
    made = page()
    made.text(15, 35, PARTS)
    start, end = with_word(made, "not")
    match line:
        case "underline":
            made.line(start, 40.4, end, 40.4)
        case "overline":
            made.line(start, 37, end, 37)
        case "rule between lines":
            made.line(15, 36.3, 120, 36.3)
        case "drawing":
            made.line(5, 39, 200, 39)
        case "drawing that ends at a word":
            made.line(5, 39, end, 39)
        case _:
            made.line(112, 39, 150, 39)
            made.text(152, 40, "12")
    source = save(made, tmp_path / "a.pdf")
    assert "not seen alone" in shown(source)
    assert PARTS in shown(source)
    assert source.warnings == ()


def test_the_rules_of_a_narrow_table_strike_nothing_out(tmp_path: Path) -> None:
    made = page()
    made.set_font(size=9)
    rows = [("School", "He was hungry", "It rang twice"), ("Police", "He was out", "None")]
    with made.table(line_height=3.4, padding=0, col_widths=(60, 60, 60), text_align="LEFT") as table:
        for cells in (("Agency", "What it knew", "What it did"), *rows):
            row = table.row()
            for cell in cells:
                row.cell(cell)
    source = save(made, tmp_path / "a.pdf")
    assert [block.cells for block in source.blocks][1:] == rows
    assert source.warnings == ()
