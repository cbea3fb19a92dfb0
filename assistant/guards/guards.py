"""What is looked at before anything else is done with a message: danger now, identifying details, requests to decide.

What they look for and what they say stands in a data file a guard: danger.toml, scope.toml, pii.toml and notices.toml.
"""

from __future__ import annotations

from collections.abc import Collection, MutableMapping, Sequence
from dataclasses import replace

from assistant.guards.danger import Alarm, DangerLevels, Level
from assistant.guards.danger_data import danger_data
from assistant.guards.danger_signs import DangerSigns
from assistant.guards.notices import notices_data
from assistant.guards.phrases import Words
from assistant.guards.pii import Identifying
from assistant.guards.pii_data import pii_data
from assistant.guards.scope import Decline, Scope, scope_data
from assistant.models.reply import Detail, Notice
from assistant.models.verdict import Verdict
from knowledge.settings import Safety, in_words
from knowledge.text import listed


class Guards:
    """Looks at each message first. One instance serves all users; it keeps nothing of what they write.

    `safety` is the deployment's own: its contacts, shown in urgent, today and decision notices (without them no number but 999 is
    given), its local procedures, and where it moves the thresholds of danger.
    """

    def __init__(self, safety: Safety | None = None) -> None:
        danger = danger_data()
        words = Words(danger.spelling, danger.key_words)
        self._texts = notices_data()
        self._safety = safety or Safety()
        self._contacts = in_words(self._safety.contacts)
        thresholds = danger.thresholds.moved(self._safety.thresholds.now, self._safety.thresholds.today)
        self._danger = DangerLevels(DangerSigns(danger, words), thresholds)
        self._scope = Scope(scope_data(), words)
        self._identifying = Identifying(pii_data())

    def check(
        self, message: str, known: Collection[str] = (), names: MutableMapping[str, str] | None = None, history: Sequence[str] = ()
    ) -> Verdict:
        """What the message holds. `known` are names that the library publishes itself: never personal data.

        `history` are the writer's earlier messages, oldest first: danger is heard in their light. `names` keeps who is which
        letter from one message of a conversation to the next; pass the same dictionary each time and drop it with the
        conversation. The first call loads the models (see `warm`).
        """
        found, masked = self._identifying.look(message, known, {} if names is None else names)
        details = tuple(replace(d, called=self._texts.kinds[d.kind]) for d in found)
        notices = []
        alarm = self.danger(message, history)
        if alarm.level is not Level.NONE:
            notices.append(self._alarm(alarm, _unmarked(alarm.words, message, details)))
        if details:
            notices.append(self._personal(details))
        notices += [self._declined(topic) for topic in self._scope.find(message)]
        return Verdict(tuple(notices), details, masked)

    def danger(self, message: str, history: Sequence[str] = ()) -> Alarm:
        """What level of danger a message is taken for, in the light of earlier ones (`history`, oldest first)."""
        return self._danger.hear(message, history)

    def tags(self, text: str) -> list[str] | None:
        """What kind of word each word of a text of the library is: the name finder's model tells."""
        return self._identifying.tags(text)

    def warm(self) -> None:
        """Loads the models, some seconds: for a background thread at the start."""
        self._danger.warm()
        self._identifying.warm()

    def _alarm(self, alarm: Alarm, words: str) -> Notice:
        why = self._texts.because.format(words=words) if words else ""
        contacts = self._contacts or self._texts.no_contacts
        if alarm.level is Level.NOW:
            return Notice("urgent", _lines(self._texts.urgent, contacts=self._texts.tell.format(contacts=contacts), why=why))
        local = self._safety.procedures.get(alarm.kind, "")
        procedure = self._texts.procedure.format(procedure=local) if local else ""
        listening = self._texts.listening if alarm.kind == "disclosure" else ""
        return Notice("today", _lines(self._texts.today, contacts=contacts, why=why, procedure=procedure, listening=listening))

    def _personal(self, details: Collection[Detail]) -> Notice:
        kinds = list(dict.fromkeys(self._texts.kinds[d.kind] for d in details))
        return Notice("personal_data", self._texts.personal_data.strip().format(kinds=listed(kinds)))

    def _declined(self, topic: Decline) -> Notice:
        if topic.kind != "decision":
            return Notice(topic.kind, f"{topic.text}\n{topic.question}")
        turn_to = self._texts.turn_to.format(contacts=self._contacts or self._texts.no_contacts)
        return Notice("decision", f"{topic.text} {turn_to}\nTo sit with meanwhile: {topic.question}")


def _lines(text: str, **filled: str) -> str:
    """A notice's text with its places filled in, and without the lines that nothing stands in."""
    return "\n".join(line for line in text.format(**filled).splitlines() if line.strip())


def _unmarked(words: str, message: str, details: Collection[Detail]) -> str:
    """The words, or nothing where they hold an identifying detail: those are not shown twice."""
    start = message.find(words)
    return "" if start < 0 or any(d.start < start + len(words) and start < d.end for d in details) else words
