"""Connections to an SQLite file, shared by all threads: a few that are used again and again, never one a thread."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from knowledge.private_files import OWNER_FILE

BUSY_SECONDS = 30.0
MOST = 8  # connections that are in use at one time; more threads than that wait for one another
PRAGMAS = ("synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON")

Connect = Callable[[Path], sqlite3.Connection]


def connect(path: Path) -> sqlite3.Connection:
    """A connection for reading and writing. Raises sqlite3.Error."""
    return sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)


class Connections:
    """The connections to one file; `connect` makes them. Safe to use from any thread.

    A connection that cannot be opened for writing (a full disk, a folder that may not be written) is opened for reading.
    """

    def __init__(self, path: Path, connect: Connect = connect) -> None:
        self._path = path
        self._connect = connect
        self._free: list[sqlite3.Connection] = []
        self._places = threading.BoundedSemaphore(MOST)
        self._guard = threading.Lock()
        self._held = threading.local()
        self._file = (0, 0)  # device and number of the file that the free connections are open on
        self._copy: tempfile.TemporaryDirectory[str] | None = None
        self._copied: list[tuple[int, int]] = []  # size and time of what was copied

    @contextmanager
    def use(self) -> Iterator[sqlite3.Connection]:
        """A connection for this thread alone while the block lasts; a block within another one has the same. Raises sqlite3.Error."""
        held: sqlite3.Connection | None = getattr(self._held, "connection", None)
        if held is not None:
            yield held
            return
        with self._places:
            file, connection, lasting = self._take()
            self._held.connection = connection
            try:
                yield connection
            finally:
                self._held.connection = None
                self._give_back(file, connection, lasting)

    def close(self) -> None:
        """Close the connections; one that is in use is closed when its user has done with it. More are opened when they are needed."""
        with self._guard:
            self._drop(self._free)
            self._file = (0, 0)
            if self._copy is not None:
                self._copy.cleanup()
                self._copy, self._copied = None, []

    def _take(self) -> tuple[tuple[int, int], sqlite3.Connection, bool]:
        """A connection, the file that it is open on, and whether it may be used again."""
        with self._guard:
            if self._file != (now := self._identity()):  # another file was put in its place
                self._drop(self._free)
                self._file = now
            if self._free:
                return now, self._free.pop(), True
        connection, lasting = self._open()
        with self._guard:
            now = self._identity()
            if lasting and self._file != now:
                self._drop(self._free)
                self._file = now
        return now, connection, lasting

    def _give_back(self, file: tuple[int, int], connection: sqlite3.Connection, lasting: bool) -> None:
        if connection.in_transaction:
            connection.rollback()
        with self._guard:
            if lasting and file == self._file:
                self._free.append(connection)
                return
        connection.close()

    @staticmethod
    def _drop(connections: list[sqlite3.Connection]) -> None:
        for connection in connections:
            connection.close()
        connections.clear()

    def _identity(self) -> tuple[int, int]:
        try:
            found = self._path.stat()
        except OSError:
            return (0, 0)
        return (found.st_dev, found.st_ino)

    def _open(self) -> tuple[sqlite3.Connection, bool]:
        if not self._path.exists():
            with suppress(OSError):  # SQLite tells better what is wrong; its other files have the rights of this one
                os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, OWNER_FILE))
        connection = self._connect(self._path)
        connection.row_factory = sqlite3.Row
        try:
            _write_ahead(connection)
            for pragma in PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
        except sqlite3.OperationalError:
            connection.close()
            reading = self._reading()
            if reading is None:
                raise
            return reading, False
        return connection, True

    def _reading(self) -> sqlite3.Connection | None:
        """A connection that only reads, for one use; None where there is nothing to read."""
        if not self._path.exists():
            return None
        log = Path(f"{self._path}-wal")
        if not (log.exists() and log.stat().st_size):
            return _read(f"{self._path.resolve().as_uri()}?mode=ro&immutable=1")
        return _read(f"{self._path.resolve().as_uri()}?mode=ro") or self._read_copy(log)

    def _read_copy(self, log: Path) -> sqlite3.Connection | None:
        """A connection to a copy of the file and its log, where SQLite may not make what it needs beside them."""
        with self._guard, suppress(OSError):
            if self._copy is None:
                self._copy = tempfile.TemporaryDirectory(prefix="reflect-catalogue-")
            now = [(place.stat().st_size, place.stat().st_mtime_ns) for place in (self._path, log)]
            copy = Path(self._copy.name) / self._path.name
            if now != self._copied:
                for source, target in ((self._path, copy), (log, Path(f"{copy}-wal"))):
                    target.write_bytes(source.read_bytes())
                self._copied = now
            return _read(copy.as_uri())
        return None


def _read(address: str) -> sqlite3.Connection | None:
    """A connection that was tried; None where this address cannot be read."""
    connection = sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("SELECT 1 FROM sqlite_master")
    except sqlite3.OperationalError:
        connection.close()
        return None
    return connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on. SQLite waits for no lock here, so where several processes open a new file at once, we do."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
