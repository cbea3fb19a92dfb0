"""After an update of the program: what was read by older rules or another reader is read again, from the kept files."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ingest.certify import RULES
from ingest.child import Limits, Recognising
from ingest.pipeline import Result, steps
from ingest.reading import ocr, pdf
from knowledge.briefing import Briefing
from knowledge.embedding import sha256_of
from knowledge.library import Library


@dataclass(frozen=True, slots=True)
class Outdated:
    """A briefing that would be read otherwise today; `why` says by what it was read."""

    briefing: Briefing
    why: str


def outdated(library: Library) -> list[Outdated]:
    """The briefings that were read by older rules or by another version of their reader."""
    found = []
    for briefing in library.briefings():
        certificate = library.catalogue.certificate(briefing.id)
        reader = str(certificate.get("reader", ""))
        if certificate.get("rules", 0) < RULES:
            found.append(Outdated(briefing, "by older rules"))
        elif reader != (now := reader_now(reader)):
            found.append(Outdated(briefing, f"by {reader}, now {now}"))
    return found


def reader_now(reader: str) -> str:
    """The reader that a certificate names, in the version that is installed; as it is, where that cannot be told or it is gone.

    A reader of our own changes with RULES, not with the program's version.
    """
    return ", ".join(map(_part_now, reader.split(", ")))


def _part_now(part: str) -> str:
    if part.startswith("PDFium "):
        return pdf.READER
    if part.startswith("Tesseract"):
        return ocr.engine() or part
    named = re.fullmatch(r"(\S+) \d\S*", part)
    try:
        return f"{named[1]} {version(named[1])}" if named else part
    except PackageNotFoundError:
        return part


class Upgrade:
    """Reads what is outdated again. `waiting` is what was found so; `moved` names the briefings that were read otherwise than before.

    Each briefing is replaced in one step and keeps its name, id, date of adding, corrections, and whether it is withdrawn. Whoever is
    interrupted goes on with the next one of these, as what is done is no longer outdated. A quotation that was saved elsewhere by page
    and place may not stand there any more in a briefing that has moved.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self.waiting = outdated(library)
        self.moved: list[str] = []
        self._refused: list[Result] = []

    @cached_property
    def files(self) -> list[tuple[Path, Briefing]]:
        """The kept files that are read, each compared with its sha256, and the briefings that were read from them."""
        found = []
        for one in self.waiting:
            file, why = _readable(self._library, one.briefing)
            if file is not None:
                found.append((file, one.briefing))
            else:
                name = one.briefing.file_name
                self._refused.append(Result(name, "refused", f"{name} stays as it was: {why}"))
        return found

    def read(self, *, password: str = "", limits: Limits | None = None) -> Generator[Result | Recognising, None, None]:
        """Read the kept files; yields as `steps` does: "replaced", or "refused" with why the briefing stays as it was."""
        files = self.files
        yield from self._refused
        for starter in (False, True):
            these = [(file, briefing) for file, briefing in files if briefing.starter is starter]
            before = {briefing.file_name: (briefing.id, _places(self._library, briefing.id)) for _, briefing in these}
            given, names = [file for file, _ in these], [briefing.file_name for _, briefing in these]
            if not these:
                continue
            for step in steps(self._library, given, names=names, starter=starter, password=password, limits=limits, again=True):
                if isinstance(step, Result) and step.status == "replaced":
                    briefing_id, places = before[step.file]
                    self.moved += [step.file] if not places <= _places(self._library, briefing_id) else []
                yield step


def _readable(library: Library, briefing: Briefing) -> tuple[Path | None, str]:
    """The kept file of a briefing; none where reading it would lose something, and why."""
    file = library.files.find(briefing.sha256)
    if file is None:
        return None, "its file is missing. Delete the briefing and add its file again."
    if sha256_of(file) != briefing.sha256:
        return None, "its file was changed on disk. Delete the briefing and add its file again."
    if library.catalogue.certificate(briefing.id).get("ocr_pages") and not ocr.engine():
        return None, f"it was read by text recognition. {ocr.trouble()}"
    return file, ""


def _places(library: Library, briefing_id: str) -> frozenset[tuple[int, int, int, str]]:
    """Where each passage of a briefing stands, and its words: what a quotation that was saved elsewhere refers to."""
    passages = (stored.passage for stored in library.catalogue.passages(briefing_id))
    return frozenset((one.page, one.start, one.end, one.text) for one in passages)
