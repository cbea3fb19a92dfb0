"""Trains the model that hears danger in three levels.

usage: python -m training.danger_levels [--onward [--share S]] [--epochs N]

writes knowledge/models/danger.safetensors, with its sha256 in knowledge/models.toml; some half an hour on two cores. `--onward` trains
the weights that lie there on, and `--share` says what share the new weights have in the mean with those (Wortsman et al., 2022);
`--epochs` says how often it sees each example. All six layers of all-MiniLM-L6-v2 are trained further, with
two linear layers over the mean of the states of a message's tokens: one for the level, one for the kind of danger. Examples are
`training/danger` and, of ordinary messages and of what documents print, `training/reading`. One group of look-alikes in ten is held back
(none of the guards' own examples), and with it one ordinary message in ten; on them the temperature is fitted (Guo et al., 2017).
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from knowledge.danger_reader import BETWEEN, FILE, KINDS, LEVELS, DangerReader, joined
from knowledge.embedding import default_weights
from knowledge.minilm_onnx import LONGEST, store_weights, stored_weights
from training.data import Danger, briefing_lines, dangers, readings
from training.shipped import MODELS, ship
from training.steps import counted_in_short

SEED, EPOCHS, BATCH, RATE, HEAD_RATE, WARMING, DECAY = 1, 3, 32, 5e-5, 1e-3, 0.1, 0.01
SMOOTHING = 0.02  # without it the model is far too sure of itself
KIND_WEIGHT = 0.3  # of the kind's loss beside the level's
PASSAGES, LINES, NARRATIVES = 800, 200, 900  # of what documents print and of what people tell in them, beside the examples of danger
SORTED = 16  # batches that are drawn together and sorted by length, so that little is padding
PUNCTUATED, BARE, BESIDE = 0.3, 0.3, 0.2  # shares of examples that are varied so (see `varied`)
STOP = re.compile(r"[.!?]+(?=\s|$)")
HELD_BACK = 10  # one group in so many
QUESTIONS = ("question", "none")  # forms of messages that tell of nothing that happened
NOT_SAID = "not said"
GUARDS = "short-and-everyday"  # the examples that the guards have always been held to
OTHER = KINDS.index("other")
BABY = re.compile(r"(bruise|injury) in baby|fracture|shaking|unseen baby|bruise")
TOLD = re.compile(r"\b(told|tells|telling|said|says|saying|disclosed|whispered|wrote|showed|asked)\b")
ABUSE = ("disclosure", "sexual abuse", "physical abuse", "peer sexual abuse", "afraid to go home", "emotional abuse")


@dataclass(frozen=True, slots=True)
class Example:
    """A text as it is read, the number of its level, and the number of its kind; None where nobody said.

    `unsure`: nobody judged whether it can wait until tomorrow; all that is known is that it is not now.
    """

    text: str
    level: int
    kind: int | None = None
    unsure: bool = False


def held_back(key: str) -> bool:
    """Whether what has this key is kept from training."""
    return int(hashlib.sha256(key.encode()).hexdigest(), 16) % HELD_BACK == 0


def is_held_back(file: str, one: Danger) -> bool:
    """Whether a message is kept from training; of the guards' own examples none is."""
    return file != GUARDS and held_back(file + one.group)


def examples(*, held: bool = False) -> list[Example]:
    """The messages that are trained on, or those held back."""
    found = [
        Example(joined(one.message, one.history), LEVELS.index(one.level), _kind(one))
        for name, some in dangers().items()
        for one in some
        if is_held_back(name, one) == held
    ]
    return found + ordinary(held=held)


