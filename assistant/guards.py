"""What is looked at before anything else is done with a message: danger now, identifying details, requests to decide.

What the guards look for and what they say stands in guards.toml.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, MutableMapping
from dataclasses import dataclass, replace

from assistant.danger import Danger, Phrases, Words
from assistant.danger_by_meaning import DangerByMeaning
from assistant.guards_data import DATA, Decline, GuardsData, guards_data
from assistant.identifying import Identifying
from assistant.reply import Detail, Notice
from knowledge.settings import in_words

__all__ = ["Detail", "Guards", "Verdict"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the guards found in one message.

    `notices` stand in the order in which they are to be shown: urgent, personal_data, decision, scope; at most one of
    each. `details` slice the message and don't overlap. `masked` is the message with each replaced ("[child A]").
    """

    notices: tuple[Notice, ...]
    details: tuple[Detail, ...]
    masked: str

    @property
    def urgent(self) -> bool:
        """Whether somebody may be in danger now."""
        return any(n.kind == "urgent" for n in self.notices)

    @property
    def declined(self) -> bool:
        """Whether the message asks for what this does not do: a decision, or something out of scope."""
        return any(n.kind in ("decision", "scope") for n in self.notices)


class _Declines:
    """Recognises requests to decide, to identify or blame somebody, to leave the sources, or for something else."""

    def __init__(self, data: GuardsData, words: Words) -> None:
        phrases = Phrases(data.groups | data.decline_groups, DATA.name)
        self._words = words
        self._topics = [(topic, phrases.compile(topic.says), phrases.compile(topic.unless)) for topic in data.declines]

    def find(self, message: str) -> list[Decline]:
        """The first topic of each kind that the message raises, decisions first."""
        sentences = [f" {s.strip()} " for s in self._words.plain(message).split(" . ") if s.strip(" .")]
        found: dict[str, Decline] = {}
        for topic, says, unless in self._topics:
            if any(says.search(s) and not unless.search(s) for s in sentences):
                found.setdefault(topic.kind, topic)
        return sorted(found.values(), key=lambda topic: topic.kind)


class Guards:
    """Looks at each message first. One instance serves all users; it keeps nothing of what they write.

    `contacts` are the deployment's own, label to text ("Children's social care": "01632 960123, day and night"); they
    are shown in urgent and decision notices. Without them no number but 999 is given. `by_meaning` hears danger that no
    phrase was written for.
    """

    def __init__(self, contacts: Mapping[str, str] | None = None, by_meaning: DangerByMeaning | None = None) -> None:
        data = guards_data()
        words = Words(data.spelling, data.danger.key_words)
        self._texts = data.notices
        self._contacts = in_words(contacts or {})
        self._danger = Danger(data.danger, Phrases(data.groups, DATA.name), words)
        self._by_meaning = by_meaning
        self._declines = _Declines(data, words)
        self._identifying = Identifying(data.details, data.names)

    def check(self, message: str, known: Collection[str] = (), names: MutableMapping[str, str] | None = None) -> Verdict:
        """What the message holds. `known` are names that the library publishes itself: never personal data.

        `names` keeps who is which letter from one message of a conversation to the next; pass the same dictionary
        each time and drop it with the conversation. The first call loads the name finder (see `warm`).
        """
        found, masked = self._identifying.look(message, known, {} if names is None else names)
        details = tuple(replace(d, called=self._texts.kinds[d.kind]) for d in found)
        notices = []
        if self._in_danger(message):
            notices.append(self._urgent())
        if details:
            notices.append(self._personal(details))
        notices += [self._declined(topic) for topic in self._declines.find(message)]
        return Verdict(tuple(notices), details, masked)

    def _in_danger(self, message: str) -> bool:
        if self._danger.now(message):
            return True
        return self._by_meaning is not None and self._danger.may_be_now(message) and self._by_meaning.speaks_of_danger(message)

    def tags(self, text: str) -> list[str] | None:
        """What kind of word each word of a text of the library is: the name finder's model tells."""
        return self._identifying.tags(text)

    def warm(self) -> None:
        """Loads the name finder, some seconds: for a background thread at the start."""
        self._identifying.warm()
        if self._by_meaning is not None:
            self._by_meaning.warm()

    def _urgent(self) -> Notice:
        contacts = self._texts.tell.format(contacts=self._contacts or self._texts.no_contacts)
        return Notice("urgent", self._texts.urgent.strip().format(contacts=contacts))

    def _personal(self, details: Collection[Detail]) -> Notice:
        kinds = list(dict.fromkeys(self._texts.kinds[d.kind] for d in details))
        named = kinds[0] if len(kinds) == 1 else f"{', '.join(kinds[:-1])} and {kinds[-1]}"
        return Notice("personal_data", self._texts.personal_data.strip().format(kinds=named))

    def _declined(self, topic: Decline) -> Notice:
        if topic.kind == "scope":
            return Notice("scope", f"{topic.text}\n{topic.question}")
        turn_to = self._texts.turn_to.format(contacts=self._contacts or self._texts.no_contacts)
        return Notice("decision", f"{topic.text} {turn_to}\nTo sit with meanwhile: {topic.question}")
