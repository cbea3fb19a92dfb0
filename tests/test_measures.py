"""What the benchmarks print is what the measures mean: small cases worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import abstention, corpus, retrieval


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
