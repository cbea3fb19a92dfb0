"""The page's library tab: files on their way in, what the library holds, and the certificate of each briefing."""

from __future__ import annotations

import json
import re
import resource
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from assistant.page.certificate import GONE, certificate_panel
from assistant.page.library_tab import taking_in
from assistant.page.text import file_name
from ingest.pipeline import ingest
from knowledge.library import Library
from tests import made_files
from tests.page.driving import HOSTILE, HOSTILE_NAME, QUIET, ask, marked

pytestmark = QUIET


def test_good_and_bad_files_get_a_sentence_each(opened: Page, uploads: Path, library: Library, tmp_path: Path) -> None:
    good, bad = tmp_path / "a new briefing.md", tmp_path / "holiday.xyz"
    good.write_text("# A new briefing\n\nReviews found that the plan had not been shared with the school nurse.\n", "utf-8")
    bad.write_bytes(b"\x00\x01")
    opened.get_by_role("tab", name="Library").click()
    opened.set_input_files("#upload input[type=file]", [good, bad])
    expect(opened.locator("#results li.added")).to_contain_text("a new briefing.md has been added")
    expect(opened.locator("#results li.refused")).to_contain_text("holiday.xyz")
    expect(opened.locator(".shelf")).to_contain_text("A new briefing")
    expect(opened.locator(".holds")).to_contain_text("1 published briefing")
    assert [path for path in uploads.rglob("*") if path.is_file()] == []
    library.delete("a new briefing.md")


