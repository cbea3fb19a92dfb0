"""The reflect tab: guided reflection in steps, and the sheet. The browser holds what is written; each call brings it and takes it away."""

from __future__ import annotations

import base64
import binascii
import logging
from collections.abc import Callable, Collection, Mapping, MutableMapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Protocol

import gradio as gr

from assistant.documents.sheet import Action
from assistant.documents.sheet_docx import opened
from assistant.documents.sheet_docx import written as as_docx
from assistant.documents.sheet_page import printable
from assistant.documents.sheet_pieces import SheetError
from assistant.models.reply import Citation, Detail, Notice, Prompt
from assistant.page import reflect_view as view
from assistant.page.links import source_of
from assistant.page.state import KeptPlace, Sat, Written, from_browser, from_sheet, prove, same, sheet_of
from assistant.reflection.guided import Checked, Learned, Texts, told
from knowledge.errors import LibraryError, ReflectionError
from knowledge.failures import log_failure
from knowledge.library import Library
from knowledge.one_question import one_question

TROUBLE = "Something went wrong here. What you wrote is still in this window. Try again. If it keeps happening, contact your administrator."
NO_LIBRARY = "The library is not available at the moment. What you wrote is still in this window. Contact your administrator."
NOT_WHOLE = "The upload did not finish. Choose the file again."
STARTED = '<div id="reflect-body">{start}</div><div id="reflect-side"></div>'
BRIDGE = """
window.reflecting = {
  go: (call) => server.reflect_go(call),
  save: (call) => server.reflect_save(call),
  page: (call) => server.reflect_page(call),
  open: (call) => server.reflect_open(call),
};
"""
REFERENCE, CHILD = "particulars.reference", "child "  # the guards are asked what it would be beside a child: a name, a date of birth
CHECKED = ("date", "next_date", "decision")
Call = Mapping[str, Any]
Result = dict[str, Any]
log = logging.getLogger(__name__)


class Guide(Protocol):
    """What listens to what is written: see `assistant.reflection.guided.Guided`."""

    def check(self, texts: Texts, names: MutableMapping[str, str], safe: Collection[str] = ()) -> Checked:
        """What the guards say of all the texts."""

    def questions(self, texts: Texts, asked: Collection[str] = ()) -> tuple[tuple[Prompt, Citation | None], ...]:
        """Questions to sit with, none that was `asked` before."""

    def learned(self, texts: Texts) -> tuple[Learned, ...]:
        """What reviews say about similar situations."""


class Reflecting:
    """Answers the page's calls. `organisation` is whose page it is, and `marking` how sensitive its sheets are: for their heads."""

    def __init__(self, library: Library, guide: Guide, organisation: str = "", marking: str = "") -> None:
        self._library = library
        self._guide = guide
        self._organisation = organisation
        self._marking = marking

    def go(self, call: Call) -> Result:
        """Go to a step, once the guards have seen all that was written; held where they have something to say first."""
        written, held, notices = self._checked(call)
        if held:
            return self._shown(written, held)
        left = written.step
        to = call.get("to")
        written.step = min(max(to, 0), len(written.way.steps)) if isinstance(to, int) else left
        advice = [*_today(notices), *(self._advice(written, left) if left != written.step else [])]
        if written.step < len(written.way.steps):
            self._listen(written)
        return self._shown(written, "", advice)

    def save(self, call: Call) -> Result:
        """The sheet as a Word file, in base64, once the guards have seen it."""
        written, held, notices = self._checked(call)
        if held:
            return self._shown(written, held)
        data = as_docx(sheet_of(written, self._library, self._organisation, self._marking, _in_words(notices)))
        name = f"preparation-for-supervision-{date.today():%Y-%m-%d}.docx"
        return {**self._shown(written, "", _today(notices)), "file": base64.b64encode(data).decode("ascii"), "name": name}

    def page(self, call: Call) -> Result:
        """The sheet as a page to print, once the guards have seen it."""
        written, held, notices = self._checked(call)
        if held:
            return self._shown(written, held)
        sheet = sheet_of(written, self._library, self._organisation, self._marking, _in_words(notices))
        return {**self._shown(written, "", _today(notices)), "page": printable(sheet)}

    def open(self, call: Call) -> Result:
        """A saved sheet, to go on with; danger in it is told at once. Raises SheetError where it is none."""
        try:
            data = base64.b64decode(str(call.get("data", "")), validate=True)
        except (binascii.Error, ValueError) as error:
            raise SheetError(NOT_WHOLE) from error
        written = from_sheet(opened(data, self._library))
        checked = self._guide.check(_texts(written), dict(written.names))
        urgent = checked.notice("urgent")
        return self._shown(written, view.danger(urgent) if urgent else "", _today(checked.notices))

    def _checked(self, call: Call) -> tuple[Written, str, Sequence[Notice]]:
        """What was written, the notice that must come before anything else, if there is one, and all notices."""
        written = from_browser(call.get("written"))
        texts = _texts(written)
        if call.get("safe") is True:
            written.safe = [text for text in texts.values() if text.strip()]
        checked = self._guide.check(texts, written.names, written.safe)
        if urgent := checked.notice("urgent"):
            return written, view.danger(urgent), checked.notices
        found = _identifying(checked)
        if found and (personal := checked.notice("personal_data")):
            if call.get("without") is not True:
                marked = [_marked(key, texts[key], found[key], checked.masked[key]) for key in found]
                return written, view.personal(personal, marked), checked.notices
            _put(written, {key: checked.masked[key] if key in found else text for key, text in texts.items()})
        return written, "", checked.notices

    def _advice(self, written: Written, left: int) -> list[Notice]:
        """Whom to turn to, where what was written at the step that is left asks for a decision: told once, on leaving it."""
        if left >= len(written.way.steps):
            return []
        here = {field.fills: written.texts.get(field.fills, "") for field in written.way.steps[left].fields}
        return [n for n in self._guide.check(here, dict(written.names), written.safe).notices if n.kind in ("decision", "scope")]

    def _listen(self, written: Written) -> None:
        """Questions and quotations for what has been written; where that has not changed, those that were there before."""
        here, account = str(written.step), " ".join(told(written.texts))
        if written.sat_for.get(here) != account:
            put = self._guide.questions(written.texts, written.asked)
            written.sat[here] = [_sat(prompt, citation) for prompt, citation in put]
            written.sat_for[here] = account
            written.asked += [sat.ask for sat in written.sat[here]]
        if written.way.steps[written.step].reviews:
            own = [place for place in written.kept if not place.guided]
            found = [
                KeptPlace(dict(source_of(one.citation.quotation, 0)), one.challenges, guided=True)
                for one in self._guide.learned(written.texts)
            ]
            written.kept = [*own, *(place for place in found if not any(same(place.source, out) for out in written.left_out))]

    def _shown(self, written: Written, held: str = "", advice: Sequence[Notice] = ()) -> Result:
        kept = prove(written, self._library)
        at_a_step = written.step < len(written.way.steps)
        html = view.step(written, advice, kept, held) if at_a_step else view.sheet(written, advice, kept, held)
        return {"html": html, "written": written.as_json(), "held": bool(held)}


