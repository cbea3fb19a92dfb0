"""Whatever kills the process, a file is wholly in the library or not at all, and the next ingest finishes the work."""

from __future__ import annotations

import os
from pathlib import Path

from tests.killing import kill_all, lanes

KILLS = int(os.environ.get("REFLECT_TEST_KILLS", "12"))  # `python -m benchmarks.kill` does 50 and asks questions in between


def test_killed_at_any_moment_every_file_is_wholly_in_or_wholly_out(tmp_path: Path) -> None:
    work = lanes(tmp_path)
    kill_all(work, KILLS)
    assert sum(len(lane.held) for lane in work.values()) == KILLS
    for name, lane in work.items():
        assert len(set(lane.held)) > 1, f"the kills did not fall into the work: {name}"
    assert work["reading a scan"].recognising > 0, "no kill fell into text recognition"
