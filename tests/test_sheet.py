"""The sheet: written to Word and read again, whatever was written; quotations proven anew; a page to print."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.documents.found_again import cited
from assistant.documents.sheet import HEADS, NOT_FOUND, STARTER, Action, Kept, Lost, Sheet
from assistant.documents.sheet_docx import LONGEST, opened, written
from assistant.documents.sheet_page import printable
from assistant.documents.sheet_pieces import SheetError
from assistant.reflection_models import models
from knowledge.library import Library
from tests.library_maker import HashedWords, write_markdown, write_pdf

SECTIONS = [section.id for section in models().sections]
READABLE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A PDF of three pages and a Markdown file, in our own words."""
    from ingest.pipeline import ingest

    folder = tmp_path_factory.mktemp("briefings")
    library = Library(tmp_path_factory.mktemp("library"), HashedWords())
    files = [write_pdf(folder / "ashby, part 1.pdf", "Ashby"), write_markdown(folder / "brook.md", "Brook")]
    assert {result.status for result in ingest(library, files)} == {"added"}
    return library


def kept(library: Library, name: str, ordinal: int, *, challenges: bool = False) -> Kept:
    """A passage of a briefing as a quotation on a sheet."""
    briefing = library.briefing(name)
    passage = next(s.passage for s in library.catalogue.passages(briefing.id) if s.passage.ordinal == ordinal)
    return Kept(cited(library, briefing, library.page(briefing.id, passage.page), passage.start, passage.end), challenges)


def reopened(sheet: Sheet, library: Library) -> Sheet:
    return opened(written(sheet), library)


def as_kept(text: str) -> str:
    """A text as a file can hold it: without what XML has no place for, and without blanks around it."""
    return READABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
CELL = TEXT.map(lambda text: " ".join(text.split()))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.dictionaries(st.sampled_from(SECTIONS), TEXT),
    actions=st.lists(st.builds(Action, CELL, CELL, CELL), max_size=3),
    quoted=st.lists(st.tuples(st.sampled_from(["ashby, part 1.pdf", "brook.md"]), st.integers(2, 9), st.booleans()), max_size=3),
)
def test_whatever_is_written_comes_back_from_word(
    library: Library, texts: dict[str, str], actions: list[Action], quoted: list[tuple[str, int, bool]]
) -> None:
    put = sorted((kept(library, name, n, challenges=asks) for name, n, asks in quoted), key=lambda one: one.challenges)
    back = reopened(Sheet(texts, tuple(put), (), tuple(actions)), library)
    assert back.texts == {section: as_kept(text) for section, text in texts.items() if as_kept(text)}
    rows = [Action(*(as_kept(cell) for cell in (a.what, a.who, a.by))) for a in actions]
    assert list(back.actions) == [row for row in rows if row.what or row.who or row.by]
    assert [(one.citation.quotation, one.challenges) for one in back.kept] == [(one.citation.quotation, one.challenges) for one in put]
    assert back.lost == ()


def test_a_quotation_that_the_library_lost_stays_with_a_warning(library: Library, tmp_path: Path) -> None:
    sheet = Sheet({}, (kept(library, "ashby, part 1.pdf", 3),))
    elsewhere = Library(tmp_path, HashedWords())
    back = reopened(sheet, elsewhere)
    words = " ".join(sheet.kept[0].citation.quotation.text.split())
    assert back.kept == ()
    assert [lost.text for lost in back.lost] == [words]
    assert "File ashby, part 1.pdf, sheet 1." in back.lost[0].reference
    shown = [p.text for p in Document(io.BytesIO(written(back))).paragraphs]
    assert shown[shown.index(f"“{words}”") + 2] == NOT_FOUND
    assert reopened(back, library).kept == sheet.kept  # found again as soon as the library has it again


def test_words_that_were_changed_in_word_are_not_taken_for_the_reviews(library: Library) -> None:
    document = Document(io.BytesIO(written(Sheet({}, (kept(library, "brook.md", 3),)))))
    quote = next(p for p in document.paragraphs if p.style.name == "Quote")
    quote.runs[0].text = quote.text.replace("review", "inquiry")
    back = opened(saved(document), library)
    assert back.kept == ()
    assert "inquiry" in back.lost[0].text


def test_a_withdrawn_briefing_is_quoted_no_more(library: Library) -> None:
    sheet = Sheet({}, (kept(library, "brook.md", 3),))
    library.withdraw("brook.md", who="a lead", why="replaced")
    try:
        back = reopened(sheet, library)
        assert (len(back.kept), len(back.lost)) == (0, 1)
    finally:
        library.restore("brook.md")


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def paragraph(document: Any, style: str, text: str) -> Any:
    return next(p for p in document.paragraphs if p.style.name == style and p.text == text)


