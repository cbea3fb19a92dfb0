"""The catalogue: briefings, pages and passages in SQLite, with full-text search (FTS5)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from knowledge.briefing import Briefing, Page, Passage, case_of
from knowledge.connections import Connect, Connections, connect
from knowledge.correction import Correction
from knowledge.disk_errors import cannot_be_used
from knowledge.errors import BriefingNotFound, LibraryError
from knowledge.full_text import any_of, is_current
from knowledge.row_mapping import StoredPassage, briefing_of, page_of, page_row, passage_row, stored_of
from knowledge.schema import EARLIER, SCHEMA_VERSION, STEPS, make_tables, schema_of, upgrade
from knowledge.upkeep import empty_log, fault, rewrite

__all__ = ["SCHEMA_VERSION", "Catalogue", "StoredPassage"]

LEFT_OUT = "(b.withdrawn != '' OR b.copy_of != '')"
LOG_SECONDS = 1.0  # how long a scrub waits for readers before it leaves the log for later


class Catalogue:
    """The library's one source of truth, in a single SQLite file.

    Every method may be called from any thread; `connect` opens the file, another way where a caller gives one.
    Raises LibraryError where the file cannot be opened or written.
    """

    def __init__(self, path: Path, connect: Connect = connect) -> None:
        self.path = path
        self._connections = Connections(path, connect)
        with self._reporting():
            self._prepare()

    def _prepare(self) -> None:
        """Make the tables, or bring an older catalogue up to this version: wholly or not at all."""
        with self._connections.use() as connection:
            schema = schema_of(connection)
            if schema == SCHEMA_VERSION and is_current(connection):
                return
            if schema and schema not in (*STEPS, SCHEMA_VERSION):
                raise LibraryError(
                    f"The library at {self.path.parent} was made by another version. Update this program, or choose another folder."
                )
            try:
                make_tables(connection)
                with self.transaction():
                    upgrade(connection, schema_of(connection))
            except (sqlite3.OperationalError, LibraryError) as error:
                if "readonly" not in f"{error} {error.__cause__}" or not schema:
                    raise
                if schema != SCHEMA_VERSION:  # what this version needs cannot be added; of its own version it is read as it is
                    raise LibraryError(EARLIER.format(folder=self.path.parent)) from error

    def close(self) -> None:
        """Close the connections; they are opened again when they are needed."""
        self._connections.close()

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise cannot_be_used(self.path.parent, error) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside is kept, or nothing of it. One inside another is part of that."""
        with self._reporting(), self._connections.use() as connection:
            if connection.in_transaction:
                yield
                return
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # on a full disk SQLite has rolled back by itself
                    connection.execute("ROLLBACK")
                raise

    def _rows(self, statement: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        with self._reporting(), self._connections.use() as connection:
            return connection.execute(statement, values).fetchall()

    def _do(self, statement: str, values: Sequence[Any] = ()) -> None:
        with self._reporting(), self._connections.use() as connection:
            connection.execute(statement, values)

    def _do_each(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        with self._reporting(), self._connections.use() as connection:
            connection.executemany(statement, rows)

    def copy_to(self, place: Path) -> None:
        """Write the catalogue as it is at this moment into a new file, by SQLite's own backup, whoever reads or writes meanwhile."""
        with self._reporting(), self._connections.use() as connection, closing(sqlite3.connect(place)) as target:
            connection.backup(target)

    def take_over(self, place: Path) -> None:
        """Hold what the catalogue in another file holds, in one step that every reader sees whole."""
        with self._reporting(), self._connections.use() as connection, closing(sqlite3.connect(place)) as source:
            source.backup(connection)

    def fault(self) -> str:
        """What is wrong with the file as SQLite sees it; empty where nothing is."""
        with self._reporting(), self._connections.use() as connection:
            return fault(connection)

    # -- settings ---------------------------------------------------------------------------------

    def setting(self, name: str) -> str:
        """A setting kept with the library; empty where it was never set."""
        rows = self._rows("SELECT value FROM setting WHERE name = ?", (name,))
        return str(rows[0]["value"]) if rows else ""

    def set_setting(self, name: str, value: str) -> None:
        """Keep a setting with the library."""
        self._do("INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value))

    def bump(self) -> None:
        """Tell every reader, in this process and in others, that the library has changed."""
        self.set_setting("generation", str(self.generation() + 1))

    def generation(self) -> int:
        """A number that grows with every change to the library."""
        return int(self.setting("generation") or 0)

    # -- writing (inside a transaction) -----------------------------------------------------------

    def put(self, briefing: Briefing, certificate: dict[str, Any], pages: Iterable[Page], passages: Iterable[Passage]) -> None:
        """Write a briefing whole, in place of an older self with the same id, whose corrections stay."""
        self._clear(briefing.id)
        self._do(
            "INSERT INTO briefing "
            "(id, file_name, sha256, details, certificate, paged, starter, added, withdrawn, source, same_words, copy_of, apart) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                briefing.id,
                briefing.file_name,
                briefing.sha256,
                json.dumps(asdict(briefing.details)),
                json.dumps(certificate),
                briefing.paged,
                briefing.starter,
                briefing.added,
                briefing.withdrawn,
                briefing.source,
                briefing.same_words,
                briefing.copy_of,
                briefing.apart,
            ),
        )
        self._do_each(
            "INSERT INTO page (briefing, number, label, text, headings, runs_on, recognised, marks) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (page_row(briefing.id, page) for page in pages),
        )
        self._do_each(
            'INSERT INTO passage (briefing, ordinal, page, start, "end", kind, "case", heading, text, also_at, words, heading_words) '
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (passage_row(briefing.id, passage) for passage in passages),
        )
        self._do("DELETE FROM leaving WHERE sha256 = ?", (briefing.sha256,))
        self._changed(briefing.id)

    def remove(self, briefing_id: str) -> None:
        """Take a briefing out: its pages, passages and corrections with it."""
        self._clear(briefing_id)
        self._do("DELETE FROM correction WHERE briefing = ?", (briefing_id,))
        self._changed(briefing_id)

    def _clear(self, briefing_id: str) -> None:
        if self._rows("SELECT 1 FROM briefing WHERE id = ?", (briefing_id,)):
            self._do("INSERT OR IGNORE INTO leaving SELECT sha256 FROM briefing WHERE id = ?", (briefing_id,))
            self._do("DELETE FROM passage WHERE briefing = ?", (briefing_id,))
            self._do("DELETE FROM briefing WHERE id = ?", (briefing_id,))
            self.set_setting("scrub", "pending")

    def _changed(self, briefing_id: str, *, rows: bool = False) -> None:
        """Note whose record beside the files is to be written and, with `rows`, that what was replaced stood in a row alone."""
        self.set_setting("records", briefing_id if self.setting("records") in ("", briefing_id) else "pending")
        if rows and self.setting("scrub") != "pending":
            self.set_setting("scrub", "rows")
        self.bump()

    def expect(self, sha256: str) -> None:
        """Note that a file is about to be kept, which is to be removed unless a briefing comes to name it."""
        self._do("INSERT OR IGNORE INTO leaving VALUES (?)", (sha256,))

    def leaving(self) -> set[str]:
        """The sha256 of every kept file that is to be removed, because no briefing names it any more, or none does yet."""
        return {row["sha256"] for row in self._rows("SELECT sha256 FROM leaving WHERE sha256 NOT IN (SELECT sha256 FROM briefing)")}

    def left(self) -> None:
        """Note that all files that were to be removed are gone."""
        if self._rows("SELECT 1 FROM leaving LIMIT 1"):
            self._do("DELETE FROM leaving")

    def correct(self, briefing_id: str, correction: Correction) -> None:
        """Lay a correction over a detail, in place of an older one of the same detail."""
        self._do("INSERT OR REPLACE INTO correction VALUES (?, ?, ?, ?)", (briefing_id, correction.field, correction.value, correction.at))
        self._changed(briefing_id, rows=True)

    def uncorrect(self, briefing_id: str, field: str) -> None:
        """Take the correction of a detail back: what was read is shown again."""
        self._do("DELETE FROM correction WHERE briefing = ? AND field = ?", (briefing_id, field))
        self._changed(briefing_id, rows=True)

    def put_back(self, briefing_id: str, added: str, note: str, corrections: Iterable[Correction], *, apart: bool = False) -> None:
        """Lay what was recorded of a briefing over what was read again: when it was added, if withdrawn or parted, what was corrected."""
        self._do("UPDATE briefing SET added = ?, withdrawn = ?, apart = ? WHERE id = ?", (added, note, apart, briefing_id))
        if apart:
            self.set_copy(briefing_id, "")
        for correction in corrections:
            self.correct(briefing_id, correction)

    def tell_cases(self, briefing_id: str, pseudonyms: Sequence[str]) -> None:
        """Find anew which case each passage of a briefing tells of."""
        for stored in self.passages(briefing_id):
            self._do('UPDATE passage SET "case" = ? WHERE id = ?', (case_of(stored.passage, pseudonyms), stored.id))

    def withdraw(self, briefing_id: str, note: str) -> None:
        """Keep a briefing out of answers (`note` says who, when and why), or let it back with an empty note."""
        self._do("UPDATE briefing SET withdrawn = ? WHERE id = ?", (note, briefing_id))
        self._changed(briefing_id, rows=True)

    def set_copy(self, briefing_id: str, copy_of: str, *, apart: bool | None = None) -> None:
        """Note which briefing one is a copy of; none where empty. `apart` says that an editor parted it from the others, or no longer."""
        self._do("UPDATE briefing SET copy_of = ?, apart = coalesce(?, apart) WHERE id = ?", (copy_of, apart, briefing_id))
        self._changed(briefing_id)

    def mark_embedded(self, briefing_id: str) -> None:
        """Note that the vectors of a briefing are in the index."""
        self._do("UPDATE briefing SET embedded = 1 WHERE id = ?", (briefing_id,))
        self.bump()

    def forget_vectors(self) -> None:
        """Note that every briefing has to be embedded again."""
        self._do("UPDATE briefing SET embedded = 0")

    def scrub(self, patience: float = LOG_SECONDS) -> None:
        """Leave no trace of deleted or replaced text in the file: make the index anew, rewrite the file, empty the log.

        It waits `patience` seconds for those who read. Raises LibraryError where another program reads on and the log
        cannot be emptied; `needs_scrubbing` stays true then.
        """
        pending = self.setting("scrub")
        with self._reporting(), self._connections.use() as connection:
            if pending != "log":
                rewrite(connection, texts=pending == "pending")
            self.set_setting("scrub", "")
            if not empty_log(connection, patience):
                self.set_setting("scrub", "log")
                raise LibraryError("Another program is reading the library, so traces of deleted text may remain in its files.")

    def needs_scrubbing(self) -> bool:
        """Whether text was deleted or replaced since the last scrub, by a process that may have died before its own."""
        return self.setting("scrub") != ""

    # -- reading ----------------------------------------------------------------------------------

    def briefings(self, *, withdrawn: bool = True) -> list[Briefing]:
        """All briefings, by name; without those that are withdrawn, or copies of others, where asked."""
        return self._briefings("" if withdrawn else "WHERE b.withdrawn = '' AND b.copy_of = ''")

    def named(self, file_name: str) -> Briefing | None:
        """The briefing of this file name, found without looking at the others."""
        return next(iter(self.having("file_name", file_name)), None)

    def with_id(self, briefing_id: str) -> Briefing | None:
        """The briefing with this id, found without looking at the others."""
        return next(iter(self.having("id", briefing_id)), None)

    def having(self, column: Literal["id", "file_name", "source", "sha256", "same_words", "copy_of"], value: str) -> list[Briefing]:
        """The briefings with this in this column, those added first at the front; found without looking at the others."""
        return sorted(self._briefings(f"WHERE b.{column} = ?", (value,)), key=lambda briefing: briefing.added)

    def _briefings(self, where: str, values: Sequence[Any] = ()) -> list[Briefing]:
        rows = self._rows(
            "SELECT b.*, (SELECT count(*) FROM page WHERE briefing = b.id) AS pages, "
            "(SELECT count(*) FROM passage WHERE briefing = b.id) AS passages FROM briefing b "
            f"{where} ORDER BY b.starter, b.file_name",
            values,
        )
        corrections = self.corrected()
        return [briefing_of(row, corrections.get(row["id"], ())) for row in rows]

    def ids_from(self, stem: str) -> set[str]:
        """The ids that are this stem, or this stem with a hyphen and more."""
        rows = self._rows("SELECT id FROM briefing WHERE id = ? OR id BETWEEN ? AND ?", (stem, f"{stem}-", f"{stem}."))
        return {row["id"] for row in rows}

    def sha256s(self) -> set[str]:
        """The sha256 of every file that a briefing was read from."""
        return {row["sha256"] for row in self._rows("SELECT sha256 FROM briefing")}

    def corrected(self) -> dict[str, list[Correction]]:
        """What a user put right, by the briefings' ids."""
        found: dict[str, list[Correction]] = {}
        for row in self._rows("SELECT * FROM correction ORDER BY briefing, field"):
            found.setdefault(row["briefing"], []).append(Correction(row["field"], row["value"], row["at"]))
        return found

    def corrections(self, briefing_id: str) -> list[Correction]:
        """What a user put right about a briefing."""
        return self.corrected().get(briefing_id, [])

    def left_out(self) -> list[str]:
        """Ids of the briefings that are kept out of answers: withdrawn ones, and copies of others."""
        return [row["id"] for row in self._rows(f"SELECT id FROM briefing b WHERE {LEFT_OUT}")]

    def briefing(self, name: str) -> Briefing:
        """The briefing with this id or file name, or the only one of this stem. Raises BriefingNotFound."""
        held = self.briefings()
        exact = [b for b in held if b.id == name] or [b for b in held if b.file_name == name]
        found = exact or [b for b in held if Path(b.file_name).stem == name]
        if len(found) == 1:
            return found[0]
        if found:
            raise BriefingNotFound(f"{name} may be {' or '.join(b.file_name for b in found)}. Give the whole file name.")
        raise BriefingNotFound(f"The library holds no briefing named {name}. `reflect list` shows what it holds.")

    def certificate(self, briefing_id: str) -> dict[str, Any]:
        """How the briefing's file was read."""
        rows = self._rows("SELECT certificate FROM briefing WHERE id = ?", (briefing_id,))
        found: dict[str, Any] = json.loads(rows[0]["certificate"]) if rows else {}
        return found

    def page(self, briefing_id: str, number: int) -> Page:
        """A page by sheet number. Raises BriefingNotFound where there is none."""
        rows = self._rows("SELECT * FROM page WHERE briefing = ? AND number = ?", (briefing_id, number))
        if not rows:
            raise BriefingNotFound(f"The briefing {briefing_id} has no page {number}.")
        return page_of(rows[0])

    def pages(self, briefing_id: str) -> list[Page]:
        """A briefing's pages in order."""
        return [page_of(row) for row in self._rows("SELECT * FROM page WHERE briefing = ? ORDER BY number", (briefing_id,))]

    def passages(self, briefing_id: str) -> list[StoredPassage]:
        """A briefing's passages in order."""
        return [stored_of(row) for row in self._rows("SELECT * FROM passage WHERE briefing = ? ORDER BY ordinal", (briefing_id,))]

    def passages_by_id(self, ids: Sequence[int]) -> dict[int, StoredPassage]:
        """Passages by their number in the library; those that are gone are left out."""
        marks = ",".join("?" * len(ids))
        return {row["id"]: stored_of(row) for row in self._rows(f"SELECT * FROM passage WHERE id IN ({marks})", list(ids))}

    def passage_ids(self, briefing_id: str = "") -> list[int]:
        """The numbers of all passages, or of one briefing's in order."""
        where, values = ("WHERE briefing = ? ORDER BY ordinal", (briefing_id,)) if briefing_id else ("", ())
        return [row["id"] for row in self._rows(f"SELECT id FROM passage {where}", values)]

    def passage_count(self) -> int:
        """How many passages the library holds, withdrawn ones included."""
        return int(self._rows("SELECT count(*) AS n FROM passage")[0]["n"])

    def briefing_count(self) -> int:
        """How many briefings the library holds, withdrawn ones included."""
        return int(self._rows("SELECT count(*) AS n FROM briefing")[0]["n"])

    def not_embedded(self) -> list[str]:
        """Ids of briefings whose vectors are not (all) in the index."""
        return [row["id"] for row in self._rows("SELECT id FROM briefing WHERE embedded = 0")]

    def matching(self, words: Sequence[str], limit: int, *, everything: bool = False) -> list[tuple[int, float]]:
        """Full text: passages with any of the words, best first, as (number, score); a higher score is better.

        The score is FTS5's bm25 with its sign turned, the heading weighing less than the text.
        Passages of withdrawn briefings and of copies are left out, unless `everything` is asked for.
        """
        if not words:
            return []
        out = "" if everything else f"AND rowid NOT IN (SELECT p.id FROM briefing b JOIN passage p ON p.briefing = b.id WHERE {LEFT_OUT})"
        rows = self._rows(
            "SELECT rowid, -bm25(passage_text, 1.0, 0.5) AS score FROM passage_text "
            f"WHERE passage_text MATCH ? {out} ORDER BY score DESC LIMIT ?",
            (any_of(words), limit),
        )
        return [(row["rowid"], float(row["score"])) for row in rows]

    def with_word(self, forms: str | Sequence[str], among: Sequence[int] = ()) -> set[int]:
        """The numbers of the passages that print the word or phrase (or any of several), however inflected; `among` these, where given."""
        within = f"AND rowid IN ({','.join('?' * len(among))})" if among else ""
        rows = self._rows(f"SELECT rowid FROM passage_text WHERE passage_text MATCH ? {within}", (any_of(forms), *among))
        return {row["rowid"] for row in rows}

    def count_with(self, forms: str | Sequence[str]) -> int:
        """How many passages print the word or phrase, or any of several."""
        return int(self._rows("SELECT count(*) AS n FROM passage_text WHERE passage_text MATCH ?", (any_of(forms),))[0]["n"])
