"""`reflect list`, `show` and `part`: what the library holds, and which of it are copies."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Column, Table

from assistant.options import AsJson, LibraryFolder, open_library, out, record_change
from assistant.terminal import print_json
from knowledge.briefing import Briefing
from knowledge.certificate import lines
from knowledge.library import Library
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
    table = Table("File", "Title", "Publisher", "Date", "Passages", "", box=None, pad_edge=False)
    names = {b.id: b.file_name for b in briefings}
    for b in briefings:
        stands = "; ".join(part for part in (f"copy of {names[b.copy_of]}" if b.copy_of else "", b.withdrawn) if part)
        table.add_row(b.file_name, b.details.title, b.details.publisher or "not found", str(b.details.date), str(b.passages), stands)
    out.print(table)


def _described(library: Library, briefing: Briefing) -> dict[str, Any]:
    d = briefing.details
    return {
        "document": briefing.file_name,
        "title": d.title,
        "publisher": d.publisher,
        "date": d.date.text,
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
    named = {"copy of": library.briefing(briefing.copy_of).file_name} if briefing.copy_of else {}
    copies = ", ".join(copy.file_name for copy in library.catalogue.having("copy_of", briefing.id))
    told = {"came from": briefing.source, **named, "copies": copies, "parted": "counted by itself" if briefing.apart else ""}
    return [(what, value) for what, value in told.items() if value]


def part(
    name: Name,
    library: LibraryFolder = None,
    undo: Annotated[bool, typer.Option("--undo", help="Count it as a copy again.")] = False,
) -> None:
    """Count a briefing by itself although another holds the same words."""
    opened = open_library(library)
    briefing = opened.part(name, undo=undo)
    stands = f"is a copy of {opened.briefing(briefing.copy_of).file_name}" if briefing.copy_of else "is counted by itself"
    record_change(opened, Event.PARTED, briefing.sha256)
    out.print(f"{briefing.file_name} {stands}.")
