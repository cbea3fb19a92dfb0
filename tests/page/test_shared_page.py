"""A shared page: people sign in, readers read, editors change the library; files are handed to those who signed in alone."""

from __future__ import annotations

import gc
import os
import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

import app
from assistant.accounts import Accounts, put_user
from ingest.pipeline import ingest, starter_briefings, steps
from ingest.text_to_check import paragraphs_of
from knowledge.library import Library
from knowledge.security_log import SecurityLog
from tests.page.conftest import Lengths, Scripted, ScriptedGuide
from tests.page.driving import HOSTILE, PATIENCE, QUIET, ask, runs_off, violations

pytestmark = QUIET
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PASSWORD = "harbour lantern seven"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library that these tests change."""
    library = Library(tmp_path_factory.mktemp("shared"), Lengths())
    assert {r.status for r in ingest(library, starter_briefings()[:3], starter=True)} == {"added"}
    return library


@pytest.fixture(scope="module")
def shared_address(shelf: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    os.environ.update(app.QUIET)
    from assistant.page import page
    from assistant.page.check_tab import Checking
    from assistant.serving import Serving

    file = tmp_path_factory.mktemp("people") / "people.toml"
    put_user(file, "worker", "reader", PASSWORD)
    put_user(file, "lead", "editor", PASSWORD)
    accounts = Accounts(file)
    log = SecurityLog(file.with_name("security.log"))
    checking = Checking(shelf, paragraphs_of)
    blocks = page(shelf, Scripted(shelf), ScriptedGuide(shelf), steps, accounts=accounts, log=log, checking=checking)
    with pytest.MonkeyPatch.context() as patched:  # other tests' page keeps its own folder
        patched.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("uploads")))
        served = app.open_page(blocks, shelf, Serving(accounts=accounts, log=log))
        yield served.address
    served.close()
    log.close()
    gc.collect()


def signed_in(browser: Browser, address: str, name: str, password: str = PASSWORD) -> Page:
    window = browser.new_context(viewport={"width": 1280, "height": 860}).new_page()
    window.set_default_timeout(PATIENCE)
    window.goto(address)
    window.get_by_label("Name").fill(name)
    window.get_by_label("Password").fill(password)
    window.get_by_role("button", name="Sign in").click()
    return window


def faults(window: Page) -> list[str]:
    """What axe finds in either scheme."""
    found = []
    for scheme in SCHEMES:
        window.emulate_media(color_scheme=scheme)
        found += violations(window)
    return found


def library_tab(window: Page) -> Page:
    window.get_by_role("tab", name="Library").click()
    expect(window.locator(".shelf li").first).to_be_visible()
    return window


def test_nobody_comes_in_without_the_password(browser: Browser, shared_address: str, shelf: Library) -> None:
    window = signed_in(browser, shared_address, "lead", "a guess")
    expect(window.locator("#question")).to_have_count(0)
    expect(window.get_by_label("Name")).to_be_visible()
    window.context.close()
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"{shared_address}files/{shelf.briefings()[0].id}")


def test_the_sign_in_page_is_told_well_and_runs_nothing(browser: Browser, shared_address: str) -> None:
    window = browser.new_page(viewport={"width": 320, "height": 256})
    told = window.goto(shared_address)
    assert told is not None
    assert "content-security-policy" in told.headers
    expect(window).to_have_title(re.compile("Sign in"))
    assert faults(window) == []
    window.keyboard.type(HOSTILE)  # the name has the focus
    window.keyboard.press("Tab")
    window.keyboard.type(HOSTILE)
    window.keyboard.press("Enter")
    expect(window.get_by_role("alert")).to_contain_text("Name or password is incorrect")
    assert window.evaluate("window.struck") is None
    assert faults(window) == []
    assert runs_off(window) <= 0
    window.close()


def test_the_password_page_says_what_is_wrong_and_leads_back(browser: Browser, shared_address: str) -> None:
    window = signed_in(browser, shared_address, "worker")
    window.get_by_role("link", name="Change password").click()
    expect(window).to_have_title(re.compile("Change password"))
    for label, typed in (("Current password", PASSWORD), ("New password", "one"), ("Repeat new password", "another")):
        window.get_by_label(label, exact=True).fill(typed)
    window.get_by_role("button", name="Change password").click()
    expect(window.get_by_role("alert")).to_contain_text("The two new passwords differ")
    assert faults(window) == []
    assert runs_off(window) <= 0
    window.get_by_role("link", name="Back to the page").click()
    expect(window.locator("#question textarea")).to_be_visible()
    window.context.close()


def test_who_signs_out_is_out(browser: Browser, shared_address: str) -> None:
    window = signed_in(browser, shared_address, "worker")
    expect(window.locator("#top .who")).to_contain_text("worker")
    window.get_by_role("button", name="Sign out").click()
    expect(window.get_by_label("Password")).to_be_visible()
    window.goto(shared_address)
    expect(window.get_by_label("Password")).to_be_visible()
    window.context.close()


def check_a_file(window: Page) -> None:
    """Anybody who is signed in may have a text checked."""
    window.get_by_role("tab", name="Check a text").click()
    text = "“Nobody in the county kept a register of puppies and of kittens.”".encode()
    window.set_input_files("[name=check-file]", {"name": "a.txt", "mimeType": "text/plain", "buffer": text})
    expect(window.locator("#check .sum")).to_have_text("1 quotation: 0 are quoted correctly, 1 is not.")


def test_a_reader_asks_checks_a_text_and_changes_nothing(browser: Browser, shared_address: str, shelf: Library) -> None:
    window = signed_in(browser, shared_address, "worker")
    expect(window.locator("#question textarea")).to_be_visible()
    ask(window, "What about fathers?")
    check_a_file(window)
    assert window.request.get(f"{shared_address}files/{shelf.briefings()[0].id}").status == 200
    library_tab(window)
    expect(window.get_by_text("ask someone who can edit this library")).to_be_visible()
    expect(window.locator("#upload")).to_be_hidden()
    expect(window.locator(".withdraw")).to_have_count(0)
    window.evaluate("id => window.shelving.change({does: 'withdraw', briefing: id, why: 'mischief'})", shelf.briefings()[0].id)
    expect(window.locator("#results")).to_contain_text("ask someone who can edit")
    assert [b for b in shelf.briefings() if b.withdrawn] == []
    window.context.close()


def test_an_editor_withdraws_with_a_reason_and_restores(browser: Browser, shared_address: str, shelf: Library) -> None:
    window = library_tab(signed_in(browser, shared_address, "lead"))
    expect(window.locator("#upload")).to_be_visible()
    first = window.locator(".shelf li").first
    first.locator("summary", has_text="Withdraw").click()
    first.get_by_label("Reason").fill("<b>a newer one is out</b>")
    first.get_by_role("button", name="Withdraw it").click()
    expect(window.locator("#results")).to_contain_text("is not used in answers")
    expect(window.locator(".shelf .withdrawn")).to_contain_text("by lead: <b>a newer one is out</b>")
    assert len([b for b in shelf.briefings() if b.withdrawn]) == 1
    window.get_by_role("button", name="Restore").click()
    expect(window.locator("#results")).to_contain_text("will be used in answers again")
    assert [b for b in shelf.briefings() if b.withdrawn] == []
    check_a_file(window)
    window.context.close()


def test_an_editor_adds_a_file(browser: Browser, shared_address: str, shelf: Library, tmp_path: Path) -> None:
    shutil.copy(starter_briefings()[5], tmp_path / "new.pdf")
    window = library_tab(signed_in(browser, shared_address, "lead"))
    window.set_input_files("#upload input[type=file]", tmp_path / "new.pdf")
    expect(window.locator("#results")).to_contain_text("has been added")
    assert shelf.briefing("new.pdf").file_name == "new.pdf"
    window.context.close()
