"""Questions to sit with, on accounts that were labelled before the code was tuned on them (see questions/README.md)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.answering.prompts import ALIKE, moment_of
from assistant.assistant import Assistant
from assistant.language.sentence_vectors import SentenceVectors
from assistant.models.reply import Reply
from knowledge.embedding import SentenceEmbedder
from knowledge.themes import MOMENTS, theme, themes

ACCOUNTS = [json.loads(line) for line in (Path(__file__).parent / "questions" / "accounts.jsonl").read_text("utf-8").splitlines()]
PATIENT = "Mum agrees to everything in the plan and nothing has been done when I go back"


@pytest.fixture(scope="module")
def replies(assistant: Assistant) -> list[Reply]:
    return [assistant.reply(one["account"]) for one in ACCOUNTS]


def test_the_accounts_cover_every_theme_and_five_professions() -> None:
    assert len({one["account"] for one in ACCOUNTS}) >= 50
    assert len({one["profession"] for one in ACCOUNTS}) >= 5
    assert {name for one in ACCOUNTS for name in one["themes"]} == {one.id for one in themes() if not one.strength}


def test_the_first_three_questions_fit_the_account(replies: list[Reply]) -> None:
    fits = [
        len(reply.prompts) >= 3 and all(p.theme in one["themes"] for p in reply.prompts[:3])
        for one, reply in zip(ACCOUNTS, replies, strict=True)
    ]
    assert sum(fits) / len(fits) >= 0.92


def test_each_question_says_why_and_what_raised_it(replies: list[Reply]) -> None:
    for reply in replies:
        assert 3 <= len(reply.prompts) <= 5
        for prompt in reply.prompts:
            assert prompt.question in {q.ask for q in theme(prompt.theme).questions}
            assert prompt.why
            assert prompt.citation is not None
            assert 0 <= prompt.citation < len(reply.citations)


def test_no_thought_comes_twice_in_a_conversation(assistant: Assistant, embedder: SentenceEmbedder) -> None:
    said: list[str] = []
    for _ in range(4):
        prompts = assistant.reply(PATIENT, asked=set(said)).prompts
        assert len(prompts) >= 3
        said += [prompt.question for prompt in prompts]
    assert len(set(said)) == len(said) >= 12
    vectors = SentenceVectors(embedder).of(said)
    assert max((vectors[i] @ vectors[j]) for i in range(len(said)) for j in range(i)) < ALIKE


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_moment_that_is_chosen_comes_first(assistant: Assistant, moment: str) -> None:
    first = assistant.reply(PATIENT, moment=moment).prompts[0]
    fits = {q.ask: q.moments for q in theme(first.theme).questions}
    assert moment in fits[first.question] or not any(moment in moments for moments in fits.values())


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("I'm seeing them tomorrow and I am nervous", "before a visit"),
        ("Just been to the house, the curtains were shut", "after a visit"),
        ("I have to take this into supervision", "supervision"),
        ("Our team cannot agree about this family", "team"),
        ("Mum says all is well", ""),
    ],
)
def test_the_moment_is_heard(text: str, moment: str) -> None:
    assert moment_of(text) == moment


def test_moments_are_heard_in_accounts() -> None:
    assert sum(moment_of(one["account"]) == one["moment"] for one in ACCOUNTS) / len(ACCOUNTS) >= 0.85
