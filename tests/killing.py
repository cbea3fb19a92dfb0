"""Kills a process at work on a library, again and again, and looks at what it left."""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests import made_files
from tests.library_maker import PLACES, Child, expected, write_folder

FINDINGS = 60  # a file: so many rows that a kill may fall between them
SEED = 20240
AT_ONCE = 2

wanted = cache(expected)


@dataclass
class Lane:
    """A library that is killed at again and again, always at the same work.

    `before` are the files that it holds when the work begins, `after` those that lie in their place then, which it takes in;
    some of them are `deleted` afterwards. `scan` is one that is read by text recognition, after all others. `question` puts a
    question to the library as a kill left it. `held` tells of each kill how many of the files were in; `recognising` counts
    those that fell while the scan was read.
    """

    folder: Path
    before: Path | None
    after: Path
    deleted: frozenset[str] = frozenset()
    scan: str = ""
    question: Callable[[Path], None] = lambda _: None
    held: list[int] = field(default_factory=list)
    recognising: int = 0

    @property
    def library(self) -> Path:
        return self.folder / "library"

    @property
    def place(self) -> Path:
        """Where the files lie that are taken in."""
        return self.folder / "place"

    @property
    def work(self) -> Sequence[Sequence[Any]]:
        """What the process that is killed is told to do."""
        return (("open", self.library), ("ingest", self.place), *(("delete", name) for name in sorted(self.deleted)))

    def prepare(self) -> None:
        """The library as it is before the work."""
        ready = self.folder / "ready"
        if not ready.exists():
            with Child() as child:
                child.ask("open", ready)
                if self.before:
                    shutil.copytree(self.before, self.place)
                    assert set(child.ask("ingest", self.place).values()) == {"added"}
                    child.ask("meaning", "the father")
            shutil.copytree(self.after, self.place, dirs_exist_ok=True)
        shutil.rmtree(self.library, ignore_errors=True)
        shutil.copytree(ready, self.library)

    def pace(self) -> float:
        """How long the whole work takes, in seconds."""
        self.prepare()
        with Child() as child:
            began = time.perf_counter()
            child.tell(*self.work)
            for _ in range(len(self.work)):
                child.answer()
            return time.perf_counter() - began

    def kill(self, seconds: float) -> bool:
        """Kill the process that long after it began its work; False where it had already finished."""
        self.prepare()
        child = Child()
        child.tell(*self.work)
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
            self.recognising += bool(self.scan) and set(names) == {file.name for file in self.after.iterdir()} - {self.scan}
            assert child.ask("answers") == sorted(names), "not all that it holds is found and can be quoted"
            self.question(self.library)
            statuses = child.ask("ingest", self.place)
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
            self.check()


def lanes(folder: Path) -> dict[str, Lane]:
    """Three kinds of work: into an empty library; over a full one, replacing some files and deleting two; and with a scan."""
    first = write_folder(folder / "first", count=FINDINGS)
    second = write_folder(folder / "second", PLACES[:4], count=FINDINGS)
    shutil.copytree(first, second, dirs_exist_ok=True)
    write_folder(second, tuple(place for n, place in enumerate(PLACES) if n % 3 != 1), edition=2, count=FINDINGS)
    filling = Lane(folder / "filling", None, first)
    changing = Lane(folder / "changing", first, second, frozenset(("brook.txt", "elmstead.txt")))
    mixed = write_folder(folder / "mixed", PLACES[:3])
    made_files.scan(made_files.long_report(folder / "report.pdf"), mixed / "the scan.pdf")
    recognising = Lane(folder / "recognising", None, mixed, scan="the scan.pdf")
    return {"filling an empty library": filling, "replacing and deleting": changing, "reading a scan": recognising}


def kill_all(lanes: Mapping[str, Lane], kills: int) -> None:
    """Kill so many times in all, shared out among the lanes."""
    shares = [kills // len(lanes) + (n < kills % len(lanes)) for n in range(len(lanes))]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(lane.run, share, SEED + n) for n, (lane, share) in enumerate(zip(lanes.values(), shares, strict=True))]:
            done.result()
