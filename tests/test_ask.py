"""Questions to the starter library, with the real model: what a practitioner, a trainer and a lead would notice."""

from __future__ import annotations

import re

import pytest

from assistant.answering.markdown import as_markdown
from assistant.assistant import Assistant
from assistant.models.reply import Reply
from knowledge.library import Library
from knowledge.themes import themes


def quoted(reply: Reply) -> str:
    return " ".join(citation.quotation.text for citation in reply.citations)


@pytest.mark.parametrize(
    ("question", "carries"),
    [
        ("What do reviews say about chronologies?", r"chronolog"),
        ("mum says all is well but I have not been let past the hallway", r"(?i)disguised compliance|engagement|compliant|access"),
        ("Which reviews mention fathers being left out?", r"father"),
        ("He's three months old and there's a bruise on his ear", r"bruis|injur"),
        ("What is the learning on neglect that builds up over time?", r"neglect|cumulative"),
        ("she keeps missing the hospital appointments", r"appointment"),
        ("we closed it because they would not engage", r"engage|clos"),
        ("start again syndrome", r"(?i)start(?:s|ed|ing)?.again|fresh start"),
        ("what went well in these cases", r"commit|positive|good|helped|valued|recover"),
        ("supervison of staf", r"[Ss]upervis"),
    ],
)
def test_plain_speech_and_the_fields_own_terms_find_what_reviews_print(assistant: Assistant, question: str, carries: str) -> None:
    reply = assistant.reply(question)
    assert not reply.abstained
    assert re.search(carries, " ".join(c.quotation.text for c in reply.citations[:3]))


@pytest.mark.parametrize(
    "question",
    [
        "How do I make a lasagne for six?",
        "What sentence did Nadiya's parents get?",
        "What is the legal test for an emergency protection order?",
        "What do Scottish learning reviews say about neglect?",
        "Which football team won the cup?",
    ],
)
def test_without_evidence_it_says_so_and_quotes_nothing(assistant: Assistant, question: str) -> None:
    reply = assistant.reply(question)
    assert reply.abstained
    assert reply.citations == ()
    assert reply.prompts == ()
    assert as_markdown(reply)


def test_what_a_thing_is_needed_for_does_not_hide_what_is_asked(assistant: Assistant) -> None:
    reply = assistant.reply(
        "Where is professional curiosity mentioned? My portfolio assessor wants a laminated poster by Thursday lunchtime."
    )
    assert not reply.abstained
    assert re.search(r"curio", " ".join(c.quotation.text for c in reply.citations[:3]))


def test_every_quotation_is_a_slice_of_its_page_and_says_where_it_stands(assistant: Assistant, starter_library: Library) -> None:
    for theme in themes():
        reply = assistant.reply(f"What do reviews say about {theme.about}?")
        for citation in reply.citations:
            q = citation.quotation
            assert starter_library.page(q.briefing.id, q.page.number).text[q.start : q.end] == q.text
            assert citation.reference
            assert citation.as_json()["page"] == q.pages[0]


def test_where_the_starter_library_alone_answers_it_says_so_and_nothing_is_shown_as_a_review(assistant: Assistant) -> None:
    reply = assistant.reply("What do reviews say about supervision?")
    said = as_markdown(reply)
    assert reply.citations
    assert said.startswith("We found nothing about this in the published reviews in this library.")
    assert said.count("From our starter library, not a published review") == 1
    assert "> “" not in said


def test_each_theme_is_carried_by_the_starter_library(assistant: Assistant) -> None:
    for theme in themes():
        assert assistant.searcher.tagged(theme), f"no starter passage prints a word of {theme.name}"


def test_three_to_five_questions_to_sit_with_each_raised_by_a_quoted_passage(assistant: Assistant) -> None:
    for message in ("mum says all is well but never lets us upstairs", "What do reviews say about drift in plans?", "GP was not told"):
        reply = assistant.reply(message)
        assert 3 <= len(reply.prompts) <= 5
        assert len({p.question for p in reply.prompts}) == len(reply.prompts)
        assert all(p.citation is not None and 0 <= p.citation < len(reply.citations) for p in reply.prompts)
        assert all(p.question.endswith("?") and p.why for p in reply.prompts)


