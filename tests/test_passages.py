"""`reflect passages` and `reflect list`: what was read, for people and for scripts."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant.cli.main import commands
from ingest.pipeline import expanded, ingest, starter_briefings
from knowledge.library import Library
from tests import made_files
from tests.library_maker import HashedWords
from tests.made_documents import DOCUMENTS, pdf


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("passages")
    files = [made_files.table(folder / "table.pdf"), made_files.word(folder / "words.docx")]
    files.append(pdf(DOCUMENTS["a safeguarding adult review"], folder / "review.pdf"))
    with closing(Library(folder / "library", HashedWords())) as opened:
        assert {result.status for result in ingest(opened, files)} == {"added"}
    return folder / "library"


def reflect(library: Path, *arguments: str) -> Any:
    app = commands(ingest, starter_briefings, expanded, lambda *_: None)
    return CliRunner().invoke(app, [*arguments, "--library", str(library)])


def rows(library: Path, *arguments: str) -> list[dict[str, Any]]:
    ran = reflect(library, *arguments, "--json")
    assert ran.exit_code == 0, ran.output
    return [json.loads(line) for line in ran.output.splitlines()]


def test_every_passage_is_a_line_with_the_same_keys(library: Path) -> None:
    found = rows(library, "passages")
    assert all(list(row) == ["document", "page", "heading", "kind", "text", "cells", "notes"] for row in found)
    counts = {row["document"]: row["passages"] for row in rows(library, "list")}
    assert {name: sum(row["document"] == name for row in found) for name in counts} == counts


def test_a_row_gives_its_cells_and_nothing_else_does(library: Path) -> None:
    found = rows(library, "passages", "table.pdf")
    cells = [row["cells"] for row in found if row["kind"] == "row"]
    assert cells
    assert all(len(row) > 1 for row in cells)
    assert all(row["text"] in "\t".join(row["cells"]) for row in found if row["kind"] == "row")
    assert all(row["cells"] == [] for row in found if row["kind"] != "row")
    assert all(isinstance(row["page"], int) for row in found)


def test_a_format_without_pages_has_none(library: Path) -> None:
    assert {row["page"] for row in rows(library, "passages", "words.docx")} == {None}


def test_people_read_the_same_words(library: Path) -> None:
    said = " ".join(reflect(library, "passages", "review.pdf").output.split())
    for row in rows(library, "passages", "review.pdf"):
        assert " ".join(row["text"].split()) in said
        assert f"page {row['page']}, {row['kind']}" in said


def test_a_name_that_is_not_there_is_one_sentence(library: Path) -> None:
    ran = reflect(library, "passages", "nowhere.pdf")
    assert ran.exit_code == 1
    assert "nowhere.pdf" in str(ran.exception)


def test_the_list_says_what_each_document_is(library: Path) -> None:
    (review,) = (row for row in rows(library, "list") if row["document"] == "review.pdf")
    assert (review["title"], review["publisher"], review["year"], review["kind"]) == (
        "Safeguarding Adult Review Mr Alder",
        "West of Berkshire Safeguarding Adults Board",
        2021,
        "safeguarding adult review",
    )
    assert "safeguarding" in reflect(library, "list").output
