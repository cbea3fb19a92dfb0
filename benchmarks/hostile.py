"""Each hostile file on its own: what became of it against what its manifest expects, in how long, in how much memory.

usage: python -m benchmarks.hostile [--shared FOLDER]

Seconds run from the request to the result, with the start of the reading process; memory is the most that
the reading process held. A scan expects no text: where text recognition is installed, its text is as good.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import threading
import time
from pathlib import Path

import psutil

from ingest.pipeline import ingest
from knowledge.library import Library
from tests.library_maker import HashedWords
from tests.test_survive import one_line, outcome

LOOK_SECONDS = 0.01


class Watch(threading.Thread):
    """Keeps the most memory, in MB, that any child of this process has held since `peak` was set to 0."""

    peak = 0.0

    def run(self) -> None:
        """Look, again and again, until the program ends."""
        me = psutil.Process()
        while True:
            for child in me.children(recursive=True):
                try:
                    self.peak = max(self.peak, child.memory_info().rss / 1024**2)
                except psutil.Error:
                    continue
            time.sleep(LOOK_SECONDS)


def main() -> None:
    """A row for each file that is slow, large or unexpected, and the sums."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--shared", type=Path, default=Path("../shared/hostile"))
    folder = options.parse_args().shared
    with (folder / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    watch = Watch(daemon=True)
    watch.start()
    taken: list[tuple[float, float, str, str]] = []
    with tempfile.TemporaryDirectory() as place:
        library = Library(Path(place) / "library", HashedWords())
        for row in rows:
            watch.peak, began = 0.0, time.perf_counter()
            [result] = ingest(library, [folder / row["file"]])
            seconds = time.perf_counter() - began
            accepted = {row["expected"], *filter(None, row["also_ok"].split(",")), *(["text"] if row["kind"] == "scanned" else [])}
            wrong = "" if outcome(result) in accepted else f"{outcome(result)}, not {row['expected']}"
            if result.status == "refused" and not one_line(result, folder):
                wrong += f" not told in a clear line: {result.why}"
            taken.append((seconds, watch.peak, row["file"], wrong))
        locked = [row for row in rows if row["password"]]
        opened = [r.status for row in locked for r in ingest(library, [folder / row["file"]], password=row["password"])]
        library.close()
    for seconds, memory, name, wrong in sorted(taken, reverse=True):
        if seconds > 3 or memory > 200 or wrong:
            print(f"{seconds:6.1f} s {memory:6.0f} MB  {name} {wrong}")
    print(f"{sum(not wrong for *_, wrong in taken)} of {len(taken)} files as their manifest expects")
    print(f"at most {max(t for t, *_ in taken):.1f} seconds and {max(m for _, m, *_ in taken):.0f} MB a file")
    print(f"{sum(status in ('added', 'unchanged') for status in opened)} of {len(locked)} encrypted files opened with their password")


if __name__ == "__main__":
    main()
