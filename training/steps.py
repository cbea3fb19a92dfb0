"""The steps of a training: what is taken in turn, how the rate rises and falls, and going on where it was stopped."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor

Item = TypeVar("Item")
WARM = 0.08  # the share of the steps in which the rate rises
KEPT_EVERY = 100  # steps
TOLD_EVERY = 50
TIMED = 1024  # rows and columns of the matrices that are multiplied to see which floats a processor counts quicker with


@dataclass(frozen=True, slots=True)
class Plan:
    """How a training goes: its steps, the rate at its height, the seed of all chance, and the file that it goes on from if stopped."""

    steps: int
    rate: float
    seed: int
    kept: Path


def counted_in_short(kind: str) -> AbstractContextManager[Any]:
    """A context in which torch counts in 16-bit floats on a device of this kind ("cpu" or "cuda"), where that is the quicker way."""
    return torch.autocast(kind, dtype=torch.bfloat16, enabled=kind != "cpu" or _short_is_quicker())


@cache
def _short_is_quicker() -> bool:
    """Whether this processor has 16-bit floats of its own: one without them takes three times as long over them as over 32-bit ones."""
    return _seconds(torch.bfloat16) < _seconds(torch.float32)


def _seconds(kind: torch.dtype) -> float:
    """The quickest of five multiplications of two matrices."""
    one, took = torch.ones((TIMED, TIMED), dtype=kind), []
    for _ in range(5):
        began = time.perf_counter()
        one @ one
        took.append(time.perf_counter() - began)
    return min(took)


def in_turn(items: Sequence[Item], chance: random.Random) -> Iterator[Item]:
    """The items over and over, in a new order each time."""
    while True:
        yield from chance.sample(items, len(items))


def trained(plan: Plan, groups: Sequence[tuple[list[Any], float]], loss: Callable[[], Tensor], parts: Mapping[str, Any]) -> None:
    """Take the steps. `groups` are parameters with the rate of each; `parts` are the modules whose state is kept."""
    optimiser = torch.optim.AdamW([{"params": some, "lr": rate} for some, rate in groups], weight_decay=0.01)
    rise = max(1, int(WARM * plan.steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda n: min(1, (n + 1) / rise) * max(0, (plan.steps - n) / plan.steps))
    state: dict[str, Any] = {**parts, "optimiser": optimiser, "schedule": schedule}
    first = _resumed(plan, state)
    began = time.monotonic()
    for step in range(first, plan.steps):
        found = loss()
        found.backward()  # type: ignore[no-untyped-call]
        for some, _ in groups:
            torch.nn.utils.clip_grad_norm_(some, 1.0)
        optimiser.step()
        optimiser.zero_grad()
        schedule.step()
        if step % TOLD_EVERY == 0:
            print(f"step {step} of {plan.steps}, loss {float(found.detach()):.3f}, {time.monotonic() - began:.0f} s", flush=True)
        if (step + 1) % KEPT_EVERY == 0:
            torch.save({"step": step + 1, **{name: one.state_dict() for name, one in state.items()}}, plan.kept)


def _resumed(plan: Plan, state: Mapping[str, Any]) -> int:
    """Load what was kept, if anything; returns the first step that is still to be taken."""
    if not plan.kept.exists():
        return 0
    kept = torch.load(plan.kept)
    for name, one in state.items():
        one.load_state_dict(kept[name])
    return int(kept["step"])
