"""The certificate of a file, as JSON and as shown; corrections that a user makes, and their way through a new reading."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from assistant.cli.main import commands
from ingest.pipeline import expanded, ingest, starter_briefings
from knowledge.briefing import DateBasis
from knowledge.embedding import sha256_of
from knowledge.errors import BriefingNotFound, CorrectionRefused, ReflectionError
from knowledge.library import Library
from tests import made_files
from tests.library_maker import HashedWords, write_markdown


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    made = Library(tmp_path / "library", HashedWords())
    yield made
    made.close()


def put(library: Library, path: Path) -> str:
    (result,) = ingest(library, [path])
    assert result.why == ""
    return result.status


def reflect(library: Library, *arguments: str) -> Result:
    app = commands(ingest, starter_briefings, expanded, lambda *_: None)
    return CliRunner().invoke(app, [*arguments, "--library", str(library.folder)], catch_exceptions=True, env={"COLUMNS": "200"})


def report(folder: Path) -> Path:
    """Four sheets: a cover without a number, then pages that print 12, blank, 14; a finding printed twice; an office and a date."""
    made = made_files.pdf()
    made.set_font("Helvetica", "B", 16)
    made.text(15, 30, "What the Anyshire board learned")
    made.set_font("Helvetica", size=11)
    made.text(15, 45, "Two case reviews that the board completed in 2012-13 are told here, as Working Together 2010 asked.")
    made.text(15, 60, "The visits that were planned for the spring were not made, and nobody in the home was told why.")
    for printed in (12, 0, 14):
        made.add_page()
        if printed:
            made.set_font("Helvetica", size=9)
            made.text(15, 10, "Anyshire SCB: learning from practice")
            made.text(100, 285, f"Page {printed}")
            made.set_font("Helvetica", size=11)
            made.text(15, 40, f"The finding of the page that prints {printed} is a sentence of its own, and ends here.")
            made.text(15, 55, "The visits that were planned for the spring were not made, and nobody in the home was told why.")
    made.text(15, 80, "Ring 0116 496 0123 of that time for more.")
    made.text(15, 250, "Mary Example")
    made.text(15, 256, "Board Manager")
    made.text(15, 262, "Anyshire Safeguarding Children Board")
    made.text(15, 268, "June 2013")
    return made_files.save(made, folder / "anyshire-2013.pdf")


def test_the_certificate_tells_how_a_file_was_read(library: Library, tmp_path: Path) -> None:
    path = report(tmp_path)
    put(library, path)
    told = library.certificate(path.name)
    assert json.loads(json.dumps(told)) == told
    assert (told["file_name"], told["sha256"], told["read_on"]) == (path.name, sha256_of(path), library.briefing(path.name).added)
    assert told["reader"].startswith("PDFium 1")
    assert (told["pages"], told["pages_read"], told["empty_pages"], told["ocr_pages"], told["unreadable_pages"]) == (4, 3, [3], [], [])
    assert told["labels"] == {"1": "without a number", "2": "12", "3": "without a number", "4": "14"}
    assert told["passages"] == library.briefing(path.name).passages
    assert told["printed_twice"] == 2
    assert {"Anyshire SCB: learning from practice", "Page 12", "Page 14"} <= set(told["running_heads"])
    assert any("page 3" in warning for warning in told["warnings"])


def test_the_certificate_tells_every_detail_and_where_it_was_read(library: Library, tmp_path: Path) -> None:
    put(library, report(tmp_path))
    details = library.certificate("anyshire-2013.pdf")["details"]
    values = {name: entry["value"] for name, entry in details.items()}
    assert values["title"] == "What the Anyshire board learned"
    assert values["publisher"] == "Anyshire Safeguarding Children Board"
    assert (values["date"], details["date"]["basis"]) == ("June 2013", "printed")
    assert (values["period"], values["authors"], values["guidance"]) == ("2012-13", ["Mary Example"], ["Working Together 2010"])
    assert values["contacts"] == [["phone", "0116 496 0123"]]
    assert values["kind"] == values["nation"] == ""
    assert details["guidance"]["origin"].startswith("page 1: “")
    assert details["date"]["origin"] == "page 4: “June 2013”"
    assert all(bool(entry["value"]) == bool(entry["origin"]) for name, entry in details.items() if name != "acronyms")


def test_a_format_without_pages_has_none_in_its_certificate(library: Library, tmp_path: Path) -> None:
    put(library, made_files.word(tmp_path / "othershire.docx"))
    told = library.certificate("othershire.docx")
    assert (told["pages"], told["pages_read"], told["labels"]) == (None, None, {})
    assert told["reader"].startswith("python-docx 1.")


def test_show_prints_the_certificate_for_people_and_as_json(library: Library, tmp_path: Path) -> None:
    put(library, report(tmp_path))
    as_json = json.loads(reflect(library, "show", "anyshire-2013.pdf", "--json").stdout)
    assert as_json["certificate"] == library.certificate("anyshire-2013.pdf")
    shown = reflect(library, "show", "anyshire-2013.pdf").stdout
    for words in ("June 2013", "page 4: “June 2013”", "PDF page 4 is numbered 14", "PDFium", "unknown", as_json["sha256"], "Page 12"):
        assert words in shown, words


# -- corrections ----------------------------------------------------------------------------------


def entry(library: Library, name: str, field: str) -> dict[str, Any]:
    found: dict[str, Any] = library.certificate(name)["details"][field]
    return found


def test_a_correction_is_shown_beside_what_was_read_and_can_be_taken_back(library: Library, tmp_path: Path) -> None:
    put(library, write_markdown(tmp_path / "ashby.md", "Ashby"))
    assert library.correct("ashby.md", "date", "5 June 2014").details.date.year == 2014
    briefing = library.briefing("ashby.md")
    assert (str(briefing.details.date), briefing.details.date.basis) == ("5 June 2014 (corrected by hand)", DateBasis.CORRECTED)
    assert briefing.corrected == ("date",)
    told = entry(library, "ashby.md", "date")
    assert (told["value"], told["basis"], told["read"]["value"]) == ("5 June 2014", "corrected by hand", "March 2011")
    assert told["origin"].startswith("corrected by hand on 20")
    assert library.uncorrect("ashby.md", "date").details.date.text == "March 2011"
    assert "read" not in entry(library, "ashby.md", "date")


def test_corrections_outlive_a_replacement_and_opening_again_but_not_deletion(library: Library, tmp_path: Path) -> None:
    path = write_markdown(tmp_path / "ashby.md", "Ashby")
    put(library, path)
    library.correct("ashby.md", "publisher", "Ashby Safeguarding Children Board")
    library.correct("ashby.md", "authors", "Mary Example, Ann Other")
    assert put(library, write_markdown(path, "Ashby", 2)) == "replaced"
    library.close()
    again = Library(library.folder, HashedWords())
    details = again.briefing("ashby.md").details
    assert (details.publisher, details.authors) == ("Ashby Safeguarding Children Board", ("Mary Example", "Ann Other"))
    assert details.date.text == "March 2012"
    again.delete("ashby.md")
    put(again, path)
    assert again.briefing("ashby.md").details.publisher == ""
    again.close()


def test_corrected_pseudonyms_tell_the_cases_anew_also_after_a_replacement(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "cases.md"
    text = "# What was learned\n\nMina was seen by nobody in the spring.\n\nOmar was heard by his teacher.\n\n{}\n"
    path.write_text(text.format("The plan was late."), "utf-8")
    put(library, path)

    def cases() -> list[str]:
        return [stored.passage.case for stored in library.catalogue.passages("cases")]

    assert cases() == ["", "", ""]
    library.correct("cases.md", "pseudonyms", "Mina, Omar")
    assert cases() == ["Mina", "Omar", ""]
    path.write_text(text.format("The plan of Mina was late."), "utf-8")
    assert put(library, path) == "replaced"
    assert cases() == ["Mina", "Omar", "Mina"]
    library.uncorrect("cases.md", "pseudonyms")
    assert cases() == ["", "", ""]


def test_a_wrong_detail_can_be_said_to_be_unknown(library: Library, tmp_path: Path) -> None:
    put(library, write_markdown(tmp_path / "ashby.md", "Ashby"))
    library.correct("ashby.md", "date", "unknown")
    library.correct("ashby.md", "title", "Unknown")
    briefing = library.briefing("ashby.md")
    assert (str(briefing.details.date), briefing.details.date.year, briefing.details.title) == ("date not printed", None, "")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("sha256", "0", "not a detail that can be corrected"),
        ("date", "last spring", "no year"),
        ("nation", "France", "not one of England"),
        ("title", "  ", "--undo"),
        ("title", "x" * 400, "longer than"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_in_one_sentence(
    library: Library, tmp_path: Path, field: str, value: str, says: str
) -> None:
    put(library, write_markdown(tmp_path / "ashby.md", "Ashby"))
    before = library.certificate("ashby.md")
    with pytest.raises(CorrectionRefused, match=says):
        library.correct("ashby.md", field, value)
    assert library.certificate("ashby.md") == before


def test_a_correction_of_a_briefing_that_is_not_there_says_so(library: Library) -> None:
    with pytest.raises(BriefingNotFound, match="reflect list"):
        library.correct("none.md", "title", "x")


def test_the_command_corrects_and_takes_back(library: Library, tmp_path: Path) -> None:
    put(library, write_markdown(tmp_path / "ashby.md", "Ashby"))
    ran = reflect(library, "correct", "ashby.md", "nation", "wales")
    assert (ran.exit_code, "Wales (corrected by hand" in ran.stdout) == (0, True)
    assert library.briefing("ashby.md").details.nation == "Wales"
    assert json.loads(reflect(library, "list", "--json").stdout)["corrected"] == ["nation"]
    assert "read: unknown" in reflect(library, "show", "ashby.md").stdout
    assert reflect(library, "correct", "ashby.md", "nation", "--undo").exit_code == 0
    assert library.briefing("ashby.md").details.nation == ""
    refused = reflect(library, "correct", "ashby.md", "nation", "France")
    assert isinstance(refused.exception, ReflectionError)
