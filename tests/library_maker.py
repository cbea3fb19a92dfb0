"""Makes libraries for tests: briefings in our own words, a small embedder, and children that work on a library."""

from __future__ import annotations

import math
import os
import signal
import sqlite3
import textwrap
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any

from fpdf import FPDF

from ingest.details import details_of
from ingest.pipeline import Result, ingest
from ingest.reading import read
from ingest.structure import assemble
from ingest.upgrade import Upgrade
from knowledge.embedding import Vector, embedded_text, sha256_of
from knowledge.library import Library
from knowledge.vectors import Vectors
from tests.forked import PROCESSES

PLACES = ("Ashby", "Brook", "Coldham", "Dunmere", "Elmstead", "Fenwick", "Garth", "Holm", "Inglewood", "Jarrow", "Kelsey", "Larkfield")
WATCHED = ("the father", "an uncle", "the lodger", "a grandmother", "the school nurse", "a neighbour", "the midwife", "an older sister")
FAILED = (
    "was known to two services and written down by neither",
    "asked for help in the spring and heard nothing until winter",
    "was never spoken to alone, although three visits were made",
    "told the health visitor about the bruise on the second morning",
    "missed every appointment and was closed as not engaging",
)


class HashedWords:
    """An embedder that does the real thing small: a text's words, counted in a few buckets, scaled to length 1."""

    def __init__(self, name: str = "hashed-words", dimensions: int = 16) -> None:
        self.name = name
        self.dimensions = dimensions
        self.embedded = 0

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.embedded += len(texts)
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        counts = [0.0] * self.dimensions
        for word in text.lower().split():
            counts[zlib.crc32(word.encode()) % self.dimensions] += 1.0
        length = math.sqrt(sum(count * count for count in counts)) or 1.0
        return [count / length for count in counts]


def findings(place: str, edition: int = 1, count: int = 12) -> list[str]:
    """Sentences that no other place and no other edition prints."""
    return [
        f"In {place}{edition} review {n}, {WATCHED[(n + edition) % len(WATCHED)]} {FAILED[(n * 3 + edition) % len(FAILED)]}."
        for n in range(1, count + 1)
    ]


def write_markdown(path: Path, place: str, edition: int = 1, count: int = 12) -> Path:
    """A briefing as Markdown: a title, a date, two sections of findings."""
    found = findings(place, edition, count)
    half = len(found) // 2
    parts = [f"# What {place} learned", f"Date: March {2010 + edition}", "## What was missed", *(f"- {f}" for f in found[:half])]
    path.write_text("\n\n".join([*parts, "## What was heard", *found[half:]]) + "\n", "utf-8")
    return path


def write_text(path: Path, place: str, edition: int = 1, count: int = 12) -> Path:
    """A briefing as plain text: a paragraph a finding, broken into lines as an editor does."""
    found = ["\n".join(textwrap.wrap(finding, 30)) for finding in findings(place, edition, count)]
    path.write_text("\n\n".join([f"WHAT {place.upper()} LEARNED", *found]) + "\n", "utf-8")
    return path


def write_pdf(path: Path, place: str, edition: int = 1, count: int = 12) -> Path:
    """A briefing as PDF: four findings a page."""
    pdf = FPDF()
    pdf.set_creation_date(datetime(2026, 1, 1, tzinfo=UTC))  # the same words give the same bytes
    found = findings(place, edition, count)
    for first in range(0, count, 4):
        pdf.add_page()
        pdf.set_font("helvetica", "B", 16)
        pdf.multi_cell(0, 10, f"What {place} learned, part {first // 4 + 1}", new_x="LMARGIN", new_y="NEXT")
        pdf.set_font("helvetica", "", 11)
        for finding in found[first : first + 4]:
            pdf.multi_cell(0, 6, f"- {finding}", new_x="LMARGIN", new_y="NEXT")
            pdf.ln(4)
    pdf.output(str(path))
    return path


Writer = Callable[[Path, str, int, int], Path]
WRITERS: dict[str, Writer] = {".md": write_markdown, ".txt": write_text, ".pdf": write_pdf}


