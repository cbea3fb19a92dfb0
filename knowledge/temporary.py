"""The program's own temporary folder: for its user alone, gone when the program ends, and swept at the next start after a kill.

A folder is `reflect-<user>-<process>-<random letters>` in the system's temporary folder, with mode 0700, and holds a file that its
process keeps locked. What a killed process left is told by that lock: it can be taken.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import ClassVar, NoReturn

from filelock import FileLock, Timeout

LOCK = "in-use.lock"
UPLOADS = "GRADIO_TEMP_DIR"  # where Gradio looks for its folder
NEWEST = 5.0  # seconds: a folder as young as this may not be locked yet by the process that makes it


class Terminated(SystemExit):
    """The system asks the program to end (SIGTERM, SIGHUP): raised in the main thread, so that everything is put away.

    `status` is what a shell gives for a program that this signal ended.
    """

    def __init__(self, number: int) -> None:
        self.status = 128 + number
        super().__init__(self.status)


@dataclass
class _Made:
    """A folder of this process, with the lock that it keeps, and how many use it."""

    folder: Path
    lock: FileLock
    users: int = 0


class _Own:
    """This process's folders that are made, by the system's temporary folder that they lie in."""

    made: ClassVar[dict[str, _Made]] = {}
    making = threading.Lock()


@contextmanager
def temporary_folder(name: str) -> Iterator[Path]:
    """A folder in this process's own, removed with all that is in it at the end. Raises OSError where none can be made.

    The process's own is made with the first of them and goes with the last.
    """
    base = tempfile.gettempdir()
    with _Own.making:
        made = _Own.made.get(base)
        if made is None or not made.folder.is_dir():
            made = _Own.made[base] = _make(base)
        made.users += 1
    try:
        folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=made.folder))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        with _Own.making:
            made.users -= 1
            if not made.users and _Own.made.get(base) is made:
                del _Own.made[base]
                _remove(made)


def _make(base: str) -> _Made:
    folder = Path(tempfile.mkdtemp(prefix=f"{_prefix()}{os.getpid()}-", dir=base))  # with mode 0700
    lock = FileLock(str(folder / LOCK), timeout=0, thread_local=False)
    try:
        lock.acquire()
    except BaseException:  # without its lock another process would take the folder for one that was left
        shutil.rmtree(folder, ignore_errors=True)
        raise
    atexit.register(clear)
    return _Made(folder, lock)


def _remove(made: _Made) -> None:
    made.lock.release()
    shutil.rmtree(made.folder, ignore_errors=True)


def temporary_folder_if_made() -> Path | None:
    """This process's own folder; None where nothing has asked for one."""
    return next((made.folder for made in reversed(_Own.made.values()) if made.folder.is_dir()), None)


def clear() -> None:
    """Remove this process's folder with all that is in it."""
    with _Own.making:
        for made in _Own.made.values():
            _remove(made)
        _Own.made.clear()


def sweep() -> list[Path]:
    """Remove what processes of this user left that were killed; gives the folders. Those of others, or of living ones, stay."""
    swept = []
    own = [made.folder for made in _Own.made.values()]
    try:
        found = sorted(Path(tempfile.gettempdir()).glob(f"{_prefix()}*"))
    except OSError:
        return []
    for folder in found:
        with suppress(OSError, Timeout):
            if folder not in own and _is_ours(folder) and _is_left(folder):
                shutil.rmtree(folder, ignore_errors=True)
                swept.append(folder)
    return swept


def _is_ours(folder: Path) -> bool:
    """Whether it is a real folder of this user, and no link to one."""
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and (not hasattr(os, "getuid") or found.st_uid == os.getuid())


def _is_left(folder: Path) -> bool:
    """Whether its process is gone. Raises Timeout where it is not."""
    if time.time() - folder.lstat().st_mtime < NEWEST and not (folder / LOCK).exists():
        return False
    with FileLock(str(folder / LOCK), timeout=0):
        return True


def _prefix() -> str:
    return f"reflect-{os.getuid() if hasattr(os, 'getuid') else 'user'}-"


@contextmanager
def put_away_at_the_end() -> Iterator[None]:
    """What earlier processes left is swept; what this one makes is removed at its end, also where a signal asks for that."""
    sweep()
    names = ("SIGTERM", "SIGHUP") if threading.current_thread() is threading.main_thread() else ()
    numbers = [number for name in names if (number := getattr(signal, name, None)) is not None]
    ours = [number for number in numbers if signal.getsignal(number) == signal.SIG_DFL]  # with nohup SIGHUP is ignored, and stays so
    for number in ours:
        signal.signal(number, _terminate)
    try:
        yield
    finally:
        clear()
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def uploads_put_away() -> Iterator[None]:
    """As `put_away_at_the_end`, for a page: Gradio puts what is uploaded into this process's folder, and nothing stays of it."""
    before = os.environ.get(UPLOADS)
    with put_away_at_the_end(), temporary_folder("uploads") as uploads:
        os.environ[UPLOADS] = str(uploads)
        try:
            yield
        finally:
            os.environ.pop(UPLOADS)
            if before is not None:
                os.environ[UPLOADS] = before


def _terminate(number: int, _: FrameType | None) -> NoReturn:
    raise Terminated(number)
