"""`reflect explain`: the working of an answer, for people and scripts."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Column, Table
from rich.text import Text

from assistant.cli.options import (
    AsJson,
    CrossEncoder,
    Fetch,
    LibraryFolder,
    Model,
    SettingsFile,
    open_library,
    open_reranker,
    open_settings,
    out,
)
from assistant.cli.terminal import print_json, styled
from assistant.models.reply import TODAY, Explanation, Notice, Reply, Seen
from knowledge.embedding import DEFAULT_MODEL

GUARDED = "No search was made: messages like this are answered without one."


def explain(
    question: Annotated[str, typer.Argument(help="A question, in your own words.")],
    library: LibraryFolder = None,
    after: Annotated[
        list[str] | None, typer.Option("--after", help="An earlier question of the same conversation; once for each, oldest first.")
    ] = None,
    json_: AsJson = False,
    model: Model = DEFAULT_MODEL,
    cross_encoder: CrossEncoder = "",
    fetch: Fetch = False,
    settings: SettingsFile = None,
) -> None:
    """Show how an answer came about: what was looked for, where each passage stood, what was left out and why."""
    from assistant.answering.trace import as_json
    from assistant.assistant import Assistant

    safety = open_settings(settings).safety
    assistant = Assistant(open_library(library, model), safety, open_reranker(cross_encoder, fetch=fetch))
    reply = assistant.reply(question, after or ())
    if json_:
        told = as_json(reply.explanation) if reply.explanation else {"heard": {}, "decision": GUARDED, "passages": [], "left_out": []}
        notices = [{"kind": notice.kind, "text": notice.text} for notice in reply.notices]
        print_json({"question": question, "abstained": reply.abstained, "notices": notices, **told}, indent=2)
    elif reply.explanation is None:
        for notice in reply.notices:
            out.print(styled(_said(notice)))
        out.print(GUARDED)
    else:
        _print(reply, reply.explanation)


def _said(notice: Notice) -> str:
    return f"{TODAY}\n{notice.text}" if notice.kind == "today" else notice.text


def _print(reply: Reply, explanation: Explanation) -> None:
    for notice in reply.notices:
        if notice.kind == "today":
            out.print(styled(f"{_said(notice)}\n"))
    heard = Table("", Column("", overflow="fold"), box=None, show_header=False, pad_edge=False)
    for name, value in (*explanation.heard, ("Passages searched", f"{explanation.searched:,}")):
        heard.add_row(name, styled(value))
    out.print(heard)
    out.print(styled(f"\n{explanation.decision}.\n{reply.opening}\n"))
    ear = any(seen.ear_rank for seen in explanation.seen)
    columns = ["Passage", "Keyword", "Meaning", *(["Cross-encoder"] if ear else []), "Relevance", "Outcome"]
    table = Table(Column("", justify="right"), *columns, box=None, pad_edge=False)
    for seen in explanation.seen:
        ranks = [_rank(seen.text_rank), _rank(seen.vector_rank), *([_rank(seen.ear_rank)] if ear else [])]
        fit = f"{seen.fit:.2f}" if seen.rank else ""
        table.add_row(_rank(seen.rank), _passage(seen), *ranks, fit, styled(seen.fate))
    out.print(table)
    if explanation.left_out:
        out.print("\nLeft out as probably not relevant:")
        for why, count in explanation.left_out:
            out.print(styled(f"  {count} {why}"))


def _rank(rank: int) -> str:
    return str(rank) if rank else "-"


def _passage(seen: Seen) -> Text:
    """The passage's reference and first words, and what it prints of the themes heard."""
    words = " ".join(seen.citation.quotation.text.split())
    short = words if len(words) <= 60 else f"{words[:60].rsplit(' ', 1)[0]}…"
    themes = f"\nmentions: {', '.join(seen.themes)}" if seen.themes else ""
    return styled(f"{seen.citation.reference}\n“{short}”{themes}")
