"""A question may ask after a time: only the briefings of it are drawn on, and what others say is offered where there are none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.assistant import Assistant
from assistant.models.period import Period
from assistant.models.reply import Reply
from assistant.query.periods import period_in
from ingest.pipeline import ingest
from knowledge.briefing import Date
from knowledge.library import Library
from tests.prepared import prepared

TODAY = date(2026, 11, 28)
BRIEFINGS = {
    "tidewell-2019.md": ("Tidewell", "June 2019", "The neglect of the twins was seen by the school and not written down."),
    "tidewell-2023.md": ("Tidewell", "March 2023", "Nobody put the signs of neglect together until the fourth winter."),
    "ashcombe.md": ("Ashcombe", "September 2012", "Workers saw neglect at home and took each visit for the first."),
    "brindle.md": ("Brindle", "", "Neglect was known to the dentist and to nobody else."),
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("periods")
    for name, (place, printed, says) in BRIEFINGS.items():
        dated = f"Date: {printed}\n" if printed else ""
        text = f"# Learning from a review\n\nPublisher: {place} Safeguarding Children Partnership\n{dated}\n## What was found\n\n{says}\n"
        (folder / name).write_text(text, "utf-8")
    library = Library(prepared(folder / "library"))
    assert {result.status for result in ingest(library, [folder / name for name in BRIEFINGS])} == {"added"}
    yield Assistant(library, today=lambda: TODAY)
    library.close()


def documents(reply: Reply) -> set[str]:
    return {citation.quotation.briefing.file_name for citation in reply.citations}


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("What have reviews said about neglect since 2020?", {"tidewell-2023.md"}),
        ("What did reviews say about neglect before 2015?", {"ashcombe.md"}),
        ("What did reviews say about neglect in the last five years?", {"tidewell-2023.md"}),
        ("neglect in the last ten years?", {"tidewell-2019.md", "tidewell-2023.md"}),
        ("What was said about neglect between 2012 and 2019?", {"ashcombe.md", "tidewell-2019.md"}),
        ("What do reviews published in 2012 say about neglect?", {"ashcombe.md"}),
        ("What did Tidewell find in 2023?", {"tidewell-2023.md"}),
        ("What did Tidewell say about neglect?", {"tidewell-2019.md", "tidewell-2023.md"}),
        ("What do reviews say about neglect since July 2019?", {"tidewell-2023.md"}),
        ("What do reviews say about neglect?", set(BRIEFINGS)),
    ],
)
def test_a_time_and_a_place_narrow_what_is_drawn_on(asked: Assistant, question: str, found: set[str]) -> None:
    reply = asked.reply(question)
    assert not reply.abstained, reply.explanation
    assert documents(reply) == found


def test_where_nothing_is_of_the_time_what_others_say_is_near_and_no_answer(asked: Assistant) -> None:
    reply = asked.reply("What have reviews said about neglect since 2024?")
    assert reply.abstained
    assert reply.citations == ()
    assert "2024 or later" in reply.opening
    assert {"tidewell-2019.md", "tidewell-2023.md", "ashcombe.md"} & {c.quotation.briefing.file_name for c in reply.near}


def test_the_working_says_which_time_and_what_it_left_out(asked: Assistant) -> None:
    explanation = asked.reply("What have reviews said about neglect since 2020?").explanation
    assert explanation is not None
    assert dict(explanation.heard)["Only briefings dated"] == "2020 or later"
    assert dict(explanation.left_out)["of a briefing from another time, or without a date"] == 3


def test_a_follow_up_keeps_the_time_until_it_names_another(asked: Assistant) -> None:
    first = "What have reviews said about neglect since 2020?"
    assert documents(asked.reply("and the school?", [first])) <= {"tidewell-2023.md"}
    assert documents(asked.reply("what about before 2015?", [first])) == {"ashcombe.md"}


def test_briefings_of_another_time_are_not_called_silent(asked: Assistant) -> None:
    reply = asked.reply("What do all the briefings since 2018 say about neglect?")
    assert documents(reply) == {"tidewell-2019.md", "tidewell-2023.md"}
    assert reply.silent == ()


@pytest.mark.parametrize(
    "message",
    [
        "Which club was closed in 2014?",
        "What do reviews say about children born before 2010?",
        "How many reviews did Ofsted evaluate between April and September 2010?",
        "What does Working Together 2015 say?",
        "What was said of families in the 1990s?",
    ],
)
def test_a_time_at_which_something_happened_is_no_briefings_date(message: str) -> None:
    assert period_in(message.lower(), TODAY) is None


@given(first=st.dates(date(1990, 1, 1), date(2030, 1, 1)), last=st.dates(date(1990, 1, 1), date(2030, 1, 1)), year=st.integers(1985, 2035))
def test_a_briefing_is_of_a_time_that_holds_any_day_of_its_own(first: date, last: date, year: int) -> None:
    holds = any(first <= day <= last for day in (date(year, 1, 1), date(year, 12, 31))) or (
        first.year == last.year == year and first <= last
    )
    assert Period(first, last).covers(Date(str(year), year)) == (first <= last and (holds or first.year < year < last.year))