def test_a_question_is_not_put_twice_in_one_conversation(assistant: Assistant) -> None:
    first = assistant.reply("What do reviews say about disguised compliance?")
    asked = {p.question for p in first.prompts}
    second = assistant.reply("mum agrees with everything and nothing changes", asked=asked)
    assert second.prompts
    assert not asked & {p.question for p in second.prompts}


def test_danger_now_is_answered_first_and_alone(assistant: Assistant) -> None:
    for message in ("he's hitting her right now", "baby won't wake up", "what do reviews say, the baby is not breathing"):
        reply = assistant.reply(message)
        assert reply.notices[0].kind == "urgent"
        assert "999" in reply.notices[0].text
        assert reply.citations == ()
    assert not assistant.reply("What do reviews say about babies who were shaken?").notices


def test_identifying_details_are_noticed_and_masked_and_not_searched_for(assistant: Assistant) -> None:
    reply = assistant.reply(
        "NHS number 999 000 0018, dob 3/4/2015, lives at ZZ99 3VZ, ring 01632 960001 or mum@example.com: what about neglect?"
    )
    assert [n.kind for n in reply.notices] == ["personal_data"]
    assert reply.citations == ()
    for detail in ("999 000 0018", "3/4/2015", "ZZ99 3VZ", "01632 960001", "mum@example.com"):
        assert detail not in reply.masked
    assert assistant.reply(reply.masked).citations


def test_a_decision_about_a_child_is_not_taken(assistant: Assistant) -> None:
    reply = assistant.reply("Should I remove this child tonight?")
    assert reply.abstained
    assert reply.notices


def test_a_follow_up_keeps_the_thread(assistant: Assistant) -> None:
    reply = assistant.reply("what about fathers?", history=["What do reviews say about assessments?"])
    assert not reply.abstained
    assert re.search("father|men\\b", quoted(reply))
    other = assistant.reply("Do any of the others say the same?", history=["What do reviews say about neglect?"])
    assert "neglect" in quoted(other).lower()


def test_asked_of_all_it_names_the_silent_ones(assistant: Assistant, starter_library: Library) -> None:
    reply = assistant.reply("What do all the briefings say about chronologies?")
    speaking = {citation.quotation.briefing.short_name for citation in reply.citations}
    assert speaking.isdisjoint(reply.silent)
    assert len(speaking) + len(reply.silent) == len(starter_library.briefings())


def test_one_case_is_not_told_with_another(assistant: Assistant) -> None:
    reply = assistant.reply("What was found in the Robyn case?")
    assert reply.citations
    assert all("Robyn" in c.quotation.text or "Robyn" in c.heading for c in reply.citations)


def test_somebody_is_the_same_letter_over_a_conversation(assistant: Assistant) -> None:
    names: dict[str, str] = {}
    first = assistant.reply("dad Kieran shouts at his daughter Imogen", names=names)
    later = assistant.reply("Imogen will not look at Kieran", [first.masked], names=names)
    assert first.masked == "dad [person A] shouts at his daughter [child A]"
    assert later.masked == "[child A] will not look at [person A]"
    assert [first.question[d.start : d.end] for d in first.details] == ["Kieran", "Imogen"]
    assert assistant.reply("Imogen will not look at Kieran").masked != later.masked


def test_danger_that_is_over_can_be_reflected_on(assistant: Assistant) -> None:
    message = "He is hitting her right now in the kitchen. What have reviews said about domestic abuse?"
    assert assistant.reply(message).notices[0].kind == "urgent"
    assert "urgent" not in {notice.kind for notice in assistant.reply(message, safe_now=True).notices}


def test_a_danger_with_a_name_goes_on_masked(assistant: Assistant) -> None:
    reply = assistant.reply("Mum Leanne has just taken all her tablets")
    assert reply.notices[0].text.startswith("Call 999")
    assert "Leanne" not in reply.masked


def test_a_message_with_a_name_is_answered_with_how_it_can_be_sent(assistant: Assistant) -> None:
    told = as_markdown(assistant.reply("Mum Leanne says all is well but I was not let in"))
    assert "Without these details: Mum [person A] says all is well" in told
    assert "Leanne" not in told
