"""A page with people who sign in, for tests: an editor and a reader over a small library, with a clock that tests turn."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

import app
from assistant.accounts import Accounts, put_user
from ingest.pipeline import ingest, steps
from knowledge.library import Library
from knowledge.security_log import SecurityLog
from tests.library_maker import write_markdown
from tests.page.conftest import Lengths, Scripted, ScriptedGuide

if TYPE_CHECKING:
    from assistant.page.server import PageServer

PEOPLE = {
    "lead": ("editor", "harbour lantern seven"),
    "worker": ("reader", "gravel orchid teapot"),
    "other": ("reader", "copper mitten forest"),
}


@dataclass
class Clock:
    """Seconds that a test turns on."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Shared:
    """A shared page that is being served."""

    served: PageServer
    library: Library
    people: Path
    log: SecurityLog
    clock: Clock = field(default_factory=Clock)

    @property
    def address(self) -> str:
        return self.served.address

    @contextmanager
    def client(self, name: str = "", **more: Any) -> Iterator[httpx.Client]:
        """A client that is signed in as this person, or as nobody."""
        with httpx.Client(base_url=self.address, timeout=60, **more) as client:
            if name:
                self.sign_in(client, name).raise_for_status()
            yield client

    def sign_in(self, client: httpx.Client, name: str, password: str = "", **more: Any) -> httpx.Response:
        """Try to sign in."""
        return client.post("sign-in", data={"username": name, "password": password or PEOPLE[name][1]}, **more)

    def logged(self) -> str:
        """The security log so far."""
        return self.log.path.read_text("utf-8")


@contextmanager
def shared_page(folder: Path, **how: Any) -> Iterator[Shared]:
    """Serve one."""
    os.environ.update(app.QUIET)
    from assistant.page import page
    from assistant.serving import Serving

    library = Library(folder / "library", Lengths())
    assert [r.status for r in ingest(library, [write_markdown(folder / "ashby.md", "Ashby")])] == ["added"]
    for name, (role, password) in PEOPLE.items():
        put_user(folder / "people.toml", name, role, password)
    accounts, log, clock = Accounts(folder / "people.toml"), SecurityLog(folder / "security.log"), Clock()
    blocks = page(library, Scripted(library), ScriptedGuide(library), steps, accounts=accounts, log=log)
    served = app.open_page(blocks, library, Serving(accounts=accounts, log=log, clock=clock, **how))
    try:
        yield Shared(served, library, folder / "people.toml", log, clock)
    finally:
        served.close()
        log.close()
