"""Proof before the eyes: the page itself with the quotation marked, a second reader's word, the file at that page."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import app
from assistant.page.links import source_of
from assistant.page.proof import FOUND, ONE_READER, proof
from ingest.pipeline import ingest, steps
from knowledge.library import Library
from knowledge.second_reader import CHANGED
from tests import made_files
from tests.library_maker import write_markdown, write_pdf
from tests.page.conftest import Lengths, Scripted, ScriptedGuide
from tests.page.driving import QUIET, ask, cited, marked

pytestmark = QUIET


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A PDF of three pages, a Markdown file and a scan."""
    folder = tmp_path_factory.mktemp("briefings")
    library = Library(tmp_path_factory.mktemp("shelf"), Lengths())
    pdf = write_pdf(folder / "ashby.pdf", "Ashby")
    files = [
        pdf,
        write_markdown(folder / "brook.md", "Brook"),
        made_files.scan(write_pdf(folder / "c.pdf", "Coldham"), folder / "coldham.pdf"),
    ]
    assert {r.status for r in ingest(library, files)} == {"added"}
    return library


@pytest.fixture(scope="module")
def opened_page(browser: Browser, shelf: Library) -> Iterator[Page]:
    os.environ.update(app.QUIET)
    from assistant.page import page

    blocks = page(shelf, Scripted(shelf), ScriptedGuide(shelf), steps, reread=app.words_on_sheet)
    window = browser.new_context(viewport={"width": 1280, "height": 860}).new_page()
    served = app.open_page(blocks, shelf)
    window.goto(served.address)
    ask(window, "What about fathers?")
    yield window
    window.context.close()
    served.close()
    gc.collect()


def test_a_citation_opens_the_page_itself_with_the_quotation_marked(opened_page: Page, shelf: Library) -> None:
    button = next(b for b in opened_page.locator("#chat figcaption .cite").all() if "ashby" in briefing_of(shelf, b.get_attribute("value")))
    button.click()
    picture = opened_page.locator("#source .page-view img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 1000
    expect(opened_page.locator("#source .mark-box").first).to_be_in_viewport()
    expect(opened_page.locator("#source .proof")).to_contain_text(FOUND)
    assert marked(opened_page) == cited(shelf, json.loads(button.get_attribute("value") or ""))
    link = opened_page.get_by_role("link", name="Open the file at this page")
    page = json.loads(button.get_attribute("value") or "")["page"]
    assert (link.get_attribute("href") or "").endswith(f"#page={page}")
    answer = opened_page.request.get(link.evaluate("a => a.href"))
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body()[:5] == b"%PDF-"


def briefing_of(shelf: Library, value: str | None) -> str:
    return shelf.briefing(json.loads(value or "")["briefing"]).file_name


def test_the_page_grows_and_shrinks_and_turns(opened_page: Page) -> None:
    view = opened_page.locator("#source .page-view")
    before = view.evaluate("view => view.scrollWidth")
    opened_page.get_by_role("button", name="Larger").click()
    assert view.evaluate("view => view.scrollWidth") > 1.3 * before
    opened_page.get_by_role("button", name="Smaller").click()
    assert view.evaluate("view => view.scrollWidth") == before
    opened_page.get_by_role("button", name="Next page").click()
    expect(opened_page.locator("#source .leaf")).to_contain_text("Page 3 of 3")
    expect(opened_page.locator("#source .page-view img")).to_be_visible()
    expect(opened_page.locator("#source .mark-box")).to_have_count(0)
    opened_page.get_by_role("button", name="Back to the quotation").click()
    expect(opened_page.locator("#source .mark-box").first).to_be_visible()


def wanted(shelf: Library, name: str, ordinal: int) -> dict[str, object]:
    briefing = shelf.briefing(name)
    passage = next(s.passage for s in shelf.catalogue.passages(briefing.id) if s.passage.ordinal == ordinal)
    return dict(source_of(shelf.quote(briefing, passage), 1))


def test_a_scan_is_marked_and_says_that_no_second_reader_can_prove_it(shelf: Library) -> None:
    html = proof(shelf, wanted(shelf, "coldham.pdf", 3), app.words_on_sheet)
    assert "mark-box" in html
    assert "This page is a scan" in html


def test_a_format_without_pages_says_what_its_proof_is(shelf: Library) -> None:
    html = proof(shelf, wanted(shelf, "brook.md", 3))
    assert ONE_READER in html
    assert "<img" not in html


def test_a_file_that_was_changed_on_disk_is_told_and_not_shown(tmp_path: Path) -> None:
    library = Library(tmp_path / "library", Lengths())
    assert [r.status for r in ingest(library, [write_pdf(tmp_path / "ashby.pdf", "Ashby")])] == ["added"]
    asked = wanted(library, "ashby.pdf", 2)
    assert FOUND in proof(library, asked)
    file = library.file_of(library.briefing("ashby.pdf"))
    file.write_bytes(write_pdf(tmp_path / "other.pdf", "Brook").read_bytes())
    html = proof(library, asked)
    assert CHANGED in html
    assert "<img" not in html
    file.unlink()
    assert "cannot be opened here" in proof(library, asked)


def test_what_the_library_does_not_hold_has_no_proof(shelf: Library) -> None:
    asked = wanted(shelf, "ashby.pdf", 2)
    for wrong in ({}, asked | {"end": 99999}, asked | {"briefing": "../../etc/passwd"}, asked | {"file": "0" * 16}):
        assert proof(shelf, wrong) == ""
