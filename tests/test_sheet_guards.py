"""What the guards make of the sheet's fields: a case's own number may be its reference, a child's details may not."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from assistant.assistant import Assistant
from assistant.documents.sheet_reader import read_sheet
from assistant.page.reflect_tab import Reflecting
from assistant.reflection.guided import Guided
from knowledge.library import Library


@pytest.fixture(scope="module")
def reflecting(starter_library: Library, assistant: Assistant) -> Reflecting:
    return Reflecting(starter_library, Guided(assistant))


def save(reflecting: Reflecting, *, without: bool = False, **particulars: str) -> dict[str, Any]:
    return reflecting.save({"written": {"model": "cycle", "step": 9, "particulars": particulars}, "without": without})


@pytest.mark.parametrize("reference", ["CF-10234", "SW/2026/014", "Mosaic 1234567", "LCS 884123", "17B"])
def test_a_case_number_may_be_the_reference(reflecting: Reflecting, reference: str) -> None:
    saved = save(reflecting, reference=reference)
    assert not saved["held"]
    assert read_sheet(base64.b64decode(saved["file"])).particulars.reference == reference


@pytest.mark.parametrize(
    ("reference", "masked"),
    [
        ("Tracy Quellbright", "[child A]"),
        ("tracy quellbright", "[child A]"),
        ("12/03/2015", "[date]"),
        ("12 March 2015", "[date]"),
        ("943 476 5919", "[NHS number]"),
        ("CF-10234 Jayden", "CF-10234 [person A]"),
    ],
)
def test_a_childs_details_may_not(reflecting: Reflecting, reference: str, masked: str) -> None:
    held = save(reflecting, reference=reference)
    assert held["held"]
    assert "file" not in held
    assert "child <mark>" not in held["html"]  # what the guards were asked is not what the person typed
    saved = save(reflecting, reference=reference, without=True)
    assert read_sheet(base64.b64decode(saved["file"])).particulars.reference == masked


def test_the_decision_is_looked_at_and_the_names_of_staff_are_not(reflecting: Reflecting) -> None:
    names = {"worker": "Tracy Quellbright", "supervisor": "Darren Mapplebeck", "agreed_by": "Jenna Mapplebeck"}
    assert not save(reflecting, without=False, **names)["held"]
    saved = save(reflecting, without=True, decision="Jayden Mapplebeck stays with his nan.\nReview on Friday.", **names)
    said = read_sheet(base64.b64decode(saved["file"])).particulars
    assert (said.worker, said.supervisor, said.agreed_by) == tuple(names.values())
    assert said.decision == "[person A] stays with his nan.\nReview on Friday."


def test_danger_in_the_decision_comes_first(reflecting: Reflecting) -> None:
    held = save(reflecting, decision="He is hitting her right now")
    assert held["held"]
    assert "999" in held["html"]
