"""`reflect ingest` into a library on a small file system that is really full.

usage: python -m benchmarks.full_disk [--megabytes N]     (as root: it mounts a file system in memory)

With more and more room left, a long briefing is taken into a library that holds the starter briefings. Each time the
command must say in one line what is wrong and end with a code other than 0, or have taken the file in whole; what the
library holds must be listed and proven as before, and a question answered, also while the disk is full; and with room
the same command must work.
Then the same with a temporary folder (TMPDIR) on such a disk, for a ZIP of that briefing, and for a library that is new.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "Was the child spoken to alone?"
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


def reflect(library: Path, *arguments: str, temporary: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The command line, on that library, and with that temporary folder."""
    call = [sys.executable, str(ROOT / "app.py"), *arguments, "--library", str(library)]
    environment = {**os.environ, **({"TMPDIR": str(temporary)} if temporary else {})}
    return subprocess.run(call, capture_output=True, text=True, cwd=ROOT, env=environment)


def large(path: Path) -> Path:
    """A briefing that takes more room in the library than the disk has."""
    findings = "\n\n".join(f"In the review of case {n} the panel found that nobody had asked the lodger, visit {n}." for n in range(1500))
    path.write_text(f"# What was learned\n\n{findings}\n", "utf-8")
    return path


def wrong(before: tuple[str, str], library: Path, ran: subprocess.CompletedProcess[str], file: str = "large.md") -> list[str]:
    """What is not as it must be after the command ran on a full disk."""
    found = []
    if "Traceback" in ran.stdout + ran.stderr:
        found.append("traceback")
    if ran.returncode == 0:
        return found
    told = [line for line in (ran.stdout + ran.stderr).splitlines() if line.strip()]
    if sum(file in line and "no room left" in line for line in told) != 1:
        found.append("not told in one line")
    listed, proven = reflect(library, "list", "--json"), reflect(library, "verify", "--json")
    if (listed.stdout, proven.stdout) != before:
        found.append(f"not listed or proven as before: {(listed.stderr or proven.stderr).strip()[-200:]}")
    if before[0] and (asked := reflect(library, "ask", QUESTION, "--json")).returncode:
        found.append(f"a question is not answered: {asked.stderr.strip()[-200:]}")
    return found


def try_library(folder: Path, ready: Path, before: tuple[str, str], disk: Path, room: int) -> None:
    """With so much room on the library's disk: a file into a library that is there."""
    file, library = large(folder / "large.md"), disk / "library"
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


def try_temporary(folder: Path, ready: Path, before: tuple[str, str], disk: Path, room: int) -> None:
    """With so much room in the temporary folder: a ZIP into a library that is there, and a file into a new one."""
    zipped, new = folder / "large.zip", folder / "new"
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.write(large(folder / "large.md"), "large.md")
    for library, file, held in ((folder / "library", zipped, before), (new, folder / "large.md", ("", ""))):
        shutil.rmtree(library, ignore_errors=True)
        if library != new:
            shutil.copytree(ready, library)
        fill(disk, room)
        ran = reflect(library, "ingest", str(file), temporary=disk)
        found = wrong(held, library, ran, file.name)
        found += [] if ran.returncode == 0 or str(disk) in ran.stdout else ["the temporary folder is not named"]
        found += [] if not list(disk.glob("reflect-*")) else ["files are left unpacked"]
        found += [] if reflect(library, "ingest", str(file)).returncode == 0 else ["not taken in with another temporary folder"]
        print(f"{room:6} KB left, {file.name}: code {ran.returncode}, {'; '.join(found) or 'as it must be'}")
        print("       ", (ran.stdout + ran.stderr).strip().replace("\n", "\n        "), flush=True)


def main() -> None:
    """Fill, try, and print a row for each amount of room."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--megabytes", type=int, default=16)
    megabytes = options.parse_args().megabytes
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        ready = folder / "ready"
        reflect(ready, "ingest", "--starter")
        before = reflect(ready, "list", "--json").stdout, reflect(ready, "verify", "--json").stdout
        with small_disk(folder / "disk", megabytes) as disk:
            for room in ROOMS:
                try_library(folder, ready, before, disk, room)
        with small_disk(folder / "temporary", megabytes) as disk:
            for room in ROOMS:
                try_temporary(folder, ready, before, disk, room)


if __name__ == "__main__":
    main()
