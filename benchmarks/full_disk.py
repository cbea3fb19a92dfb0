"""`reflect ingest` into a library on a small file system that is really full.

usage: python -m benchmarks.full_disk [--megabytes N]     (as root: it mounts a file system in memory)

With more and more room left, a long briefing is taken into a library that holds the starter briefings. Each time the
command must say in one line what is wrong and end with a code other than 0, or have taken the file in whole; what the
library holds must be listed and proven as before, also while the disk is full; and with room the same command must work.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = (0, 4, 40, 100, 200, 400, 700, 1000, 1500, 2000, 3000, 4000, 6000)  # kilobytes left


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[Path]:
    """A file system of that size, mounted at `place`."""
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def fill(disk: Path, left: int) -> None:
    """Leave so many kilobytes of room."""
    filler = disk / "filler"
    filler.unlink(missing_ok=True)
    free = shutil.disk_usage(disk).free - left * 1024
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(free, 1))


def reflect(library: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line, on that library."""
    return subprocess.run(
        [sys.executable, str(ROOT / "app.py"), *arguments, "--library", str(library)], capture_output=True, text=True, cwd=ROOT
    )


def large(path: Path) -> Path:
    """A briefing that takes more room in the library than the disk has."""
    findings = "\n\n".join(f"In the review of case {n} the panel found that nobody had asked the lodger, visit {n}." for n in range(1500))
    path.write_text(f"# What was learned\n\n{findings}\n", "utf-8")
    return path


def wrong(before: tuple[str, str], library: Path, ran: subprocess.CompletedProcess[str]) -> list[str]:
    """What is not as it must be after the command ran on a full disk."""
    found = []
    if "Traceback" in ran.stdout + ran.stderr:
        found.append("traceback")
    if ran.returncode == 0:
        return found
    told = [line for line in (ran.stdout + ran.stderr).splitlines() if line.strip()]
    if sum("large.md" in line and "no room left" in line for line in told) != 1:
        found.append("not told in one line")
    listed, proven = reflect(library, "list", "--json"), reflect(library, "verify", "--json")
    if (listed.stdout, proven.stdout) != before:
        found.append(f"not listed or proven as before: {(listed.stderr or proven.stderr).strip()[-200:]}")
    return found


def main() -> None:
    """Fill, try, and print a row for each amount of room."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--megabytes", type=int, default=16)
    megabytes = options.parse_args().megabytes
    with tempfile.TemporaryDirectory() as folder, small_disk(Path(folder) / "disk", megabytes) as disk:
        file, ready, library = large(Path(folder) / "large.md"), Path(folder) / "ready", disk / "library"
        reflect(ready, "ingest", "--starter")
        before = reflect(ready, "list", "--json").stdout, reflect(ready, "verify", "--json").stdout
        for room in ROOMS:
            shutil.rmtree(library, ignore_errors=True)
            shutil.copytree(ready, library)
            fill(disk, room)
            ran = reflect(library, "ingest", str(file))
            found = wrong(before, library, ran)
            (disk / "filler").unlink()
            again = json.loads(reflect(library, "ingest", str(file), "--json").stdout or "{}").get("status")
            found += [] if again == ("added" if ran.returncode else "unchanged") else [f"with room again: {again}"]
            found += [] if reflect(library, "verify").returncode == 0 else ["not proven with room"]
            print(f"{room:6} KB left: code {ran.returncode}, {'; '.join(found) or 'as it must be'}")
            print("       ", (ran.stdout + ran.stderr).strip().replace("\n", "\n        "), flush=True)


if __name__ == "__main__":
    main()