def write_folder(folder: Path, places: Sequence[str] = PLACES, edition: int = 1, count: int = 12) -> Path:
    """A folder with a briefing of `count` findings for each place, in three formats by turns."""
    folder.mkdir(parents=True, exist_ok=True)
    for n, place in enumerate(places):
        suffix = list(WRITERS)[n % len(WRITERS)]
        WRITERS[suffix](folder / f"{place.lower()}{suffix}", place, edition, count)
    return folder


def expected(path: Path) -> dict[str, Any]:
    """What a library must hold of a file once it is in: the same form as one entry of `state_of`'s briefings."""
    source = read(path)
    reading = assemble(source, details_of(source, path.name).pseudonyms)
    return {
        "file_name": path.name,
        "sha256": sha256_of(path),
        "pages": [[page.number, page.text] for page in reading.pages],
        "passages": [[p.page, p.start, p.end, p.text, p.heading] for p in reading.passages],
    }


def state_of(library: Library) -> dict[str, Any]:
    """All that a library holds, in plain values, and whatever in it does not hang together."""
    briefings = []
    wrong: list[str] = []
    every: set[int] = set()
    for briefing in library.briefings():
        stored = library.catalogue.passages(briefing.id)
        every.update(s.id for s in stored)
        probe = library.embedder.embed_query("the father was never spoken to alone in review 3")
        nearest = dict(library.by_meaning(probe, 100_000, [briefing.id]))
        for s in stored:
            vector = library.embedder.embed_query(embedded_text(s.passage.text, s.passage.heading))
            cosine = sum(a * b for a, b in zip(probe, vector, strict=True))
            if abs(nearest.get(s.id, -9.0) - cosine) > 1e-4:
                wrong.append(f"{briefing.file_name}: the vector of paragraph {s.passage.ordinal} is {nearest.get(s.id)}, not {cosine}")
        briefings.append(
            {
                "file_name": briefing.file_name,
                "sha256": sha256_of(library.file_of(briefing)),
                "pages": [[page.number, page.text] for page in library.catalogue.pages(briefing.id)],
                "passages": [[p.page, p.start, p.end, p.text, p.heading] for p in (s.passage for s in stored)],
            }
        )
    everywhere = {n for n, _ in library.by_meaning(library.embedder.embed_query("father"), 100_000)}
    if everywhere != every:
        wrong.append(f"vectors without a passage: {sorted(everywhere - every)}; passages without a vector: {sorted(every - everywhere)}")
    wrong.extend(_loose_rows(library.folder / "catalogue.sqlite3"))
    return {"briefings": briefings, "files": sorted(f.stem for f in (library.folder / "files").iterdir()), "wrong": wrong}


