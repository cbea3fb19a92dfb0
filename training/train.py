"""Learns from the training messages what the product knows of messages, and says what that gives on messages held back.

usage: python -m training.train

writes knowledge/models/messages.safetensors and field-words.tsv, with their sha256 in knowledge/models.toml; some five minutes on two
cores. Passages keep the vectors of the published model. A message's vector is moved by a matrix and a shift, trained so that the
passages useful to its writer come nearest (ListNet, Cao et al., 2007, among its own passages, and among those of a batch). Three ridge
regressions tell an account from a question, a question of fact from an open one, and whether there is anything to find. Beside it,
field-words.tsv counts the words of the passages. One message in ten is held back from all of it.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from torch import Tensor

from assistant.language.wording import words_of
from knowledge.embedding import SentenceEmbedder
from knowledge.field_words import FILE as FIELD_WORDS
from knowledge.learned import FILE, Learned
from knowledge.reader import Reader
from knowledge.themes import themes
from training.data import reflections, told_lines
from training.lists import HELD_BACK, Candidate, Listed, lists
from training.shipped import MODELS, ship

SEED, STEPS, LISTS, PASSAGES = 1, 600, 64, 24
RATE, DECAY, TEMPERATURE = 1e-3, 2.0, 0.05  # without the decay it learns its messages by heart: tried 0.01 to 2
WEIGHT = torch.tensor([0.0, 0.15, 1.0, 2.0])  # of a passage of each grade
USEFUL, CUT = 2, 5
RIDGE = 3.0  # holds the weights of the regressions down
SOFTNESS = 1.0  # the inverse of what holds the weights for themes down
REFLECTED = 5  # what a short reflection counts beside another message: there are few of them
NOTHING = "none"  # the theme of a message with nothing to find
USEFULNESS_RIDGE = 500.0
APPARATUS_RIDGE, USEFUL_COUNTS = 1.0, 0.5  # and what a passage that was useful to somebody counts beside a line written for this
TWINS = 12  # neighbours among the lines, which are twins, that are held back together
OF_FACT, OPEN = "questions-of-fact", "open-questions"  # the files whose questions are of one kind
Rows = NDArray[np.float32]


class Vectors:
    """The vectors of all texts of some lists, by text."""

    def __init__(self, examples: Sequence[Listed]) -> None:
        texts = [*(one.message for one in examples), *(c.text for one in examples for c in (*one.own, *one.found))]
        self._place = {text: i for i, text in enumerate(dict.fromkeys(texts))}
        self.rows: Rows = np.asarray(SentenceEmbedder().load().documents(list(self._place)), dtype=np.float32)

    def of(self, texts: Sequence[str]) -> Rows:
        """A row a text."""
        found: Rows = self.rows[[self._place[text] for text in texts]]
        return found


def moved(examples: Sequence[Listed], vectors: Vectors) -> tuple[Rows, Rows]:
    """The matrix and the shift."""
    torch.manual_seed(SEED)
    chance = random.Random(SEED)
    matrix, shift = torch.nn.Parameter(torch.zeros(384, 384)), torch.nn.Parameter(torch.zeros(384))
    optimiser = torch.optim.AdamW([matrix, shift], lr=RATE, weight_decay=DECAY)
    for step in range(STEPS):
        optimiser.param_groups[0]["lr"] = RATE * (1 - step / STEPS)
        loss = _loss(chance.sample(list(examples), LISTS), vectors, matrix, shift, chance)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    return matrix.detach().numpy(), shift.detach().numpy()


def _loss(batch: Sequence[Listed], vectors: Vectors, matrix: Tensor, shift: Tensor, chance: random.Random) -> Tensor:
    """How far the useful passages are from standing first; those of other messages on the same theme count neither way."""
    chosen = [_chosen(one, chance) for one in batch]
    asked = torch.from_numpy(vectors.of([one.message for one in batch]))
    asked = torch.nn.functional.normalize(asked + asked @ matrix + shift, dim=-1)
    near = asked @ torch.from_numpy(vectors.of([c.text for some in chosen for c in some])).T / TEMPERATURE
    themes_ = [one.theme for one, some in zip(batch, chosen, strict=True) for _ in some]
    total, first = torch.zeros(()), 0
    for row, (one, some) in enumerate(zip(batch, chosen, strict=True)):
        own = slice(first, first + len(some))
        first = own.stop
        weights = WEIGHT[[candidate.grade for candidate in some]]
        if weights.max() < 1:
            continue
        beside = torch.tensor([theme == one.theme for theme in themes_])
        beside[own] = False
        among_all = torch.log_softmax(near[row].masked_fill(beside, -1e4), -1)[own]
        total = total - (weights * (among_all + torch.log_softmax(near[row, own], -1))).sum() / weights.sum()
    return total / len(batch)


def _chosen(one: Listed, chance: random.Random) -> list[Candidate]:
    candidates = [*one.own, *one.found]
    return chance.sample(candidates, min(PASSAGES, len(candidates)))


def regressed(rows: Rows, wanted: Sequence[float], ridge: float = RIDGE, counts: Rows | None = None) -> Rows:
    """The weights of a ridge regression to what is wanted (1 or 0, mostly); the constant's is the last.

    `counts` are the square roots of what each row counts; all alike where they are not given.
    """
    each = np.ones(len(rows)) if counts is None else counts
    given = np.hstack([rows, np.ones((len(rows), 1), dtype=np.float32)]).astype(np.float64) * each[:, None]
    squares = given.T @ given + ridge * np.eye(given.shape[1])
    found: Rows = np.linalg.solve(squares, given.T @ (np.asarray(wanted, dtype=np.float64) * each)).astype(np.float32)
    return found


def usefulness(examples: Sequence[Listed]) -> Rows:
    """What makes a passage useful more often than others that a search finds beside it, whatever the message: over the reader's vector."""
    texts = list(dict.fromkeys(c.bare for one in examples for c in one.found))
    rows, place = read(texts), {text: i for i, text in enumerate(texts)}
    ids, wanted = [], []
    for one in examples:
        useful = [float(c.grade >= USEFUL) for c in one.found]
        ids += [place[c.bare] for c in one.found]
        wanted += [grade - sum(useful) / len(useful) for grade in useful]
    return regressed(rows[ids], wanted, USEFULNESS_RIDGE)


