"""What is typed is kept nowhere: a whole conversation with a real server, then every file is searched for its words."""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from assistant.models.reply import Reply
from assistant.page.ask_tab import reply_to
from assistant.page.page_sessions import GRACE
from tests.browser import ARGUMENTS
from tests.page.driving import QUIET, ask
from tests.prepared import starter_folder

pytestmark = QUIET
ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("home", "data", "config", "cache", "state", "runtime", "temporary", "working", "library")
MARKERS = ("quillwort", "marrowstone", "fennelbury", "brackenthwaite", "zorbeldine", "lovagecombe")
TALK = (
    "Mum tells me the quillwort is fine but the marrowstone father is never at home when I visit",
    "My colleague Fennelbury says Mrs Brackenthwaite of 12 Lovagecombe Road lets nobody upstairs",
    "he has just taken all the tablets by the zorbeldine",
    "Is this quillwort a section 47?",
    "marrowstone zorbeldine zzqx",
    "What do reviews say about an x-quillwort and the e-lovagecombe?",
)


@dataclass(frozen=True)
class Served:
    """A server of its own: where it is, everything that it may write to, and its process."""

    address: str
    folder: Path
    process: int


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`reflect serve` as a user starts it, with every folder it might write to a fresh one."""
    folder = tmp_path_factory.mktemp("kept")
    places = {name: folder / name for name in FOLDERS}
    starter_folder(places["library"])
    for place in places.values():
        place.mkdir(exist_ok=True)
    environment = os.environ | {
        "HOME": str(places["home"]),
        "XDG_DATA_HOME": str(places["data"]),
        "XDG_CONFIG_HOME": str(places["config"]),
        "XDG_CACHE_HOME": str(places["cache"]),
        "XDG_STATE_HOME": str(places["state"]),
        "XDG_RUNTIME_DIR": str(places["runtime"]),
        "TMPDIR": str(places["temporary"]),
        "REFLECT_LIBRARY": str(places["library"]),
        "PYTHONUNBUFFERED": "1",
    }
    environment.pop("GRADIO_TEMP_DIR", None)
    reflect = [sys.executable, str(ROOT / "app.py"), "serve", "--port", "0"]
    with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as err:
        server = subprocess.Popen(reflect, cwd=places["working"], env=environment, stdout=out, stderr=err)
        try:
            yield Served(_address(server, folder), folder, server.pid)
        finally:
            server.terminate()
            server.wait(timeout=30)


def _address(server: subprocess.Popen[bytes], folder: Path) -> str:
    """What the server prints once it can be asked."""
    while server.poll() is None:
        if found := re.search(r"http://\S+", (folder / "stdout").read_text("utf-8")):
            return found[0]
    pytest.fail((folder / "stderr").read_text("utf-8"))


def kept(folder: Path, markers: Sequence[str] = MARKERS) -> list[str]:
    """The files below a folder that hold a marker word, however it is encoded or spelt, or are named after one."""
    found = []
    for path in folder.rglob("*"):
        held = str(path).lower().encode() + (path.read_bytes().lower() if path.is_file() else b"")
        found += [f"{word} in {path}" for word in markers if word.encode() in held or word.encode("utf-16-le") in held]
    return found


def in_memory(process: int, markers: Sequence[str] = MARKERS) -> Iterator[str]:
    """Where a marker word stands in a process's memory, with what stands around it; the rest is looked through as it is asked for."""
    sought = [word[1:].encode() for word in markers]  # with a capital or without
    with Path(f"/proc/{process}/mem").open("rb", 0) as memory:
        for line in Path(f"/proc/{process}/maps").read_text().splitlines():
            place, rights, *_ = line.split()
            first, last = (int(end, 16) for end in place.split("-"))
            if "rw" not in rights or "[v" in line:  # what a program cannot write holds nothing that was typed
                continue
            try:
                memory.seek(first)
                held = memory.read(last - first)
            except (OSError, OverflowError):  # gone since, or the system's own
                continue
            for word in sought:
                at = held.find(word)
                if at >= 0:
                    yield f"{held[max(0, at - 40) : at + 60]!r}"


def test_the_scan_finds_what_is_kept(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "log").write_bytes(b"\x00Quillwort\xff")
    (tmp_path / "wide").write_bytes("marrowstone".encode("utf-16-le"))
    assert len(kept(tmp_path)) == 2


