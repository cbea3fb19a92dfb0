"""What the tests of the Reflect tab do over and over."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

HAPPENED = "What happened, and why does it come up now?"
QUESTION = "#reflect .questions li:not(.always) .question"


def begun(window: Page, way: str = "The 4x4x4 cycle") -> Page:
    """The reflect tab, with a way chosen."""
    window.get_by_role("tab", name="Reflect").click()
    window.get_by_role("button", name=way).click()
    expect(window.locator("#reflect .trail")).to_be_visible()
    return window


def next_step(window: Page) -> None:
    """On to the next step, and wait for it."""
    before = window.locator("#reflect [aria-current=step]").inner_text()
    window.locator("#reflect .moves .action").click()
    expect(window.locator("#reflect [aria-current=step]")).not_to_have_text(before)


def at(window: Page, step: str) -> None:
    """Straight to a step by its name."""
    window.locator("#reflect .trail").get_by_role("button", name=step, exact=True).click()
    expect(window.locator("#reflect [aria-current=step]")).to_have_text(step)


def saved(window: Page, folder: Path) -> Path:
    """The sheet as the browser saves it."""
    with window.expect_download() as download:
        window.get_by_role("button", name="Save as a Word file").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path
