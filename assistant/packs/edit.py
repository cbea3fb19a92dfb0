"""What a trainer changes in a pack. Each change makes another pack; what it quotes stays proven, whatever is changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.packs.build import build, checked_title, staged, usual_title
from assistant.packs.desk import Desk
from assistant.packs.pack import Ask, Extract, Pack, PackError, Stage

MOST_ASKS = 4
QUESTION_LETTERS = 300


def retitle(pack: Pack, title: str) -> Pack:
    """The pack under another title; under its usual one where that is empty. Raises PackError where it is too long."""
    return replace(pack, title=checked_title(title) or usual_title(pack.choice))


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


def ask(pack: Pack, key: str, questions: Sequence[str]) -> Pack:
    """A stage with these questions; those that stood there keep what they are asked for. Raises PackError for what cannot be a question."""
    stage = _stage(pack, key)
    asked = [" ".join(one.split()) for one in questions if one.strip()]
    if len(asked) > MOST_ASKS or any(len(one) > QUESTION_LETTERS for one in asked):
        raise PackError(f"Each stage can have up to {MOST_ASKS} questions of up to {QUESTION_LETTERS} characters. Shorten them.")
    stood = {one.question: one for one in stage.asks}
    asks = tuple(stood.get(one, Ask(one, own=True)) for one in asked)
    return replace(pack, stages=tuple(replace(one, asks=asks) if one is stage else one for one in pack.stages))


def made_again(desk: Desk, pack: Pack, *, audience: str = "", minutes: int = 0) -> Pack:
    """The pack built anew from the library, for another audience or length where given, with the trainer's edits kept.

    Kept are: the title, the stages in their order, as shortened and with their questions, and what was dropped. Where more stages are
    wanted now they come from what is new; where fewer, the last ones become spare.
    """
    fresh = build(desk, pack.choice, audience or pack.audience, minutes or pack.minutes, pack.title)
    known = {one.key for one in (*(s.extract for s in (*pack.stages, *pack.spare)), *pack.extracts)} | set(pack.dropped)
    new = [stage for stage in (*fresh.stages, *fresh.spare) if stage.key not in known]
    wanted = len(pack.stages) if minutes in (0, pack.minutes) else len(fresh.stages)
    more = [*(one for one in pack.spare if one.key not in pack.dropped), *new][: max(0, wanted - len(pack.stages))]
    asked = [one.question for stage in pack.stages for one in stage.asks]
    stages = [*pack.stages[:wanted], *staged(desk, [stage.extract for stage in more], asked)]
    held = {stage.key for stage in stages}
    spare = [stage for stage in (*pack.stages, *pack.spare, *fresh.stages, *fresh.spare) if stage.key not in held]

    def kept(before: Sequence[Extract], now: Sequence[Extract]) -> tuple[Extract, ...]:
        stood = {one.key: one for one in before}
        return tuple(stood.get(one.key, one) for one in now if one.key not in pack.dropped and one.key not in held)

    return replace(
        fresh,
        stages=tuple(stages),
        found=kept(pack.found, fresh.found),
        helped=kept(pack.helped, fresh.helped),
        advice=kept(pack.advice, fresh.advice),
        elsewhere=kept(pack.elsewhere, fresh.elsewhere),
        spare=tuple({stage.key: stage for stage in reversed(spare)}.values())[::-1],
        dropped=pack.dropped,
    )


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
