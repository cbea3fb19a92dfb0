"""Processes of their own for the tests, forked from one that has done their imports; the command line runs in such a one too.

A command is what `python app.py` runs: its own arguments, surroundings, folder and output, its own exit. What it's spared is loading
the libraries, two seconds of a processor. `tests/test_start.py` and others start Python itself.
"""

from __future__ import annotations

import atexit
import io
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import app

ROOT = Path(__file__).resolve().parent.parent
PROCESSES: Any = multiprocessing.get_context("forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn")
if hasattr(PROCESSES, "set_forkserver_preload"):
    PROCESSES.set_forkserver_preload(["tests.preloaded"])


def reflect(
    *arguments: str | bytes,
    cwd: Path = ROOT,
    env: Mapping[str, str] | None = None,
    before: Callable[[], None] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a command of `reflect`, any but `serve`; `before` is called in its process first."""
    told = [os.fsdecode(argument) for argument in arguments]
    assert "serve" not in told[:1], "it starts Python anew"
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder)
        process = PROCESSES.Process(target=_run, args=(told, cwd, dict(os.environ if env is None else env), before, output))
        process.start()
        process.join()
        status = process.exitcode
        process.close()
        out, err = ((output / name).read_text("utf-8", "surrogateescape") for name in ("out", "err"))
    return subprocess.CompletedProcess(told, status, out, err)


def _run(arguments: Sequence[str], cwd: Path, env: Mapping[str, str], before: Callable[[], None] | None, output: Path) -> None:
    """Become the command: what `app.main` finds is what a process that was started for it would have found."""
    for number, name in ((1, "out"), (2, "err")):
        file = os.open(output / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        os.dup2(file, number)
        os.close(file)
    sys.stdout, sys.stderr = _stream(1, sys.__stdout__), _stream(2, sys.__stderr__)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    tempfile.tempdir = None
    sys.argv = [str(ROOT / "app.py"), *arguments]
    if before is not None:
        before()
    try:
        app.main()
    except SystemExit:
        pass
    except BaseException:
        sys.excepthook(*sys.exc_info())
    atexit._run_exitfuncs()  # the last of them ends the process


def _stream(number: int, like: Any) -> io.TextIOWrapper:
    return io.TextIOWrapper(open(number, "wb", closefd=False), like.encoding, like.errors)
