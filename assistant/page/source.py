"""The source beside the chat: a briefing's details and the page's text, with the quotation marked where it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from assistant.models.reply import Citation
from assistant.page.certificate import reading
from assistant.page.links import button, source_of, whole_number
from assistant.page.state import citation_at
from assistant.page.text import attributes, count, on_one_line, shown
from knowledge.briefing import Briefing, Page
from knowledge.errors import ReflectionError
from knowledge.guidance import cited_by
from knowledge.library import Library
from knowledge.notes import Note, notes_of

DRAWING = '<p class="proven">Loading the page…</p>'
GONE = "This source is no longer in the library as it was quoted. It may have been replaced or removed. Ask your question again."
LISTED = re.compile(r"(?:[•●◦▪–]|\(?(?:\d{1,2}|[a-z])[.)])\s+")


@dataclass(frozen=True, slots=True)
class Opened:
    """A quotation, the number it was cited under, and the sheet that is looked at (the quotation's own, or another).

    `notes` are those whose marks stand in the quotation.
    """

    citation: Citation
    number: int
    page: Page
    notes: tuple[Note, ...] = ()


def source_panel(library: Library, wanted: Mapping[str, Any]) -> str:
    """The panel for what a citation's button asks for; one sentence where it cannot be had.

    `wanted` comes from the browser: briefing, page, start, end, number and, where another
    page is leafed to, show. Nothing in it is trusted: the quotation is proven anew.
    """
    try:
        return _panel(_opened(library, wanted))
    except (ReflectionError, KeyError, TypeError, ValueError):
        return f'<div class="source-head"><h2 tabindex="-1">Source</h2>{_close()}</div><p class="gone">{GONE}</p>'


def _opened(library: Library, wanted: Mapping[str, Any]) -> Opened:
    citation = citation_at(library, wanted)
    if citation is None:
        raise ValueError("The file is not the one that was quoted.")
    quotation = citation.quotation
    page, briefing = quotation.page, quotation.briefing
    shows = whole_number(wanted.get("show") or page.number)
    shown_page = page if shows == page.number else library.page(briefing.id, shows)
    notes = notes_of(page, quotation.start, quotation.end, lambda number: library.page(briefing.id, number))
    return Opened(citation, whole_number(wanted.get("number", 0)), shown_page, notes)


def _panel(opened: Opened) -> str:
    briefing = opened.citation.quotation.briefing
    title = on_one_line(briefing.details.title or briefing.file_name)
    number = f" [{opened.number}]" if opened.number > 0 else ""
    parts = (briefing.details.publisher, str(briefing.details.date), opened.citation.place)
    origin = " · ".join(on_one_line(part) for part in parts if part)
    text = page_text(opened.page, _marked(opened))
    shown_first = "" if is_pdf(briefing) else " open"
    return (
        f'<div class="source-head"><div><p class="label">Source{number}</p><h2 tabindex="-1">{title}</h2></div>{_close()}</div>'
        f'<p class="origin">{origin}</p>{_leaf(opened)}'
        f'<div class="proof" aria-live="polite">{DRAWING if is_pdf(briefing) else ""}</div>'
        f'<details class="words-of-page"{shown_first}><summary>Text of this page</summary>'
        f'<div class="sheet" tabindex="0" role="region" aria-label="{_sheet_name(opened)}, text">{text}</div></details>'
        f"{_copy(opened.citation)}{_file_link(opened)}{_facts(opened)}{reading(briefing)}"
    )


def is_pdf(briefing: Briefing) -> bool:
    """Whether its pages can be drawn."""
    return briefing.file_name.lower().endswith(".pdf")


def _file_link(opened: Opened) -> str:
    """The kept file: a PDF opens at the page, any other is handed over to be opened with its own program."""
    briefing = opened.citation.quotation.briefing
    at = f"#page={opened.page.number}" if is_pdf(briefing) else ""
    name = "Open the file at this page" if at else "Download"
    link = attributes({"href": f"files/{briefing.id}{at}", "target": "_blank", "rel": "noopener", "class": "file-link"})
    return f"<p><a{link}>{name}</a></p>"


def _close() -> str:
    return button("close", "source", 'Close<span class="unseen"> the source</span>', "close")


def _facts(opened: Opened) -> str:
    citation, briefing = opened.citation, opened.citation.quotation.briefing
    details = briefing.details
    facts = [
        *((f"Note {note.sign}", note.text) for note in opened.notes),
        ("File", briefing.file_name),
        ("Publisher", details.publisher or "not stated"),
        ("Date", str(details.date)),
        ("Type of document", citation.kind or "not stated"),
        ("Page" if briefing.paged else "Place", citation.place),
        ("Heading", citation.heading.replace(" > ", " › ")),
        ("Based on", details.rests_on),
        ("Guidance cited", _guidance(briefing)),
        ("Withdrawn", briefing.withdrawn),
    ]
    rows = "".join(f"<div><dt>{name}</dt><dd>{on_one_line(value)}</dd></div>" for name, value in facts if value)
    return f'<dl class="facts">{rows}</dl>'


def _guidance(briefing: Briefing) -> str:
    """The guidance that the briefing cites, each with whether it stands."""
    known = {g.name: g.note for g in cited_by(briefing)}
    return "; ".join(f"{name} ({known[name]})" if known.get(name) else name for name in briefing.details.guidance)


def reference(citation: Citation) -> str:
    """A quotation with its reference, as it goes into a report."""
    briefing = citation.quotation.briefing
    details = briefing.details
    parts = [details.title or briefing.file_name, details.publisher, str(details.date), citation.place]
    where = ", ".join(part for part in parts if part)
    if citation.starter:
        return f"{citation.quotation.text} ({where}; {citation.kind})"
    return f"“{citation.quotation.text}” ({where}{f'; {citation.beside}' if citation.beside else ''})"


def _copy(citation: Citation) -> str:
    copy = button("copy", reference(citation), "Copy with reference" if citation.starter else "Copy quotation with reference", "action")
    return f'<p class="copy">{copy} <span class="copied" role="status"></span></p>'


def _sheet_name(opened: Opened) -> str:
    briefing, page = opened.citation.quotation.briefing, opened.page
    if not briefing.paged:
        return "Whole text"
    printed = f" (printed {shown(page.label)})" if page.label and page.label != str(page.number) else ""
    return f"Page {page.number} of {briefing.pages}{printed}"


def _leaf(opened: Opened) -> str:
    """Where one is in the briefing, with the pages before and after."""
    briefing = opened.citation.quotation.briefing
    if not briefing.paged or briefing.pages < 2:
        return f'<p class="leaf"><span>{_sheet_name(opened)}</span> <span>{count(briefing.passages, "passage")}</span></p>'
    before = _leaf_button(opened, opened.page.number - 1, "Previous page")
    after = _leaf_button(opened, opened.page.number + 1, "Next page")
    back = ""
    if opened.page.number != opened.citation.quotation.page.number:
        back = f"<p>{button('source', source_of(opened.citation.quotation, opened.number), 'Back to the quotation', 'plain')}</p>"
    return f'<nav class="leaf" aria-label="Pages of this briefing">{before}<span>{_sheet_name(opened)}</span>{after}</nav>{back}'


def _leaf_button(opened: Opened, number: int, label: str) -> str:
    q = opened.citation.quotation
    if not 1 <= number <= q.briefing.pages:
        return f'<button type="button" class="plain" disabled>{label}</button>'
    return button("source", {**source_of(q, opened.number), "show": number}, label, "plain")


def _marked(opened: Opened) -> tuple[int, int]:
    q = opened.citation.quotation
    return (q.start, q.end) if q.page.number == opened.page.number else (0, 0)


def page_text(page: Page, marked: tuple[int, int]) -> str:
    """The page's text: headings as headings, listed items as lists, rows as tables, and `marked` in <mark>."""
    headings = {h.start for h in page.headings}
    found: list[str] = []
    within = ""
    place = 0
    for line in page.text.split("\n"):
        kind, block = _block(page, line, place, marked, heading=place in headings)
        if kind != within:
            found += [f"</{within}>"] if within else []
            found += [f"<{kind}>"] if kind else []
            within = kind
        found.append(block)
        place += len(line) + 1
    found += [f"</{within}>"] if within else []
    return "".join(found)


def _block(page: Page, line: str, place: int, marked: tuple[int, int], *, heading: bool) -> tuple[str, str]:
    """A line of the page as (the element it belongs in, its HTML)."""

    def words(start: int, end: int) -> str:
        return _with_mark(page, place + start, place + end, marked)

    if heading:
        return "", f"<h3>{words(0, len(line))}</h3>"
    if not line.strip():
        return "", ""
    if "\t" in line:
        cells, at = "", 0
        for cell in line.split("\t"):
            cells += f"<td>{words(at, at + len(cell))}</td>"
            at += len(cell) + 1
        return "table", f"<tr>{cells}</tr>"
    if item := LISTED.match(line):
        bullet = line[: item.end()].strip()
        sign = "" if bullet in "•●◦▪–" else f'<span class="item">{words(0, item.end())}</span>'
        return "ul", f"<li{' class=numbered' if sign else ''}>{sign}{words(item.end(), len(line))}</li>"
    return "", f"<p>{words(0, len(line))}</p>"


def _with_mark(page: Page, start: int, end: int, marked: tuple[int, int]) -> str:
    """The page's text from start to end, escaped, with the marked part in <mark> and a sign where the next sheet begins."""
    turn = page.runs_on  # what follows its line is on this sheet again: notes at the foot
    cuts = sorted({start, end, *(c for c in (*marked, turn) if c is not None and start < c < end)})
    parts = ""
    for a, b in pairwise(cuts):
        sign = f'<span class="turn-over" data-page="{page.number + 1}"></span>' if a == turn else ""
        text = shown(page.text[a:b])
        parts += f"<mark>{sign}{text}</mark>" if marked[0] <= a and b <= marked[1] and text else sign + text
    return parts


def described(briefing: Briefing) -> str:
    """A briefing's extent: "2 pages, 33 passages"; passages alone where the format has no pages."""
    passages = count(briefing.passages, "passage")
    return f"{count(briefing.pages, 'page')}, {passages}" if briefing.paged else passages
