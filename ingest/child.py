"""Files are read in a process of their own, which can be killed: a bad file hurts nothing but itself.

    parent                              child (`main`)
    Reader.read(path)  ── request ──▶   read, details, assemble
                       ◀── notices ──   "recognising page n of m": more time
                       ◀── answer ───   Taken, or the sentence that refuses the file

One child serves file after file; it is replaced after a crash, a timeout or too much memory. It imports
neither torch nor chromadb. Messages are pickles over pipes; the parent loads no classes but this
project's own (`_Unpickler`), so that a file that took the child over gains nothing here.
"""

from __future__ import annotations

import builtins
import importlib
import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from ingest.details import Found, details_with_origins
from ingest.reading import read
from ingest.reading.archive import members
from ingest.reading.ocr import starts_page
from ingest.reading.source import Source
from ingest.structure import Reading, assemble
from knowledge import errors
from knowledge.errors import FileRefused, ReflectionError

ROOT = Path(__file__).resolve().parent.parent
LOOK_SECONDS = 0.1  # how often the parent looks at the child's memory
START_SECONDS = 20.0
PATIENCE = 3  # how many times its seconds a file gets by the clock, where the machine is busy or the disk slow
SPARE_ADDRESSES = 1024**3  # address space over the memory limit: libraries reserve more than they use
OURS = {"ingest.child", "ingest.details", "ingest.structure", "ingest.reading.source", "knowledge.briefing"}
PLAIN = {"set", "frozenset", "tuple", "list", "dict", "str", "int", "bytes", "bool", "float", "complex", "slice", "range", "bytearray"}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may take: seconds of reading, seconds for each page of text recognition on top, bytes of memory.

    Seconds are the processor's, for other work may go on beside; by the clock a file gets PATIENCE times as many.
    The environment variables REFLECT_READING_SECONDS, REFLECT_OCR_SECONDS and REFLECT_MEMORY_MB set others
    (`from_environment`).
    """

    reading_seconds: float = 30.0
    ocr_seconds_a_page: float = 60.0
    memory: int = 1024**3

    @classmethod
    def from_environment(cls) -> Limits:
        """The limits, as the environment sets them. Raises SettingsError where a value is no number."""
        given = {}
        for name, field, unit in (
            ("REFLECT_READING_SECONDS", "reading_seconds", 1.0),
            ("REFLECT_OCR_SECONDS", "ocr_seconds_a_page", 1.0),
            ("REFLECT_MEMORY_MB", "memory", 1024.0**2),
        ):
            if text := os.environ.get(name, ""):
                try:
                    given[field] = float(text) * unit
                except ValueError as error:
                    raise errors.SettingsError(f"{name} is {text}, which is no number. Set a number, or leave it out.") from error
        return replace(cls(), **given)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Taken:
    """A file as read: its source (blocks left out: the pages hold their words), details with their origins, pages and passages."""

    source: Source
    found: Found
    reading: Reading


@dataclass(frozen=True, slots=True)
class Recognising:
    """How far text recognition of a file has come: the page that it is at, of how many."""

    file: str
    page: int
    pages: int


class Reader:
    """Reads files in a child process; close it when done. One thread may read, any may close.

    `recognising` is where text recognition is just now; None while there is none. Any thread may look.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits.from_environment()
        self.recognising: Recognising | None = None
        self._child: _Child | None = None
        self._closed = False
        self._changing = threading.Lock()  # which child it is, and whether there may be one

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child, for good: a file that is being read is refused, and so is every later one."""
        self._closed = True
        self._end()

    def _end(self) -> None:
        with self._changing:
            if self._child is not None:
                self._child.kill()
                self._child = None

    def read(self, path: Path, name: str, password: str = "") -> Taken:
        """Read a file that is shown as `name`. Raises FileRefused or one of its kinds, or OSError where it cannot be opened."""
        taken: Taken = self._asked("read", name, path, name, password)
        return taken

    def members(self, path: Path, name: str, into: Path, password: str = "") -> list[tuple[Path, str]]:
        """Unpack an archive into the folder `into`: each file's place and name. Raises as `read` does."""
        found: list[tuple[str, str]] = self._asked("members", name, path, into, password)
        return [(Path(place), member) for place, member in found]

    def _asked(self, verb: str, name: str, path: Path, *values: object) -> Any:
        try:
            answer = self._ready().ask((verb, str(path), *map(str, values)), self.limits, partial(self._at, name))
        except _Stopped as stopped:
            self._end()
            raise FileRefused(f"{name} was not read: {stopped}. Open it, save it again, or split it, then add that.") from None
        except BaseException:  # Ctrl-C too: a child in the middle of a file must not answer the next request
            self._end()
            raise
        finally:
            self.recognising = None
        if isinstance(answer, _Refusal):
            raise answer.error(path.name, name)
        return answer

    def _at(self, name: str, page: _Page) -> None:
        self.recognising = Recognising(name, page.number, page.of) if page.number else None

    def _ready(self) -> _Child:
        if self._child is not None and not self._child.alive:
            self._end()
        with self._changing:
            if self._closed:
                raise _Stopped("reading was stopped")
            if self._child is None:
                self._child = _Child(self.limits)
            return self._child


