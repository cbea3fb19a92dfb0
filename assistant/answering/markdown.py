"""A reply as Markdown, for the terminal and for other programs."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.models.reply import TODAY, Citation, Group, Reply, told_once


def as_markdown(reply: Reply) -> str:
    """The reply's answer as Markdown, notices first."""
    notices = [f"{TODAY}\n{n.text}" if n.kind == "today" else n.text for n in reply.notices if n.kind not in ("currency", "reading")]
    later = [f"Older than today's guidance: {notice.text}" for notice in reply.notices if notice.kind == "currency"]
    later += [notice.text for notice in reply.notices if notice.kind == "reading"]
    body = _answer(reply.opening, reply.groups, reply.citations, reply.silent) if reply.opening else ""
    without = f"Without these details: {reply.masked}" if reply.masked and "urgent" not in {notice.kind for notice in reply.notices} else ""
    near = [_near(citation) for citation in reply.near]
    return "\n\n".join(part for part in (*notices, without, body, *near, *later) if part)


def _near(citation: Citation) -> str:
    words = " ".join(citation.quotation.text.split())
    if citation.starter:
        return f"Closest passage (not an answer): {words} {citation.reference} ({citation.kind})"
    return f"Closest passage (not an answer): “{words}” {citation.reference}" + (f" ({citation.beside})" if citation.beside else "")


def _answer(opening_line: str, groups: Sequence[Group], citations: Sequence[Citation], quiet: Sequence[str]) -> str:
    """The answer as Markdown: quotations set off, and what is of the starter library plain, each with its number and reference."""
    parts = [opening_line]
    for group in groups:
        if group.title:
            parts.append(f"**{group.title}**")
        for told in told_once(group.citations, citations):
            citation = citations[told.place]
            again = [f"[{other + 1}]" for other in citation.also] + [f"[{other + 1}] {citations[other].reference}" for other in told.copies]
            also = f" · also in {', '.join(again)}" if again else ""
            under = f" · under “{told.under}”" if told.under else ""
            quote = " ".join(citation.quotation.text.split())
            beside = f" · {citation.beside}" if citation.beside else ""
            where = f"[{told.place + 1}] {citation.reference}{under}{beside}{also}"
            parts.append(f"{quote}\n\n{where}" if citation.starter else f"> “{quote}”\n>\n> {where}")
    if quiet:
        parts.append(f"Nothing on this in: {', '.join(quiet)}.")
    return "\n\n".join(parts)
