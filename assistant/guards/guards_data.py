"""What stands in `guards.toml`: notices, phrases, patterns and lists of names, each checked when the file is read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal, get_args

import regex
from pydantic import Field, StringConstraints, model_validator

from knowledge.data_file import Data, Mistake, Text, load_toml, unknown
from knowledge.settings import Probability

DATA = Path(__file__).with_name("guards.toml")
DetailKind = Literal[
    "name", "date_of_birth", "address", "postcode", "nhs_number", "upn", "ni_number", "case_number",
    "phone", "email", "school", "vehicle", "account",
]  # fmt: skip
MASKS = (*(kind for kind in get_args(DetailKind) if kind != "name"), "exact_date", "child", "person")  # a name becomes one of the last two
PLACES = {
    "urgent": {"contacts", "why"},
    "today": {"contacts", "why", "procedure", "listening"},
    "because": {"words"},
    "procedure": {"procedure"},
    "tell": {"contacts"},
    "turn_to": {"contacts"},
    "personal_data": {"kinds"},
}
Said = Annotated[str, StringConstraints(min_length=1)]  # a notice keeps its line breaks
Phrases = Annotated[tuple[Said, ...], Field(min_length=1)]
Groups = dict[str, Phrases]
GROUP = re.compile(r"\{([^}]*)\}")
Place = tuple[str | int, ...]


class NoticesData(Data):
    """What is said; {contacts} and {kinds} stand for the deployment's contacts and for what was found, {words} for the writer's own.

    {why}, {procedure} and {listening} are lines that stand there where they apply.
    """

    urgent: Said
    today: Said
    because: Said
    procedure: Said
    listening: Said
    tell: Said
    no_contacts: Said
    turn_to: Said
    personal_data: Said
    kinds: dict[str, Text]

    @model_validator(mode="after")
    def _only_what_can_be_filled_in(self) -> NoticesData:
        for name, known in PLACES.items():
            _refuse_unknown_places(getattr(self, name), known, name)
        _refuse_other_names(self.kinds, get_args(DetailKind), "kinds")
        return self


class Thresholds(Data):
    """The least probabilities with which the model's hearing is an alarm: of danger now, and of now or today together."""

    now: Probability
    today: Probability

    def moved(self, now: float | None, today: float | None) -> Thresholds:
        """These, with those that a deployment gives in their places."""
        return Thresholds(now=self.now if now is None else now, today=self.today if today is None else today)


class FramesData(Data):
    """Phrases that say when or whether something is, whatever it is."""

    now: Phrases
    past: Phrases
    habit: Phrases
    was: Phrases
    denied: Phrases
    training: Phrases
    general: Phrases
    turn: Phrases


class SignData(Data):
    """A sign of danger now: what is said, and what takes it back."""

    name: Text
    says: Phrases
    unless: tuple[Said, ...] = ()


class DangerData(Data):
    """The signs of danger now; `key_words` are worth a guess where they are misspelt."""

    thresholds: Thresholds
    key_words: Annotated[tuple[Text, ...], Field(min_length=1)]
    frames: FramesData
    signs: Annotated[tuple[SignData, ...], Field(min_length=1)]


class Decline(Data):
    """What is asked for that this does not do, and what is said instead; `help` is for who asks what it does, with a question to try."""

    kind: Literal["decision", "scope", "help"]
    topic: Text
    says: Phrases
    unless: tuple[Said, ...] = ()
    text: Said
    question: Said


class PatternData(Data):
    """A regular expression for a kind of detail; {parts} stand for others."""

    kind: Literal[DetailKind, "exact_date"]
    regex: Said


