"""A choice becomes a pack: stages with questions, then what was found, what helped, and what other documents say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.packs.desk import Desk
from assistant.packs.pack import Ask, Choice, Extract, Pack, PackError, Stage
from assistant.packs.pool import ALONE, Pool, extract_of, of_different_themes, pool_of, searched
from assistant.packs.roles import Role
from assistant.packs.words import words
from knowledge.one_question import one_question
from knowledge.themes import theme

SHORTEST, LONGEST = 30, 420  # minutes
STAGE_MINUTES = 9  # to read a stage and talk about it
STAGES_SHARE = 0.5  # of the session
FEWEST_STAGES, MOST_STAGES = 2, 10
ASKED = 2  # questions at a stop
SPARE = 12  # stages that stand ready instead of others
PACK_THEMES = 3
OTHERS = 3  # extracts of other documents
TITLE_LETTERS = 150


@dataclass(frozen=True, slots=True)
class Size:
    """How much of each part a session of some length has room for."""

    stages: int
    found: int
    helped: int
    advice: int


def size_of(minutes: int) -> Size:
    """What a session of so many minutes has room for. Raises PackError where it is too short or too long."""
    if not SHORTEST <= minutes <= LONGEST:
        raise PackError(f"A session must be between {SHORTEST} and {LONGEST} minutes (you gave {minutes}).")
    stages = min(MOST_STAGES, max(FEWEST_STAGES, round(minutes * STAGES_SHARE / STAGE_MINUTES)))
    found = 3 if minutes < 60 else 5 if minutes <= 120 else 7
    return Size(stages, found, 2 if minutes < 60 else 4, 2 if minutes < 60 else 4)


@one_question()
def build(desk: Desk, choice: Choice, audience: str = "multi-agency", minutes: int = 90, title: str = "") -> Pack:
    """A pack for the choice. Raises PackError where nothing can be built of it, or where there is no such audience, length or title."""
    size_of(minutes)
    audience, title = words().for_audience(audience).id, checked_title(desk, title) or usual_title(choice)
    return build_from(desk, choice, pool_of(desk, choice), audience, minutes, title)


def build_from(desk: Desk, choice: Choice, pool: Pool, audience: str, minutes: int, title: str) -> Pack:
    """The same of what the choice covers, under a title that stands."""
    size = size_of(minutes)
    story = _spread(pool.story, size.stages)
    others = [*(one for one in pool.story if one not in story), *pool.rows]
    found = of_different_themes(pool.found, size.found)
    quoted = [*story, *found]
    counted = Counter(t for one in quoted for t in one.themes[:2])
    themes = (choice.name,) if choice.kind == "theme" else tuple(t for t, _ in counted.most_common(PACK_THEMES))
    return Pack(
        choice=choice,
        audience=audience,
        minutes=minutes,
        title=title,
        stages=staged(desk, story, about=themes[:1] if choice.kind == "theme" else ()),
        found=tuple(found),
        helped=pool.helped[: size.helped],
        advice=pool.advice[: size.advice],
        elsewhere=() if choice.kind == "theme" else _elsewhere(desk, choice, themes),
        spare=tuple(Stage(one) for one in _nearby(others, SPARE)),
        themes=themes,
    )


def usual_title(choice: Choice) -> str:
    """What a pack is called where the trainer gave no title."""
    name = theme(choice.name).name if choice.kind == "theme" else choice.name
    return words().title.of(choice.kind, name)


def checked_title(desk: Desk, title: str) -> str:
    """A title that a trainer typed, on one line. Raises PackError where it is too long, or the guards hold it back."""
    title = " ".join(title.split())
    if len(title) > TITLE_LETTERS:
        raise PackError(f"The title has {len(title)} characters. Shorten it to {TITLE_LETTERS}.")
    if title:
        desk.check_own_words(title)
    return title


def _spread(story: Sequence[Extract], wanted: int) -> list[Extract]:
    """So many stages of a story, from its beginning to its end; what prints a date, or more than a line, is kept before what does not."""
    if len(story) <= wanted:
        return list(story)
    parts = [story[len(story) * n // wanted : len(story) * (n + 1) // wanted] for n in range(wanted)]
    return [max(part, key=lambda one: (bool(one.when) or one.distressing, one.words >= 20, -story.index(one))) for part in parts]


def _nearby(others: Sequence[Extract], most: int) -> list[Extract]:
    return list(others[:: max(1, -(-len(others) // most))])[:most]


def staged(desk: Desk, story: Sequence[Extract], asked: Sequence[str] = (), about: Sequence[str] = ()) -> tuple[Stage, ...]:
    """Extracts as stages, each with one or two questions, none of them asked before; those on the themes that all is `about` come first."""
    taken = list(asked)
    stages = []
    for extract in story:
        asks = asks_for(desk, extract, taken, about)
        taken += [ask.question for ask in asks]
        stages.append(Stage(extract, asks))
    return tuple(stages)


def asks_for(desk: Desk, extract: Extract, asked: Sequence[str] = (), about: Sequence[str] = ()) -> tuple[Ask, ...]:
    """One or two questions on an extract, of two themes where two are near; none of a thought that was `asked` before."""
    lines = list(extract.lines)
    heard = [theme(t) for t in dict.fromkeys((*about, *extract.themes))][:2]
    prompts = desk.questions(lines, extract.citations, heard, asked)
    first = prompts[:1]
    other = [one for one in prompts[1:] if first and one.theme != first[0].theme] or prompts[1:]
    return tuple(Ask(one.question, one.why, one.theme) for one in [*first, *other][:ASKED])


def _elsewhere(desk: Desk, choice: Choice, themes: Sequence[str]) -> tuple[Extract, ...]:
    """What other documents say on the same themes: of each theme the best of a document that was not quoted yet; no case is told of.

    A published case has published documents beside it, and none of the starter library.
    """
    published = any(not one.starter for one in desk.briefings() if one.id in choice.documents)
    fitting = {
        theme_id: [
            one
            for one in searched(desk, theme_id, choice.documents, no_case=True)
            if one.role in (Role.FINDING, Role.HELPED, Role.ADVICE)
            and len(one.stored.passage.text.split()) >= ALONE
            and not (published and one.briefing.starter)
        ]
        for theme_id in themes
    }
    taken: set[str] = set()
    found: list[Extract] = []
    for theme_id in [*themes, *themes]:
        one = next((one for one in fitting[theme_id] if one.briefing.short_name not in taken), None)
        if one is not None and len(found) < OTHERS:
            found.append(extract_of(desk, [one]))
            taken.add(one.briefing.short_name)
    return tuple(found)
