"""What the guards' data files have in common: the types of their texts, and what is refused in them besides wrong names and types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from string import Formatter
from typing import Annotated

from pydantic import Field, StringConstraints

from knowledge.data_file import Mistake, unknown

__all__ = ["Groups", "PhraseList", "Place", "Said", "placed", "refuse_other_names", "refuse_unknown_groups", "refuse_unknown_places"]

Said = Annotated[str, StringConstraints(min_length=1)]
"""A text that keeps its line breaks."""
PhraseList = Annotated[tuple[Said, ...], Field(min_length=1)]
"""Phrases in the language of `phrases.py`."""
Groups = dict[str, PhraseList]
"""Phrases by the name that stands for them in other phrases."""
Place = tuple[str | int, ...]
GROUP = re.compile(r"\{([^}]*)\}")


def placed(phrases: Sequence[str], *at: str | int) -> list[tuple[Place, str]]:
    """Phrases, each with its place in the file; `at` is the place of their list."""
    return [((*at, number), phrase) for number, phrase in enumerate(phrases)]


def refuse_unknown_groups(phrases: Iterable[tuple[Place, str]], known: Iterable[str]) -> None:
    """Raise Mistake at the first phrase that uses a {group} which is not known."""
    groups = set(known)
    for at, phrase in phrases:
        for group in GROUP.findall(phrase):
            if group not in groups:
                raise Mistake(f'the phrase "{phrase}" uses {{{group}}}, which [groups] does not have. Add it, or correct its name.', *at)


def refuse_unknown_places(text: str, known: set[str], *at: str | int) -> None:
    """Raise Mistake for a {word} that nothing is put in place of, or a brace that stands alone."""
    try:
        found = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError as error:
        raise Mistake(f"{at[-1]} has a brace without its other half. Correct it, then start again.", *at) from error
    if strange := sorted(found - known):
        raise Mistake(f"{at[-1]} has {{{strange[0]}}}, which nothing is put in place of. Known here: {{{sorted(known)[0]}}}.", *at)


def refuse_other_names(texts: Mapping[str, str], wanted: Sequence[str], *at: str | int) -> None:
    """Raise Mistake where one of the names that are wanted has no text, or another has one."""
    for name in texts:
        if name not in wanted:
            raise Mistake(unknown(name, wanted), *at, name)
    if missing := [name for name in wanted if name not in texts]:
        raise Mistake(f"{missing[0]} is missing. Add it, then start again.", *at)
