"""The catalogue: briefings, pages and passages in SQLite, with full-text search (FTS5)."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from knowledge.briefing import Briefing, Date, DateBasis, Details, Heading, Page, Passage, PassageKind
from knowledge.errors import BriefingNotFound, LibraryError

SCHEMA_VERSION = "1"
BUSY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage in the library: its number there, and the id of its briefing."""

    id: int
    briefing: str
    passage: Passage


class Catalogue:
    """The library's one source of truth, in a single SQLite file.

    Every method may be called from any thread; each thread has a connection of its own.
    Raises LibraryError where the file cannot be opened or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        with self._reporting():
            self._connection().executescript((files("knowledge") / "catalogue.sql").read_text("utf-8"))
            if self.setting("schema") not in ("", SCHEMA_VERSION):
                raise LibraryError(
                    f"The library at {path.parent} was made by another version. Update this program, or choose another folder."
                )
            self.set_setting("schema", SCHEMA_VERSION)

    def close(self) -> None:
        """Close the connections of all threads."""
        for connection in self._connections:
            connection.close()
        self._connections.clear()
        self._local = threading.local()

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            connection.row_factory = sqlite3.Row
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"):
                connection.execute(f"PRAGMA {pragma}")
            self._local.connection = connection
            self._connections.append(connection)
        return connection

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise LibraryError(
                f"The library at {self.path.parent} cannot be used ({error}). Check the folder's rights and the free space."
            ) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside is kept, or nothing of it."""
        connection = self._connection()
        with self._reporting():
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                connection.execute("COMMIT")
            except BaseException:
                connection.execute("ROLLBACK")
                raise

    def _rows(self, statement: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        with self._reporting():
            return self._connection().execute(statement, values).fetchall()

    def _do(self, statement: str, values: Sequence[Any] = ()) -> None:
        with self._reporting():
            self._connection().execute(statement, values)

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
        """Write a briefing whole, in place of an older self with the same id."""
        self.remove(briefing.id)
        self._do(
            "INSERT INTO briefing (id, file_name, sha256, details, certificate, paged, starter, added) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                briefing.id,
                briefing.file_name,
                briefing.sha256,
                json.dumps(asdict(briefing.details)),
                json.dumps(certificate),
                briefing.paged,
                briefing.starter,
                briefing.added,
            ),
        )
        for page in pages:
            headings = json.dumps([[heading.start, heading.end] for heading in page.headings])
            self._do(
                "INSERT INTO page VALUES (?, ?, ?, ?, ?, ?)", (briefing.id, page.number, page.label, page.text, headings, page.runs_on)
            )
        for p in passages:
            self._do(
                'INSERT INTO passage (briefing, ordinal, page, start, "end", kind, "case", heading, text) '
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (briefing.id, p.ordinal, p.page, p.start, p.end, p.kind.value, p.case, p.heading, p.text),
            )
        self.bump()

    def remove(self, briefing_id: str) -> None:
        """Take a briefing out, its pages and passages with it."""
        self._do("DELETE FROM passage WHERE briefing = ?", (briefing_id,))
        self._do("DELETE FROM briefing WHERE id = ?", (briefing_id,))
        self.bump()

    def withdraw(self, briefing_id: str, note: str) -> None:
        """Keep a briefing out of answers (`note` says who, when and why), or let it back with an empty note."""
        self._do("UPDATE briefing SET withdrawn = ? WHERE id = ?", (note, briefing_id))
        self.bump()

    def mark_embedded(self, briefing_id: str) -> None:
        """Note that the vectors of a briefing are in the index."""
        self._do("UPDATE briefing SET embedded = 1 WHERE id = ?", (briefing_id,))
        self.bump()

    def forget_vectors(self) -> None:
        """Note that every briefing has to be embedded again."""
        self._do("UPDATE briefing SET embedded = 0")

    def scrub(self) -> None:
        """Leave no trace of deleted text in the file: merge the index, rewrite the file, empty the log."""
        self._do("INSERT INTO passage_text (passage_text) VALUES ('rebuild')")
        self._do("INSERT INTO passage_text (passage_text) VALUES ('optimize')")
        self._do("VACUUM")
        self._do("PRAGMA wal_checkpoint(TRUNCATE)")

    # -- reading ----------------------------------------------------------------------------------

    def briefings(self, *, withdrawn: bool = True) -> list[Briefing]:
        """All briefings, by name; without the withdrawn ones where asked."""
        where = "" if withdrawn else "WHERE b.withdrawn = ''"
        rows = self._rows(
            "SELECT b.*, (SELECT count(*) FROM page WHERE briefing = b.id) AS pages, "
            "(SELECT count(*) FROM passage WHERE briefing = b.id) AS passages FROM briefing b "
            f"{where} ORDER BY b.starter, b.file_name"
        )
        return [_briefing(row) for row in rows]

    def briefing(self, name: str) -> Briefing:
        """The briefing with this id or file name. Raises BriefingNotFound."""
        for briefing in self.briefings():
            if name in (briefing.id, briefing.file_name, Path(briefing.file_name).stem):
                return briefing
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
        return _page(rows[0])

    def pages(self, briefing_id: str) -> list[Page]:
        """A briefing's pages in order."""
        return [_page(row) for row in self._rows("SELECT * FROM page WHERE briefing = ? ORDER BY number", (briefing_id,))]

    def passages(self, briefing_id: str) -> list[StoredPassage]:
        """A briefing's passages in order."""
        return [_stored(row) for row in self._rows("SELECT * FROM passage WHERE briefing = ? ORDER BY ordinal", (briefing_id,))]

    def passages_by_id(self, ids: Sequence[int]) -> dict[int, StoredPassage]:
        """Passages by their number in the library; those that are gone are left out."""
        marks = ",".join("?" * len(ids))
        return {row["id"]: _stored(row) for row in self._rows(f"SELECT * FROM passage WHERE id IN ({marks})", list(ids))}

    def passage_ids(self, briefing_id: str = "") -> list[int]:
        """The numbers of all passages, or of one briefing's."""
        where, values = ("WHERE briefing = ?", (briefing_id,)) if briefing_id else ("", ())
        return [row["id"] for row in self._rows(f"SELECT id FROM passage {where}", values)]

    def passage_count(self) -> int:
        """How many passages the library holds, withdrawn ones included."""
        return int(self._rows("SELECT count(*) AS n FROM passage")[0]["n"])

    def not_embedded(self) -> list[str]:
        """Ids of briefings whose vectors are not (all) in the index."""
        return [row["id"] for row in self._rows("SELECT id FROM briefing WHERE embedded = 0")]

    def matching(self, words: Sequence[str], limit: int) -> list[tuple[int, float]]:
        """Full text: passages with any of the words, best first, as (number, score); a higher score is better.

        The score is FTS5's bm25 with its sign turned, the heading weighing less than the text.
        """
        if not words:
            return []
        query = " OR ".join('"' + word.replace('"', "") + '"' for word in words)
        rows = self._rows(
            "SELECT rowid, -bm25(passage_text, 1.0, 0.5) AS score FROM passage_text WHERE passage_text MATCH ? ORDER BY score DESC LIMIT ?",
            (query, limit),
        )
        return [(row["rowid"], float(row["score"])) for row in rows]

    def with_word(self, phrase: str) -> set[int]:
        """The numbers of the passages that print the word or phrase, however it is inflected."""
        rows = self._rows("SELECT rowid FROM passage_text WHERE passage_text MATCH ?", ('"' + phrase.replace('"', "") + '"',))
        return {row["rowid"] for row in rows}

    def stems(self) -> dict[str, int]:
        """Every indexed word, stemmed, with the number of passages that carry it."""
        return {row["term"]: int(row["doc"]) for row in self._rows("SELECT term, doc FROM passage_word")}


