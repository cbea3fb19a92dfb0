"""What a passage is to a pack (an event, a finding, what helped, advice), and whether it can distress: learned from `examples.toml`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from assistant.language.kernel_ridge import KernelRidge, fitted
from assistant.language.sentence_vectors import SentenceVectors
from knowledge.briefing import Passage, PassageKind
from knowledge.data_file import Data, Mistake, Text, load_toml
from knowledge.derived import load_or_make
from knowledge.embedding import Embedder

RIDGE = 0.3
CLEARLY = 0.2  # how far before every other role a passage must be to be shown as a strength
SECTION = 0.5  # what the passages under the same heading weigh beside a passage's own words
HEADING = 0.25  # and what that heading weighs
STANDS_FOR = "the child"
Texts = Annotated[tuple[Text, ...], Field(min_length=2)]


class Role(StrEnum):
    """What a passage is to a pack."""

    EVENT = "event"
    FINDING = "finding"
    HELPED = "helped"
    ADVICE = "advice"
    OTHER = "other"


class RoleExamples(Data):
    """A role, headings that passages which have it stand under, and such passages."""

    id: Role
    headings: Texts
    examples: Texts


class Distress(Data):
    """Passages that can distress, others that do not, and from which score on a passage is marked."""

    threshold: Annotated[float, Field(gt=0, lt=1)]
    can: Texts
    calm: Texts


class Examples(Data):
    """The file: each role once."""

    role: tuple[RoleExamples, ...]
    distress: Distress

    @model_validator(mode="after")
    def _each_role_once(self) -> Examples:
        named = [one.id for one in self.role]
        for place, role in enumerate(named):
            if role in named[:place]:
                raise Mistake(f"the role {role} stands here twice. Keep one of them.", "role", place, "id")
        if missing := [role.value for role in Role if role not in named]:
            raise Mistake(f"there are no examples of the role {missing[0]}. Add a [[role]] for it.")
        return self


def load_examples(path: Path) -> Examples:
    """Read a file of examples. Raises SettingsError that names the line that is wrong."""
    return load_toml(Examples, path)


@cache
def examples() -> Examples:
    """The examples that come with the product."""
    return load_examples(Path(str(files("assistant.packs") / "examples.toml")))


class Roles:
    """Judges passages by the vectors of their words, the name of a case replaced by STANDS_FOR. What is learned is kept in `folder`."""

    def __init__(self, vectors: SentenceVectors, embedder: Embedder, folder: Path) -> None:
        self._vectors = vectors
        self._embedder = embedder
        self._folder = folder
        self._judges: tuple[KernelRidge, KernelRidge, KernelRidge] | None = None

    def of(self, passages: Sequence[Passage], names: Sequence[str]) -> list[Role]:
        """The role of each passage of a document: by its own words, and by those of all that stand under the same heading.

        `names` are the pseudonyms of its cases. Measured in tests/packs/test_roles.py.
        """
        if not passages:
            return []
        by_words, by_heading, _ = self._learned()
        places: dict[str, list[int]] = {}
        for place, passage in enumerate(passages):
            places.setdefault(_section(passage), []).append(place)
        own = by_words.of(self._vectors.of([unnamed(p.text, names) for p in passages]).astype(np.float64))
        headed = by_heading.of(self._vectors.of([unnamed(last_heading(s), names) for s in places]).astype(np.float64))
        scores = own.copy()
        for (section, here), heading in zip(places.items(), headed, strict=True):
            scores[here] += SECTION * own[here].mean(axis=0) + (HEADING * heading if section else 0)
        order = [one.id for one in examples().role]
        helped = order.index(Role.HELPED)
        rest = np.delete(scores, helped, axis=1).max(axis=1)
        scores[scores[:, helped] < rest + CLEARLY, helped] = -np.inf  # a failing that is shown as a strength does harm
        return [order[int(i)] for i in scores.argmax(axis=1)]

    def distressing(self, texts: Sequence[str]) -> bool:
        """Whether one of these passages, without the names of cases, can distress somebody who reads it."""
        return any(score >= examples().distress.threshold for score in self.distress(texts))

    def distress(self, texts: Sequence[str]) -> list[float]:
        """How surely each text can distress, about 0 to 1."""
        if not texts:
            return []
        given: list[float] = self._learned()[2].of(self._vectors.of(texts).astype(np.float64))[:, 0].tolist()
        return given

    def _learned(self) -> tuple[KernelRidge, KernelRidge, KernelRidge]:
        """What tells roles by words, what tells them by headings, and what tells distress."""
        if self._judges is None:
            told = examples()
            groups = (
                [(place, text) for place, role in enumerate(told.role) for text in role.examples],
                [(place, text) for place, role in enumerate(told.role) for text in role.headings],
                [*((0, text) for text in told.distress.can), *((1, text) for text in told.distress.calm)],
            )
            texts = [text for group in groups for _, text in group]
            kept = load_or_make(self._folder, "pack_roles", [self._embedder.name, *texts], lambda: {"vectors": self._vectors.of(texts)})
            parts = np.split(kept["vectors"].astype(np.float64), np.cumsum([len(group) for group in groups])[:-1])
            wanted = [np.eye(len(told.role)), np.eye(len(told.role)), np.array([[1.0], [0.0]])]
            words, heading, felt = (
                fitted(vectors, of[np.array([place for place, _ in group])], RIDGE)[0]
                for vectors, of, group in zip(parts, wanted, groups, strict=True)
            )
            self._judges = words, heading, felt
        return self._judges


def last_heading(chain: str) -> str:
    """The nearest of a chain of headings."""
    return chain.rsplit(" > ", 1)[-1]


def unnamed(text: str, names: Sequence[str]) -> str:
    """The text with the names of cases replaced: what a passage is must not depend on them."""
    return re.sub(rf"\b(?:{'|'.join(map(re.escape, names))})\b", STANDS_FOR, text) if names else text


def _section(passage: Passage) -> str:
    """The heading that a passage stands under; of a row the one above its label."""
    return passage.heading.rpartition(" > ")[0] if passage.kind is PassageKind.ROW else passage.heading
