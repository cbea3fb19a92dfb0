"""Files and folders that only their owner may read, written whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

OWNER_FILE, OWNER_FOLDER = 0o600, 0o700
OTHERS = 0o077  # the rights of group and others
PART = ".part"  # the ending of a file that is not written to its end


def make_folder(folder: Path) -> None:
    """Make a folder for its owner alone, where it is not there. Raises OSError."""
    folder.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)


@contextmanager
def written(place: Path, *, durable: bool = True) -> Iterator[IO[bytes]]:
    """A file to write (and read), which stands at `place` once the block has ended without an error; else all is as it was.

    With `durable` it is on the disk by then, and a loss of power does not take it away. Raises OSError.
    """
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f"{place.name}.", suffix=PART)  # made with mode 0600
    aside = Path(name)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            if durable:
                os.fsync(file.fileno())
        aside.replace(place)
        if durable:
            sync_folder(place.parent)
    finally:
        aside.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Have the disk keep the names in a folder as they are now, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def tighten(*places: Path) -> None:
    """Take the rights of group and others from files and folders, where they are there and ours."""
    if os.name == "nt":
        return
    for place in places:
        with suppress(OSError):
            found = place.lstat()
            if found.st_uid == os.getuid() and found.st_mode & OTHERS and not stat.S_ISLNK(found.st_mode):
                place.chmod(stat.S_IMODE(found.st_mode) & ~OTHERS)


def tighten_below(folder: Path) -> None:
    """Tighten a folder and all that stands in it."""
    tighten(folder)
    for above, folders, files in os.walk(folder):
        tighten(*(Path(above) / name for name in (*folders, *files)))


def may_write(folder: Path, *, below: bool = False) -> bool:
    """Whether this process may write in a folder and, with `below`, change all that stands in it."""
    with suppress(OSError):
        return os.access(folder, os.W_OK | os.X_OK) and (not below or all(os.access(place, os.W_OK) for place in folder.rglob("*")))
    return False
