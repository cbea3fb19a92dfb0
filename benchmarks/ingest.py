"""How fast briefings go in, and what they take: a plain pipeline against ours in one run on the same files, many files, a long one.

usage: python -m benchmarks.ingest [--files N] [--made N] [--runs N] [--shared FOLDER]
       python -m benchmarks.ingest --scale 2000     many documents of 20 pages; memory at a quarter, at half and at the end
       python -m benchmarks.ingest --pages 300      one report of so many pages

Each pipeline runs in a process of its own; loading the model is told apart. Of several runs the
fastest counts, for others may use the machine: the ratio in processor time is the steadier one then, and how busy the
machine was is told. Peak memory is the process with its children, looked at twenty times a second.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

MB = 1024  # ru_maxrss counts kilobytes on Linux
LOOK_SECONDS = 0.05


@dataclass(frozen=True)
class Figures:
    """What one run measured: seconds, counts, and the peak memory in megabytes."""

    start: float
    took: float
    pages: int
    characters: int
    embedding: float
    processor: float
    memory: float

    def rates(self) -> dict[str, float]:
        """Comparable figures."""
        return {
            "pages a second, end to end": self.pages / self.took,
            "characters embedded a second, embedding alone": self.characters / self.embedding,
            "characters embedded": self.characters,
            "seconds, end to end": self.took,
            "processor seconds, end to end": self.processor,
            "seconds to load the model": self.start,
            "peak memory, MB": self.memory,
        }


class Timed:
    """Counts the characters an embedder is given and the seconds it takes."""

    def __init__(self, inner: object) -> None:
        self._inner, self.characters, self.seconds = inner, 0, 0.0

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    def _count(self, call: object, texts: Sequence[str], **options: object) -> object:
        began = time.perf_counter()
        try:
            return call(texts, **options)  # type: ignore[operator]
        finally:
            self.seconds += time.perf_counter() - began
            self.characters += sum(map(len, texts))

    def embed_documents(self, texts: list[str]) -> object:
        """As the embedder inside."""
        return self._count(self._inner.embed_documents, texts)  # type: ignore[attr-defined]

    def encode(self, texts: list[str], **options: object) -> object:
        """As the sentence-transformers model inside."""
        return self._count(self._inner.encode, texts, **options)  # type: ignore[attr-defined]


def plain(files: Sequence[Path], folder: Path) -> Figures:
    """Measure the plain pipeline."""
    from benchmarks.plain import PlainPipeline
    from knowledge.embedding import default_weights

    memory, began = Memory(), time.perf_counter()
    pipeline = PlainPipeline(folder, str(default_weights()))
    start = time.perf_counter() - began
    timed: Any = Timed(pipeline._model)
    pipeline._model = timed
    began, spent = time.perf_counter(), processor()
    pages = sum(pipeline.take_in(path) for path in files)
    return Figures(start, time.perf_counter() - began, pages, timed.characters, timed.seconds, processor() - spent, memory.peak())


def ours(files: Sequence[Path], folder: Path) -> Figures:
    """Measure this project's pipeline, as `reflect ingest` runs it."""
    from ingest.pipeline import ingest
    from knowledge.embedding import SentenceEmbedder
    from knowledge.library import Library

    memory, began = Memory(), time.perf_counter()
    timed = Timed(SentenceEmbedder())
    library = Library(folder, timed)  # type: ignore[arg-type]
    library.ready()
    start = time.perf_counter() - began
    began, spent = time.perf_counter(), processor()
    results = list(ingest(library, files))
    took = time.perf_counter() - began
    if refused := [r.why for r in results if r.status != "added"]:
        raise SystemExit(f"not all went in: {refused[0]}")
    return Figures(start, took, sum(r.pages for r in results), timed.characters, timed.seconds, processor() - spent, memory.peak())


def processor() -> float:
    """Processor seconds of this process and its children, those that have ended too: told beside the clock, for others use the machine."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    spent = sum(times.ru_utime + times.ru_stime for times in used)
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            times = child.cpu_times()
            spent += times.user + times.system
    return spent


class Memory:
    """The most memory that this process and its children held at once, in MB, looked at again and again.

    What the system keeps for children that have ended is no use: it counts a child as large as its parent was when it began.
    """

    def __init__(self) -> None:
        self._most = 0.0
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            self._most = max(self._most, self.now())
            time.sleep(LOOK_SECONDS)

    def now(self) -> float:
        """What is held now."""
        held = 0
        for process in (psutil.Process(), *psutil.Process().children(recursive=True)):
            with suppress(psutil.Error):
                held += process.memory_info().rss
        return held / MB**2

    def peak(self) -> float:
        """The most that was held so far."""
        return max(self._most, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB)


def material(folder: Path, shared: Path, copies: int, made: int) -> list[Path]:
    """The boards' briefings under `copies` names each, where they lie beside the project, and `made` of our own."""
    from benchmarks.made import briefing

    files = [briefing(folder / f"made-{i}.pdf", i) for i in range(made)]
    for real in sorted(shared.glob("*.pdf")):
        if not real.name.endswith(".scan.pdf"):  # the plain pipeline reads no words in a scan
            files += [Path(shutil.copy(real, folder / f"{real.stem}-{n}.pdf")) for n in range(copies)]
    return files