def ordinary(*, held: bool = False) -> list[Example]:
    """Everyday messages: questions, which can wait, and, for training, narratives, which are not now, and what documents print."""
    kept = [one for name, some in readings().items() for one in some if held_back(name + one.id) == held]
    found = [Example(joined(one.message, one.history), 0) for one in kept if one.form in QUESTIONS]
    if held:
        return found
    chance = random.Random(SEED)
    narratives = chance.sample([one for one in kept if one.form not in QUESTIONS], NARRATIVES)
    found += [Example(joined(one.message, one.history), 0, unsure=True) for one in narratives]
    passages = sorted({passage.text for one in kept for passage in one.passages})
    texts = chance.sample(passages, PASSAGES) + chance.sample([line.text for line in briefing_lines()], LINES)
    return found + [Example(text, 0) for text in texts]


def _kind(one: Danger) -> int | None:
    """The number of the kind that a procedure can stand for; None where it is not urgent."""
    if one.level == "none" or one.kind == NOT_SAID:
        return None
    if one.kind in ("fgm", "forced marriage"):
        return KINDS.index(one.kind)
    if one.kind == "honour-based abuse":
        return KINDS.index("forced marriage")
    if one.kind == "missing child":
        return KINDS.index("missing")
    if BABY.match(one.kind):
        return KINDS.index("bruising in babies")
    if one.kind == "disclosure" or (one.kind in ABUSE and TOLD.search(one.message)):
        return KINDS.index("disclosure")
    return OTHER


class Trained:
    """The model that is being trained."""

    def __init__(self) -> None:
        from transformers import AutoModel, AutoTokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        torch.manual_seed(SEED)
        # "eager" attention: on processors its backward pass is twice as quick as the fused one's.
        self.encoder: Any = AutoModel.from_pretrained(default_weights(), attn_implementation="eager").eval()  # without dropout
        self._tokenizer: Any = AutoTokenizer.from_pretrained(default_weights())
        for parameter in self.encoder.embeddings.parameters():
            parameter.requires_grad = False
        self.head = torch.nn.Linear(self.encoder.config.hidden_size, len(LEVELS) + len(KINDS))
        torch.nn.init.normal_(self.head.weight, std=0.02)
        torch.nn.init.zeros_(self.head.bias)

    def begin_from(self, path: Path) -> None:
        """Take the weights of a file as they ship."""
        given = {name: torch.tensor(values) for name, values in stored_weights(path).items()}
        self.head.load_state_dict({"weight": given["head.weight"], "bias": given["head.bias"]})
        self.encoder.load_state_dict({name: values for name, values in given.items() if name.startswith("encoder.")}, strict=False)

    def of(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """The logits of the levels and of the kinds, a row a text."""
        options = {"padding": True, "truncation": True, "max_length": LONGEST, "return_tensors": "pt"}
        tokens = self._tokenizer(list(texts), **options)
        with counted_in_short("cpu"):
            states = self.encoder(**tokens).last_hidden_state
        mask = tokens["attention_mask"].unsqueeze(-1).float()
        told = self.head((states.float() * mask).sum(1) / mask.sum(1))
        return told[:, : len(LEVELS)], told[:, len(LEVELS) :]

    def train(self, given: Sequence[Example], epochs: int) -> None:
        """Train on examples, each of which is seen `epochs` times."""
        steps = epochs * len(given) // BATCH
        layers = [parameter for parameter in self.encoder.parameters() if parameter.requires_grad]
        groups = [{"params": layers, "lr": RATE}, {"params": self.head.parameters(), "lr": HEAD_RATE}]
        optimiser = torch.optim.AdamW(groups, weight_decay=DECAY)
        slope = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda s: min(1.0, (s + 1) / (WARMING * steps)) * max(0.0, 1 - s / steps))
        for step, batch in zip(range(steps), _batches(given), strict=False):
            loss = self._loss(batch)
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(layers, 1.0)
            optimiser.step()
            optimiser.zero_grad()
            slope.step()
            if step % 100 == 0:
                print(f"step {step:,} of {steps:,}: {float(loss.detach()):.3f}", flush=True)

    def _loss(self, batch: Sequence[Example]) -> Tensor:
        levels, kinds = self.of([one.text for one in batch])
        likely = torch.log_softmax(levels, -1)
        allowed = torch.tensor([[level == one.level or (one.unsure and level == 1) for level in range(len(LEVELS))] for one in batch])
        right = torch.logsumexp(likely.masked_fill(~allowed, -1e4), -1)
        loss = -(1 - SMOOTHING) * right.mean() - SMOOTHING * likely.mean()
        known = [(i, one.kind) for i, one in enumerate(batch) if one.kind is not None]
        if known:
            told = kinds[[i for i, _ in known]]
            loss = loss + KIND_WEIGHT * torch.nn.functional.cross_entropy(told, torch.tensor([kind for _, kind in known]))
        return loss

    def weights(self) -> dict[str, NDArray[Any]]:
        """What the product reads: the layers, and the head over them."""
        found = {name: p.detach().numpy() for name, p in self.encoder.state_dict().items() if name.startswith("encoder.")}
        return found | {"head.weight": self.head.weight.detach().numpy(), "head.bias": self.head.bias.detach().numpy()}


