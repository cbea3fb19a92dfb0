"""The files of the briefings as they were added, each under the sha256 of its bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path

from knowledge.embedding import sha256_of
from knowledge.errors import FileRefused, LibraryError
from knowledge.private_files import make_folder, tighten, tighten_below, written
from knowledge.schema import holds_catalogue

PART_BYTES = 1024**2
KEPT = re.compile(r"[0-9a-f]{64}(\.\w+)?")  # how this library names a file that it keeps
UNFINISHED = re.compile(r"(tmp\w+|[0-9a-f]{64}(\.\w+)?\.\w+)\.part")  # and one that is being copied, in this version and earlier ones


class KeptFiles:
    """The folders `files` and `set-aside` of a library. Whoever changes them holds the library's lock. Raises OSError."""

    def __init__(self, library: Path) -> None:
        self.folder = library / "files"
        self.aside = library / "set-aside"

    def __iter__(self) -> Iterator[Path]:
        """Every file that has a kept file's name."""
        if self.folder.is_dir():
            yield from (file for file in sorted(self.folder.iterdir()) if KEPT.fullmatch(file.name) and file.is_file())

    def place(self, sha256: str, suffix: str) -> Path:
        """Where a file with this sha256 and ending is kept."""
        return self.folder / f"{sha256}{suffix.lower()}"

    def find(self, sha256: str) -> Path | None:
        """The kept file with this sha256, if there is one."""
        return next((file for file in sorted(self.folder.glob(f"{sha256}*")) if KEPT.fullmatch(file.name)), None)

    def keep(self, source: Path, sha256: str, name: str) -> None:
        """Keep a copy of a file, wholly or not at all. Raises FileRefused where its bytes are not those that were read."""
        place = self.place(sha256, source.suffix)
        if place.exists():
            return
        digest = hashlib.sha256()
        with written(place) as target, source.open("rb") as file:
            while part := file.read(PART_BYTES):
                digest.update(part)
                target.write(part)
            if digest.hexdigest() != sha256:
                raise FileRefused(f"{name} changed while it was being read. Add it again.")

    def sweep(self, wanted: Collection[str], leaving: Collection[str]) -> list[Path]:
        """Remove the files that are `leaving` and copies that were never finished; set aside those that nobody knows.

        A file is known by being `wanted`; one whose name is not of our form is left alone. Returns what was set aside.
        """
        strangers = []
        for file in self.folder.iterdir():
            sha256 = file.name[:64]
            if UNFINISHED.fullmatch(file.name):
                file.unlink(missing_ok=True)
            elif not KEPT.fullmatch(file.name) or sha256 in wanted:
                continue
            elif sha256 in leaving:
                file.unlink(missing_ok=True)
            else:
                strangers.append(self.set_aside(file))
        for file in self.set_aside_files() if leaving else ():
            if file.name[:64] in leaving and KEPT.fullmatch(file.name):
                file.unlink(missing_ok=True)
        return strangers

    def set_aside(self, file: Path) -> Path:
        """Move a file out of the way, where it can be looked at; never over another one. Returns where it lies."""
        make_folder(self.aside)
        place = self.aside / file.name
        if place.exists() and sha256_of(place) != sha256_of(file):
            place = self.aside / f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{file.name}"
        file.replace(place)
        return place

    def set_aside_files(self) -> list[Path]:
        """What was set aside."""
        return sorted(self.aside.iterdir()) if self.aside.is_dir() else []

    def tighten(self) -> None:
        """Leave the files to their owner alone."""
        tighten(self.folder, *self)
        tighten_below(self.aside)


def refuse_to_begin_anew(folder: Path, catalogue: Path) -> None:
    """Raise LibraryError where a folder holds kept files and no catalogue that knows them: a new one would know none of them."""
    kept = len(list(KeptFiles(folder)))  # counted first: another process may make a new library here at this moment
    if kept and not holds_catalogue(catalogue):
        raise LibraryError(
            f"The library {folder} holds {kept} files and no catalogue of them: it is missing or empty. Nothing was changed. "
            "Put the library back from a backup with `reflect restore FILE`, or read the files again with `reflect rebuild`."
        )
