"""How well the product knows what it cannot answer: questions with an answer, with a near miss, and from outside.

usage: python -m benchmarks.abstention DIR [--keep FOLDER]

DIR holds corpus.jsonl (id, title, text) and questions.jsonl (question, category: answerable, near_miss or
out_of_corpus). Each question is heard, searched for and judged as a user's is; the guards are left out. Beside the
product stands what is simplest: the cosine of the nearest passage.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.corpus import Corpus, evidence_of, judged, opened, rows

ANSWERABLE, OTHERS = "answerable", ("near_miss", "out_of_corpus")
KINDS = (ANSWERABLE, *OTHERS)
Scores = dict[str, list[float]]


def area(higher: Sequence[float], lower: Sequence[float]) -> float:
    """The area under the curve: how often one of `higher` is above one of `lower`, ties by half (Mann and Whitney 1947)."""
    rank = _ranks([*higher, *lower])
    above = sum(rank[: len(higher)]) - len(higher) * (len(higher) + 1) / 2
    return above / (len(higher) * len(lower))


def _ranks(values: Sequence[float]) -> list[float]:
    """The rank of each value from 1, equal values sharing the middle of theirs."""
    places: dict[float, list[int]] = {}
    for rank, value in enumerate(sorted(values), 1):
        places.setdefault(value, []).append(rank)
    return [(places[value][0] + places[value][-1]) / 2 for value in values]


def balanced(scores: Scores) -> float:
    """The threshold with the best mean of the answered share of the answerable and the silent share of all others."""
    others = [score for kind in OTHERS for score in scores[kind]]

    def right(threshold: float) -> float:
        return rate(scores[ANSWERABLE], threshold) - rate(others, threshold)

    return max(sorted({score for kind in scores for score in scores[kind]}), key=right)


def rate(scores: Sequence[float], threshold: float) -> float:
    """The share of scores that reach the threshold."""
    return sum(score >= threshold for score in scores) / len(scores)


def asked(corpus: Corpus, questions: Sequence[dict[str, str]]) -> tuple[Scores, Scores, Scores]:
    """By category: the product's confidence, whether it answers (1 or 0), and the cosine of the nearest passage."""
    confidence: Scores = {kind: [] for kind in KINDS}
    answers: Scores = {kind: [] for kind in KINDS}
    cosine: Scores = {kind: [] for kind in KINDS}
    for row in questions:
        enough, sure = judged(corpus.assistant, evidence_of(corpus.assistant, row["question"]))
        nearest = corpus.library.by_meaning(corpus.library.embedder.embed_query(row["question"]), 1)
        confidence[row["category"]].append(sure)
        answers[row["category"]].append(float(enough))
        cosine[row["category"]].append(nearest[0][1])
    return confidence, answers, cosine


def table(folder: Path, keep: Path | None) -> Iterator[str]:
    """The figures, a line for the product and one for the cosine."""
    questions = rows(folder / "questions.jsonl")
    with opened(folder, keep / folder.name if keep else None) as corpus:
        began = time.perf_counter()
        confidence, answers, cosine = asked(corpus, questions)
        took = (time.perf_counter() - began) / len(questions) * 1000
        yield f"{folder.name}: {len(corpus.document):,} documents, {len(questions):,} questions, {took:.0f} ms a question"
    yield " " * 34 + "area under the curve against".ljust(32) + "answered of"
    yield f"{'':34}{'near_miss':>12}{'out_of_corpus':>16}    " + "".join(f"{kind:>15}" for kind in KINDS)
    threshold = balanced(cosine)
    for name, scores, answered in (
        ("the product", confidence, [rate(answers[kind], 1.0) for kind in KINDS]),
        (f"top-1 cosine, from {threshold:.3f} (balanced)", cosine, [rate(cosine[kind], threshold) for kind in KINDS]),
    ):
        areas = [area(scores[ANSWERABLE], scores[kind]) for kind in OTHERS]
        yield f"{name:34}{areas[0]:12.3f}{areas[1]:16.3f}    " + "".join(f"{share:15.1%}" for share in answered)


def main() -> None:
    """Read the options and print the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path, metavar="DIR")
    options.add_argument("--keep", type=Path, metavar="FOLDER")
    chosen = options.parse_args()
    for line in table(chosen.folder, chosen.keep):
        print(line, flush=True)


if __name__ == "__main__":
    main()
