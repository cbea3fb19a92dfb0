"""From question to answer: how long it takes and what it needs, ours and a plain pipeline's, in one run.

usage: python -m benchmarks.pace [--passages N ...] [--questions FILE] [--keep FOLDER]

The passages are made in our own words (see `benchmarks.many`: the first 5,000 are embedded for real, later ones carry
those vectors turned a little). Each library is filled in one process and asked in another, which is warmed up first;
every question is asked once. FILE holds a question a line, plain or as JSON with "question"; without it the themes'
ways of speaking are asked. The plain pipeline embeds the question and takes Chroma's ten nearest. Recall is against
exact search over the same vectors. Peak memory is of the process that asks. With --keep the libraries stay in FOLDER,
and a second run asks without filling: give a new one where the index has changed.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import many

TOP = 10
MB = 1024  # ru_maxrss counts kilobytes on Linux
PHRASES = 4  # of each theme's ways of speaking, beside its follow-up question
BATCH = 5000  # Chroma 1.5 refuses more than 5,461 at once
Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Figures:
    """What one process measured: seconds to warm up, milliseconds a question, the peak memory in megabytes, recall@10.

    `processor` is what the process spent, all its threads, on the mean of questions: steadier than the clock where
    others use the machine. `guards` and `search` are medians of their share of the clock.
    """

    warm: float
    median: float
    high: float
    worst: float
    processor: float
    guards: float
    search: float
    answered: float
    memory: float
    recall: float


class Timed:
    """Lends one method of an object a clock: `took` has the milliseconds of every call."""

    def __init__(self, inner: Any, method: str) -> None:
        self._inner, self._method = inner, method
        self.took: list[float] = []

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        return self._clocked(found) if name == self._method else found

    def _clocked(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def clocked(*args: Any, **options: Any) -> Any:
            began = time.perf_counter()
            try:
                return call(*args, **options)
            finally:
                self.took.append((time.perf_counter() - began) * 1000)

        return clocked


def fill_ours(folder: Path, base: Matrix, passages: int) -> None:
    """Put the made briefings into a library."""
    from knowledge.library import Library

    library = Library(folder / "library")
    for new, first in many.briefings(passages, folder):
        library.add(new, list(many.turned(base, first, first + len(new.passages))))
    library.close()


def fill_plain(folder: Path, base: Matrix, passages: int) -> None:
    """Put the same passages into the plain pipeline's collection."""
    plain = _plain(folder)
    for first in range(0, passages, BATCH):
        numbers = range(first, min(first + BATCH, passages))
        texts = [many.sentence(n) for n in numbers]
        plain.put([str(n) for n in numbers], many.turned(base, first, numbers.stop), texts, [{"page": 1}] * len(texts))


def _plain(folder: Path) -> Any:
    from transformers.utils import logging

    from benchmarks.plain import PlainPipeline
    from knowledge.embedding import default_weights

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    return PlainPipeline(folder / "chroma", str(default_weights()))


def ask_ours(folder: Path, base: Matrix, passages: int, questions: Sequence[str]) -> Figures:
    """Ask the assistant over the filled library."""
    from assistant.assistant import Assistant
    from knowledge.library import Library

    began = time.perf_counter()
    library = Library(folder / "library")
    assistant: Any = Assistant(library)
    assistant.warm()
    warm = time.perf_counter() - began
    whole, guards, search = Timed(assistant, "reply"), Timed(assistant.guards, "check"), Timed(assistant.searcher, "search")
    assistant.guards, assistant.searcher = guards, search
    spent = time.process_time()
    answered = [not whole.reply(question).abstained for question in questions]
    spent = (time.process_time() - spent) / len(questions) * 1000
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB
    vectors = [library.embedder.embed_query(question) for question in questions]
    place = {number: n for n, number in enumerate(sorted(library.catalogue.passage_ids()))}
    found = [[place[number] for number, _ in library.by_meaning(vector, TOP)] for vector in vectors]
    library.close()
    near = recall(vectors, found, many.turned(base, 0, passages))
    return Figures(
        warm,
        *_spread(whole.took),
        spent,
        float(np.median(guards.took)),
        float(np.median(search.took)),
        float(np.mean(answered)),
        memory,
        near,
    )


def ask_plain(folder: Path, base: Matrix, passages: int, questions: Sequence[str]) -> Figures:
    """Ask the plain pipeline over its filled collection."""
    began = time.perf_counter()
    plain = _plain(folder)
    plain.ask("ready")
    warm = time.perf_counter() - began
    whole = Timed(plain, "ask")
    spent = time.process_time()
    answered = [bool(whole.ask(question)) for question in questions]
    spent = (time.process_time() - spent) / len(questions) * 1000
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB
    vectors = [plain.vector(question) for question in questions]
    found = [[int(name) for name in plain.nearest(vector)["ids"][0]] for vector in vectors]
    return Figures(
        warm,
        *_spread(whole.took),
        spent,
        0.0,
        0.0,
        float(np.mean(answered)),
        memory,
        recall(vectors, found, many.turned(base, 0, passages)),
    )