def opened_by_somebody(browser: Browser, profile: Path, address: str) -> tuple[BrowserContext, Page]:
    """A browser with a profile on disk, as a person has one."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    context = browser.browser_type.launch_persistent_context(profile, executable_path=found, args=list(ARGUMENTS))
    window = context.pages[0]
    window.goto(address)
    expect(window.locator("#question textarea")).to_be_visible()
    return context, window


STORED = """async () => {
  const databases = await indexedDB.databases();
  const caches_ = await caches.keys();
  return JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, databases, caches_, location.href, history.state]);
}"""


def test_a_conversation_leaves_no_word_behind(served: Served, browser: Browser, tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    context, window = opened_by_somebody(browser, profile, served.address)
    for message in TALK:
        ask(window, message)
    expect(window.locator("#chat")).to_contain_text("quillwort")
    expect(window.locator(".turn.urgent")).to_have_count(1)
    window.locator(".personal").get_by_role("button", name="Send without these details").click()
    expect(window.locator(".turn.asked").last).to_contain_text("[person A]")
    expect(window.locator(".turn:is(.answer, .abstained, .urgent, .failed)")).to_have_count(len(TALK) + 1)
    reflected(window)
    checked(window)
    window.get_by_role("tab", name="Ask").click()
    window.fill("#question textarea", "an unsent fennelbury")
    assert not [word for word in MARKERS if word in window.evaluate(STORED).lower()]
    if sys.platform == "linux":
        assert any(in_memory(served.process))
    window.goto("about:blank")  # left as a person leaves it; a page whose browser is killed goes two minutes later: see test_sign_in
    context.close()
    assert kept(profile) == []
    assert kept(served.folder) == []
    if sys.platform == "linux":
        forgotten(served)


def forgotten(served: Served) -> None:
    """The server forgets a page that was left, and overwrites what it gives back.

    Within half a minute where the browser could say that the page was left, else when its connection has been lost for GRACE seconds.
    """
    waiting, began = Event(), time.monotonic()
    while time.monotonic() - began < GRACE + 60:
        waiting.wait(5)  # a look takes seconds of its own
        if not any(in_memory(served.process)):  # ends at the first that is found
            return
    pytest.fail(f"still in the server's memory: {list(in_memory(served.process))[:10]}")


def reflected(window: Page) -> None:
    """A guided reflection with the same words, up to a sheet that is not saved, and a page to print."""
    window.get_by_role("tab", name="Reflect").click()
    window.get_by_role("button", name="The 4x4x4 cycle").click()
    window.get_by_label("What happened, and why").fill("The quillwort was seen by Fennelbury, and Mrs Brackenthwaite lets nobody upstairs.")
    window.get_by_role("button", name="Next: Reflection").click()
    window.get_by_role("button", name="Continue without these details").click()
    window.get_by_label("For me").fill("I felt like a marrowstone.")
    trail = window.locator("#reflect .trail")
    for step in ("What we can learn from reviews", "Action"):
        trail.get_by_role("button", name=step).click()
        expect(window.locator("#reflect [aria-current=step]")).to_have_text(step)
    window.get_by_label("What, action 1").fill("Find the zorbeldine")
    trail.get_by_role("button", name="My sheet").click()
    expect(window.get_by_label("Purpose: why this, why now")).to_have_value(re.compile("quillwort"))
    with window.context.expect_page() as printed:
        window.get_by_role("button", name="Open print version").click()
    expect(printed.value.locator("body")).to_contain_text("zorbeldine")
    printed.value.close()
    window.get_by_label("History").fill("An unsaved lovagecombe")


def checked(window: Page) -> None:
    """A text that is checked, pasted and as a file, and what came of it not saved."""
    window.get_by_role("tab", name="Check a text").click()
    window.get_by_label("Paste the text").fill(
        "Fennelbury writes: “the quillwort was seen by the marrowstone father in 2024” (Jory, p. 1)."
    )
    window.get_by_role("button", name="Check this text").click()
    expect(window.locator(".verdicts")).to_contain_text("quillwort")
    window.get_by_role("button", name="Check another text").click()
    words = "“A lovagecombe was asked by brackenthwaite.” (Jory)".encode()
    file: FilePayload = {"name": "zorbeldine.txt", "mimeType": "text/plain", "buffer": words}
    window.set_input_files("[name=check-file]", file)
    expect(window.locator(".verdicts")).to_contain_text("lovagecombe")


def test_two_people_at_once_never_meet(served: Served, browser: Browser, tmp_path: Path) -> None:
    people = [opened_by_somebody(browser, tmp_path / str(n), served.address) for n in range(2)]
    words = ("quillwort", "marrowstone")
    for (_, window), word in zip(people, words, strict=True):  # both are asked before either is answered
        window.fill("#question textarea", f"the {word} father is never there{', says Imogen' * (word == words[1])}")
        window.press("#question textarea", "Enter")
    for (_, window), word in zip(people, words, strict=True):
        expect(window.locator(".turn:is(.answer, .abstained)")).to_have_count(1)
        ask(window, f"what about the {word} then, says Kieran")
        body = window.locator("body").inner_text().lower()
        assert word in body
        assert not set(words) - {word} & set(body.split())
    letters = [window.locator(".turn.asked").last.inner_text() for _, window in people]
    assert "[person A]" in letters[0]  # each conversation has its own letters
    assert "[person B]" in letters[1]
    for context, _ in people:
        context.close()
    assert kept(served.folder) == []


def test_an_error_is_logged_without_what_was_typed(caplog: pytest.LogCaptureFixture) -> None:
    class Failing:
        def reply(self, message: str, *_: object, **__: object) -> Reply:
            raise ValueError(f"could not handle {message!r}")

    with caplog.at_level(logging.DEBUG):
        turn = reply_to(Failing(), "the quillwort fell", [], {})
    assert "ValueError" in caplog.text
    assert "quillwort" not in caplog.text
    assert "not answered" in turn.html
