"""What a pack can be built from: the passages that a choice covers, each with its role, joined into extracts in the order of events."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rapidfuzz import fuzz

from assistant.models.headings import REVIEWS, heading_of
from assistant.packs.desk import Desk
from assistant.packs.pack import Choice, Extract, PackError
from assistant.packs.roles import Role, unnamed
from assistant.packs.when import When, when_of
from knowledge.briefing import Briefing, PassageKind
from knowledge.catalogue import StoredPassage
from knowledge.kinds import Nature, nature_of
from knowledge.themes import theme

STAGE_WORDS = 110  # of a stage: what a slide holds, and a group reads in a minute
QUOTED_WORDS = 65  # of a finding
MOST_PASSAGES = 120  # of a document that are looked at closely; embedding them takes some seconds
ALONE = 12  # words of a passage that is understood without the one before it
FEWEST_EVENTS = 2  # passages that tell what happened, for a story in stages
ON_THEME = 8  # passages of a search on a theme that count though they do not print its words
FEWEST_ON_THEME = 2  # passages that a session on a theme needs
BEST_OF_THEME = 40  # candidates of a search on a theme that are looked at
SAME_WORDS = 90.0  # per cent: how alike two passages of different documents are, or one and part of the other, that are one


@dataclass(frozen=True, slots=True)
class Read:
    """A passage with its document and its role."""

    briefing: Briefing
    stored: StoredPassage
    role: Role


@dataclass(frozen=True, slots=True)
class Pool:
    """What a choice covers: the `story` in order, the rest by role, in the order of the pages."""

    story: tuple[Extract, ...]
    found: tuple[Extract, ...]
    helped: tuple[Extract, ...]
    advice: tuple[Extract, ...]
    rows: tuple[Extract, ...] = ()  # of tables that tell of the story: they stand ready


def pool_of(desk: Desk, choice: Choice) -> Pool:
    """What the choice covers. Raises PackError where that is nothing that a session could be built from."""
    if choice.kind == "theme":
        return _of_theme(desk, choice)
    documents = _documents(desk, choice)
    read = _once([one for briefing in documents for one in _read(desk, briefing, choice)])
    events = [one for one in read if one.role is Role.EVENT]
    told = [one for one in events if one.stored.passage.kind is not PassageKind.ROW]
    helped, advice = _of_role(desk, read, Role.HELPED), _of_role(desk, read, Role.ADVICE)
    if len(told) >= FEWEST_EVENTS and (choice.kind == "case" or all(tells_of_cases(one) for one in documents)):
        rows = [extract_of(desk, [one]) for one in events if one not in told]
        return Pool((*_in_order(desk, told),), _of_role(desk, read, Role.FINDING), helped, advice, tuple(rows))
    said = _runs(desk, [one for one in read if one.role in (Role.EVENT, Role.FINDING)])  # it tells no story: piece by piece
    near = [desk.near_themes(one, documents) for one in said]
    best = [said[place] for place in sorted(range(len(said)), key=lambda place: -near[place])]
    story = of_different_themes(best, max(2, len(said) // 2), order=said)
    if not story:
        raise PackError("There is too little text here to build a session from. Choose another case, theme or document.")
    rest = [one.fitted(QUOTED_WORDS) for one in best if one not in story]
    if any(nature_of(one.details.kind) is Nature.DUTY for one in documents):  # a duty is no strength of anybody's
        return Pool(tuple(story), (*rest, *helped), (), advice)
    return Pool(tuple(story), tuple(rest), helped, advice)


def tells_of_cases(briefing: Briefing) -> bool:
    """Whether a document is a review's, or a briefing on reviews: others tell of inspections, duties and inquiries."""
    return heading_of(briefing.details.kind) == REVIEWS


def _of_role(desk: Desk, read: Sequence[Read], role: Role) -> tuple[Extract, ...]:
    """The passages of a role; one that is too short to be understood alone has the passage before it as well."""
    found = []
    for before, one in pairwise((None, *read)):
        if one is None or one.role is not role:
            continue
        short = len(one.stored.passage.text.split()) < ALONE
        joined = [before, one] if short and before is not None and _follows(before, one) else [one]
        found.append(extract_of(desk, joined))
    return tuple(found)


