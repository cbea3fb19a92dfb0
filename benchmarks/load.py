"""Many people asking one page at once, and strangers who try to get in: whether any meets an error, and how long answers take.

usage: python -m benchmarks.load [--people N] [--seconds N] [--pause N] [--anonymous N] [--flat N [--uploads N]]

The page serves the starter briefings as `reflect serve --auth` does. Each person signs in, has a page of their own, and asks the next
question when the last was answered (after a pause, if one is given). Each names a street that nobody else names; where
another's street stands in what comes back, pages have mixed. Those who are anonymous try to sign in, over and over, with passwords
that are wrong. Seconds run from sending to the whole answer; memory and descriptors are the server's, before and after.
`--flat N` asks N questions, one after another over many pages, in place of that, and shows memory, descriptors and threads on the way;
with `--uploads N` so many files are added in between, under ten names.
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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from assistant.accounts import put_user
from ingest.pipeline import ingest, starter_briefings
from knowledge.library import Library
from tests.page.caller import Caller

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "gravel orchid teapot {number}"
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
QUESTIONS_A_PAGE = 20


class Person(threading.Thread):
    """Asks until the time is up; keeps how long each answer took, and what went wrong."""

    def __init__(self, address: str, number: int, until: float, pause: float = 0.0) -> None:
        super().__init__()
        self.address, self.number, self.until, self.pause = address, number, until, pause
        self.took: list[float] = []
        self.errors: list[str] = []
        self.mixed = 0
        self.inside = threading.Event()  # signed in, with a page

    def run(self) -> None:
        """Ask about one topic after another."""
        try:
            with Caller(self.address, f"person{self.number}", PASSWORD.format(number=self.number), heartbeat=True) as caller:
                self.inside.set()
                own = MARK.format(number=self.number)
                asked = 0
                while time.perf_counter() < self.until:
                    topic = TOPICS[(self.number + asked) % len(TOPICS)]
                    asked += 1
                    began = time.perf_counter()
                    said = caller.ask(f"What do reviews say about {topic} in the {own}?")
                    self.took.append(time.perf_counter() - began)
                    self.mixed += set(re.findall(r"quarter\d\d", said)) != {own}
                    time.sleep(self.pause)
        except Exception as error:  # whatever a person meets counts
            self.inside.set()
            self.errors.append(f"{type(error).__name__}: {error}")


class Stranger(threading.Thread):
    """Tries to sign in until the time is up, each time with a wrong password; counts what was answered."""

    def __init__(self, address: str, number: int, until: float) -> None:
        super().__init__()
        self.address, self.number, self.until = address, number, until
        self.statuses: dict[int, int] = {}

    def run(self) -> None:
        """Try one name after another."""
        with httpx.Client(base_url=self.address, timeout=60) as client:
            while time.perf_counter() < self.until:
                try:
                    status = client.post("sign-in", data={"username": f"person{self.number}", "password": "a wrong guess"}).status_code
                except httpx.HTTPError:
                    status = 0
                self.statuses[status] = self.statuses.get(status, 0) + 1
                time.sleep(0.2)


@contextmanager
def served(people: int, role: str = "reader") -> Iterator[tuple[str, psutil.Process]]:
    """A shared page over the starter briefings: its address and its process."""
    with tempfile.TemporaryDirectory() as place:
        library = Library(Path(place) / "library")
        assert all(result.status == "added" for result in ingest(library, starter_briefings(), starter=True))
        library.close()
        for number in range(people):
            put_user(Path(place) / "people.toml", f"person{number}", role, PASSWORD.format(number=number))
        environment = os.environ | {"REFLECT_LIBRARY": str(Path(place) / "library"), "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "app.py", "serve", "--port", "0", "--auth", str(Path(place) / "people.toml")]
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            assert server.stdout is not None
            yield next(match[0] for line in server.stdout if (match := re.search(r"http://\S+", line))), psutil.Process(server.pid)
        finally:
            server.terminate()
            server.wait(timeout=60)


def usage(process: psutil.Process) -> str:
    """What the server holds: memory, descriptors, threads."""
    return f"{process.memory_info().rss / 1e6:.0f} MB, {process.num_fds()} descriptors, {process.num_threads()} threads"


def at_once(people: int, seconds: float, pause: float, anonymous: int) -> None:
    """Let them all ask, and count."""
    with served(people) as (address, process):
        for number in range(min(3, people)):
            Person(address, number, time.perf_counter() + 5).run()  # warm
        before = usage(process)
        until = time.perf_counter() + seconds
        asking = [Person(address, number, until, pause) for number in range(people)]
        strangers = [Stranger(address, number % people, until) for number in range(anonymous)]
        for person in asking:
            person.start()
        for person in asking:
            person.inside.wait()
        for stranger in strangers:
            stranger.start()
        for one in (*asking, *strangers):
            one.join()
        after = usage(process)
    took = sorted(took for person in asking for took in person.took)
    errors = [error for person in asking for error in person.errors]
    mixed = sum(person.mixed for person in asking)
    print(f"{people} people, {seconds:.0f} s, {anonymous} strangers: {len(took)} answers, {len(errors)} errors, {mixed} mixed")
    print(f"seconds to an answer: median {statistics.median(took):.2f}, 95th {took[int(0.95 * len(took))]:.2f}, worst {took[-1]:.2f}")
    tries: dict[int, int] = {}
    for stranger in strangers:
        for status, count in stranger.statuses.items():
            tries[status] = tries.get(status, 0) + count
    print(f"strangers were answered: {dict(sorted(tries.items()))}")
    print(f"before: {before}; after: {after}")
    for error in errors[:5]:
        print(error)


def flat(questions: int, uploads: int) -> None:
    """Ask one question after another, QUESTIONS_A_PAGE to a page, and show what the server holds on the way."""
    pages = max(1, questions // QUESTIONS_A_PAGE)
    added = 0
    with served(1, "editor") as (address, process):
        for page in range(pages):
            if page % max(1, pages // 10) == 0:
                print(f"{page * QUESTIONS_A_PAGE:6,} questions, {added:3} uploads: {usage(process)}", flush=True)
            with Caller(address, "person0", PASSWORD.format(number=0), heartbeat=True) as caller:
                for n in range(QUESTIONS_A_PAGE):
                    caller.ask(f"What do reviews say about {TOPICS[n % len(TOPICS)]} in street {page * QUESTIONS_A_PAGE + n}?")
                while added < uploads * (page + 1) // pages:
                    words = f"Nobody had asked about the lodger of number {added} before the winter, and visit {added * 7} was missed."
                    caller.upload(f"review-{added % 10}.md", f"# Review {added}\n\n{words}\n".encode()).raise_for_status()
                    added += 1
                caller.http.post("look/left", content=caller.session)
        print(f"{pages * QUESTIONS_A_PAGE:6,} questions, {added:3} uploads: {usage(process)}", flush=True)


def main() -> None:
    """Serve, let them ask, count."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--people", type=int, default=20)
    options.add_argument("--seconds", type=float, default=120)
    options.add_argument("--pause", type=float, default=2.0, help="seconds from an answer to the next question")
    options.add_argument("--anonymous", type=int, default=0, help="how many try to sign in meanwhile")
    options.add_argument("--flat", type=int, default=0, help="ask so many questions one after another instead")
    options.add_argument("--uploads", type=int, default=0, help="how many files are added meanwhile")
    chosen = options.parse_args()
    if chosen.flat:
        flat(chosen.flat, chosen.uploads)
    else:
        at_once(chosen.people, chosen.seconds, chosen.pause, chosen.anonymous)


if __name__ == "__main__":
    main()
