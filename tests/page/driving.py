"""What the page's tests do in the browser, over and over."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from knowledge.library import Library

# Gradio's server, its client and Playwright leave event loops and sockets for the garbage collector, which is not ours to mend.
QUIET = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),  # by pandas, of Gradio's own count of its events
]
# How long a page may take to show what is expected, in milliseconds: a busy machine is no fault of the page.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)
HOSTILE = '<img src=x onerror="window.struck=1"><script>window.struck=1</script>'
HOSTILE_NAME = "<img src=x onerror=window.struck=1>.txt"
WRONG = {"resultTypes": ["violations"]}  # each with all its elements; what is as it should be is not listed one by one
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], **WRONG}
OF_COLOUR = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}, **WRONG}
AXE = Axe().axe_script
ANSWERED = "#chat .turn:is(.answer, .abstained, .urgent, .failed)"


def ask(window: Page, question: str) -> None:
    """Ask, and wait for the answer."""
    before = window.locator(ANSWERED).count()
    window.fill("#question textarea", question)
    window.press("#question textarea", "Enter")
    expect(window.locator(ANSWERED)).to_have_count(before + 1)


def open_tab(window: Page, name: str) -> None:
    """Open a tab; on a phone the last of them stand in a menu."""
    tab = window.get_by_role("tab", name=name)
    menu = window.locator(".overflow-dropdown").get_by_role("button", name=name, include_hidden=True)
    expect(tab.or_(menu)).to_have_count(1)
    if menu.count():
        window.get_by_role("button", name="More tabs").click()
        menu.click()
    else:
        tab.click()


def marked(window: Page) -> str:
    """The words that the open source marks."""
    return "".join(window.locator("#source mark").all_text_contents())


def cited(library: Library, wanted: dict[str, Any]) -> str:
    """The words that a citation's button stands for, straight from the library."""
    return library.page(wanted["briefing"], wanted["page"]).text[wanted["start"] : wanted["end"]]


def axe(window: Page, rules: dict[str, Any] = RULES) -> list[dict[str, Any]]:
    """What axe finds wrong on the page as it stands."""
    expect(window.locator("p.loading")).to_have_count(0)  # Gradio's, while its last parts arrive
    if not window.evaluate("'axe' in window"):
        window.evaluate(AXE)
    found: list[dict[str, Any]] = window.evaluate("rules => axe.run(rules).then(results => results.violations)", rules)
    return found


def violations(window: Page, rules: dict[str, Any] = RULES) -> list[str]:
    """What axe finds, each with the element."""
    return [f"{v['id']}: {v['help']}: {node['html'][:160]}" for v in axe(window, rules) for node in v["nodes"]]


def runs_off(window: Page) -> int:
    """How far the page reaches beyond the window's right edge."""
    return int(window.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
