"""How messages are heard: accounts of one's own practice, follow-ups, and what a question needs to be answered at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.answering.shapes import missing
from assistant.assistant import Assistant


@pytest.mark.parametrize(
    "account",
    [
        "I like them, I want it to go well, am I kidding myself?",
        "duty knocked it back again, I'm fuming, do I swallow it?",
        "months of calling round and hand on heart I couldn't pick the youngest out of a line up",
        "Four no-shows for his asthma review. The computer writes to mum each time and closes it. Whose job is it to ring?",
        "I drove away glad that no one was in, and I know what that says about me and that dad",
        "Everyone writes that she works well with us. I wrote it too. I have been up those stairs once since spring.",
    ],
)
def test_an_account_is_met_with_what_reviews_have_written(assistant: Assistant, account: str) -> None:
    reply = assistant.reply(account)
    assert reply.citations
    assert 3 <= len(reply.prompts) <= 5


@pytest.mark.parametrize(
    "question",
    [
        "When a family goes out the back as soon as we pull up, what should people have done?",
        "Is there anything about getting a baby's mum ready while she is still carrying, the good and the bad?",
        "Lads of fifteen. Do they get told it is their own doing?",
    ],
)
def test_an_open_question_in_everyday_words_is_answered(assistant: Assistant, question: str) -> None:
    assert assistant.reply(question).citations


def test_an_open_question_of_what_no_review_here_writes_of_meets_silence(assistant: Assistant) -> None:
    assert assistant.reply("Is there anything on drones and plagiarism in sixth forms?").abstained


@pytest.mark.parametrize(
    "message",
    [
        "my laptop won't connect to the printer on the second floor, I have tried twice",
        "could somebody swap my Thursday late for an early, I have to be at the dentist",
        "the dishwasher leaves a white film on the glasses, salt is full",
        "Our lunch club for pensioners goes to the seaside and I want a list of what to take",
    ],
)
def test_a_message_that_has_nothing_to_do_with_the_field_meets_silence(assistant: Assistant, message: str) -> None:
    assert assistant.reply(message).abstained


def test_a_subject_is_no_word_whose_meaning_is_asked(assistant: Assistant) -> None:
    assert not assistant.evidence("What are the findings on parental mental health?").question.defines
    assert assistant.evidence("what's disguised compliance").question.defines == ("disguised compliance",)


@pytest.mark.parametrize(
    ("question", "passage", "why"),
    [
        ("What proportion of the 24 reviews speak of drink?", "Of the 24 reviews some speak of drink.", "no passage gives a share"),
        ("What proportion of the 24 reviews speak of drink?", "Of the 24 reviews 11 speak of drink.", ""),
        ("What proportion of the 24 reviews speak of drink?", "Half of the 24 reviews speak of drink.", ""),
        ("How often should supervision be given?", "Each worker has supervision.", "no passage says how often"),
        ("How often should supervision be given?", "Supervision is given at least once every two weeks.", ""),
        (
            "How many practitioners came?",
            "One review was told to practitioners in a course of days.",
            "no passage gives that number",
        ),
        ("How many practitioners came?", "Some thirty invited practitioners came.", ""),
        ("How many serious case reviews were read?", "The study read 67 national SCRs.", ""),
        ("On what date was the baby hurt?", "The board (2019) wrote that the baby was hurt.", "no passage gives a date"),
        ("On what date was the baby hurt?", "The baby was hurt on 4 May.", ""),
    ],
)
def test_a_question_for_a_number_or_a_date_is_met_by_one_that_answers_it(
    assistant: Assistant, question: str, passage: str, why: str
) -> None:
    evidence = assistant.evidence(question)
    first = evidence.candidates[0]
    stored = replace(first.stored, passage=replace(first.stored.passage, text=passage))
    assert missing(evidence.question, [replace(first, stored=stored)], {stored.id: 1.0}) == why


@pytest.mark.parametrize(
    ("question", "lacking"),
    [
        ("Do reviews say that the Willowmere Care Profile helps with neglect?", True),
        ("What do reviews say that a Designated Safeguarding Lead does about neglect?", False),
        ("What Do Reviews Say About Neglect And Cumulative Harm", False),
    ],
)
def test_what_no_passage_names_is_not_answered_by_what_stands_near(assistant: Assistant, question: str, lacking: bool) -> None:
    reply = assistant.reply(question)
    assert reply.explanation is not None
    assert ("no passage names" in reply.explanation.decision) == lacking
    assert reply.abstained or not lacking


def test_an_account_with_every_in_it_does_not_ask_every_briefing(assistant: Assistant) -> None:
    reply = assistant.reply("the flat smells of cannabis every time I go round, should I be worried about the children")
    assert reply.citations
    assert not reply.silent
    assert "briefings mention" not in reply.opening


def test_the_working_claims_no_theme_as_named_that_an_account_only_fits(assistant: Assistant) -> None:
    explanation = assistant.reply("mum says everything is fine but never lets us upstairs").explanation
    assert explanation is not None
    themes = dict(explanation.heard)["Themes found"]
    assert "(fit " in themes
    assert "(named)" not in themes
