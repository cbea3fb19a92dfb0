"""The page as people use it: through Gradio's client, and in a headless browser."""

from __future__ import annotations

import gc
import html
import json
import os
import re
import shutil
from collections.abc import Collection, Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect, sync_playwright

import app
from assistant.page.answer import answered
from assistant.page.source import page_text, source_panel
from assistant.page.text import file_name
from assistant.reply import Citation, Group, Notice, Prompt, Reply
from ingest.pipeline import ingest, starter_briefings
from knowledge.errors import LibraryError
from knowledge.library import Library

# Gradio's server, its client and Playwright leave event loops and sockets for the garbage collector, which is not ours to mend.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
HOSTILE = '<img src=x onerror="window.struck=1"><script>window.struck=1</script>'
HOSTILE_NAME = "<img src=x onerror=window.struck=1>.txt"
ANSWERED = "#chat .turn:is(.answer, .abstained, .urgent, .failed)"


class Lengths:
    """An embedder that can be read by eye: a text becomes the counts of its words by length."""

    name = "lengths"
    loaded = True

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        sizes = [len(word) for word in text.split()]
        return [1.0, *(float(sizes.count(n)) for n in range(1, 8))]


class Scripted:
    """Answers by rule, with true quotations of the library: the page cannot tell it from the assistant."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.heard: list[tuple[str, tuple[str, ...]]] = []

    def reply(self, message: str, history: Sequence[str] = (), asked: Collection[str] = ()) -> Reply:
        question, self.asked = message, tuple(asked)
        self.heard.append((question, tuple(history)))
        if "hitting" in question:
            return Reply(question, True, (Notice("urgent", "Somebody may be in danger now.\nCall 999."),))
        if "Tracy" in question:
            notice = Notice("personal_data", "This message seems to hold a name.")
            return Reply(question, True, (notice,), masked=question.replace("Tracy", "[name]"))
        if "court" in question:
            return Reply(question, True, opening="The briefings here do not answer this.", near=self.found("father")[:1])
        if "broken" in question:
            raise LibraryError("The library at /home/somebody/secret cannot be used (disk).")
        if "bug" in question:
            raise RuntimeError("/home/somebody/secret")
        citations = self.found("hostile words" if "hostile" in question else "father")
        notices = (Notice("currency", "[1] rests on older guidance."),)
        prompt = Prompt("t", "Who is in this child's life?", "Nobody had asked.", 0)
        groups = (Group("On fathers", (0,)),)
        return Reply(
            question,
            abstained=False,
            notices=notices,
            opening="This was found.",
            groups=groups,
            citations=citations,
            prompts=(prompt,),
            looked_for=("fathers",),
            silent=("Medway 2007",),
            suggestions=("What helped?",),
        )

    def found(self, word: str) -> tuple[Citation, ...]:
        places = [(b, s.passage) for b in self.library.briefings() for s in self.library.catalogue.passages(b.id) if word in s.passage.text]
        return tuple(Citation(self.library.quote(b, p), p.heading, p.ordinal) for b, p in places[:4])


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The starter briefings, with vectors that need no model."""
    library = Library(tmp_path_factory.mktemp("library"), Lengths())
    assert {r.status for r in ingest(library, starter_briefings(), starter=True)} == {"added"}
    return library


@pytest.fixture(scope="module")
def assistant(library: Library) -> Scripted:
    return Scripted(library)


@pytest.fixture(scope="module")
def uploads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where Gradio puts its copies of uploaded files."""
    return tmp_path_factory.mktemp("uploads")


@pytest.fixture(scope="module")
def address(library: Library, assistant: Scripted, uploads: Path) -> Iterator[str]:
    """The page, served."""
    os.environ.update(app.QUIET, GRADIO_TEMP_DIR=str(uploads))
    from assistant.page import page

    blocks = page(library, assistant, ingest)
    yield app.open_page(blocks, port=None)
    blocks.close(verbose=False)
    del os.environ["GRADIO_TEMP_DIR"]
    gc.collect()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Page]:
    """A browser's window with the page ready to be asked. Whatever leaves the machine fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    asked_for: list[str] = []
    context.on("request", lambda request: asked_for.append(request.url))
    window = context.new_page()
    errors: list[str] = []
    window.on("pageerror", lambda error: errors.append(str(error)))
    window.goto(address)
    expect(window.locator("#question textarea")).to_be_visible()
    yield window
    assert window.evaluate("window.struck") is None
    assert errors == []
    assert {urlsplit(url).hostname for url in asked_for if urlsplit(url).scheme in ("http", "https", "ws", "wss")} == {"127.0.0.1"}
    context.close()


def ask(window: Page, question: str) -> None:
    """Ask, and wait for the answer."""
    before = window.locator(ANSWERED).count()
    window.fill("#question textarea", question)
    window.press("#question textarea", "Enter")
    expect(window.locator(ANSWERED)).to_have_count(before + 1)


def marked(window: Page) -> str:
    """The words that the open source marks."""
    return "".join(window.locator("#source mark").all_text_contents())


def cited(library: Library, wanted: dict[str, Any]) -> str:
    """The words that a citation's button stands for, straight from the library."""
    return library.page(wanted["briefing"], wanted["page"]).text[wanted["start"] : wanted["end"]]


def test_the_client_asks_and_is_answered(address: str, library: Library) -> None:
    from gradio_client import Client  # type: ignore[import-untyped]

    client = Client(address, verbose=False)
    said = str(client.predict("What about fathers?", api_name="/ask"))
    quotation = Scripted(library).found("father")[0].quotation.text
    assert html.escape(quotation[:60]) in said
    assert "Questions to sit with" in said


