"""What a library knows of its briefings that their files do not tell, kept beside the catalogue so that it outlives the catalogue.

From the kept files the texts can be read again, but not the files' names, who withdrew a briefing and why, nor what a user corrected.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from knowledge.briefing import Briefing
from knowledge.correction import Correction
from knowledge.private_files import make_folder, tighten_below, written


@dataclass(frozen=True, slots=True)
class Record:
    """A briefing without its text. `withdrawn` is the note of who withdrew it, or empty."""

    id: str
    file_name: str
    sha256: str
    starter: bool
    added: str
    withdrawn: str
    corrections: tuple[Correction, ...] = ()
    source: str = ""
    apart: bool = False

    @classmethod
    def of(cls, briefing: Briefing, corrections: Sequence[Correction]) -> Record:
        """The record of a briefing."""
        b = briefing
        return cls(b.id, b.file_name, b.sha256, b.starter, b.added, b.withdrawn, tuple(corrections), b.source, b.apart)


class Records:
    """A file for each briefing in the folder `records` of a library, under a name that says nothing. Raises OSError."""

    def __init__(self, library: Path) -> None:
        self.folder = library / "records"

    def write(self, tag: str, record: Record) -> None:
        """Write the record of the briefing that goes by `tag`, in place of an earlier one."""
        make_folder(self.folder)
        with written(self._place(tag)) as file:
            file.write(_as_bytes(record))

    def remove(self, tag: str) -> None:
        """Remove a briefing's record."""
        self._place(tag).unlink(missing_ok=True)

    def match(self, records: Mapping[str, Record]) -> None:
        """Hold exactly these records, by their tags."""
        make_folder(self.folder)
        for file in self.folder.iterdir():
            if file.stem not in records or file.suffix != ".json":
                file.unlink(missing_ok=True)
        for tag, record in records.items():
            place = self._place(tag)
            if not place.exists() or place.read_bytes() != _as_bytes(record):
                self.write(tag, record)

    def count(self) -> int:
        """How many records there are."""
        return len(list(self.folder.glob("*.json")))

    def read(self) -> list[Record]:
        """All records that can be read."""
        found = []
        for file in sorted(self.folder.glob("*.json")):
            with suppress(OSError, ValueError, KeyError, TypeError):
                kept = json.loads(file.read_text("utf-8"))
                corrections = tuple(Correction(**one) for one in kept.pop("corrections"))
                found.append(Record(**kept, corrections=corrections))
        return found

    def tighten(self) -> None:
        """Leave the records to their owner alone."""
        tighten_below(self.folder)

    def _place(self, tag: str) -> Path:
        return self.folder / f"{tag}.json"


def _as_bytes(record: Record) -> bytes:
    return json.dumps(asdict(record), ensure_ascii=False, sort_keys=True).encode()
