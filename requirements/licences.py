"""The licences of everything that is installed: docs/licences.md, made from the locks, the packages' metadata and licences.toml.

    python -m requirements.licences

`make lock` runs it. A package whose licence is not known stops it: read the package's licence, then put it into licences.toml.
"""

from __future__ import annotations

import re
import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, distributions
from typing import Any

from requirements.lock import FOLDER, ROOT, everything, locked, normal, version_of, write

PAGE = ROOT / "docs" / "licences.md"
MARK = "<!-- From here on `make lock` writes. -->"
USES = {"run": "the program", "test": "its tests", "uv": "installing", "cuda": "torch's CUDA build alone", "tools": "`make audit` alone"}

SPELLINGS = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache 2.0": "Apache-2.0",
    "apache 2.0 license": "Apache-2.0",
    "apache license version 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
}
SPDX = re.compile(r"[A-Za-z0-9.+-]*-?\d[A-Za-z0-9.+-]*|MIT|ISC|Zlib")


@dataclass(frozen=True, slots=True)
class Licensed:
    """A package of the locks: its version, its licence in SPDX's words, and what it is needed for."""

    name: str
    version: str
    licence: str
    use: str


@dataclass(frozen=True, slots=True)
class Bundled:
    """What a wheel carries besides its own code; `files` are the beginnings of its files' names in the Linux wheel."""

    package: str
    name: str
    licence: str
    files: tuple[str, ...] = ()
    note: str = ""


@cache
def _told() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "licences.toml").read_text("utf-8"))


@cache
def _installed() -> dict[str, Distribution]:
    return {normal(found.metadata["Name"]): found for found in distributions()}


def bundled() -> list[Bundled]:
    """What wheels carry, as licences.toml tells it."""
    return [Bundled(**{**one, "files": tuple(one.get("files", ()))}) for one in _told()["bundled"]]


def from_metadata(name: str) -> str:
    """The licence that an installed package's metadata names, in SPDX's words; empty where it names none, or a family of them."""
    found = _installed().get(name)
    if found is None:
        return ""
    told = {name: str(found.metadata[name]) for name in ("License-Expression", "License") if name in found.metadata}
    if "License-Expression" in told:
        return told["License-Expression"]
    classes = [line.rsplit("::", 1)[-1] for line in found.metadata.get_all("Classifier") or () if line.startswith("License ::")]
    for words in (told.get("License", ""), *classes):
        words = words.strip()
        known: str = SPELLINGS.get(words.lower(), words)
        if known and all(SPDX.fullmatch(part) for part in re.split(r" (?:AND|OR) ", known)):
            return known
    return ""


def licensed() -> list[Licensed]:
    """Every package of the locks with its licence. Stops with a sentence where one is not known."""
    written = dict(re.findall(r"^\| ([a-z0-9-]+) \| [^|]+ \| ([^|]+) \|", PAGE.read_text("utf-8"), re.MULTILINE)) if PAGE.exists() else {}
    known, found, unknown = _told()["known"], [], []
    for name, entry in sorted(everything().items()):
        use = next(use for lock, use in USES.items() if name in locked(lock))
        # A package that this system does not install keeps what was written where it was installed.
        licence = known.get(name) or from_metadata(name) or ("" if name in _installed() else written.get(name, ""))
        found.append(Licensed(name, version_of(entry), licence, use))
        unknown += [] if licence else [name]
    if unknown:
        sys.exit(f"The licence of {', '.join(unknown)} is not known. Read it, then put it into requirements/licences.toml.")
    return found


def tables() -> str:
    """The page's tables."""
    lines = ["## What the wheels carry", "", "| in the wheel of | what | licence | note |", "|---|---|---|---|"]
    lines += [f"| {one.package} | {one.name} | {one.licence} | {one.note} |" for one in bundled()]
    lines += ["", "## The packages", "", "| package | version | licence | for |", "|---|---|---|---|"]
    lines += [f"| {one.name} | {one.version} | {one.licence} | {one.use} |" for one in licensed()]
    return "\n".join(lines)


def page() -> str:
    """The page as it should be: what people wrote above the mark, and the tables."""
    head, _, _ = PAGE.read_text("utf-8").partition(MARK)
    return f"{head}{MARK}\n\n{tables()}\n"


def main() -> None:
    """Write the page."""
    write(PAGE, page().rstrip("\n"))


if __name__ == "__main__":
    main()
