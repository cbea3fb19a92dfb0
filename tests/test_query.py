"""A message becomes a question: its words as the library writes them, whom and what it asks of, and what it takes from the ones before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from assistant.models.question import Question
from assistant.query.parse import understand
from assistant.query.vocabulary import Vocabulary
from knowledge.briefing import Briefing, Details

TODAY = date(2026, 11, 28)
TEXTS = (
    "The well-being of the twins was written about, and neither of them was asked.",
    "Supervision was cancelled five times while the chronology grew.",
    "The paediatrician explained the bruise to the father and to the health visitor.",
    "Disguised compliance was taken for engagement.",
)
BRIEFINGS = tuple(
    Briefing(
        name, f"{name}.pdf", "0" * 64, Details(publisher=f"{place} Safeguarding Children Board", short_name=place, pseudonyms=(case,)), True
    )
    for name, place, case in (("ash", "Ashcombe", "Bryony"), ("tide", "Tidewell", "Corin"))
)
VOCABULARY = Vocabulary(TEXTS, lambda phrase: sum(phrase in text.lower() for text in TEXTS))


def asked(message: str, history: Sequence[str] = ()) -> Question:
    return understand(message, history, BRIEFINGS, VOCABULARY, TODAY)


@pytest.mark.parametrize(
    ("message", "terms"),
    [
        ("What do reviews say about supervision?", ("supervision",)),
        ("supervison and the cronology", ("supervision", "chronology")),
        ("Is there anything on wellbeing?", ("well-being",)),
        ("Is there anything on a pediatrician?", ("paediatrician",)),
    ],
)
def test_the_words_asked_for_are_those_the_library_writes_without_what_frames_them(message: str, terms: tuple[str, ...]) -> None:
    assert asked(message).terms == terms


def test_a_misspelt_word_is_told_with_what_is_searched_for_in_its_place() -> None:
    assert asked("what about supervison").mended == (("supervison", "supervision"),)
    assert asked("what about supervision").mended == ()


def test_a_place_and_a_case_are_asked_of_and_not_searched_for() -> None:
    question = asked("What did Tidewell find about the bruise?")
    assert (question.scope, question.cases) == (("tide",), ())
    assert "bruise" in question.terms
    assert "tidewell" not in question.terms
    assert asked("What was known of Bryony's bruise?").cases == ("Bryony",)
    assert not asked("Was the bruise known to the health visitor?").narrow


def test_a_period_is_read_and_taken_out_of_the_words() -> None:
    question = asked("What have reviews said about supervision since 2020?")
    assert question.period
    assert question.period.first == date(2020, 1, 1)
    assert question.terms == ("supervision",)


def test_what_a_masked_detail_stands_for_is_not_searched_for() -> None:
    assert asked("What about supervision for [person A] at [address]?").terms == ("supervision",)


def test_a_follow_up_keeps_the_thread_and_says_what_it_adds() -> None:
    question = asked("and what about the father?", ["What do reviews say about supervision?"])
    assert set(question.terms) == {"supervision", "father"}
    assert question.fresh == ("father",)
    assert question.carried == "supervision"


def test_a_new_question_drops_the_thread() -> None:
    question = asked("What do reviews say about the chronology?", ["What do reviews say about supervision?"])
    assert (question.terms, question.carried) == (("chronology",), "")


def test_what_somebody_tells_is_an_account_and_what_somebody_asks_is_none() -> None:
    assert asked("I have been up those stairs once since spring and I did not ask about the father").account
    assert not asked("Which reviews mention fathers?").account
