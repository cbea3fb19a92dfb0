"""Documents that no rule was written for are known for what they are, as a PDF, a Word file and a web page."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.details import details_with_origins
from ingest.reading import read
from knowledge.briefing import Details
from tests.made_documents import pdf, word
from tests.made_fronts import FRONTS, web


def known(path: Path) -> Details:
    return details_with_origins(read(path), f"download{path.suffix}").details


@pytest.mark.parametrize("name", FRONTS)
def test_a_pdf_is_known_by_its_first_sheet(tmp_path: Path, name: str) -> None:
    made = FRONTS[name]
    got = known(pdf(made, tmp_path / "made.pdf"))
    assert (got.title, got.publisher, got.kind, got.date.year, got.nation) == (
        made.title,
        made.publisher,
        made.kind,
        made.year,
        made.nation,
    )


@pytest.mark.parametrize("name", FRONTS)
def test_a_word_document_is_known_by_its_first_lines(tmp_path: Path, name: str) -> None:
    made = FRONTS[name]
    got = known(word(made, tmp_path / "made.docx"))
    assert (got.publisher, got.kind, got.date.year, got.nation) == (made.publisher, made.kind, made.year, made.nation)
    assert got.title
    assert made.title.startswith(got.title)


@pytest.mark.parametrize("name", [name for name, made in FRONTS.items() if not made.full])
def test_a_web_page_is_known_by_its_first_lines_and_its_site(tmp_path: Path, name: str) -> None:
    made = FRONTS[name]
    got = known(web(made, tmp_path / "made.html"))
    assert (got.publisher, got.kind, got.date.year, got.nation) == (made.publisher, made.kind, made.year, made.nation)
    assert got.title
    assert got.title in made.title
