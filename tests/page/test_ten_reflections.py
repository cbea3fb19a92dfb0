"""Ten invented accounts of five professions, with the real assistant: from what happened to a sheet that can be handed over."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

import app
from assistant.assistant import Assistant
from assistant.documents.sheet_docx import opened
from assistant.reflection.frameworks import models
from assistant.reflection.guided import Guided
from ingest.pipeline import steps
from knowledge.library import Library
from tests.page.conftest import window_on
from tests.page.driving import QUIET

pytestmark = QUIET
DATA = Path(__file__).parents[1] / "questions" / "reflections.jsonl"
ACCOUNTS: list[dict[str, Any]] = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def real_address(starter_library: Library) -> Iterator[str]:
    """The page with the real assistant over the starter briefings, served."""
    os.environ.update(app.QUIET)
    from assistant.page import page

    assistant = Assistant(starter_library)
    assistant.warm()
    blocks = page(starter_library, assistant, Guided(assistant), steps)
    served = app.open_page(blocks)
    yield served.address
    served.close()
    gc.collect()


def reflected(window: Page, account: dict[str, Any]) -> list[str]:
    """Take an account through its way, to the sheet; returns the questions that were put."""
    model = models().model(account["model"])
    window.get_by_role("tab", name="Reflect").click()
    window.get_by_role("button", name=model.name).click()
    asked: list[str] = []
    for step in model.steps:
        expect(window.locator("#reflect h2")).to_have_text(step.ask)
        asked += window.locator("#reflect .questions li:not(.always) .question").all_inner_texts()
        for field in step.fields:
            window.get_by_label(field.label).fill(account["texts"].get(field.fills, ""))
        if step.actions:
            for key, text in zip(("What", "Who", "By when"), account["action"], strict=True):
                window.get_by_label(f"{key}, action 1").fill(text)
        window.locator("#reflect .moves .action").click()
        expect(window.locator("#reflect :is(.danger, .personal)")).to_have_count(0)
    expect(window.locator("#reflect h2")).to_have_text("My sheet")
    return asked


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: f"{account['profession']}, {account['model']}")
def test_an_account_becomes_a_sheet(
    profile: BrowserContext, real_address: str, starter_library: Library, tmp_path: Path, account: dict[str, Any]
) -> None:
    with window_on(profile, real_address) as window:
        asked = reflected(window, account)
        with window.expect_download() as download:
            window.get_by_role("button", name="Save as a Word file").click()
        download.value.save_as(tmp_path / "sheet.docx")
    sheet = opened((tmp_path / "sheet.docx").read_bytes(), starter_library)
    assert sheet.texts == account["texts"]
    assert [[a.what, a.who, a.by] for a in sheet.actions] == [account["action"]]
    assert sheet.lost == ()
    assert 2 <= len(sheet.kept) <= 3
    assert any(one.challenges for one in sheet.kept)
    assert len(asked) >= 4
    assert len(set(asked)) == len(asked)


def test_there_are_two_accounts_for_each_of_five_professions() -> None:
    professions = [account["profession"] for account in ACCOUNTS]
    assert len(set(professions)) == 5
    assert {professions.count(one) for one in professions} == {2}
