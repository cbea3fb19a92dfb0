"""The page as people ask it: through Gradio's client, and in a headless browser."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

import app
from assistant.models.reply import Notice, Reply
from assistant.page.answer import answered
from assistant.page.source import page_text, source_panel
from ingest.pipeline import ingest, starter_briefings
from knowledge.library import Library
from tests.page.caller import Caller
from tests.page.conftest import Scripted, window_on
from tests.page.driving import QUIET, ask, cited, marked, open_tab

pytestmark = QUIET


def test_the_page_is_asked_and_answers(address: str, library: Library) -> None:
    with Caller(address) as caller:
        said = caller.ask("What about fathers?")
    quotation = Scripted(library).found("father")[0].quotation.text
    assert json.dumps(html.escape(quotation[:60]), ensure_ascii=False)[1:-1] in said
    assert "Questions to sit with" in said


def test_the_real_assistant_answers_on_the_page(tmp_path: Path) -> None:
    blocks, assistant = app.build(tmp_path)
    assert "The briefings here do not answer this" in assistant.reply("What about fathers?").opening
    assert {r.status for r in ingest(assistant.library, starter_briefings()[-8:], starter=True)} == {"added"}
    served = app.open_page(blocks)
    with Caller(served.address) as caller:
        said = caller.ask("What do reviews say about fathers?")
    served.close()
    assert "From our starter library, not a published review" in said
    assert "What reviews say" not in said
    assert "<blockquote>" not in said


def test_the_first_screen_says_what_it_is(opened: Page) -> None:
    purpose = ("Learn from reviews before you walk into the room.", "It decides nothing about a child.", "call 999")
    for words in (*purpose, "all written for this product (starter)"):
        expect(opened.get_by_text(words).first).to_be_visible()
    opened.get_by_role("button", name="I'm preparing a session").click()
    example = opened.locator(".way-panel:visible button").first
    words = example.inner_text()
    example.click()
    expect(opened.locator(".turn.asked h2")).to_contain_text(words)


def test_every_citation_opens_with_exactly_its_words_marked(opened: Page, library: Library) -> None:
    ask(opened, "What about fathers?")
    buttons = opened.locator("#chat figcaption .cite:not(.short)")
    assert buttons.count() == 4
    for button in buttons.all():
        wanted = json.loads(button.get_attribute("value") or "")
        button.click()
        expect(opened.locator("#source .label")).to_have_text(f"Source [{wanted['number']}]")
        assert marked(opened) == cited(library, wanted)
        expect(opened.locator("#source")).to_contain_text("(starter material), not a published review")


def test_keys_alone_ask_open_and_close(opened: Page) -> None:
    opened.locator("#question textarea").focus()
    opened.keyboard.type("What about fathers?")
    opened.keyboard.press("Enter")
    expect(opened.locator(".turn.answer")).to_be_visible()
    for _ in range(40):
        opened.keyboard.press("Shift+Tab")
        if opened.evaluate("document.activeElement.classList.contains('cite')"):
            break
    focused = opened.evaluate("document.activeElement.value")
    opened.keyboard.press("Enter")
    expect(opened.locator("#source h2")).to_be_focused()
    expect(opened.locator("#source .mark-box").first).to_be_visible()
    opened.keyboard.press("Escape")
    expect(opened.locator("#source")).to_be_hidden()
    assert opened.evaluate("document.activeElement.value") == focused


def test_danger_is_told_and_nothing_else(opened: Page) -> None:
    ask(opened, "he's hitting her")
    expect(opened.locator(".turn.urgent .danger")).to_contain_text("Call 999")
    assert opened.locator(".turn.urgent > *").count() == 1
    opened.get_by_role("button", name="Everyone is safe now: reflect on this").click()
    expect(opened.locator(".turn.answer")).to_be_visible()


def test_what_was_said_to_be_safe_makes_no_follow_up_urgent(opened: Page, assistant: Scripted) -> None:
    ask(opened, "he's hitting her")
    opened.get_by_role("button", name="Everyone is safe now: reflect on this").click()
    expect(opened.locator(".turn.answer")).to_be_visible()
    ask(opened, "What about fathers?")
    assert assistant.settled == ("he's hitting her",)


def test_what_may_need_action_today_stands_above_the_answer(opened: Page) -> None:
    ask(opened, "a bruise on his cheek, and what about fathers?")
    band = opened.locator("[role=log] section.today")  # a log is read aloud as it grows
    expect(band.get_by_role("heading", name="This may need action today")).to_be_visible()
    expect(band).to_contain_text("Tell your designated safeguarding lead.")
    evidence = opened.locator(".turn.answer .evidence")
    expect(evidence).to_be_visible()
    assert band.bounding_box()["y"] < evidence.bounding_box()["y"]  # type: ignore[index]
    opened.set_viewport_size({"width": 360, "height": 740})
    assert opened.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    expect(band).to_be_visible()
    opened.emulate_media(media="print")
    expect(band).to_be_visible()


def test_identifying_details_can_be_left_out_in_one_click(opened: Page, assistant: Scripted) -> None:
    ask(opened, "Tracy will not talk about the father")
    expect(opened.locator(".turn.asked")).not_to_contain_text("Tracy")
    expect(opened.locator(".personal mark")).to_have_text("Tracy")
    expect(opened.locator(".personal .masked").first).to_contain_text("Tracy (a name)")
    opened.get_by_role("button", name="Send without these details").click()
    expect(opened.locator(".turn.answer")).to_be_visible()
    expect(opened.locator("#chat")).not_to_contain_text("Tracy")
    assert assistant.heard[-1] == ("[name] will not talk about the father", ("[name] will not talk about the father",))


def test_the_moment_is_chosen_and_each_child_is_within_reach(opened: Page, assistant: Scripted) -> None:
    opened.get_by_label("Before a visit").check()
    ask(opened, "What about fathers?")
    assert assistant.moment == "before a visit"
    opened.locator("#always button").click()
    expect(opened.locator(".turn.asked h2").last).to_contain_text("Have I seen each child?")


def test_a_follow_up_is_one_press_and_knows_what_was_asked(opened: Page, assistant: Scripted) -> None:
    ask(opened, "What about fathers?")
    opened.locator("#chat .next").get_by_role("button", name="What helped?").click()
    expect(opened.locator("#chat .turn.answer")).to_have_count(2)
    assert assistant.heard[-1] == ("What helped?", ("What about fathers?",))
    expect(opened.locator("#chat .turn.asked").last).to_be_in_viewport()


def test_silence_shows_what_is_near(opened: Page) -> None:
    ask(opened, "What did the court decide?")
    answer = opened.locator(".turn.abstained")
    expect(answer).to_contain_text("The briefings here do not answer this.")
    expect(answer.get_by_role("heading", name="Closest passages (not an answer)")).to_be_visible()
    answer.locator(".cite").first.click()
    expect(opened.locator("#source .mark-box").first).to_be_visible()


@pytest.mark.parametrize("question", ["broken", "bug"])
def test_errors_are_one_sentence_without_a_path(opened: Page, question: str) -> None:
    ask(opened, question)
    expect(opened.locator(".turn.failed")).to_have_count(1)
    assert "secret" not in opened.locator("body").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_small_phone_needs_no_sideways_scrolling(profile: BrowserContext, address: str, scheme: Any) -> None:
    wide = "[document.documentElement, document.querySelector('#source')].every((e) => e.scrollWidth <= innerWidth)"

    def fits() -> bool:
        return bool(window.evaluate(wide))

    with window_on(profile, address, {"width": 320, "height": 640}, color_scheme=scheme) as window:
        assert fits()
        ask(window, "What about fathers?")
        assert fits()
        window.locator(".cite").first.click()
        expect(window.locator("#source .mark-box").first).to_be_in_viewport()
        assert fits()
        window.get_by_role("button", name="Close the source").click()
        for tab in ("Library", "Help"):
            open_tab(window, tab)
            assert fits()


def test_sessions_keep_to_themselves(browser: Browser, address: str, assistant: Scripted) -> None:
    windows = [browser.new_page() for _ in range(2)]
    for number, window in enumerate(windows):
        window.goto(address)
        ask(window, f"first about fathers {number}")
    ask(windows[0], "then about fathers")
    assert assistant.heard[-1] == ("then about fathers", ("first about fathers 0",))
    expect(windows[1].locator(".turn.asked")).to_have_count(1)
    assert windows[0].evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    windows[0].get_by_role("button", name="New question").click()
    expect(windows[0].get_by_text("Learn from reviews before you walk into the room.")).to_be_visible()
    for window in windows:
        window.close()


def test_the_page_is_guarded_and_in_british_english(address: str) -> None:
    import httpx

    answer = httpx.get(address)
    assert 'lang="en-GB"' in answer.text
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "githubusercontent" not in answer.text
    assert not re.search(r"(?:src|href)=\"https?://", answer.text)


class Marks(HTMLParser):
    """Collects what stands inside <mark>."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.depth += tag == "mark" and not attrs

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "mark"

    def handle_data(self, data: str) -> None:
        self.text += data if self.depth else ""