def _spread(took: Sequence[float]) -> tuple[float, float, float]:
    """The median, the 95th percentile and the longest."""
    return float(np.median(took)), float(np.percentile(took, 95)), max(took)


def recall(vectors: Sequence[Sequence[float]], found: Sequence[Sequence[int]], passages: Matrix) -> float:
    """The share of the true TOP nearest that was found, on the mean; one as near as the last of them counts too."""
    shares = []
    for vector, numbers in zip(vectors, found, strict=True):
        cosines = passages @ np.asarray(vector, dtype=np.float32)
        top = min(TOP, len(cosines))
        last = np.partition(cosines, -top)[-top]
        shares.append(float((cosines[list(numbers)] >= last - 1e-6).sum()) / top)
    return float(np.mean(shares))


def spoken() -> list[str]:
    """Questions in our own words: each theme's follow-up and some of its ways of speaking, mixed."""
    from knowledge.themes import themes

    found = [phrase for theme in themes() for phrase in (theme.next, *theme.said_as[:: max(1, len(theme.said_as) // PHRASES)][:PHRASES])]
    found = [phrase for phrase in dict.fromkeys(found) if phrase]
    random.Random(1).shuffle(found)
    return found


def read(path: Path) -> list[str]:
    """The questions of a file, one a line, plain or as JSON."""
    lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    return [json.loads(line)["question"] if line.lstrip().startswith("{") else line.strip() for line in lines]


def child(step: str, folder: Path, vectors: Path, passages: int, questions: Path) -> None:
    """One step in this process; what was measured is printed as JSON."""
    if step == "embed":
        np.save(vectors, many.embedded())
        return
    base: Matrix = np.load(vectors)
    if step.startswith("fill"):
        {"fill-ours": fill_ours, "fill-plain": fill_plain}[step](folder, base, passages)
    else:
        print(
            json.dumps(
                asdict({"ours": ask_ours, "plain": ask_plain}[step](folder, base, passages, json.loads(questions.read_text("utf-8"))))
            )
        )


def compare(sizes: Sequence[int], questions: Sequence[str], place: Path) -> Iterator[str]:
    """The table's lines."""
    vectors, asked = place / "vectors.npy", place / "questions.json"
    asked.write_text(json.dumps(questions), "utf-8")

    def run(step: str, folder: Path, size: int) -> str:
        call = [sys.executable, "-m", "benchmarks.pace", "--child", step, str(folder), str(vectors), str(size), str(asked)]
        return subprocess.run(call, check=True, stdout=subprocess.PIPE, text=True).stdout

    if not vectors.exists():
        run("embed", place, 0)
    yield f"{len(questions)} questions, each asked once after warm-up; milliseconds from question to answer"
    columns = {
        "median": 8,
        "95th": 8,
        "worst": 8,
        "processor": 11,
        "search": 8,
        "guards": 8,
        "answered": 10,
        "recall@10": 11,
        "warm s": 8,
        "peak MB": 9,
        "fill s": 8,
    }
    yield " " * 18 + "".join(f"{name:>{width}}" for name, width in columns.items())
    for size in sizes:
        for name in ("plain", "ours"):
            folder, began = place / f"{name}-{size}", time.perf_counter()
            if not (folder / "filled").exists():
                folder.mkdir(exist_ok=True)
                run(f"fill-{name}", folder, size)
                (folder / "filled").touch()
            filled = time.perf_counter() - began
            f = Figures(**json.loads(run(name, folder, size).splitlines()[-1]))
            yield (
                f"{size:>9,} {name:8}{f.median:8.1f}{f.high:8.1f}{f.worst:8.1f}{f.processor:11.1f}{f.search:8.1f}{f.guards:8.1f}"
                f"{f.answered:10.0%}{f.recall:11.3f}{f.warm:8.1f}{f.memory:9,.0f}{filled:8.0f}"
            )


def main() -> None:
    """Read the options and print the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--passages", type=int, nargs="+", default=[300, 10_000, 100_000], metavar="N")
    options.add_argument("--questions", type=Path, metavar="FILE")
    options.add_argument("--keep", type=Path, metavar="FOLDER")
    options.add_argument("--child", nargs=5, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.child:
        step, folder, vectors, passages, questions = chosen.child
        child(step, Path(folder), Path(vectors), int(passages), Path(questions))
        return
    with tempfile.TemporaryDirectory() as thrown_away:
        place = chosen.keep or Path(thrown_away)
        place.mkdir(parents=True, exist_ok=True)
        for line in compare(chosen.passages, read(chosen.questions) if chosen.questions else spoken(), place):
            print(line, flush=True)


if __name__ == "__main__":
    main()
