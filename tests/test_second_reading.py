"""Where the two PDF readers differ, `ingest`, the page's upload line, `ask` and `verify` say so; where they agree, nothing is said."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest
from rich.console import Console

from assistant.answering.compose import reading_notices
from assistant.answering.markdown import as_markdown
from assistant.assistant import Assistant
from assistant.cli.intake import Intake
from assistant.models.reply import Citation
from assistant.page.answer import answered
from assistant.page.library_tab import taking_in
from ingest.pipeline import ingest, steps
from knowledge.embedding import SentenceEmbedder
from knowledge.library import Library
from tests import made_files
from tests.library_maker import HashedWords, write_markdown

AGREED = "The health visitor called at the home four times and was let in once, and nobody asked her why."
DIFFER = "Two programs read page 2 differently"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    made = Library(tmp_path / "library", HashedWords())
    yield made
    made.close()


def report(path: Path) -> Path:
    """Two pages. On the second a line is drawn from its end to its start: PDFium reads it as it is seen, pypdf as it was drawn."""
    made = made_files.pdf()
    made.text(15, 30, AGREED)
    made.add_page()
    first, last = "The worry of the grandmother", " was written down by nobody in the spring."
    made.text(15 + made.get_string_width(first), 30, last)
    made.text(15, 30, first)
    return made_files.save(made, path)


def test_ingest_says_on_which_pages_the_readers_differ(library: Library, tmp_path: Path) -> None:
    (result,) = ingest(library, [report(tmp_path / "report.pdf")])
    assert (result.status, result.passages) == ("added", 2)
    assert result.caution.startswith(DIFFER)
    assert library.certificate("report.pdf")["differing_pages"] == [2]
    (agreed,) = ingest(library, [made_files.bullets(tmp_path / "agreed.pdf")])
    assert (agreed.status, agreed.caution) == ("added", "")
    assert library.certificate("agreed.pdf")["differing_pages"] == []
    (other,) = ingest(library, [write_markdown(tmp_path / "other.md", "Ashby")])
    assert (other.caution, library.certificate("other.md")["differing_pages"]) == ("", None)


def test_a_file_that_the_second_reader_cannot_open_is_taken_in_and_said_to_rest_on_one(library: Library, tmp_path: Path) -> None:
    writer = pypdf.PdfWriter(clone_from=report(tmp_path / "plain.pdf"))
    writer.encrypt("sesame", algorithm="RC4-128")
    writer.write(tmp_path / "locked.pdf")
    (result,) = ingest(library, [tmp_path / "locked.pdf"], password="sesame")
    assert (result.status, "have not been double-checked" in result.caution) == ("added", True)
    assert library.certificate("locked.pdf")["differing_pages"] is None


def test_the_terminal_and_the_page_say_it_beside_the_file(library: Library, tmp_path: Path) -> None:
    out, path = io.StringIO(), report(tmp_path / "report.pdf")
    Intake(Console(file=out), Console(file=io.StringIO()), as_json=False).show(steps(library, [path]), [path])
    assert f"report.pdf, 2 passages. {DIFFER}" in out.getvalue()
    *_, last = taking_in(library, steps, [(report(tmp_path / "again.pdf"), "again.pdf")])
    assert DIFFER in last


def test_an_answer_says_which_quotation_stands_on_a_page_where_they_differ(embedder: SentenceEmbedder, tmp_path: Path) -> None:
    library = Library(tmp_path / "library", embedder)
    list(ingest(library, [report(tmp_path / "report.pdf")]))
    asking = Assistant(library)
    reply = asking.reply("Who wrote down the worry of the grandmother?")
    (notice,) = [notice for notice in reply.notices if notice.kind == "reading"]
    assert notice.text.startswith("Two programs read the page for")
    assert notice.text in as_markdown(reply)
    assert "Two programs read the page for" in answered(reply)
    briefing = library.briefing("report.pdf")
    places = {stored.passage.page: library.quote(briefing, stored.passage) for stored in library.catalogue.passages(briefing.id)}
    assert reading_notices(library, [Citation(places[1], "", 1)]) == ()
    assert "[2]" in reading_notices(library, [Citation(places[1], "", 1), Citation(places[2], "", 2)])[0].text
    library.close()
