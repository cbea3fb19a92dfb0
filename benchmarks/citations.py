"""How well `reflect check` tells true quotations from wrong ones, over quotations made by code.

usage: python -m benchmarks.citations [FOLDER] [--each N] [--true N] [--show]

FOLDER holds briefings (without it: the starter library's, and the boards' where they lie beside the project). For each kind of
mutant it prints how many were caught for the right reason; for each typographic dress how many raised no alarm.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from assistant.citations.check import Checker
from assistant.citations.models import Verdict
from ingest.pipeline import expanded, ingest, starter_briefings
from knowledge.library import Library
from tests.library_maker import HashedWords
from tests.made_quotations import Made, by_kind, mutants, true_ones

BOARDS = Path(__file__).resolve().parent.parent.parent / "shared" / "briefings"


def measure(checker: Checker, name: str, made: Sequence[Made], *, show: bool) -> None:
    """Print how many of each kind were judged right, and how many mutants passed as exact."""
    begun = time.monotonic()
    right = exact = 0
    for how, listed in by_kind(made):
        good = 0
        for one in listed:
            told = [checked.verdict for checked in checker.check([one.paragraph]).checked]
            good += len(told) == 1 and told[0] in one.right
            exact += Verdict.EXACT in told and Verdict.EXACT not in one.right
            if show and not (len(told) == 1 and told[0] in one.right):
                print(f"    {how}: {', '.join(told) or 'nothing'}: {one.paragraph.text}")
        right += good
        print(f"  {how}: {good} of {len(listed)}")
    taken = (time.monotonic() - begun) / max(len(made), 1)
    print(f"{name}: {right} of {len(made)} right ({right / max(len(made), 1):.4f}), {exact} wrong ones exact, {taken * 1000:.0f} ms each")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--each", type=int, default=40)
    parser.add_argument("--true", type=int, default=420)
    parser.add_argument("--show", action="store_true")
    asked = parser.parse_args()
    given = {"starter": starter_briefings()}
    if BOARDS.is_dir():
        given["boards"] = sorted(path for path in BOARDS.glob("*.pdf") if "scan" not in path.name)
    if asked.folder:
        given = {asked.folder.name: expanded([asked.folder])}
    for name, files in given.items():
        with tempfile.TemporaryDirectory() as folder:
            library = Library(Path(folder) / "library", HashedWords())
            taken = list(ingest(library, files))
            print(f"{name}: {len(taken)} files")
            checker = Checker(library)
            measure(checker, f"{name}, true", true_ones(library, asked.true), show=asked.show)
            measure(checker, f"{name}, mutants", mutants(library, asked.each), show=asked.show)
            library.close()


if __name__ == "__main__":
    main()
