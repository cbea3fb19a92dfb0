"""Passages are read again word by word: the same whatever was read before, and never more than there is time for."""

from __future__ import annotations

import numpy as np

from assistant.retrieval.late_interaction import LETTERS, LateInteraction
from knowledge.briefing import Passage
from knowledge.catalogue import StoredPassage
from knowledge.embedding import SentenceEmbedder

ASKED = "Who looks at the child's daily life?"
TEXTS = (
    "Nobody asked what an ordinary day was like for the child.",
    "The minutes were sent out late, and two agencies never had them.",
    "Car parking at the venue is limited.",
)


def passages(*texts: str) -> list[StoredPassage]:
    return [StoredPassage(n, "made", Passage(1, 0, len(text), text, "Findings", ordinal=n)) for n, text in enumerate(texts, 1)]


def test_the_passage_whose_words_fit_the_question_fits_best(embedder: SentenceEmbedder) -> None:
    fits = [reading.fit for reading in LateInteraction(embedder).read(ASKED, passages(*TEXTS))]
    assert fits[0] == max(fits)


def test_a_passage_reads_the_same_alone_beside_others_and_a_second_time(embedder: SentenceEmbedder) -> None:
    words = LateInteraction(embedder)
    together = [reading.fit for reading in words.read(ASKED, passages(*TEXTS))]
    again = [reading.fit for reading in words.read(ASKED, passages(*TEXTS))]
    alone = [LateInteraction(embedder).read(ASKED, passages(text))[0].fit for text in TEXTS]
    assert together == again
    assert np.allclose(together, alone, atol=1e-3)


def test_as_many_are_read_as_there_is_time_for_and_one_at_least(embedder: SentenceEmbedder) -> None:
    words = LateInteraction(embedder)
    assert words.within_reach(passages("a " * LETTERS)) == 1
    assert words.within_reach(passages(*["word " * 200] * 50)) < 10
    assert words.within_reach(passages(*TEXTS)) == len(TEXTS)


def test_a_passage_without_a_word_fits_nothing(embedder: SentenceEmbedder) -> None:
    assert LateInteraction(embedder).read("", passages(TEXTS[0]))[0].fit == 0.0
