"""Nothing of uploads and unpacked archives stays in the temporary folder, however the program ends: it is really killed here."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from knowledge.temporary import sweep
from tests import made_files
from tests.interrupting import INTERRUPTIBLE
from tests.test_budget import slow

ROOT = Path(__file__).resolve().parent.parent
SECRET = "the marrowstone father is never at home when I visit"
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals")


class Running:
    """`reflect` in a process of its own, with a temporary folder of its own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.temporary = folder / "temporary"
        self.temporary.mkdir(exist_ok=True)
        environment = {**os.environ, "TMPDIR": str(self.temporary), "PYTHONUNBUFFERED": "1"}
        environment.pop("GRADIO_TEMP_DIR", None)
        command = [sys.executable, str(ROOT / "app.py"), *arguments, "--library", str(folder / "library")]
        self.process: subprocess.Popen[str] = subprocess.Popen(
            command,
            env=environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **INTERRUPTIBLE,
        )

    def line(self, says: str) -> str:
        """The first line of its output with this in it."""
        assert self.process.stdout is not None
        told = []
        for line in self.process.stdout:
            told.append(line)
            if says in line:
                return line
        pytest.fail("".join(told))

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        assert self.process.stdout is not None
        self.process.stdout.read()
        self.process.stdout.close()
        return self.process.wait(timeout=60)

    @property
    def own(self) -> Path:
        """The temporary folder that this process made."""
        [folder] = self.temporary.glob(f"reflect-{os.getuid()}-{self.process.pid}-*")
        return folder

    @property
    def left(self) -> list[Path]:
        """The product's own in the temporary folder."""
        return sorted(path for path in self.temporary.rglob("*") if "reflect-" in str(path.relative_to(self.temporary)))


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def starting(*arguments: str) -> Running:
        started.append(Running(tmp_path, *arguments))
        return started[-1]

    yield starting
    for running in started:
        if running.process.poll() is None:
            running.end(signal.SIGKILL)


def upload(running: Running) -> None:
    """Upload a file to the page as a browser does; Gradio puts it below the process's own folder."""
    address = re.search(r"http://[^/\s]+", running.line("The page is open at"))
    assert address
    part = f'--x\r\nContent-Disposition: form-data; name="files"; filename="notes.txt"\r\n\r\n{SECRET}\r\n--x--\r\n'
    request = urllib.request.Request(
        f"{address[0]}/gradio_api/upload", part.encode(), {"Content-Type": "multipart/form-data; boundary=x"}, method="POST"
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200
    [_] = [path for path in running.own.rglob("*") if path.is_file() and SECRET in path.read_text("utf-8", "ignore")]


@POSIX
def test_what_a_killed_page_left_is_gone_at_the_next_start_and_one_that_is_asked_to_end_leaves_nothing(
    start: Callable[..., Running],
) -> None:
    """One start of a page takes seconds of a processor: the pages that are asked to end are those that see the killed one's rest go."""
    killed, living = start("serve", "--port", "0"), start("serve", "--port", "0")
    upload(killed)
    left = killed.own
    assert stat.S_IMODE(left.stat().st_mode) == 0o700
    killed.end(signal.SIGKILL)
    assert left.exists(), "a killed program cannot put anything away"
    upload(living)
    asked = {signal.SIGTERM: living, signal.SIGINT: start("serve", "--port", "0"), signal.SIGHUP: start("serve", "--port", "0")}
    upload(asked[signal.SIGINT])
    assert not left.exists()
    assert living.own.exists()
    upload(asked[signal.SIGHUP])
    for number, running in asked.items():
        own = running.own
        assert (running.end(number), own.exists()) == (0 if number == signal.SIGINT else 128 + number, False)
    assert living.left == []


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive that takes a while."""
    with zipfile.ZipFile(tmp_path / "pack.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.write(made_files.bullets(tmp_path / "first.pdf"), "first.pdf")
        for number in range(10):
            packed.write(slow(tmp_path, number), f"{number}.pdf")
    return tmp_path / "pack.zip"


@POSIX
@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_taking_in_that_is_asked_to_end_leaves_nothing_unpacked(
    start: Callable[..., Running], archive: Path, number: int, status: int
) -> None:
    running = start("ingest", str(archive))
    running.line("first.pdf")
    assert any(path.name == "9.pdf" for path in running.left)
    children = psutil.Process(running.process.pid).children()
    assert running.end(number) == status
    assert running.left == []
    assert not psutil.wait_procs(children, timeout=20)[1]


@POSIX
def test_what_killed_taking_in_left_is_gone_at_the_next(start: Callable[..., Running], archive: Path, tmp_path: Path) -> None:
    running = start("ingest", str(archive))
    running.line("first.pdf")
    assert running.end(signal.SIGKILL) == -signal.SIGKILL
    assert any(path.name == "9.pdf" for path in running.left)
    again = start("ingest", str(tmp_path / "first.pdf"))
    again.line("unchanged first.pdf")
    again.end(0)
    assert running.left == []


def test_folders_of_others_and_links_are_not_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link that another user puts there must not lead the sweeping elsewhere."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    user = os.getuid() if hasattr(os, "getuid") else "user"
    kept: list[Any] = [tmp_path / "precious", tmp_path / f"reflect-{user}x-1-abc", tmp_path / "reflect-99999-1-abc"]
    left = tmp_path / f"reflect-{user}-1-abc"
    for folder in [*kept, left]:
        folder.mkdir()
        (folder / "file").write_text("x")
        os.utime(folder, (0, 0))
    (tmp_path / f"reflect-{user}-2-abc").symlink_to(kept[0])
    assert sweep() == [left]
    assert [(folder / "file").exists() for folder in kept] == [True] * 3
    assert not left.exists()
