"""How far an ingest has come, in the terminal and beside it; and that stopping and starting again repeats nothing."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from rich.console import Console

from assistant.cli.intake import Intake
from assistant.progress import Pace, duration
from tests.interrupting import INTERRUPTIBLE
from tests.prepared import prepared

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Done:
    """An outcome, as ingest yields it."""

    file: str
    status: Literal["added", "unchanged", "replaced", "refused"] = "added"
    why: str = ""
    pages: int = 0
    passages: int = 0
    note: str = ""
    caution: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"file": self.file, "status": self.status}


@dataclass
class At:
    """A page that text recognition has reached, as ingest yields it."""

    file: str
    page: int
    pages: int


class Clock:
    """A clock that is moved by hand."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def files(folder: Path, **sizes: int) -> list[Path]:
    for name, size in sizes.items():
        (folder / name).write_bytes(bytes(size))
    return [folder / name for name in sizes]


def pace(paths: list[Path], clock: Clock) -> Pace:
    return Pace(((path, path.name) for path in paths), clock)


def test_pace_tells_files_done_pages_a_second_and_time_left_by_size(tmp_path: Path, clock: Clock) -> None:
    told = pace(files(tmp_path, small=0, middle=20_000, large=100_000), clock)
    assert (told.told(), told.current) == ("0 of 3 files done", "small")
    clock.seconds = 20
    told.take(Done("small", pages=30))
    assert told.told() == "1 of 3 files done, 1.5 pages a second, about 3 minutes left"
    clock.seconds = 60
    told.take(Done("middle", pages=60))
    assert (told.told(), told.current) == ("2 of 3 files done, 1.5 pages a second, about 2 minutes left", "large")
    clock.seconds = 180
    told.take(Done("large", "refused"))
    assert (told.told(), told.whole()) == ("3 of 3 files done, 0.5 pages a second", "3 files in about 3 minutes, 0.5 pages a second")


def test_files_that_were_in_already_say_nothing_of_the_time_left(tmp_path: Path, clock: Clock) -> None:
    told = pace(files(tmp_path, held=900_000, new=0, next=0), clock)
    told.take(Done("held", "unchanged", pages=400))
    clock.seconds = 120
    assert told.told() == "1 of 3 files done"
    told.take(Done("new"))
    assert told.told() == "2 of 3 files done, about 2 minutes left"


def test_an_archive_is_one_file_however_much_is_in_it(tmp_path: Path, clock: Clock) -> None:
    told = pace(files(tmp_path, **{"all.zip": 10, "after.pdf": 10}), clock)
    for name in ("one.pdf", "two.pdf"):
        told.take(Done(name))
        assert (told.done, told.current) == (0, "all.zip")
    told.take(Done("after.pdf"))
    assert told.done == 2


def test_a_scan_counts_as_far_as_its_pages_are_recognised(tmp_path: Path, clock: Clock) -> None:
    told = pace(files(tmp_path, scan=100_000, after=40_000), clock)
    told.reach(At("scan", 1, 120))
    assert (told.told(), told.reached) == ("0 of 2 files done, page 1 of 120", 0)
    clock.seconds = 120
    told.reach(At("scan", 61, 120))
    assert (told.told(), told.reached) == ("0 of 2 files done, page 61 of 120, 0.5 pages a second, about 4 minutes left", 0.5)
    told.take(Done("scan", pages=120))
    assert told.told() == "1 of 2 files done, 1.0 pages a second, about a minute left"


def test_a_scan_that_is_not_the_file_in_hand_is_named(tmp_path: Path, clock: Clock) -> None:
    told = pace(files(tmp_path, **{"all.zip": 10, "next.pdf": 10}), clock)
    told.reach(At("inside.pdf", 3, 4))
    assert (told.told(), told.reached) == ("0 of 2 files done, page 3 of 4 of inside.pdf, 2000.0 pages a second", 0)
    told.take(Done("inside.pdf", "refused"))
    assert told.told() == "0 of 2 files done"
    told.reach(At("all.zip", 3, 4))
    told.skip()
    assert told.told() == "1 of 2 files done, less than a minute left"


def test_times_are_told_as_people_say_them() -> None:
    said = ["less than a minute", "about a minute", "about 2 minutes", "about an hour", "about 3 hours"]
    assert [duration(seconds) for seconds in (59, 61, 100, 3700, 3 * 3600)] == said


