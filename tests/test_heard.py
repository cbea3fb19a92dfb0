"""How messages are heard: accounts of one's own practice, follow-ups, and what a question needs to be answered at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.conversation import Assistant
from assistant.shapes import missing


@pytest.mark.parametrize(
    "account",
    [
        "I like them, I want it to go well, am I kidding myself?",
        "duty knocked it back again, I'm fuming, do I swallow it?",
        "months of calling round and hand on heart I couldn't pick the youngest out of a line up",
    ],
)
def test_an_account_is_met_with_what_reviews_have_written(assistant: Assistant, account: str) -> None:
    assert assistant.reply(account).citations


def test_a_message_that_has_nothing_to_do_with_the_field_meets_silence(assistant: Assistant) -> None:
    assert assistant.reply("my laptop won't connect to the printer on the second floor, I have tried twice").abstained


def test_a_subject_is_no_word_whose_meaning_is_asked(assistant: Assistant) -> None:
    assert not assistant.evidence("What are the findings on parental mental health?").question.defines
    assert assistant.evidence("what's disguised compliance").question.defines == ("disguised compliance",)


@pytest.mark.parametrize(
    ("passage", "why"),
    [
        ("Of the 24 reviews some speak of substance misuse.", "no passage gives a share"),
        ("Of the 24 reviews 11 speak of substance misuse.", ""),
        ("Half of the 24 reviews speak of substance misuse.", ""),
    ],
)
def test_a_number_that_the_question_gives_is_not_the_one_it_asks_for(assistant: Assistant, passage: str, why: str) -> None:
    evidence = assistant.evidence("What proportion of the 24 reviews speak of substance misuse?")
    first = evidence.candidates[0]
    stored = replace(first.stored, passage=replace(first.stored.passage, text=passage))
    assert missing(evidence.question, [replace(first, stored=stored)], {stored.id: 1.0}, assistant.library.catalogue.with_word) == why


def test_an_account_with_every_in_it_does_not_ask_every_briefing(assistant: Assistant) -> None:
    reply = assistant.reply("the flat smells of cannabis every time I go round, should I be worried about the children")
    assert reply.citations
    assert not reply.silent
    assert "briefings here speak" not in reply.opening