class _Stopped(Exception):
    """The child did not answer; the text says why."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    """An error on its way from child to parent."""

    kind: str
    message: str
    number: int = 0

    def error(self, file: str, shown: str) -> Exception:
        if self.kind == "OSError":
            return FileNotFoundError(self.number, self.message) if self.number == 2 else OSError(self.number, self.message)
        kind = getattr(errors, self.kind, FileRefused)
        made: Exception = kind(self.message.replace(file, shown))
        return made


class _Child:
    """The process, and a thread that takes in what it says."""

    def __init__(self, limits: Limits) -> None:
        inherited = os.environ.get("PYTHONPATH", "")
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), *([inherited] if inherited else [])]),
            "OMP_THREAD_LIMIT": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", "from ingest.child import main; main()", str(limits.memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._heard: queue.Queue[Any] = queue.Queue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self._started = False

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._listener.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def ask(self, request: tuple[str, ...], limits: Limits, at: Callable[[_Page], None]) -> Any:
        """The child's answer; `at` is told of each page that is recognised. Raises _Stopped where none comes within the limits."""
        if not self._started:
            self._next(START_SECONDS, "the reading process did not start", limits)
            self._started = True
        assert self._process.stdin is not None
        try:
            pickle.dump(request, self._process.stdin)
            self._process.stdin.flush()
        except (OSError, ValueError):  # broken, or closed by another thread
            raise _Stopped("the reading process was gone") from None
        left = limits.reading_seconds
        page = 0
        while True:
            used = self._processor()
            allowed = limits.ocr_seconds_a_page if page else left
            why = f"page {page} took longer than {allowed:.0f} seconds to recognise" if page else "reading took too long"
            heard = self._next(allowed, f"{why} (limit {allowed:.0f} seconds)" if not page else why, limits)
            if not isinstance(heard, _Page):
                return heard
            left -= 0.0 if page else self._processor() - used
            page = heard.number
            at(heard)

    def _next(self, allowed: float, why: str, limits: Limits) -> Any:
        """What the child says next. Raises _Stopped where it takes longer than `allowed` seconds of the processor, or ends."""
        begun, used = time.monotonic(), self._processor()
        while True:
            try:
                heard = self._heard.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                waited = time.monotonic() - begun
                if waited > allowed and (self._processor() - used > allowed or waited > PATIENCE * allowed):
                    raise _Stopped(why) from None
                if self._memory() > limits.memory:
                    raise _Stopped(_too_large(limits.memory)) from None
                continue
            if isinstance(heard, _Gone):
                self._process.wait()
                raise _Stopped("the reader broke down on it, so it is damaged or asks for too much memory")
            return heard

    def _processor(self) -> float:
        """Seconds of the processor that the child has used."""
        try:
            times = psutil.Process(self._process.pid).cpu_times()
            return float(times.user + times.system)
        except psutil.Error:
            return 0.0

    def _memory(self) -> int:
        try:
            return int(psutil.Process(self._process.pid).memory_info().rss)
        except psutil.Error:
            return 0

    def _listen(self) -> None:
        assert self._process.stdout is not None
        try:
            while True:
                self._heard.put(_Unpickler(self._process.stdout).load())
        except (EOFError, OSError, ValueError, pickle.UnpicklingError, AttributeError, ImportError, IndexError, TypeError):
            self._heard.put(_Gone())


@dataclass(frozen=True, slots=True)
class _Page:
    """Text recognition of this sheet, of so many, begins; 0 when recognition is over."""

    number: int
    of: int


class _Gone:
    """Nothing more will come."""


def _too_large(memory: int) -> str:
    return f"it needs more than {memory // 1024**2:,} MB of memory"


class _Unpickler(pickle.Unpickler):
    """Loads plain values and this project's own classes, nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "builtins" and name in PLAIN:
            return getattr(builtins, name)
        if module in OURS:
            found = importlib.import_module(module)
            for part in name.split("."):
                found = getattr(found, part)
            if isinstance(found, type):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is not expected here")


def main() -> None:
    """Serve requests from standard input until it ends."""
    speaker = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not mix with the answers
    _limit(int(sys.argv[1]))
    threading.Thread(target=_leave_with, args=(psutil.Process(os.getppid()),), daemon=True).start()

    def tell(value: object) -> None:
        speaker.write(pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL))
        speaker.flush()

    starts_page.set(lambda sheet, sheets: tell(_Page(sheet, sheets)))
    tell("ready")
    while True:
        try:
            verb, path, *values = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        tell(_answer(VERBS[verb], Path(path), *values))


def _answer(verb: Callable[..., Any], path: Path, *values: str) -> Any:
    try:
        return verb(path, *values)
    except ReflectionError as error:
        return _Refusal(type(error).__name__, str(error))
    except MemoryError:
        return _Refusal("FileRefused", f"{path.name} was not read: it needs too much memory. Split it, or save it again, then add that.")
    except OSError as error:
        return _Refusal("OSError", error.strerror or "it cannot be read", error.errno or 0)
    except Exception as error:  # the boundary: whatever a library raises on a strange file is one sentence for its user
        return _Refusal(
            "FileRefused", f"{path.name} was not read: it is damaged in a way ({type(error).__name__}). Save it again, then add that."
        )


def _read(path: Path, name: str, password: str) -> Any:
    source = read(path, password)
    found = details_with_origins(source, name)
    return Taken(replace(source, blocks=()), found, assemble(source, found.details.pseudonyms))


def _members(path: Path, into: str, password: str) -> list[tuple[str, str]]:
    return [(str(place), name) for place, name in members(path, Path(into), password)]


VERBS: dict[str, Callable[..., Any]] = {"read": _read, "members": _members}


def _leave_with(parent: psutil.Process) -> None:
    """End with the parent, also in the middle of a file: where the parent is killed, nobody watches any more."""
    parent.wait()
    os._exit(1)


def _limit(memory: int) -> None:
    """On POSIX the system itself refuses what is far over the limit; the parent watches everywhere."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        most = memory + SPARE_ADDRESSES
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