class DetailsData(Data):
    """How identifying details are found by pattern, and what stands in their place."""

    public_numbers: tuple[Text, ...] = ()
    masks: dict[str, Text]
    parts: dict[str, Said]
    patterns: Annotated[tuple[PatternData, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _patterns_compile_and_have_masks(self) -> DetailsData:
        for name in ("child", "person"):
            _refuse_unknown_places(self.masks.get(name, ""), {"letter"}, "masks", name)
        _refuse_other_names(self.masks, MASKS, "masks")
        for place, entry in enumerate(self.patterns):
            try:
                regex.compile(self.written_out(entry.regex))
            except regex.error as error:
                raise Mistake(
                    f"this pattern cannot be used ({error}). Correct it, then start again.", "patterns", place, "regex"
                ) from error
        return self

    def written_out(self, pattern: str) -> str:
        """The expression with {date}, {street} ... written out; other braces are left alone."""
        for _ in self.parts:  # a part may hold parts
            for name, value in self.parts.items():
                pattern = pattern.replace(f"{{{name}}}", value)
        return pattern


class NamesData(Data):
    """Word lists by which names are told from other words; `allowed` are names that are nobody's own."""

    titles: Text
    capital_titles: Text
    child_words: Text
    adult_words: Text
    belongings: Text
    parents: Text
    school_kinds: Text
    school_context: Text
    doings: Text
    family_words: Text
    review_words: Text
    given: Text
    given_too: Text
    surnames: Text
    no_names: Text
    allowed: tuple[Text, ...]


class GuardsData(Data):
    """The whole file; every {group} in a phrase is there."""

    notices: NoticesData
    groups: Groups
    danger: DangerData
    spelling: dict[str, Text]
    decline_groups: Groups
    declines: Annotated[tuple[Decline, ...], Field(min_length=1)]
    details: DetailsData
    names: NamesData

    @model_validator(mode="after")
    def _groups_are_known(self) -> GuardsData:
        for at, phrase in self._phrases():
            known = self.groups | self.decline_groups if str(at[0]).startswith("decline") else self.groups
            for group in GROUP.findall(phrase):
                if group not in known:
                    raise Mistake(
                        f'the phrase "{phrase}" uses {{{group}}}, which [groups] does not have. Add it, or correct its name.', *at
                    )
        return self

    def _phrases(self) -> Iterator[tuple[Place, str]]:
        """Every phrase, with its place."""
        for table, groups in (("groups", self.groups), ("decline_groups", self.decline_groups)):
            for name, phrases in groups.items():
                yield from _placed(phrases, table, name)
        for name, phrases in self.danger.frames:
            yield from _placed(phrases, "danger", "frames", name)
        for n, sign in enumerate(self.danger.signs):
            yield from _placed(sign.says, "danger", "signs", n, "says")
            yield from _placed(sign.unless, "danger", "signs", n, "unless")
        for n, topic in enumerate(self.declines):
            yield from _placed(topic.says, "declines", n, "says")
            yield from _placed(topic.unless, "declines", n, "unless")


def load_guards(path: Path) -> GuardsData:
    """Read a guards file. Raises SettingsError that names the line that is wrong."""
    return load_toml(GuardsData, path)


@cache
def guards_data() -> GuardsData:
    """The guards' data that come with the product."""
    return load_guards(DATA)


def _placed(phrases: Sequence[str], *at: str | int) -> Iterator[tuple[Place, str]]:
    return (((*at, number), phrase) for number, phrase in enumerate(phrases))


def _refuse_unknown_places(text: str, known: set[str], *at: str | int) -> None:
    """Raise Mistake for a {word} that nothing is put in place of, or a brace that stands alone."""
    try:
        found = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError as error:
        raise Mistake(f"{at[-1]} has a brace without its other half. Correct it, then start again.", *at) from error
    if unknown := sorted(found - known):
        raise Mistake(f"{at[-1]} has {{{unknown[0]}}}, which nothing is put in place of. Known here: {{{sorted(known)[0]}}}.", *at)


def _refuse_other_names(texts: Mapping[str, str], wanted: Sequence[str], *at: str | int) -> None:
    """Raise Mistake where one of the names that are wanted has no text, or another has one."""
    for name in texts:
        if name not in wanted:
            raise Mistake(unknown(name, wanted), *at, name)
    if missing := [name for name in wanted if name not in texts]:
        raise Mistake(f"{missing[0]} is missing. Add it, then start again.", *at)