def test_the_real_assistant_answers_on_the_page(tmp_path: Path) -> None:
    from gradio_client import Client

    blocks, assistant = app.build(tmp_path)
    assert "The briefings here do not answer this" in assistant.reply("What about fathers?").opening
    assert {r.status for r in ingest(assistant.library, starter_briefings()[-3:], starter=True)} == {"added"}
    said = str(Client(app.open_page(blocks, port=None), verbose=False).predict("What do reviews say about fathers?", api_name="/ask"))
    blocks.close(verbose=False)
    assert "What reviews say" in said
    assert "starter briefing, written for this product" in said


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
        expect(opened.locator("#source")).to_contain_text("starter briefing, written for this product")


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
    expect(opened.locator("#source mark").first).to_be_visible()
    opened.keyboard.press("Escape")
    expect(opened.locator("#source")).to_be_hidden()
    assert opened.evaluate("document.activeElement.value") == focused


def test_danger_is_told_and_nothing_else(opened: Page) -> None:
    ask(opened, "he's hitting her")
    expect(opened.locator(".turn.urgent .danger")).to_contain_text("Call 999")
    assert opened.locator(".turn.urgent > *").count() == 1


def test_identifying_details_can_be_left_out_in_one_click(opened: Page, assistant: Scripted) -> None:
    ask(opened, "Tracy will not talk about the father")
    expect(opened.locator(".turn.asked")).not_to_contain_text("Tracy")
    opened.get_by_role("button", name="Send without these").click()
    expect(opened.locator(".turn.answer")).to_be_visible()
    assert assistant.heard[-1] == ("[name] will not talk about the father", ("[name] will not talk about the father",))


def test_silence_shows_what_is_near(opened: Page) -> None:
    ask(opened, "What did the court decide?")
    answer = opened.locator(".turn.abstained")
    expect(answer).to_contain_text("The briefings here do not answer this.")
    expect(answer.get_by_role("heading", name="Near it")).to_be_visible()
    answer.locator(".cite").first.click()
    expect(opened.locator("#source mark").first).to_be_visible()


@pytest.mark.parametrize("question", ["broken", "bug"])
def test_errors_are_one_sentence_without_a_path(opened: Page, question: str) -> None:
    ask(opened, question)
    expect(opened.locator(".turn.failed")).to_have_count(1)
    assert "secret" not in opened.locator("body").inner_text()


def test_good_and_bad_files_get_a_sentence_each(opened: Page, uploads: Path, library: Library, tmp_path: Path) -> None:
    good, bad = tmp_path / "a new briefing.md", tmp_path / "holiday.xyz"
    good.write_text("# A new briefing\n\nReviews found that the plan had not been shared with the school nurse.\n", "utf-8")
    bad.write_bytes(b"\x00\x01")
    opened.get_by_role("tab", name="Library").click()
    opened.set_input_files("#upload input[type=file]", [good, bad])
    expect(opened.locator("#results li.added")).to_contain_text("a new briefing.md is in the library now")
    expect(opened.locator("#results li.refused")).to_contain_text("holiday.xyz")
    expect(opened.locator(".shelf")).to_contain_text("A new briefing")
    expect(opened.locator(".holds")).to_contain_text("1 published briefing")
    assert [path for path in uploads.rglob("*") if path.is_file()] == []
    library.delete("a new briefing.md")


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_small_phone_needs_no_sideways_scrolling(browser: Browser, address: str, scheme: Any) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme)
    window = context.new_page()
    window.goto(address)
    expect(window.locator("#question textarea")).to_be_visible()

    def fits() -> bool:
        return bool(
            window.evaluate("[document.documentElement, document.querySelector('#source')].every((e) => e.scrollWidth <= innerWidth)")
        )

    assert fits()
    ask(window, "What about fathers?")
    assert fits()
    window.locator(".cite").first.click()
    expect(window.locator("#source mark").first).to_be_in_viewport()
    assert fits()
    window.get_by_role("button", name="Close the source").click()
    for tab in ("Library", "Help"):
        window.get_by_role("tab", name=tab).click()
        assert fits()
    context.close()


def test_sessions_keep_to_themselves(browser: Browser, address: str, assistant: Scripted) -> None:
    windows = [browser.new_page() for _ in range(2)]
    for number, window in enumerate(windows):
        window.goto(address)
        ask(window, f"first about fathers {number}")
    ask(windows[0], "then about fathers")
    assert assistant.heard[-1] == ("then about fathers", ("first about fathers 0",))
    expect(windows[1].locator(".turn.asked")).to_have_count(1)
    assert windows[0].evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    windows[0].get_by_role("button", name="Start again").click()
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
        assert "ask again" in panel
    assert "ask again" in source_panel(library, {})


def test_a_turn_is_one_line_of_html(library: Library) -> None:
    """Markdown ends an HTML block at a blank line: there must be none, whatever the words are."""
    reply = Reply("a\n\nb", True, opening="One.\n\nTwo.", masked="a\n\nb", notices=(Notice("personal_data", "x\n\ny"),))
    assert "\n" not in answered(reply)
    assert "\n" not in answered(Scripted(library).reply("fathers"))


def test_names_of_files_lose_what_cannot_be_seen() -> None:
    assert file_name("../..\\C:\\x\\re\u202eport\u0000.pdf") == "report.pdf"
    assert file_name("\u200b") == "unnamed file"
    assert len(file_name("a" * 500 + ".pdf")) <= 120
    assert file_name("a" * 500 + ".pdf").endswith(".pdf")
