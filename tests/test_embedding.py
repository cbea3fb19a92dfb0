"""The default model as it runs here says what the same model says in sentence-transformers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from knowledge.danger_reader import DangerReader
from knowledge.embedding import SentenceEmbedder, default_weights
from knowledge.errors import ModelError
from knowledge.minilm_onnx import FULL, HALF, QuickMiniLM, largest_weight
from knowledge.one_question import one_question

TEXTS = [
    "The father was not spoken to alone, and nobody asked what part he played in the children's care.",
    "Workers took a tidy front room for a safe home.",
    "neglect",
    "Naïve – “quoted” – café £20 🙂",
    "",
    "A baby who cannot yet crawl does not bruise by falling. " * 60,
    "What has changed for the child, not in what I am told?",
    "The minutes of the core group came late; actions had neither an owner nor a day.",
    "Zürich 儿童 дети",
]


@pytest.fixture(scope="module")
def quick() -> SentenceEmbedder:
    return SentenceEmbedder()


@pytest.fixture(scope="module")
def exact() -> np.ndarray:
    """The vectors that sentence-transformers gives for the same weights, in 32 bits."""
    return np.array(SentenceEmbedder(str(default_weights())).embed_documents(TEXTS))


def test_the_quick_model_agrees_with_sentence_transformers(quick: SentenceEmbedder, exact: np.ndarray) -> None:
    cosines = (np.array(quick.embed_documents(TEXTS)) * exact).sum(axis=1)
    assert cosines.min() > 0.99999


@pytest.mark.parametrize("largest", [largest_weight(), HALF])
def test_eight_bits_stay_near_whatever_the_processor(exact: np.ndarray, largest: int) -> None:
    assert largest in (FULL, HALF)
    cosines = (QuickMiniLM(default_weights(), largest=largest).encode(TEXTS) * exact).sum(axis=1)
    assert cosines.min() > 0.975


def test_a_vector_does_not_depend_on_the_texts_beside_it(quick: SentenceEmbedder) -> None:
    together = np.array(quick.embed_documents(TEXTS * 9))
    for i, text in enumerate(TEXTS):
        assert np.allclose(together[i], quick.embed_query(text), atol=1e-5)
        assert np.allclose(together[i], together[i + 8 * len(TEXTS)], atol=1e-5)


def test_vectors_have_length_one_and_384_numbers(quick: SentenceEmbedder) -> None:
    vectors = np.array(quick.embed_documents(TEXTS))
    assert vectors.shape == (len(TEXTS), 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert quick.embed_documents([]) == []
    assert all(type(number) is float for number in quick.embed_query("a question"))


def test_the_default_model_starts_without_torch() -> None:
    script = (
        "import sys; from knowledge.embedding import SentenceEmbedder; e = SentenceEmbedder(); assert not e.loaded;"
        "e.embed_query('neglect'); assert e.loaded; sys.exit(int('torch' in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_a_folder_without_a_model_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="could not be loaded"):
        SentenceEmbedder(str(tmp_path)).embed_query("neglect")


def test_a_question_is_embedded_once_and_kept_no_longer_than_it_is_asked(embedder: SentenceEmbedder) -> None:
    with one_question():
        first = embedder.embed_query("the lodger upstairs")
        assert embedder.embed_query("the lodger upstairs") is first
    with one_question():
        assert embedder.embed_query("the lodger upstairs") is not first
    assert embedder.embed_query("the lodger upstairs") is not embedder.embed_query("the lodger upstairs")


def test_danger_is_heard_once_in_a_question_and_what_was_heard_is_kept_no_longer() -> None:
    reader = DangerReader()
    with one_question():
        first = reader.hear("He has locked her in")
        with one_question():
            assert reader.hear("He has locked her in") is first
        assert reader.hear("He has locked her in") is first
        assert reader.hear("He has locked her out") is not first
    assert reader.hear("He has locked her in") is not first
