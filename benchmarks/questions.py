"""The product on the five real briefings: ingest, ask every question, score.

usage: python -m benchmarks.questions [SHARED]

SHARED (default ../shared) holds briefings/*.pdf and evaluation/. The command line is used
as a user would use it, in a library of its own that is thrown away afterwards.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REFLECT = [sys.executable, "-c", "from app import main; main()"]


def main(shared: Path) -> int:
    """Print the figures; returns the exit code."""
    questions = shared / "evaluation" / "questions.dev.jsonl"
    with tempfile.TemporaryDirectory() as folder:
        library, answers = Path(folder) / "library", Path(folder) / "answers.jsonl"
        pdfs = sorted(map(str, (shared / "briefings").glob("*.pdf")))
        began = time.perf_counter()
        subprocess.run([*REFLECT, "ingest", *pdfs, "--library", str(library)], check=True)
        took = time.perf_counter() - began
        with answers.open("w", encoding="utf-8") as file:
            began = time.perf_counter()
            subprocess.run([*REFLECT, "ask", "--jsonl", str(questions), "--library", str(library)], check=True, stdout=file)
        asked = sum(1 for line in answers.open(encoding="utf-8") if json.loads(line))
        print(f"ingest {took:.1f} s, {asked} questions {time.perf_counter() - began:.1f} s, model loading included in both", flush=True)
        return subprocess.run([sys.executable, str(shared / "evaluation" / "score.py"), str(questions), str(answers)]).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared")))
