"""Every state of the page, light and dark, by axe: nothing that WCAG 2.2 AA would have otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from knowledge.library import Library
from tests.page.conftest import Scripted, window_on
from tests.page.driving import OF_COLOUR, QUIET, ask, axe, runs_off, violations
from tests.page.reflecting import HAPPENED, at, begun

pytestmark = QUIET


def first_screen(window: Page) -> None:
    expect(window.locator(".welcome")).to_be_visible()


def way_in(window: Page) -> None:
    window.get_by_role("button", name="I'm preparing for supervision").click()


def answered(window: Page) -> None:
    ask(window, "What about fathers?")


def working_shown(window: Page) -> None:
    ask(window, "What about fathers?")
    window.locator("#chat .how summary").click()
    expect(window.locator("#chat .how ol")).to_be_visible()


def source(window: Page) -> None:
    ask(window, "What about fathers?")
    window.locator("#chat figcaption .cite").first.click()
    expect(window.locator("#source .proven")).to_be_visible()


def silence(window: Page) -> None:
    ask(window, "What did the court decide?")


def danger(window: Page) -> None:
    ask(window, "He is hitting her")


def today(window: Page) -> None:
    ask(window, "a bruise, and what about fathers?")
    expect(window.locator("#chat .today")).to_be_visible()


def details(window: Page) -> None:
    ask(window, "I saw Tracy today")


def lost(window: Page) -> None:
    ask(window, "What about fathers?")
    window.context.set_offline(True)
    window.fill("#question textarea", "And mothers?")
    window.press("#question textarea", "Enter")
    expect(window.locator("#notice")).to_contain_text("lost its connection")


def connected_again(window: Page) -> None:
    lost(window)
    window.context.set_offline(False)
    expect(window.locator("#notice")).to_contain_text("Connected again")


def trouble(window: Page) -> None:
    ask(window, "a broken library")


def library(window: Page) -> None:
    window.get_by_role("tab", name="Library").click()
    expect(window.locator("#library h2").first).to_be_visible()


def refused(window: Page) -> None:
    library(window)
    window.set_input_files("#upload input[type=file]", {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""})
    expect(window.locator("#results")).to_contain_text("empty.txt")


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
    at(window, "What we can learn from reviews")


def reflect_danger(window: Page) -> None:
    begun(window)
    window.get_by_label(HAPPENED).fill("He is hitting her.")
    window.locator("#reflect .moves .action").click()
    expect(window.locator("#reflect .danger")).to_be_visible()


def reflect_today(window: Page) -> None:
    begun(window)
    window.get_by_label(HAPPENED).fill("A visit, and a bruise.")
    window.locator("#reflect .moves .action").click()
    expect(window.locator("#reflect .today")).to_be_visible()


def reflect_details(window: Page) -> None:
    begun(window)
    window.get_by_label(HAPPENED).fill("I saw Tracy.")
    window.locator("#reflect .moves .action").click()
    expect(window.locator("#reflect .personal")).to_be_visible()


def reflect_sheet(window: Page) -> None:
    reflect_reviews(window)
    at(window, "My sheet")


def check_start(window: Page) -> None:
    window.get_by_role("tab", name="Check a text").click()
    expect(window.locator("#check-form")).to_be_visible()


def check_report(window: Page) -> None:
    check_start(window)
    told = (
        "“Jory was six in 2024.” (Jory, p. 1)",
        "“Jory was seven in 2024.” (Jory, p. 1)",
        "Nobody asked the man in Jory’s home for his name.",
    )
    window.get_by_label("Paste the text").fill("\n\n".join(told))
    window.get_by_role("button", name="Check this text").click()
    expect(window.locator("#check .verdicts > li")).to_have_count(3)


STATES: list[Callable[[Page], Any]] = [
    first_screen,
    way_in,
    answered,
    working_shown,
    source,
    silence,
    danger,
    today,
    details,
    trouble,
    lost,
    connected_again,
    library,
    refused,
    certificate,
    help_,
    reflect_start,
    reflect_step,
    reflect_reviews,
    reflect_danger,
    reflect_today,
    reflect_details,
    reflect_sheet,
    check_start,
    check_report,
]
NAMES = [state.__name__.strip("_").replace("_", " ") for state in STATES]


@pytest.mark.parametrize("state", STATES, ids=NAMES)
def test_axe_finds_nothing_and_nothing_runs_off_the_side(profile: BrowserContext, address: str, state: Callable[[Page], Any]) -> None:
    """In the light scheme; in the dark one, which changes colours alone, as soon as the system has it; and at 400 percent."""
    with window_on(profile, address, reduced_motion="reduce") as window:
        state(window)
        assert violations(window) == []
        window.emulate_media(color_scheme="dark", reduced_motion="reduce")
        expect(window.locator("body")).to_contain_class("dark")
        assert violations(window, OF_COLOUR) == []
        window.set_viewport_size({"width": 320, "height": 256})  # 1280 by 1024 pixels at 400 %
        assert runs_off(window) <= 0


@pytest.fixture
def in_scheme(profile: BrowserContext, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    with window_on(profile, address, color_scheme=request.param, reduced_motion="reduce") as window:
        yield window


@pytest.mark.parametrize("in_scheme", ["light", "dark"], indirect=True)
@pytest.mark.parametrize(("loaded", "told"), [(False, "Getting ready"), (True, "Looking")], ids=["model loading", "thinking"])
def test_axe_finds_nothing_while_it_works(in_scheme: Page, assistant: Scripted, library: Library, loaded: bool, told: str) -> None:
    assistant.go_on.clear()
    library.embedder.loaded = loaded  # type: ignore[attr-defined]
    try:
        in_scheme.fill("#question textarea", "a slow question")
        in_scheme.press("#question textarea", "Enter")
        expect(in_scheme.locator(".turn.waiting")).to_contain_text(told)
        assert violations(in_scheme) == []
    finally:
        library.embedder.loaded = True  # type: ignore[attr-defined]
        assistant.go_on.set()
    expect(in_scheme.locator(".turn.waiting")).to_have_count(0)


def test_nothing_moves_for_who_asked_for_less_motion(profile: BrowserContext, address: str) -> None:
    moving = (
        "[...document.querySelectorAll('*')].filter(e => { const s = getComputedStyle(e); return s.animationName !== 'none' || "
        "(s.transitionProperty !== 'none' && parseFloat(s.transitionDuration) > 0.001); }).map(e => e.className || e.tagName)"
    )
    with window_on(profile, address, reduced_motion="reduce") as window:
        source(window)
        assert window.evaluate(moving) == []


def test_a_question_that_could_not_be_sent_stays_and_is_answered_once_connected(opened: Page) -> None:
    lost(opened)
    expect(opened.locator("#question textarea")).to_have_value("And mothers?")
    expect(opened.locator("#chat .turn.asked")).to_have_count(1)
    opened.context.set_offline(False)
    expect(opened.locator("#notice")).to_contain_text("Connected again")
    opened.press("#question textarea", "Enter")
    expect(opened.locator("#chat .turn.answer")).to_have_count(2)
    expect(opened.locator("#question textarea")).to_have_value("")
    expect(opened.locator("#notice")).to_have_count(0)


def test_the_axe_that_is_asked_finds_what_is_wrong(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text('<html><body><img src="x"><p style="color:#ccc">faint</p></body></html>')
    window = browser.new_page()
    window.goto((tmp_path / "bad.html").as_uri())
    assert {v["id"] for v in axe(window)} >= {"image-alt", "color-contrast"}
    window.close()
