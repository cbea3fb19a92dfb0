"""What a trainer changes in a pack. Each change makes another pack; what it quotes stays proven, whatever is changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.packs.build import build_from, checked_title, size_of, staged, usual_title
from assistant.packs.desk import Desk
from assistant.packs.pack import Ask, Extract, Pack, PackError, Stage
from assistant.packs.pool import Pool, pool_of
from assistant.packs.words import words
from knowledge.one_question import one_question

MOST_ASKS = 4
QUESTION_LETTERS = 300


def retitle(desk: Desk, pack: Pack, title: str) -> Pack:
    """The pack under another title; under its usual one where that is empty. Raises PackError where it cannot be one."""
    return pack if title.strip() == pack.title else replace(pack, title=checked_title(desk, title) or usual_title(pack.choice))


def shorten(pack: Pack, key: str, first: int, last: int) -> Pack:
    """An extract shown from sentence `first` to `last`, counted from 0 in the whole of it. Raises PackError where there are no such."""

    def shortened(one: Extract) -> Extract:
        return one.shown(first, last) if one.key == key else one

    _known(pack, key)
    return replace(
        pack,
        stages=tuple(replace(stage, extract=shortened(stage.extract)) for stage in pack.stages),
        found=tuple(map(shortened, pack.found)),
        helped=tuple(map(shortened, pack.helped)),
        advice=tuple(map(shortened, pack.advice)),
        elsewhere=tuple(map(shortened, pack.elsewhere)),
    )


def move(pack: Pack, key: str, to: int) -> Pack:
    """A stage in another place, counted from 0; beyond the ends means at the end. Raises PackError where there is no such stage."""
    stage = _stage(pack, key)
    rest = [one for one in pack.stages if one is not stage]
    rest.insert(max(0, to), stage)
    return replace(pack, stages=tuple(rest))


def drop(pack: Pack, key: str) -> Pack:
    """The pack without an extract; a stage stands ready to come back. Raises PackError for the last stage."""
    _known(pack, key)
    spare = tuple(stage for stage in pack.stages if stage.key == key)
    if spare and len(pack.stages) == 1:
        raise PackError("A pack needs one stage at least. Replace this one, or choose something else.")
    return replace(
        pack,
        stages=tuple(stage for stage in pack.stages if stage.key != key),
        found=_without(pack.found, key),
        helped=_without(pack.helped, key),
        advice=_without(pack.advice, key),
        elsewhere=_without(pack.elsewhere, key),
        spare=(*spare, *pack.spare),
        dropped=tuple(dict.fromkeys((*pack.dropped, key))),
    )


def put_in(desk: Desk, pack: Pack, key: str, at: int | None = None) -> Pack:
    """A spare stage put in at a place, counted from 0; at the end where none is given. Raises PackError where no spare goes by the key."""
    spare = _spare(pack, key)
    stages = list(pack.stages)
    stages.insert(len(stages) if at is None else max(0, at), _asking(desk, pack, spare))
    return replace(
        pack,
        stages=tuple(stages),
        spare=tuple(one for one in pack.spare if one.key != key),
        dropped=tuple(one for one in pack.dropped if one != key),
    )


def put_instead(desk: Desk, pack: Pack, key: str, other: str) -> Pack:
    """A spare stage in the place of another, which becomes spare. Raises PackError where there is no such stage or spare."""
    place = pack.stages.index(_stage(pack, key))
    _spare(pack, other)
    return drop(put_in(desk, pack, other, place), key)


def ask(desk: Desk, pack: Pack, key: str, questions: Sequence[str]) -> Pack:
    """A stage with these questions; those that stood there keep what they are asked for. Raises PackError for what cannot be a question."""
    stage = _stage(pack, key)
    asked = [" ".join(one.split()) for one in questions if one.strip()]
    if len(asked) > MOST_ASKS or any(len(one) > QUESTION_LETTERS for one in asked):
        raise PackError(f"Each stage can have up to {MOST_ASKS} questions of up to {QUESTION_LETTERS} characters. Shorten them.")
    stood = {one.question: one for one in stage.asks}
    if new := [one for one in asked if one not in stood]:
        desk.check_own_words("\n".join(new))
    asks = tuple(stood.get(one, Ask(one, own=True)) for one in asked)
    return replace(pack, stages=tuple(replace(one, asks=asks) if one is stage else one for one in pack.stages))


@one_question()
def made_again(desk: Desk, pack: Pack, *, audience: str = "", minutes: int = 0) -> Pack:
    """The pack built anew from the library, for another audience or length where given, with the trainer's edits kept.

    Kept are: the title, the stages in their order, as shortened and with their questions, and what was dropped. Where more stages are
    wanted now, each stands where the story has it; where fewer, those that the trainer wrote questions for stay before those that the
    new pack has, and these before the rest, which becomes spare. Raises PackError where there is no such audience or length.
    """
    audience, minutes, before = words().for_audience(audience or pack.audience).id, minutes or pack.minutes, pack.minutes
    size_of(minutes)
    pool = pool_of(desk, pack.choice)
    fresh = build_from(desk, pack.choice, pool, audience, minutes, pack.title)
    stages = _fewer(pack, fresh, len(pack.stages) if minutes == before else len(fresh.stages))
    if minutes != before:
        stages = _more(desk, pack, fresh, stages, pool)
    held = {stage.key for stage in stages}

    def kept(old: Sequence[Extract], now: Sequence[Extract]) -> tuple[Extract, ...]:
        stood = {one.key: one for one in old}
        return tuple(stood.get(one.key, one) for one in now if one.key not in pack.dropped and one.key not in held)

    return replace(
        fresh,
        stages=tuple(stages),
        found=kept(pack.found, fresh.found),
        helped=kept(pack.helped, fresh.helped),
        advice=kept(pack.advice, fresh.advice),
        elsewhere=kept(pack.elsewhere, fresh.elsewhere),
        spare=tuple(stage for stage in _each_once((*pack.stages, *pack.spare, *fresh.stages, *fresh.spare)) if stage.key not in held),
        dropped=pack.dropped,
    )


def _fewer(pack: Pack, fresh: Pack, wanted: int) -> list[Stage]:
    """Of the pack's stages the ones that stay, in their order."""
    new = {stage.key for stage in fresh.stages}
    first = sorted(pack.stages, key=lambda stage: (not any(ask.own for ask in stage.asks), stage.key not in new))[:wanted]
    keys = {stage.key for stage in first}
    return [stage for stage in pack.stages if stage.key in keys]


