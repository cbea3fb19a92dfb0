"""Nothing leaves the machine: ingest, a question and the page, with every socket but loopback barred."""

from __future__ import annotations

import ipaddress
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
LOOKED_UP = ("socket.getaddrinfo", "socket.gethostbyname")
CONTACTED = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind")


class Barred(OSError):
    """What a module sees that turns to another machine."""


def is_here(host: Any) -> bool:
    """Whether an address or a host's name is this machine's own."""
    if isinstance(host, bytes):
        host = host.decode()
    if host in ("localhost", None, ""):
        return True
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return False


def bar(tried: list[str]) -> None:
    """From here on every connection from Python to another machine raises, and is noted in `tried`.

    An audit hook sees the call itself, whoever kept a reference to the socket module; it can't be taken off again.
    """

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event in LOOKED_UP:
            host = args[0]
        elif event in CONTACTED:
            address = args[1]
            if args[0].family not in (socket.AF_INET, socket.AF_INET6) or address is None:
                return
            host = address[0]
        else:
            return
        if not is_here(host):
            tried.append(f"{event} {host}")
            raise Barred(f"{event}: {host} is not this machine")

    sys.addaudithook(hook)


def everything(folder: Path) -> dict[str, Any]:
    """What a user does on the first day: the starter briefings go in, a question is asked, the page is opened."""
    tried: list[str] = []
    bar(tried)
    for name in ("example.org", "192.0.2.7"):
        try:
            socket.create_connection((name, 80), timeout=5).close()
        except Barred:
            continue
        raise AssertionError("the bar does not hold")
    barred, tried[:] = list(tried), []

    import urllib.request

    import app
    from assistant.assistant import Assistant
    from ingest.pipeline import ingest, starter_briefings
    from knowledge.library import Library

    library = Library(folder)
    added = [result.status for result in ingest(library, starter_briefings(), starter=True)]
    reply = Assistant(library).reply("Why were fathers not seen?")
    library.close()
    blocks, _ = app.build(folder)
    page = app.open_page(blocks)
    with urllib.request.urlopen(page.address, timeout=30) as answer:
        served = answer.status
    page.close()
    return {"barred": barred, "tried": tried, "added": added, "citations": len(reply.citations), "served": served}


@pytest.mark.parametrize("host", ["example.org", "192.0.2.7", "10.0.0.1", b"8.8.8.8", "2001:db8::1", "0.0.0.0"])
def test_other_machines_are_not_here(host: str | bytes) -> None:
    assert not is_here(host)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", b"127.0.0.1", "127.1.2.3", "::1", None])
def test_this_machine_is_here(host: str | bytes | None) -> None:
    assert is_here(host)


def test_nothing_leaves_the_machine(tmp_path: Path) -> None:
    quiet = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "GRADIO_ANALYTICS_ENABLED", "ANONYMIZED_TELEMETRY", "HF_HUB_DISABLE_TELEMETRY")
    clean = {name: value for name, value in os.environ.items() if name not in quiet}  # as a user starts it: the product must see to it
    done = subprocess.run(
        [sys.executable, "-m", "tests.test_no_network", str(tmp_path / "library")],
        cwd=ROOT,
        env=clean | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    assert len(seen["barred"]) == 2
    assert seen["tried"] == []
    assert set(seen["added"]) == {"added"}
    assert seen["citations"] > 0
    assert seen["served"] == 200


if __name__ == "__main__":
    print(json.dumps(everything(Path(sys.argv[1]))), flush=True)
    os._exit(0)  # Gradio's server threads would hold the interpreter open
