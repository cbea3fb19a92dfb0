"""Which file in the library is the one that comes in, and which of them hold the same words: one of those leads, the others are copies."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.briefing import Briefing, Page
from knowledge.catalogue import Catalogue
from knowledge.identity import given_name, is_lasting, is_scan_of, is_version_of, may_be_scan_of, one_name


def unchanged(catalogue: Catalogue, name: str, sha256: str, source: str) -> Briefing | None:
    """The briefing that was read of these bytes under this name; None where the library holds none, or another version of its place."""
    held = catalogue.having("source", source) if source else []
    if held and (held[0].sha256 == sha256 or is_lasting(source)):
        return held[0] if held[0].sha256 == sha256 else None
    same = (b for b in catalogue.having("sha256", sha256) if one_name(name) in (b.file_name, given_name(b.source, b.file_name)))
    return next(same, None)


def earlier_version(catalogue: Catalogue, name: str, source: str, pages: Sequence[Page]) -> Briefing | None:
    """The briefing that a file is a newer version of: of the same place, or of the same name where a place does not tell.

    A name that was uploaded, or a place that is no longer there, tells little: then the texts must have much in common.
    """
    held = catalogue.having("source", source) if source else []
    if held and is_lasting(source):
        return held[0]
    if not source:
        found = catalogue.named(one_name(name))
        return found if found and not found.source else None
    alike = [b for b in catalogue.briefings() if given_name(b.source, b.file_name) == one_name(name)]
    if re.search(r"#\d+$", source):  # the second of that name in one upload is no version of the first
        alike = []
    unsure = [b for b in alike if not is_lasting(b.source) or not is_lasting(source)]
    return next((b for b in [*held, *unsure] if is_version_of(catalogue.pages(b.id), pages)), None)


def held(catalogue: Catalogue, name: str, sha256: str, source: str, pages: Sequence[Page]) -> Briefing | None:
    """What the library holds of a file: the very file, or the version that it takes the place of."""
    return unchanged(catalogue, name, sha256, source) or earlier_version(catalogue, name, source, pages)


class Copies:
    """Keeps track of the copies in a catalogue. What changes something is called inside its transaction."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def group(self, briefing: Briefing) -> list[Briefing]:
        """A briefing with all that hold the same words, the one that leads first; of one that stands alone, itself."""
        leads = briefing.copy_of or briefing.id
        lead = self._catalogue.with_id(leads) or briefing
        return [lead, *self._catalogue.having("copy_of", lead.id)]

    def settle(self, briefing: Briefing, *, leads: bool = False) -> Briefing:
        """Find which briefing one that was written just now is a copy of, and let go of those that are no copies of it any more.

        With `leads` it was read again and leads those that hold the same words, as it did before.
        """
        self.leave(briefing)
        lead = None if briefing.apart else self._lead(briefing)
        if lead is not None and leads:
            for one in self.group(lead):
                self._catalogue.set_copy(one.id, briefing.id)
        elif lead is not None:
            self._catalogue.set_copy(briefing.id, lead.id)
            if lead.withdrawn and not briefing.withdrawn:
                self._catalogue.withdraw(briefing.id, lead.withdrawn)
        return self._catalogue.with_id(briefing.id) or briefing

    def leave(self, briefing: Briefing) -> None:
        """Take a briefing out of its group, before it is deleted, parted or replaced: the copies of one that led have another lead."""
        copies = self._catalogue.having("copy_of", briefing.id)
        for copy in copies:
            self._catalogue.set_copy(copy.id, "" if copy is copies[0] else copies[0].id)
        if briefing.copy_of:
            self._catalogue.set_copy(briefing.id, "")

    def _lead(self, briefing: Briefing) -> Briefing | None:
        """The briefing that holds the same words and came before."""
        exact = [*self._catalogue.having("sha256", briefing.sha256)]
        if briefing.same_words:
            exact += self._catalogue.having("same_words", briefing.same_words)
        others = [other for other in exact if self._may_lead(other, briefing)]
        return others[0] if others else self._scan_of(briefing)

    def _scan_of(self, briefing: Briefing) -> Briefing | None:
        """The same for a scan, whose words were read with a mistake here and there, or for the original of one."""
        pages = self._catalogue.pages(briefing.id)
        scanned = any(page.recognised for page in pages)
        for other in self._catalogue.briefings():
            if self._may_lead(other, briefing) and may_be_scan_of(other.same_words, briefing.same_words):
                theirs = self._catalogue.pages(other.id)
                if (scanned or any(page.recognised for page in theirs)) and is_scan_of((p.text for p in theirs), (p.text for p in pages)):
                    return other
        return None

    def _may_lead(self, other: Briefing, briefing: Briefing) -> bool:
        return other.id != briefing.id and not other.copy_of and not other.apart and other.starter == briefing.starter
