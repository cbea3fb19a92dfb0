"""What a search found for a question: passages with what speaks for each, and those that may not serve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assistant.models.question import Question
from knowledge.briefing import Briefing
from knowledge.catalogue import StoredPassage
from knowledge.themes import Theme

TEXT_WEIGHT, THEME_WEIGHT = 0.80, 0.20  # .60 ranked covidqa below its better leg; .80 no public set (benchmarks/retrieval.py)
OPEN = 0.70  # from where on a question is open (chosen on messages held back)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage with what speaks for it.

    `cosine` is its nearness in meaning, `text` its full-text score (0 to 1: the share of the
    best that the terms could score), `theme` the weight of the themes it prints, `bonus`
    what its form adds (a definition, a case). `closeness` is the cosine, or what reading it made of
    that (`fit` is then more than 0, and `meaning` its vector as it was read); `use` is what it adds that the reader finds it useful
    to who asks. Ranks count from 1; 0 is unranked; `ear_rank` is a cross-encoder's.
    """

    stored: StoredPassage
    briefing: Briefing
    cosine: float
    text: float
    theme: float
    bonus: float = 0.0
    text_rank: int = 0
    vector_rank: int = 0
    themes: tuple[str, ...] = ()
    text_weight: float = TEXT_WEIGHT
    theme_weight: float = THEME_WEIGHT
    fit: float = 0.0
    closeness: float = 0.0
    use: float = 0.0
    ear_rank: int = 0
    meaning: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)

    @property
    def score(self) -> float:
        """All that speaks for the passage, weighed together."""
        return self.nearness + self.use

    @property
    def nearness(self) -> float:
        """How near its words come to the question, whether or not it is of use."""
        return self.closeness + self.text_weight * self.text + self.theme_weight * self.theme + self.bonus


@dataclass(frozen=True, slots=True)
class Dropped:
    """A passage that was found and may not be evidence for this question, and why. Ranks as in `Candidate`."""

    stored: StoredPassage
    briefing: Briefing
    why: str
    text_rank: int = 0
    vector_rank: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found, best first, and what the question was heard to be about.

    `documents` counts the passages that print each word searched for; `meanings` are what short forms were written out as;
    `elsewhen` is what would be evidence but for the time that the question asks after; `nothing` says how surely reviews
    have nothing for the message, `open` how surely a question is an open one (about 0 to 1), and `faint` that the themes of an
    account were heard from far off. `tags` are the passages that print each theme's words, by theme id.
    """

    question: Question
    candidates: tuple[Candidate, ...]
    themes: tuple[tuple[Theme, float], ...]
    documents: dict[str, int] = field(default_factory=dict)
    dropped: tuple[Dropped, ...] = ()
    meanings: tuple[str, ...] = ()
    elsewhen: tuple[Candidate, ...] = ()
    nothing: float = 0.0
    open: float = 0.0
    faint: bool = False
    tags: Mapping[str, frozenset[int]] = field(default_factory=dict, compare=False, repr=False)
