"""The proof that the checker works: quotations made by code, true ones and wrong ones, and a verdict on each."""

from __future__ import annotations

import pytest

from assistant.citations.check import Checker
from assistant.citations.models import Verdict
from knowledge.library import Library
from tests.made_quotations import Made, by_kind, mutants, true_ones

FEWEST = 400
CAUGHT = 0.98


@pytest.fixture(scope="module")
def checker(starter_library: Library) -> Checker:
    return Checker(starter_library)


def verdicts(checker: Checker, made: Made) -> list[Verdict]:
    return [checked.verdict for checked in checker.check([made.paragraph]).checked]


def test_mutants_are_caught_for_the_right_reason(checker: Checker, starter_library: Library) -> None:
    made = mutants(starter_library, 27)
    assert len(made) >= FEWEST
    assert {
        "another word",
        "another number",
        "negation lost",
        "another order",
        "spliced",
        "another page",
        "another board",
        "condition cut",
    } <= {how for how, _ in by_kind(made)}
    found = [(one, verdicts(checker, one)) for one in made]
    assert [one for one, told in found if Verdict.EXACT in told or Verdict.SAME_WORDS in told or not told] == []
    missed = [(one.how, told, one.paragraph.text) for one, told in found if len(told) != 1 or told[0] not in one.right]
    assert len(missed) <= (1 - CAUGHT) * len(made), missed


def test_no_true_quotation_raises_an_alarm_in_any_dress(checker: Checker, starter_library: Library) -> None:
    made = true_ones(starter_library, FEWEST)
    assert len(made) >= FEWEST
    assert len(list(by_kind(made))) >= 20
    found = [(one, verdicts(checker, one)) for one in made]
    assert [(one.how, told, one.paragraph.text) for one, told in found if len(told) != 1 or told[0] not in one.right] == []