def varied(one: Example, calm: Sequence[str], chance: random.Random) -> Example:
    """The example as it may be typed as well: with or without its full stops and capitals, and beside something harmless.

    Without it a model takes a full stop for a sign of calm, for who is in a hurry types none.
    """
    text, way = one.text, chance.random()
    if way < PUNCTUATED:
        text = text[:1].upper() + text[1:] + ("" if text.rstrip()[-1:] in ".?!" else ".")
    elif way < PUNCTUATED + BARE:
        text = STOP.sub("", text).lower() if BETWEEN not in text else text
    if BETWEEN not in text and chance.random() < BESIDE:
        other = chance.choice(calm)
        text = chance.choice((joined(text, [other]), f"{other} {text}", f"{text} {other}"))
    return replace(one, text=text)


def _batches(given: Sequence[Example]) -> Iterator[list[Example]]:
    chance = random.Random(SEED)
    calm = [one.message for some in readings().values() for one in some if one.form in QUESTIONS and not one.history]
    while True:
        order = [varied(one, calm, chance) for one in chance.sample(list(given), len(given))]
        for first in range(0, len(order) - BATCH * SORTED + 1, BATCH * SORTED):
            some = sorted(order[first : first + BATCH * SORTED], key=lambda one: len(one.text))
            yield from chance.sample([some[i : i + BATCH] for i in range(0, len(some), BATCH)], SORTED)


def temperature(logits: NDArray[Any], levels: Sequence[int]) -> float:
    """What logits are divided by so that they are as sure as they are right."""
    given, wanted = torch.tensor(logits), torch.tensor(levels)
    tried = np.geomspace(0.5, 4, 200)
    losses = [float(torch.nn.functional.cross_entropy(given / float(t), wanted)) for t in tried]
    return float(tried[int(np.argmin(losses))])


def mean(before: Mapping[str, NDArray[Any]], after: Mapping[str, NDArray[Any]], share: float) -> dict[str, NDArray[Any]]:
    """Weights between those before a training and those after it, which have this share."""
    return {name: (1 - share) * before[name].astype(np.float32) + share * after[name].astype(np.float32) for name in after}


def main() -> None:
    """Train, write and report."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--onward", action="store_true")
    options.add_argument("--share", type=float, default=1.0)
    options.add_argument("--epochs", type=int, default=EPOCHS)
    given = options.parse_args()
    model = Trained()
    if given.onward:
        model.begin_from(MODELS / FILE)
    model.train(examples(), given.epochs)
    weights = model.weights()
    if given.onward:
        weights = mean(stored_weights(MODELS / FILE), weights, given.share)
    store_weights(weights, MODELS / FILE)
    held = examples(held=True)
    logits = DangerReader(MODELS / FILE).logits([one.text for one in held])
    found = temperature(logits, [one.level for one in held])
    store_weights(stored_weights(MODELS / FILE) | {"temperature": np.array([found])}, MODELS / FILE)
    ship(FILE)
    print(f"temperature {found:.2f}; {len(held):,} messages held back. What it gives: python -m benchmarks.danger")


if __name__ == "__main__":
    main()
