"""Fits the weights of `assistant/answering/confidence.py` on questions with an answer and with a near miss.

usage: python -m benchmarks.confidence DIR [--keep FOLDER]

DIR is as for `benchmarks.abstention`. Prints the rows to put into FITTED and INTERCEPT, and the areas under the curve
of questions that the fit has not seen (five folds). Near misses are the harder kind, and count three times as much as
questions from outside the corpus.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import astuple, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from assistant.answering.confidence import READ, Confidence, Signs
from assistant.language.sentence_vectors import SentenceVectors
from benchmarks.abstention import ANSWERABLE, OTHERS, area
from benchmarks.corpus import Corpus, evidence_of, opened, rows

FOLDS, SEED = 5, 1
SHARE = {ANSWERABLE: 0.5, "near_miss": 0.375, "out_of_corpus": 0.125}  # of all the weight


def signs_of(corpus: Corpus, questions: list[dict[str, str]]) -> NDArray[np.float64]:
    """The signs of each question, a row each."""
    confidence = Confidence(corpus.library.embedder, SentenceVectors(corpus.library.embedder))
    found = []
    for row in questions:
        candidates = evidence_of(corpus.assistant, row["question"]).candidates[:READ]
        found.append(astuple(confidence.signs(row["question"], [(c.stored.passage.heading, c.stored.passage.text) for c in candidates])))
    return np.array(found)


def fitted(signs: NDArray[np.float64], kinds: NDArray[np.str_]) -> tuple[NDArray[np.float64], NDArray[np.float64], LogisticRegression]:
    """Each sign's mean and deviation, and the regression over the standardised signs."""
    mean, deviation = signs.mean(axis=0), np.maximum(signs.std(axis=0), 1e-9)
    shares = np.array([SHARE[kind] / (kinds == kind).sum() for kind in kinds]) * len(kinds)
    return mean, deviation, LogisticRegression().fit((signs - mean) / deviation, kinds == ANSWERABLE, sample_weight=shares)


def areas(signs: NDArray[np.float64], kinds: NDArray[np.str_]) -> tuple[float, float]:
    """The areas under the curve against near misses and against questions from outside, each question unseen by its fit."""
    unseen = np.zeros(len(kinds))
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(signs, kinds):
        mean, deviation, model = fitted(signs[train], kinds[train])
        unseen[test] = model.decision_function((signs[test] - mean) / deviation)
    near, out = (area(unseen[kinds == ANSWERABLE].tolist(), unseen[kinds == kind].tolist()) for kind in OTHERS)
    return near, out


def table(folder: Path, keep: Path | None) -> Iterator[str]:
    """The rows for the code, and the areas."""
    questions = rows(folder / "questions.jsonl")
    kinds = np.array([row["category"] for row in questions])
    with opened(folder, keep / folder.name if keep else None) as corpus:
        signs = signs_of(corpus, questions)
    mean, deviation, model = fitted(signs, kinds)
    for field, *row in zip(fields(Signs), mean, deviation, model.coef_[0], strict=True):
        yield "    ({:.4f}, {:.4f}, {:.4f}),  # ".format(*row) + field.name
    yield f"INTERCEPT = {model.intercept_[0]:.4f}"
    yield "area under the curve, each question unseen: near_miss {:.3f}, out_of_corpus {:.3f}".format(*areas(signs, kinds))


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
