"""A message becomes a question: what it is about, of which briefings, and what kind of answer it wants."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from assistant.language.wording import Wording, plain, wording, words_of
from assistant.models.question import Question
from assistant.query.lexicon import LexiconKeeper
from assistant.query.periods import outside, period_in
from assistant.query.vocabulary import Vocabulary
from knowledge.briefing import Briefing
from knowledge.embedding import Embedder
from knowledge.learned import Learned
from knowledge.shelf import Shelf

TELLS = 0.55  # from there on a message tells of a situation, whatever its form (chosen on messages held back: `python -m training.train`)
YEAR_OF_BRIEFING = re.compile(
    r"\b(?:the|that|this)\s+((?:19|20)\d\d)\s+(?:one|briefing|guide|newsletter|review|document|paper|report|board)s?\b", re.I
)
SUBJECT = re.compile(r"\w+(?: \w+)? (?:on|about|regarding|around)\b", re.I)  # "the learning on bruising": no term whose meaning is asked
OTHER_CASE = re.compile(r"\bother (?:baby|child|case|one|review|family|girl|boy)\b", re.I)
ASIDE = re.compile(r"[.?!;:]+(?:\s+|$)|\s+[-\u2013\u2014]+\s+|\n+")
# What stands for a masked detail is not searched for, nor the words that only led up to it.
MASKED = re.compile(
    r"(?:\b(?:nhs|ni|upn|case|number|no|id|dob|born|lives?|living|at|on|in|of|or|and|ring|call|phone|tel|e-?mail|address|postcode|called|named)\b[\s:,#.]*)*"
    r"\[[^\]]{1,40}\]",
    re.I,
)


class Parser:
    """Reads messages in the words of a library. `today` gives the day that "the last five years" count from."""

    def __init__(self, shelf: Shelf, lexicon: LexiconKeeper, embedder: Embedder, learned: Learned, today: Callable[[], date]) -> None:
        self._shelf = shelf
        self._lexicon = lexicon
        self._embedder = embedder
        self._learned = learned
        self._today = today

    def parse(self, message: str, history: Sequence[str] = (), *, account: bool = False) -> Question:
        """The question in a message, in the light of earlier ones. `account` says that it tells of a situation, whatever its form."""
        question = understand(message, history, self._shelf.briefings(), self._lexicon.lexicon().vocabulary, self._today())
        told = account or (not (question.carried or question.narrow) and self._tells(question))
        return replace(question, account=True, of_all=False) if told else question

    def _tells(self, question: Question) -> bool:
        """Whether a message is heard to tell of a situation though its form is a question's."""
        return self._learned.tells(self._embedder.embed_query(question.message)) >= TELLS


def understand(text: str, history: Sequence[str], briefings: Sequence[Briefing], vocabulary: Vocabulary, today: date) -> Question:
    """Read a message in the light of the user's earlier ones (oldest first). `today` is the day that "the last five years" count from."""
    question = _alone(text, briefings, vocabulary, today)
    if history and _leans(question):
        earlier = understand(history[-1], history[:-1], briefings, vocabulary, today)
        others = bool(re.search(r"\bothers?\b|\belse\b", plain(text)))
        cases = question.cases or _cases_meant(text, earlier.cases, briefings)
        left = {word for case in set(earlier.cases) - set(cases) for word in words_of(case)}
        thread = [word for word in (*words_of(" ".join(earlier.defines)), *earlier.terms) if word not in wording().stop | left]
        question = replace(
            question,
            terms=tuple(dict.fromkeys((*thread, *question.terms))),
            scope=question.scope or (() if others else earlier.scope),
            places=question.places or (() if others else earlier.places),
            cases=cases,
            of_all=question.of_all or others,
            account=False,
            period=question.period or earlier.period,
            outside=question.outside if question.period else earlier.outside,
            carried=" ".join(dict.fromkeys(thread)),
            thread=tuple(dict.fromkeys(thread)),
            fresh=question.terms,
            also={**earlier.also, **question.also},
        )
    return question


