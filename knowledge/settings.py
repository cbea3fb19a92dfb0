"""A deployment's settings: whose page it is, whom to turn to, what notice stands there, its themes and guidance.

They stand in one TOML file; docs/settings.md describes it. Without one the product's own hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from knowledge import guidance, themes
from knowledge.guidance import Guidance
from knowledge.themes import Theme
from knowledge.toml_file import TomlFile

KEYS = ("organisation", "notice", "themes", "contacts", "guidance")
GUIDANCE_KEYS = ("name", "stands", "note")


@dataclass(frozen=True, slots=True)
class Settings:
    """`contacts` label to text ("Children's social care": "01632 960123, day and night"), in their order.

    `themes` are the deployment's own, empty for the product's; `guidance` are editions to add or to judge otherwise.
    """

    organisation: str = ""
    notice: str = ""
    contacts: dict[str, str] = field(default_factory=dict)
    themes: tuple[Theme, ...] = ()
    guidance: tuple[Guidance, ...] = ()

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
    file = TomlFile(path)
    file.only(file.data, KEYS)
    return Settings(
        organisation=_text(file, "organisation"),
        notice=_text(file, "notice"),
        contacts=_contacts(file),
        themes=themes.load_themes(path.parent / _text(file, "themes")) if _text(file, "themes") else (),
        guidance=tuple(_guidance(file, entry, n) for n, entry in enumerate(_tables(file, "guidance"), 1)),
    )


def _text(file: TomlFile, key: str) -> str:
    value = file.data.get(key, "")
    if not isinstance(value, str):
        file.wrong(f'{key} is text. Write it between double quotation marks: {key} = "...".', key=key)
    return value.strip()


def _contacts(file: TomlFile) -> dict[str, str]:
    contacts = file.data.get("contacts", {})
    if not isinstance(contacts, dict):
        file.wrong("contacts are a part of their own. Write [contacts] on a line, and below it one contact a line.", key="contacts")
    for label, text in contacts.items():
        if not isinstance(text, str) or not text.strip():
            file.wrong(f'the contact {label} needs a text, such as {label} = "01632 960000, day and night".', "contacts", key=label)
    return {label: text.strip() for label, text in contacts.items()}


def _tables(file: TomlFile, key: str) -> list[dict[str, Any]]:
    tables = file.data.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        file.wrong(f"each edition is a part of its own. Begin it with a line [[{key}]].", key=key)
    return tables


def _guidance(file: TomlFile, entry: dict[str, Any], number: int) -> Guidance:
    file.only(entry, GUIDANCE_KEYS, "guidance", number)
    for key, kind in (("name", str), ("stands", bool), ("note", str)):
        if not isinstance(entry.get(key), kind) or entry[key] == "":
            wanted = "true or false" if kind is bool else "a text"
            file.wrong(f"this guidance needs {key}, {wanted}.", "guidance", number, key)
    return Guidance(entry["name"], entry["stands"], entry["note"])
