"""What only names something (a title, a heading printed again, a subtitle, a date) is never quoted as a finding."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from docx import Document

from assistant.assistant import Assistant
from ingest.lines import is_date_line
from ingest.pipeline import ingest
from knowledge.briefing import PassageKind
from knowledge.library import Library
from tests.prepared import prepared

FINDINGS = (
    "The neglect of the brothers was written of by four services and acted on by none.",
    "Nobody rang school about the neglect",
    "Neglect that went on for years was treated as new each time.",
)
SCRAPS = (
    "Key findings",
    "A briefing on neglect for busy practitioners",
    "What we learned about neglect",
    "Published: March 2021 | Issue 4",
    "Neglect in Wrenbury: Key findings ........ 2",
    "3. Neglect over time",
)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("labels")
    for n in range(4):
        document = Document()
        document.add_heading(f"Neglect in Wrenbury {n}", 0)
        for scrap in SCRAPS:
            document.add_paragraph(scrap)
        document.add_heading("Key findings", 1)
        for finding in FINDINGS:
            document.add_paragraph(f"{finding}" if n == 0 else finding.replace("the", f"the {('first', 'second', 'third')[n - 1]}", 1))
        document.add_heading("Neglect over time", 1)
        document.add_paragraph(f"In case {n} the neglect was seen by the dentist first.")
        table = document.add_table(rows=2, cols=2)
        for cell, text in zip(
            (c for row in table.rows for c in row.cells), ("Sign of neglect", "What was done", "Cold", "A coat"), strict=True
        ):
            cell.text = text
        document.save(str(folder / f"wrenbury-{n}.docx"))
    lines = (
        "# Review of Brindle",
        "Key findings",
        "Neglect over time ........ 2",
        "## Key findings",
        FINDINGS[1],
        "## Neglect over time",
        FINDINGS[0],
    )
    (folder / "brindle.md").write_text("\n\n".join(lines) + "\n", "utf-8")
    library = Library(prepared(folder / "library"))
    assert {result.status for result in ingest(library, [*sorted(folder.glob("*.docx")), folder / "brindle.md"])} == {"added"}
    yield Assistant(library)
    library.close()


@pytest.mark.parametrize(
    "question",
    ["key findings on neglect", "What was learned about neglect?", "neglect over time", "neglect in Wrenbury", "briefing on neglect"],
)
def test_no_title_heading_subtitle_or_date_is_quoted(asked: Assistant, question: str) -> None:
    reply = asked.reply(question)
    quoted = [citation.quotation.text for citation in (*reply.citations, *reply.near)]
    assert quoted, reply.explanation
    for scrap in (*SCRAPS, "Neglect in Wrenbury", "Neglect over time", "Sign of neglect\tWhat was done"):
        assert not [text for text in quoted if text.startswith(scrap)], scrap


def test_a_short_finding_without_a_full_stop_is_quoted(asked: Assistant) -> None:
    reply = asked.reply("Did anybody ring school about the neglect?")
    assert "Nobody rang school about the neglect" in [citation.quotation.text for citation in reply.citations]


def test_the_working_says_what_was_left_out_and_why(asked: Assistant) -> None:
    explanation = asked.reply("key findings on neglect").explanation
    assert explanation is not None
    assert dict(explanation.left_out)["a title, heading or date, not a finding"] > 0


def test_a_line_of_the_contents_is_known_when_it_is_read(asked: Assistant) -> None:
    kinds = {stored.passage.text: stored.passage.kind for stored in asked.library.catalogue.passages("brindle")}
    assert "Neglect over time ........ 2" not in kinds
    assert "Key findings" not in kinds
    assert kinds["Nobody rang school about the neglect"] is PassageKind.PARAGRAPH


@pytest.mark.parametrize(
    "line", ["March 2021", "Published: March 2021 | Issue 4", "Issue 3 - June 2019", "Version 2.1", "12 May 2020, Issue 7"]
)
def test_dates_and_issues_are_known(line: str) -> None:
    assert is_date_line(line)


@pytest.mark.parametrize("line", ["In March 2021 he was seen.", "May", "Issue 4 was read by all staff", "June 2019 - the first visit"])
def test_other_lines_are_no_dates(line: str) -> None:
    assert not is_date_line(line)
