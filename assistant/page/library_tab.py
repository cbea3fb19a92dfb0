"""The library tab: what the library holds, and files on their way into it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from assistant.page.certificate import reading
from assistant.page.links import button
from assistant.page.source import described
from assistant.page.text import attributes, count, file_name, on_one_line, shown, typed
from assistant.page.uploads import MOST_LINES, Desk, Upload, forget
from assistant.progress import Outcome, Pace, Recognising
from knowledge.briefing import Briefing
from knowledge.errors import ReflectionError
from knowledge.failures import log_failure
from knowledge.library import Library
from knowledge.security_log import Event

ABOUT = (
    "<h2>What the library holds</h2><p>Add reviews and briefings that your organisation uses: PDF, Word, slides, saved web "
    "pages, e-mail, text, or a ZIP of them. They stay on this machine.</p>"
)
MOST_FILES = 50
LONGEST_WHY = 200
EMPTY = "The library is empty. Add briefings above: a question can be answered once there is one."
SAID = {
    "added": "has been added: {extent}.",
    "replaced": "has replaced the earlier version: {extent}.",
    "unchanged": "is already in the library and has not changed.",
}
log = logging.getLogger(__name__)


class TakeIn(Protocol):
    """Takes files into a library under the names that they were given; yields an outcome a file as it is done, and a scan's pages."""

    def __call__(self, library: Library, paths: Sequence[Path], *, names: Sequence[str]) -> Iterator[Outcome | Recognising]: ...


def taking_in(library: Library, take_in: TakeIn, uploads: Sequence[Upload], desk: Desk | None = None) -> Iterator[str]:
    """Take uploaded files in; yields the results so far as HTML, with how far it has come. The copies are removed.

    Files that are put on the `desk` meanwhile are taken in after these, until there are none.
    """
    desk = desk or Desk()
    done: list[str] = []
    batch = list(uploads)
    try:
        while batch:
            pace = Pace(batch[:MOST_FILES])
            desk.told = partial(_results, done, desk, pace)
            yield desk.told()
            for outcome in _outcomes(library, take_in, batch[:MOST_FILES], pace):
                if outcome is not None:
                    done.append(_sentence(library, outcome))
                yield desk.told()
            if len(batch) > MOST_FILES:
                left = len(batch) - MOST_FILES
                done.append(_said("refused", f"You can add up to {MOST_FILES} files at a time. Add the other {left} when these are done."))
            forget([path for path, _ in batch])
            batch = desk.next()
    except BaseException:  # the window was closed, say
        forget([path for path, _ in (*batch, *desk.leave())])
        raise
    earlier, desk.lines = desk.lines, [*done, *desk.lines][:MOST_LINES]
    desk.told = partial(_results, done, earlier=earlier)
    yield desk.told()


def waiting_for(uploads: Sequence[Upload], desk: Desk, others: int) -> str:
    """What stands there until it is an upload's turn."""
    names = ", ".join([*(name for _, name in uploads[:3]), *(["…"] if len(uploads) > 3 else [])])
    told = f"In the queue: {names}. {count(others, 'other person’s files', 'other people’s files')} are being read first."
    desk.told = partial(_results, [], desk, told=told)
    return desk.told()


def _outcomes(library: Library, take_in: TakeIn, uploads: Sequence[Upload], pace: Pace) -> Iterator[Outcome | str | None]:
    """The outcomes as they come, None where a scan has come a page further.

    Where a file brings the reading down, a sentence, and the reading of those after it.
    """
    while waiting := pace.waiting:
        left = [uploads[i] for i in waiting]
        try:
            for step in take_in(library, [path for path, _ in left], names=[name for _, name in left]):
                if isinstance(step, Recognising):
                    pace.reach(step)
                    yield None
                else:
                    pace.take(step)
                    yield step
            return
        except Exception as error:  # a file must never take the page down with it
            log_failure(log, "A file could not be read", error)
            name = pace.current
            pace.skip()
            yield f"{name} could not be read ({type(error).__name__}). The library has not changed. Try another copy of the file."


def _sentence(library: Library, outcome: Outcome | str) -> str:
    if isinstance(outcome, str):
        return _said("refused", shown(outcome))
    if outcome.status == "refused":
        why = outcome.why.replace(f" {library.folder}", "")
        return _said("refused", on_one_line(why if outcome.file in why else f"{outcome.file}: {why}"))
    passages = count(outcome.passages, "passage")
    note = f" It {shown(outcome.note)}." if outcome.note else ""
    note += f" {shown(outcome.caution)}" if outcome.caution else ""
    extent = f"{count(outcome.pages, 'page')}, {passages}" if outcome.pages else passages
    return _said(outcome.status, f"<b>{shown(outcome.file)}</b> {SAID[outcome.status].format(extent=extent)}{note}")


def _said(status: str, sentence: str) -> str:
    return f'<li class="{status}"><span class="status">{status.capitalize()}</span> <span>{sentence}</span></li>'