def _alone(text: str, briefings: Sequence[Briefing], vocabulary: Vocabulary, today: date) -> Question:
    frames, lowered = wording(), plain(MASKED.sub(" ", text))
    scope, places = _scope(lowered, text, briefings)
    cases = tuple(name for name in _pseudonyms(briefings) if re.search(rf"\b{re.escape(name.lower())}\b", lowered))
    account = _is_account([vocabulary.speller.mend(word) for word in words_of(lowered)], lowered, frames)
    period = None if account else period_in(lowered, today, places)
    if period:
        lowered = lowered.replace(period.said, " ")
    read = vocabulary.read(_without_frames(lowered, frames))
    content = [word for word in read.words if word not in frames.stop and len(word) > 1]
    named = set(words_of(" ".join(places)))
    about = [word for word in content if word not in frames.frame and word not in named and not _is_year_of(word, scope, briefings)]
    if not about and not _only_asks_of_all(lowered, frames):
        about = [word for word in content if word not in named]
    return Question(
        text=text,
        terms=tuple(dict.fromkeys(about)),
        scope=scope,
        places=places,
        cases=cases,
        defines=_defined(text, frames),
        of_all=not account and any(p.search(lowered) for p in frames.asks_of_all),  # "every time I go" asks no briefing
        account=account,
        origin=bool(scope) and any(p.search(lowered) for p in frames.origin),
        currency=any(p.search(lowered) for p in frames.currency),
        number=any(p.search(lowered) for p in frames.number),
        guidance=bool(re.search(r"\bworking together\b|\b(?:statutory|which|what) guidance\b", lowered)),
        period=period,
        outside=outside(period, briefings) if period else frozenset(),
        mended=read.changed,
        respelled=read.respelled,
        also=read.also,
        parts=_parts(lowered, about, vocabulary),
    )


def _parts(lowered: str, terms: Sequence[str], vocabulary: Vocabulary) -> tuple[tuple[str, ...], ...]:
    """The terms of each sentence or aside: people say what they need a thing for beside what they ask."""
    found = [vocabulary.read(part).words for part in ASIDE.split(lowered)]
    parts = [tuple(term for term in dict.fromkeys(terms) if term in words) for words in found]
    several = tuple(part for part in parts if part)
    return several if len(several) > 1 else ()


def _only_asks_of_all(lowered: str, frames: Wording) -> bool:
    return any(p.search(lowered) for p in frames.asks_of_all) and bool(set(words_of(lowered)) & frames.leaning)


def _scope(lowered: str, text: str, briefings: Sequence[Briefing]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The briefings that a question names, by place or by year, and the words it names them with."""
    ids: dict[str, None] = {}
    places: dict[str, None] = {}
    for briefing in briefings:
        if briefing.starter:
            continue
        for place in re.split(r",\s*|\s+and\s+|\s+&\s+", briefing.details.short_name):
            if place and re.search(rf"\b{re.escape(place.lower())}\b", lowered):
                ids[briefing.id] = places[place] = None
    for year in YEAR_OF_BRIEFING.findall(text):
        for briefing in briefings:
            if briefing.details.date.year == int(year) and (not places or briefing.id in ids):
                ids[briefing.id] = None
        places[year] = None
    return tuple(ids), tuple(places)


def _is_year_of(word: str, scope: Sequence[str], briefings: Sequence[Briefing]) -> bool:
    return word.isdigit() and any(b.id in scope and b.details.date.year == int(word) for b in briefings)


def _pseudonyms(briefings: Sequence[Briefing]) -> list[str]:
    return list(dict.fromkeys(name for briefing in briefings for name in briefing.details.pseudonyms))


def _cases_meant(text: str, cases: tuple[str, ...], briefings: Sequence[Briefing]) -> tuple[str, ...]:
    """The cases that a follow-up goes on about: the thread's, or the other one of its briefing where "the other" is asked after."""
    beside = [set(b.details.pseudonyms) for b in briefings if set(cases) <= set(b.details.pseudonyms)]
    if len(cases) == 1 and OTHER_CASE.search(text) and len(beside) == 1 and len(beside[0]) == 2:
        return tuple(beside[0] - set(cases))
    return cases


def _without_frames(lowered: str, frames: Wording) -> str:
    """The message without the phrases that only name the kind of review, if anything is left then."""
    bare = lowered
    for pattern in frames.frame_phrases:
        bare = pattern.sub(" ", bare)
    left = [word for word in words_of(bare) if word not in frames.stop and word not in frames.frame]
    return bare if left else lowered


def _defined(text: str, frames: Wording) -> tuple[str, ...]:
    for pattern in frames.defines:
        if match := pattern.search(plain(text.strip())):
            terms = [term.strip(" ?.'\"") for term in match.groupdict().values() if term]
            return tuple(term for term in terms if len(term.split()) <= 6 and not SUBJECT.match(term))
    return ()


def _is_account(words: Sequence[str], lowered: str, frames: Wording) -> bool:
    """Whether a message tells of a situation: no question but of oneself, and nothing said about reviews."""
    if set(words) & frames.asks_library or len(words) <= 3:
        return False
    of_self = any(p.search(lowered) for p in frames.asks_self) and not any(p.match(lowered.strip()) for p in frames.asks_fact)
    return of_self or not ("?" in lowered or any(pattern.match(lowered.strip()) for pattern in frames.asks))


def _leans(question: Question) -> bool:
    """Whether a message needs the one before it to be understood."""
    frames, lowered = wording(), plain(question.text).strip()
    opens = lowered.startswith(frames.follow_up)
    leaning = bool(set(words_of(lowered)) & frames.leaning)
    few = len(question.terms) <= 2
    return (few and (opens or leaning)) or not question.terms or (opens and len(question.terms) <= 3)
