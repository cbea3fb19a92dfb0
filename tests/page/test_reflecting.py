"""Guided reflection as people meet it, in a headless browser: step by step, back and forth, to a sheet that is saved and opened again."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import Browser, Page, Route, expect

from assistant.documents.sheet_docx import opened as opened_sheet
from assistant.reflection.frameworks import models
from knowledge.library import Library
from tests.page.conftest import Scripted
from tests.page.driving import HOSTILE, QUIET, ask, cited, marked
from tests.page.reflecting import HAPPENED, QUESTION, at, begun, next_step, saved

pytestmark = QUIET


@pytest.mark.parametrize("way", [model.name for model in models().models])
def test_every_way_leads_from_what_happened_to_a_sheet_in_word(opened: Page, library: Library, tmp_path: Path, way: str) -> None:
    model = next(model for model in models().models if model.name == way)
    begun(opened, way)
    for place, step in enumerate(model.steps):
        expect(opened.locator("#reflect h2")).to_have_text(step.ask)
        for field in step.fields:
            opened.get_by_label(field.label).fill(f"Written for {field.fills}.\nOn two lines.")
        if place:
            expect(opened.locator(QUESTION)).to_have_text([f"What is question {place}?"])
        if step.reviews:
            expect(opened.locator("#reflect .evidence .words")).to_have_count(3)
            expect(opened.locator("#reflect .challenge")).to_have_text("A finding that may challenge your view:")
        if step.actions:
            opened.get_by_label("What, action 1").fill("Ask the school")
            opened.get_by_label("By when, action 1").fill("Friday")
        next_step(opened)
    sheet = opened_sheet(saved(opened, tmp_path).read_bytes(), library)
    assert sheet.model == model.id
    assert sheet.texts == {f.fills: f"Written for {f.fills}.\nOn two lines." for step in model.steps for f in step.fields}
    assert [one.citation.quotation for one in sheet.kept] == [c.quotation for c in Scripted(library).found("father")[:3]]
    assert [one.challenges for one in sheet.kept] == [False, False, True]
    assert [(a.what, a.who, a.by) for a in sheet.actions] == [("Ask the school", "", "Friday")]
    expect(opened.locator("#reflect .saved")).to_contain_text("Saved as preparation-for-supervision-")


def test_steps_can_be_skipped_gone_back_to_and_changed(opened: Page) -> None:
    begun(opened)
    opened.get_by_label(HAPPENED).fill("A visit.")
    at(opened, "Action")
    opened.get_by_label("What do I want to find out").fill("Who was there?")
    at(opened, "Experience")
    expect(opened.get_by_label(HAPPENED)).to_have_value("A visit.")
    opened.get_by_label(HAPPENED).fill("A visit, and a bruise.")
    at(opened, "What we can learn from reviews")
    expect(opened.locator("#reflect .evidence .words").first).to_contain_text("bruis")
    at(opened, "My sheet")
    expect(opened.get_by_label("My questions", exact=True)).to_have_value("Who was there?")
    expect(opened.get_by_label("Purpose: why this, why now")).to_have_value("A visit, and a bruise.")


def test_no_question_comes_twice_and_one_is_always_there(opened: Page) -> None:
    begun(opened)
    seen: list[str] = []
    for text in ("A visit.", "A visit, later told otherwise.", "A third account."):
        at(opened, "Experience")
        opened.get_by_label(HAPPENED).fill(text)
        at(opened, "Reflection")
        seen += opened.locator(QUESTION).all_inner_texts()
        expect(opened.locator("#reflect .always")).to_contain_text("Have I seen each child?")
    assert len(seen) == len(set(seen)) == 3
    at(opened, "Experience")
    at(opened, "Reflection")
    assert opened.locator(QUESTION).all_inner_texts() == seen[-1:]  # gone back to, a step asks what it asked


def test_what_is_typed_and_pressed_while_the_page_is_thinking_is_not_lost(opened: Page) -> None:
    begun(opened)
    held: list[Route] = []
    opened.route("**/component_server/", lambda route: held.append(route))
    opened.get_by_label(HAPPENED).fill("First.")
    trail = opened.locator("#reflect .trail")
    with opened.expect_request("**/component_server/"):
        trail.get_by_role("button", name="Experience", exact=True).click()
    expect(opened.locator("#reflect-body")).to_have_attribute("aria-busy", "true")
    opened.get_by_label(HAPPENED).fill("First. And then more.")
    opened.locator("#reflect .always .keep").click()
    trail.get_by_role("button", name="Action", exact=True).click()
    with opened.expect_request("**/component_server/") as second:  # the step that was pressed has its turn
        held.pop().continue_()
    assert json.loads(second.value.post_data or "")["data"]["written"]["texts"]["purpose"] == "First. And then more."
    expect(opened.get_by_label(HAPPENED)).to_have_value("First. And then more.")
    expect(opened.locator("#reflect .always .keep")).to_have_text("On my sheet")
    held.pop().continue_()
    expect(trail.locator("[aria-current=step]")).to_have_text("Action")
    opened.get_by_label("What, action 1").fill("Ask the school")
    with opened.expect_request("**/component_server/"):
        trail.get_by_role("button", name="My sheet").click()
    opened.get_by_label("By when, action 1").fill("Friday")
    held.pop().continue_()
    expect(trail.locator("[aria-current=step]")).to_have_text("My sheet")
    expect(opened.get_by_label("By when, action 1")).to_have_value("Friday")
    expect(opened.get_by_label("My questions", exact=True)).to_have_value("Have I seen each child?")
    expect(opened.get_by_label("Purpose: why this, why now")).to_have_value("First. And then more.")


def test_a_detail_holds_until_it_is_left_out_and_stays_out(opened: Page) -> None:
    begun(opened)
    opened.get_by_label(HAPPENED).fill("I visited Tracy on Tuesday.")
    opened.get_by_role("button", name="Next: Reflection").click()
    notice = opened.locator("#reflect .personal")
    expect(notice).to_be_focused()
    expect(notice.locator("mark")).to_have_text("Tracy")
    expect(opened.locator("#reflect h2")).to_have_text("What happened?")
    opened.get_by_role("button", name="Continue without these details").click()
    expect(opened.locator("#reflect h2")).to_have_text("What was it like?")
    at(opened, "Experience")
    expect(opened.get_by_label(HAPPENED)).to_have_value("I visited [person A] on Tuesday.")
    assert "Tracy" not in opened.locator("body").inner_html()


def test_danger_comes_first_and_nothing_goes_on_until_all_are_safe(opened: Page) -> None:
    begun(opened)
    opened.get_by_label(HAPPENED).fill("He is hitting her, and Tracy saw it.")
    opened.get_by_role("button", name="Next: Reflection").click()
    expect(opened.locator("#reflect .danger")).to_be_focused()
    expect(opened.locator("#reflect .danger")).to_contain_text("Call 999.")
    expect(opened.locator("#reflect .personal")).to_have_count(0)
    opened.get_by_role("button", name="Everyone is safe now: go on").click()
    expect(opened.locator("#reflect .personal")).to_be_visible()
    opened.get_by_role("button", name="Continue without these details").click()
    expect(opened.locator("#reflect h2")).to_have_text("What was it like?")
    opened.get_by_label("For me").fill("She is hitting him now.")
    opened.get_by_role("button", name="Next: Analysis").click()
    expect(opened.locator("#reflect .danger")).to_be_visible()


def test_what_may_need_action_today_is_told_at_every_step_and_on_the_sheet(opened: Page, library: Library, tmp_path: Path) -> None:
    begun(opened)
    opened.get_by_label(HAPPENED).fill("A visit, and a bruise.")
    opened.get_by_label(HAPPENED).press("Tab")
    opened.get_by_role("button", name="Next: Reflection").press("Enter")
    band = opened.locator("#reflect").get_by_role("alert", name="This may need action today")
    expect(band).to_contain_text("Tell your designated safeguarding lead.")
    expect(opened.locator("#reflect h2")).to_be_focused()  # it holds nothing up
    at(opened, "My sheet")
    expect(band).to_be_visible()
    with opened.context.expect_page() as found:
        opened.get_by_role("button", name="Open print version").click()
    expect(found.value.locator(".today")).to_contain_text("This may need action today. Tell your designated safeguarding lead.")
    found.value.close()
    kept = saved(opened, tmp_path)
    told = [p.text for p in Document(io.BytesIO(kept.read_bytes())).paragraphs if p.text.startswith("This may need action today")]
    assert told == ["This may need action today. Tell your designated safeguarding lead."]
    assert "action today" not in str(opened_sheet(kept.read_bytes(), library).texts)  # said anew, where it still holds
    opened.get_by_role("button", name="Clear this sheet").click()
    opened.set_input_files("input[name=sheet]", kept)
    expect(band).to_be_visible()


def test_a_wish_for_a_decision_is_answered_kindly_once(opened: Page) -> None:
    begun(opened)
    opened.get_by_label(HAPPENED).fill("Is this a section 47?")
    next_step(opened)
    expect(opened.locator("#reflect .decision")).to_contain_text("That is for your manager.")
    next_step(opened)
    expect(opened.locator("#reflect .decision")).to_have_count(0)


def test_it_can_be_left_and_taken_up_again(opened: Page) -> None:
    begun(opened)
    opened.get_by_label(HAPPENED).fill("Half a thought")
    opened.get_by_role("button", name="Come back later").click()
    expect(opened.locator("#question textarea")).to_be_visible()
    opened.get_by_role("tab", name="Reflect").click()
    expect(opened.get_by_label(HAPPENED)).to_have_value("Half a thought")
    opened.on("dialog", lambda dialog: dialog.accept())
    opened.get_by_role("button", name="Clear this sheet").click()
    expect(opened.get_by_role("button", name="Signs of Safety")).to_be_visible()
    begun(opened)
    expect(opened.get_by_label(HAPPENED)).to_have_value("")


def test_what_an_answer_gives_goes_to_the_sheet_and_off_it(opened: Page, library: Library) -> None:
    ask(opened, "What about fathers?")
    opened.locator("#chat .questions .keep").first.click()
    opened.locator("#chat .words .keep").nth(1).click()
    expect(opened.locator("#chat .words .keep").nth(1)).to_have_text("On my sheet")
    expect(opened.locator("#said")).to_have_text("Added to your sheet. You will find it under Reflect.")
    begun(opened)
    at(opened, "My sheet")
    expect(opened.get_by_label("My questions", exact=True)).to_have_value("Who is in this child's life?")
    wanted = Scripted(library).found("father")[1].quotation
    expect(opened.locator("#reflect .words")).to_have_count(1)
    button = opened.locator("#reflect .words .cite")
    assert cited(library, json.loads(button.get_attribute("value") or "")) == wanted.text
    opened.get_by_role("button", name="Remove quotation 1").click()
    expect(opened.locator("#reflect .words")).to_have_count(0)
    opened.get_by_role("tab", name="Ask").click()
    expect(opened.locator("#chat .words .keep").nth(1)).to_have_text("Add to my sheet")


def test_what_was_left_out_does_not_come_back(opened: Page) -> None:
    begun(opened)
    opened.get_by_label(HAPPENED).fill("A visit.")
    at(opened, "What we can learn from reviews")
    gone = opened.locator("#reflect .words p").first.inner_text()
    opened.get_by_role("button", name="Remove quotation 1").click()
    expect(opened.locator("#reflect .words")).to_have_count(2)
    at(opened, "Experience")
    at(opened, "What we can learn from reviews")
    expect(opened.locator("#reflect .words")).to_have_count(2)
    expect(opened.locator("#reflect .words").filter(has_text=gone)).to_have_count(0)


def test_an_answer_leads_into_a_reflection_on_what_was_said(opened: Page) -> None:
    ask(opened, "Nobody has met the father.")
    opened.get_by_role("button", name="Reflect on this step by step").click()
    opened.get_by_role("button", name="What? So what? Now what?").click()
    expect(opened.get_by_label("What happened, and who was there?")).to_have_value("Nobody has met the father.")


def test_a_source_opens_beside_the_reflection_and_closes(opened: Page, library: Library) -> None:
    begun(opened)
    opened.get_by_label(HAPPENED).fill("A visit.")
    at(opened, "What we can learn from reviews")
    button = opened.locator("#reflect .words .cite").first
    button.click()
    expect(opened.locator("#source")).to_be_visible()
    assert marked(opened) == cited(library, json.loads(button.get_attribute("value") or ""))
    opened.keyboard.press("Escape")
    expect(opened.locator("#source")).to_be_hidden()
    expect(button).to_be_focused()


def test_hostile_words_are_shown_as_they_are(opened: Page, tmp_path: Path) -> None:
    begun(opened)
    opened.get_by_label(HAPPENED).fill(HOSTILE + "</textarea>" + HOSTILE)
    at(opened, "Action")
    opened.get_by_label("What, action 1").fill('"><script>window.struck=1</script>')
    at(opened, "My sheet")
    expect(opened.get_by_label("Purpose: why this, why now")).to_have_value(HOSTILE + "</textarea>" + HOSTILE)
    expect(opened.get_by_label("What, action 1")).to_have_value('"><script>window.struck=1</script>')
    document = Document(io.BytesIO(saved(opened, tmp_path).read_bytes()))
    assert any(HOSTILE in paragraph.text for paragraph in document.paragraphs)


def test_trouble_is_told_in_a_sentence_and_what_was_written_stays(opened: Page) -> None:
    begun(opened)
    opened.get_by_label(HAPPENED).fill("A broken step.")
    opened.locator("#reflect .trail").get_by_role("button", name="What we can learn from reviews").click()
    expect(opened.locator("#reflect .told")).to_contain_text("What you wrote is still in this window.")
    assert "secret" not in opened.locator("body").inner_html()
    expect(opened.get_by_label(HAPPENED)).to_have_value("A broken step.")
    opened.context.set_offline(True)
    opened.get_by_role("button", name="Next: Reflection").click()
    expect(opened.locator("#reflect .told")).to_contain_text("cannot reach the assistant")
    opened.context.set_offline(False)
    expect(opened.get_by_label(HAPPENED)).to_have_value("A broken step.")


def test_on_a_phone_nothing_runs_off_the_side(browser: Browser, address: str) -> None:
    window = browser.new_page(viewport={"width": 320, "height": 640})
    window.goto(address)
    begun(window)
    window.get_by_label(HAPPENED).fill("A visit.")
    for step in ("Reflection", "What we can learn from reviews", "Action", "My sheet"):
        at(window, step)
        assert window.evaluate("document.documentElement.scrollWidth") <= 320, step
    window.close()


def test_by_keyboard_alone_from_start_to_sheet(opened: Page) -> None:
    opened.get_by_role("tab", name="Reflect").focus()
    opened.keyboard.press("Enter")
    press_through(opened, "The 4x4x4 cycle")
    press_through(opened, HAPPENED, "A visit by keyboard.")
    for name in ("Next: Reflection", "Next: Analysis", "Next: What we can learn from reviews", "Next: Action", "Next: My sheet"):
        press_through(opened, name)
    expect(opened.get_by_label("Purpose: why this, why now")).to_have_value("A visit by keyboard.")


def press_through(window: Page, name: str, text: str = "") -> None:
    """Tab to what has this name, then press it, or type into it."""
    expect(window.locator("#reflect [aria-busy=true]")).to_have_count(0)
    target = window.get_by_label(name) if text else window.locator("#reflect").get_by_role("button", name=name)
    expect(target).to_be_visible()
    for _ in range(60):
        window.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            break
    expect(target).to_be_focused()
    if text:
        window.keyboard.type(text)
    else:
        window.keyboard.press("Enter")
        expect(target).to_have_count(0)
