"""A sentence near the question is no answer where it contradicts it or leaves out what was asked after."""

from __future__ import annotations

import pytest

from assistant.answering.confidence import Confidence, Signs
from assistant.language.sentence_vectors import SentenceVectors
from knowledge.embedding import SentenceEmbedder

PASSAGE = [("Visits", "The health visitor saw both children in March 2019 before the move to Northtown.")]


@pytest.fixture(scope="module")
def confidence(embedder: SentenceEmbedder) -> Confidence:
    return Confidence(embedder, SentenceVectors(embedder))


@pytest.mark.parametrize(
    ("near_miss", "sign"),
    [
        ("Who saw both children after the move?", "opposite"),
        ("Who saw both children in March 2017?", "number"),
        ("Which children were never seen by the health visitor?", "negation"),
        ("Who saw both children before they went to Southtown?", "name"),
    ],
)
def test_what_a_sentence_contradicts_or_leaves_out_is_noticed(confidence: Confidence, near_miss: str, sign: str) -> None:
    assert getattr(confidence.signs(near_miss, PASSAGE), sign) == 1.0
    assert getattr(confidence.signs("Who saw both children before the move?", PASSAGE), sign) == 0.0


def test_an_answer_prints_the_question_and_another_subject_does_not(confidence: Confidence) -> None:
    answer = confidence.signs("Who saw both children before the move?", PASSAGE)
    other = confidence.signs("What does a parking permit cost?", PASSAGE)
    assert answer.printed > 0.9
    assert other.printed < 0.1
    assert answer.cosine > other.cosine + 0.2


def test_without_a_passage_there_is_no_sign(confidence: Confidence) -> None:
    assert confidence.signs("Who saw both children?", []) == Signs()
