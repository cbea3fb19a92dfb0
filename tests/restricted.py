"""The command line as a process that may not do everything: no room on the disk, no right to write."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import forked

PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2  # Linux: prctl(2), capabilities(7)
LINUX_CAPABILITY_VERSION_3 = 0x20080522  # capget(2)


def little_room() -> None:
    """Let no file of this process grow over a size that the library has not reached yet."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))


def plain_user() -> None:
    """Take from an administrator's process, and from those that it starts, the right to write what its mode forbids."""
    if os.geteuid() != 0:
        return
    system = ctypes.CDLL(None, use_errno=True)
    header, held = (ctypes.c_uint32 * 2)(LINUX_CAPABILITY_VERSION_3, 0), (ctypes.c_uint32 * 6)()
    assert system.capget(header, held) == 0
    for right in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        system.prctl(PR_CAPBSET_DROP, right, 0, 0, 0)
        for set_ in range(3):  # effective, permitted, inheritable
            held[set_] &= ~(1 << right)
    assert system.capset(header, held) == 0


def reflect(library: Path, *arguments: str, before: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command in a process that `before` has restricted; its output goes to files, so that these may be written."""
    return forked.reflect(*arguments, "--library", str(library), before=before)


def started(library: Path, *arguments: str, before: Callable[[], None]) -> subprocess.CompletedProcess[str]:
    """The same in a process that is started for it, whose output goes to pipes: no file need be writable, and `serve` runs too."""
    call = [sys.executable, str(forked.ROOT / "app.py"), *arguments, "--library", str(library)]
    return subprocess.run(call, capture_output=True, text=True, cwd=forked.ROOT, preexec_fn=before)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """A folder in which nothing may be written while the block lasts, but by an administrator."""
    places = [folder, *folder.rglob("*")]
    for place in places:
        place.chmod(0o555 if place.is_dir() else 0o444)
    try:
        yield
    finally:
        for place in places:
            place.chmod(0o755 if place.is_dir() else 0o644)
