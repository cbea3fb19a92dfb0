"""Guided reflection without the page: the ways as data, what is listened to, what the guards see."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.reflection.frameworks import load_models, models
from assistant.reflection.guided import ASKED, Guided
from knowledge.errors import SettingsError

DATA = Path(__file__).parent.parent / "assistant" / "reflection" / "frameworks.toml"
DOOR = "I have not been let past the hallway in three visits, and mum says all is well each time."
BABY = "The baby is nine weeks old and had a small bruise on her arm. Mum said that a toy had fallen on it."


@pytest.fixture(scope="module")
def guided(assistant: Assistant) -> Guided:
    return Guided(assistant)


def test_three_ways_lead_from_what_happened_to_who_does_what_by_when() -> None:
    assert [model.id for model in models().models] == ["cycle", "what", "signs"]
    for model in models().models:
        assert model.source
        assert model.steps[0].fields[0].fills == "purpose"
        assert [step.actions for step in model.steps] == [False] * (len(model.steps) - 1) + [True]
        places = [n for n, step in enumerate(model.steps) if step.reviews]
        assert len(places) == 1
        assert 0 < places[0] < len(model.steps) - 1


def test_the_sheet_has_all_that_supervision_asks_for() -> None:
    wanted = ("purpose", "child_day", "history", "facts", "opinions", "explanations", "unseen", "disagreements", "learned")
    assert {*wanted, "questions", "supervisor"} <= {section.id for section in models().sections}


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        ('fills = "purpose"', 'fills = "porpoise"', r'line \d+: "porpoise" is the id of no section'),
        ('label = "What came before?"', "", r"line \d+: label is missing"),
        ("reviews = true\n", "", r"line \d+: this \[\[model\]\] needs one step with reviews = true"),
        ('"rule-of-optimism", ', '"optimism", ', r'line \d+: challenges has "optimism"'),
        ('"child_day", "unseen"', '"child_dya", "unseen"', r'line \d+: listens has "child_dya"'),
        ('ask = "What happened?"', 'aks = "What happened?"', r"line \d+: .*aks"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_line(tmp_path: Path, wrong: str, right: str, told: str) -> None:
    text = DATA.read_text("utf-8")
    assert wrong in text
    changed = tmp_path / "models.toml"
    changed.write_text(text.replace(wrong, right, 1), "utf-8")
    with pytest.raises(SettingsError, match=told):
        load_models(changed)


def test_what_was_written_decides_what_is_quoted(guided: Guided) -> None:
    door, baby = guided.learned({"purpose": DOOR}), guided.learned({"purpose": BABY})
    assert {len(door), len(baby)} <= {2, 3}
    fits = [{one.citation.quotation.text for one in found if not one.challenges} for found in (door, baby)]
    assert not fits[0] & fits[1]
    assert any("bruis" in one.citation.quotation.text.lower() or "injur" in one.citation.quotation.text.lower() for one in baby)


def test_one_quotation_asks_to_look_again(guided: Guided) -> None:
    for texts in ({"purpose": DOOR}, {"purpose": BABY, "opinions": "It seemed likely, they are a nice family."}):
        found = guided.learned(texts)
        assert [one.challenges for one in found].count(True) == 1
        asks = next(one for one in found if one.challenges)
        assert set(asks.citation.themes) & set(models().challenges)


def test_what_is_made_of_it_changes_what_is_quoted(guided: Guided) -> None:
    alone = guided.learned({"purpose": DOOR})
    told = guided.learned({"purpose": DOOR, "unseen": "Her new partner, who moved in at Easter. Nobody has met him or asked about him."})
    assert [one.citation.quotation for one in alone] != [one.citation.quotation for one in told]
    assert any(re.search(r"\b(?:fathers?|partners?|men|man)\b", one.citation.quotation.text.lower()) for one in told)


def test_nothing_is_quoted_where_nothing_fits(guided: Guided) -> None:
    for text in ("", "  \n", "asdf", "My printer has no paper left."):
        assert guided.learned({"purpose": text}) == ()
    assert guided.questions({"purpose": "asdf"}) == ()


def test_no_question_comes_twice_and_each_has_its_reason_and_quotation(guided: Guided) -> None:
    asked: list[str] = []
    for texts in ({"purpose": DOOR}, {"purpose": DOOR, "feelings": "I like her."}, {"purpose": DOOR, "opinions": "She is doing well."}):
        put = guided.questions(texts, asked)
        assert len(put) == ASKED
        assert all(prompt.why and citation for prompt, citation in put)
        asked += [prompt.question for prompt, _ in put]
    assert len(set(asked)) == len(asked)


def test_the_guards_see_every_text_and_a_letter_stays_with_its_person(guided: Guided) -> None:
    names: dict[str, str] = {}
    texts = {"purpose": "I visited Kayleigh on Tuesday.", "unseen": "Nobody has met Darren.", "facts": "[person A] was at school."}
    checked = guided.check(texts, names)
    assert checked.notice("urgent") is None
    assert set(checked.details) == {"purpose", "unseen"}
    masked = " ".join(checked.masked.values())
    assert "Kayleigh" not in masked
    assert "Darren" not in masked
    assert len({checked.masked["purpose"].split()[2], checked.masked["unseen"].split()[-1].strip("."), "[person A]"}) == 3
    later = guided.check({"opinions": "Darren seemed kind."}, names)
    assert checked.masked["unseen"].removeprefix("Nobody has met ").strip(".") in later.masked["opinions"]


def test_danger_in_any_text_comes_first_until_everyone_is_safe(guided: Guided) -> None:
    texts = {"purpose": "A home visit.", "facts": "He has just taken all his tablets."}
    assert guided.check(texts, {}).notices[0].kind == "urgent"
    assert guided.check(texts, {}, safe=list(texts.values())).notice("urgent") is None
    again = {**texts, "opinions": "She is hitting him right now."}
    assert guided.check(again, {}, safe=list(texts.values())).notice("urgent") is not None
