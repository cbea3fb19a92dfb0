"""What the guards say of a message."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.models.reply import BESIDE, Detail, Notice


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the guards found in one message.

    `notices` stand in the order in which they are to be shown: urgent or today, personal_data, decision, help, scope; at most one of
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
    def today(self) -> bool:
        """Whether something may need action before the day is over."""
        return any(n.kind == "today" for n in self.notices)

    @property
    def held(self) -> bool:
        """Whether a notice stands in the answer's place: all do but those that stand beside it."""
        return any(n.kind not in BESIDE for n in self.notices)

    @property
    def declined(self) -> bool:
        """Whether the message asks for what this does not do: a decision, or something out of scope."""
        return any(n.kind in ("decision", "scope") for n in self.notices)

    def when_safe(self) -> Verdict:
        """The same once the user has said that everyone is safe now."""
        return replace(self, notices=tuple(n for n in self.notices if n.kind != "urgent"))
