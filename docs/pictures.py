"""Makes the README's picture of the page from the real page: `python -m docs.pictures` in the project's folder.

The library holds the starter briefings alone; the browser is headless Chromium.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

import app
from ingest.pipeline import ingest, starter_briefings
from knowledge.library import Library

QUESTION = "Mum says all is well but I have not been let past the hallway"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
PICTURE = Path(__file__).with_name("page.png")


def picture(address: str, path: Path) -> None:
    """Ask, open the first citation, and take the picture."""
    with sync_playwright() as playwright:
        found = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        window = browser.new_page(viewport={"width": 1280, "height": 860}, reduced_motion="reduce")
        window.goto(address)
        window.fill("#question textarea", QUESTION)
        window.press("#question textarea", "Enter")
        expect(window.locator(".turn.answer")).to_be_visible(timeout=60_000)
        window.locator("#chat .cite").first.click()
        expect(window.locator("#source mark").first).to_be_visible()
        window.evaluate("scrollTo(0, 0)")
        window.screenshot(path=path)
        browser.close()


def main() -> None:
    """Make every picture that the documents show."""
    with tempfile.TemporaryDirectory() as folder:
        library = Library(Path(folder))
        for result in ingest(library, starter_briefings(), starter=True):
            print(f"{result.file}: {result.status}")
        library.close()
        blocks, assistant = app.build(Path(folder))
        assistant.warm()
        picture(app.open_page(blocks, port=None), PICTURE)
        blocks.close(verbose=False)
    print(f"{PICTURE.name} is made.")


if __name__ == "__main__":
    main()
