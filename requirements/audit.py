"""`make audit`: whether weaknesses are published for anything that the locks pin. Needs the internet.

    python -m requirements.audit                the answer in a table, or in one sentence

Exit status 0: everything was asked about, and nothing is known. 1: something is known. 2: it could not be asked, wholly or in part.
pip-audit itself ends with 0 where its source of advisories knows none of the packages, as a registry's mirror does not.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from requirements.lock import FOLDER

LOCKS = ("uv", "run", "test", "cuda", "tools")  # each: pip-audit does not follow a lock that another takes in
UNASKED = "The advisories could not be asked"
AGAIN = "Run `make audit` on a machine that reaches them."


def ask(lock: str) -> tuple[int, list[Mapping[str, Any]], str]:
    """pip-audit's exit status, what it says of each package of a lock, and its last words."""
    command = [sys.executable, "-m", "pip_audit", "--format=json", "--progress-spinner=off", "--require-hashes", "--disable-pip"]
    done = subprocess.run([*command, "-r", str(FOLDER / f"{lock}.txt")], capture_output=True, text=True, check=False)
    try:
        return done.returncode, json.loads(done.stdout)["dependencies"], ""
    except (ValueError, KeyError):
        return done.returncode, [], (done.stderr.strip().splitlines() or ["no answer"])[-1]


def judge(answers: Sequence[tuple[int, Sequence[Mapping[str, Any]], str]]) -> tuple[int, list[str]]:
    """The exit status, and the lines to print."""
    failed = [words for _, _, words in answers if words]
    if failed:
        return 2, [f"{UNASKED} ({failed[0]}). {AGAIN}"]
    said = {one["name"]: one for _, found, _ in answers for one in found}
    known = [(name, weak) for name, one in sorted(said.items()) for weak in one.get("vulns", ())]
    lines = [
        f"{name} {said[name]['version']}: {weak['id']}, mended in {', '.join(weak['fix_versions']) or 'no version yet'}"
        for name, weak in known
    ]
    unasked = sorted(name for name, one in said.items() if "skip_reason" in one)
    if unasked or not said:
        lines.append(f"{UNASKED} about {len(unasked)} of {len(said)} packages. {AGAIN}")
    elif not known:
        lines.append(f"Nothing is known against any of {len(said)} packages.")
    return (1 if known else 2 if unasked or not said else 0), lines


def main() -> None:
    """Ask, print, and end with the status."""
    status, lines = judge([ask(lock) for lock in LOCKS])
    print("\n".join(lines))
    sys.exit(status)


if __name__ == "__main__":
    main()
