"""Files that may be hostile are opened in a process of their own, which can be killed: a bad file hurts nothing but itself.

    parent (`ChildProcess`, `Worker`)       child (`serve`)
    send(verb, values)    ── request ──▶    runs the verb
                          ◀── notices ──    whatever the verb tells meanwhile
    next(seconds)         ◀── answer ───    what it returns, or a `Refusal`

Requests and answers are pickles over pipes; the parent loads plain values and the classes it named, nothing
else (`_Unpickler`), so that a file that took the child over gains nothing here.
"""

from __future__ import annotations

import atexit
import builtins
import importlib
import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psutil

from knowledge.errors import ReflectionError
from knowledge.temporary import temporary_folder_if_made

ROOT = Path(__file__).resolve().parent.parent
LOOK_SECONDS = 0.1  # how often the parent looks at the child's memory
START_SECONDS = 20.0
PATIENCE = 3  # how many times its seconds a request gets by the clock, where the machine is busy or the disk slow
SPARE_ADDRESSES = 1024**3  # address space over the memory limit: libraries reserve more than they use
PLAIN = {"set", "frozenset", "tuple", "list", "dict", "str", "int", "bytes", "bool", "float", "complex", "slice", "range", "bytearray"}
OURS = {"knowledge.child_process"}
START = "import importlib, sys; importlib.import_module(sys.argv[1]).main()"


class Stopped(Exception):
    """The child gave no answer; the text says why, as a clause ("it took longer than 8 seconds")."""


class Gone(Stopped):
    """The child ended."""


class Busy(Stopped):
    """The child was not asked: others wait for it."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error on its way from child to parent: the name of a ReflectionError's kind, "OSError", "MemoryError", or any other's name."""

    kind: str
    message: str = ""
    number: int = 0
    ours: bool = False


class ChildProcess:
    """The process, and a thread that takes in what it says. One request at a time; kill it when done.

    `module` has a function `main` that calls `serve`. Answers hold plain values and classes of the modules `classes`;
    `memory` is a limit in bytes.
    """

    def __init__(self, module: str, classes: Collection[str] = (), memory: int = 1024**3) -> None:
        inherited = os.environ.get("PYTHONPATH", "")
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), *([inherited] if inherited else [])]),
            "OMP_THREAD_LIMIT": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "PYDANTIC_DISABLE_PLUGINS": "__all__",  # it would look through every installed package for some, at each start
        }
        if (folder := temporary_folder_if_made()) is not None:
            environment |= {"TMPDIR": str(folder), "TEMP": str(folder), "TMP": str(folder)}
        self.memory = memory
        self._trusted = OURS | set(classes)
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", START, module, str(memory)],
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
        """Whether the process runs."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End the process, also in the middle of a request."""
        self._process.kill()
        self._process.wait()
        self._listener.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def send(self, verb: str, *values: object) -> None:
        """Hand the child a request, which it takes up once it has started. Raises Stopped where it is gone."""
        assert self._process.stdin is not None
        try:
            pickle.dump((verb, *values), self._process.stdin)
            self._process.stdin.flush()
        except (OSError, ValueError):  # broken, or closed by another thread
            raise Gone("the reading process was gone") from None

    def next(self, allowed: float, why: str) -> Any:
        """What the child says next.

        Raises Stopped, with `why`, where it takes longer than `allowed` seconds of the processor (PATIENCE times as many by the
        clock), and where it does not start, ends or needs more memory than it may.
        """
        if not self._started:
            self._answer(START_SECONDS, "the reading process did not start")
            self._started = True
        return self._answer(allowed, why)

    def _answer(self, allowed: float, why: str) -> Any:
        begun, used = time.monotonic(), self.processor_seconds()
        while True:
            try:
                heard = self._heard.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                waited = time.monotonic() - begun
                if waited > allowed and (self.processor_seconds() - used > allowed or waited > PATIENCE * allowed):
                    raise Stopped(why) from None
                if self._memory() > self.memory:
                    raise Stopped(f"it needs more than {self.memory // 1024**2:,} MB of memory") from None
                continue
            if isinstance(heard, _Gone):
                self._process.kill()  # it may still be there, where what it said could not be understood
                self._process.wait()
                raise Gone("the reader broke down on it, so it is damaged or asks for too much memory")
            return heard

    def processor_seconds(self) -> float:
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
                self._heard.put(_Unpickler(self._process.stdout, self._trusted).load())
        except (EOFError, OSError, ValueError, pickle.UnpicklingError, AttributeError, ImportError, IndexError, TypeError):
            self._heard.put(_Gone())