def under_heading(document: Any, name: str) -> Any:
    lines = document.paragraphs
    return lines[next(i for i, p in enumerate(lines) if p.style.name == "Heading 1" and p.text == name) + 1]


def typed_over_the_hint(document: Any) -> None:
    under_heading(document, "History").runs[0].text = "Two moves in a year."


def typed_below_the_table(document: Any) -> None:
    document.add_paragraph("Two moves in a year.")


def under_a_heading_of_its_own(document: Any) -> None:
    place = under_heading(document, "What is fact")
    place.insert_paragraph_before("Note to self", style="Heading 2")
    place.insert_paragraph_before("Two moves in a year.")


def in_a_table_of_its_own(document: Any) -> None:
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "2025", "Two moves in a year."


def above_everything(document: Any) -> None:
    document.paragraphs[0].insert_paragraph_before("Two moves in a year.", style="Normal")


CHANGES = [typed_over_the_hint, typed_below_the_table, under_a_heading_of_its_own, in_a_table_of_its_own, above_everything]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_what_a_person_adds_in_word_is_kept(library: Library, change: Callable[[Any], None]) -> None:
    document = Document(io.BytesIO(written(Sheet({"purpose": "A visit."}, (), (), (Action("Call", "me", "Friday"),)))))
    change(document)
    back = opened(saved(document), library)
    assert "Two moves in a year." in "\n".join(back.texts.values())
    assert "A visit." in back.texts["purpose"]
    assert back.actions == (Action("Call", "me", "Friday"),)


def test_the_word_file_is_made_as_a_professional_would(library: Library) -> None:
    sheet = Sheet({"purpose": "A visit."}, (kept(library, "ashby, part 1.pdf", 3),), organisation="Anytown", made=date(2026, 11, 25))
    document = Document(io.BytesIO(written(sheet)))
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert headings == [*(section.name for section in models().sections), "Actions"]
    assert [p.text for p in document.paragraphs if p.style.name in ("Title", "Subtitle")] == [
        "Preparation for supervision",
        "25 November 2026 · Anytown",
    ]
    defaults = document.styles.element.find(qn("w:docDefaults"))
    assert defaults.find(f".//{qn('w:lang')}").get(qn("w:val")) == "en-GB"
    assert document.core_properties.language == "en-GB"
    assert document.core_properties.author == ""
    table = document.tables[0]
    assert [cell.text for cell in table.rows[0].cells] == list(HEADS)
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert document.sections[0].page_width.cm == pytest.approx(21, abs=0.1)


def test_a_starter_quotation_says_that_it_is_none_of_a_review(starter_library: Library) -> None:
    name = starter_library.briefings()[0].file_name
    document = Document(io.BytesIO(written(Sheet({}, (kept(starter_library, name, 4),)))))
    assert [p.text for p in document.paragraphs if p.style.name == "Caution"] == [STARTER]
    quoted = [p.text for p in document.paragraphs if p.style.name == "Quote"]
    assert quoted
    assert not any(text.startswith("“") for text in quoted)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"not a Word file" * 99], ids=["empty", "cut short", "text"])
def test_what_is_no_sheet_is_told_in_a_sentence(library: Library, data: bytes) -> None:
    with pytest.raises(SheetError, match=r"Choose a Word file \(\.docx\) that was saved here\."):
        opened(data, library)


def test_a_part_that_is_far_too_long_is_told_and_not_cut(library: Library) -> None:
    with pytest.raises(SheetError, match=r"History.*Shorten it"):
        reopened(Sheet({"history": "a " * LONGEST}), library)


class Texts(HTMLParser):
    """The texts of a page, by tag; and whatever could fetch or run something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href") or name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.found.append((self.tags[-1] if self.tags else "", data))


def test_the_page_to_print_says_the_same_and_runs_nothing(library: Library) -> None:
    hostile = '<script>alert(1)</script><img src=x onerror="alert(1)">'
    sheet = Sheet({"purpose": hostile}, (kept(library, "brook.md", 3),), (Lost(hostile, hostile),), (Action(hostile),))
    page = Texts(printable(sheet))
    assert [text for tag, text in page.found if tag == "h2"] == [*(section.name for section in models().sections), "Actions"]
    assert sum(hostile in text for _, text in page.found) == 4
    assert next(text for tag, text in page.found if tag == "blockquote").split() == f"“{sheet.kept[0].citation.quotation.text}”".split()
    assert page.links == []
    assert {"script", "img", "link", "iframe"} & set(page.tags) == set()
