"""How surely the best passages answer a question of fact, or only speak of its subject: a near miss.

Meaning alone hardly tells a near miss from an answer. So beside how near the nearest sentence comes, and how much of
the question it prints, stands what it contradicts or leaves out: a negation, a number, an opposite, a name.
The six are weighed by a logistic regression, fitted by `benchmarks/confidence.py` on a public set of questions with
near misses; it knows nothing of reviews and of how practitioners tell of a situation, so that it does not judge accounts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np

from assistant.answering.coverage import weight
from assistant.language.sentence_vectors import SentenceVectors
from assistant.language.wording import plain, wording
from assistant.models.evidence import Candidate
from knowledge.embedding import Embedder
from knowledge.text import sentences
from knowledge.word_forms import figures

READ = 3  # passages
PRINTED = 0.3  # what printing all of the question's words is worth, in cosines, when its nearest sentence is chosen
WORD = re.compile(r"[^\W_]+")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
ENDINGS = (("s", ""), ("es", ""), ("ies", "y"), ("ed", ""), ("d", ""), ("ied", "y"), ("ing", ""), ("ing", "e"))
PREFIXES = ("un", "in", "im", "non", "dis", "ir", "il", "anti")

# Fitted: each feature's mean, deviation and weight, in the order of `Signs`; then the intercept.
FITTED = (
    (0.5627, 0.1656, 0.9331),
    (0.5666, 0.3011, 0.4045),
    (0.0494, 0.2167, -0.5227),
    (0.0473, 0.2122, -0.3969),
    (0.0354, 0.1849, -0.4045),
    (0.2836, 0.4507, -0.2936),
)
INTERCEPT = -0.5801


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells an answer from a near miss: a cosine, a share, and four things that the nearest sentence lacks or denies (1 or 0)."""

    cosine: float = 0.0
    printed: float = 0.0
    negation: float = 0.0
    number: float = 0.0
    opposite: float = 0.0
    name: float = 0.0


class Confidence:
    """Judges by the nearest sentence of the best passages."""

    def __init__(self, embedder: Embedder, vectors: SentenceVectors) -> None:
        self._embedder = embedder
        self._vectors = vectors

    def of(self, question: str, candidates: Sequence[Candidate], known: Sequence[str] = ()) -> float:
        """The log odds that the passages answer, best first; 0 is even. `known` are names that say where to look, not what for."""
        signs = self.signs(question, [(c.stored.passage.heading, c.stored.passage.text) for c in candidates[:READ]], known)
        values: tuple[float, ...] = astuple(signs)
        return INTERCEPT + sum(weighs * (value - mean) / deviation for value, (mean, deviation, weighs) in zip(values, FITTED, strict=True))

    def signs(self, question: str, passages: Sequence[tuple[str, str]], known: Sequence[str] = ()) -> Signs:
        """The signs of a question and its passages, each with its heading."""
        read = [(heading, text) for heading, passage in passages for _, _, text in sentences(passage)]
        question = figures(question)
        asked = _asked(question)
        if not read or not asked:
            return Signs()
        cosines = self._vectors.of([text for _, text in read]) @ np.asarray(self._embedder.embed_query(question), dtype=np.float32)
        weights = np.array([weight(word) for word in asked])
        printed = np.array(
            [float(weights[[_has(word, _words(figures(text))) for word in asked]].sum() / weights.sum()) for _, text in read]
        )
        best = int((cosines + PRINTED * printed).argmax())
        heading, text = read[best][0], figures(read[best][1])
        here = _words(text)
        titled = here | _words(heading) | {word for name in known for word in _words(name)}
        negation = wording().negation
        return Signs(
            cosine=float(cosines.max()),
            printed=float(printed[best]),
            negation=float(bool(negation.search(plain(question))) and not negation.search(plain(text))),
            number=float(bool(set(NUMBER.findall(question)) - set(NUMBER.findall(text)))),
            opposite=float(any(_opposed(word, here) for word in _words(question))),
            name=float(any(not _has(name, titled) for name in _names(question))),
        )


def _words(text: str) -> set[str]:
    return {word.lower() for word in WORD.findall(text)}


def _asked(question: str) -> list[str]:
    """The words that say something, or all where none does."""
    words = list(dict.fromkeys(word.lower() for word in WORD.findall(question)))
    return [word for word in words if word not in wording().stop and len(word) > 1] or words


def _has(word: str, there: set[str]) -> bool:
    """Whether the word is there, or another with its stem."""
    stem = word[: max(4, len(word) - 3)]
    return word in there or (len(word) >= 4 and any(other.startswith(stem) for other in there))


def _names(question: str) -> list[str]:
    """Words with a capital inside the question, and its numbers."""
    words = WORD.findall(question)
    return [word.lower() for place, word in enumerate(words) if NUMBER.fullmatch(word) or (place and word[0].isupper())]


def _bare(word: str) -> set[str]:
    """The word, and what it may be an inflection of."""
    stems = {word[: -len(ending)] + instead for ending, instead in ENDINGS if word.endswith(ending) and len(word) - len(ending) >= 3}
    return {word} | stems


def _opposed(word: str, there: set[str]) -> bool:
    """Whether a text prints the word's opposite, and not the word."""
    forms = {form for other in there for form in _bare(other)}
    if _bare(word) & forms:
        return False
    others = {other for form in _bare(word) for other in wording().opposites.get(form, ())}
    others |= {prefix + word for prefix in PREFIXES} | {word[len(p) :] for p in PREFIXES if word.startswith(p) and len(word) > len(p) + 3}
    return bool(others & forms)