class Worker:
    """A child process that any thread may ask, one at a time; started when first asked, replaced after a crash or a timeout.

    `seconds` are the processor's for one request. A thread waits for its turn as long as one request may take by the
    clock, and no longer, so that a slow file cannot hold every thread of a server.
    """

    def __init__(self, module: str, classes: Collection[str] = (), *, seconds: float, memory: int = 1024**3) -> None:
        self._module, self._classes, self._memory = module, tuple(classes), memory
        self.seconds = seconds
        self._turn = threading.Lock()
        self._child: ChildProcess | None = None
        atexit.register(self.close)

    def ask(self, verb: str, *values: object, seconds: float | None = None) -> Any:
        """What the child answers, a Refusal for an error. Raises Stopped where no answer comes within the limits, Busy before its turn."""
        if not self._turn.acquire(timeout=PATIENCE * self.seconds):
            raise Busy("other files are being opened at the moment")
        try:
            used = self._child is not None
            try:
                return self._ask(seconds or self.seconds, verb, *values)
            except Gone:
                if not used:
                    raise
                return self._ask(seconds or self.seconds, verb, *values)  # it may have been dying of something else
        finally:
            self._turn.release()

    def _ask(self, allowed: float, verb: str, *values: object) -> Any:
        try:
            self._child = self._child or ChildProcess(self._module, self._classes, self._memory)
            self._child.send(verb, *values)
            return self._child.next(allowed, f"it took longer than {allowed:.0f} seconds")
        except BaseException:  # Ctrl-C too: a child in the middle of a request must not answer the next one
            self._end()
            raise

    def close(self) -> None:
        """End the child; the next request starts another."""
        self._end()

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()


class _Gone:
    """Nothing more will come."""


class _Unpickler(pickle.Unpickler):
    """Loads plain values and classes of the trusted modules, nothing else."""

    def __init__(self, file: IO[bytes], trusted: Collection[str]) -> None:
        super().__init__(file)
        self._trusted = trusted

    def find_class(self, module: str, name: str) -> Any:
        if module == "builtins" and name in PLAIN:
            return getattr(builtins, name)
        if module in self._trusted:
            found = importlib.import_module(module)
            for part in name.split("."):
                found = getattr(found, part)
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is not expected here")


Tell = Callable[[object], None]


def serve(verbs: Mapping[str, Callable[..., Any]], prepare: Callable[[Tell], None] = lambda _: None) -> None:
    """In the child: answer requests from standard input until it ends. `prepare` is given what tells the parent something meanwhile."""
    speaker = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not mix with the answers
    _limit(int(sys.argv[2]))
    threading.Thread(target=_leave_with, args=(psutil.Process(os.getppid()),), daemon=True).start()

    def tell(value: object) -> None:
        speaker.write(pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL))
        speaker.flush()

    prepare(tell)
    tell("ready")
    while True:
        try:
            verb, *values = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        tell(_answer(verbs[verb], *values))


def _answer(verb: Callable[..., Any], *values: object) -> Any:
    try:
        return verb(*values)
    except ReflectionError as error:
        return Refusal(type(error).__name__, str(error), ours=True)
    except MemoryError:
        return Refusal("MemoryError")
    except OSError as error:
        return Refusal("OSError", error.strerror or "it cannot be read", error.errno or 0)
    except Exception as error:  # the boundary: whatever a library raises on a strange file is one sentence for its user
        return Refusal(type(error).__name__)


def _leave_with(parent: psutil.Process) -> None:
    """End with the parent, also in the middle of a request: where the parent is killed, nobody watches any more."""
    parent.wait()
    os._exit(1)


def _limit(memory: int) -> None:
    """On POSIX the system itself refuses what is far over the limit; the parent watches everywhere."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        most = memory + SPARE_ADDRESSES
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
