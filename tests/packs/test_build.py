"""A pack is built of one case in the order of events, cut at sentences only, and changed by the trainer."""

from __future__ import annotations

import calendar
import re
from dataclasses import replace
from itertools import pairwise

import pytest

from assistant.packs import edit
from assistant.packs.build import build
from assistant.packs.desk import Desk
from assistant.packs.holdings import choose_case, choose_document, choose_theme, heat_map, held_cases, held_themes
from assistant.packs.pack import Pack, PackError
from assistant.packs.plan import plan_of
from assistant.packs.when import when_of

MONTHS = "|".join(calendar.month_name[1:])


def test_what_the_library_holds_is_shown(desk: Desk) -> None:
    cases = {case.name: case for case in held_cases(desk)}
    assert {"Tamsin", "Iolo", "Bryony", "Corin", "Jory", "Linnet", "Selam", "Zaki"} <= set(cases)
    assert next(iter(cases)) in ("Iolo", "Tamsin")  # published ones first
    assert cases["Bryony"].pages == 4
    assert held_themes(desk)
    chart = heat_map(desk)
    assert {len(row) for row in chart.counts} == {len(chart.columns)}
    assert "2026" in chart.columns


def test_a_case_is_told_in_the_order_of_events_and_no_other_is_mixed_in(pack: Pack, fictional: Pack) -> None:
    told = [(when.year, when.month) for stage in pack.stages if (when := when_of(stage.extract.when, stage.extract.when))]
    assert told == sorted(told)
    assert told[0] == (2017, 3)  # the second paragraph of the paper is the earliest event
    assert {one.case for one in pack.extracts if one.briefing.file_name == "two-cases.md"} == {"Tamsin"}
    assert "Iolo" not in " ".join(line for one in pack.extracts for line in one.lines)
    others = ("Corin", "Jory", "Linnet", "Selam", "Zaki", "Tamsin", "Iolo")
    assert not [name for name in others if name in " ".join(line for one in fictional.extracts for line in one.lines)]


def test_no_date_of_a_stage_lies_outside_its_heading(desk: Desk, pack: Pack, fictional: Pack) -> None:
    iolo = build(desk, choose_case(desk, "Iolo"))
    headings = [stage.extract.when for stage in iolo.stages if "he wrote again" in " ".join(stage.extract.lines)]
    assert len(headings) == 1
    assert headings[0].endswith(" to 2018")
    checked = 0
    for stage in (*pack.stages, *fictional.stages, *iolo.stages):
        words = " ".join(stage.extract.lines).replace("Working Together 2015", "")
        heading = days(stage.extract.when)
        for first, last in days(words):
            assert min(opens for opens, _ in heading) <= first, (stage.extract.when, words)
            assert last <= max(closes for _, closes in heading), (stage.extract.when, words)
            checked += 1
    assert checked > 8


def days(text: str) -> list[tuple[tuple[int, int, int], tuple[int, int, int]]]:
    """The first and the last day that each date in a text may mean; in "March to July 2014" both months are of that year."""
    text = re.sub(rf"({MONTHS})(?= (?:to|and) (?:\d+ )?(?:{MONTHS}) ((?:19|20)\d\d))", r"\1 \2", text)
    found = re.findall(rf"(?:(\d\d?) )?(?:({MONTHS}) )?((?:19|20)\d\d)", text)
    dates = [(int(year), list(calendar.month_name).index(month), int(day or 0)) for day, month, year in found]
    return [((year, month or 1, day or 1), (year, month or 12, day or 31)) for year, month, day in dates]


def test_a_stage_that_is_shortened_is_headed_by_what_is_left(desk: Desk) -> None:
    iolo = build(desk, choose_case(desk, "Iolo"))
    stage = next(stage for stage in iolo.stages if "2018" in " ".join(stage.extract.lines))
    last = next(n for n, one in enumerate(stage.extract.sentences) if "he wrote again" in one.text)
    shorter = edit.shorten(iolo, stage.key, last, last)
    assert next(one for one in shorter.stages if one.key == stage.key).extract.when == "2018"


def test_findings_strengths_and_advice_are_kept_from_the_story(pack: Pack) -> None:
    story = " ".join(line for stage in pack.stages for line in stage.extract.lines)
    assert "grandmother telephoned" in story
    assert any("put together by neither" in " ".join(one.lines) for one in pack.found)
    assert any("neighbour" in " ".join(one.lines) for one in pack.helped)
    assert any("should make sure" in " ".join(one.lines) for one in pack.advice)
    assert "put together by neither" not in story
    assert pack.elsewhere
    assert {one.briefing.file_name for one in pack.elsewhere} == {"another.md"}  # published papers before the starter library


def test_each_stop_has_one_or_two_questions_and_none_is_asked_twice(pack: Pack, fictional: Pack) -> None:
    for made in (pack, fictional):
        assert {len(stage.asks) for stage in made.stages} <= {1, 2}
        asked = [ask.question for stage in made.stages for ask in stage.asks]
        assert len(asked) == len(set(asked))
        assert all(question.endswith("?") for question in asked)


def test_the_broken_arm_is_marked_and_the_telephone_call_is_not(pack: Pack) -> None:
    marks = {" ".join(stage.extract.lines): stage.extract.distressing for stage in pack.stages}
    assert [mark for text, mark in marks.items() if "broken arm" in text] == [True]


