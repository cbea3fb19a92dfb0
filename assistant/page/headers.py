"""What goes out with every answer: headers that keep the page to itself, and the page in British English with our own style.

Gradio's answers to other sites (Access-Control-...) are taken out: no other site reads from this page.
"""

from __future__ import annotations

import re

from starlette.types import Message, Send

SCRIPTS = ("connection.js", "page.js", "reflect.js", "session.js", "check.js")
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
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=()",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
}
OVER_TLS = {b"strict-transport-security": b"max-age=31536000"}
LOOKS = (b"text/css", b"text/javascript", b"application/javascript", b"font/", b"image/")  # what a browser may keep
NOT_OURS = (b"access-control-", b"server", b"x-powered-by")


def safe_headers(send: Send, *, over_tls: bool) -> Send:
    """Sends answers with safe headers, and pages as ours."""
    held: list[Message] = []
    body = bytearray()

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": _safe(message.get("headers", []), over_tls=over_tls)}
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

    return sent


def _safe(headers: list[tuple[bytes, bytes]], *, over_tls: bool) -> list[tuple[bytes, bytes]]:
    """Our headers for the others'; what may hold a person's words is kept by no browser on its disk."""
    ours = {**HEADERS, **(OVER_TLS if over_tls else {})}
    kind = next((v for k, v in headers if k.lower() == b"content-type"), b"")
    if not kind.startswith(LOOKS):
        ours[b"cache-control"] = b"no-store"
    kept = [(k, v) for k, v in headers if k.lower() not in ours and not k.lower().startswith(NOT_OURS)]
    return kept + list(ours.items())


def _is_page(start: Message) -> bool:
    headers = {k.lower(): v for k, v in start["headers"]}
    return headers.get(b"content-type", b"").startswith(b"text/html") and b"content-encoding" not in headers


def _ours(page: bytes) -> bytes:
    """Gradio's page in British English, with our style before it is drawn, and without the addresses it links to elsewhere."""
    if b"gradio_config" not in page:
        return page
    page = re.sub(rb'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>', b"", page)
    page = re.sub(rb'(<html\s[^>]*?lang=")en(")', rb"\1en-GB\2", page, count=1)
    return page.replace(b"</head>", LINKS.encode() + b"</head>", 1)
