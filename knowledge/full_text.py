"""The full-text index (FTS5) of the passages: made, and made again where it was made another way.

What is indexed is each passage in one form for all spellings (`knowledge.word_forms`), which stands beside the printed text.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from knowledge.word_forms import VERSION, normal

COLUMNS = ("words", "heading_words")
INDEX = (
    "CREATE VIRTUAL TABLE passage_text USING fts5 (words, heading_words, content = 'passage', content_rowid = 'id', "
    "tokenize = 'porter unicode61 remove_diacritics 2')",
    """CREATE TRIGGER passage_added AFTER INSERT ON passage BEGIN
        INSERT INTO passage_text (rowid, words, heading_words) VALUES (new.id, new.words, new.heading_words);
    END""",
    """CREATE TRIGGER passage_gone AFTER DELETE ON passage BEGIN
        INSERT INTO passage_text (passage_text, rowid, words, heading_words) VALUES ('delete', old.id, old.words, old.heading_words);
    END""",
)
BATCH = 1000


def is_current(connection: sqlite3.Connection) -> bool:
    """Whether the index was made as this version makes it."""
    made = connection.execute("SELECT value FROM setting WHERE name = 'word forms'").fetchone()
    return made is not None and bool(made[0] == VERSION)


def make_index(connection: sqlite3.Connection) -> None:
    """Make the index as this version makes it, of the text that is there; nothing is done where it is so already.

    Call it inside a transaction.
    """
    if is_current(connection):
        return
    for kind, name in (("TRIGGER", "passage_added"), ("TRIGGER", "passage_gone"), ("TABLE", "passage_word"), ("TABLE", "passage_text")):
        connection.execute(f"DROP {kind} IF EXISTS {name}")
    held = {row[1] for row in connection.execute("PRAGMA table_info(passage)")}
    for column in COLUMNS:
        if column not in held:
            connection.execute(f"ALTER TABLE passage ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")
    ids = [row[0] for row in connection.execute("SELECT id FROM passage ORDER BY id")]
    for first in range(0, len(ids), BATCH):
        rows = connection.execute("SELECT text, heading, id FROM passage WHERE id BETWEEN ? AND ?", (ids[first], ids[first:][:BATCH][-1]))
        formed = [(normal(text), normal(heading), n) for text, heading, n in rows.fetchall()]
        connection.executemany("UPDATE passage SET words = ?, heading_words = ? WHERE id = ?", formed)
    for statement in INDEX:
        connection.execute(statement)
    connection.execute("INSERT INTO passage_text (passage_text) VALUES ('rebuild')")
    connection.execute("INSERT OR REPLACE INTO setting VALUES ('word forms', ?)", (VERSION,))


def phrase(words: str) -> str:
    """Words as a phrase that FTS5 reads as nothing else, whatever was typed, in the form that is indexed."""
    return '"' + normal(words).replace('"', "").replace("\x00", " ").encode("utf-8", "replace").decode() + '"'


def any_of(forms: str | Sequence[str]) -> str:
    """A query for any of these words and phrases."""
    return " OR ".join(map(phrase, [forms] if isinstance(forms, str) else forms))