def apparatus(examples: Sequence[Listed], *, without: int = -1) -> Rows:
    """What tells a passage about the document or the review from one about practice: over the reader's vector.

    What was useful to any message is about practice. `without` is the tenth of the lines that is left out, for the report.
    """
    lines = [line for i, line in enumerate(told_lines()) if i // TWINS % HELD_BACK != without]
    useful = sorted({c.bare for one in examples for c in one.found if c.grade >= USEFUL})
    counts = np.sqrt(np.array([1.0] * len(lines) + [USEFUL_COUNTS] * len(useful), dtype=np.float32))
    wanted = [float(line.about == "apparatus") for line in lines] + [0.0] * len(useful)
    return regressed(read([line.text for line in lines] + useful), wanted, APPARATUS_RIDGE, counts)


def theme_weights(examples: Sequence[Listed]) -> Rows:
    """A column a theme, in the order of their ids: the weights of a multinomial logistic regression over the reader's vectors."""
    from sklearn.linear_model import LogisticRegression  # comes with sentence-transformers

    ids = {theme.name: theme.id for theme in themes()}
    told = [one for one in examples if one.theme in ids]
    fitted = LogisticRegression(C=SOFTNESS, max_iter=500).fit(read([one.message for one in told]), [ids[one.theme] for one in told])
    assert fitted.classes_.tolist() == sorted(ids.values())
    found: Rows = np.vstack([fitted.coef_.T, fitted.intercept_]).astype(np.float32)
    return found


def read(messages: Sequence[str]) -> Rows:
    """The vectors of messages as the reader gives them."""
    return Reader(SentenceEmbedder()).load().encode(messages)


def learned_from(examples: Sequence[Listed]) -> dict[str, NDArray[Any]]:
    """All that is learned, by the names that `knowledge.learned` reads it under."""
    vectors = Vectors(examples)
    matrix, shift = moved(examples, vectors)
    said = np.asarray(SentenceEmbedder().load().documents([one.message for one in reflections()] * REFLECTED), dtype=np.float32)
    asked = [one for one in examples if one.form in ("account", "question")]
    rows = [vectors.of([one.message for one in some]) for some in (asked, examples)]
    told, nothing = [one.form == "account" for one in asked], [one.theme == NOTHING for one in examples]
    questions = _of_one_kind(examples)
    return {
        "matrix": matrix.astype(np.float16),
        "shift": shift.astype(np.float16),
        "themes": theme_weights(examples).astype(np.float16),
        "tells": regressed(np.vstack([rows[0], said]), [*told, *[True] * len(said)]),
        "nothing": regressed(np.vstack([rows[1], said]), [*nothing, *[False] * len(said)]),
        "useful": usefulness(examples),
        "apparatus": apparatus(examples),
        "open": regressed(vectors.of([one.message for one in questions]), [one.name.startswith(OPEN) for one in questions]),
    }


def _of_one_kind(examples: Sequence[Listed]) -> list[Listed]:
    return [one for one in examples if one.form == "question" and one.name.startswith((OF_FACT, OPEN))]


def field_words(examples: Sequence[Listed]) -> str:
    """How often the passages print each word: lines of a word and its count, the most frequent first."""
    texts = {c.bare for one in examples for c in (*one.own, *one.found)}
    counts = Counter(word for text in sorted(texts) for word in words_of(text))
    return "".join(f"{word}\t{count}\n" for word, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])) if word.isalpha())


