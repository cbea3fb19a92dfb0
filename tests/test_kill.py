"""Whatever kills the process, a file is wholly in the library or not at all, and the next ingest finishes the work."""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.library_maker import PLACES, Child, expected, write_folder

KILLS = 24
FINDINGS = 60  # a file: so many rows that a kill may fall between them
SEED = 20240


wanted = cache(expected)


@dataclass
class Lane:
    """A library that is killed at again and again, always at the same work.

    `before` are the files that it holds when the work begins, `work` what the killed process is
    told to do, `after` the files that it holds once the work was finished by another process.
    """

    folder: Path
    before: Path | None
    work: Sequence[Sequence[Any]]
    after: Path
    deleted: frozenset[str] = frozenset()
    finished: int = 0
    held: list[int] = field(default_factory=list)

    @property
    def library(self) -> Path:
        return self.folder / "library"

    def prepare(self) -> None:
        """The library as it is before the work."""
        ready = self.folder / "ready"
        if not ready.exists():
            with Child() as child:
                child.ask("open", ready)
                if self.before:
                    assert set(child.ask("ingest", self.before).values()) == {"added"}
                    child.ask("meaning", "the father")
        shutil.rmtree(self.library, ignore_errors=True)
        shutil.copytree(ready, self.library)

    def pace(self) -> float:
        """How long the whole work takes, in seconds."""
        self.prepare()
        with Child() as child:
            began = time.perf_counter()
            child.tell(("open", self.library), *self.work)
            for _ in range(len(self.work) + 1):
                child.answer()
            return time.perf_counter() - began

    def kill(self, seconds: float) -> bool:
        """Kill the process that long after it began its work; False where it had already finished."""
        self.prepare()
        child = Child()
        child.tell(("open", self.library), *self.work)
        return child.killed(seconds)

    def check(self) -> None:
        """A new process finds every file wholly in or wholly out, and finishes the work."""
        old = [wanted(file) for file in self.before.iterdir()] if self.before else []
        new = [wanted(file) for file in self.after.iterdir()]
        with Child() as child:
            child.ask("open", self.library)
            state = child.ask("state")
            assert state["wrong"] == []
            names = Counter(b["file_name"] for b in state["briefings"])
            assert set(names.values()) <= {1}
            for briefing in state["briefings"]:
                assert briefing in old + new, f"{briefing['file_name']} is neither what it was nor what it was to be"
            assert state["files"] == sorted({b["sha256"] for b in state["briefings"]})
            if self.before:
                assert set(names) >= {file.name for file in self.before.iterdir()} - self.deleted
            self.held.append(sum(b in new for b in state["briefings"]))

            statuses = child.ask("ingest", self.after)
            allowed = {"added", "unchanged", "replaced"} if self.before else {"added", "unchanged"}
            assert set(statuses.values()) <= allowed
            assert sum(status == "unchanged" for status in statuses.values()) == self.held[-1]
            for name in self.deleted & set(child.ask("list")):
                child.ask("delete", name)
            finished = child.ask("state")
        assert finished["wrong"] == []
        whole = [briefing for briefing in new if briefing["file_name"] not in self.deleted]
        assert sorted(finished["briefings"], key=str) == sorted(whole, key=str)
        assert finished["files"] == sorted(briefing["sha256"] for briefing in whole)

    def run(self, kills: int, seed: int) -> None:
        """Kill `kills` times, at moments drawn evenly from the whole run."""
        length, chance = self.pace(), random.Random(seed)
        moments = [(n + chance.random()) / kills for n in range(kills)]
        chance.shuffle(moments)
        for moment in moments:
            while not self.kill(moment * length):
                moment *= 0.8  # this run was quicker than the measured one
            self.finished += 1
            self.check()


@pytest.fixture
def lanes(tmp_path: Path) -> list[Lane]:
    """Two kinds of work: into an empty library; and over a full one, replacing some files and deleting two."""
    first = write_folder(tmp_path / "first", count=FINDINGS)
    second = write_folder(tmp_path / "second", PLACES[:4], count=FINDINGS)
    shutil.copytree(first, second, dirs_exist_ok=True)
    write_folder(second, tuple(place for n, place in enumerate(PLACES) if n % 3 != 1), edition=2, count=FINDINGS)
    gone = frozenset(("brook.txt", "elmstead.txt"))
    filling = Lane(tmp_path / "filling", None, (("ingest", first),), first)
    changing = Lane(tmp_path / "changing", first, (("ingest", second), *(("delete", name) for name in sorted(gone))), second, gone)
    return [filling, changing]


def test_killed_at_any_moment_every_file_is_wholly_in_or_wholly_out(lanes: list[Lane]) -> None:
    with ThreadPoolExecutor(len(lanes)) as pool:
        for done in [pool.submit(lane.run, KILLS // len(lanes), SEED + n) for n, lane in enumerate(lanes)]:
            done.result()
    assert sum(lane.finished for lane in lanes) == KILLS
    for lane in lanes:
        assert len(set(lane.held)) > 2, "the kills did not fall into the work"
