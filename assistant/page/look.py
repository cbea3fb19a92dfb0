"""How the page is dressed and guarded: theme, style sheet, script, fonts, and the headers that keep it on this machine."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import gradio as gr
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.page.signin import SIGN_IN
from knowledge.errors import ReflectionError
from knowledge.library import Library
from knowledge.room import temporary_at_fault

HERE = Path(__file__).parent
NO_FILE = "The file of this briefing is not in the library any more. Go back to the page and ask again."
SCRIPTS = ("connection.js", "page.js", "reflect.js")
FILES = ("style.css", "signin.js", *SCRIPTS)
LINKS = '<link rel="stylesheet" href="look/style.css">' + "".join(f'<script src="look/{name}" defer></script>' for name in SCRIPTS)
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",  # Gradio writes its settings inline, and compiles templates
        "script-src-attr 'none'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
LOOKS = (b"text/css", b"text/javascript", b"application/javascript", b"font/", b"image/")  # what a browser may keep
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
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


def _alive(_: Request) -> Response:
    """For a page that asks whether it is still connected."""
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _no_room(request: Request, error: Exception) -> PlainTextResponse:
    """A file that cannot be put into the temporary folder: Gradio shows what stands here where it would speak of a server's error."""
    told = temporary_at_fault(error) if isinstance(error, OSError) and request.url.path.endswith("/upload") else ""
    if not told:
        raise error
    return PlainTextResponse(told, HTTPStatus.INSUFFICIENT_STORAGE)


def _kept_file(library: Library) -> Callable[[Request], Response]:
    """Hands over the file of a briefing: a PDF to be shown, anything else to be saved, so that nothing in it runs here."""

    def handed_over(request: Request) -> Response:
        if not _signed_in(request):
            return PlainTextResponse("Sign in first.", HTTPStatus.UNAUTHORIZED)
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


def _signed_in(request: Request) -> bool:
    """Whether the page asks nobody to sign in, or this browser has: by the token that Gradio gives and looks for itself."""
    served = request.app
    if getattr(served, "auth", None) is None:
        return True
    names = (f"access-token-{served.cookie_id}", f"access-token-unsecure-{served.cookie_id}")
    return any(served.tokens.get(request.cookies.get(name)) for name in names if request.cookies.get(name))


def dress(library: Library | None = None) -> dict[str, Any]:
    """What `launch` needs to show the page as it is meant; `library` hands over the files of its briefings."""
    routes = [
        *([Route("/files/{briefing}", _kept_file(library))] if library else []),
        *(Route(f"/look/{name}", _file) for name in FILES),
        Route("/look/alive", _alive),
        Mount("/look/fonts", StaticFiles(directory=HERE / "fonts")),
    ]
    return {
        "theme": theme(),
        "app_kwargs": {
            "routes": routes,
            "middleware": [Middleware(Guarded)],
            "exception_handlers": {OSError: _no_room},
            "docs_url": None,
            "redoc_url": None,
            "openapi_url": None,
        },
        "footer_links": [],
        "run_history": False,
        "ssr_mode": False,
        "show_error": False,
        "max_file_size": "50mb",
    }


class Guarded:
    """ASGI middleware: the sign-in page for who has not signed in; safe headers on every answer; our language, style and scripts."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on, with the answer changed on its way back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["method"] == "GET" and scope["path"] == "/" and not _signed_in(Request(scope)):
            await HTMLResponse(SIGN_IN, headers={**HEADERS, "cache-control": "no-store"})(scope, receive, send)
            return
        held: list[Message] = []
        body = bytearray()

        async def changed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _safe(message["headers"])}
                if _is_page(message):
                    held.append(message)
                    return
            elif held:
                body.extend(message.get("body", b""))
                if message.get("more_body"):
                    return
                page = _ours(bytes(body))
                start = held.pop()
                headers = [(k, v) for k, v in start["headers"] if k.lower() != b"content-length"]
                await send({**start, "headers": [*headers, (b"content-length", str(len(page)).encode())]})
                message = {"type": "http.response.body", "body": page}
            await send(message)

        await self.app(scope, receive, changed)


def _safe(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Our headers for the others'; what may hold a person's words is kept by no browser on its disk."""
    ours = {name.encode(): value.encode() for name, value in HEADERS.items()}
    kind = next((v for k, v in headers if k.lower() == b"content-type"), b"")
    if not kind.startswith(LOOKS):
        ours[b"cache-control"] = b"no-store"
    return [(k, v) for k, v in headers if k.lower() not in ours] + list(ours.items())


def _is_page(start: Message) -> bool:
    headers = {k.lower(): v for k, v in start["headers"]}
    return headers.get(b"content-type", b"").startswith(b"text/html") and b"content-encoding" not in headers


def _ours(page: bytes) -> bytes:
    """Gradio's page in British English, with our style before it is drawn, and without the addresses it links to elsewhere."""
    page = re.sub(rb'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>', b"", page)
    page = re.sub(rb'(<html\s[^>]*?lang=")en(")', rb"\1en-GB\2", page, count=1)
    return page.replace(b"</head>", LINKS.encode() + b"</head>", 1)
