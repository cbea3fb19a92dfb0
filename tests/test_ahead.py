"""Files are read ahead of the one that is being stored: in order all the same, nothing lost, and it ends when it is told to."""

from __future__ import annotations

import tempfile
import threading
import zipfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from ingest.ahead import Ahead
from ingest.child import Limits
from ingest.pipeline import ingest
from knowledge.briefing import Briefing
from knowledge.embedding import Vector
from knowledge.identity import UNKNOWN, Origin
from knowledge.library import Library, Outcome
from knowledge.new_briefing import NewBriefing
from tests.library_maker import WRITERS, HashedWords, expected, state_of, write_folder, write_markdown
from tests.test_survive import bomb

WAIT = 60.0


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where libraries are made; temporary folders lie below it, in `unpacked`."""
    (tmp_path / "unpacked").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "unpacked"))
    return tmp_path


@pytest.fixture(autouse=True)
def nothing_goes_on() -> Iterator[None]:
    """When an ingest is over, however it ended, no thread and no reading process of it is left."""
    before = {child.pid for child in psutil.Process().children()}
    yield
    assert [thread for thread in threading.enumerate() if thread.name == "ahead"] == []
    assert [child for child in psutil.Process().children() if child.pid not in before and "ingest.child" in " ".join(child.cmdline())] == []


def test_a_broken_file_and_an_archive_between_good_ones_keep_their_places(folder: Path) -> None:
    good = sorted(write_folder(folder / "in", ("Ashby", "Brook", "Coldham", "Dunmere")).iterdir())
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        for name in ("elmstead.md", "fenwick.md"):
            archive.write(write_markdown(folder / name, name.removesuffix(".md").title()), name)
        archive.writestr("empty.txt", "")
    given = [good[0], bomb(folder / "bomb.pdf"), folder / "all.zip", good[1], folder / "vanished.pdf", good[0], good[2], good[3]]
    with closing(Library(folder / "library", HashedWords())) as library:
        results = [(result.file, result.status) for result in ingest(library, given, limits=Limits(memory=512 * 1024**2))]
        assert results == [
            (good[0].name, "added"),
            ("bomb.pdf", "refused"),
            ("elmstead.md", "added"),
            ("fenwick.md", "added"),
            ("empty.txt", "refused"),
            (good[1].name, "added"),
            ("vanished.pdf", "refused"),
            (good[0].name, "unchanged"),
            (good[2].name, "added"),
            (good[3].name, "added"),
        ]
        state = state_of(library)
    assert state["wrong"] == []
    held = {b["file_name"]: b for b in state["briefings"]}
    assert held == {path.name: expected(path) for path in [*good, folder / "elmstead.md", folder / "fenwick.md"]}
    assert list((folder / "unpacked").iterdir()) == []


def test_the_next_file_is_read_while_one_is_being_embedded(folder: Path) -> None:
    given = sorted(write_folder(folder / "in", ("Ashby", "Brook", "Coldham")).iterdir())
    asked = threading.Event()

    class Watched(Library):
        def holding(self, file_name: str, sha256: str, origin: Origin = UNKNOWN) -> Briefing | None:
            if file_name == given[1].name:
                asked.set()
            return super().holding(file_name, sha256, origin)

    class Waiting(HashedWords):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            assert asked.wait(WAIT), "nobody looked at the second file while the first was embedded"
            return super().embed_documents(texts)

    with closing(Watched(folder / "library", Waiting())) as library:
        assert [result.status for result in ingest(library, given)] == ["added"] * 3


def test_who_stops_in_the_middle_keeps_what_was_told_and_nothing_else(folder: Path) -> None:
    given = sorted(write_folder(folder / "in", ("Ashby", "Brook", "Coldham", "Dunmere")).iterdir())
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        for path in given:
            other = WRITERS[path.suffix](folder / path.name, f"More{path.stem}", 1, 12)
            archive.write(other, f"more-{path.name}")
    with closing(Library(folder / "library", HashedWords())) as library:
        results = ingest(library, [given[0], folder / "more.zip", *given[1:]])
        told = [next(results).file, next(results).file]
        results.close()
        assert {briefing.file_name for briefing in library.briefings()} == set(told) == {given[0].name, f"more-{given[0].name}"}
        assert state_of(library)["wrong"] == []
        assert list((folder / "unpacked").iterdir()) == []
        assert {result.status for result in ingest(library, given)} == {"added", "unchanged"}


def test_ctrl_c_while_a_file_is_stored_leaves_it_out_and_ends_the_rest(folder: Path) -> None:
    given = sorted(write_folder(folder / "in", ("Ashby", "Brook", "Coldham", "Dunmere")).iterdir())

    class Interrupted(Library):
        def _put(self, new: NewBriefing, name: str, older: Briefing | None) -> Briefing:
            if new.file_name == given[1].name:
                raise KeyboardInterrupt
            return super()._put(new, name, older)

    with closing(Interrupted(folder / "library", HashedWords())) as library:
        with pytest.raises(KeyboardInterrupt):
            list(ingest(library, given))
        assert [briefing.file_name for briefing in library.briefings()] == [given[0].name]
        assert state_of(library)["wrong"] == []


def test_what_nobody_foresaw_is_told_at_its_file(folder: Path) -> None:
    given = sorted(write_folder(folder / "in", ("Ashby", "Brook", "Coldham")).iterdir())

    class Faulty(HashedWords):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            if any("Brook" in text for text in texts):
                raise ZeroDivisionError
            return super().embed_documents(texts)

    with closing(Library(folder / "library", Faulty())) as library:
        results = ingest(library, given)
        assert next(results).status == "added"
        with pytest.raises(ZeroDivisionError):
            next(results)


def test_a_file_added_before_by_somebody_else_is_unchanged(folder: Path) -> None:
    [path] = write_folder(folder / "in", ("Ashby",)).iterdir()

    class Overtaken(Library):
        def add(self, new: NewBriefing, vectors: Sequence[Vector] = ()) -> Outcome:
            assert super().add(new, vectors) == "added"
            return super().add(new, vectors)

    with closing(Overtaken(folder / "library", HashedWords())) as library:
        assert [(result.status, result.pages) for result in ingest(library, [path])] == [("unchanged", 0)]


def test_items_come_in_order_and_no_more_are_made_than_asked_for() -> None:
    made: list[int] = []

    def numbers() -> Generator[int, None, None]:
        for number in range(100):
            made.append(number)
            yield number

    stopping = threading.Event()
    ahead = Ahead(numbers(), stopping)
    assert [next(ahead) for _ in range(10)] == list(range(10))
    stopping.set()
    ahead.join()
    assert len(made) <= 13
    assert list(ahead) == []
