"""A lead checks a text in the page: a report of two pages, a pasted paragraph by keyboard, and what cannot be checked."""

from __future__ import annotations

import json
import re
from pathlib import Path

import docx
import lxml.html
from playwright.sync_api import Page, expect

from assistant.citations.models import Verdict
from knowledge.library import Library
from tests.made_report import write_report
from tests.page.driving import HOSTILE, QUIET, open_tab, runs_off, violations

pytestmark = QUIET
VALUES = {verdict.told: verdict.value for verdict in Verdict}  # what a reader sees, and what JSON holds
WRONG = "The paper says: “The man in Jory’s home was seen by four agencies” (Jory, p. 2)."
STANDS = "“Jory was six in 2024.” (Jory, p. 1)"
TO_READ = "Nobody asked the man on the landing in Jory’s home for his earlier surname."


def checking(window: Page) -> None:
    open_tab(window, "Check a text")
    expect(window.locator("#check-form")).to_be_visible()


def verdicts(window: Page) -> list[str]:
    """What stands above each quotation, as the list has them now."""
    texts = window.locator(".verdicts h3").all_text_contents()
    return [re.sub(r"\s*no\. \d+ in the text$", "", " ".join(text.split())).lower() for text in texts]


def paste(window: Page, text: str) -> None:
    checking(window)
    window.get_by_label("Paste the text").fill(text)
    window.get_by_role("button", name="Check this text").click()
    expect(window.locator("#check .sum")).to_be_visible()


def test_a_report_of_two_pages_is_checked_every_verdict_is_right_and_it_is_saved(opened: Page, library: Library, tmp_path: Path) -> None:
    right = write_report(library, tmp_path / "report.docx")
    checking(opened)
    opened.set_input_files("[name=check-file]", tmp_path / "report.docx")
    expect(opened.locator("#check .sum")).to_have_text("20 quotations: 12 are quoted correctly, 8 are not.")
    assert set(verdicts(opened)[:8]).isdisjoint({"exact", "same words"})  # the worst first
    opened.get_by_role("button", name="In the order of the text").click()
    told = verdicts(opened)
    values = [VALUES.get(one, one) for one in told]
    assert [(one, ok) for one, ok in zip(values, right, strict=True) if one not in ok] == []
    assert violations(opened) == []

    saved = {}
    for form in ("docx", "html", "json"):
        with opened.expect_download() as download:
            opened.click(f"[name=check-save][value={form}]")
        assert download.value.suggested_filename == f"report-checked.{form}"
        saved[form] = tmp_path / f"saved.{form}"
        download.value.save_as(saved[form])
    assert [one["verdict"] for one in json.loads(saved["json"].read_text("utf-8"))["quotations"]] == values
    assert len(lxml.html.parse(str(saved["html"])).xpath("//article")) == 20
    copy = docx.Document(str(saved["docx"]))
    assert [comment.text.split("\n")[0].lower() for comment in copy.comments] == told
    assert [p.text for p in copy.paragraphs] == [p.text for p in docx.Document(str(tmp_path / "report.docx")).paragraphs]


def test_a_pasted_text_is_checked_by_keyboard_up_to_its_page_and_corrected(opened: Page) -> None:
    checking(opened)
    opened.get_by_label("Paste the text").focus()
    opened.keyboard.insert_text(f"{STANDS}\n\n{WRONG}\n\n{TO_READ}")
    opened.keyboard.press("Tab")
    opened.keyboard.press("Enter")
    expect(opened.locator("#check .sum")).to_have_text(
        "2 quotations: 1 is quoted correctly, 1 is not. 1 statement refers to a briefing without quoting it: check it yourself."
    )
    expect(opened.locator("#check h2")).to_be_focused()
    assert verdicts(opened) == ["numbers differ", "not a quotation: check it yourself", "exact"]
    worst = opened.locator(".verdicts > li").first
    expect(worst.locator(".quoted del")).to_have_text("four")
    expect(worst.locator(".quoted ins")).to_have_text("three")
    expect(worst.locator(".facts")).to_contain_text("and named by none")  # what stands after it in the source
    expect(worst.locator(".facts")).to_contain_text("not a published review’s")
    right = worst.get_by_role("button", name="Copy the corrected quotation").get_attribute("value") or ""
    assert right.startswith("“The man in Jory’s home was seen by three agencies")
    assert right.endswith("p. 2)")
    expect(opened.locator(".verdicts .nearest")).to_contain_text("earlier surname")

    see = worst.get_by_role("button", name="See it on the page")
    see.focus()
    opened.keyboard.press("Enter")
    expect(opened.locator("#source .mark-box").first).to_be_in_viewport()
    assert "seen by three agencies" in (opened.locator("#source mark").first.text_content() or "")
    assert violations(opened) == []
    opened.keyboard.press("Escape")
    expect(see).to_be_focused()
    opened.set_viewport_size({"width": 320, "height": 640})
    assert runs_off(opened) <= 0

    opened.get_by_role("button", name="Change the text").click()
    expect(opened.get_by_label("Paste the text")).to_have_value(f"{STANDS}\n\n{WRONG}\n\n{TO_READ}")
    opened.reload()
    checking(opened)
    expect(opened.get_by_label("Paste the text")).to_have_value("")


def test_what_cannot_be_checked_is_said_and_hostile_words_stay_words(opened: Page, tmp_path: Path) -> None:
    checking(opened)
    opened.get_by_role("button", name="Check this text").click()
    expect(opened.locator("#check .told")).to_have_text("Paste a text with quotations first, or choose a file.")
    (tmp_path / "report.docx").write_bytes(b"no word document")
    opened.set_input_files("[name=check-file]", tmp_path / "report.docx")
    expect(opened.locator("#check .told[role=alert]")).to_contain_text("report.docx")
    assert "/tmp" not in opened.locator("#check .told").inner_text()

    paste(opened, f"“{HOSTILE} was said to nobody at all here” {HOSTILE} (Jory, p. 2)")
    assert verdicts(opened) == ["not found in this library"]
    assert opened.locator("#check :is(script, .verdicts img)").count() == 0
    expect(opened.locator("#check .quoted")).to_contain_text("window.struck=1")
    opened.get_by_role("button", name="Check another text").click()
    expect(opened.get_by_label("Paste the text")).to_have_value("")
