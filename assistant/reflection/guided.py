"""Guided reflection: what is written at one step shapes the questions and the quotations of the next.

It decides nothing and keeps nothing: all that was written comes in with each call, and goes with it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from assistant.answering.decide import NOTHING
from assistant.assistant import Assistant
from assistant.guards.pii import taken_letters
from assistant.models.evidence import Candidate, Evidence
from assistant.models.reply import Citation, Detail, Notice, NoticeKind, Prompt
from assistant.reflection.frameworks import models
from knowledge.themes import themes

FITTING = 2  # quotations that fit what was written, beside the one that challenges it
ASKED = 2  # questions to sit with at a step
LONGEST = 700  # letters of a field that are searched with: the model reads no further
DEEPEST = 20  # candidates of a search that are looked at
LATER = 0.1  # places that a search stands behind the one before it: the account comes before what is made of it
ALIKE = 0.8  # cosine from which two findings are one
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Learned:
    """A quotation for what was written; `challenges` marks one that asks to look again."""

    citation: Citation
    challenges: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """What the guards say of all that was written: notices, every text without identifying details, and where those stand."""

    notices: tuple[Notice, ...]
    masked: Mapping[str, str]
    details: Mapping[str, tuple[Detail, ...]]

    def notice(self, kind: NoticeKind) -> Notice | None:
        """The notice of this kind, if there is one."""
        return next((notice for notice in self.notices if notice.kind == kind), None)


class Guided:
    """Listens to what a practitioner writes, step by step."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def check(self, texts: Texts, names: MutableMapping[str, str], safe: Collection[str] = ()) -> Checked:
        """Ask the guards of every text; of each kind of notice the first is told. `names` keeps who is which letter.

        Of the texts in `safe` the user has said that everyone is safe now.
        """
        taken_letters("\n".join(texts.values()), names)
        account = [text for text in told(texts) if text not in safe]
        verdicts = {key: self._assistant.check(text, names, _before(text, account)) for key, text in texts.items() if text.strip()}
        notices: dict[str, Notice] = {}
        for key, verdict in verdicts.items():
            for notice in verdict.notices:
                if notice.kind != "urgent" or texts[key] not in safe:
                    notices.setdefault(notice.kind, notice)
        order: tuple[NoticeKind, ...] = ("urgent", "today", "personal_data", "decision", "scope")
        masked = {key: verdicts[key].masked if key in verdicts else text for key, text in texts.items()}
        details = {key: verdict.details for key, verdict in verdicts.items() if verdict.details}
        return Checked(tuple(notices[kind] for kind in order if kind in notices), masked, details)

    def questions(self, texts: Texts, asked: Collection[str] = ()) -> tuple[tuple[Prompt, Citation | None], ...]:
        """Questions to sit with on what was written so far, each with the quotation that raises it; none that was `asked` before.

        None where nothing fits.
        """
        account = " ".join(told(texts))[:LONGEST]
        if not account or (evidence := self._assistant.evidence(account, account=True)).nothing > NOTHING:
            return ()
        reply = self._assistant.answer(evidence, asked)
        citations = reply.citations or reply.near
        return tuple((p, citations[p.citation] if p.citation is not None else None) for p in reply.prompts[:ASKED])

    def learned(self, texts: Texts) -> tuple[Learned, ...]:
        """Two or three quotations: those that fit best what was written, then one that challenges it. None where nothing fits."""
        searched = [self._assistant.evidence(text[:LONGEST], account=True) for text in told(texts)]
        ranked = self._published(_ranked([evidence for evidence in searched if evidence.candidates and evidence.nothing <= NOTHING]))
        challenge = self._challenge(ranked)
        fitting = _of_different_briefings([found for found in ranked if found is not challenge], challenge)
        return tuple(
            Learned(citation, challenges=found is challenge)
            for found in (*fitting, *([challenge] if challenge else []))
            for citation in self._assistant.cite(found.evidence, [found.candidate])
        )

    def _published(self, found: Sequence[_Found]) -> list[_Found]:
        """What is of published reviews; the starter library is taken only where the library holds nothing else."""
        only_ours = all(briefing.starter for briefing in self._assistant.shelf.briefings())
        return [one for one in found if only_ours or not one.candidate.briefing.starter]

    def _challenge(self, ranked: Sequence[_Found]) -> _Found | None:
        """The best finding of a theme that asks to look again: among those that fit, or else of what reviews say on such a theme.

        The best of all stays with those that fit.
        """
        if not ranked:
            return None
        asking = [theme for theme in themes() if theme.id in models().challenges]
        marked = frozenset().union(*(self._assistant.searcher.tagged(theme) for theme in asking))
        first = ranked[0].candidate.stored.id
        elsewhere = (
            found
            for theme in asking
            for evidence in [self._assistant.evidence(f"What do reviews say about {theme.about}?")]
            for found in self._published([_Found(candidate, evidence) for candidate in evidence.candidates])[:1]
        )
        return next((f for f in chain(ranked[1:], elsewhere) if f.candidate.stored.id in marked - {first}), None)


@dataclass(frozen=True, slots=True)
class _Found:
    """A candidate, and the search that brought it nearest."""

    candidate: Candidate
    evidence: Evidence


def told(texts: Texts) -> list[str]:
    """What tells of the situation, the account first."""
    return [text for text in (texts.get(section, "").strip() for section in models().listens) if text]


def _before(text: str, account: Sequence[str]) -> Sequence[str]:
    """What was told before this text, where it is part of the account; nothing for what is not."""
    return account[: account.index(text)] if text in account else ()


def _ranked(searched: Sequence[Evidence]) -> list[_Found]:
    """What several searches found: the best of each, the account's first, then the second of each. No text comes twice."""
    best: dict[str, _Found] = {}
    worth: dict[str, float] = {}
    for place, evidence in enumerate(searched):
        for rank, candidate in enumerate(evidence.candidates[:DEEPEST]):
            text = " ".join(candidate.stored.passage.text.lower().split())
            score = -(rank + LATER * place)
            if score > worth.get(text, -np.inf):
                best[text], worth[text] = _Found(candidate, evidence), score
    return [best[text] for text in sorted(best, key=lambda text: -worth[text])]


def _of_different_briefings(ranked: Sequence[_Found], beside: _Found | None) -> list[_Found]:
    """The one that fits best, and then others, none that says what another says, of another briefing where that can be."""
    taken = list(ranked[:1])
    for fresh in (True, False):
        for found in ranked:
            shown = [*taken, *([beside] if beside else [])]
            elsewhere = all(found.candidate.briefing.id != one.candidate.briefing.id for one in shown)
            if len(taken) < FITTING and elsewhere >= fresh and not any(_alike(found, one) for one in shown):
                taken.append(found)
    return taken


def _alike(one: _Found, other: _Found) -> bool:
    """Whether two findings say nearly the same."""
    a, b = one.candidate.meaning, other.candidate.meaning
    return one is other or (a is not None and b is not None and float(a @ b) >= ALIKE)
