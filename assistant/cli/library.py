"""`reflect list`, `passages`, `show` and `part`: what the library holds, and which of it are copies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.table import Column, Table

from assistant.cli.options import AsJson, LibraryFolder, open_library, out, record_change
from assistant.cli.terminal import print_json, styled
from knowledge.briefing import Briefing, Passage, PassageKind
from knowledge.certificate import lines
from knowledge.library import Library
from knowledge.notes import Note, notes_of
from knowledge.security_log import Event

Name = Annotated[str, typer.Argument(help="The briefing's file name, as `reflect list` shows it.")]


def list_briefings(library: LibraryFolder = None, json_: AsJson = False) -> None:
    """List what the library holds."""
    opened = open_library(library)
    briefings = opened.briefings()
    if json_:
        for b in briefings:
            print_json(_described(opened, b))
        return
    if not briefings:
        out.print(
            "The library is empty. `reflect ingest PATH...` takes briefings in; `reflect ingest --starter` the ones that come with it."
        )
        return
    table = Table("File", "Title", "Publisher", "Date", "Kind", "Passages", "", box=None, pad_edge=False)
    names = {b.id: b.file_name for b in briefings}
    for b in briefings:
        stands = "; ".join(part for part in (f"duplicate of {names[b.copy_of]}" if b.copy_of else "", b.withdrawn) if part)
        d = b.details
        table.add_row(b.file_name, d.title, d.publisher or "not found", str(d.date), d.kind or "not found", str(b.passages), stands)
    out.print(table)


def passages(
    name: Annotated[str, typer.Argument(help="One briefing; without it, all.")] = "",
    library: LibraryFolder = None,
    json_: AsJson = False,
) -> None:
    """List the passages as they were read, in reading order."""
    opened = open_library(library)
    for briefing in [opened.briefing(name)] if name else opened.briefings():
        if not json_:
            out.print(styled(briefing.file_name, "bold"), soft_wrap=True)
        pages = {page.number: page for page in opened.catalogue.pages(briefing.id)}
        for stored in opened.catalogue.passages(briefing.id):
            passage = stored.passage
            notes = notes_of(pages[passage.page], passage.start, passage.end, pages.__getitem__)
            if json_:
                print_json(_passage(briefing, passage, pages[passage.page].text, notes))
                continue
            place = f"page {passage.page}" if briefing.paged else f"paragraph {passage.ordinal}"
            under = f", under {passage.heading}" if passage.heading else ""
            out.print(styled(f"  {place}, {passage.kind.value}{under}", "dim"), soft_wrap=True)
            out.print(styled(f"  {' '.join(passage.text.split())}"), soft_wrap=True)
            for note in notes:
                out.print(styled(f"    note {note.sign}: {note.text}", "dim"), soft_wrap=True)


def _passage(briefing: Briefing, passage: Passage, text: str, notes: Sequence[Note]) -> dict[str, Any]:
    """A passage as JSON; `page` counts the file's sheets from 1, null without pages; `cells` are the whole row's, else empty.

    `notes` are those whose marks stand in it.
    """
    row = text[text.rfind("\n", 0, passage.start) + 1 :].partition("\n")[0] if passage.kind is PassageKind.ROW else ""
    return {
        "document": briefing.file_name,
        "page": passage.page if briefing.paged else None,
        "heading": passage.heading,
        "kind": passage.kind.value,
        "text": passage.text,
        "cells": row.split("\t") if row else [],
        "notes": [{"mark": note.sign, "page": note.page if briefing.paged else None, "text": note.text} for note in notes],
    }


def _described(library: Library, briefing: Briefing) -> dict[str, Any]:
    d = briefing.details
    return {
        "document": briefing.file_name,
        "title": d.title,
        "publisher": d.publisher,
        "date": d.date.text,
        "year": d.date.year,
        "date_basis": d.date.basis.value,
        "kind": d.kind,
        "nation": d.nation,
        "period": d.period,
        "authors": list(d.authors),
        "guidance": list(d.guidance),
        "pseudonyms": list(d.pseudonyms),
        "pages": briefing.pages if briefing.paged else None,
        "passages": briefing.passages,
        "corrected": list(briefing.corrected),
        "starter": briefing.starter,
        "withdrawn": briefing.withdrawn,
        "copy_of": library.briefing(briefing.copy_of).file_name if briefing.copy_of else "",
        "source": briefing.source,
        "sha256": briefing.sha256,
        "added": briefing.added,
    }


def show(name: Name, library: LibraryFolder = None, json_: AsJson = False) -> None:
    """Show what is known of a briefing and how its file was read."""
    opened = open_library(library)
    briefing = opened.briefing(name)
    certificate = opened.certificate(briefing.id)
    if json_:
        print_json({**_described(opened, briefing), "certificate": certificate}, indent=2)
        return
    table = Table("", Column("", overflow="fold"), box=None, show_header=False, pad_edge=False)
    for what, value in [*lines(certificate), ("withdrawn", briefing.withdrawn or "no"), *_copies(opened, briefing)]:
        table.add_row(what, value)
    out.print(table)


def _copies(library: Library, briefing: Briefing) -> list[tuple[str, str]]:
    """Where the file came from, and which others hold the same words."""
    named = {"duplicate of": library.briefing(briefing.copy_of).file_name} if briefing.copy_of else {}
    copies = ", ".join(copy.file_name for copy in library.catalogue.having("copy_of", briefing.id))
    told = {"came from": briefing.source, **named, "duplicates": copies, "parted": "counted separately" if briefing.apart else ""}
    return [(what, value) for what, value in told.items() if value]


def part(
    name: Name,
    library: LibraryFolder = None,
    undo: Annotated[bool, typer.Option("--undo", help="Count it as a duplicate again.")] = False,
) -> None:
    """Count a briefing separately even though another has the same text."""
    opened = open_library(library)
    briefing = opened.part(name, undo=undo)
    stands = f"is a duplicate of {opened.briefing(briefing.copy_of).file_name}" if briefing.copy_of else "is counted separately"
    record_change(opened, Event.PARTED, briefing.sha256)
    out.print(f"{briefing.file_name} {stands}.", soft_wrap=True)
