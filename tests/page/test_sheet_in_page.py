"""The sheet of a reflection in a headless browser: its fields, saved, printed, opened again, and what stands on it."""

from __future__ import annotations

from pathlib import Path

from docx import Document
from playwright.sync_api import Page, expect

from assistant.documents.sheet_docx import opened as opened_sheet
from assistant.page.links import source_of
from assistant.page.state import KeptPlace, Written, from_browser, prove
from assistant.reflection.frameworks import models
from ingest.pipeline import ingest, starter_briefings
from knowledge.library import Library
from tests.page.conftest import Lengths, Scripted
from tests.page.driving import HOSTILE, QUIET
from tests.page.reflecting import HAPPENED, at, begun, saved
from tests.reading_word import style_of

pytestmark = QUIET


def test_a_detail_in_the_sheet_is_out_before_it_is_saved(opened: Page, tmp_path: Path) -> None:
    begun(opened)
    at(opened, "My sheet")
    opened.get_by_label("Who, action 1").fill("Tracy")
    opened.get_by_role("button", name="Save as a Word file").click()
    expect(opened.locator("#reflect .personal")).to_be_visible()
    with opened.expect_download() as download:
        opened.get_by_role("button", name="Continue without these details").click()
    download.value.save_as(tmp_path / "sheet.docx")
    assert Document(str(tmp_path / "sheet.docx")).tables[1].cell(1, 1).text == "[person A]"


def test_the_names_of_staff_stay_and_the_reference_is_looked_at(opened: Page, library: Library, tmp_path: Path) -> None:
    begun(opened)
    at(opened, "My sheet")
    opened.get_by_label("Worker").fill("Tracy Worker")
    opened.get_by_label("Supervisor", exact=True).fill("Tracy Supervisor")
    opened.get_by_label("Agreed by").fill("Tracy Manager")
    opened.get_by_label("Reference").fill("Tracy 2015")
    opened.get_by_role("button", name="Save as a Word file").click()
    notice = opened.locator("#reflect .personal")
    expect(notice.locator("mark")).to_have_text(["Tracy"])
    expect(notice).to_contain_text("Without these details [person A] 2015")
    with opened.expect_download() as download:
        opened.get_by_role("button", name="Continue without these details").click()
    download.value.save_as(tmp_path / "sheet.docx")
    said = opened_sheet((tmp_path / "sheet.docx").read_bytes(), library).particulars
    assert (said.worker, said.supervisor, said.agreed_by) == ("Tracy Worker", "Tracy Supervisor", "Tracy Manager")
    assert said.reference == "[person A] 2015"


def test_a_sheet_reopens_in_its_model_with_its_fields_and_its_choice(opened: Page, tmp_path: Path) -> None:
    begun(opened, "Signs of Safety")
    at(opened, "My sheet")
    opened.get_by_label("Worker").fill("A. Worker")
    opened.get_by_label("Next date").fill("9 December 2026")
    opened.get_by_label("Decision", exact=True).fill("Meet the father.\nTell the school.")
    expect(opened.get_by_label("Leave out empty sections")).to_be_checked()
    opened.get_by_label("Leave out empty sections").uncheck()
    path = saved(opened, tmp_path)
    expect(opened.get_by_label("Leave out empty sections")).not_to_be_checked()
    document = Document(str(path))
    assert sum(style_of(p) == "Heading 1" for p in document.paragraphs) == len(models().sections) + 2
    assert document.sections[0].header.paragraphs[0].text == "OFFICIAL-SENSITIVE"
    opened.on("dialog", lambda dialog: dialog.accept())
    opened.get_by_role("button", name="Clear this sheet").click()
    opened.set_input_files("input[name=sheet]", path)
    expect(opened.locator("#reflect .reflect-head .label")).to_have_text("Signs of Safety")
    expect(opened.locator("#reflect .trail")).to_contain_text("What worries us")
    expect(opened.get_by_label("Worker")).to_have_value("A. Worker")
    expect(opened.get_by_label("Next date")).to_have_value("9 December 2026")
    expect(opened.get_by_label("Decision", exact=True)).to_have_value("Meet the father.\nTell the school.")
    expect(opened.get_by_label("Leave out empty sections")).not_to_be_checked()
    opened.get_by_label("Leave out empty sections").check()
    short = Document(str(saved(opened, tmp_path)))
    assert [p.text for p in short.paragraphs if style_of(p) == "Heading 1"] == ["Actions", "Decision and agreement"]


