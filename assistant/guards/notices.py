"""What the guards say: the texts in `notices.toml`, checked when the file is read."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import get_args

from pydantic import model_validator

from assistant.guards.data_checks import Said, refuse_other_names, refuse_unknown_places
from assistant.guards.pii_data import DetailKind
from knowledge.data_file import Data, Text, load_toml

DATA = Path(__file__).with_name("notices.toml")
PLACES = {
    "urgent": {"contacts", "why"},
    "today": {"contacts", "why", "procedure", "listening"},
    "because": {"words"},
    "procedure": {"procedure"},
    "tell": {"contacts"},
    "turn_to": {"contacts"},
    "personal_data": {"kinds"},
}


class NoticesData(Data):
    """The whole file; its head says what stands in place of each {word}. `kinds` names each kind of detail."""

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
            refuse_unknown_places(getattr(self, name), known, name)
        refuse_other_names(self.kinds, get_args(DetailKind), "kinds")
        return self


def load_notices(path: Path) -> NoticesData:
    """Read a file of notices. Raises SettingsError that names the line that is wrong."""
    return load_toml(NoticesData, path)


@cache
def notices_data() -> NoticesData:
    """The notices that come with the product."""
    return load_notices(DATA)
