"""The catalogue's tables: made, known again, and brought up from earlier versions."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from importlib.resources import files
from pathlib import Path

from knowledge.full_text import make_index
from knowledge.identity import same_words

SCHEMA_VERSION = "4"
EARLIER = (
    "The library at {folder} was made by an earlier version and is read-only here. "
    "Open it once where you can write to it (`reflect list`), or copy it, then try again."
)


def schema_of(connection: sqlite3.Connection) -> str:
    """The version of the tables in a catalogue; empty where it has none of ours. Raises sqlite3.Error."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'setting'").fetchone():
        return ""
    found = connection.execute("SELECT value FROM setting WHERE name = 'schema'").fetchone()
    return str(found[0]) if found else ""


def holds_catalogue(place: Path) -> bool:
    """Whether a file is a catalogue of any version, or none that SQLite can read: what is wrong with that is told on opening it."""
    log = Path(f"{place}-wal")
    if not place.exists() or not (place.stat().st_size or (log.exists() and log.stat().st_size)):
        return False
    try:
        with closing(sqlite3.connect(f"{place.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            return bool(schema_of(connection))
    except sqlite3.Error:
        return True


def make_tables(connection: sqlite3.Connection) -> None:
    """Make the tables that are not there yet."""
    connection.executescript((files("knowledge") / "catalogue.sql").read_text("utf-8"))


def upgrade(connection: sqlite3.Connection, version: str) -> None:
    """Bring a catalogue of this version up to SCHEMA_VERSION, inside the caller's transaction; an empty version is a new one."""
    while version != SCHEMA_VERSION:
        if version in STEPS:
            version, step = STEPS[version]
            step(connection)
        else:
            version = SCHEMA_VERSION
    make_index(connection)
    _set(connection, "schema", SCHEMA_VERSION)


def _from_1(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE passage ADD COLUMN also_at TEXT NOT NULL DEFAULT '[]'")
    connection.execute("ALTER TABLE page ADD COLUMN recognised INTEGER NOT NULL DEFAULT 0")
    _set(connection, "model", "")  # the vectors of version 1 carry names: they are made again
    _set(connection, "scrub", "pending")


def _from_2(connection: sqlite3.Connection) -> None:
    """What version 2 kept no record of beside the files is recorded on opening. The table `leaving` is made with the others."""
    for column in ("source", "same_words", "copy_of"):
        connection.execute(f"ALTER TABLE briefing ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")
    connection.execute("ALTER TABLE briefing ADD COLUMN apart INTEGER NOT NULL DEFAULT 0")
    leads: dict[tuple[str, int], str] = {}
    for briefing, starter in connection.execute("SELECT id, starter FROM briefing ORDER BY added, rowid").fetchall():
        texts = connection.execute("SELECT text FROM page WHERE briefing = ? ORDER BY number", (briefing,))
        words = same_words(text for (text,) in texts)
        lead = leads.setdefault((words, starter), briefing) if words else briefing
        copy = "" if lead == briefing else lead
        connection.execute("UPDATE briefing SET same_words = ?, copy_of = ? WHERE id = ?", (words, copy, briefing))
    _set(connection, "records", "pending")


def _from_3(connection: sqlite3.Connection) -> None:
    """The marks of notes are found when a file is read again."""
    connection.execute("ALTER TABLE page ADD COLUMN marks TEXT NOT NULL DEFAULT '[]'")


STEPS: dict[str, tuple[str, Callable[[sqlite3.Connection], None]]] = {
    "1": ("2", _from_1),
    "2": ("3", _from_2),
    "3": (SCHEMA_VERSION, _from_3),
}


def _set(connection: sqlite3.Connection, name: str, value: str) -> None:
    connection.execute("INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value))
