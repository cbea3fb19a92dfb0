"""The page over the starter briefings, served, with an assistant that answers by rule, and a browser to drive it."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Collection, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, ViewportSize, expect, sync_playwright

import app
from assistant.models.reply import Citation, Detail, Explanation, Group, Notice, Prompt, Reply, Seen
from assistant.reflection.guided import Checked, Learned, Texts
from ingest.pipeline import ingest, starter_briefings, steps
from ingest.text_to_check import paragraphs_of
from knowledge.errors import LibraryError
from knowledge.library import Library
from tests.browser import ARGUMENTS
from tests.page.driving import PATIENCE


@pytest.fixture(scope="package", autouse=True)
def no_loops_left() -> Iterator[None]:
    """The event loops that Gradio leaves for the garbage collector go before other tests, which take a warning for an error."""
    yield
    gc.collect()


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
        self.go_on = Event()  # a question that is "slow" waits for it

    def reply(
        self,
        message: str,
        history: Sequence[str] = (),
        asked: Collection[str] = (),
        *,
        names: MutableMapping[str, str] | None = None,
        moment: str = "",
        safe_now: bool = False,
        settled: Collection[str] = (),
    ) -> Reply:
        question, self.asked, self.names, self.moment, self.settled = message, tuple(asked), names, moment, tuple(settled)
        self.heard.append((question, tuple(history)))
        if "slow" in question:
            self.go_on.wait(30)
        if "hitting" in question and not safe_now:
            return Reply(question, True, (Notice("urgent", "Somebody may be in danger now.\nCall 999."),))
        if "Tracy" in question:
            notice = Notice("personal_data", "This message seems to hold a name.")
            place = question.index("Tracy")
            details = (Detail(place, place + 5, "name", "a name"),)
            return Reply(question, True, (notice,), masked=question.replace("Tracy", "[name]"), details=details)
        if "court" in question:
            return Reply(question, True, opening="The briefings here do not answer this.", near=self.found("father")[:1])
        if "broken" in question:
            raise LibraryError("The library at /home/somebody/secret cannot be used (disk).")
        if "bug" in question:
            raise RuntimeError("/home/somebody/secret")
        citations = self.found("hostile words" if "hostile" in question else "father")
        notices: tuple[Notice, ...] = (Notice("currency", "[1] rests on older guidance."),)
        if "bruise" in question:
            notices = (Notice("today", "Shown because you wrote: “bruise”.\nTell your designated safeguarding lead."), *notices)
        prompt = Prompt("t", "Who is in this child's life?", "Nobody had asked.", 0)
        groups = (Group("On fathers", (0,)),)
        seen = tuple(Seen(one, n, n, n, "quoted", n - 1, fit=0.7, themes=("Unseen men",)) for n, one in enumerate(citations, 1))
        heard = (("Themes found", "Unseen men (.70)"),)
        explanation = Explanation(heard, "The passages fit the question", seen, (("are about other people", 3),), 412)
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
            explanation=explanation,
        )

    def found(self, word: str) -> tuple[Citation, ...]:
        places = [(b, s.passage) for b in self.library.briefings() for s in self.library.catalogue.passages(b.id) if word in s.passage.text]
        return tuple(Citation(self.library.quote(b, p), p.heading, p.ordinal) for b, p in places[:4])


class ScriptedGuide:
    """Guides by rule, with true quotations of the library.

    "hitting" is danger, "bruise" is for today, "Tracy" a name, "section" asks for a decision.
    """

    def __init__(self, library: Library) -> None:
        self._scripted = Scripted(library)

    def check(self, texts: Texts, names: MutableMapping[str, str], safe: Collection[str] = ()) -> Checked:
        said = [text for text in texts.values() if text not in safe]
        details = {key: (Detail(at, at + 5, "name", "a name"),) for key, text in texts.items() if (at := text.find("Tracy")) >= 0}
        notices = [Notice("urgent", "Somebody may be in danger now.\nCall 999.")] if any("hitting" in text for text in said) else []
        notices += [Notice("today", "Tell your designated safeguarding lead.")] if any("bruise" in text for text in said) else []
        notices += [Notice("personal_data", "This seems to hold a name.")] if details else []
        notices += [Notice("decision", "That is for your manager.")] if any("section" in text for text in texts.values()) else []
        if details:
            names["tracy"] = "[person A]"
        return Checked(tuple(notices), {key: text.replace("Tracy", "[person A]") for key, text in texts.items()}, details)

    def questions(self, texts: Texts, asked: Collection[str] = ()) -> tuple[tuple[Prompt, Citation | None], ...]:
        if not texts.get("purpose", "").strip():
            return ()
        return ((Prompt("t", f"What is question {len(asked) + 1}?", "It may help."), self._scripted.found("father")[0]),)

    def learned(self, texts: Texts) -> tuple[Learned, ...]:
        if "broken" in texts.get("purpose", ""):
            raise RuntimeError("/home/somebody/secret")
        found = self._scripted.found("bruis" if "bruise" in texts.get("purpose", "") else "father")[:3]
        return tuple(Learned(one, challenges=n == 2) for n, one in enumerate(found)) if texts.get("purpose", "").strip() else ()


@pytest.fixture(scope="package")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The starter briefings, with vectors that need no model."""
    library = Library(tmp_path_factory.mktemp("library"), Lengths())
    assert {r.status for r in ingest(library, starter_briefings(), starter=True)} == {"added"}
    return library


