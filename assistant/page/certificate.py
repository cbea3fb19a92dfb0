"""The certificate of reading, opened where a briefing stands: how its file was read, and each detail with where it came from."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from assistant.page.text import file_name, typed
from assistant.page.views import view
from knowledge.briefing import Briefing
from knowledge.certificate import detail_lines, reading_lines
from knowledge.errors import ReflectionError
from knowledge.library import Library

LONGEST_ID = 300  # letters
GONE = "This briefing is not in the library any more. Open the page again to see what is."


def reading(briefing: Briefing) -> str:
    """A button that opens the certificate below itself; `page.js` fetches it from `certificate_panel`."""
    return view("certificate_button", briefing=briefing.id, name=file_name(briefing.file_name))


def certificate_panel(library: Library, wanted: Any) -> str:
    """The certificate of the briefing with the id `wanted`, which comes from the browser; one sentence where there is none."""
    try:
        certificate = library.certificate(typed(wanted, LONGEST_ID))
    except ReflectionError:
        return view("gone", sentence=GONE)
    name = f"{file_name(certificate['file_name'])}.certificate.json"
    return view(
        "certificate",
        reading=reading_lines(certificate),
        details=detail_lines(certificate),
        name=name,
        href=_data(certificate),
        sha256=certificate["sha256"],
    )


def _data(certificate: dict[str, Any]) -> str:
    """An address that carries the whole certificate, so that nothing has to be fetched for it."""
    return "data:application/json;charset=utf-8," + quote(json.dumps(certificate, ensure_ascii=False, indent=2), safe="")
