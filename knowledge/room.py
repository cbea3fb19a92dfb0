"""Why a library's folder cannot be used, in a sentence: there is no room left, or it may not be written."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from pathlib import Path

from knowledge.errors import LibraryError

# Where less is left when something could not be written, that is taken as the cause: Chroma does not say, and asks for much at once.
LITTLE = 8 * 1024**2
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
NOT_WRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS)


def cannot_be_used(folder: Path, error: Exception) -> LibraryError:
    """The error for a user, who is told what to do."""
    if no_room(folder, error):
        return LibraryError(
            f"There is no room left on the disk of the library {folder}. Free some space, then try again: the library is as it was."
        )
    if getattr(error, "errno", None) in NOT_WRITABLE or "readonly" in str(error):
        return LibraryError(f"The library {folder} may not be written. Ask for the right to, or choose another with --library.")
    told = getattr(error, "strerror", None) or error
    return LibraryError(
        f"The library {folder} cannot be used ({told}). Check its rights and the free space, or choose another with --library."
    )


def no_room(folder: Path, error: Exception) -> bool:
    """Whether an error came of a full disk."""
    said = str(error)  # Chroma's errors carry SQLite's as text
    if getattr(error, "errno", None) in NO_ROOM or "is full" in said or f"(code: {sqlite3.SQLITE_IOERR_WRITE})" in said:
        return True
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_IOERR_WRITE:
        return True
    try:
        return not isinstance(error, OSError) and shutil.disk_usage(folder).free < LITTLE
    except OSError:
        return False