def in_child(name: str, files: Sequence[Path]) -> Figures:
    """Run one pipeline in a process and a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        call = [sys.executable, "-m", "benchmarks.ingest", "--child", name, folder, *map(str, files)]
        said = subprocess.run(call, check=True, capture_output=True, text=True).stdout
    return Figures(**json.loads(said.splitlines()[-1]))


def compare(files: Sequence[Path], runs: int) -> Iterator[str]:
    """The table's lines."""
    best: dict[str, Figures] = {}
    for _ in range(runs):
        for name in ("plain", "ours"):
            found = in_child(name, files)
            best[name] = min(best.get(name, found), found, key=lambda figures: figures.took)
    yield f"{len(files)} files, {best['plain'].pages} pages; the fastest of {runs} runs each"
    yield f"{'':48}{'plain':>12}{'ours':>12}{'ours/plain':>12}"
    for (what, before), after in zip(best["plain"].rates().items(), best["ours"].rates().values(), strict=True):
        yield f"{what:48}{before:12,.1f}{after:12,.1f}{after / before:12.2f}"
    clock, processors = best["plain"].took / best["ours"].took, best["plain"].processor / best["ours"].processor
    yield f"ours is {clock:.2f} times as fast by the clock, {processors:.2f} times by processor time; {load()}"


def load() -> str:
    """How busy the machine is."""
    return f"{os.cpu_count()} processors, {os.getloadavg()[0]:.1f} processes that want one"


def report(pages: int) -> Iterator[str]:
    """One report of so many pages, in a process of its own."""
    from benchmarks.made import briefing

    with tempfile.TemporaryDirectory() as place:
        found = in_child("ours", [briefing(Path(place) / "report.pdf", 0, pages)])
    yield (
        f"{pages} pages in {found.took:.1f} s ({found.processor:.1f} of processors), {found.memory:,.0f} MB at most, "
        f"{found.start:.1f} s to load the model; {load()}"
    )


def scale(most: int) -> Iterator[str]:
    """Rate and memory along the way to so many documents, in this process; rates are since the last line."""
    from benchmarks.made import briefing
    from ingest.pipeline import ingest
    from knowledge.library import Library

    memory = Memory()
    with tempfile.TemporaryDirectory() as place:
        library = Library(Path(place) / "library")
        library.ready()
        done = 0
        yield "".join(
            f"{head:>20}" for head in ("briefings", "passages", "pages a second", "processor s a page", "peak MB", "MB now", "vectors MB")
        )
        for step in marks(most):
            files = [briefing(Path(place) / f"made-{i}.pdf", i) for i in range(done, step)]
            began, spent = time.perf_counter(), processor()
            pages = sum(result.pages for result in ingest(library, files))
            took, spent = time.perf_counter() - began, processor() - spent
            passages, now = library.catalogue.passage_count(), memory.now()
            vectors = sum(file.stat().st_size for file in library.vectors.folder.rglob("*") if file.is_file()) / MB**2
            yield f"{step:20,}{passages:20,}{pages / took:20.1f}{spent / pages:20.3f}{memory.peak():20,.0f}{now:20,.0f}{vectors:20,.0f}"
            for file in files:
                file.unlink()
            done = step
        library.close()


def marks(most: int) -> list[int]:
    """The numbers of briefings to report at: a quarter, half and all of them."""
    return sorted({max(1, most * quarter // 4) for quarter in (1, 2, 4)})


def main() -> None:
    """Read the options and print the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--files", type=int, default=3, help="names that each of the boards' briefings goes in under")
    options.add_argument("--made", type=int, default=4, help="briefings of 20 pages made for the run")
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--shared", type=Path, default=Path("../shared/briefings"))
    options.add_argument("--scale", type=int, help="take in so many made briefings")
    options.add_argument("--pages", type=int, help="take in one report of so many pages")
    options.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.child:
        name, folder, *files = chosen.child
        figures = {"plain": plain, "ours": ours}[name]([Path(file) for file in files], Path(folder))
        print(json.dumps(asdict(figures)))
    elif chosen.scale:
        for line in scale(chosen.scale):
            print(line, flush=True)
    elif chosen.pages:
        print(*report(chosen.pages))
    else:
        with tempfile.TemporaryDirectory() as place:
            for line in compare(material(Path(place), chosen.shared, chosen.files, chosen.made), chosen.runs):
                print(line, flush=True)


if __name__ == "__main__":
    main()
