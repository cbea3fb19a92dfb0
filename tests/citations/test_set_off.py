"""What a file sets as a quotation without marks of its own: <q> and <blockquote> in a web page, an indented block in a PDF."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.citations.check import Checker
from assistant.citations.models import Checked
from assistant.citations.pasted import paragraphs_from
from ingest.paragraphs import read_paragraphs
from knowledge.library import Library
from tests.made_files import pdf, save

NAMED = "The man in Jory’s home was seen by three agencies and named by none"
REST = "; a check under his earlier surname would have shown two assaults on former partners."
TAUGHT = "Jory’s teacher kept his drawing and wrote his exact words beside it"
OWN = "Our service asked itself what that means for the people who work in it, and what each of them would do on the next visit."


@pytest.fixture(scope="module")
def checker(starter_library: Library) -> Checker:
    return Checker(starter_library)


def checked(checker: Checker, path: Path) -> list[Checked]:
    told, _ = read_paragraphs(path, "")
    return list(checker.check(paragraphs_from(told)).checked)


@pytest.mark.parametrize(
    ("page", "quoted"),
    [
        (f"<p>It says <q>{NAMED}</q> (Jory, p. 2).</p>", NAMED),
        (f"<p>It says <q>{TAUGHT}</q> (Jory, p. 3), and <q lang=en>“{NAMED}”</q> is ours.</p>", TAUGHT),
        (f"<blockquote>{NAMED} (Jory, p. 2)</blockquote>", NAMED),
        (f"<blockquote><div><p>{NAMED}</p></div><footer>Jory, p. 2</footer></blockquote>", NAMED),
        (
            "<figure><blockquote>The man in Jory’s home <b>was seen</b> by<br>three agencies and named by none</blockquote></figure>",
            NAMED,
        ),
    ],
)
def test_what_a_web_page_sets_as_a_quotation_is_found(checker: Checker, tmp_path: Path, page: str, quoted: str) -> None:
    path = tmp_path / "report.html"
    path.write_text(f"<html><body><h1>Our report</h1><p>{OWN}</p>{page}<p>{OWN}</p></body></html>", "utf-8")
    found = checked(checker, path)
    assert found[0].quoted.text == quoted
    assert [one.verdict.stands for one in found] == [True] * len(found)
    assert len(found) == page.count("<q") + page.count("<blockquote")


def test_a_quotation_within_a_quotation_has_other_marks(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(f"<p>It says <q>he told <q>nobody</q> at school</q> there.</p><p>{OWN}</p>", "utf-8")
    assert ("It says “he told ‘nobody’ at school” there.", "text") in read_paragraphs(path, "")[0]


def test_a_block_that_stands_in_from_a_pdfs_margin_is_found_as_a_quotation(checker: Checker, tmp_path: Path) -> None:
    made = pdf()
    for text, inset in (
        (OWN, 0),
        (f"{NAMED}{REST}", 14),
        (OWN, 0),
    ):
        made.set_x(15 + inset)
        made.multi_cell(180 - 2 * inset, 5.5, text.replace("’", "'"), align="L", new_x="LMARGIN", new_y="NEXT")
        made.ln(4)
    for line in (
        "1.  We ask who else is in the home, and we write down what we were told, by whom and when",
        "2.  We see each child",
    ):
        made.multi_cell(170, 5.5, line, align="L", new_x="LMARGIN", new_y="NEXT")
    found = checked(checker, save(made, tmp_path / "report.pdf"))
    assert [(one.quoted.set_off, one.verdict.stands) for one in found] == [(True, True)]
    assert found[0].quoted.text.startswith("The man in Jory's home")
    assert found[0].quoted.text.endswith("former partners.")
