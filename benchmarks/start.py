"""From the command to a page that can be used and a first answer, ours and a plain Gradio and LangChain app's, in one run.

usage: python -m benchmarks.start [--runs N]

Both serve the starter briefings (some 300 passages), taken in beforehand. A headless browser asks for the page as soon as the
server takes connections; the page is there when its question box can be typed into, the first answer when its text is shown. Memory
is the most that the server's process held up to then. After that, seven more questions: from Enter to the answer in the browser.
Medians of N runs, each with processes of their own.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page, expect, sync_playwright

from knowledge.library import Library
from tests.browser import ARGUMENTS

QUESTION = "What do reviews say about fathers?"
MORE = ("chronologies", "supervision", "bruising in babies", "missed appointments", "drift", "domestic abuse", "older children")
ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120_000  # milliseconds


@dataclass(frozen=True)
class App:
    """How an app is started, where its question box is, and how one of its answers is found."""

    name: str
    command: list[str]
    box: str
    answer: str


@dataclass(frozen=True)
class Figures:
    """Seconds to the page and to the first answer, megabytes, milliseconds of a later answer."""

    page: float
    first: float
    memory: float
    later: float


def measured(browser: Browser, app: App, port: int) -> Figures:
    """Start the app and use it as a person would."""
    began = time.perf_counter()
    server = subprocess.Popen([*app.command, str(port)], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    window = browser.new_page()
    try:
        _opened(window, f"http://127.0.0.1:{port}", app)
        page = time.perf_counter() - began
        _asked(window, app, QUESTION, 1)
        first = time.perf_counter() - began
        process = psutil.Process(server.pid)
        memory = max(_most(p) for p in [process, *process.children(recursive=True)])
        later = []
        for number, topic in enumerate(MORE, 2):
            at = time.perf_counter()
            _asked(window, app, f"What do reviews say about {topic}?", number)
            later.append((time.perf_counter() - at) * 1000)
        return Figures(page, first, memory, statistics.median(later))
    finally:
        window.close()
        server.terminate()
        server.wait(timeout=60)


def _opened(window: Page, address: str, app: App) -> None:
    """The page, as soon as the server takes a connection."""
    host, port = address.removeprefix("http://").split(":")
    while True:
        with suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
            break
    window.goto(address, wait_until="commit")
    expect(window.locator(app.box)).to_be_editable(timeout=PATIENCE)


def _asked(window: Page, app: App, question: str, number: int) -> None:
    window.fill(app.box, question)
    window.press(app.box, "Enter")
    expect(window.locator(app.answer)).to_have_count(number, timeout=PATIENCE)


def _most(process: psutil.Process) -> float:
    """The most memory that a process has held, in MB."""
    status = Path(f"/proc/{process.pid}/status").read_text("utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _told(name: str, runs: Sequence[Figures]) -> str:
    page, first, memory, later = (statistics.median(getattr(run, key) for run in runs) for key in ("page", "first", "memory", "later"))
    return f"{name:6}{page:12.1f}{first:14.1f}{memory:12.0f}{later:14.0f}"


def main() -> None:
    """Fill both libraries, then start both apps in turn."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=3)
    runs = options.parse_args().runs
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        os.environ["REFLECT_LIBRARY"] = str(Path(place) / "library")
        subprocess.run([sys.executable, "app.py", "ingest", "--starter"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        library = Library(Path(place) / "library")
        passages = library.catalogue.passage_count()
        library.close()
        plain = [sys.executable, "-m", "benchmarks.plain_app", str(Path(place) / "chroma")]
        subprocess.run([*plain, "fill"], cwd=ROOT, check=True)
        apps = [
            App("plain", plain, "textarea", ".bot.message"),
            App("ours", [sys.executable, "app.py", "serve", "--port"], "#question textarea", "#chat .turn:is(.answer, .abstained)"),
        ]
        found = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        print(f"{passages} passages; medians of {runs} runs")
        print(f"{'':6}{'page, s':>12}{'answer, s':>14}{'peak MB':>12}{'later, ms':>14}")
        for number, app in enumerate(apps):
            print(_told(app.name, [measured(browser, app, 7871 + 10 * number + run) for run in range(runs)]), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
