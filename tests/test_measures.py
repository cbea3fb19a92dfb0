"""What the benchmarks print is what the measures mean: small cases worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import abstention, corpus, many, pace, retrieval


def test_a_perfect_ranking_scores_one_and_a_missing_one_nothing() -> None:
    relevant = {"a": 2.0, "b": 1.0}
    for measure in (retrieval.ndcg, retrieval.recall, retrieval.mrr):
        assert measure(["a", "b", "c"], relevant) == 1.0
        assert measure(["c", *(f"other {n}" for n in range(9)), "a", "b"], relevant) == 0.0


def test_measures_worked_out_by_hand() -> None:
    relevant = {"a": 2.0, "b": 1.0}
    ranked = ["c", "b", "d", "a"]
    assert retrieval.mrr(ranked, relevant) == 1 / 2
    assert retrieval.recall(ranked[:3], relevant) == 1 / 2
    # 1/log2(3) + 2/log2(5) over 2/log2(2) + 1/log2(3)
    assert retrieval.ndcg(ranked, relevant) == pytest.approx(1.492283 / 2.630930, abs=1e-6)


def test_equal_fusion_puts_first_what_both_legs_rank_high() -> None:
    assert retrieval.fused(["a", "b", "c"], ["d", "b", "a"])[:2] == ["a", "b"]


def test_a_judged_sentence_means_its_document(tmp_path: Path) -> None:
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\trelevance\nq\tD0-5\t1\nq\tD0-6\t2\nq\tD1\t1\nq\tgone\t1\nr\tD1\t0\n", "utf-8")
    assert retrieval.judged(tmp_path, frozenset({"D0", "D1"})) == {"q": {"D0": 2.0, "D1": 1.0}}


def test_area_counts_ties_by_half() -> None:
    assert abstention.area([0.9, 0.8], [0.1, 0.2]) == 1.0
    assert abstention.area([0.5, 0.9], [0.5, 0.1]) == (0.5 + 1 + 1 + 1) / 4
    assert abstention.area([0.1], [0.9]) == 0.0


def test_the_balanced_threshold_weighs_the_answerable_as_much_as_all_others() -> None:
    scores = {"answerable": [0.6, 0.7, 0.9], "near_miss": [0.5, 0.65], "out_of_corpus": [0.1, 0.2]}
    assert abstention.balanced(scores) == 0.6


def test_a_corpus_is_found_by_the_names_of_its_documents_and_embedded_once(tmp_path: Path) -> None:
    documents = [
        {"id": "x", "title": "Harbour", "text": "The harbour pilot brings ships in at high water."},
        {"id": "nothing", "title": "", "text": " "},
        {"id": "y", "title": "Baking bread", "text": ""},
    ]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, documents)), "utf-8")
    (tmp_path / "queries.jsonl").write_text(
        '{"id": "1", "text": "who steers ships into the harbour"}\n{"id": "2", "text": "no qrel"}', "utf-8"
    )
    (tmp_path / "qrels.tsv").write_text("head\n1\tx\t1\n", "utf-8")
    lines = list(retrieval.table(tmp_path, tmp_path / "kept"))
    assert lines[0].endswith("2 documents, 1 queries")
    assert [line.split()[-4:-1] for line in lines[2:]] == [["1.0000", "1.0000", "1.0000"]] * 4
    generations = []
    for _ in range(2):
        with corpus.opened(tmp_path, tmp_path / "kept" / tmp_path.name) as again:
            assert sorted(again.document.values()) == ["x", "y"]
            generations.append(again.library.catalogue.generation())
    assert generations[0] == generations[1], "the corpus was taken in anew"


def test_made_passages_are_all_different_and_stand_on_their_pages(tmp_path: Path) -> None:
    made = list(many.briefings(130, tmp_path))
    passages = [(new, passage) for new, _ in made for passage in new.passages]
    assert [first for _, first in made] == [0, 60, 120]
    assert len({passage.text for _, passage in passages}) == 130
    assert all(new.pages[p.page - 1].text[p.start : p.end] == p.text for new, p in passages)
    assert many.sentence(3) != many.sentence(3 + many.DISTINCT)


def test_turned_vectors_are_the_same_however_they_are_asked_for() -> None:
    base = np.eye(4, dtype=np.float32)
    whole = many.turned(base, 0, 2500)
    assert np.allclose(np.linalg.norm(whole, axis=1), 1.0)
    assert np.array_equal(np.concatenate([many.turned(base, 0, 900), many.turned(base, 900, 2100), many.turned(base, 2100, 2500)]), whole)
    turn = (whole[1000:] * base[np.arange(1000, 2500) % 4]).sum(axis=1)
    assert 0.8 < turn.min() < turn.max() < 1.0


def test_recall_counts_what_is_as_near_as_the_last_of_the_true_ten() -> None:
    passages = np.eye(12, dtype=np.float32)
    vector = [12.0, 11.0, 10.0, 9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 3.0, 0.0]
    assert pace.recall([vector], [[0, 1, 2, 3, 4, 5, 6, 7, 8, 10]], passages) == 1.0
    assert pace.recall([vector], [[0, 1, 2, 3, 4, 5, 6, 7, 8, 11]], passages) == pytest.approx(0.9)


def test_pace_asks_a_filled_library(tmp_path: Path) -> None:
    base = np.random.default_rng(1).standard_normal((many.DISTINCT, 384), dtype=np.float32)
    base /= np.linalg.norm(base, axis=1, keepdims=True)
    pace.fill_ours(tmp_path, base, 90)
    figures = pace.ask_ours(tmp_path, base, 90, ["What do reviews say about fathers?", "thin, pale and always tired"])
    assert figures.recall == 1.0
    assert 0 < figures.guards < figures.worst
    assert 0 < figures.search < figures.worst
    assert figures.median <= figures.high <= figures.worst
