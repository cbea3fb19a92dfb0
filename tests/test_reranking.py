"""A cross-encoder of the user's own: a tiny one is made here, and loaded and asked as a large one is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import app
from assistant.assistant import Assistant
from assistant.retrieval.search import HEARD_AGAIN
from knowledge.embedding import default_weights, embedded_text
from knowledge.errors import ModelError
from knowledge.library import Library
from knowledge.reranking import Reranker

WORDS = ["the", "father", "was", "not", "seen", "minutes", "came", "late", "who", "is", "a", "dog"]
QUESTION = "was the father seen"
TEXTS = ["the minutes came late", "the father was not seen", "a dog", "the father " * 400]


def made(folder: Path, labels: int = 1) -> str:
    """A cross-encoder of two layers and 16 dimensions, its weights drawn by lot, saved as any other is."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]), "utf-8")
    BertTokenizer(str(folder / "vocab.txt"), model_max_length=64).save_pretrained(folder)
    torch.manual_seed(4)
    config = BertConfig(
        vocab_size=len(WORDS) + 5,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        initializer_range=1.0,
        id2label={n: f"LABEL_{n}" for n in range(labels)},
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> str:
    return made(tmp_path_factory.mktemp("models") / "tiny")


def exact(folder: str, question: str, text: str) -> float:
    """What the model itself gives for a pair, without sentence-transformers: the logit, as a share of one."""
    import torch
    from transformers import BertForSequenceClassification, BertTokenizer

    model: Any = BertForSequenceClassification.from_pretrained(folder)
    model.eval()
    tokens = BertTokenizer.from_pretrained(folder)(question, text, truncation="longest_first", max_length=64, return_tensors="pt")
    with torch.no_grad():
        return float(torch.sigmoid(model(**tokens).logits)[0, 0])


def test_scores_are_the_models_own_in_the_order_of_the_texts(tiny: str) -> None:
    wanted = [exact(tiny, QUESTION, text) for text in TEXTS]
    assert Reranker(tiny).scores(QUESTION, TEXTS) == pytest.approx(wanted, abs=1e-5)
    assert len({round(score, 3) for score in wanted}) == len(TEXTS), "the tiny model tells nothing apart: this test shows nothing"


def test_order_follows_the_scores_and_depends_on_the_question(tiny: str) -> None:
    reranker = Reranker(tiny)
    orders = set()
    for question in (QUESTION, "who is late", "a dog"):
        scores = reranker.scores(question, TEXTS)
        ordered = sorted(TEXTS, key=lambda text: -scores[TEXTS.index(text)])
        assert ordered == sorted(TEXTS, key=lambda text: -exact(tiny, question, text))
        orders.add(tuple(ordered))
    assert len(orders) > 1, "the questions change nothing"


def test_it_loads_late_and_without_texts_not_at_all() -> None:
    assert Reranker("no such model").scores("anything", []) == []


def child(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script as a user's machine would, which is not told to stay off-line."""
    clean = {name: value for name, value in os.environ.items() if name not in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")}
    call = [sys.executable, "-c", script]
    return subprocess.run(call, cwd=Path(__file__).parent.parent, env=clean | environment, capture_output=True, text=True, check=False)


def test_a_name_that_is_not_here_is_told_and_not_fetched() -> None:
    done = child(
        "import sys; from tests.test_no_network import bar; tried = []; bar(tried)\n"
        "from knowledge.errors import ModelError; from knowledge.reranking import Reranker\n"
        "try: Reranker('cross-encoder/no-such-model').scores('a', ['b'])\n"
        "except ModelError as error: print(error)\n"
        "sys.exit(len(tried))"
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "cross-encoder/no-such-model is not on this machine" in done.stdout


def test_a_name_that_was_fetched_before_is_found_here(tmp_path: Path) -> None:
    snapshot = tmp_path / "hub" / "models--tiny--ear" / "snapshots" / "1"
    snapshot.parent.mkdir(parents=True)
    tiny = made(snapshot)
    (tmp_path / "hub" / "models--tiny--ear" / "refs").mkdir()
    (tmp_path / "hub" / "models--tiny--ear" / "refs" / "main").write_text("1", "utf-8")
    script = (
        "import sys; from tests.test_no_network import bar; tried = []; bar(tried)\n"
        "from knowledge.reranking import Reranker; print(Reranker('tiny/ear').scores('a dog', ['the father'])); sys.exit(len(tried))"
    )
    done = child(script, HF_HUB_CACHE=str(tmp_path / "hub"))
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1]) == pytest.approx([exact(tiny, "a dog", "the father")], abs=1e-5)


def test_fetching_where_there_is_no_line_is_told_in_a_sentence() -> None:
    with pytest.raises(ModelError, match="could not be fetched"):
        Reranker("cross-encoder/no-such-model", fetch=True).scores("a", ["b"])


@pytest.mark.parametrize("kind", ["three scores", "an embedding model"])
def test_a_model_that_gives_no_single_score_is_refused(kind: str, tmp_path: Path) -> None:
    folder = made(tmp_path / "three", labels=3) if kind == "three scores" else str(default_weights())
    with pytest.raises(ModelError, match="a single score"):
        Reranker(folder).scores("a", ["b"])


def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is not on this machine"):
        Reranker(str(tmp_path)).scores("a", ["b"])


ASKED = "What do reviews say about fathers who were not seen?"


def test_it_has_its_say_in_the_order_of_an_answer(starter_library: Library, assistant: Assistant, tiny: str) -> None:
    reranker = Reranker(tiny)
    before = assistant.evidence(ASKED).candidates
    after = Assistant(starter_library, reranker=reranker).evidence(ASKED).candidates
    texts = [embedded_text(c.stored.passage.text, c.stored.passage.heading) for c in before[:HEARD_AGAIN]]
    scores = reranker.scores(ASKED, texts)
    ranks = {before[i].stored.id: rank for rank, i in enumerate(sorted(range(HEARD_AGAIN), key=lambda i: -scores[i]), 1)}
    fused = {c.stored.id: 1 / (60 + place) + 1 / (60 + ranks[c.stored.id]) for place, c in enumerate(before[:HEARD_AGAIN], 1)}
    assert [c.stored.id for c in after[:HEARD_AGAIN]] == sorted(fused, key=lambda n: -fused[n])
    assert [c.stored.id for c in after[HEARD_AGAIN:]] == [c.stored.id for c in before[HEARD_AGAIN:]]
    assert {c.stored.id: c.ear_rank for c in after[:HEARD_AGAIN]} == ranks
    assert [c.score for c in after] == pytest.approx([c.score for c in before])
    assert [c.stored.id for c in after] != [c.stored.id for c in before], "the tiny model changes nothing: this test shows nothing"


def test_the_command_line_takes_one_and_says_in_a_sentence_what_is_wrong_with_it(
    starter_library: Library, tiny: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def reflect(*arguments: str) -> tuple[int, str]:
        """Run the command here, where torch is loaded already."""
        with pytest.raises(SystemExit) as ended:
            app.main(list(arguments))
        return int(ended.value.code or 0), "".join(capsys.readouterr())

    folder = ("--library", str(starter_library.folder))
    code, told = reflect("explain", ASKED, "--cross-encoder", tiny, "--json", *folder)
    ranks = [passage["cross_encoder_rank"] for passage in json.loads(told)["passages"] if passage["rank"]]
    assert code == 0
    assert all(ranks)
    assert len(set(ranks)) == len(ranks)
    for command in (["ask", ASKED], ["explain", ASKED], ["serve"]):
        code, told = reflect(*command, "--cross-encoder", "no/such-ear", *folder)
        assert code == 1
        assert "no/such-ear is not on this machine" in " ".join(told.split())
        assert "Traceback" not in told
    code, told = reflect("ask", ASKED, "--fetch", *folder)
    assert (code, "--fetch needs --cross-encoder" in told) == (1, True)