def _once(read: Iterable[Read]) -> list[Read]:
    """Passages whose words another document has not said already: one report may be held in two forms that are no copies."""
    kept: list[tuple[Read, str]] = []
    for one in read:
        words = _plain(one)
        if not any(one.briefing.id != other.briefing.id and fuzz.partial_ratio(words, said) >= SAME_WORDS for other, said in kept):
            kept.append((one, words))
    return [one for one, _ in kept]


def _plain(read: Read) -> str:
    return " ".join(re.findall(r"\w+", read.stored.passage.text.casefold()))


def _documents(desk: Desk, choice: Choice) -> list[Briefing]:
    held = {briefing.id: briefing for briefing in desk.briefings()}
    found = sorted((held[i] for i in choice.documents if i in held), key=lambda one: not one.paged)  # a page is found more easily
    if not found:
        raise PackError(f"The library holds no document for {choice.name} any more, or has withdrawn it. Choose again.")
    return found


def _read(desk: Desk, briefing: Briefing, choice: Choice) -> list[Read]:
    """The passages of a document that the choice covers. Of a case those alone that tell of it and name no other."""
    stored = desk.told(briefing)
    if choice.kind == "case":
        others = [name for name in all_names(desk) if name != choice.name]
        stored = [one for one in stored if one.passage.case == choice.name and not names_one(one, others)]
    if len(stored) > MOST_PASSAGES:
        near = desk.nearness(stored)
        best = sorted(range(len(stored)), key=lambda place: -near[place])[:MOST_PASSAGES]
        stored = [stored[place] for place in sorted(best)]
    roles = desk.roles.of([one.passage for one in stored], briefing.details.pseudonyms)
    return [Read(briefing, one, role) for one, role in zip(stored, roles, strict=True)]


def all_names(desk: Desk) -> list[str]:
    """The pseudonyms of all cases in the library."""
    return list(dict.fromkeys(name for briefing in desk.briefings() for name in briefing.details.pseudonyms))


def names_one(stored: StoredPassage, names: Sequence[str]) -> bool:
    """Whether a passage, or the heading it stands under, names one of these cases."""
    words = f"{stored.passage.heading.rsplit(' > ', 1)[-1]} {stored.passage.text}"
    return stored.passage.case in names or any(re.search(rf"\b{re.escape(name)}\b", words) for name in names)


def extract_of(desk: Desk, read: Sequence[Read], most: int = QUOTED_WORDS, *, dated: bool = True) -> Extract:
    """Passages that follow one another as one extract, cut at a sentence's end to `most` words."""
    briefing, first = read[0].briefing, read[0].stored.passage
    texts = [unnamed(one.stored.passage.text, briefing.details.pseudonyms) for one in read]
    numbers = {one.stored.id for one in read}
    printed = [t.id for t in desk.matcher.themes if not t.strength and numbers & desk.assistant.searcher.tagged(t)]
    found = when_of("\n".join(one.stored.passage.text for one in read), first.heading) if dated else None
    return Extract(
        tuple(desk.cite(briefing, one.stored) for one in read),
        case=first.case,
        when=found.text if found else "",
        themes=tuple(dict.fromkeys((*(t.id for t in desk.themes_of(texts)), *printed))),
        distressing=desk.roles.distressing(texts),
    ).fitted(most)


def _runs(desk: Desk, read: Sequence[Read]) -> list[Extract]:
    """Passages that follow one another under one heading of a page are joined, as long as they are short."""
    runs: list[list[Read]] = []
    for before, one in pairwise((None, *read)):
        joined = before is not None and one is not None and _follows(before, one)
        words = sum(len(r.stored.passage.text.split()) for r in runs[-1]) + len(one.stored.passage.text.split()) if joined and one else 0
        if one is not None and joined and words <= STAGE_WORDS:
            runs[-1].append(one)
        elif one is not None:
            runs.append([one])
    return [extract_of(desk, run, STAGE_WORDS) for run in runs]


def _follows(before: Read, one: Read) -> bool:
    a, b = before.stored.passage, one.stored.passage
    together = (before.briefing.id, a.page, a.heading, a.case) == (one.briefing.id, b.page, b.heading, b.case)
    return together and b.ordinal == a.ordinal + 1 and PassageKind.ROW not in (a.kind, b.kind)


