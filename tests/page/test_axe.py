"""Every state of the page, light and dark, by axe: nothing that WCAG 2.2 AA would have otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from tests.page.driving import QUIET, ask
from tests.page.test_reflecting import HAPPENED, at, begun

pytestmark = QUIET
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def first_screen(window: Page) -> None:
    expect(window.locator(".welcome")).to_be_visible()


def way_in(window: Page) -> None:
    window.get_by_role("button", name="I'm preparing for supervision").click()


def answered(window: Page) -> None:
    ask(window, "What about fathers?")


def working_shown(window: Page) -> None:
    ask(window, "What about fathers?")
    for summary in window.locator("#chat summary").all():
        summary.click()


def source(window: Page) -> None:
    ask(window, "What about fathers?")
    window.locator("#chat figcaption .cite").first.click()
    expect(window.locator("#source .proven")).to_be_visible()


def silence(window: Page) -> None:
    ask(window, "What did the court decide?")


def danger(window: Page) -> None:
    ask(window, "He is hitting her")


def details(window: Page) -> None:
    ask(window, "I saw Tracy today")


def trouble(window: Page) -> None:
    ask(window, "a broken library")


def library(window: Page) -> None:
    window.get_by_role("tab", name="Library").click()
    expect(window.locator("#library h2").first).to_be_visible()


def refused(window: Page) -> None:
    library(window)
    window.set_input_files("#upload input[type=file]", {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""})
    expect(window.locator("#results")).to_contain_text("empty.txt", timeout=20_000)


def certificate(window: Page) -> None:
    library(window)
    window.locator("button[name=certificate]").first.click()


def help_(window: Page) -> None:
    window.get_by_role("tab", name="Help").click()
    expect(window.locator(".help h2").first).to_be_visible()


def reflect_start(window: Page) -> None:
    window.get_by_role("tab", name="Reflect").click()
    expect(window.locator("#reflect h2")).to_be_visible()


def reflect_step(window: Page) -> None:
    begun(window)
    window.get_by_label(HAPPENED).fill("A visit.")
    at(window, "Analysis")


def reflect_reviews(window: Page) -> None:
    begun(window)
    window.get_by_label(HAPPENED).fill("A visit.")
    at(window, "What reviews have learned")


def reflect_danger(window: Page) -> None:
    begun(window)
    window.get_by_label(HAPPENED).fill("He is hitting her.")
    window.locator("#reflect .moves .action").click()
    expect(window.locator("#reflect .danger")).to_be_visible()


def reflect_details(window: Page) -> None:
    begun(window)
    window.get_by_label(HAPPENED).fill("I saw Tracy.")
    window.locator("#reflect .moves .action").click()
    expect(window.locator("#reflect .personal")).to_be_visible()


def reflect_sheet(window: Page) -> None:
    reflect_reviews(window)
    at(window, "My sheet")


STATES: list[Callable[[Page], Any]] = [
    first_screen,
    way_in,
    answered,
    working_shown,
    source,
    silence,
    danger,
    details,
    trouble,
    library,
    refused,
    certificate,
    help_,
    reflect_start,
    reflect_step,
    reflect_reviews,
    reflect_danger,
    reflect_details,
    reflect_sheet,
]
NAMES = [state.__name__.strip("_").replace("_", " ") for state in STATES]


@pytest.fixture
def in_scheme(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 860}, color_scheme=request.param, reduced_motion="reduce")
    window = context.new_page()
    window.goto(address)
    expect(window.locator("#question textarea")).to_be_visible()
    yield window
    context.close()


@pytest.mark.parametrize("in_scheme", ["light", "dark"], indirect=True)
@pytest.mark.parametrize("state", STATES, ids=NAMES)
def test_axe_finds_nothing(in_scheme: Page, state: Callable[[Page], Any]) -> None:
    state(in_scheme)
    found = Axe().run(in_scheme, options=RULES).response["violations"]
    told = [f"{v['id']}: {v['help']}: {node['html'][:160]}" for v in found for node in v["nodes"]]
    assert told == []


def test_the_axe_that_is_asked_finds_what_is_wrong(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text('<html><body><img src="x"><p style="color:#ccc">faint</p></body></html>')
    window = browser.new_page()
    window.goto((tmp_path / "bad.html").as_uri())
    assert {v["id"] for v in Axe().run(window, options=RULES).response["violations"]} >= {"image-alt", "color-contrast"}
    window.close()
