"""Makes the documents' pictures from the real page: `python -m docs.pictures` in the project's folder.

The library holds the starter briefings and one short PDF made for the purpose; the browser is headless Chromium.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

import app
from ingest.pipeline import ingest, starter_briefings
from knowledge.library import Library
from tests.browser import ARGUMENTS
from tests.made_files import bullets

QUESTION = "Mum says all is well but I have not been let past the hallway"
HAPPENED = "I have visited four times. Mum meets me on the step and says all is well. I have not seen either child at home."
REPORT = (
    "The review found that “the man in Jory’s home was seen by four agencies and named by none” (Jory, p. 2).",
    "It adds: “Separation was treated as the end of the risk to Jory and his mother” (Jory, p. 2).",
    "“Jory’s teacher kept his drawing and wrote his exact words beside it” (Jory, p. 3).",
    "Nobody asked the man on the landing in Jory’s home for his earlier surname.",
)
HERE = Path(__file__).parent


def answer(window: Page) -> None:
    """An answer, with the first citation open beside it: page.png."""
    window.fill("#question textarea", QUESTION)
    window.press("#question textarea", "Enter")
    expect(window.locator(".turn.answer")).to_be_visible(timeout=60_000)
    window.locator("#chat .cite").first.click()
    expect(window.locator("#source .mark-box").first).to_be_visible()
    window.evaluate("scrollTo(0, 0)")
    window.screenshot(path=HERE / "page.png")
    window.keyboard.press("Escape")


def reflection(window: Page) -> None:
    """A reflection at the step where reviews speak: reflect.png."""
    window.get_by_role("tab", name="Reflect").click()
    window.get_by_role("button", name="The 4x4x4 cycle").click()
    window.get_by_label("What happened, and why").fill(HAPPENED)
    window.locator("#reflect .trail").get_by_role("button", name="What we can learn from reviews").click()
    expect(window.locator("#reflect figure").first).to_be_visible(timeout=60_000)
    window.evaluate("scrollTo(0, 0)")
    window.screenshot(path=HERE / "reflect.png")


def source(window: Page, pdf: str) -> None:
    """A page of a PDF with the quotation marked: source.png."""
    window.get_by_role("tab", name="Ask").click()
    window.get_by_role("button", name="New question").click()
    expect(window.locator(".turn.answer")).to_have_count(0)
    window.fill("#question textarea", "What did the Anyshire board find about the whole history of the children?")
    window.press("#question textarea", "Enter")
    expect(window.locator(".turn.answer")).to_be_visible(timeout=60_000)
    window.locator("#chat figcaption .cite").filter(has_text=pdf).first.click()
    expect(window.locator("#source .mark-box").first).to_be_visible()
    window.screenshot(path=HERE / "source.png")


def check(window: Page) -> None:
    """A pasted text as checked, with the page of one of its quotations beside it: check.png."""
    window.get_by_role("tab", name="Check a text").click()
    window.get_by_label("Paste the text").fill("\n\n".join(REPORT))
    window.get_by_role("button", name="Check this text").click()
    expect(window.locator("#check .sum")).to_be_visible(timeout=60_000)
    window.locator(".verdicts button[name=source]").first.click()
    expect(window.locator("#source .mark-box").first).to_be_visible()
    window.evaluate("scrollTo(0, document.querySelector('#check').offsetTop)")
    window.screenshot(path=HERE / "check.png")
    window.keyboard.press("Escape")


def session(window: Page) -> None:
    """What a session can be built on, and a stage of one that was built: session.png and stage.png."""
    window.get_by_role("tab", name="Prepare a session").click()
    expect(window.locator("#session-form")).to_be_visible()
    corin = next(text for text in window.locator("#session-choice option").all_text_contents() if text.startswith("Corin"))
    window.select_option("#session-choice", label=corin)
    window.select_option("#session-audience", "schools")
    window.select_option("#session-length", "120")
    window.evaluate("scrollTo(0, document.querySelector('#session').offsetTop)")
    window.screenshot(path=HERE / "session.png")
    window.click("[name=session-build]")
    expect(window.locator("#stage-2")).to_be_visible(timeout=60_000)
    window.locator("summary", has_text="Change stage 2").click()
    window.evaluate("document.querySelector('#stage-2').scrollIntoView()")
    window.screenshot(path=HERE / "stage.png")


def main() -> None:
    """Make every picture that the documents show."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        library = Library(Path(folder) / "library")
        made = bullets(Path(folder) / "anyshire-2014-learning.pdf")
        for result in ingest(library, starter_briefings(), starter=True):
            print(f"{result.file}: {result.status}")
        library.close()
        blocks, assistant = app.build(Path(folder) / "library")
        assistant.warm()
        served = app.open_page(blocks, assistant.library)
        found = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        window = browser.new_page(viewport={"width": 1280, "height": 860}, reduced_motion="reduce")
        window.goto(served.address)
        answer(window)
        reflection(window)
        check(window)
        session(window)
        assert [result.status for result in ingest(assistant.library, [made])] == ["added"]  # a review beside it would speak alone above
        source(window, "Anyshire")
        browser.close()
        served.close()
    print("page.png, reflect.png, check.png, session.png, stage.png and source.png are made.")


if __name__ == "__main__":
    main()
