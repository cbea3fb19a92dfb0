"""Many people asking one page at once: whether any meets an error or another's words, and how long answers take.

usage: python -m benchmarks.load [--people N] [--seconds N] [--pause N]

The page serves the starter briefings as `reflect serve` does. Each person is a client with a session of its own, and asks the next
question two seconds after the last was answered. Each names a street that nobody else names; where
another's street stands in what comes back, sessions have mixed. Seconds run from sending to the whole answer.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from ingest.pipeline import ingest, starter_briefings
from knowledge.library import Library

ROOT = Path(__file__).resolve().parent.parent
TOPICS = (
    "fathers",
    "chronologies",
    "supervision",
    "bruising",
    "missed appointments",
    "drift",
    "domestic abuse",
    "older children",
    "neglect",
)
MARK = "quarter{number:02}"  # a word that no review prints, another for each person


class Person(threading.Thread):
    """Asks until the time is up; keeps how long each answer took, and what went wrong."""

    def __init__(self, address: str, number: int, until: float, pause: float = 0.0) -> None:
        super().__init__()
        self.address, self.number, self.until, self.pause = address, number, until, pause
        self.took: list[float] = []
        self.errors: list[str] = []
        self.mixed = 0

    def run(self) -> None:
        """Ask about one topic after another."""
        from gradio_client import Client

        try:
            client = Client(self.address, verbose=False)
            own = MARK.format(number=self.number)
            asked = 0
            while time.perf_counter() < self.until:
                topic = TOPICS[(self.number + asked) % len(TOPICS)]
                asked += 1
                began = time.perf_counter()
                said = str(client.predict(f"What do reviews say about {topic} in the {own}?", api_name="/ask"))
                self.took.append(time.perf_counter() - began)
                found = set(re.findall(r"quarter\d\d", said))
                self.mixed += found != {own}
                time.sleep(self.pause)
        except Exception as error:  # whatever a person meets counts
            self.errors.append(f"{type(error).__name__}: {error}")


def main() -> None:
    """Serve, let them ask, count."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--people", type=int, default=20)
    options.add_argument("--seconds", type=float, default=120)
    options.add_argument("--pause", type=float, default=2.0, help="seconds from an answer to the next question")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as place:
        library = Library(Path(place) / "library")
        assert all(result.status == "added" for result in ingest(library, starter_briefings(), starter=True))
        library.close()
        environment = os.environ | {"REFLECT_LIBRARY": str(Path(place) / "library"), "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "app.py", "serve", "--port", "0"]
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            assert server.stdout is not None
            address = next(match[0] for line in server.stdout if (match := re.search(r"http://\S+", line)))
            Person(address, 99, time.perf_counter() + 15).run()  # warm
            until = time.perf_counter() + chosen.seconds
            people = [Person(address, number, until, chosen.pause) for number in range(chosen.people)]
            for person in people:
                person.start()
            for person in people:
                person.join()
        finally:
            server.terminate()
            server.wait(timeout=60)
    took = sorted(seconds for person in people for seconds in person.took)
    errors = [error for person in people for error in person.errors]
    print(
        f"{chosen.people} people, {chosen.seconds:.0f} s: {len(took)} answers, {len(errors)} errors, {sum(p.mixed for p in people)} mixed"
    )
    print(f"seconds to an answer: median {statistics.median(took):.2f}, 95th {took[int(0.95 * len(took))]:.2f}, worst {took[-1]:.2f}")
    for error in errors[:5]:
        print(error)


if __name__ == "__main__":
    main()
