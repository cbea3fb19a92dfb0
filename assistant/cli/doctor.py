"""`reflect doctor`: what is wrong with an installation, and how to fix it."""

from __future__ import annotations

import importlib.util
import random
import shutil
import socket
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import typer
from packaging.requirements import InvalidRequirement, Requirement
from rich.text import Text

from assistant.cli.options import LibraryFolder, SettingsFile, default_folder, open_settings, out
from assistant.cli.upgrade import UpgradeOf
from knowledge.briefing import Briefing
from knowledge.derived import damaged
from knowledge.embedding import DEFAULT_MODEL, SentenceEmbedder, sha256_of
from knowledge.errors import ReflectionError, VectorsDamaged
from knowledge.kept_files import KeptFiles
from knowledge.library import CATALOGUE, Library
from knowledge.model_files import model_files

PROJECT = "practice-reflection-assistant"
ROOM = 500  # MB that should be free beside the library
SAMPLE = 200  # kept files that are compared with their sha256
OLDEST = (3, 11)
PORT = 7860
INSTALL = "python -m pip install --require-hashes -r requirements/run.txt"
PROJECT_TOO = f"{INSTALL}, then python -m pip install --no-deps --no-build-isolation -e ."


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, whether it is well, and a sentence: how it stands, or what is wrong and how to fix it."""

    what: str
    well: bool
    told: str


def add_doctor(app: typer.Typer, upgrade_of: UpgradeOf | None = None) -> None:
    """Add `reflect doctor`; what tells which briefings are outdated is handed to it."""

    @app.command("doctor")
    def command(library: LibraryFolder = None, settings: SettingsFile = None) -> None:
        """Look for what is wrong with this installation, and say how to fix it. Exit status 1 where something is."""
        doctor(library, settings, upgrade_of)


def doctor(library: Path | None = None, settings: Path | None = None, upgrade_of: UpgradeOf | None = None) -> None:
    """Print what is found. Exit status 1 where something is wrong."""
    findings = list(examined(library or default_folder(), settings, upgrade_of))
    for finding in findings:
        sign = ("OK     ", "green") if finding.well else ("FIX    ", "bold red")
        out.print(Text.assemble(sign, f"{finding.what}: {finding.told}"), soft_wrap=True)
    if not all(finding.well for finding in findings):
        raise SystemExit(1)


def examined(folder: Path, settings: Path | None = None, upgrade_of: UpgradeOf | None = None) -> Iterator[Finding]:
    """Everything that is looked at, in the order in which it is needed."""
    yield _python()
    yield _packages()
    yield _model()
    yield _files("learned")
    yield _files("danger")
    yield _files("names")
    yield _recognition()
    yield _temporary()
    yield from _library(folder, upgrade_of)
    yield _settings(settings)
    yield _port()


def _python() -> Finding:
    now = ".".join(map(str, sys.version_info[:3]))
    oldest = ".".join(map(str, OLDEST))
    return Finding(
        "Python", sys.version_info >= OLDEST, now if sys.version_info >= OLDEST else f"{now} is too old. Install {oldest} or later."
    )


def _packages() -> Finding:
    """The packages that the project names, each within its bounds."""
    try:
        needed = [Requirement(line) for line in requires(PROJECT) or () if "extra ==" not in line]
    except (PackageNotFoundError, InvalidRequirement):
        return Finding("Packages", False, f"the project itself is not installed. Run: {PROJECT_TOO}")
    wrong = []
    for package in needed:
        try:
            if not package.specifier.contains(version(package.name).split("+")[0], prereleases=True):
                wrong.append(f"{package.name} {version(package.name)} (needs {package.specifier})")
        except PackageNotFoundError:
            wrong.append(f"{package.name} (missing)")
    if wrong:
        return Finding("Packages", False, f"{', '.join(wrong)}. Run: {INSTALL}")
    return Finding("Packages", True, f"all {len(needed)} are installed.")


def _model() -> Finding:
    try:
        SentenceEmbedder().load()
    except ReflectionError as error:
        return Finding("Embedding model", False, str(error))
    return Finding("Embedding model", True, f"loads, and all {len(model_files('embedding').sha256)} files match the published versions.")


def _files(key: str) -> Finding:
    """Whether the files of a model are the published ones."""
    model = model_files(key)
    if trouble := model.trouble():
        return Finding(model.name, False, f"{model.without} {trouble}")
    count = len(model.sha256)
    return Finding(
        model.name, True, f"all {count} files match the published versions." if count > 1 else "its file matches the published version."
    )


def _recognition() -> Finding:
    if model_files("recognition").where() is not None and importlib.util.find_spec("tesserocr") is not None:
        return _files("recognition")
    if shutil.which("tesseract") is None:
        return Finding("Text recognition", False, "is missing, so scans are refused. Run: " + INSTALL)
    return Finding("Text recognition", True, "is there, as the command tesseract.")


def _temporary() -> Finding:
    try:
        with tempfile.TemporaryFile() as file:
            file.write(b"room")
    except OSError as error:
        return Finding("Temporary folder", False, f"cannot be written ({error.strerror}). Make room, or set TMPDIR to another folder.")
    return Finding("Temporary folder", True, f"{tempfile.gettempdir()} can be written.")


def _library(folder: Path, upgrade_of: UpgradeOf | None) -> Iterator[Finding]:
    """The library: whether it opens, what of it is damaged or missing, and room beside it."""
    if not (folder / CATALOGUE).exists() and not list(KeptFiles(folder)):
        yield Finding("Library", True, f"there is none at {folder} yet. `reflect ingest --starter` makes one.")
        return
    try:
        with closing(Library(folder)) as library:  # looked at as it is: to ready it would put this model's vectors in another's place
            found = [*_catalogue(library), _kept_files(library), _index(library), *_up_to_date(library, upgrade_of)]
    except ReflectionError as error:
        yield Finding("Library", False, str(error))
        return
    yield from found
    if broken := damaged(folder / "derived"):
        told = f"{', '.join(file.name for file in broken)} in {folder / 'derived'}: damaged. Damaged ones are rebuilt at the next start."
        yield Finding("Derived files", False, told)
    if aside := library.files.set_aside_files():
        yield Finding("Set aside", True, f"{len(aside)} in {library.files.aside}: look at them, and delete what you do not need.")
    free = shutil.disk_usage(folder).free // 1_000_000
    yield Finding(
        "Room", free >= ROOM, f"{free:,} MB free beside the library." + ("" if free >= ROOM else " Make room before you add briefings.")
    )


def _catalogue(library: Library) -> Iterator[Finding]:
    """Whether SQLite finds the catalogue whole, and every passage stands on its page."""
    briefings = library.briefings()
    yield Finding("Library", True, f"{len(briefings)} briefings at {library.folder}.")
    wrong = library.catalogue.fault()
    astray = [b.file_name for b in briefings if not wrong and _astray(library, b)]
    if wrong or astray:
        what = wrong or f"passages of {', '.join(astray[:3])} are not on their pages"
        yield Finding("Catalogue", False, f"is damaged ({what}). Restore a backup, or read the files again with `reflect rebuild`.")
    else:
        yield Finding("Catalogue", True, "whole, and every passage stands on its page.")


def _up_to_date(library: Library, upgrade_of: UpgradeOf | None) -> Iterator[Finding]:
    """Whether everything was read and embedded as this version does it."""
    waiting = upgrade_of(library).waiting if upgrade_of is not None else ()
    if waiting:
        how = "; ".join(f"{number} {why}" for why, number in Counter(one.why for one in waiting).most_common(3))
        many = "1 briefing was" if len(waiting) == 1 else f"{len(waiting):,} briefings were"
        yield Finding("Reading", False, f"{many} read by an earlier version ({how}). Run `reflect upgrade`.")
    elif upgrade_of is not None:
        yield Finding("Reading", True, "every briefing was read by the rules and readers of this version.")
    made, known = library.catalogue.setting("weights"), SentenceEmbedder().weights
    if library.catalogue.setting("model") == DEFAULT_MODEL and made not in ("", known):
        yield Finding("Vectors", False, "were made by other weights of the embedding model. Run `reflect upgrade`.")


def _astray(library: Library, briefing: Briefing) -> bool:
    pages = {page.number: page.text for page in library.catalogue.pages(briefing.id)}
    passages = (stored.passage for stored in library.catalogue.passages(briefing.id))
    return any(pages.get(p.page, "")[p.start : p.end] != p.text for p in passages)


def _kept_files(library: Library) -> Finding:
    """Whether the files are there, and a sample of them (all, where they are few) as they were added."""
    kept = {b.file_name: (b.sha256, library.files.find(b.sha256)) for b in library.briefings()}
    if missing := [name for name, (_, file) in kept.items() if file is None]:
        return Finding("Kept files", False, f"{', '.join(missing[:3])}: missing. Delete the briefing and add its file again.")
    looked = random.sample(sorted(kept), min(len(kept), SAMPLE))
    changed = [name for name in looked if (of := kept[name])[1] is not None and sha256_of(of[1]) != of[0]]
    if changed:
        return Finding("Kept files", False, f"{', '.join(changed[:3])}: changed on disk. Delete the briefing and add its file again.")
    compared = "each" if len(looked) == len(kept) else f"{len(looked)} of {len(kept)}"
    return Finding("Kept files", True, f"all there, {compared} as it was added. `reflect verify` proves every quotation.")


def _index(library: Library) -> Finding:
    try:
        agree = library.vectors.holds(library.catalogue.passage_count()) and library.vectors.whole()
    except VectorsDamaged:
        agree = False
    again = f"The next question will rebuild it. If the problem remains, delete {library.folder / 'vectors'}."
    return Finding("Index", agree, "holds every passage." if agree else f"does not hold every passage. {again}")


def _settings(path: Path | None) -> Finding:
    try:
        own = open_settings(path)
    except ReflectionError as error:
        return Finding("Settings", False, str(error))
    contacts = "with contacts" if own.contacts else "no contacts are set, so danger notices give 999 only (see docs/settings.md)"
    return Finding("Settings", True, f"{contacts}.")


def _port() -> Finding:
    with socket.socket() as probe:
        taken = probe.connect_ex(("127.0.0.1", PORT)) == 0
    return Finding(
        "Port",
        True,
        f"{PORT} is in use. The page may be running already; if not, start it with --port 0." if taken else f"{PORT} is free for the page.",
    )
