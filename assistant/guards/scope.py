"""What this does not do: requests to decide, to identify or blame somebody, to leave the sources. The phrases stand in `scope.toml`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from assistant.guards.danger_data import danger_data
from assistant.guards.data_checks import Groups, PhraseList, Place, Said, placed, refuse_unknown_groups
from assistant.guards.phrases import PhraseCompiler, Words, sentences_of
from knowledge.data_file import Data, Text, load_toml

DATA = Path(__file__).with_name("scope.toml")
ALONE = 12  # words of a message that says nothing beside a greeting or a question about this tool


class Decline(Data):
    """What is asked for that this does not do, and what is said instead; `help` is for who asks what it does, with a question to try."""

    kind: Literal["decision", "scope", "help"]
    topic: Text
    says: PhraseList
    unless: tuple[Said, ...] = ()
    text: Said
    question: Said


class ScopeData(Data):
    """The whole file; its phrases may use the groups of `danger.toml` too."""

    groups: Groups
    declines: Annotated[tuple[Decline, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _groups_are_known(self) -> ScopeData:
        refuse_unknown_groups(self._phrases(), self.all_groups())
        return self

    def all_groups(self) -> Groups:
        """The groups of this file and those of `danger.toml`."""
        return danger_data().groups | self.groups

    def _phrases(self) -> Iterator[tuple[Place, str]]:
        """Every phrase, with its place."""
        for name, phrases in self.groups.items():
            yield from placed(phrases, "groups", name)
        for number, topic in enumerate(self.declines):
            yield from placed(topic.says, "declines", number, "says")
            yield from placed(topic.unless, "declines", number, "unless")


def load_scope(path: Path) -> ScopeData:
    """Read a scope file. Raises SettingsError that names the line that is wrong."""
    return load_toml(ScopeData, path)


@cache
def scope_data() -> ScopeData:
    """The scope guard's data that come with the product."""
    return load_scope(DATA)


class Scope:
    """Recognises requests for what this does not do."""

    def __init__(self, data: ScopeData, words: Words) -> None:
        phrases = PhraseCompiler(data.all_groups())
        self._words = words
        self._topics = [(topic, phrases.compile(topic.says), phrases.compile(topic.unless)) for topic in data.declines]

    def find(self, message: str) -> list[Decline]:
        """The first topic of each kind that the message raises, decisions first; help is for who writes nothing else."""
        sentences = sentences_of(self._words.plain(message))
        found: dict[str, Decline] = {}
        alone = len(message.split()) <= ALONE
        for topic, says, unless in self._topics:
            if topic.kind == "help" and not alone:
                continue
            if any(says.search(s) and not unless.search(s) for s in sentences):
                found.setdefault(topic.kind, topic)
        return sorted(found.values(), key=lambda topic: topic.kind)
