"""Serves the page: Gradio's application behind the gate, with sign-in, files, fonts and scripts beside it.

Gradio's own `launch` is not used: it puts its cross-site answers outside everything else, signs people in on the event loop, and
offers no bound on connections.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import fastapi
import gradio as gr
import uvicorn
from starlette.routing import BaseRoute, Route

from assistant.page.assets import mounted, own_routes
from assistant.page.attempts import Attempts
from assistant.page.calls import Calls
from assistant.page.connections import uvicorn_settings
from assistant.page.event_loop import in_event_loop
from assistant.page.gate import USER, Gate
from assistant.page.hosts import EVERY_ADDRESS, allowed_hosts
from assistant.page.page_sessions import PageSessions
from assistant.page.routes import PASSWORD, SIGN_IN, SIGN_OUT
from assistant.page.sign_in import Door
from assistant.page.sign_ins import SignIns
from assistant.serving import Serving
from knowledge.library import Library
from knowledge.security_log import Event

STARTS_WITHIN = 30.0  # seconds
ENDS_WITHIN = 10.0
FIRST_PORTS = range(7860, 7960)


@dataclass(slots=True)
class PageServer:
    """A page that is being served, from a thread of its own. `address` is where; close it when done."""

    blocks: gr.Blocks
    gate: Gate
    address: str
    gradio: Any
    _server: uvicorn.Server = field(repr=False)
    _thread: threading.Thread = field(repr=False)

    def close(self) -> None:
        """Stop serving; what the server kept of open pages goes with it."""
        self.gradio.stop_event.set()
        self.blocks._queue.stopped = True
        self.blocks.is_running = False
        self._server.should_exit = True
        self._thread.join(ENDS_WITHIN)
        if self.gate.log is not None:
            self.gate.log.record(Event.STOPPED)


def serve_page(blocks: gr.Blocks, library: Library | None = None, serving: Serving | None = None) -> PageServer:
    """Serve the page; it can be opened when this returns. Raises OSError where the port cannot be had."""
    how = serving or Serving()
    pages = PageSessions(how.clock)
    sign_ins = SignIns(how.accounts, idle=how.idle, longest=how.longest, clock=how.clock) if how.accounts is not None else None
    door = Door(sign_ins, pages, how.log, Attempts(how.clock)) if sign_ins is not None else None
    parent, gradio = _application(blocks, library, pages, sign_ins, door)
    gate = Gate(parent, allowed_hosts(how.host, how.names), Calls(blocks), pages, how.log, sign_ins)
    blocks.has_launched = True  # or Gradio, mounted and not launched, does not look whether a file that is named was uploaded
    bound = _bind(how.host, how.port)
    config = uvicorn.Config(gate, proxy_headers=True, forwarded_allow_ips=list(how.proxies), **uvicorn_settings())
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, name="page", daemon=True)
    thread.start()
    _wait(server, thread)
    port = bound.getsockname()[1]
    blocks.server_port, blocks.server_name = port, how.host
    if how.log is not None:
        how.log.record(Event.STARTED, address=f"{how.host}:{port}")
    return PageServer(blocks, gate, _address(how.host, port), gradio, server, thread)


@in_event_loop
def _application(
    blocks: gr.Blocks, library: Library | None, pages: PageSessions, sign_ins: SignIns | None, door: Door | None
) -> tuple[fastapi.FastAPI, Any]:
    """The page's application: our own addresses, then Gradio's."""

    @contextlib.asynccontextmanager
    async def watched(_: fastapi.FastAPI) -> AsyncIterator[None]:
        watching = asyncio.create_task(_watch(pages, sign_ins, parent.state.gradio, library))
        try:
            yield
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching

    parent = fastapi.FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=watched)
    routes: list[BaseRoute] = [*own_routes(library, pages)]
    if door is not None:
        routes += [
            Route(SIGN_IN, door.sign_in, methods=["POST"]),
            Route(SIGN_OUT, door.sign_out, methods=["POST"]),
            Route(PASSWORD, door.password_page),
            Route(PASSWORD, door.change_password, methods=["POST"]),
        ]
    parent.router.routes.extend(routes)
    gradio = mounted(parent, blocks, _user_of if sign_ins is not None else None)
    parent.state.gradio = gradio
    return parent, gradio


def _user_of(request: fastapi.Request) -> str | None:
    """Who signed in, as the gate found."""
    found: str | None = request.scope.get(USER)
    return found


async def _watch(pages: PageSessions, sign_ins: SignIns | None, gradio: Any, library: Library | None) -> None:
    """Let go of pages that are gone, and of the pages of browsers whose sign-in is over.

    The library's connections are closed with them, and opened again when they are needed: SQLite keeps the last words that it looked for.
    """
    watching = asyncio.create_task(pages.watch(gradio, library.catalogue.close if library else None))
    try:
        while True:
            if sign_ins is not None:
                standing = sign_ins.sweep()
                for owner in pages.owners():
                    if owner not in standing:
                        pages.end_all_of(owner)
            await asyncio.sleep(1.0)
    finally:
        watching.cancel()


def _bind(host: str, port: int | None) -> socket.socket:
    """A socket that listens there. `port` 0 takes any free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in [port] if port is not None else [*FIRST_PORTS, 0]:
        made = socket.socket(family, socket.SOCK_STREAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind((host.strip("[]"), number))
            made.listen(512)
            made.set_inheritable(False)
            return made
        except OSError:
            made.close()
            if port is not None or number == 0:
                raise
    raise OSError("no free port")


def _wait(server: uvicorn.Server, thread: threading.Thread) -> None:
    """Until the server has started. Raises OSError where it did not."""
    over = threading.Event()
    waited = 0.0
    while not server.started:
        if not thread.is_alive() or waited > STARTS_WITHIN:
            raise OSError("the server did not start")
        over.wait(0.01)
        waited += 0.01


def _address(host: str, port: int) -> str:
    name = "localhost" if host in EVERY_ADDRESS else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}/"
