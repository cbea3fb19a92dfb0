"""The reader puts what is useful to a writer before what only sounds alike, the same in any company, and keeps nothing of a message."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from knowledge.embedding import SentenceEmbedder, default_encoder
from knowledge.minilm_onnx import FULL, store_weights, stored_weights
from knowledge.model_files import model_files
from knowledge.reader import FILE, KEPT, Reader

TOLD = "Mum has the kettle on, she agrees with everything I say and signs the plan, and nothing is any different for the boys."
USEFUL = "Parents' apparent cooperation was taken for change, and no one checked whether the children's daily lives had improved."
ALIKE = "The plan for the new kettle in the staff kitchen was signed by everyone, and nothing about it was different."


@pytest.fixture(scope="module")
def reader(embedder: SentenceEmbedder) -> Reader:
    return Reader(embedder)


def near(reader: Reader, passages: Sequence[str]) -> list[float]:
    found: list[float] = (reader.passages(passages) @ reader.message(TOLD)).tolist()
    return found


def test_what_is_useful_to_the_writer_comes_before_what_shares_words(reader: Reader) -> None:
    useful, alike = near(reader, [USEFUL, ALIKE])
    assert useful > alike + 0.05


def test_a_passage_reads_the_same_alone_beside_others_and_a_second_time(embedder: SentenceEmbedder) -> None:
    reader = Reader(embedder)
    together = near(reader, [USEFUL, ALIKE, USEFUL])
    assert near(reader, [USEFUL, ALIKE, USEFUL]) == together
    assert together[0] == pytest.approx(together[2], abs=1e-6)
    assert near(Reader(embedder), [USEFUL])[0] == pytest.approx(together[0], abs=2e-3)


def test_no_more_is_kept_than_there_is_room_for_and_nothing_of_a_message(embedder: SentenceEmbedder) -> None:
    reader = Reader(embedder)
    near(reader, [USEFUL, ALIKE])
    assert set(reader._kept) == {USEFUL, ALIKE}
    assert reader._kept.maxsize == KEPT


def test_another_models_users_are_given_what_that_model_finds() -> None:
    class Other:
        name = "another model"

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [[1.0] for _ in texts]

        def embed_query(self, text: str) -> list[float]:
            return [float(len(text))]

    other = Reader(Other())
    other.keep([USEFUL])
    assert not other.able


def test_the_trained_layers_are_all_there() -> None:
    weights = stored_weights(model_files("learned").checked() / FILE)
    assert sum(values.ndim == 2 for values in weights.values()) == 6 * 6


def test_stored_weights_come_back_near_enough(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    weights = {"matrix": np.random.default_rng(1).normal(size=(8, 16)).astype(np.float32), "shift": np.ones(4, dtype=np.float32)}
    store_weights(weights, path)
    again = stored_weights(path)
    assert np.abs(again["matrix"] - weights["matrix"]).max() <= np.abs(weights["matrix"]).max() / FULL / 2 + 1e-6
    assert again["shift"].tolist() == [1.0] * 4


def test_the_tuned_model_leaves_the_published_one_as_it_is(reader: Reader) -> None:
    before = default_encoder().encode([TOLD])
    assert not np.allclose(reader.message(TOLD), before[0], atol=0.05)
    assert np.array_equal(default_encoder().encode([TOLD]), before)
