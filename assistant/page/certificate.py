"""The certificate of reading, opened where a briefing stands: how its file was read, and each detail with where it came from."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from assistant.page.links import button
from assistant.page.text import attributes, file_name, on_one_line, shown, typed
from knowledge.briefing import Briefing
from knowledge.certificate import detail_lines, reading_lines
from knowledge.errors import ReflectionError
from knowledge.library import Library

LONGEST_ID = 300  # letters
GONE = "This briefing is not in the library any more. Open the page again to see what is."


def reading(briefing: Briefing) -> str:
    """A button that opens the certificate below itself; `page.js` fetches it from `certificate_panel`."""
    label = f'Certificate of reading<span class="unseen"> of {on_one_line(file_name(briefing.file_name))}</span>'
    values = {"type": "button", "name": "certificate", "value": briefing.id, "class": "plain", "aria-expanded": "false"}
    return f'<div class="reading"><button{attributes(values)}>{label}</button><div class="certificate" hidden></div></div>'


def certificate_panel(library: Library, wanted: Any) -> str:
    """The certificate of the briefing with the id `wanted`, which comes from the browser; one sentence where there is none."""
    try:
        certificate = library.certificate(typed(wanted, LONGEST_ID))
    except ReflectionError:
        return f'<p class="gone">{GONE}</p>'
    return (
        f"<h5>How the file was read</h5>{_rows(reading_lines(certificate))}"
        f"<h5>What it says of itself, and where</h5>{_rows(detail_lines(certificate))}"
        f"<p>{_download(certificate)} {button('copy', certificate['sha256'], 'Copy the sha256', 'plain')}"
        '<span class="copied" role="status"></span></p>'
    )


def _rows(lines: list[tuple[str, str]]) -> str:
    rows = ""
    for what, told in lines:
        value, *origins = told.split("\n")
        where = "".join(f'<span class="read-at">{shown(origin.strip())}</span>' for origin in origins)
        rows += f"<div><dt>{shown(what[:1].upper() + what[1:])}</dt><dd>{shown(value)}{where}</dd></div>"
    return f'<dl class="facts">{rows}</dl>'


def _download(certificate: dict[str, Any]) -> str:
    """A link that carries the whole certificate, so that nothing has to be fetched for it."""
    whole = json.dumps(certificate, ensure_ascii=False, indent=2)
    name = f"{file_name(certificate['file_name'])}.certificate.json"
    href = "data:application/json;charset=utf-8," + quote(whole, safe="")
    return f"<a{attributes({'class': 'action', 'download': name, 'href': href})}>Download as JSON</a>"
