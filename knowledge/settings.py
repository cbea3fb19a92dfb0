"""A deployment's settings: whose page it is, whom to turn to, what notice stands there, its themes and guidance.

They stand in one TOML file; docs/settings.md describes it. Without one the product's own hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr, field_validator, model_validator

from knowledge import guidance, themes
from knowledge.data_file import Data, Mistake, Text, load_toml
from knowledge.guidance import Guidance
from knowledge.themes import Theme

MARKING = "OFFICIAL-SENSITIVE"
LONGEST_MARKING = 60  # letters: it stands on one line of every page
Procedure = Literal["bruising in babies", "disclosure", "missing", "forced marriage", "fgm"]
Probability = Annotated[float, Field(gt=0, lt=1)]


class Thresholds(Data):
    """Where a deployment moves the probabilities from which danger now, and now or today together, is an alarm; None where it does not."""

    now: Probability | None = None
    today: Probability | None = None


@dataclass(frozen=True, slots=True)
class Safety:
    """What a deployment says where a child may be in danger: whom to turn to, its local procedures by kind, its thresholds."""

    contacts: Mapping[str, str] = field(default_factory=dict)
    procedures: Mapping[str, str] = field(default_factory=dict)
    thresholds: Thresholds = field(default_factory=Thresholds)


class Settings(Data):
    """What a deployment sets; every field may be left out.

    `contacts` are label to text ("Children's social care": "01632 960123, day and night"), in their order; `procedures` are a local
    procedure's name or address by the kind of danger it is for; `danger` moves the thresholds of alarms; `marking` is the
    sensitivity marking of a saved sheet, empty for none; `themes_file` names the deployment's own themes, beside the settings
    file; `pack_templates` is a folder beside it with a `template.docx` and a `template.pptx` for learning packs; `guidance` are editions to
    add or to judge otherwise.
    """

    organisation: str = ""
    notice: str = ""
    marking: Annotated[str, Field(max_length=LONGEST_MARKING)] = MARKING
    contacts: dict[str, str] = Field(default_factory=dict)
    procedures: dict[Procedure, Text] = Field(default_factory=dict)
    danger: Thresholds = Field(default_factory=Thresholds)
    themes_file: Annotated[str, Field(alias="themes")] = ""
    pack_templates: str = ""
    guidance: tuple[Guidance, ...] = ()
    _themes: tuple[Theme, ...] = PrivateAttr(())
    _folder: Path = PrivateAttr(Path())

    @field_validator("organisation", "notice", "marking", "themes_file", "pack_templates")
    @classmethod
    def _without_blanks(cls, text: str) -> str:
        return text.strip()

    @field_validator("contacts")
    @classmethod
    def _each_contact_says_something(cls, contacts: dict[str, str]) -> dict[str, str]:
        for label, text in contacts.items():
            if not text.strip():
                raise Mistake(f'the contact {label} has no text. Write one, such as "01632 960000, day and night".', label)
        return {label: text.strip() for label, text in contacts.items()}

    @model_validator(mode="after")
    def _no_edition_twice(self) -> Settings:
        guidance.refuse_editions_twice(self.guidance)
        return self

    @property
    def safety(self) -> Safety:
        """What is said where a child may be in danger."""
        return Safety(self.contacts, {str(kind): text for kind, text in self.procedures.items()}, self.danger)

    @property
    def themes(self) -> tuple[Theme, ...]:
        """The deployment's own themes; none where the product's are used."""
        return self._themes

    @property
    def pack_templates_folder(self) -> Path | None:
        """Where the organisation's own templates of learning packs lie; None where the product's are used."""
        return self._folder / self.pack_templates if self.pack_templates else None

    @property
    def whom_to_turn_to(self) -> str:
        """The contacts in a sentence's words, empty where there are none."""
        return in_words(self.contacts)

    def take_effect(self) -> None:
        """Put the deployment's themes and guidance in place of the product's, for this process. Once, at its start."""
        themes.use(self.themes)
        guidance.use(self.guidance)


def in_words(contacts: Mapping[str, str]) -> str:
    """ "Children's social care (01632 960123) or Duty worker (01632 960124)"."""
    told = [f"{label} ({text})" for label, text in contacts.items()]
    return " or ".join([", ".join(told[:-1]), told[-1]] if len(told) > 1 else told)


def load_settings(path: Path) -> Settings:
    """Read a settings file. Raises SettingsError that names the line that is wrong, here or in the themes file."""
    settings = load_toml(Settings, path)
    settings._folder = path.parent
    if settings.themes_file:
        settings._themes = themes.load_themes(path.parent / settings.themes_file)
    return settings
