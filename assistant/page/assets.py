"""How the page looks, and the files that it needs for that: theme, style sheet, scripts, fonts; and the library's own files."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import fastapi
import gradio as gr
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from assistant.page import routes
from assistant.page.calls import SESSION
from assistant.page.gate import cookie_of
from assistant.page.headers import SCRIPTS
from assistant.page.page_sessions import OPEN_TO_ALL, PageSessions
from assistant.page.sign_ins import browser_of
from knowledge.disk_errors import temporary_at_fault
from knowledge.errors import ReflectionError
from knowledge.library import Library

HERE = Path(__file__).parent
NO_FILE = "The file of this briefing is not in the library any more. Go back to the page and ask again."
FILES = ("style.css", "signin.js", *SCRIPTS)
COLOURS = {
    "body_background_fill": "var(--paper)",
    "body_text_color": "var(--ink)",
    "body_text_color_subdued": "var(--soft-ink)",
    "background_fill_primary": "var(--paper)",
    "background_fill_secondary": "var(--card)",
    "block_background_fill": "var(--card)",
    "block_border_color": "var(--line)",
    "border_color_primary": "var(--line)",
    "border_color_accent": "var(--deep)",
    "color_accent_soft": "var(--card)",
    "link_text_color": "var(--deep)",
    "link_text_color_hover": "var(--deep)",
    "link_text_color_visited": "var(--deep)",
    "link_text_color_active": "var(--deep)",
    "input_background_fill": "var(--field)",
    "input_border_color": "var(--edge)",
    "input_border_color_focus": "var(--deep)",
    "input_placeholder_color": "var(--soft-ink)",
    "button_primary_background_fill": "var(--deep)",
    "button_primary_background_fill_hover": "var(--deeper)",
    "button_primary_text_color": "var(--on-deep)",
    "button_secondary_background_fill": "var(--paper)",
    "button_secondary_background_fill_hover": "var(--card)",
    "button_secondary_text_color": "var(--deep)",
    "button_secondary_border_color": "var(--edge)",
    "block_label_text_color": "var(--ink)",
    "block_title_text_color": "var(--ink)",
}


def theme() -> gr.themes.Base:
    """Gradio's plainest theme in our colours and fonts; nothing in it is fetched from elsewhere."""
    plain = gr.themes.Base(font=["Source Sans 3", "Segoe UI", "sans-serif"], font_mono=["ui-monospace", "Consolas", "monospace"])
    return plain.set(**COLOURS, **{f"{name}_dark": value for name, value in COLOURS.items() if not name.startswith("color_accent_soft")})


def _file(request: Request) -> FileResponse:
    return FileResponse(HERE / Path(request.url.path).name)


def _nothing(_: Request) -> Response:
    """For a page that asks whether it is still connected, or says that somebody is at work in it: the gate has seen it."""
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _robots(_: Request) -> PlainTextResponse:
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


def _icon(_: Request) -> FileResponse:
    return FileResponse(HERE / "icon.svg", media_type="image/svg+xml")


def _left(pages: PageSessions) -> Callable[[Request], Any]:
    """The browser says that a page was closed: what the server keeps of it goes."""

    async def gone(request: Request) -> Response:
        session = (await request.body()).decode("utf-8", "replace")
        if SESSION.fullmatch(session):
            token = cookie_of({name.lower(): value for name, value in request.headers.items()})
            pages.leave(session, browser_of(token) if token else OPEN_TO_ALL)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    return gone


def _no_room(request: Request, error: Exception) -> PlainTextResponse:
    """A file that cannot be put into the temporary folder: Gradio shows what stands here where it would speak of a server's error."""
    told = temporary_at_fault(error) if isinstance(error, OSError) and request.url.path.endswith("/upload") else ""
    if not told:
        raise error
    return PlainTextResponse(told, HTTPStatus.INSUFFICIENT_STORAGE)


def _kept_file(library: Library) -> Callable[[Request], Response]:
    """Hands over the file of a briefing: a PDF to be shown, anything else to be saved, so that nothing in it runs here."""

    def handed_over(request: Request) -> Response:
        try:
            briefing = library.briefing(request.path_params["briefing"])
            file = library.file_of(briefing)
        except ReflectionError:
            return PlainTextResponse(NO_FILE, HTTPStatus.NOT_FOUND)
        shown = file.suffix.lower() == ".pdf"
        kind = "application/pdf" if shown else "application/octet-stream"
        manner = "inline" if shown else "attachment"
        return FileResponse(file, media_type=kind, filename=briefing.file_name, content_disposition_type=manner)

    return handed_over


def own_routes(library: Library | None, pages: PageSessions) -> list[BaseRoute]:
    """Our own addresses beside Gradio's; who may call them stands in `assistant.page.routes`."""
    return [
        *([Route("/files/{briefing}", _kept_file(library))] if library else []),
        *(Route(f"/look/{name}", _file) for name in FILES),
        Route(routes.ALIVE, _nothing),
        Route(routes.ACTIVE, _nothing, methods=["POST"]),
        Route(routes.LEFT, _left(pages), methods=["POST"]),
        Route("/robots.txt", _robots),
        Route("/favicon.ico", _icon),
        Mount("/look/fonts", StaticFiles(directory=HERE / "fonts")),
    ]


def mounted(parent: fastapi.FastAPI, blocks: gr.Blocks, user_of: Callable[[fastapi.Request], str | None] | None) -> Any:
    """Put Gradio's application, dressed as ours, behind our own addresses; returns it. `user_of` tells who has signed in."""
    gr.mount_gradio_app(
        parent,
        blocks,
        path="/",
        app_kwargs={"exception_handlers": {OSError: _no_room}, "docs_url": None, "redoc_url": None, "openapi_url": None},
        auth_dependency=user_of,
        theme=theme(),
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        show_error=False,
        max_file_size="50mb",
    )
    return parent.routes[-1].app  # type: ignore[attr-defined]
