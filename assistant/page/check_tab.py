"""The tab for leads: is a text quoted right? The browser holds the text and what came of it; nothing of either is kept here."""

from __future__ import annotations

import base64
import binascii
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.citations.as_docx import commented
from assistant.citations.as_html import report_as_html, report_templates
from assistant.citations.as_json import report_as_json
from assistant.citations.check import Checker
from assistant.citations.models import Paragraph, Report
from assistant.citations.pasted import for_a_check, paragraphs_from, pasted
from assistant.page.links import source_of
from assistant.page.reflect_tab import NOT_WHOLE, answered
from assistant.page.text import file_name
from knowledge.characters import with_whole_characters
from knowledge.errors import FileRefused, ReflectionError
from knowledge.library import Library
from knowledge.temporary import temporary_folder

LONGEST = 500_000  # characters of a text: more than two hundred pages
AT_ONCE = 2  # texts that are checked; more wait
EMPTY_LIBRARY = "The library holds no briefing, so nothing can be checked. Add briefings on the Library tab."
NO_WORDS = "Paste a text with quotations first, or choose a file."
TOO_LONG = f"This text is longer than {LONGEST:,} characters. Check it part by part."
PASTED = "pasted text"
BRIDGE = "window.checking = (call) => server.check_call(call);"
Call = Mapping[str, Any]
Result = dict[str, Any]
ReadText = Callable[[Path, str], tuple[list[tuple[str, str]], list[str]]]
"""Reads a file: its paragraphs as (text, kind), and what was left out, a sentence each."""


class Checking:
    """Answers the tab's calls. Reading files lies outside this package, and is handed in."""

    def __init__(self, library: Library, read_text: ReadText) -> None:
        self._library = library
        self._read_text = read_text
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        environment = report_templates(Path(__file__).parent)
        environment.globals.update(source_value=lambda quotation, number: json.dumps(source_of(quotation, number)))
        self._pages = environment.get_template("check.html")

    def form(self) -> str:
        """Where a text is pasted, or its file chosen."""
        return str(self._pages.make_module().form())  # type: ignore[attr-defined]

    def call(self, call: Call) -> Result:
        """What a text came to: `html` to show, and `files` to save, each by its form. Raises ReflectionError."""
        if not self._library.catalogue.briefing_count():
            raise ReflectionError(EMPTY_LIBRARY)
        with self._turns, temporary_folder("check") as folder:
            if "data" in call:
                name, content = file_name(str(call.get("name") or "")), _bytes(call["data"])
                if not content:
                    raise FileRefused(f"{name} is empty. Choose another file.")
                file = folder / f"text{Path(name).suffix.lower()}"
                file.write_bytes(content)
                report = self._report(name, *self._read(file, name))
            else:
                file, name = None, PASTED
                report = self._report(name, pasted(_typed(call.get("text"))))
            shown = str(self._pages.make_module().report(report, typed=file is None))  # type: ignore[attr-defined]
            return {"html": shown, "files": _files(report, file)}

    def _read(self, file: Path, name: str) -> tuple[list[Paragraph], list[str]]:
        try:
            told, notes = self._read_text(file, "")
        except ReflectionError as error:
            raise FileRefused(for_a_check(str(error)).replace(str(file), name).replace(file.name, name)) from error
        return paragraphs_from(told), notes

    def _report(self, name: str, paragraphs: list[Paragraph], notes: list[str] | None = None) -> Report:
        if sum(len(paragraph.text) for paragraph in paragraphs) > LONGEST:
            raise FileRefused(TOO_LONG)
        return replace(Checker(self._library).check(paragraphs, name), notes=tuple(notes or ()))


def check_tab(checking: Checking) -> None:
    """Build the tab inside the Blocks that are being made."""

    def check_call(call: Any) -> Result:
        return answered(checking.call, call)

    started = f'<div id="check-body">{checking.form()}</div><div id="check-side"></div>'
    gr.HTML(started, js_on_load=BRIDGE, server_functions=[check_call], elem_id="check", padding=False, apply_default_css=False)


def _typed(sent: object) -> str:
    text = with_whole_characters(sent).replace("\x00", "") if isinstance(sent, str) else ""
    if not text.strip():
        raise FileRefused(NO_WORDS)
    return text


def _bytes(sent: object) -> bytes:
    try:
        return base64.b64decode(str(sent or ""), validate=True)
    except (binascii.Error, ValueError) as error:
        raise FileRefused(NOT_WHOLE) from error


def _files(report: Report, file: Path | None) -> dict[str, dict[str, str]]:
    """What can be saved, by its form: a name and the bytes in base64."""
    stem = Path(report.name).stem.replace(" ", "-")
    made = {
        "html": report_as_html(report).encode(),
        "docx": _commented(report, file),
        "json": json.dumps(report_as_json(report), ensure_ascii=False, indent=2).encode(),
    }
    return {form: {"name": f"{stem}-checked.{form}", "data": base64.b64encode(data).decode("ascii")} for form, data in made.items()}


def _commented(report: Report, file: Path | None) -> bytes:
    """The text's own Word file with comments, where it is one that can be copied; else the text in a new one."""
    if file is not None and file.suffix == ".docx":
        try:
            return commented(report, file)
        except FileRefused:
            pass
    return commented(report, None)
