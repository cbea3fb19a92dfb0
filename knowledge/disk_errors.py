"""Why a library's folder, or the temporary one, cannot be used, in a sentence: there is no room left, or it may not be written."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import tempfile
from pathlib import Path

from knowledge.errors import LibraryError

# Where less is left when something could not be written, that is taken as the cause: Chroma does not say, and asks for much at once.
LITTLE = 8 * 1024**2
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
NOT_WRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS)
NONE_FOUND = "No usable temporary directory found in "  # how Python's tempfile says that it tried each in vain
SQLITES = ("/var/tmp", "/usr/tmp", "/tmp")  # where SQLite keeps what it needs for a moment, unless the environment tells another


def cannot_be_used(folder: Path, error: Exception) -> LibraryError:
    """The error for a user, who is told what to do."""
    if temporary := _of_sqlite(folder, error):
        return LibraryError(temporary)
    if no_room(folder, error):
        return LibraryError(
            f"There is no room left on the disk of the library {folder}. The library has not changed. Free some space, then try again."
        )
    if getattr(error, "errno", None) in NOT_WRITABLE or "readonly" in str(error):
        return LibraryError(f"The library {folder} is read-only for you. Ask for write access, or choose another with --library.")
    told = getattr(error, "strerror", None) or error
    return LibraryError(
        f"The library {folder} cannot be used ({told}). Check its permissions and the free space, or choose another with --library."
    )


def deleted_in_part(folder: Path, name: str, error: Exception) -> LibraryError:
    """The error for a user where a briefing is deleted and not all of it could be taken out of the library's files yet."""
    why, cause = str(error), error.__cause__
    if no_room(folder, error) or (isinstance(cause, Exception) and no_room(folder, cause)):
        why = "There is no room left on the disk: free some space."
    return LibraryError(
        f"{name} is deleted and will not be used in answers, but traces of it may remain in the library's files. {why} "
        "They are removed with the next change or question, or when the library is opened again."
    )


def no_room(folder: Path, error: Exception) -> bool:
    """Whether an error came of a full disk: the library's, or the one that the temporary folder lies on."""
    if getattr(error, "errno", None) in NO_ROOM or _says_full(error) or _lacks_temporary(error):
        return True
    return not isinstance(error, OSError) and _has_little(folder)


def temporary_at_fault(error: OSError) -> str:
    """The sentence for a user where an error can only be one of writing in the temporary folder; empty where it is no such error."""
    if finds_no_temporary(error):
        return _none_can_be_written((error.strerror or "").removeprefix(NONE_FOUND).strip("[]").replace("'", ""))
    if error.errno in NO_ROOM:
        return _temporary_is_full(tempfile.gettempdir())
    wrong = {errno.ENOENT: "is not there"} | dict.fromkeys(NOT_WRITABLE, "is read-only for you")
    if told := wrong.get(error.errno or 0, ""):
        return f"The temporary folder {tempfile.gettempdir()} {told}. Fix that, or set TMPDIR to another folder, then try again."
    return ""


def finds_no_temporary(error: OSError) -> bool:
    """Whether an error is Python's word that no temporary folder can be written: many packages ask for one when they are imported."""
    return (error.strerror or "").startswith(NONE_FOUND)


def _temporary_is_full(folder: Path | str) -> str:
    return f"There is no room left in the temporary folder {folder}. Free some space, or set TMPDIR to another folder, then try again."


def _none_can_be_written(tried: str) -> str:
    return f"No temporary folder can be written, of these: {tried}. Free some space, or set TMPDIR to another folder, then try again."


def _of_sqlite(folder: Path, error: Exception) -> str:
    """What to say where SQLite, in the catalogue or under Chroma, could not keep what it needs for a moment; else empty."""
    if isinstance(error, OSError) or not (_says_full(error) or _lacks_temporary(error)):
        return ""
    if os.name == "nt":
        places = [tempfile.gettempdir()]
    else:
        places = [place for place in (os.environ.get("SQLITE_TMPDIR"), os.environ.get("TMPDIR"), *SQLITES) if place]
    if _lacks_temporary(error):
        return _none_can_be_written(", ".join(places))
    used = next((place for place in places if os.access(place, os.W_OK | os.X_OK)), "")
    return _temporary_is_full(used) if used and _has_little(Path(used)) and not _has_little(folder) else ""


def _says_full(error: Exception) -> bool:
    return "is full" in str(error) or _code(error, sqlite3.SQLITE_IOERR_WRITE)


def _lacks_temporary(error: Exception) -> bool:
    return _code(error, sqlite3.SQLITE_IOERR_GETTEMPPATH)


def _code(error: Exception, code: int) -> bool:
    """Whether an error is this one of SQLite's. Chroma's errors carry SQLite's as text."""
    return getattr(error, "sqlite_errorcode", None) == code or f"(code: {code})" in str(error)


def _has_little(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < LITTLE
    except OSError:
        return False
