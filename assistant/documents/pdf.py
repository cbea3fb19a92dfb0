"""Word files and slides as PDF files, by LibreOffice where it is installed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

Finder = Callable[[str], str | None]
NAMES = ("soffice", "libreoffice")
SECONDS = 120.0  # for all files together; a dozen take some ten


class NoPdf(Exception):
    """No PDF files could be made; the message says why."""


def as_pdf(documents: Mapping[str, bytes], find: Finder = shutil.which, seconds: float = SECONDS) -> dict[str, bytes]:
    """The same documents as PDF files, named like them. `find` looks for a program by its name.

    LibreOffice works in a folder of its own, away from the settings and the open windows of whoever uses it. Raises NoPdf where it is
    not installed, takes more than so many `seconds`, or leaves a file out.
    """
    office = next((found for name in NAMES if (found := find(name))), None)
    if office is None:
        raise NoPdf("LibreOffice, which makes them, was not found on this computer.")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        here, made = Path(folder) / "files", Path(folder) / "pdf"
        here.mkdir()
        made.mkdir()
        for name, data in documents.items():
            (here / name).write_bytes(data)
        _convert(office, sorted(here.iterdir()), made, (Path(folder) / "settings").as_uri(), seconds)
        wanted = {f"{name.rpartition('.')[0]}.pdf" for name in documents}
        pdfs = {path.name: path.read_bytes() for path in sorted(made.glob("*.pdf"))}
    if wanted - set(pdfs):
        raise NoPdf("LibreOffice did not make all of them.")
    return pdfs


def _convert(office: str, files: list[Path], to: Path, settings: str, seconds: float) -> None:
    """Run LibreOffice; whatever it started ends with it. Raises NoPdf where it takes too long or cannot be started."""
    command = [office, f"-env:UserInstallation={settings}", "--headless", "--convert-to", "pdf", "--outdir", str(to), *map(str, files)]
    nothing = subprocess.DEVNULL
    try:
        process = subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True)
    except OSError as error:
        raise NoPdf(f"LibreOffice cannot be started ({error.strerror}).") from error
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired as error:
        raise NoPdf(f"LibreOffice took longer than {seconds:g} seconds.") from error
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program, and on systems that have groups of processes what it started as well."""
    if process.poll() is not None:
        return
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
