"""Whether there is an answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether to answer, the share of the question covered by each looked-at passage, and why.

    `confidence` is how surely the best passages answer it, read as a question of fact (log odds; an account is not judged so).
    """

    enough: bool
    coverage: dict[int, float]
    why: str
    confidence: float = 0.0