@pytest.fixture(scope="package")
def assistant(library: Library) -> Scripted:
    return Scripted(library)


@pytest.fixture(scope="package")
def uploads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where Gradio puts its copies of uploaded files."""
    return tmp_path_factory.mktemp("uploads")


@pytest.fixture(scope="package")
def address(library: Library, assistant: Scripted, uploads: Path) -> Iterator[str]:
    """The page, served."""
    os.environ.update(app.QUIET, GRADIO_TEMP_DIR=str(uploads))
    from assistant.page import page
    from assistant.page.check_tab import Checking

    checking = Checking(library, paragraphs_of)
    blocks = page(library, assistant, ScriptedGuide(library), steps, checking=checking)
    served = app.open_page(blocks, library)
    yield served.address
    served.close()
    del os.environ["GRADIO_TEMP_DIR"]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield browser
        browser.close()


WIDE: ViewportSize = {"width": 1280, "height": 860}


@pytest.fixture(scope="package")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """A browser's profile: what its first window fetched and compiled, the next ones have."""
    context = browser.new_context(viewport=WIDE)
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@contextmanager
def window_on(profile: BrowserContext, address: str, viewport: ViewportSize = WIDE, **media: Any) -> Iterator[Page]:
    """A window with the page ready to be asked, and nothing kept from windows before it; `media` as `Page.emulate_media` takes it."""
    window = profile.new_page()
    try:
        kept = {"origin": address.rstrip("/"), "storageTypes": "cookies,local_storage,indexeddb,cache_storage"}
        profile.new_cdp_session(window).send("Storage.clearDataForOrigin", kept)
        window.set_viewport_size(viewport)
        window.emulate_media(**media)
        window.goto(address)
        expect(window.locator("#question textarea")).to_be_visible()
        yield window
    finally:
        profile.set_offline(False)
        for left in profile.pages:
            left.close()


@pytest.fixture
def opened(profile: BrowserContext, address: str) -> Iterator[Page]:
    """A browser's window with the page ready to be asked. Whatever leaves the machine fails the test."""
    asked_for: list[str] = []
    errors: list[str] = []

    def watched(window: Page) -> None:
        window.on("pageerror", lambda error: errors.append(str(error)))

    def noted(request: Request) -> None:
        asked_for.append(request.url)

    profile.on("page", watched)
    profile.on("request", noted)
    with window_on(profile, address) as window:
        yield window
        assert window.evaluate("window.struck") is None
    profile.remove_listener("page", watched)
    profile.remove_listener("request", noted)
    assert errors == []
    assert {urlsplit(url).hostname for url in asked_for if urlsplit(url).scheme in ("http", "https", "ws", "wss")} == {"127.0.0.1"}