def _briefing(row: sqlite3.Row) -> Briefing:
    details = json.loads(row["details"])
    date = details.pop("date")
    tuples = {
        name: tuple(map(tuple, value)) if name == "acronyms" else tuple(value) for name, value in details.items() if isinstance(value, list)
    }
    return Briefing(
        id=row["id"],
        file_name=row["file_name"],
        sha256=row["sha256"],
        details=replace(Details(**{**details, **tuples}), date=Date(date["text"], date["year"], DateBasis(date["basis"]))),
        paged=bool(row["paged"]),
        starter=bool(row["starter"]),
        withdrawn=row["withdrawn"],
        added=row["added"],
        pages=row["pages"],
        passages=row["passages"],
    )


def _page(row: sqlite3.Row) -> Page:
    headings = tuple(Heading(start, end) for start, end in json.loads(row["headings"]))
    return Page(row["number"], row["text"], row["label"], headings, row["runs_on"])


def _stored(row: sqlite3.Row) -> StoredPassage:
    passage = Passage(
        page=row["page"],
        start=row["start"],
        end=row["end"],
        text=row["text"],
        heading=row["heading"],
        kind=PassageKind(row["kind"]),
        ordinal=row["ordinal"],
        case=row["case"],
    )
    return StoredPassage(row["id"], row["briefing"], passage)
