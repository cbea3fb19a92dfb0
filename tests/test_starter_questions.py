"""A hundred questions to the starter library, written before anything was measured on it: what is found, and what is met with silence.

The floors are what was measured when they were set, one question below; raise them when the product gets better.
See questions/README.md for the set.
"""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest

from assistant.assistant import Assistant
from assistant.language.wording import words_of
from assistant.models.reply import Reply

QUESTIONS = [json.loads(line) for line in (Path(__file__).parent / "questions" / "starter.jsonl").read_text("utf-8").splitlines()]
CARRIED = 0.8  # the share of an accepted quotation's words that a citation must print, in order


@pytest.fixture(scope="module")
def replies(assistant: Assistant) -> dict[str, Reply]:
    """The reply to each question."""
    return {q["id"]: assistant.reply(q["question"], q["history"]) for q in QUESTIONS}


def carries(reply: Reply, question: dict[str, Any], first: int) -> bool:
    """Whether one of the first citations prints an accepted quotation of the same briefing."""
    for citation in reply.citations[:first]:
        told = words_of(citation.quotation.text)
        for accepted in question["answers"]:
            wanted = words_of(accepted["quote"])
            same = sum(b.size for b in SequenceMatcher(None, wanted, told, autojunk=False).get_matching_blocks() if b.size > 1)
            if Path(citation.quotation.briefing.file_name).stem == accepted["document"] and same >= CARRIED * len(wanted):
                return True
    return False


def share(kinds: set[str], replies: dict[str, Reply], held: Any) -> float:
    """The share of the questions of these kinds for which `held(reply, question)` is true."""
    asked = [q for q in QUESTIONS if q["kind"] in kinds]
    return sum(bool(held(replies[q["id"]], q)) for q in asked) / len(asked)


ANSWERABLE = {"theme", "paraphrase", "fact", "definition", "case", "followup"}


def test_the_set_has_the_kinds_that_people_ask() -> None:
    assert len({q["id"] for q in QUESTIONS}) == len(QUESTIONS) >= 80
    assert {q["kind"] for q in QUESTIONS} == ANSWERABLE | {"unanswerable", "out_of_scope", "privacy", "urgent"}


@pytest.mark.parametrize(
    ("kinds", "first", "least"),
    [(ANSWERABLE, 1, 0.78), (ANSWERABLE, 5, 0.88), ({"theme"}, 5, 0.88), ({"paraphrase"}, 5, 0.72)],
)
def test_answers_are_among_the_first_quotations(replies: dict[str, Reply], kinds: set[str], first: int, least: float) -> None:
    assert share(kinds, replies, lambda reply, q: carries(reply, q, first)) >= least


def test_questions_with_an_answer_are_answered(replies: dict[str, Reply]) -> None:
    assert share(ANSWERABLE, replies, lambda reply, _: not reply.abstained) >= 0.93


def test_questions_without_an_answer_meet_silence(replies: dict[str, Reply]) -> None:
    assert share({"unanswerable", "out_of_scope"}, replies, lambda reply, _: reply.abstained) >= 0.47


@pytest.mark.parametrize(("kind", "notices"), [("privacy", {"personal_data"}), ("urgent", {"urgent", "today"})])
def test_details_and_danger_are_noticed(replies: dict[str, Reply], kind: str, notices: set[str]) -> None:
    assert share({kind}, replies, lambda reply, _: notices & {n.kind for n in reply.notices}) == 1.0


def test_nothing_else_is_taken_for_details_or_danger(replies: dict[str, Reply]) -> None:
    others = ANSWERABLE | {"unanswerable", "out_of_scope"}
    assert share(others, replies, lambda reply, _: {n.kind for n in reply.notices} & {"urgent", "personal_data"}) <= 0.02
