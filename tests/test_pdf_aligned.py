"""A table without ruling lines, its columns only aligned, is read row by row with its column heads; columns of prose stay columns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest.reading import read
from ingest.reading.source import Block
from ingest.structure import assemble
from tests import made_files

HEADS = ("Agency", "What it knew", "What it did")
ROWS = [
    ("School", "He was often hungry", "It rang the office twice"),
    ("Police", "He was out at night", "It sent one letter"),
    ("Health visitor", "She was let in once", "Nothing was written down"),
]
WRAPPED = [
    ("School", "He was often hungry\nand came late to class", "It rang the office twice"),
    ("Health\nvisitor", "She was let in once", "It sent one letter\nand closed its file"),
    ("Police", "He was out at night\nin the spring", "Nothing was written down\nat all"),
]
LEAD = "The panel asked each agency what it knew and what it did about what it knew."
LAST = "None of them had told another of it by the time at which the child was found."


def table(path: Path, rows: Sequence[Sequence[str]], lefts: Sequence[float], *, gap: float = 6, bold: bool = False) -> list[Block]:
    made = made_files.pdf()
    made.text(15, 30, LEAD)
    top = 50.0
    for number, row in enumerate(rows):
        made.set_font(style="B" if bold and number == 0 else "")
        for left, cell in zip(lefts, row, strict=True):
            for i, line in enumerate(cell.split("\n")):
                made.text(left, top + 5 * i, line)
        top += gap + 5 * max(cell.count("\n") for cell in row)
    made.set_font(style="")
    made.text(15, top + 12, LAST)
    blocks = read(made_files.save(made, path)).blocks
    assert (blocks[0].text, blocks[-1].text) == (LEAD, LAST)
    return list(blocks[1:-1])


@pytest.mark.parametrize("bold", [True, False])
@pytest.mark.parametrize("rows", [ROWS, WRAPPED], ids=["one line each", "wrapped"])
@pytest.mark.parametrize("gap", [5, 6, 9])
def test_rows_are_read_with_their_heads(tmp_path: Path, gap: float, rows: list[tuple[str, ...]], bold: bool) -> None:
    found = table(tmp_path / "a.pdf", [HEADS, *rows], (15, 65, 125), gap=gap, bold=bold)
    assert [block.cells for block in found[1:]] == [tuple(cell.replace("\n", " ") for cell in row) for row in rows]
    assert {block.heads for block in found} == {HEADS}


def test_figures_under_words_have_these_for_heads(tmp_path: Path) -> None:
    rows = [("Year", "Plans", "Reviews"), ("2016", "12", "3"), ("2017", "15", "4"), ("2018", "11", "2")]
    found = table(tmp_path / "a.pdf", rows, (15, 65, 125))
    assert [block.cells for block in found] == rows
    assert {block.heads for block in found} == {rows[0]}


def test_two_wide_columns_under_bold_heads_are_a_table(tmp_path: Path) -> None:
    rows = [("What was known", "What was done"), *(row[1:] for row in ROWS)]
    found = table(tmp_path / "a.pdf", rows, (15, 110), bold=True)
    assert [(block.cells, block.heads) for block in found[1:]] == [(row, rows[0]) for row in rows[1:]]


def test_a_table_without_heads_gets_none(tmp_path: Path) -> None:
    rows = [
        ("* (BC 1)", "(BC 2)", "Anyshire Council"),
        ("* (BC 3)", "(BC 4)", "The Institute of Practice and its members in the north"),
    ] * 2
    assert {block.heads for block in table(tmp_path / "a.pdf", rows, (15, 45, 75), gap=9)} == {()}


def test_columns_of_prose_are_read_one_after_the_other(tmp_path: Path) -> None:
    left = (
        "The worker called on the family\nin the spring and was let in\nonce. She wrote that the home\n"
        "was clean and that the baby\nslept in a cot of his own."
    )
    right = (
        "The police had known of the\npartner for a year. They told\nnobody, as there was no way\n"
        "to do so that they knew of\nor had been taught to use."
    )
    made = made_files.pdf()
    for start, style, texts in ((40, "B", ("What the worker saw", "What the police knew")), (48, "", (left, right))):
        made.set_font(style=style)
        for x, text in zip((15, 110), texts, strict=True):
            for i, line in enumerate(text.split("\n")):
                made.text(x, start + 5 * i, line)
    reading = assemble(read(made_files.save(made, tmp_path / "a.pdf")))
    assert [passage.text for passage in reading.passages] == [left.replace("\n", " "), right.replace("\n", " ")]


def test_a_label_beside_a_paragraph_is_one_row(tmp_path: Path) -> None:
    rows = [
        (
            "Child\nProtection\nPlan",
            "A plan that says what is to be done\nby whom, and when. The Plan is read\nagain at each meeting of the group.",
        )
    ]
    made = made_files.pdf()
    for left, cell in zip((15, 60), rows[0], strict=True):
        for i, line in enumerate(cell.split("\n")):
            made.text(left, 50 + 5 * i, line)
    found = read(made_files.save(made, tmp_path / "a.pdf")).blocks
    assert [block.cells for block in found] == [tuple(cell.replace("\n", " ") for cell in rows[0])]


def test_a_row_whose_first_cell_is_empty_is_a_row_of_its_own(tmp_path: Path) -> None:
    rows = [
        ("*", "A 11", "The school of the older\nbrother"),
        ("", "A 12", "The health visitor"),
        ("", "A 13", "The housing office"),
        ("*", "A 14", "A neighbour"),
    ]
    found = table(tmp_path / "a.pdf", rows, (15, 40, 90), gap=8)
    assert [block.cells[-2:] for block in found] == [(number, who.replace("\n", " ")) for _, number, who in rows]
