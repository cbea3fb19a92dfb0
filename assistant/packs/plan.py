"""The session plan: which part takes how long, and when it begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.packs.pack import Pack
from assistant.packs.words import Activity, words

BREAK_FROM, BREAK = 110, 10  # minutes of a session that has a break, and of the break
LUNCH_FROM, LUNCH = 300, 45
STEP = 5  # minutes: a part takes a multiple of it where the session is long enough
STEP_FROM = 60


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a session: minutes from its beginning, and what is done. `stage` is its number, counted from 1; 0 for other parts."""

    begins: int
    minutes: int
    intention: str
    content: str
    resources: str
    stage: int = 0

    @property
    def time(self) -> str:
        """ "0:35–0:45"."""
        return f"{_clock(self.begins)}–{_clock(self.begins + self.minutes)}"


def plan_of(pack: Pack) -> tuple[Part, ...]:
    """The parts of a session in order. Together they take the pack's minutes."""
    parts = list(_parts(pack))
    pauses = _pauses(pack.minutes, len(parts))
    lengths = _lengths([share for _, share, _ in parts], pack.minutes - sum(minutes for _, minutes in pauses.values()))
    found: list[Part] = []
    begins = 0
    for place, ((activity, _, stage), minutes) in enumerate(zip(parts, lengths, strict=True)):
        named = f"{words().part.of(pack.choice.kind)} {stage}. " if stage else ""
        found.append(Part(begins, minutes, activity.intention, named + activity.content, activity.resources, stage))
        begins += minutes
        if place in pauses:
            name, rest = pauses[place]
            found.append(Part(begins, rest, words().pause.intention, name, ""))
            begins += rest
    return tuple(found)


def _parts(pack: Pack) -> Iterator[tuple[Activity, float, int]]:
    """Each part with its share of the time, and the number of its stage."""
    said = words()
    opening, stage = said.activity_of("opening"), said.activity_of("stage")
    yield opening, opening.share, 0
    for number in range(1, len(pack.stages) + 1):
        yield stage, stage.share / len(pack.stages), number
    for held, name in ((pack.found, "found"), (pack.helped, "helped"), (pack.elsewhere, "elsewhere"), (True, "action"), (True, "close")):
        if held:
            activity = said.activity_of(name)  # type: ignore[arg-type]
            yield activity, activity.share, 0


def _pauses(minutes: int, parts: int) -> dict[int, tuple[str, int]]:
    """After which part there is a break, what it is called, and its minutes."""
    pause = words().pause
    if minutes >= LUNCH_FROM:
        return {parts // 4: (pause.content, BREAK), parts // 2: (pause.lunch, LUNCH), parts * 3 // 4: (pause.content, BREAK)}
    return {(parts - 1) // 2: (pause.content, BREAK)} if minutes >= BREAK_FROM else {}


def _lengths(shares: list[float], minutes: int) -> list[int]:
    """The minutes parted by shares, in steps, none of them empty; what is left over goes to the longest."""
    step = STEP if minutes >= STEP_FROM else 1
    lengths = [max(step, round(minutes * share / sum(shares) / step) * step) for share in shares]
    while (left := minutes - sum(lengths)) != 0:
        longest = lengths.index(max(lengths))
        lengths[longest] += left if 0 < left < step else min(step, left) if left > 0 else -min(step, -left)
    return lengths


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"