@pytest.fixture
def full() -> Iterator[None]:
    """No file of this process grows over 100,000 bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("full")
def test_an_upload_that_does_not_fit_is_told_so(opened: Page, uploads: Path) -> None:
    opened.get_by_role("tab", name="Library").click()
    opened.set_input_files("#upload input[type=file]", [FilePayload(name="a.txt", mimeType="text/plain", buffer=b"Words. " * 50_000)])
    expect(opened.locator("#notice")).to_contain_text("There is no room left in the temporary folder")
    for left in uploads.iterdir():  # by Gradio
        left.unlink()


WATCH = """
() => {
  window.told = new Set();
  const look = () => document.querySelectorAll("#results .doing").forEach((doing) => window.told.add(doing.innerText));
  new MutationObserver(look).observe(document.querySelector("#results"), {childList: true, subtree: true, characterData: true});
}
"""


def test_an_upload_tells_how_far_it_has_come_with_rate_and_time_left(opened: Page, library: Library, tmp_path: Path) -> None:
    made = [made_files.long_report(tmp_path / f"report {n}.pdf") for n in range(3)]
    opened.get_by_role("tab", name="Library").click()
    opened.evaluate(WATCH)
    opened.set_input_files("#upload input[type=file]", made)
    expect(opened.locator("#results li.added")).to_have_count(3)
    expect(opened.locator("#results .doing")).to_have_count(0)
    told = opened.evaluate("[...window.told]")
    assert any("Reading report 0.pdf" in text and "0 of 3 files done" in text for text in told)
    assert any(re.search(r"1 of 3 files done, \d+\.\d pages a second, less than a minute left", text) for text in told)
    for path in made:
        library.delete(path.name)


def test_an_upload_tells_the_page_of_a_scan(opened: Page, library: Library, tmp_path: Path) -> None:
    made = made_files.scan(made_files.long_report(tmp_path / "report.pdf"), tmp_path / "the scan.pdf")
    opened.get_by_role("tab", name="Library").click()
    opened.evaluate(WATCH)
    opened.set_input_files("#upload input[type=file]", made)
    expect(opened.locator("#results li.added")).to_have_count(1)
    told = opened.evaluate("[...window.told]")
    assert any("Reading the scan.pdf" in text and "0 of 1 file done, page 1 of 3" in text for text in told), told
    library.delete(made.name)


def test_a_file_that_brings_the_reading_down_gets_a_sentence_and_those_after_it_are_read(library: Library, tmp_path: Path) -> None:
    copies = [(tmp_path / f"{name}.md", f"{name}.md") for name in ("first", "second", "third")]
    for path, _ in copies:
        path.write_text(f"# {path.stem}\n\nThe plan of the {path.stem} year had been shared with nobody at the school.\n", "utf-8")

    def stumbling(library: Library, paths: Sequence[Path], *, names: Sequence[str]) -> Iterator[Any]:
        for path, name in zip(paths, names, strict=True):
            if name == "second.md":
                raise RuntimeError("no matter what")
            yield from ingest(library, [path], names=[name])

    *_, last = taking_in(library, stumbling, copies)
    assert re.findall(r'<li class="(\w+)">', last) == ["added", "refused", "added"]
    assert "second.md could not be read (RuntimeError)" in last
    assert not any(path.exists() for path, _ in copies)
    for name in ("first.md", "third.md"):
        library.delete(name)


def test_markup_is_text_wherever_it_comes_from(opened: Page, library: Library) -> None:
    opened.get_by_role("tab", name="Library").click()
    words = f"Title {HOSTILE}\n\nThe hostile words {HOSTILE} were **bold** $x$ ${{1+1}} {{{{value}}}} and stayed on the page.\n"
    opened.set_input_files("#upload input[type=file]", [FilePayload(name=HOSTILE_NAME, mimeType="text/plain", buffer=words.encode())])
    expect(opened.locator("#results li")).to_contain_text("<img src=x onerror=window.struck=1>.txt")
    expect(opened.locator(".shelf .file", has_text="onerror=window.struck=1")).to_be_visible()
    opened.get_by_role("tab", name="Ask").click()
    ask(opened, f"hostile {HOSTILE} ${{1+1}}")
    expect(opened.locator(".turn.asked")).to_contain_text(HOSTILE)
    expect(opened.locator(".turn.answer blockquote")).to_contain_text(HOSTILE)
    opened.locator(".cite").first.click()
    expect(opened.locator("#source mark").first).to_be_visible()
    assert HOSTILE in marked(opened)
    assert opened.locator(".turn img, #source img, #results img, .shelf img, .turn script, #source script").count() == 0
    assert opened.evaluate("window.struck") is None
    library.delete(HOSTILE_NAME)


def test_markup_in_a_markdown_file_runs_nothing(opened: Page, library: Library) -> None:
    opened.get_by_role("tab", name="Library").click()
    name, words = HOSTILE_NAME.replace(".txt", ".md"), f"# Title {HOSTILE}\n\nThe hostile words {HOSTILE} stayed on the page of the file.\n"
    opened.set_input_files("#upload input[type=file]", [FilePayload(name=name, mimeType="text/markdown", buffer=words.encode())])
    expect(opened.locator("#results li")).to_contain_text(name)
    opened.get_by_role("tab", name="Ask").click()
    ask(opened, "hostile words")
    expect(opened.locator(".turn.answer blockquote").first).to_contain_text("The hostile words")
    opened.locator(".cite").first.click()
    expect(opened.locator("#source mark").first).to_be_visible()
    assert opened.locator(".turn img, #source img, #results img, .shelf img, .turn script, #source script").count() == 0
    assert opened.evaluate("window.struck") is None
    library.delete(name)


def certificate(window: Page, name: str) -> Any:
    """Open the certificate of a briefing on the library tab."""
    book = window.locator(".shelf li", has=window.locator(".file", has_text=name))
    book.get_by_role("button", name="How this file was read").click()
    expect(book.locator(".certificate .facts").first).to_be_visible()
    return book


def test_each_briefing_opens_to_its_certificate_and_gives_it_as_json(opened: Page, library: Library, tmp_path: Path) -> None:
    name = f"{HOSTILE_NAME.removesuffix('.txt')}.pdf"
    made = made_files.long_report(tmp_path / "report.pdf").read_bytes()
    opened.get_by_role("tab", name="Library").click()
    opened.set_input_files("#upload input[type=file]", [FilePayload(name=name, mimeType="application/pdf", buffer=made)])
    expect(opened.locator("#results li.added")).to_be_visible()
    library.correct(name, "publisher", HOSTILE)
    book = certificate(opened, name)
    told = library.certificate(name)
    rows = dict(zip(book.locator("dt").all_inner_texts(), book.locator("dd").all_inner_texts(), strict=True))
    assert (rows["Pages"], rows["Pages read"], rows["Sha256"]) == ("3", "3", told["sha256"])
    assert rows["Passages"] == str(library.briefing(name).passages)
    assert "Anyshire board: learning from practice" in rows["Running headers and footers removed"]
    assert rows["Scanned pages"] == rows["Empty pages"] == rows["Pages that could not be read"] == "none"
    assert rows["Reader"].startswith("PDFium")
    assert rows["Title"] == f"{told['details']['title']['value']}\n{told['details']['title']['origin']}"
    assert rows["Publisher"].startswith(f"{HOSTILE} (corrected by hand")
    assert book.locator("img, script").count() == 0
    with opened.expect_download() as download:
        book.get_by_role("link", name="Download as JSON").click()
    assert json.loads(download.value.path().read_text("utf-8")) == told
    book.get_by_role("button", name="How this file was read").click()
    expect(book.locator(".certificate")).to_be_hidden()
    library.delete(name)


def test_the_source_panel_opens_the_certificate_of_its_file(opened: Page) -> None:
    ask(opened, "What about fathers?")
    opened.locator("#chat .cite").first.click()
    panel = opened.locator("#source")
    panel.get_by_role("button", name="How this file was read").click()
    expect(panel.locator(".certificate dt", has_text="Sha256")).to_be_visible()


def test_a_certificate_of_what_is_not_there_is_one_sentence(library: Library) -> None:
    for wanted in ("none", HOSTILE, None, {"a": 1}):
        assert certificate_panel(library, wanted) == f'<p class="gone">{GONE}</p>'


def test_names_of_files_lose_what_cannot_be_seen() -> None:
    assert file_name("../..\\C:\\x\\re\u202eport\u0000.pdf") == "report.pdf"
    assert file_name("\u200b") == "unnamed file"
    assert len(file_name("a" * 500 + ".pdf")) <= 120
    assert file_name("a" * 500 + ".pdf").endswith(".pdf")
