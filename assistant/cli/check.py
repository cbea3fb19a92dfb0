"""`reflect check`: is a text quoted right? Exit status 0 where all stands, 1 where something does not, 2 where not all could be checked."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from assistant.citations.models import Paragraph, Report
from assistant.citations.pasted import for_a_check, paragraphs_from, pasted
from assistant.cli.options import AsJson, LibraryFolder, SettingsFile, err, open_library, open_settings, out
from assistant.cli.terminal import print_json, styled
from knowledge.characters import with_whole_characters
from knowledge.errors import FileRefused, ReflectionError

STANDARD_INPUT = "-"
NOT_CHECKED = 2
LOOKS = {"stands": "bold", "fault": "bold red", "summary": "bold"}
EMPTY_LIBRARY = "The library holds no briefing, so nothing can be checked. Add briefings with `reflect ingest`."

ReadText = Callable[[Path, str], tuple[list[tuple[str, str]], list[str]]]
"""Reads a file: its paragraphs as (text, kind), and what was left out, a sentence each."""


def add_check(app: typer.Typer, read_text: ReadText) -> None:
    """Add the command; reading files lies outside this package and is handed in."""

    @app.command()
    def check(
        file: Annotated[
            Path, typer.Argument(help="DOCX, PDF, TXT, MD, HTML or another format that is read; - for a text on standard input.")
        ],
        library: LibraryFolder = None,
        json_: AsJson = False,
        html: Annotated[Path | None, typer.Option(help="Write the report as a web page, one file with everything in it.")] = None,
        docx: Annotated[Path | None, typer.Option(help="Write the text as a Word document with comments beside the quotations.")] = None,
        password: Annotated[str, typer.Option(help="Opens an encrypted file.", show_default=False)] = "",
        settings: SettingsFile = None,
    ) -> None:
        """Check every quotation in a text against the library: its words, its place, and whether it is fair."""
        try:
            report = _checked(file, library, password, settings, read_text)
            if html is not None:
                _write_html(report, html)
            if docx is not None:
                _write_docx(report, file, docx)
        except (ReflectionError, OSError) as error:
            err.print(styled(_why(error, file), "bold red"), soft_wrap=True)
            raise typer.Exit(NOT_CHECKED) from None
        _print(report, as_json=json_)
        if report.outcome.exit_status:
            raise typer.Exit(report.outcome.exit_status)


def _checked(file: Path, library: Path | None, password: str, settings: Path | None, read_text: ReadText) -> Report:
    from assistant.citations.check import Checker

    open_settings(settings)
    paragraphs, notes = _read(file, password, read_text)
    opened = open_library(library)
    if not opened.catalogue.briefing_count():
        raise ReflectionError(EMPTY_LIBRARY)
    name = "standard input" if str(file) == STANDARD_INPUT else with_whole_characters(file.name)
    return replace(Checker(opened).check(paragraphs, name), notes=tuple(notes))


def _read(file: Path, password: str, read_text: ReadText) -> tuple[list[Paragraph], list[str]]:
    if str(file) == STANDARD_INPUT:
        typed = sys.stdin.buffer.read().decode("utf-8", "replace").replace("\x00", "").removeprefix("\ufeff")
        if not typed.strip():
            raise FileRefused("Standard input holds no words. Paste a text, or name a file.")
        return pasted(typed), []
    told, notes = read_text(file, password)
    return paragraphs_from(told), notes


def _write_html(report: Report, target: Path) -> None:
    from assistant.citations.as_html import report_as_html

    target.write_text(report_as_html(report), "utf-8")


def _write_docx(report: Report, file: Path, target: Path) -> None:
    from assistant.citations.as_docx import commented

    target.write_bytes(commented(report, file if file.suffix.lower() == ".docx" else None))


def _print(report: Report, *, as_json: bool) -> None:
    from assistant.citations.as_json import report_as_json
    from assistant.citations.as_text import report_lines

    if as_json:
        print_json(report_as_json(report), indent=2)
        return
    for line, kind in report_lines(report):
        out.print(styled(line if kind in LOOKS else f"   {line}" if line else "", LOOKS.get(kind, "")), soft_wrap=True)


def _why(error: ReflectionError | OSError, file: Path) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{error.filename or file} is not there. Check the path."
    if isinstance(error, OSError):
        return f"{error.filename or file} cannot be opened or written ({error.strerror}). Check your permissions."
    return for_a_check(str(error))
