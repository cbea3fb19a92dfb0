"""Trains the reader: the vectors of a message and of the passages that are useful to its writer come near each other.

usage: python -m training.reader [--onward] [--steps N] [--rate R] [--seed N]

writes knowledge/models/reader.safetensors, with its sha256 in knowledge/models.toml, and says what it gives on messages held back. It goes
on where it was stopped (build/reader.pt). First all lists, as they were written and as a search found them, from the published weights;
then those alone that a search found, because the written ones have patterns that a model learns instead of reading (training/README.md).
`--onward` trains the weights that lie there on, with the second alone. `training.train` comes after it.

A list is a message with a few of its passages. The useful ones are to stand above those of their own list (the cross entropy of
ListNet, Cao et al., 2007) and above all others of the batch (InfoNCE, van den Oord et al., 2018). Passages of other messages on the
same theme may be useful too: they count neither way.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from knowledge.reader import FILE
from training.encoder import Encoder
from training.lists import Candidate, Listed, lists
from training.shipped import MODELS, ship
from training.steps import Plan, in_turn, trained

SEED, STEPS, RATE = 1, (900, 600), (3e-5, 2e-5)  # of the two parts
LISTS, PASSAGES = 24, 8  # a step's lists; passages of a list
OWN = 0.3  # how often one of a list's passages is one that was written for its message
HEADED = 0.15  # how often a passage stands with its heading
TEMPERATURE = 0.05
WEIGHT = (0.0, 0.15, 1.0, 2.0)  # of a passage of each grade
USEFUL, CUT = 2, 5
KEPT = Path("build") / "reader.pt"


def train(encoder: Encoder, examples: Sequence[Listed], plan: Plan, *, found_alone: bool) -> None:
    """Train the encoder in place."""
    chance = random.Random(plan.seed)
    some = [one for one in examples if one.found and one.theme != "none"] if found_alone else list(examples)
    turns = in_turn(some, chance)
    trained(plan, [(encoder.parameters(), plan.rate)], lambda: _loss(encoder, turns, chance, found_alone), {"encoder": encoder.model})


def _loss(encoder: Encoder, turns: Iterator[Listed], chance: random.Random, found_alone: bool) -> Tensor:
    batch = [next(turns) for _ in range(LISTS)]
    chosen = [_chosen(one, chance, found_alone) for one in batch]
    texts = [candidate.text if chance.random() < HEADED else candidate.bare for one in chosen for candidate in one]
    themes = [one.theme for one, some in zip(batch, chosen, strict=True) for _ in some]
    near = encoder.vectors([one.message for one in batch]) @ encoder.vectors(texts).T / TEMPERATURE
    near = near.cpu()
    total, counted, first = torch.zeros(()), 0, 0
    for row, (one, some) in enumerate(zip(batch, chosen, strict=True)):
        own = slice(first, first + len(some))
        first = own.stop
        weights = torch.tensor([WEIGHT[candidate.grade] for candidate in some])
        if weights.max() < 1:
            continue
        beside = torch.tensor([theme == one.theme for theme in themes])
        beside[own] = False
        among_all = torch.log_softmax(near[row].masked_fill(beside, -1e4), -1)[own]
        among_own = torch.log_softmax(near[row, own], -1)
        total = total - (weights * (among_all + among_own)).sum() / weights.sum() / 2
        counted += 1
    return total / max(1, counted)


def _chosen(one: Listed, chance: random.Random, found_alone: bool) -> list[Candidate]:
    """A few passages of a list, a third of them useful where there are so many."""
    candidates = list(one.found) if found_alone else [*one.own, *one.found]
    chance.shuffle(candidates)
    useful = [candidate for candidate in candidates if candidate.grade >= USEFUL][: max(2, PASSAGES // 3)]
    chosen = useful + [candidate for candidate in candidates if candidate.grade < USEFUL][: PASSAGES - len(useful)]
    return [*chosen[:-1], chance.choice(one.own)] if found_alone and chance.random() < OWN else chosen


@torch.no_grad()
def held_back(encoder: Encoder) -> str:
    """What the encoder gives on the passages that a search found for messages held back."""
    ranked, first = [], []
    for one in lists(held=True):
        grades = [candidate.grade for candidate in one.found]
        if max(grades, default=0) >= USEFUL:
            near = encoder.vectors([candidate.bare for candidate in one.found]) @ encoder.vectors([one.message])[0]
            order = [grades[i] for i in np.argsort(-near.cpu().numpy())]
            ranked.append(_gain(order) / _gain(sorted(grades, reverse=True)))
            first.append(order[0] >= USEFUL)
    return f"held back: nDCG@{CUT} {np.mean(ranked):.3f}, first useful {np.mean(first):.3f} ({len(ranked)} messages)"


def _gain(grades: Sequence[int]) -> float:
    return sum((2.0**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:CUT]))


def main() -> None:
    """Train, write and report."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--onward", action="store_true")
    options.add_argument("--steps", type=int, default=STEPS[1])
    options.add_argument("--rate", type=float, default=RATE[1])
    options.add_argument("--seed", type=int, default=SEED)
    chosen = options.parse_args()
    torch.manual_seed(chosen.seed)
    KEPT.parent.mkdir(exist_ok=True)
    encoder = Encoder(MODELS / FILE if chosen.onward else None)
    print(held_back(encoder), flush=True)
    if not chosen.onward:
        train(encoder, lists(), Plan(STEPS[0], RATE[0], chosen.seed, KEPT.with_stem("reader-first")), found_alone=False)
        print(held_back(encoder), flush=True)
    train(encoder, lists(), Plan(chosen.steps, chosen.rate, chosen.seed, KEPT), found_alone=True)
    encoder.store(MODELS / FILE)
    ship(FILE)
    print(held_back(encoder))


if __name__ == "__main__":
    main()
