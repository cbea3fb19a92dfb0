"""What is done to a catalogue's file now and then: deleted text is taken out of it, and it is looked at for damage."""

from __future__ import annotations

import sqlite3

from knowledge.connections import BUSY_SECONDS


def rewrite(connection: sqlite3.Connection, *, texts: bool) -> None:
    """Write the file anew, so that no deleted row stands in it; with `texts` the full-text index as well. Raises sqlite3.Error."""
    if texts:
        connection.execute("INSERT INTO passage_text (passage_text) VALUES ('rebuild')")
        connection.execute("INSERT INTO passage_text (passage_text) VALUES ('optimize')")
    connection.execute("VACUUM")


def empty_log(connection: sqlite3.Connection, patience: float) -> bool:
    """Take what was written before out of the log; False where somebody reads on for `patience` seconds. Raises sqlite3.Error."""
    connection.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")
    try:
        return not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()["busy"]
    finally:
        connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")


def fault(connection: sqlite3.Connection) -> str:
    """What SQLite and its full-text index find wrong with the file; empty where nothing is. Raises sqlite3.Error."""
    found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    if found != "ok":
        return found
    try:
        connection.execute("INSERT INTO passage_text (passage_text, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_CORRUPT:
            return "the full-text index does not match the passages"
    return ""
