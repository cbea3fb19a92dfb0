"""What the library holds for a session: cases with their length and themes, themes with boards and years, documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.documents.sheet import label
from assistant.packs.desk import Desk
from assistant.packs.pack import Choice, PackError
from knowledge.briefing import Briefing
from knowledge.data_file import unknown
from knowledge.themes import Theme, themes

THEMES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class HeldCase:
    """A case: `documents` tell of it, in `passages` passages on `pages` pages; `themes` are ids, the commonest first."""

    name: str
    documents: tuple[Briefing, ...]
    passages: int
    pages: int
    themes: tuple[str, ...]

    @property
    def starter(self) -> bool:
        """Whether it is fictional, of the starter library."""
        return all(briefing.starter for briefing in self.documents)


@dataclass(frozen=True, slots=True)
class HeldTheme:
    """A theme: how many passages of each document print its words, by the document's id."""

    theme: Theme
    passages: dict[str, int]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """How many passages on each theme: `rows` are themes' names, `columns` years or boards, `counts` a row of numbers a theme."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


def held_cases(desk: Desk) -> list[HeldCase]:
    """The cases of the library, published ones first; each pseudonym of each publisher is a case of its own."""
    tags = _tags(desk)
    found: dict[tuple[str, str], list[Briefing]] = {}
    for briefing in desk.briefings():
        for name in briefing.details.pseudonyms:
            found.setdefault((name, publisher_of(briefing)), []).append(briefing)
    cases = [_held(desk, name, briefings, tags) for (name, _), briefings in found.items()]
    return sorted((case for case in cases if case.passages), key=lambda case: (case.starter, case.name))


def _held(desk: Desk, name: str, briefings: Sequence[Briefing], tags: dict[str, frozenset[int]]) -> HeldCase:
    stored = [one for b in briefings for one in desk.told(b) if one.passage.case == name]
    printed = Counter(theme for theme, ids in tags.items() for one in stored if one.id in ids)
    pages = {(one.briefing, one.passage.page) for one in stored}
    return HeldCase(name, tuple(briefings), len(stored), len(pages), tuple(theme for theme, _ in printed.most_common(THEMES_SHOWN)))


def publisher_of(briefing: Briefing) -> str:
    """Whose cases a document tells of: one name from two publishers may be two children."""
    return briefing.details.publisher or briefing.details.short_name or briefing.id


def held_themes(desk: Desk) -> list[HeldTheme]:
    """All themes, with how many passages of each document print their words; themes that no document prints are left out."""
    owner = {one.id: b.id for b in desk.briefings() for one in desk.library.catalogue.passages(b.id)}
    tags = _tags(desk)
    held = [HeldTheme(theme, dict(Counter(owner[n] for n in tags[theme.id] if n in owner))) for theme in themes()]
    return [one for one in held if one.passages]


def heat_map(desk: Desk, by: str = "year") -> HeatMap:
    """Themes by "year" or by "board" (the document's short name): passages that print each theme's words."""
    held = held_themes(desk)
    briefings = {b.id: b for b in desk.briefings()}

    def column(briefing: Briefing) -> str:
        return str(briefing.details.date.year or "no date") if by == "year" else briefing.short_name

    columns = sorted({column(briefings[i]) for one in held for i in one.passages})
    counts = tuple(tuple(sum(n for i, n in one.passages.items() if column(briefings[i]) == c) for c in columns) for one in held)
    return HeatMap(tuple(one.theme.name for one in held), tuple(columns), counts)


def _tags(desk: Desk) -> dict[str, frozenset[int]]:
    return {theme.id: desk.assistant.searcher.tagged(theme) for theme in themes()}


def choose_case(desk: Desk, name: str, document: str = "") -> Choice:
    """A case by its pseudonym, of one document where named. Raises PackError where there is none, or two publishers' go by the name."""
    cases = [case for case in held_cases(desk) if case.name.casefold() == name.strip().casefold()]
    if not cases:
        known = [case.name for case in held_cases(desk)]
        raise PackError(_not_held(f"No document in this library covers a case called {name}.", name, known, "cases"))
    if document:
        wanted = desk.library.briefing(document)
        held = [case for case in cases if wanted.id in {b.id for b in case.documents}]
        if not held:
            raise PackError(f"{wanted.file_name} does not cover {cases[0].name}. `reflect session list` shows which documents do.")
        return Choice("case", held[0].name, (wanted.id,))
    cases = [case for case in cases if not case.starter] or cases
    if len(cases) > 1:
        files = ", ".join(b.file_name for case in cases for b in case.documents)
        several = f"More than one publisher has a case called {cases[0].name}. These may be different children."
        raise PackError(f"{several} Name the document: {files}.")
    return Choice("case", cases[0].name, tuple(b.id for b in cases[0].documents))


def choose_theme(name: str) -> Choice:
    """A theme over all boards, by its name or id. Raises PackError where there is no such theme."""
    wanted = name.strip().casefold()
    found = next((theme for theme in themes() if wanted in (theme.id, theme.name.casefold())), None)
    if found is None:
        raise PackError(_not_held(f"There is no theme called {name}.", name, [theme.name for theme in themes()], "themes"))
    return Choice("theme", found.id)


def choose_document(desk: Desk, name: str) -> Choice:
    """One document by its file name. Raises BriefingNotFound, or PackError where it is withdrawn."""
    briefing = desk.library.briefing(name)
    if briefing.withdrawn:
        raise PackError(f"{briefing.file_name} is {briefing.withdrawn}. Restore it, or choose another document.")
    return Choice("document", label(briefing), (briefing.copy_of or briefing.id,))


def _not_held(what: str, name: str, known: Sequence[str], kind: str) -> str:
    near = unknown(name, known).partition("Did you mean ")[2] if known else ""
    return f"{what} Did you mean {near}" if near else f"{what} `reflect session list` shows the {kind} that there are."