def _more(desk: Desk, pack: Pack, fresh: Pack, stages: Sequence[Stage], pool: Pool) -> list[Stage]:
    """The stages with as many others as the new pack has room for, each behind what the story tells before it."""
    order = {one.key: place for place, one in enumerate(pool.story)}
    known = {one.key: one for one in pack.spare}
    told = list(stages)
    out = {*pack.dropped, *(stage.key for stage in pack.stages)}
    ready = _each_once((*fresh.stages, *pack.spare, *fresh.spare))
    more = [known.get(one.key, one) for one in ready if one.key in order and one.key not in out]
    for stage in more[: max(0, len(fresh.stages) - len(stages))]:
        behind = [n for n, one in enumerate(told, 1) if order.get(one.key, len(order)) < order[stage.key]]
        told.insert(max(behind, default=0), _asking(desk, replace(pack, stages=tuple(told)), stage))
    return told


def _each_once(stages: Sequence[Stage]) -> list[Stage]:
    """The stages in order, of each the first."""
    found: dict[str, Stage] = {}
    for stage in stages:
        found.setdefault(stage.key, stage)
    return list(found.values())


def _asking(desk: Desk, pack: Pack, stage: Stage) -> Stage:
    asked = [one.question for other in pack.stages for one in other.asks]
    return stage if stage.asks else staged(desk, [stage.extract], asked)[0]


def _without(extracts: Sequence[Extract], key: str) -> tuple[Extract, ...]:
    return tuple(one for one in extracts if one.key != key)


def _stage(pack: Pack, key: str) -> Stage:
    found = next((stage for stage in pack.stages if stage.key == key), None)
    if found is None:
        raise PackError(f"This pack has no stage {key}.")
    return found


def _spare(pack: Pack, key: str) -> Stage:
    found = next((stage for stage in pack.spare if stage.key == key), None)
    if found is None:
        raise PackError(f"There is no spare extract {key}.")
    return found


def _known(pack: Pack, key: str) -> None:
    if key not in {one.key for one in pack.extracts}:
        raise PackError(f"This pack quotes no extract {key}.")
