"""`make lock`: pins everything that is installed, each file by its sha256.

    python -m requirements.lock

`pyproject.toml` says which versions are allowed, `constraints.txt` which of them are chosen. To upgrade a package, change its
line in `constraints.txt` or delete it, then run this. It writes:

    run.txt        what the program needs, on every system and Python that it supports
    test.txt       what the tests need as well
    uv.txt         uv, which knows where torch's CPU build for Linux lies
    cuda.txt       what torch needs in addition on Linux where its CPU build cannot be had
    tools.txt      pip-audit, for `make audit`, in an environment of its own

and `constraints.txt` again, without what is no longer needed. `torch-cpu.txt` is written by hand: torch's CPU build for Linux
comes from torch's own index, which uv finds and a package registry does not have.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent
CONSTRAINTS = ROOT / "constraints.txt"
OLDEST = "3.11"
BUILD = "setuptools"  # what pyproject.toml's [build-system] names: installed from the lock, so that nothing is fetched to build
TOOLS = ("pip-audit>=2.9,<3",)
CUDA = ("nvidia-", "cuda-", "triton")  # names of what only torch's CUDA build needs
HEAD = "# Made by `make lock`. Change pyproject.toml or constraints.txt, then run it again."
CHOSEN = "# The versions that are installed. To change one, change or delete its line, then run `make lock`: it pins them by hash."

Entries = dict[str, str]
"""A package's name in its normal form, and its lines in a lock: pin, marker, hashes."""


def entries(text: str) -> Entries:
    """The packages of a lock or of constraints, comments and nested files left out."""
    kept = "\n".join(line for line in text.splitlines() if not re.match(r"\s*(#|-r\b|$)", line))
    blocks = re.findall(r"^\S.*(?:\n[ \t]+.*)*", kept, re.MULTILINE)
    return {normal(re.split(r"[=<> ;\[]", block, maxsplit=1)[0]): block for block in blocks}


def locked(name: str) -> Entries:
    """The packages of the lock `requirements/NAME.txt`."""
    return entries((FOLDER / f"{name}.txt").read_text("utf-8"))


def everything() -> Entries:
    """Every package that any of the locks installs."""
    return {k: v for name in ("uv", "cuda", "tools", "test", "run") for k, v in locked(name).items()}


def version_of(entry: str) -> str:
    """The version that a lock's lines pin."""
    found = re.search(r"==([^\s;\\]+)", entry)
    if found is None:
        raise ValueError(f"{entry.splitlines()[0]!r} pins no version")
    return found[1]


def normal(name: str) -> str:
    """A package's name as registries compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def compiled(*needs: str, project: Sequence[str] = ()) -> Entries:
    """The packages that `needs` come to, with the hash of every file of each release. Needs the registry.

    `project`: uv's arguments for what this project needs, empty for nothing of it.
    """
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", OLDEST]
    command += ["--generate-hashes", "--no-annotate", "--no-header", "--constraints", str(CONSTRAINTS), "-", *project]
    done = subprocess.run(command, cwd=ROOT, input="\n".join(needs), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"The lock could not be made. {done.stderr.strip()}")
    return {name: entry for name, entry in entries(done.stdout).items() if "== 'emscripten'" not in entry}  # Python in a browser


def write(path: Path, *lines: str) -> None:
    """Write a file whole, in one step."""
    partial = path.with_suffix(".part")
    partial.write_text("\n".join([*lines, ""]), "utf-8", newline="\n")
    partial.replace(path)


def main() -> None:
    """Make the locks."""
    CONSTRAINTS.touch()
    whole = compiled(BUILD, project=["pyproject.toml", "--extra=test"])
    run = compiled(BUILD, project=["pyproject.toml"])
    cuda = {name for name in run if name.startswith(CUDA)}
    locks = {
        "run": {name: entry for name, entry in run.items() if name not in cuda},
        "test": {name: entry for name, entry in whole.items() if name not in run},
        "cuda": {name: run[name] for name in cuda},
        "uv": compiled("uv"),
        "tools": compiled(*TOOLS),
    }
    if any(whole[name] != entry for name, entry in run.items()):
        sys.exit("The tests need other versions than the program. Pin the package in constraints.txt.")
    for lock, packages in locks.items():
        nested = ["-r run.txt"] if lock == "test" else []
        write(FOLDER / f"{lock}.txt", HEAD, *nested, *(packages[name] for name in sorted(packages)))
    chosen = {name: version_of(entry) for packages in locks.values() for name, entry in packages.items()}
    write(CONSTRAINTS, CHOSEN, *(f"{name}=={chosen[name]}" for name in sorted(chosen)))
    print(", ".join(f"{lock}.txt {len(packages)} packages" for lock, packages in locks.items()))


if __name__ == "__main__":
    main()