def _in_order(desk: Desk, events: Sequence[Read]) -> list[Extract]:
    """The story: case by case, in the order of the dates that are printed.

    What prints none, or the month alone of the day before it, stays behind what stands before it on the pages.
    """
    cases = list(dict.fromkeys(one.stored.passage.case for one in events))
    keyed: list[tuple[tuple[int, When], Extract]] = []
    known, place = When(0), ("", "")
    for extract in _runs(desk, events):
        here = (extract.briefing.id, extract.case)
        known, place = (known if here == place else When(0)), here
        own = when_of("\n".join(extract.lines)) or when_of("", extract.when)
        known = own if own and not own.holds(known) else known
        keyed.append(((cases.index(extract.case), known), extract))
    return [extract for _, extract in sorted(keyed, key=lambda pair: (pair[0][0], pair[0][1][:3]))]


def of_different_themes(extracts: Sequence[Extract], most: int, order: Sequence[Extract] = ()) -> list[Extract]:
    """Up to `most` of them, those first whose nearest theme no earlier one has; in their own order, or that of `order`."""
    seen: set[str] = set()
    fresh = []
    for one in extracts:
        nearest = one.themes[0] if one.themes else ""
        if nearest not in seen:
            fresh.append(one)
            seen.add(nearest)
    chosen = [*fresh, *(one for one in extracts if one not in fresh)][:most]
    return [one for one in order or extracts if one in chosen]


def _of_theme(desk: Desk, choice: Choice) -> Pool:
    """What the documents say on a theme: the best of each board in turn, oldest first; then the rest by role."""
    turns: Counter[str] = Counter()
    ranked = []
    for one in searched(desk, choice.name):
        ranked.append((turns[one.briefing.id], one))
        turns[one.briefing.id] += 1
    in_turn = [one for _, one in sorted(ranked, key=lambda pair: pair[0])]
    if len(in_turn) < FEWEST_ON_THEME:
        raise PackError(f"The documents here say too little on {theme(choice.name).about}. Add documents, or choose another theme.")
    half = max(2, min(len(turns), len(in_turn) - 1), len(in_turn) // 2)
    helped = [one for one in in_turn if one.role is Role.HELPED]
    story = [one for one in in_turn if one not in helped][:half]
    rest = [one for one in in_turn if one not in (*story, *helped)]
    dated = sorted(story, key=lambda one: (one.briefing.details.date.year or 9999, story.index(one)))
    return Pool(
        tuple(extract_of(desk, [one], STAGE_WORDS, dated=False) for one in dated),
        tuple(extract_of(desk, [one]) for one in rest if one.role is not Role.ADVICE),
        tuple(extract_of(desk, [one]) for one in helped),
        tuple(extract_of(desk, [one]) for one in rest if one.role is Role.ADVICE),
    )


def searched(desk: Desk, theme_id: str, without: Iterable[str] = (), *, no_case: bool = False) -> list[Read]:
    """What documents say on a theme, best first; published ones alone where there are some. `no_case`: nothing that names a case."""
    wanted = theme(theme_id)
    left_out, names = set(without), all_names(desk)
    evidence = desk.assistant.evidence(f"What do reviews say about {wanted.about}?")
    tagged = desk.assistant.searcher.tagged(wanted)
    found = []
    for candidate in evidence.candidates[:BEST_OF_THEME]:
        briefing, stored = candidate.briefing, candidate.stored
        if briefing.id in left_out or (no_case and names_one(stored, names)):
            continue
        if desk.tells(briefing, stored):
            found.append(Read(briefing, stored, Role.OTHER))
    found = _best_kind(found, 1 if no_case else 2)
    found = [one for place, one in enumerate(found) if one.stored.id in tagged or place < ON_THEME]
    found.sort(key=lambda one: (one.stored.id not in tagged, not one.briefing.paged))  # what prints the theme's words comes first
    return [replace(one, role=_role(desk, one)) for one in _once(found)]


def _role(desk: Desk, one: Read) -> Role:
    return desk.roles.of([one.stored.passage], one.briefing.details.pseudonyms)[0]


def _best_kind(found: Sequence[Read], boards: int) -> list[Read]:
    """Published documents where they say enough, and of those the ones that tell of reviews where so many `boards` do."""
    published = [one for one in found if not one.briefing.starter]
    if len(published) < FEWEST_ON_THEME:
        return list(found)
    reviews = [one for one in published if tells_of_cases(one.briefing)]
    return reviews if len({one.briefing.id for one in reviews}) >= boards else published