def test_an_extract_is_shortened_at_sentences_only(fictional: Pack) -> None:
    stage = max(fictional.stages, key=lambda one: len(one.extract.sentences))
    shorter = edit.shorten(fictional, stage.key, 1, 2)
    shown = next(one for one in shorter.stages if one.key == stage.key).extract
    assert " ".join(shown.lines) == " ".join(" ".join(s.text.split()) for s in stage.extract.sentences[1:3])
    assert shown.shortened
    for citation in shown.citations:
        assert citation.quotation.page.text[citation.quotation.start : citation.quotation.end] == citation.quotation.text
    with pytest.raises(PackError, match="cannot be shown"):
        edit.shorten(fictional, stage.key, 0, 99)


def test_stages_are_moved_dropped_replaced_and_asked(desk: Desk, fictional: Pack) -> None:
    keys = [stage.key for stage in fictional.stages]
    moved = edit.move(fictional, keys[2], 0)
    assert [stage.key for stage in moved.stages] == [keys[2], keys[0], keys[1], *keys[3:]]
    dropped = edit.drop(moved, keys[0])
    assert keys[0] not in [stage.key for stage in dropped.stages]
    assert keys[0] in [stage.key for stage in dropped.spare]
    back = edit.put_in(desk, dropped, keys[0], 0)
    assert back.stages[0].key == keys[0]
    other = fictional.spare[0].key
    instead = edit.put_instead(desk, fictional, keys[1], other)
    assert [stage.key for stage in instead.stages] == [keys[0], other, *keys[2:]]
    assert instead.stages[1].asks
    asked = edit.ask(desk, fictional, keys[0], ["Who could have asked?", " "])
    assert [(ask.question, ask.own) for ask in asked.stages[0].asks] == [("Who could have asked?", True)]
    one = fictional
    for key in keys[1:]:
        one = edit.drop(one, key)
    with pytest.raises(PackError, match="one stage at least"):
        edit.drop(one, keys[0])


def test_a_pack_made_again_keeps_the_edits(desk: Desk, fictional: Pack) -> None:
    keys = [stage.key for stage in fictional.stages]
    edited = edit.ask(desk, edit.drop(edit.retitle(desk, fictional, "Thursday"), keys[1]), keys[-1], ["Who could have asked?"])
    edited = edit.shorten(edited, keys[0], 0, 0)
    shorter = edit.made_again(desk, edited, audience="health", minutes=30)
    assert (shorter.title, shorter.audience, shorter.minutes) == ("Thursday", "health", 30)
    assert len(shorter.stages) < len(edited.stages)
    assert shorter.stages[-1].asks[0].question == "Who could have asked?"  # what the trainer wrote for stays
    longer = edit.made_again(desk, shorter, minutes=180)
    told = [stage.key for stage in longer.stages]
    assert told == [key for key in keys if key != keys[1]]  # in the order of the story, without what was left out
    assert next(stage for stage in longer.stages if stage.key == keys[0]).extract.end == 0
    assert next(stage for stage in longer.stages if stage.key == keys[-1]).asks[0].question == "Who could have asked?"
    asked = [ask.question for stage in longer.stages for ask in stage.asks]
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("minutes", [30, 45, 90, 120, 360])
def test_the_plan_takes_the_whole_time(fictional: Pack, minutes: int) -> None:
    plan = plan_of(replace(fictional, minutes=minutes))
    assert sum(part.minutes for part in plan) == minutes
    assert all(part.minutes > 0 for part in plan)
    assert all(before.begins + before.minutes == after.begins for before, after in pairwise(plan))


def test_a_theme_is_told_by_the_boards_and_a_document_by_its_pieces(desk: Desk) -> None:
    theme = build(desk, choose_theme("Unseen men"))
    assert len(theme.stages) >= 2
    assert theme.stages[0].asks[0].theme == "unseen-men"
    document = build(desk, choose_document(desk, "learning-babies.pdf"))
    assert {stage.extract.briefing.file_name for stage in document.stages} == {"learning-babies.pdf"}


def test_what_cannot_be_built_is_said_in_a_sentence(desk: Desk) -> None:
    with pytest.raises(PackError, match="Did you mean Tamsin"):
        choose_case(desk, "Tamsyn")
    with pytest.raises(PackError, match="no theme called"):
        choose_theme("rain")
    with pytest.raises(PackError, match="between 30 and 420 minutes"):
        build(desk, choose_case(desk, "Tamsin"), minutes=5)
    with pytest.raises(PackError, match="no audience called bakers"):
        build(desk, choose_case(desk, "Tamsin"), "bakers")


def test_words_that_could_identify_somebody_are_not_taken_into_a_pack(desk: Desk, fictional: Pack) -> None:
    key = fictional.stages[0].key
    with pytest.raises(PackError, match=r"^Your title or question seems to hold .*: a name\. Write it without that\.$"):
        edit.retitle(desk, fictional, "The session on Aaliyah Nosuchname")
    with pytest.raises(PackError, match="a telephone number"):
        edit.ask(desk, fictional, key, ["Who would ring 07700 900123?"])
    with pytest.raises(PackError, match="Call 999"):
        edit.ask(desk, fictional, key, ["He is hitting her now and I can hear her scream, what do I do?"])
    with pytest.raises(PackError, match="a name"):
        build(desk, choose_case(desk, "Bryony"), title="The session on Aaliyah Nosuchname")
    stood = edit.ask(desk, fictional, key, [ask.question for ask in fictional.stages[0].asks])
    assert stood.stages[0].asks == fictional.stages[0].asks  # the product's own words need no look