def report(held: Sequence[Listed]) -> list[str]:
    """What the messages held back give: their own passages' order, before and after, and how the themes and none are heard."""
    embedder = SentenceEmbedder()
    learned = Learned(embedder)
    vectors = Vectors(held)
    told = [one for one in held if any(c.grade >= USEFUL for c in one.own)]
    before, after = [], []
    for one in told:
        passages, message = vectors.of([c.text for c in one.own]), vectors.of([one.message])[0]
        grades = [c.grade for c in one.own]
        before.append(_ndcg(grades, passages @ message))
        after.append(_ndcg(grades, passages @ learned.asks_for(message.tolist())))
    lines = [
        f"own passages, nDCG@5: {np.mean(before):.3f} as published, {np.mean(after):.3f} moved (n = {len(told)})",
    ]
    telling_ = {
        form: [learned.tells(vectors.of([o.message])[0].tolist()) for o in held if o.form == form] for form in ("account", "question")
    }
    for limit in (0.45, 0.50, 0.55, 0.60):
        shares = ", ".join(f"{np.mean(np.array(found) >= limit):.3f} of {len(found)} {form}s" for form, found in telling_.items())
        lines.append(f"tells from {limit:.2f}: {shares}")
    kinds = [(learned.open(vectors.of([one.message])[0].tolist()), one.name.startswith(OPEN)) for one in _of_one_kind(held)]
    for limit in (0.60, 0.65, 0.70, 0.75):
        widely, closely = (np.mean([score >= limit for score, meant in kinds if meant == kind]) for kind in (True, False))
        lines.append(f"open from {limit:.2f}: {widely:.3f} of open questions, {closely:.3f} of questions of fact (n = {len(kinds)})")
    judged_so = [(learned.nothing(vectors.of([one.message])[0].tolist()), one.theme == NOTHING) for one in held]
    some, others = (np.array([score for score, meant in judged_so if meant == kind]) for kind in (True, False))
    for limit in (0.30, 0.35, 0.40, 0.45, 0.50):
        silent, lost = (some > limit).mean(), (others > limit).mean()
        lines.append(f"nothing above {limit:.2f}: {silent:.3f} of {len(some)} with nothing to find, {lost:.3f} of {len(others)} others")
    return lines


def _ndcg(grades: Sequence[int], near: Rows) -> float:
    ranked = [grades[i] for i in np.argsort(-near)]

    def gain(found: Sequence[int]) -> float:
        return sum((2.0**grade - 1) / math.log2(place + 2) for place, grade in enumerate(found[:CUT]))

    return gain(ranked) / gain(sorted(grades, reverse=True))


def main() -> None:
    """Learn, write and report."""
    MODELS.mkdir(exist_ok=True)
    (MODELS / FIELD_WORDS).write_text(field_words(lists()), encoding="utf-8")
    ship(FIELD_WORDS)
    save_file(learned_from(lists()), MODELS / FILE)
    ship(FILE)
    print("\n".join(report(lists(held=True))))


if __name__ == "__main__":
    main()
