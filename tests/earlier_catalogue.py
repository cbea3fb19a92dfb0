"""Catalogues as earlier versions wrote them, made of one of today's."""

from __future__ import annotations

import json
import sqlite3


def back_to_version_2(connection: sqlite3.Connection) -> None:
    """Where a file came from, what is a copy of what, and where notes have their marks, was not known."""
    for column in ("source", "same_words", "copy_of", "apart"):
        connection.execute(f"ALTER TABLE briefing DROP COLUMN {column}")
    connection.execute("ALTER TABLE page DROP COLUMN marks")
    connection.execute("UPDATE setting SET value = '2' WHERE name = 'schema'")


def back_to_version_1(connection: sqlite3.Connection) -> None:
    """Nor where else a passage is printed, which pages were recognised, or what people had put right."""
    back_to_version_2(connection)
    connection.execute("ALTER TABLE passage DROP COLUMN also_at")
    connection.execute("ALTER TABLE page DROP COLUMN recognised")
    connection.execute("DROP TABLE correction")
    fields = "'$.nation', '$.period', '$.authors', '$.contacts'"
    certificate = json.dumps({"reader": "PDFium 1"})
    connection.execute(f"UPDATE briefing SET details = json_remove(details, {fields}), certificate = ?", (certificate,))
    connection.execute("UPDATE setting SET value = '1' WHERE name = 'schema'")
