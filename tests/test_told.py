"""What stands beside a quotation: whose figures they are, and how surely an account was heard."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.answering.markdown import as_markdown
from assistant.assistant import Assistant
from assistant.page.answer import answered
from ingest.pipeline import ingest
from knowledge.library import Library
from tests.prepared import prepared

HEADING = "In 2015 the inspectorate read forty reviews of harm to babies and small children from every region, and found:"
REVIEW = f"""# What the inspectorate found about babies

{HEADING}

- In sixteen of them nobody had met the father.
- In nine of them the father was met once.
"""


@pytest.fixture
def library(tmp_path: Path) -> Library:
    (tmp_path / "found.md").write_text(REVIEW, "utf-8")
    library = Library(prepared(tmp_path / "library"))
    assert {result.status for result in ingest(library, [tmp_path / "found.md"])} == {"added"}
    return library


def test_a_figure_is_shown_under_the_heading_that_says_whose_it_is_and_once_for_its_list(library: Library) -> None:
    reply = Assistant(library).reply("In how many reviews had nobody met the father?")
    figures = [c for c in reply.citations if "of them" in c.quotation.text]
    assert len(figures) == 2
    assert as_markdown(reply).count("under “In 2015 the inspectorate read forty reviews") == 1
    assert answered(reply).count("under “In 2015 the inspectorate read forty reviews") == 1


def test_a_long_heading_is_cut_at_a_word(library: Library) -> None:
    reply = Assistant(library).reply("In how many reviews had nobody met the father?")
    under = next(c.under for c in reply.citations if "of them" in c.quotation.text)
    assert under == HEADING or (under.endswith(" …") and HEADING.startswith(under.removesuffix(" …") + " "))


def test_an_account_heard_from_far_off_is_told_as_such(assistant: Assistant) -> None:
    near = assistant.reply("mum says everything is fine but never lets us upstairs")
    assert "They describe similar situations:" in near.opening
    far = assistant.reply("duty knocked it back again, I'm fuming, do I swallow it?")
    assert "They describe situations that may be similar:" in far.opening
