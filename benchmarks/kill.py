"""Kill ingest at random moments, also in the middle of text recognition, and look at what is left.

usage: python -m benchmarks.kill [--kills N]

After each kill the library is opened, must be whole (every file wholly in or wholly out, every vector the right one,
no loose rows, SQLite's own check), must find and quote all that it holds, and is asked a question by the assistant;
then the next ingest must finish the work. The first failure ends the run.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from pathlib import Path

from assistant.assistant import Assistant
from knowledge.library import Library
from tests.killing import kill_all, lanes
from tests.library_maker import HashedWords

QUESTION = "What was missed about the lodger?"
asking = threading.Lock()


def question(folder: Path) -> None:
    """Ask the assistant over the library in the folder; what it cites must be held there."""
    library = Library(folder, HashedWords())
    with asking:
        reply = Assistant(library).reply(QUESTION)
    held = {briefing.id for briefing in library.briefings()}
    library.close()
    assert {citation.quotation.briefing.id for citation in reply.citations} <= held
    assert reply.abstained == (not reply.citations)


def main() -> None:
    """Kill, and print a row for each kind of work."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kills", type=int, default=50)
    kills = options.parse_args().kills
    with tempfile.TemporaryDirectory() as folder:
        work = lanes(Path(folder))
        for lane in work.values():
            lane.question = question
        began = time.monotonic()
        kill_all(work, kills)
        print(f"{'work':28}{'kills':>6}{'during text recognition':>26}{'files in at the kill':>22}{'whole, answers, goes on':>25}")
        for name, lane in work.items():
            most = len(list(lane.after.iterdir()))
            held = f"{min(lane.held)} to {max(lane.held)} of {most}"
            print(f"{name:28}{len(lane.held):6}{lane.recognising:26}{held:>22}{len(lane.held):25}")
        print(f"{kills} kills in {time.monotonic() - began:.0f} seconds")


if __name__ == "__main__":
    main()
