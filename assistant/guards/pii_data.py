"""How details that could identify a person are found: patterns and lists of names in `pii.toml`, checked when the file is read."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal, get_args

import regex
from pydantic import Field, model_validator

from assistant.guards.data_checks import Said, refuse_other_names, refuse_unknown_places
from knowledge.data_file import Data, Mistake, Text, load_toml

DATA = Path(__file__).with_name("pii.toml")
DetailKind = Literal[
    "name", "date_of_birth", "address", "postcode", "nhs_number", "upn", "ni_number", "case_number",
    "phone", "email", "school", "vehicle", "account",
]  # fmt: skip
MASKS = (*(kind for kind in get_args(DetailKind) if kind != "name"), "exact_date", "child", "person")  # a name becomes one of the last two


class PatternData(Data):
    """A regular expression for a kind of detail; {parts} stand for others."""

    kind: Literal[DetailKind, "exact_date"]
    regex: Said


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


class PiiData(Data):
    """The whole file: details found by pattern, what stands in their place, and the word lists for names."""

    public_numbers: tuple[Text, ...] = ()
    masks: dict[str, Text]
    parts: dict[str, Said]
    patterns: Annotated[tuple[PatternData, ...], Field(min_length=1)]
    names: NamesData

    @model_validator(mode="after")
    def _patterns_compile_and_have_masks(self) -> PiiData:
        for name in ("child", "person"):
            refuse_unknown_places(self.masks.get(name, ""), {"letter"}, "masks", name)
        refuse_other_names(self.masks, MASKS, "masks")
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


def load_pii(path: Path) -> PiiData:
    """Read a file of patterns and names. Raises SettingsError that names the line that is wrong."""
    return load_toml(PiiData, path)


@cache
def pii_data() -> PiiData:
    """The patterns and names that come with the product."""
    return load_pii(DATA)