def _today(notices: Sequence[Notice]) -> list[Notice]:
    return [notice for notice in notices if notice.kind == "today"]


def _in_words(notices: Sequence[Notice]) -> str:
    return "\n".join(notice.text for notice in _today(notices))


def _sat(prompt: Prompt, citation: Citation | None) -> Sat:
    where = (dict(source_of(citation.quotation, 0)), citation.reference) if citation else (None, "")
    return Sat(prompt.question, prompt.why, *where)


def _texts(written: Written) -> dict[str, str]:
    """All that the guards look at: what was written, the actions by row and column, and the sheet's particulars.

    The names of who writes, who supervises and who agrees are left as they are: a record of supervision needs them.
    """
    rows = {f"action.{n}.{key}": getattr(a, key) for n, a in enumerate(written.actions) for key in ("what", "who", "by")}
    said = written.particulars
    return {
        **written.texts,
        **rows,
        REFERENCE: CHILD + said.reference if said.reference else "",
        **{f"particulars.{key}": getattr(said, key) for key in CHECKED},
    }


def _put(written: Written, texts: Mapping[str, str]) -> None:
    """Put texts in the places of those that were written."""
    written.texts = {key: texts[key] for key in written.texts}
    written.actions = [Action(*(texts[f"action.{n}.{key}"] for key in ("what", "who", "by"))) for n in range(len(written.actions))]
    found = {key: texts[f"particulars.{key}"] for key in CHECKED}
    written.particulars = replace(written.particulars, **found, reference=texts[REFERENCE].removeprefix(CHILD))


def _identifying(checked: Checked) -> dict[str, Sequence[Detail]]:
    """What was found, by text; a case's own number may stand as the reference of a sheet, and nowhere else."""
    return {key: found for key, found in checked.details.items() if key != REFERENCE or any(one.kind != "case_number" for one in found)}


def _marked(key: str, text: str, found: Sequence[Detail], masked: str) -> tuple[str, Sequence[Detail], str]:
    """A text as the person typed it, with the details in it, and without them."""
    if key != REFERENCE:
        return text, found, masked
    shift = len(CHILD)
    return text[shift:], [replace(one, start=one.start - shift, end=one.end - shift) for one in found], masked.removeprefix(CHILD)


def reflect_tab(library: Library, guide: Guide, organisation: str = "", marking: str = "") -> None:
    """Build the tab inside the Blocks that are being made."""
    reflecting = Reflecting(library, guide, organisation, marking)

    def reflect_go(call: Any) -> Result:
        return answered(reflecting.go, call)

    def reflect_save(call: Any) -> Result:
        return answered(reflecting.save, call)

    def reflect_page(call: Any) -> Result:
        return answered(reflecting.page, call)

    def reflect_open(call: Any) -> Result:
        return answered(reflecting.open, call)

    gr.HTML(
        STARTED.format(start=view.start()),
        js_on_load=BRIDGE,
        server_functions=[reflect_go, reflect_save, reflect_page, reflect_open],
        elem_id="reflect",
        padding=False,
        apply_default_css=False,
    )


@one_question()
def answered(do: Callable[[Call], Result], call: Any) -> Result:
    """What a call gives, or one sentence on why it gives nothing; what was written stays with the browser."""
    try:
        return do(call if isinstance(call, Mapping) else {})
    except LibraryError:
        return {"told": NO_LIBRARY}
    except ReflectionError as error:
        return {"told": str(error)}
    except Exception as error:  # whatever it is, a person must see a sentence and never a traceback
        log_failure(log, "A step of a reflection failed", error)
        return {"told": TROUBLE}
