"""The sheet: written to Word and read again, whatever was written; quotations proven anew; a page to print."""

from __future__ import annotations

import io
import pickle
import re
import zipfile
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.documents.found_again import cited
from assistant.documents.sheet import HEADS, NOT_FOUND, OWN_WORDS, STARTER, Action, Kept, Lost, Particulars, Sheet, in_order
from assistant.documents.sheet_docx import TEMPLATE, opened, written
from assistant.documents.sheet_page import printable
from assistant.documents.sheet_pieces import SheetError
from assistant.documents.sheet_reader import LONGEST, read_sheet
from assistant.reflection.frameworks import models
from docs import sheet_template
from knowledge.library import Library
from tests.library_maker import HashedWords, write_markdown, write_pdf
from tests.reading_word import style_of

SECTIONS = [section.id for section in models().sections]
READABLE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A PDF of three pages and two Markdown files, one of them as a starter briefing, in our own words."""
    from ingest.pipeline import ingest

    folder = tmp_path_factory.mktemp("briefings")
    library = Library(tmp_path_factory.mktemp("library"), HashedWords())
    files = [write_pdf(folder / "ashby, part 1.pdf", "Ashby"), write_markdown(folder / "brook.md", "Brook")]
    files.append(write_markdown(folder / "brook again.md", "Brook"))
    assert {result.status for result in ingest(library, files)} == {"added"}
    assert {result.status for result in ingest(library, [write_markdown(folder / "own.md", "Coldham")], starter=True)} == {"added"}
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


LINES = st.lists(CELL, max_size=3).map("\n".join)
PARTICULARS = st.builds(Particulars, CELL, CELL, CELL, CELL, CELL, LINES, CELL)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.dictionaries(st.sampled_from(SECTIONS), TEXT),
    actions=st.lists(st.builds(Action, CELL, CELL, CELL), max_size=3),
    quoted=st.lists(
        st.tuples(st.sampled_from(["ashby, part 1.pdf", "brook.md", "brook again.md", "own.md"]), st.integers(2, 9), st.booleans()),
        max_size=3,
    ),
    particulars=PARTICULARS,
    model=st.sampled_from([model.id for model in models().models]),
    leave_out_empty=st.booleans(),
)
def test_whatever_is_written_comes_back_from_word(
    library: Library,
    texts: dict[str, str],
    actions: list[Action],
    quoted: list[tuple[str, int, bool]],
    particulars: Particulars,
    model: str,
    leave_out_empty: bool,
) -> None:
    put = in_order(kept(library, name, n, challenges=asks) for name, n, asks in quoted)
    sheet = Sheet(texts, tuple(put), (), tuple(actions), date(2026, 11, 5), "Us", "SECRET", model, particulars, leave_out_empty)
    back = reopened(sheet, library)
    assert back.texts == {section: as_kept(text) for section, text in texts.items() if as_kept(text)}
    rows = [Action(*(as_kept(cell) for cell in (a.what, a.who, a.by))) for a in actions]
    assert list(back.actions) == [row for row in rows if row.what or row.who or row.by]
    assert [(one.citation, one.challenges) for one in back.kept] == [(one.citation, one.challenges) for one in put]
    assert back.lost == ()
    assert (back.model, back.leave_out_empty) == (model, leave_out_empty)
    wanted = {one.name: as_kept(getattr(particulars, one.name)) for one in fields(Particulars)}
    assert back.particulars == Particulars(**wanted | ({} if particulars.date else {"date": "5 November 2026"}))


def test_a_sheet_that_the_earlier_version_saved_still_opens(library: Library) -> None:
    back = opened((Path(__file__).parent / "sheets" / "saved-by-0.1.0.docx").read_bytes(), library)
    assert back.texts == {"purpose": "A visit.\nTwo lines.", "working": "Nan is there.", "feelings": "Tired."}
    assert [(one.citation.quotation.briefing.file_name, one.challenges) for one in back.kept] == [
        ("ashby, part 1.pdf", False),
        ("brook.md", True),
    ]
    assert [one.text for one in back.lost] == ["Words of a briefing that is gone."]
    assert back.actions == (Action("Call school", "me", "Friday"),)
    assert back.model == "signs"  # the one that asks what is working
    assert not back.leave_out_empty


def test_a_sheet_is_read_without_a_library_into_plain_data(library: Library) -> None:
    sheet = Sheet({"purpose": "A visit."}, (kept(library, "brook.md", 4, challenges=True),), model="what")
    read = pickle.loads(pickle.dumps(read_sheet(written(sheet))))
    assert [(one.files, one.challenges) for one in read.quotations] == [(("brook.md",), True)]
    assert (read.texts, read.model) == ({"purpose": "A visit."}, "what")


def test_a_quotation_that_the_library_lost_stays_with_a_warning(library: Library, tmp_path: Path) -> None:
    sheet = Sheet({}, (kept(library, "ashby, part 1.pdf", 3),))
    elsewhere = Library(tmp_path, HashedWords())
    back = reopened(sheet, elsewhere)
    words = " ".join(sheet.kept[0].citation.quotation.text.split())
    assert back.kept == ()
    assert [lost.text for lost in back.lost] == [words]
    assert back.lost[0].reference == sheet.kept[0].citation.reference
    shown = [p.text for p in Document(io.BytesIO(written(back))).paragraphs]
    assert shown[shown.index(f"“{words}”") + 2] == NOT_FOUND
    assert reopened(back, library).kept == sheet.kept  # found again as soon as the library has it again


def test_words_that_were_changed_in_word_are_not_taken_for_the_reviews(library: Library) -> None:
    document = Document(io.BytesIO(written(Sheet({}, (kept(library, "brook.md", 3),)))))
    quote = next(p for p in document.paragraphs if style_of(p) == "Quote")
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
    return next(p for p in document.paragraphs if style_of(p) == style and p.text == text)


def under_heading(document: Any, name: str) -> Any:
    lines = document.paragraphs
    return lines[next(i for i, p in enumerate(lines) if style_of(p) == "Heading 1" and p.text == name) + 1]


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


def test_a_sheet_saved_under_an_earlier_heading_keeps_what_stands_below(library: Library) -> None:
    document = Document(io.BytesIO(written(Sheet({"history": "Two moves.", "learned": "Ask who else saw it."}))))
    paragraph(document, "Heading 1", "What we can learn from reviews").runs[0].text = "What reviews have learned"
    assert opened(saved(document), library).texts == {"history": "Two moves.", "learned": "Ask who else saw it."}


CHANGES = [typed_over_the_hint, typed_below_the_table, under_a_heading_of_its_own, in_a_table_of_its_own, above_everything]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_what_a_person_adds_in_word_is_kept(library: Library, change: Callable[[Any], None]) -> None:
    sheet = Sheet({"purpose": "A visit."}, (), (), (Action("Call", "me", "Friday"),), leave_out_empty=False)
    document = Document(io.BytesIO(written(sheet)))
    change(document)
    back = opened(saved(document), library)
    assert "Two moves in a year." in "\n".join(back.texts.values())
    assert "A visit." in back.texts["purpose"]
    assert back.actions == (Action("Call", "me", "Friday"),)


FULL = Particulars("A. Worker", "B. Supervisor", "CF-1234", "25 November 2026", "9 December 2026", "Meet the father.", "C. Manager")


def test_the_word_file_is_made_as_a_professional_would(library: Library) -> None:
    one = kept(library, "ashby, part 1.pdf", 3)
    sheet = Sheet({"purpose": "A visit."}, (one,), organisation="Anytown", marking="OFFICIAL-SENSITIVE", model="signs", particulars=FULL)
    document = Document(io.BytesIO(written(sheet)))
    headings = [p.text for p in document.paragraphs if style_of(p) == "Heading 1"]
    assert headings == ["Purpose: why this, why now", "What we can learn from reviews", "Actions", "Decision and agreement"]
    assert [p.text for p in document.paragraphs if style_of(p) in ("Title", "Subtitle")] == ["Preparation for supervision", "Anytown"]
    assert document.styles.element.find(f".//{qn('w:lang')}").get(qn("w:val")) == "en-GB"
    head, actions, decision, signatures = document.tables
    cells = [cell.text for row in head.rows for cell in row.cells]
    assert dict(zip(cells[::2], cells[1::2], strict=True)) == {
        "Worker": "A. Worker",
        "Supervisor": "B. Supervisor",
        "Reference (no names)": "CF-1234",
        "Date": "25 November 2026",
        "Model of reflection": "Signs of Safety",
        "Next date": "9 December 2026",
    }
    assert [cell.text for cell in actions.rows[0].cells] == list(HEADS)
    assert actions.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None
    for table in document.tables:
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    assert [cell.text for row in decision.rows for cell in row.cells] == ["Decision", "Meet the father.", "Agreed by", "C. Manager"]
    assert [row.cells[0].text for row in signatures.rows] == ["Name", "A. Worker", "B. Supervisor", "C. Manager"]
    page = document.sections[0]
    assert page.header.paragraphs[0].text == "OFFICIAL-SENSITIVE"
    foot = page.footer._element.xml
    assert re.findall(r"<w:t[^>]*>([^<]*)</w:t>", foot) == ["Preparation for supervision", "Page ", "1", " of ", "1"]
    assert re.findall(r'w:instr="(\w+)"', foot) == ["PAGE", "NUMPAGES"]
    assert page.page_width is not None
    assert page.page_width.cm == pytest.approx(21, abs=0.1)


def test_short_tables_stay_on_one_page_and_the_signatures_with_what_is_signed() -> None:
    document = Document(io.BytesIO(written(Sheet({}, actions=tuple(Action(str(n)) for n in range(5))))))

    def keeps(row: Any) -> bool:
        return all(p.paragraph_format.keep_with_next for cell in row.cells for p in cell.paragraphs)

    head, actions, decision, signatures = document.tables
    for table in (head, actions, signatures):
        assert [keeps(row) for row in table.rows] == [*[True] * (len(table.rows) - 1), False]
    assert all(keeps(row) for row in decision.rows)


def test_the_files_own_properties_are_the_products_and_nobodys() -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    data = written(Sheet({}, (), particulars=FULL))
    properties = Document(io.BytesIO(data)).core_properties
    assert (properties.title, properties.language) == ("Preparation for supervision", "en-GB")
    assert (properties.author, properties.last_modified_by, properties.comments) == ("", "", "")
    assert before <= properties.created.replace(tzinfo=UTC) <= datetime.now(UTC)
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        said = " ".join(parts.read(name).decode() for name in parts.namelist() if name.startswith("docProps"))
    assert "Macintosh" not in said
    assert "2013" not in said.replace("2013-", "")
    assert "<Application>Practice Reflection Assistant</Application>" in said


def test_the_template_is_what_its_maker_makes() -> None:
    with zipfile.ZipFile(str(files("assistant.documents") / TEMPLATE)) as file:
        assert {name: file.read(name).decode() for name in file.namelist()} == sheet_template.parts()


def test_empty_sections_are_left_out_by_choice() -> None:
    def headings(sheet: Sheet) -> list[str]:
        return [p.text for p in Document(io.BytesIO(written(sheet))).paragraphs if style_of(p) == "Heading 1"]

    always = ["Actions", "Decision and agreement"]
    assert headings(Sheet({"history": "Two moves."})) == ["History", *always]
    assert headings(Sheet({"history": "Two moves."}, leave_out_empty=False)) == [*(section.name for section in models().sections), *always]


def test_sections_stand_in_the_order_of_a_supervision_sheet() -> None:
    order = ["purpose", "child_day", "history", "facts", "opinions", "explanations", "unseen", "disagreements", "learned", "feelings"]
    assert [section for section in SECTIONS if section != "working"] == [*order, "questions", "supervisor"]


def texts_of(data: bytes) -> list[tuple[str, str]]:
    return [(style_of(p), p.text) for p in Document(io.BytesIO(data)).paragraphs]


def test_each_quotation_has_one_short_reference_and_its_briefing_stands_once_among_the_sources(library: Library) -> None:
    put = tuple(kept(library, "ashby, part 1.pdf", n) for n in (3, 4, 5))
    said = texts_of(written(Sheet({}, put)))
    references = [text for style, text in said if style == "Reference"]
    assert len(references) == 3
    under = [f", under “{one.citation.under}”" if one.citation.under else "" for one in put]
    assert references == [one.citation.reference + heading for one, heading in zip(put, under, strict=True)]
    sources = [text for style, text in said if style == "Source"]
    assert len(sources) == 1
    assert sources[0].endswith("File ashby, part 1.pdf.")
    assert not any("sheet" in text.lower() for style, text in said if style in ("Reference", "Source"))


def test_starter_material_stands_apart_without_quotation_marks_and_says_what_it_is(library: Library) -> None:
    put = (kept(library, "own.md", 4), kept(library, "brook.md", 4))
    said = texts_of(written(Sheet({}, put)))
    own, review = (" ".join(one.citation.quotation.text.split()) for one in put)
    assert ("Starter", own) in said
    assert ("Quote", f"“{review}”") in said
    assert said.index(("Heading 2", STARTER)) > said.index(("Quote", f"“{review}”"))
    title = put[0].citation.quotation.briefing.details.title
    assert sum(text.count(title) for _, text in said) == 1
    only = texts_of(written(Sheet({}, put[:1])))
    assert not any(text == OWN_WORDS or style == "Quote" or (own in text and "“" in text) for style, text in only)
    page = printable(Sheet({}, put[:1]))
    assert OWN_WORDS not in page
    assert f"<h3>{STARTER}</h3>" in page


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"not a Word file" * 99], ids=["empty", "cut short", "text"])
def test_what_is_no_sheet_is_told_in_a_sentence(library: Library, data: bytes) -> None:
    with pytest.raises(SheetError, match=r"Choose a Word file \(\.docx\) that you saved from this page\."):
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
    assert [text for tag, text in page.found if tag == "h2"] == [
        "Purpose: why this, why now",
        "What we can learn from reviews",
        "Actions",
        "Decision and agreement",
    ]
    assert sum(hostile in text for _, text in page.found) == 4
    assert next(text for tag, text in page.found if tag == "blockquote").split() == f"“{sheet.kept[0].citation.quotation.text}”".split()
    assert page.links == []
    assert {"script", "img", "link", "iframe"} & set(page.tags) == set()
