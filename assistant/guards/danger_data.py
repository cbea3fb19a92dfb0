"""What the danger guard goes by: thresholds, phrases and spelling in `danger.toml`, checked when the file is read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from assistant.guards.data_checks import Groups, PhraseList, Place, Said, placed, refuse_unknown_groups
from knowledge.data_file import Data, Text, load_toml
from knowledge.settings import Probability

DATA = Path(__file__).with_name("danger.toml")


class Thresholds(Data):
    """The least probabilities at which the model raises an alarm: of danger now, and of now or today together."""

    now: Probability
    today: Probability

    def moved(self, now: float | None, today: float | None) -> Thresholds:
        """These, with those that a deployment gives in their places."""
        return Thresholds(now=self.now if now is None else now, today=self.today if today is None else today)


class FramesData(Data):
    """Phrases that say when or whether something is, whatever it is."""

    now: PhraseList
    past: PhraseList
    habit: PhraseList
    was: PhraseList
    denied: PhraseList
    training: PhraseList
    general: PhraseList
    turn: PhraseList


class SignData(Data):
    """A sign of danger now: what is said, and what takes it back."""

    name: Text
    says: PhraseList
    unless: tuple[Said, ...] = ()


class DangerData(Data):
    """The whole file. `key_words` are worth a guess where they are misspelt; `groups` and `spelling` serve the scope guard too."""

    key_words: Annotated[tuple[Text, ...], Field(min_length=1)]
    thresholds: Thresholds
    groups: Groups
    frames: FramesData
    signs: Annotated[tuple[SignData, ...], Field(min_length=1)]
    spelling: dict[str, Text]

    @model_validator(mode="after")
    def _groups_are_known(self) -> DangerData:
        refuse_unknown_groups(self._phrases(), self.groups)
        return self

    def _phrases(self) -> Iterator[tuple[Place, str]]:
        """Every phrase, with its place."""
        for name, phrases in self.groups.items():
            yield from placed(phrases, "groups", name)
        for name, phrases in self.frames:
            yield from placed(phrases, "frames", name)
        for number, sign in enumerate(self.signs):
            yield from placed(sign.says, "signs", number, "says")
            yield from placed(sign.unless, "signs", number, "unless")


def load_danger(path: Path) -> DangerData:
    """Read a danger file. Raises SettingsError that names the line that is wrong."""
    return load_toml(DangerData, path)


@cache
def danger_data() -> DangerData:
    """The danger guard's data that come with the product."""
    return load_danger(DATA)