def test_every_passage_of_the_library_is_marked_exactly(library: Library) -> None:
    for briefing in library.briefings():
        for stored in library.catalogue.passages(briefing.id):
            passage = stored.passage
            marks = Marks()
            marks.feed(page_text(library.page(briefing.id, passage.page), (passage.start, passage.end)))
            assert marks.text == re.sub(r"[\n\t]", "", passage.text)


def test_a_source_that_has_changed_is_not_shown(library: Library) -> None:
    briefing = library.briefings()[0]
    wanted = {"briefing": briefing.id, "file": briefing.sha256[:16], "page": 1, "start": 0, "end": 9, "number": 1}
    assert "<mark>" in source_panel(library, wanted)
    for change in ({"file": "other"}, {"start": -1}, {"end": 10**9}, {"page": 99}, {"page": "one"}, {"briefing": "../.."}):
        panel = source_panel(library, {**wanted, **change})
        assert "<mark>" not in panel
        assert "Ask your question again" in panel
    assert "Ask your question again" in source_panel(library, {})


def test_a_turn_is_one_line_of_html(library: Library) -> None:
    """Markdown ends an HTML block at a blank line: there must be none, whatever the words are."""
    reply = Reply("a\n\nb", True, opening="One.\n\nTwo.", masked="a\n\nb", notices=(Notice("personal_data", "x\n\ny"),))
    assert "\n" not in answered(reply)
    assert "\n" not in answered(Scripted(library).reply("fathers"))