def _loose_rows(catalogue: Path) -> list[str]:
    connection = sqlite3.connect(catalogue)
    try:
        loose = [
            f"{table}: {n} rows without a briefing"
            for table in ("page", "passage")
            if (n := connection.execute(f"SELECT count(*) FROM {table} WHERE briefing NOT IN (SELECT id FROM briefing)").fetchone()[0])
        ]
        sound = connection.execute("PRAGMA integrity_check").fetchone()[0]
        connection.execute("INSERT INTO passage_text (passage_text, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        return [f"the catalogue is damaged: {error}"]
    finally:
        connection.close()
    return loose + ([] if sound == "ok" else [sound])


def answering(library: Library) -> list[str]:
    """The files whose last passage is found by its words and by its meaning, and can be quoted from its page."""
    found = []
    for briefing in library.briefings():
        last = library.catalogue.passages(briefing.id)[-1]
        by_words = [n for n, _ in library.by_words(last.passage.text.split())]
        by_meaning = [n for n, _ in library.by_meaning(library.embedder.embed_query(last.passage.text), 1000, [briefing.id])]
        if last.id in by_words and last.id in by_meaning and library.quote(briefing, last.passage).text == last.passage.text:
            found.append(briefing.file_name)
    return sorted(found)


def nearest_texts(library: Library, text: str, limit: int = 5) -> list[str]:
    """The passages nearest in meaning to `text`, best first."""
    found = library.by_meaning(library.embedder.embed_query(text), limit)
    stored = library.stored([n for n, _ in found])
    return [stored[n].passage.text for n, _ in found if n in stored]


def texts_with(library: Library, *words: str) -> list[str]:
    """The passages that print any of the words, best first."""
    found = library.by_words(words)
    stored = library.stored([n for n, _ in found])
    return [stored[n].passage.text for n, _ in found if n in stored]


class Child:
    """Another process at a library, forked from one that has done its imports: a kill hits the work and not an import.

    Commands are tuples: ("open", folder), ("ingest", path, ...), ("upgrade",), ("delete", name), ("words", word, ...),
    ("meaning", text), ("list",), ("answers",), ("state",), ("die storing", path). ("upgrade", count) answers, and waits for a
    command, whatever it is, when so many briefings are done.
    """

    def __init__(self) -> None:
        self._pipe, theirs = PROCESSES.Pipe()
        self.process = PROCESSES.Process(target=serve, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()
        self.answer()

    def tell(self, *commands: Sequence[Any]) -> None:
        """Send commands and don't wait."""
        for command in commands:
            self._pipe.send([str(part) for part in command])

    def answer(self) -> Any:
        """What the next command gave. Raises EOFError where the child died."""
        return self._pipe.recv()

    def ask(self, *command: Any) -> Any:
        """Have one command done; returns what it gave."""
        self.tell(command)
        return self.answer()

    def killed(self, seconds: float) -> bool:
        """Send SIGKILL after so many seconds at the latest; True where it struck, False where all was done before."""
        self.tell(("end",))
        self.process.join(seconds)
        self.process.kill()
        self.close()
        return bool(self.status == -signal.SIGKILL)

    def kill(self) -> None:
        """Send SIGKILL now."""
        self.process.kill()
        self.close()

    def close(self) -> None:
        """End the child and wait for it."""
        self._pipe.close()
        self.process.join(60)
        self.status = self.process.exitcode
        self.process.close()

    def __enter__(self) -> Child:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class Dying(Vectors):
    """An index whose process is killed when vectors have gone in, before the catalogue has their passages."""

    def add(self, briefing: str, ids: Sequence[int], vectors: Sequence[Sequence[float] | Vector]) -> None:
        super().add(briefing, ids, vectors)
        os.kill(os.getpid(), signal.SIGKILL)


def serve(pipe: Connection) -> None:
    """Do what the parent asks, one command after the other, until it ends the work or closes the pipe."""
    library: Library | None = None
    try:
        pipe.send("up")
        while (command := pipe.recv()) != ["end"]:
            verb, *parts = command
            if verb == "open":
                library = Library(Path(parts[0]), HashedWords())
                pipe.send(len(library.briefings()))
            else:
                assert library is not None
                pipe.send(_upgraded(library, pipe, int(parts[0]) if parts else 0) if verb == "upgrade" else _done(library, verb, parts))
    except (EOFError, ConnectionError):
        pass  # the parent is done with us
    if library is not None:
        library.close()


def _upgraded(library: Library, pipe: Connection, pause: int) -> dict[str, str]:
    done: dict[str, str] = {}
    for step in Upgrade(library).read():
        if isinstance(step, Result):
            done[step.file] = step.status
            if len(done) == pause:
                pipe.send(done)
                pipe.recv()
    return done


def _done(library: Library, verb: str, parts: Sequence[str]) -> Any:
    match verb:
        case "ingest":
            return {result.file: result.status for result in ingest(library, [Path(part) for part in parts])}
        case "delete":
            return library.delete(parts[0]).file_name
        case "words":
            return texts_with(library, *parts)
        case "meaning":
            return nearest_texts(library, parts[0])
        case "list":
            return [briefing.file_name for briefing in library.briefings()]
        case "answers":
            return answering(library)
        case "state":
            return state_of(library)
        case "die storing":
            library.vectors = Dying(library.folder / "vectors")
            return list(ingest(library, [Path(parts[0])]))
    raise ValueError(verb)
