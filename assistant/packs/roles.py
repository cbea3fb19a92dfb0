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

from assistant.kernel_ridge import KernelRidge, fitted
from assistant.sentence_vectors import SentenceVectors
from knowledge.briefing import Passage, PassageKind
from knowledge.data_file import Data, Mistake, Text, load_toml
from knowledge.derived import load_or_make
from knowledge.embedding import Embedder

RIDGE = 0.3
CLEARLY = 0.1  # how far before every other role a passage must be to be shown as a strength
SECTION = 0.5  # what the passages under the same heading weigh beside a passage's own words
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
    """A role, and passages that have it."""

    id: Role
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
        self._judges: tuple[KernelRidge, KernelRidge] | None = None

    def of(self, passages: Sequence[Passage], names: Sequence[str]) -> list[Role]:
        """The role of each passage of a document: by its own words, and by those of all that stand under the same heading.

        `names` are the pseudonyms of its cases. Measured in tests/packs/test_roles.py.
        """
        if not passages:
            return []
        own = self._learned()[0].of(self._vectors.of([unnamed(p.text, names) for p in passages]).astype(np.float64))
        sections: dict[str, list[int]] = {}
        for place, passage in enumerate(passages):
            sections.setdefault(_section(passage), []).append(place)
        scores = own + SECTION * np.stack([own[sections[_section(passage)]].mean(axis=0) for passage in passages])
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
        given: list[float] = self._learned()[1].of(self._vectors.of(texts).astype(np.float64))[:, 0].tolist()
        return given

    def _learned(self) -> tuple[KernelRidge, KernelRidge]:
        if self._judges is None:
            told = examples()
            roles = [(place, text) for place, role in enumerate(told.role) for text in role.examples]
            felt = [*((1.0, text) for text in told.distress.can), *((0.0, text) for text in told.distress.calm)]
            texts = [text for _, text in roles] + [text for _, text in felt]
            kept = load_or_make(self._folder, "pack_roles", [self._embedder.name, *texts], lambda: {"vectors": self._vectors.of(texts)})
            vectors = kept["vectors"].astype(np.float64)
            wanted = np.eye(len(told.role))[np.array([place for place, _ in roles])]
            marks = np.array([[mark] for mark, _ in felt])
            self._judges = fitted(vectors[: len(roles)], wanted, RIDGE)[0], fitted(vectors[len(roles) :], marks, RIDGE)[0]
        return self._judges


def unnamed(text: str, names: Sequence[str]) -> str:
    """The text with the names of cases replaced: what a passage is must not depend on them."""
    return re.sub(rf"\b(?:{'|'.join(map(re.escape, names))})\b", STANDS_FOR, text) if names else text


def _section(passage: Passage) -> str:
    """The heading that a passage stands under; of a row the one above its label."""
    return passage.heading.rpartition(" > ")[0] if passage.kind is PassageKind.ROW else passage.heading
