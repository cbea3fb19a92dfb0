"""The trainer's tab, in the browser: from opening the page to the ZIP, with edits on the way, and for everybody."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

import app
from assistant.assistant import Assistant
from knowledge.library import Library
from tests.page.conftest import Scripted, ScriptedGuide, window_on
from tests.page.driving import QUIET, runs_off, violations

pytestmark = QUIET
STAGES = "#session section[aria-labelledby]"


@pytest.fixture(scope="module")
def prepared_page(starter_library: Library, assistant: Scripted, library: Library) -> Iterator[str]:
    """The page with the trainer's tab over the starter library, judged by the real model."""
    os.environ.update(app.QUIET)
    from assistant.packs.desk import Desk
    from assistant.page import page
    from assistant.page.session_tab import Preparing
    from ingest.pipeline import steps
    from knowledge.settings import Settings

    preparing = Preparing(Desk(Assistant(starter_library)), Settings(), lambda _: None)
    blocks = page(starter_library, assistant, ScriptedGuide(library), steps, preparing=preparing)
    served = app.open_page(blocks, starter_library)
    yield served.address
    served.close()


@pytest.fixture
def window(profile: BrowserContext, prepared_page: str) -> Iterator[Page]:
    with window_on(profile, prepared_page) as opened:
        yield opened


def test_a_newcomer_makes_a_pack_changes_it_and_opens_it_again(window: Page, tmp_path: Path) -> None:
    window.click('[data-tab-id="session-tab"]')  # action 1
    expect(window.locator("#session-form")).to_be_visible()
    assert violations(window) == []
    corin = next(text for text in window.locator("#session-choice option").all_text_contents() if text.startswith("Corin"))
    window.select_option("#session-choice", label=corin)  # 2
    window.select_option("#session-audience", "schools")  # 3
    window.select_option("#session-length", "60")  # 4
    window.click("[name=session-build]")  # 5
    expect(window.locator(STAGES).first).to_be_visible()
    assert violations(window) == []
    before = window.locator(STAGES).count()

    window.fill("#ask-1", "Who could have asked Corin?")  # 6
    window.locator("summary", has_text="Change stage 2").click()  # 7
    window.locator("button", has_text="Leave out: Stage 2").click()  # 8
    expect(window.locator(STAGES)).to_have_count(before - 1)
    expect(window.locator("#ask-1")).to_have_value("Who could have asked Corin?")

    with window.expect_download() as saved:
        window.click('[name=session-take][value=""]')  # 9; the issue allows 12
    path = tmp_path / "session.zip"
    saved.value.save_as(path)
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        assert len(archive.namelist()) == 13
        assert "Who could have asked Corin?" in archive.read("pack.json").decode()

    window.click("#session [name=session-start]")
    window.set_input_files("#session-file", path)
    expect(window.locator(STAGES)).to_have_count(before - 1)
    expect(window.locator("#ask-1")).to_have_value("Who could have asked Corin?")
    window.set_viewport_size({"width": 390, "height": 800})
    assert runs_off(window) <= 0


def test_a_pack_is_made_again_for_another_group_and_taken_without_pdf_where_none_can_be_made(window: Page, tmp_path: Path) -> None:
    window.click('[data-tab-id="session-tab"]')
    expect(window.locator("#session-form")).to_be_visible()
    window.select_option("#session-length", "60")
    window.click("[name=session-build]")
    expect(window.locator(STAGES).first).to_be_visible()
    before = window.locator(STAGES).count()
    window.fill("#session-title", "Thursday")
    window.fill("#ask-1", "Who could have asked?")
    window.select_option("#again-audience", "health")
    window.select_option("#again-length", "180")
    window.click("#session-again button")
    expect(window.locator("#session .opening-line")).to_contain_text("3 hours")
    assert window.locator(STAGES).count() > before
    expect(window.locator("#session h2")).to_have_text("Thursday")
    expect(window.locator("#ask-1")).to_have_value("Who could have asked?")
    expect(window.locator("#again-audience")).to_have_value("health")

    window.check("#session-pdf")
    with window.expect_download() as saved:
        window.click('[name=session-take][value=""]')
    expect(window.locator("#session .told")).to_contain_text("LibreOffice, which makes them, was not found on this computer.")
    path = tmp_path / "session.zip"
    saved.value.save_as(path)
    assert len(zipfile.ZipFile(path).namelist()) == 13

    window.fill("#session-title", "For Aaliyah Nosuchname")
    window.click("#session-again button")
    expect(window.locator("#session .told")).to_contain_text("Write it without that.")


def test_what_cannot_be_done_is_said_in_the_tab(window: Page, tmp_path: Path) -> None:
    window.click('[data-tab-id="session-tab"]')
    expect(window.locator("#session-form")).to_be_visible()
    path = tmp_path / "no-pack.zip"
    path.write_bytes(b"PK no pack")
    window.set_input_files("#session-file", path)
    expect(window.locator("#session .told")).to_contain_text("This file cannot be opened as a pack.")
