"""The page over a library that holds nothing yet."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

import app
from ingest.pipeline import steps
from knowledge.library import Library
from tests.page.conftest import Lengths, Scripted, ScriptedGuide
from tests.page.driving import QUIET, violations

pytestmark = QUIET


@pytest.fixture(scope="module")
def empty_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page over a library that holds nothing."""
    from assistant.page import page

    library = Library(tmp_path_factory.mktemp("empty"), Lengths())
    blocks = page(library, Scripted(library), ScriptedGuide(library), steps)
    with pytest.MonkeyPatch.context() as patched:  # other tests' page keeps its own folder
        patched.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("uploads")))
        served = app.open_page(blocks, library)
        yield served.address
    served.close()
    gc.collect()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_empty_library_says_where_to_begin_and_axe_finds_nothing(browser: Browser, empty_address: str, scheme: Any) -> None:
    window = browser.new_page(color_scheme=scheme)
    window.goto(empty_address)
    expect(window.locator("#top .empty")).to_contain_text("The library is empty")
    assert violations(window) == []
    window.get_by_role("button", name="Add briefings").click()
    expect(window.get_by_role("tab", name="Library")).to_have_attribute("aria-selected", "true")
    assert violations(window) == []
    window.close()
