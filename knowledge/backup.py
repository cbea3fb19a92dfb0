"""A backup: one file with a library's catalogue and kept files, each with its sha256, made while the library is in use.

It is a ZIP. The vectors are not in it: they are made again.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from knowledge.catalogue import Catalogue
from knowledge.embedding import Embedder, sha256_of
from knowledge.errors import BackupDamaged, LibraryError
from knowledge.library import CATALOGUE, Library
from knowledge.private_files import OWNER_FILE, make_folder, written
from knowledge.replacement import Replacement, replacement
from knowledge.schema import SCHEMA_VERSION

FIRST, MANIFEST, FORMAT = "reflect-backup.txt", "manifest.json", "reflect-backup"
NOTE = b"A back-up of a library of the Practice Reflection Assistant. Put it back with: reflect restore FILE\n"
STARTS = b"PK\x03\x04"
NAME_AT = 30  # bytes: where a ZIP's first entry is named
ENDING = ".reflect"
HELD = re.compile(r"files/([0-9a-f]{64})(\.\w+)?")
TRIES = 5
PART = 1024**2


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds: how many briefings, and the names of those whose file was missing or changed when it was made."""

    made: str
    briefings: int
    left_out: tuple[str, ...]
    files: dict[str, str]  # path in the backup to sha256


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of a restoring: `withdrawn` stay withdrawn although they were not in the backup, `aside` is the earlier state."""

    backup: Backup
    withdrawn: tuple[str, ...]
    aside: Path | None


class _ChangedMeanwhile(Exception):
    """A file was removed from the library after its catalogue had been copied."""


def is_backup(file: Path) -> bool:
    """Whether a file is a backup of ours, whole or not."""
    if not file.is_file():
        return False
    with file.open("rb") as opened:
        head = opened.read(NAME_AT + len(FIRST))
    return head.startswith(STARTS) and head[NAME_AT:] == FIRST.encode()


def back_up(library: Library, file: Path) -> Backup:
    """Write a backup of the library into a file, in place of an older backup; checked before it stands there.

    The library may be read and written meanwhile. Raises LibraryError where the file cannot be written or is something else.
    """
    if library.folder.resolve() in file.resolve().parents:
        raise LibraryError(f"{file} is inside the library itself. Choose a place outside it, best on another disk.")
    if file.exists() and not is_backup(file):
        raise LibraryError(f"{file} already exists and is not a backup. Choose another name.")
    try:
        return _write(library, file)
    except OSError as error:
        raise LibraryError(
            f"The backup {file} cannot be written ({error.strerror or error}). Check the place and its free space."
        ) from error


def checked(file: Path) -> Backup:
    """What a backup holds, after every file in it was compared with its sha256. Raises BackupDamaged."""
    try:
        with file.open("rb") as opened:
            return _checked(opened)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise BackupDamaged(f"{file} is not a whole backup ({error}). Nothing was changed. Use another backup.") from error


def put_back(file: Path, folder: Path, embedder: Embedder | None = None) -> Restored:
    """Make the library in `folder` what it was when the backup was made. What it holds now is set aside.

    Nothing is changed before the whole backup was checked; killed at any moment, the library is whole, as it was or as it becomes.
    What was withdrawn since then stays withdrawn. Raises BackupDamaged, LibraryError.
    """
    backup = checked(file)
    with replacement(folder, embedder) as now:
        staged = now.stage / CATALOGUE
        with zipfile.ZipFile(file) as archive:
            _unpack(archive, CATALOGUE, backup.files[CATALOGUE], staged)
            catalogue = Catalogue(staged)
            if wrong := catalogue.fault():
                raise BackupDamaged(f"The catalogue in {file} is damaged ({wrong}). Nothing was changed. Use another backup.")
            withdrawn = now.keep_withdrawn(catalogue)
            catalogue.close()
            aside, before = _set_aside(now)
            _place_files(archive, backup, now)
        now.move_in(staged, copied=before - set(backup.files.values()))
        aside = aside or (now.aside if now.aside.exists() else None)
    library = Library(folder, embedder)
    library.close()
    return Restored(backup, tuple(withdrawn), aside)


# -- writing --------------------------------------------------------------------------------------


def _write(library: Library, file: Path) -> Backup:
    make_folder(file.parent)
    for _ in range(TRIES):
        try:
            return _written(library, file)
        except _ChangedMeanwhile:
            continue
    with library.writing():  # others change it all the time: they wait
        return _written(library, file)


def _written(library: Library, file: Path) -> Backup:
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".reflect-") as folder:
        copy = Path(folder) / CATALOGUE
        os.close(os.open(copy, os.O_CREAT, OWNER_FILE))
        library.catalogue.copy_to(copy)
        with closing(Catalogue(copy)) as catalogue:
            if catalogue.needs_scrubbing():  # what was deleted is not to live on in a backup
                catalogue.scrub()
            catalogue.left()
            names: dict[str, list[str]] = {}
            for briefing in catalogue.briefings():
                names.setdefault(briefing.sha256, []).append(briefing.file_name)
        with written(file) as target:
            with zipfile.ZipFile(target, "w") as archive:
                archive.writestr(zipfile.ZipInfo(FIRST), NOTE)
                held = {CATALOGUE: _pack(archive, copy, CATALOGUE, zipfile.ZIP_DEFLATED)}
                left_out: list[str] = []
                for sha256, named in sorted(names.items()):
                    kept = _kept(library, sha256)
                    if kept is None:
                        left_out += named
                    else:
                        held[f"files/{kept.name}"] = _pack(archive, kept, f"files/{kept.name}", zipfile.ZIP_STORED)
                made = Backup(datetime.now(UTC).isoformat(timespec="seconds"), sum(map(len, names.values())), tuple(left_out), held)
                archive.writestr(MANIFEST, json.dumps(_as_json(made), indent=1))
            target.flush()
            try:
                _checked(target)
            except (ValueError, KeyError, zipfile.BadZipFile) as error:
                raise OSError(f"what was written is not what was read: {error}") from error
    return made


def _kept(library: Library, sha256: str) -> Path | None:
    """A file as it was added; None where it is missing or was changed on disk. Raises where its briefing was deleted just now."""
    kept = library.files.find(sha256)
    try:
        if kept is not None and sha256_of(kept) == sha256:
            return kept
    except FileNotFoundError:
        pass
    if sha256 not in library.catalogue.sha256s():
        raise _ChangedMeanwhile
    return None


def _pack(archive: zipfile.ZipFile, source: Path, name: str, compression: int) -> str:
    entry = zipfile.ZipInfo(name)
    entry.compress_type = compression
    digest = hashlib.sha256()
    try:
        with source.open("rb") as file, archive.open(entry, "w", force_zip64=True) as target:
            while part := file.read(PART):
                digest.update(part)
                target.write(part)
    except FileNotFoundError as error:
        raise _ChangedMeanwhile from error
    return digest.hexdigest()


def _as_json(backup: Backup) -> dict[str, Any]:
    told = {"format": FORMAT, "schema": SCHEMA_VERSION, "made": backup.made, "briefings": backup.briefings}
    return {**told, "left_out": list(backup.left_out), "files": backup.files}


# -- reading --------------------------------------------------------------------------------------


def _checked(file: IO[bytes]) -> Backup:
    with zipfile.ZipFile(file) as archive:
        told = json.loads(archive.read(MANIFEST))
        if told["format"] != FORMAT:
            raise ValueError("it is of another kind")
        backup = Backup(str(told["made"]), int(told["briefings"]), tuple(map(str, told["left_out"])), dict(told["files"]))
        if sorted(archive.namelist()) != sorted([FIRST, MANIFEST, *backup.files]) or CATALOGUE not in backup.files:
            raise ValueError("what it holds is not what its list says")
        for name, sha256 in backup.files.items():
            found = HELD.fullmatch(name)
            if not (name == CATALOGUE or (found and found[1] == sha256)):
                raise ValueError(f"{name} is no file of a library")
            digest = hashlib.sha256()
            for part in _parts(archive, name):
                digest.update(part)
            if digest.hexdigest() != sha256:
                raise ValueError(f"{name} was changed")
        return backup


def _parts(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as file:
        while part := file.read(PART):
            yield part


def _unpack(archive: zipfile.ZipFile, name: str, sha256: str, place: Path) -> None:
    digest = hashlib.sha256()
    with written(place) as file:
        for part in _parts(archive, name):
            digest.update(part)
            file.write(part)
        if digest.hexdigest() != sha256:
            raise BackupDamaged(f"{archive.filename} changed while it was being read. Try again.")


def _set_aside(now: Replacement) -> tuple[Path | None, set[str]]:
    """Keep what the library holds as a backup of its own; returns where, and the sha256 of the files in it."""
    if now.library is None or not now.library.catalogue.briefing_count():
        return None, set()
    make_folder(now.files.aside)
    place = now.aside.with_name(f"before-restore-{now.aside.name}{ENDING}")
    kept = _written(now.library, now.stage / place.name)
    (now.stage / place.name).replace(place)
    return place, {sha256 for name, sha256 in kept.files.items() if name != CATALOGUE}


def _place_files(archive: zipfile.ZipFile, backup: Backup, now: Replacement) -> None:
    for name, sha256 in backup.files.items():
        if name == CATALOGUE:
            continue
        place = now.folder / name
        if place.exists():
            if sha256_of(place) == sha256:
                continue
            now.files.set_aside(place)
        now.expect(sha256)
        _unpack(archive, name, sha256, place)
