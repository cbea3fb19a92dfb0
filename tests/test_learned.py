"""What was learned from messages is whole, and of use to what is told."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from knowledge.embedding import SentenceEmbedder
from knowledge.field_words import field_frequency
from knowledge.learned import Learned
from knowledge.reader import Reader
from training.data import briefing_lines, judged, readings, told_lines
from training.lists import lists

TOLD = "I go every fortnight, she has the kettle on and agrees with it all, and the boys still sleep on a bare mattress"
USEFUL = "Parents agreed with every plan in meetings, and nothing changed at home for the children."
USELESS = "Tea and biscuits were served to the families who came to the opening of the centre."


@pytest.fixture(scope="module")
def learned(embedder: SentenceEmbedder) -> Learned:
    return Learned(embedder)


def test_what_is_told_comes_nearer_to_what_is_useful_to_its_writer(learned: Learned, embedder: SentenceEmbedder) -> None:
    message, useful, useless = (np.array(embedder.embed_query(text)) for text in (TOLD, USEFUL, USELESS))
    moved = learned.asks_for(message.tolist())
    assert np.linalg.norm(moved) == pytest.approx(1, abs=1e-5)
    assert (moved @ useful) / (moved @ useless) > (message @ useful) / (message @ useless)


@pytest.mark.parametrize(
    ("openly", "closely"),
    [
        ("What gets in the way of asking a father how he is?", "How many visits were made before the father was asked?"),
        ("anything on why people stop asking about bruises", "on what date was the bruise first seen?"),
    ],
)
def test_an_open_question_is_told_from_one_for_a_fact(learned: Learned, embedder: SentenceEmbedder, openly: str, closely: str) -> None:
    assert learned.open(embedder.embed_query(openly)) > 0.7 > 0.5 > learned.open(embedder.embed_query(closely))


def test_a_finding_is_useful_more_often_than_housekeeping(learned: Learned, embedder: SentenceEmbedder) -> None:
    finding, housekeeping = learned.useful(Reader(embedder).passages([USEFUL, "Copies of this paper can be had from the board's office."]))
    assert finding > housekeeping


def test_what_tells_of_a_review_itself_is_told_from_a_finding(learned: Learned, embedder: SentenceEmbedder) -> None:
    itself = "A panel of five agencies met four times to agree the scope of this review and its terms of reference."
    finding, about_itself = learned.apparatus(Reader(embedder).passages([USEFUL, itself]))
    assert finding < 0.3 < 0.5 < about_itself


def test_the_field_writes_its_own_words_more_often() -> None:
    assert field_frequency("chronology") > 100 * field_frequency("dishwasher")
    assert field_frequency("qwertyuiop") > 0


def test_the_vectors_of_another_model_are_left_as_they_are() -> None:
    class Other:
        name = "another model"

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [[1.0, 0.0] for _ in texts]

        def embed_query(self, text: str) -> list[float]:
            return [0.6, float(len(text))]

    other = Learned(Other())
    assert other.asks_for([0.6, 0.8]).tolist() == pytest.approx([0.6, 0.8])
    assert other.tells([0.6, 0.8]) == 0
    assert other.nothing([0.6, 0.8]) == 1


def test_an_account_is_told_from_a_question_whatever_its_form(learned: Learned, embedder: SentenceEmbedder) -> None:
    told = "Went to look at the damp and came out feeling sick. Four kids in there. Is it me?"
    asked = "Which reviews say that fathers were left out of assessments?"
    assert learned.tells(embedder.embed_query(told)) > 0.6 > 0.4 > learned.tells(embedder.embed_query(asked))


def test_what_was_judged_is_there_and_what_is_held_back_is_not_trained_on() -> None:
    trained, held = lists(), lists(held=True)
    assert {one.name for one in trained}.isdisjoint(one.name for one in held)
    assert len(held) == pytest.approx(len(trained) / 9, rel=0.1)
    names = {f"{file}/{one.id}" for file, found in readings().items() for one in found}
    assert {row.message for row in judged()} <= names
    assert sum(len(one.found) for one in (*trained, *held)) == sum(len(row.grades) for row in judged())


def test_the_readmes_count_what_is_there() -> None:
    root = Path(__file__).parent.parent
    told = (root / "training" / "README.md").read_text("utf-8")
    assert f"{sum(len(row.grades) for row in judged()):,} passages of other messages" in told
    assert f"for {len(judged()):,} of the messages" in told
    assert f"{len(briefing_lines())} lines" in told
    assert f"{len(told_lines())} lines" in told
    card = re.sub(r"\s+", " ", (root / "knowledge" / "models" / "README.md").read_text("utf-8"))
    trained = lists()
    assert f"{len(trained):,} messages and {sum(len(one.own) + len(one.found) for one in trained):,} judged passages" in card