def _results(done: Sequence[str], desk: Desk | None = None, pace: Pace | None = None, told: str = "", earlier: Sequence[str] = ()) -> str:
    """What became of the files so far; while some are waiting, the one that is read now, and a bar; what came before in this window."""
    bar = f'<div class="doing"><p>{shown(told)}</p></div>' if told else ""
    if pace and pace.current:
        amount = attributes({"max": str(pace.total), "value": f"{pace.reached:g}"})
        label = f"<label>Reading {shown(pace.current)}<progress{amount}></progress></label>"
        bar = f'<div class="doing">{label}<p>{shown(pace.told())}</p></div>'
    waiting = desk.waiting if desk else []
    if waiting:
        more = ", ".join(waiting[:3]) + (f" and {len(waiting) - 3} more" if len(waiting) > 3 else "")
        bar += f'<p class="waiting">Next in the queue: {shown(more)}</p>'
    lines = [*done, *(earlier or (desk.lines if desk else ()))]
    listed = f'<ul class="results">{"".join(lines)}</ul>' if lines else ""
    return f'<div role="status" aria-live="polite">{bar}{listed}</div>'


def library_line(briefings: Sequence[Briefing]) -> str:
    """What the library holds, in a line: "Library: 5 published briefings · 2007-2019 · 17 starter briefings"."""
    standing = [b for b in briefings if b.answers]
    published = [b for b in standing if not b.starter]
    if not standing:
        return "Library: empty"
    if not published:
        return " · ".join(["Library: " + count(len(standing), "briefing"), *_years(standing), "all written for this product (starter)"])
    parts = ["Library: " + count(len(published), "published briefing"), *_years(published)]
    starters = len(standing) - len(published)
    return " · ".join(parts + ([count(starters, "starter briefing")] if starters else []))


def _years(briefings: Iterable[Briefing]) -> list[str]:
    years = sorted({b.details.date.year for b in briefings if b.details.date.year})
    return [] if not years else [str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}"]


def change(library: Library, wanted: Any, who: str) -> tuple[str, Event | None, str]:
    """Withdraw a briefing, restore it or part it from its copies, as its form asks.

    Gives a sentence on what was done or why nothing was, the event, and the file's name.
    """
    asked = wanted if isinstance(wanted, dict) else {}
    try:
        briefing = library.briefing(typed(asked.get("briefing"), LONGEST_WHY))
        if asked.get("does") == "withdraw":
            library.withdraw(briefing.file_name, who=who, why=typed(asked.get("why"), LONGEST_WHY))
            return _told(briefing, "is withdrawn. It stays in the library but is not used in answers."), Event.WITHDRAWN, briefing.file_name
        if asked.get("does") == "restore":
            library.restore(briefing.file_name)
            return _told(briefing, "will be used in answers again."), Event.RESTORED, briefing.file_name
        if asked.get("does") == "part":
            library.part(briefing.file_name)
            return _told(briefing, "is counted separately."), Event.PARTED, briefing.file_name
    except ReflectionError as error:
        return f'<div role="status"><p>{on_one_line(str(error).replace(f" {library.folder}", ""))}</p></div>', None, ""
    return "", None, ""


def _told(briefing: Briefing, what: str) -> str:
    return f'<div role="status"><p><b>{on_one_line(briefing.details.title or briefing.file_name)}</b> {what}</p></div>'


def shelf(briefings: Sequence[Briefing], *, may_edit: bool = True) -> str:
    """What the library holds, published briefings first; with what an editor may do."""
    if not briefings:
        return f'<div class="shelf"><p class="empty">{EMPTY}</p></div>'
    published = [b for b in briefings if not b.starter]
    starters = [b for b in briefings if b.starter]
    names = {b.id: b.file_name for b in briefings}
    rows = _row("Published briefings", published, names, may_edit)
    rows += _row("Starter briefings, written for this product", starters, names, may_edit)
    return f'<div class="shelf">{rows}</div>'


def _row(heading: str, briefings: Sequence[Briefing], names: Mapping[str, str], may_edit: bool) -> str:
    if not briefings:
        return ""
    books = "".join(_book(b, names.get(b.copy_of, ""), may_edit) for b in briefings)
    return f'<h3>{heading} <span class="extent">{len(briefings)}</span></h3><ul>{books}</ul>'


def _book(briefing: Briefing, lead: str, may_edit: bool) -> str:
    details = briefing.details
    facts = [details.publisher or "publisher not stated", str(details.date), described(briefing)]
    note = on_one_line(briefing.withdrawn[:1].upper() + briefing.withdrawn[1:])
    withdrawn = f'<p class="withdrawn">{note}. It stays in the library but is not used in answers.</p>' if note else ""
    if lead:
        withdrawn += f'<p class="copy">A duplicate of {on_one_line(file_name(lead))}. Only that one is quoted and counted.</p>'
    title = on_one_line(details.title or briefing.file_name)
    return (
        f"<li{' class=out' if briefing.withdrawn else ''}><h4>{title}</h4><p>{' · '.join(on_one_line(f) for f in facts)}</p>"
        f'<p class="file">{on_one_line(file_name(briefing.file_name))}</p>{withdrawn}{reading(briefing)}'
        f"{_standing(briefing) if may_edit else ''}</li>"
    )


def _standing(briefing: Briefing) -> str:
    """How to withdraw a briefing, to restore it, or to say that it is no copy."""
    name = f'<span class="unseen"> {on_one_line(briefing.details.title or briefing.file_name)}</span>'
    if briefing.withdrawn:
        return button("restore", briefing.id, f"Restore{name}", "plain")
    if briefing.copy_of:
        return button("part", briefing.id, f"Not a duplicate: count it separately{name}", "plain")
    box = attributes({"type": "text", "maxlength": LONGEST_WHY, "autocomplete": "off"})
    return (
        f'<details class="withdraw"><summary>Withdraw{name}</summary><label>Reason (shown with the briefing) <input{box}></label>'
        f"{button('withdraw', briefing.id, 'Withdraw it', 'way')}</details>"
    )
