"""Learns from the training messages what the product knows of messages, and says what that gives on messages held back.

usage: python -m training.train

writes knowledge/models/messages.safetensors, with its sha256 in knowledge/models.toml; some two minutes on two cores. Passages keep the
vectors of the published model. A message's vector is moved by a matrix and a shift, trained so that the passages useful to
its writer come nearest (ListNet, Cao et al., 2007, among its own passages, and among those of a batch). For the themes the sums
of a ridge regression are kept. One message in ten is held back from both.
"""

from __future__ import annotations

import hashlib
import math
import random
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from torch import Tensor

from assistant.theme_match import RIDGE, ThemeMatcher
from knowledge.embedding import SentenceEmbedder
from knowledge.learned import FILE, NONE, Learned
from knowledge.themes import themes
from training.lists import Candidate, Listed, lists

MODELS = Path(__file__).parent.parent / "knowledge" / "models"
SEED, STEPS, LISTS, PASSAGES = 1, 600, 64, 24
RATE, DECAY, TEMPERATURE = 1e-3, 2.0, 0.05  # without the decay it learns its messages by heart: tried 0.01 to 2
WEIGHT = torch.tensor([0.0, 0.15, 1.0, 2.0])  # of a passage of each grade
USEFUL, CUT = 2, 5
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


def telling(examples: Sequence[Listed], vectors: Vectors) -> Rows:
    """What tells an account of a situation from a question: the weights of a ridge regression, the constant's last."""
    asked = [one for one in examples if one.form in ("account", "question")]
    rows = _with_constant(vectors.of([one.message for one in asked]))
    wanted = np.array([float(one.form == "account") for one in asked])
    found: Rows = np.linalg.solve(rows.T @ rows + RIDGE * np.eye(rows.shape[1]), rows.T @ wanted).astype(np.float32)
    return found


def _with_constant(rows: Rows) -> NDArray[np.float64]:
    return np.hstack([rows, np.ones((len(rows), 1), dtype=np.float32)]).astype(np.float64)


def summed(examples: Sequence[Listed], vectors: Vectors) -> dict[str, Rows]:
    """The sums of the regression to themes (see `Learned.sums`)."""
    rows = _with_constant(vectors.of([one.message for one in examples]))
    ids = {theme.name: theme.id for theme in themes()} | {NONE: NONE}
    found: dict[str, Rows] = {"squares": (rows.T @ rows).astype(np.float32)}
    for name in sorted({one.theme for one in examples}):
        found[f"sum.{ids[name]}"] = rows[[one.theme == name for one in examples]].sum(axis=0).astype(np.float32)
    return found


def report(held: Sequence[Listed], folder: Path) -> list[str]:
    """What the messages held back give: their own passages' order, before and after, and how the themes and none are heard."""
    embedder = SentenceEmbedder()
    learned = Learned(embedder)
    vectors = Vectors(held)
    matcher = ThemeMatcher(embedder, folder, learned)
    told = [one for one in held if any(c.grade >= USEFUL for c in one.own)]
    before, after = [], []
    for one in told:
        passages, message = vectors.of([c.text for c in one.own]), vectors.of([one.message])[0]
        grades = [c.grade for c in one.own]
        before.append(_ndcg(grades, passages @ message))
        after.append(_ndcg(grades, passages @ learned.asks_for(message.tolist())))
    names = {theme.id: theme.name for theme in themes()}
    meant = [one for one in held if one.theme != NONE]
    first = [names[matcher.fitting(vectors.of([one.message])[0].tolist())[0][0].id] == one.theme for one in meant]
    lines = [
        f"own passages, nDCG@5: {np.mean(before):.3f} as published, {np.mean(after):.3f} moved (n = {len(told)})",
        f"nearest theme is the labelled one: {np.mean(first):.3f} (n = {len(meant)})",
    ]
    telling_ = {
        form: [learned.tells(vectors.of([o.message])[0].tolist()) for o in held if o.form == form] for form in ("account", "question")
    }
    for limit in (0.45, 0.50, 0.55, 0.60):
        shares = ", ".join(f"{np.mean(np.array(found) >= limit):.3f} of {len(found)} {form}s" for form, found in telling_.items())
        lines.append(f"tells from {limit:.2f}: {shares}")
    none = {kind: [matcher.none(vectors.of([o.message])[0].tolist()) for o in held if (o.theme == NONE) == kind] for kind in (True, False)}
    for limit in (0.20, 0.25, 0.30, 0.33, 0.35, 0.40, 0.50):
        silent, lost = (np.mean(np.array(none[kind]) > limit) for kind in (True, False))
        lines.append(
            f"none above {limit:.2f}: {silent:.3f} of {len(none[True])} with nothing to find, {lost:.3f} of {len(none[False])} others"
        )
    return lines


def _ndcg(grades: Sequence[int], near: Rows) -> float:
    ranked = [grades[i] for i in np.argsort(-near)]

    def gain(found: Sequence[int]) -> float:
        return sum((2.0**grade - 1) / math.log2(place + 2) for place, grade in enumerate(found[:CUT]))

    return gain(ranked) / gain(sorted(grades, reverse=True))


def main() -> None:
    """Learn, write and report."""
    examples = lists()
    vectors = Vectors(examples)
    matrix, shift = moved(examples, vectors)
    held: dict[str, NDArray[Any]] = {"matrix": matrix.astype(np.float16), "shift": shift.astype(np.float16)}
    held |= {"tells": telling(examples, vectors), **summed(examples, vectors)}
    MODELS.mkdir(exist_ok=True)
    save_file(held, MODELS / FILE)
    sha256 = hashlib.sha256((MODELS / FILE).read_bytes()).hexdigest()
    listed = MODELS.with_name("models.toml")
    listed.write_text(re.sub(rf'"{re.escape(FILE)}" = "\w*"', f'"{FILE}" = "{sha256}"', listed.read_text("utf-8")), "utf-8")
    with tempfile.TemporaryDirectory() as folder:
        print("\n".join(report(lists(held=True), Path(folder))))


if __name__ == "__main__":
    main()