def test_starter_material_stands_apart_on_the_sheet(opened: Page) -> None:
    begun(opened)
    opened.get_by_label(HAPPENED).fill("A visit.")
    at(opened, "What we can learn from reviews")
    expect(opened.locator("#reflect .evidence > p")).to_have_text("No published review is quoted here.")
    apart = opened.locator("#reflect .starters")
    expect(apart.locator("h4")).to_have_text("From our starter library, not a published review")
    expect(apart.locator(".words")).to_have_count(3)  # the library of these tests holds nothing else
    expect(opened.locator("#reflect .words:not(.starters .words)")).to_have_count(0)


def test_a_saved_sheet_is_opened_and_gone_on_with(opened: Page, library: Library, tmp_path: Path) -> None:
    begun(opened)
    opened.get_by_label(HAPPENED).fill("A visit.")
    at(opened, "What we can learn from reviews")
    at(opened, "My sheet")
    path = saved(opened, tmp_path)
    opened.get_by_role("button", name="Clear this sheet").click()
    opened.set_input_files("input[name=sheet]", path)
    expect(opened.get_by_label("Purpose: why this, why now")).to_have_value("A visit.")
    expect(opened.locator("#reflect .words")).to_have_count(3)
    opened.get_by_label("The child's day").fill("School, then nan's.")
    again = opened_sheet(saved(opened, tmp_path).read_bytes(), library)
    assert again.texts["child_day"] == "School, then nan's."
    assert len(again.kept) == 3


def test_what_is_no_sheet_is_told_and_nothing_is_lost(opened: Page, tmp_path: Path) -> None:
    (tmp_path / "notes.docx").write_text("no Word file")
    opened.get_by_role("tab", name="Reflect").click()
    opened.set_input_files("input[name=sheet]", tmp_path / "notes.docx")
    expect(opened.locator("#reflect .told")).to_contain_text("Choose a Word file (.docx) that you saved from this page.")
    expect(opened.get_by_role("button", name="Signs of Safety")).to_be_visible()


def test_the_page_to_print_opens_in_a_window_of_its_own(opened: Page, library: Library) -> None:
    begun(opened)
    opened.get_by_label(HAPPENED).fill(HOSTILE)
    at(opened, "What we can learn from reviews")
    at(opened, "My sheet")
    with opened.context.expect_page() as found:
        opened.get_by_role("button", name="Open print version").click()
    printed = found.value
    expect(printed.locator("h1")).to_have_text("Preparation for supervision")
    expect(printed.locator("p").filter(has_text="<img src=x")).to_have_count(1)
    words = Scripted(library).found("father")[0].quotation.text
    expect(printed.locator(".starter").first).to_have_text(words)
    expect(printed.locator(".marking")).to_have_text("OFFICIAL-SENSITIVE")
    assert printed.evaluate("window.struck") is None
    printed.close()


def test_a_quotation_of_a_briefing_that_was_withdrawn_since_is_told_on_the_sheet(tmp_path: Path) -> None:
    library = Library(tmp_path, Lengths())
    assert {result.status for result in ingest(library, starter_briefings(), starter=True)} == {"added"}
    one, other = Scripted(library).found("father")[0], Scripted(library).found("bruis")[0]
    said = Written(model="cycle", kept=[KeptPlace(dict(source_of(c.quotation, 0))) for c in (one, other)])
    assert len(prove(said, library)) == 2
    library.withdraw(one.quotation.briefing.file_name)
    assert [kept.citation.quotation for kept in prove(said, library)] == [other.quotation]
    assert [lost.text for lost in said.lost] == [" ".join(one.quotation.text.split())]


def test_nothing_that_stands_on_a_sheet_is_cut_off() -> None:
    actions = [{"what": "a long action " * 60, "who": str(n), "by": ""} for n in range(80)]
    written = from_browser({"actions": actions, "texts": {"history": "h" * 15_000}})
    assert [action.what for action in written.actions] == [action["what"] for action in actions]
    assert len(written.texts["history"]) == 15_000
