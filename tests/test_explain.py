"""The working of an answer: `reflect explain`, and the fold-out in the page."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from assistant.assistant import Assistant
from assistant.cli.main import commands
from assistant.models.reply import Explanation, Reply
from assistant.page.answer import answered
from ingest.pipeline import expanded, ingest, starter_briefings, steps
from knowledge.library import Library
from tests.prepared import prepared

REVIEW = """# Learning from two reviews: Ash and Birch

Published by the Ashby Safeguarding Children Partnership, 12 March 2021.

## Ash

- Ash's chronology was begun only after the third referral.
- Nobody asked Ash what a day at home was like.

## Birch

- Birch's chronology left out the years in another town.

## Contact

- Telephone the chronology desk on 01632 960000.
"""


@pytest.fixture(scope="module")
def two_cases(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("two-cases")
    (folder / "ashby.md").write_text(REVIEW, "utf-8")
    library = Library(prepared(folder / "library"))
    assert {result.status for result in ingest(library, [folder / "ashby.md"])} == {"added"}
    library.correct("ashby.md", "pseudonyms", "Ash, Birch")
    return library


@pytest.fixture(scope="module")
def of_two_cases(two_cases: Library) -> Assistant:
    return Assistant(two_cases)


def explanation_of(reply: Reply) -> Explanation:
    assert reply.explanation is not None
    return reply.explanation


def test_every_quotation_is_in_the_working_under_its_number(assistant: Assistant) -> None:
    for question in ("What do reviews say about fathers?", "mum says all is well but I have not been let past the hallway"):
        reply = assistant.reply(question)
        working = explanation_of(reply)
        quoted = {seen.quoted: seen for seen in working.seen if seen.quoted is not None}
        assert sorted(quoted) == list(range(len(reply.citations)))
        for place, seen in quoted.items():
            assert reply.citations[place].quotation.text in seen.citation.quotation.text
            assert seen.fate.startswith(f"quoted as [{place + 1}]")
        assert all(seen.fate for seen in working.seen)
        assert working.decision.startswith("Answered")
        assert working.searched == assistant.library.catalogue.passage_count()


def test_ranks_are_those_of_the_two_searches(assistant: Assistant) -> None:
    working = explanation_of(assistant.reply("What do reviews say about chronologies?"))
    (first,) = assistant.library.by_words(["chronologies"], 1)
    at_top = [seen for seen in working.seen if seen.text_rank == 1]
    stored = assistant.library.stored([first[0]])[first[0]]
    assert [(s.citation.quotation.start, s.citation.quotation.text) for s in at_top] == [(stored.passage.start, stored.passage.text)]
    assert any(seen.vector_rank == 1 for seen in working.seen)


def test_what_may_not_serve_is_told_with_its_reason(of_two_cases: Assistant) -> None:
    working = explanation_of(of_two_cases.reply("What was wrong with the chronology in the Ash case?"))
    fates = {seen.citation.quotation.text: seen.fate for seen in working.seen}
    assert fates["Ash's chronology was begun only after the third referral."].startswith("quoted")
    assert fates["Birch's chronology left out the years in another town."] == "left out: about Birch"
    assert "a contact line, which may be out of date" in dict(working.left_out)
    assert dict(working.heard)["Cases named"] == "Ash"


def test_a_silence_says_what_was_looked_at_and_what_was_lacking(assistant: Assistant) -> None:
    reply = assistant.reply("What is the best recipe for a birthday cake with chocolate icing?")
    if reply.explanation is None:  # answered by a guard, before any search
        assert reply.notices
        return
    assert reply.explanation.decision.startswith("Not answered")


def test_a_misspelling_and_a_follow_up_are_told(assistant: Assistant) -> None:
    working = dict(explanation_of(assistant.reply("what about chronolgies?", ["What do reviews say about fathers?"])).heard)
    assert "chronolgies to chronolog" in working["Spelling corrected"]
    assert "fathers" in working["Carried over from your last question"]


def reflect(*arguments: str) -> tuple[int, str]:
    app = commands(steps, starter_briefings, expanded, lambda *_, **__: None)
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output


def test_the_command_prints_the_working(two_cases: Library) -> None:
    code, told = reflect("explain", "What was wrong with the chronology in the Ash case?", "--library", str(two_cases.folder))
    words = " ".join(told.split())
    assert code == 0
    for wanted in ("Cases named", "Ash", "quoted as [1]", "1 about Birch", "Meaning"):
        assert wanted in words


def test_the_command_gives_it_as_json_and_a_guard_says_that_nothing_was_searched(two_cases: Library) -> None:
    folder = str(two_cases.folder)
    _, told = reflect("explain", "What was wrong with the chronology in the Ash case?", "--json", "--library", folder)
    found = json.loads(told)
    first = found["passages"][0]
    assert (first["rank"], first["citation"], first["document"]) == (1, 0, "ashby.md")
    assert {"text_rank", "vector_rank", "covered", "fit", "fate", "page", "quote"} <= set(first)
    code, told = reflect("explain", "He is hitting the baby now", "--json", "--library", folder)
    assert (code, json.loads(told)["passages"], json.loads(told)["notices"][0]["kind"]) == (0, [], "urgent")
    assert "No search was made" in reflect("explain", "He is hitting the baby now", "--library", folder)[1]


def test_earlier_questions_can_be_given(two_cases: Library) -> None:
    _, told = reflect("explain", "and the chronology?", "--after", "Tell me of the Ash case", "--json", "--library", str(two_cases.folder))
    assert json.loads(told)["heard"]["Cases named"] == "Ash"


@settings(max_examples=25, deadline=None)
@given(st.text(min_size=1, max_size=120))
def test_whatever_is_asked_the_working_fits_the_answer(of_two_cases: Assistant, question: str) -> None:
    reply = of_two_cases.reply(question)
    if reply.explanation is None:
        assert reply.notices
        return
    assert reply.abstained == reply.explanation.decision.startswith("Not answered")
    assert len([seen for seen in reply.explanation.seen if seen.quoted is not None]) == len(reply.citations)
    assert "\n" not in answered(reply)


def test_the_page_folds_it_away_below_answer_and_silence(assistant: Assistant) -> None:
    answer = answered(assistant.reply("What do reviews say about fathers?"))
    silence = answered(assistant.reply("How many foster carers did Robyn have?"))
    assert '<details class="how"><summary>How I found these</summary>' in answer
    assert "quoted as [1]" in answer
    assert '<details class="how"><summary>What I looked at</summary>' in silence
    assert "Not answered" in silence
