"""One verdict on each quotation, and what stands beside it."""

from __future__ import annotations

import pytest

from assistant.citations.check import Checker
from assistant.citations.models import Checked, Outcome, Paragraph, Verdict
from assistant.citations.pasted import pasted
from knowledge.library import Library


@pytest.fixture(scope="module")
def checker(starter_library: Library) -> Checker:
    return Checker(starter_library)


def only(checker: Checker, text: str) -> Checked:
    (checked,) = checker.check(pasted(text)).checked
    return checked


JORY = "Case review: Jory and the man on the landing"
EXACT = "“Jory was six in 2024.” (Jory, p. 1)"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (EXACT, Verdict.EXACT),
        ("“[T]he neighbour had told [him] in the summer that he could knock at any time” (Jory, p. 3)", Verdict.SAME_WORDS),
        ("It says ‘The man in Jory’s home was seen by three agencies and named by none’ (Jory, p. 2).", Verdict.EXACT),
        ("    The man in Jory's home was seen by three agencies and named by none (Jory, p. 2)\n\nOur view differs.", Verdict.SAME_WORDS),
        ("“The man in Jory’s home was seen by four agencies” (Jory, p. 2)", Verdict.NUMBERS_DIFFER),
        ("“Separation was treated as the end of the risk to Jory and his mother” (Jory, p. 2)", Verdict.SHORTENED),
        ("“one had put together the texts, the locks, the cancelled appointments” (Jory, p. 2)", Verdict.SHORTENED),
        (
            "“Cannabis and alcohol were mentioned in both police reports, and … assessment asked what Jory did” (Jory)",
            Verdict.ELLIPSIS_HIDES,
        ),
        ("“Jory was six in 2024.” (Jory, p. 3)", Verdict.WRONG_PLACE),
        ("“Jory was six in 2024.” (Jory, 2019, p. 1)", Verdict.WRONG_PLACE),
        ("“Jory was six in 2024.” (Zaki, p. 1)", Verdict.WRONG_PLACE),
        ("“Jory was six in 2024.” (Kirklees 2026, p. 1)", Verdict.WRONG_PLACE),
        ("The review says “So Mummy doesn’t go to the shop” (Jory, p. 2).", Verdict.SECOND_HAND),
        ("“Jory was six in 2024 and asked each day who would collect him.” (Jory, p. 1)", Verdict.SPLICED),
        ("“Nobody in the county kept a register of puppies and of kittens.”", Verdict.NOT_FOUND),
        ("They call it “drift net”.", Verdict.NOT_CHECKED),
    ],
)
def test_each_kind_of_fault_has_its_verdict(checker: Checker, text: str, verdict: Verdict) -> None:
    checked = only(checker, text)
    assert checked.verdict is verdict, checked.faults


def test_the_words_that_differ_are_shown_and_the_right_ones_can_be_copied(checker: Checker) -> None:
    checked = only(checker, "“Agreement by Jory’s mother was taken for cooperation” (Jory, p. 2)")
    assert [(one.quoted, one.source) for one in checked.differences] == [("cooperation", "engagement")]
    assert checked.corrected.startswith("“Agreement by Jory’s mother was taken for engagement")
    assert JORY in checked.corrected
    assert "p. 2" in checked.corrected


def test_of_a_lost_negation_the_negation_is_shown(checker: Checker) -> None:
    checked = only(checker, "“and named by; a check under his earlier surname” (Jory, p. 2)")
    assert checked.verdict is Verdict.NEGATION
    assert [(one.quoted, one.source) for one in checked.differences] == [("", "none")]


def test_a_single_mark_ends_where_the_next_quotation_begins(checker: Checker) -> None:
    report = checker.check([Paragraph("'Children's needs' is a heading, but ‘Jory was six in 2024.’ (Jory, p. 1) is quoted.")])
    assert [one.quoted.text for one in report.checked] == ["Children's needs", "Jory was six in 2024."]
    assert report.checked[1].verdict is Verdict.EXACT


def test_where_it_stands_whose_words_and_what_is_around_are_told(checker: Checker) -> None:
    checked = only(checker, "“He was a careful boy who tidied the book corner at school and asked each day who would collect him.”")
    assert checked.place is not None
    assert checked.place.before.rstrip().endswith("Jory was six in 2024.")
    assert checked.place.heading.endswith("Jory")
    assert "not a published review" in checked.whose
    assert "No source is named beside it." in checked.cautions


def test_guidance_that_was_replaced_stands_beside_what_rests_on_it(checker: Checker, starter_library: Library) -> None:
    briefing = starter_library.briefing("learning-what-reviews-are-for.pdf")
    passage = starter_library.catalogue.passages(briefing.id)[4].passage
    checked = only(checker, f"“{passage.text}”")
    assert any("Working Together 2010" in told and "replaced" in told for told in checked.guidance)
    assert any("rests on Working Together 2010" in told for told in checked.cautions)


def test_a_reference_without_quotation_is_to_be_read_and_has_not_passed(checker: Checker) -> None:
    report = checker.check([Paragraph(EXACT), Paragraph("Nobody asked the man on the landing in Jory’s home for his earlier surname.")])
    assert [statement.reference for statement in report.statements] == ["Jory"]
    assert "earlier surname" in " ".join(place.quotation.text for place in report.statements[0].near)
    assert report.outcome is Outcome.NOT_ALL_CHECKED
    assert checker.check([Paragraph(EXACT)]).outcome is Outcome.ALL_STAND
    assert checker.check([Paragraph("Nothing is quoted here.")]).outcome is Outcome.NOT_ALL_CHECKED


def test_apostrophes_and_possessives_open_and_close_nothing(checker: Checker) -> None:
    assert checker.check([Paragraph("It's the parents' view at 5 o'clock, and '90s practice isn't ours.")]).checked == ()
    assert (
        only(checker, "It says 'Jory’s teacher kept his drawing and wrote his exact words beside it' (Jory, p. 3).").verdict
        is Verdict.EXACT
    )
