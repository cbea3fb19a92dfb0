"""What is kept of how a file was read: see `knowledge.certificate` for its form."""

from __future__ import annotations

import re
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from ingest.details import Found
from ingest.reading.source import Source
from ingest.second_reading import Compared
from ingest.structure import Reading

PROGRAM = "practice-reflection-assistant"
RULES = 4
"""The rules by which files become pages and passages. Raised by whoever changes what comes of a file: `reflect upgrade` then
reads the kept files again. `tests/test_upgrade.py` fails where it is forgotten."""


def certificate_of(source: Source, reading: Reading, found: Found, compared: Compared) -> dict[str, Any]:
    """The certificate as the catalogue keeps it."""
    read = source.sheets - len(set(source.empty_sheets) | set(source.unreadable_sheets))
    details = asdict(found.details)
    details["date"] = details["date"]["text"]
    return {
        "reader": _with_version(source.reader),
        "program": _with_version(PROGRAM),
        "rules": RULES,
        "pages": source.sheets if source.paged else None,
        "pages_read": read if source.paged else None,
        "ocr_pages": list(source.ocr_sheets),
        "empty_pages": list(source.empty_sheets),
        "unreadable_pages": list(source.unreadable_sheets),
        "differing_pages": None if compared.sheets is None else list(compared.sheets),
        "labels": {str(page.number): page.label for page in reading.pages if page.label and page.label != str(page.number)},
        "passages": len(reading.passages),
        "printed_twice": sum(len(passage.also_at) for passage in reading.passages),
        "running_heads": list(source.running),
        "warnings": [*source.warnings, *([compared.why] if compared.why else [])],
        "details": details,
        "origins": found.origins,
    }


def _with_version(reader: str) -> str:
    """ "python-docx 1.2.0"; a reader of our own carries the program's version."""
    if re.search(r"\d", reader):
        return reader
    for package in (reader, PROGRAM):
        try:
            return f"{reader} {version(package)}" if package == reader else f"{reader} ({PROGRAM} {version(PROGRAM)})"
        except (PackageNotFoundError, ValueError):
            continue
    return reader