def shown(paths: list[Path], clock: Clock, *, terminal: bool, as_json: bool = False, scanned: str = "") -> tuple[str, str]:
    """What goes to standard output and to standard error while files come in, 30 seconds each; and 45 a page of the scan."""
    out, err = io.StringIO(), io.StringIO()
    intake = Intake(Console(file=out), Console(file=err, force_terminal=terminal, width=140), as_json=as_json, clock=clock)

    def results() -> Any:
        for path in paths:
            for page in range(1, 4 if path.name == scanned else 0):
                yield At(path.name, page, 3)
                clock.seconds += 45
            clock.seconds += 30
            yield Done(path.name, "refused" if path.name == "bad" else "added", "bad is [empty]." if path.name == "bad" else "", pages=60)

    intake.show(results(), paths)
    return out.getvalue(), err.getvalue()


def test_a_terminal_is_shown_a_bar_with_rate_and_time_left_and_others_plain_lines(tmp_path: Path, clock: Clock) -> None:
    paths = files(tmp_path, good=10, bad=10, last=10)
    rows = "added     good\nrefused   bad is [empty].\nadded     last\n"
    out, drawn = shown(paths, clock, terminal=True)
    assert out == rows
    for words in ("Reading bad", "1 of 3 files done, 2.0 pages a second, about a minute left", "\x1b["):
        assert words in drawn
    out, lines = shown(paths, clock, terminal=False)
    assert out == rows
    assert lines.splitlines() == [
        "1 of 3 files done, 2.0 pages a second, about a minute left.",
        "2 of 3 files done, 2.0 pages a second, less than a minute left.",
        "3 files in about 2 minutes, 2.0 pages a second: 2 added, 1 refused.",
    ]


def test_the_pages_of_a_scan_are_told_in_a_terminal_and_in_lines(tmp_path: Path, clock: Clock) -> None:
    paths = files(tmp_path, scan=10)
    _, drawn = shown(paths, clock, terminal=True, scanned="scan")
    assert "Reading scan" in drawn
    assert "0 of 1 file done, page 3 of 3, 0.0 pages a second, less than a minute left" in drawn
    out, lines = shown(paths, clock, terminal=False, scanned="scan")
    assert out == "added     scan\n"
    assert lines.splitlines() == [
        "0 of 1 file done, page 2 of 3, 0.0 pages a second, about 2 minutes left.",
        "0 of 1 file done, page 3 of 3, 0.0 pages a second, less than a minute left.",
        "1 file in about 3 minutes, 0.4 pages a second: 1 added.",
    ]


@pytest.mark.parametrize("terminal", [True, False])
def test_beside_json_there_is_nothing_else(tmp_path: Path, clock: Clock, capsys: pytest.CaptureFixture[str], terminal: bool) -> None:
    assert shown(files(tmp_path, good=10), clock, terminal=terminal, as_json=True, scanned="good") == ("", "")
    assert capsys.readouterr().out == '{"file": "good", "status": "added"}\n'


def test_the_name_of_a_file_cannot_steer_the_terminal(tmp_path: Path, clock: Clock) -> None:
    out, err = shown([tmp_path / "a\x1b[2J[bold]\nc"], clock, terminal=True)
    assert out.splitlines() == ["added     a�[2J[bold]�c"]
    assert "\x1b[2J" not in err


def test_stopped_and_started_again_no_finished_file_is_read_again(tmp_path: Path) -> None:
    folder = tmp_path / "briefings"
    folder.mkdir()
    files = 80  # some five seconds' work: a busy machine must not finish it before it is stopped
    for n in range(files):
        finding = "\n\n".join(f"In the review of {1950 + n} nobody had asked the lodger, visit {v}." for v in range(8))
        (folder / f"{n:02}.md").write_text(f"# What was learned in {1950 + n}\n\n{finding}\n", "utf-8")
    command = [sys.executable, str(ROOT / "app.py"), "ingest", str(folder), "--json", "--library", str(prepared(tmp_path / "library"))]
    how = INTERRUPTIBLE | {"start_new_session": True}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how) as first:
        assert first.stdout is not None
        line = first.stdout.readline()
        os.killpg(first.pid, signal.SIGINT)  # Ctrl-C reaches the reading process too
        rest, told = first.communicate()
    assert first.returncode == 130, told
    assert told == "Stopped. Finished files are kept. Run the same command again to continue.\n"
    finished = {row["file"] for row in map(json.loads, [line, *rest.splitlines()]) if row["status"] == "added"}
    assert 0 < len(finished) < files
    again = subprocess.run(command, capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    statuses = {row["file"]: row["status"] for row in map(json.loads, again.stdout.splitlines())}
    assert len(statuses) == files
    assert set(statuses.values()) == {"unchanged", "added"}
    assert {name for name, status in statuses.items() if status == "unchanged"} >= finished
