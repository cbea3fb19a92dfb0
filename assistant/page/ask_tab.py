"""The ask tab: the first screen, the chat, the question box, and the source beside them."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import gradio as gr

from assistant.answering.prompts import ALWAYS
from assistant.models.reply import Reply
from assistant.page import answer, welcome
from assistant.page.certificate import certificate_panel
from assistant.page.links import button
from assistant.page.proof import proof
from assistant.page.source import source_panel
from assistant.page.text import shown
from knowledge.characters import with_whole_characters
from knowledge.errors import LibraryError, ReflectionError
from knowledge.failures import log_failure
from knowledge.library import Library
from knowledge.page_image import Reread
from knowledge.themes import MOMENTS

WHEN = ("Before a visit", "After a visit", "In supervision", "With a team")  # what the page calls MOMENTS
LONGEST_QUESTION = 2000
MOST_TURNS = 40
ANSWERED_AT_ONCE = min(8, (os.cpu_count() or 1) + 1)  # more take turns at the same processors and each waits the longer
TROUBLE = "Something went wrong here, and the question was not answered. Ask it again. If it keeps happening, contact your administrator."
NO_LIBRARY = "The library is not available at the moment. Contact your administrator."
NOT_SHOWN = "Something went wrong here, and the source is not shown. Open it again. If it keeps happening, contact your administrator."
TOO_LONG = f"That is longer than {LONGEST_QUESTION:,} characters. Ask about one thing at a time, in a sentence or two."
BRIDGE = """
window.reflection = {
  ask: (question) => trigger('said', {question: question}),
  later: (question) => trigger('said', {question: question, safe: true}),
  source: (wanted) => server.open_source(wanted),
  proof: (wanted) => server.open_proof(wanted),
  certificate: (wanted) => server.open_certificate(wanted),
};
"""
log = logging.getLogger(__name__)


class Answers(Protocol):
    """What answers questions."""

    def reply(
        self,
        message: str,
        history: Sequence[str] = (),
        asked: Collection[str] = (),
        *,
        names: MutableMapping[str, str] | None = None,
        moment: str = "",
        safe_now: bool = False,
        settled: Collection[str] = (),
    ) -> Reply:
        """Answer a message; `history` are earlier ones, oldest first, `asked` questions that need not come again.

        `names` keeps who is which letter over the conversation; `moment` is what the questions are for; `safe_now` says that
        everyone in the message is safe now; `settled` are earlier messages of which that was said.
        """


@dataclass(frozen=True, slots=True)
class Turn:
    """One exchange in a browser's session: what was said (masked, where that was needed) and the answer as HTML.

    `later` is the answer once the conversation has gone on, where details that were marked are shown no more; `safe`: of what was said
    the user told that everyone is safe now.
    """

    said: str
    html: str
    prompts: tuple[str, ...] = ()
    later: str = ""
    safe: bool = False


Talk = list[dict[str, str]]


def talk(turns: Sequence[Turn]) -> Talk:
    """The session as chat messages."""
    messages: Talk = []
    for turn in turns:
        messages += [{"role": "user", "content": answer.asked(turn.said)}, {"role": "assistant", "content": turn.html}]
    return messages


def gone_on(turns: Sequence[Turn]) -> list[Turn]:
    """The latest turns as they are kept and shown once another follows."""
    return [replace(turn, html=turn.later, later="") if turn.later else turn for turn in turns[-MOST_TURNS:]]


def reply_to(
    assistant: Answers, question: str, turns: Sequence[Turn], names: dict[str, str], moment: str = "", safe_now: bool = False
) -> Turn:
    """Ask, and make a turn of whatever comes: an answer, or one sentence on why there is none.

    `names` keeps who is which letter in this conversation, and is added to.
    """
    if len(question) > LONGEST_QUESTION:
        return Turn(question[:80] + "…", answer.failed(TOO_LONG))
    try:
        asked = {prompt for t in turns for prompt in t.prompts}
        settled = {turn.said for turn in turns if turn.safe}
        said = [turn.said for turn in turns]
        reply = assistant.reply(question, said, asked, names=names, moment=moment, safe_now=safe_now, settled=settled)
        later = answer.answered(reply, marked=False) if reply.details else ""
        return Turn(reply.masked or question, answer.answered(reply), tuple(p.question for p in reply.prompts), later, safe_now)
    except LibraryError:
        return Turn(question, answer.failed(NO_LIBRARY))
    except ReflectionError as error:
        return Turn(question, answer.failed(str(error)))
    except Exception as error:  # whatever it is, a person must see a sentence and never a traceback
        log_failure(log, "A question was not answered", error)
        return Turn(question, answer.failed(TROUBLE))


def ask_tab(library: Library, assistant: Answers, notice: str = "", reread: Reread | None = None) -> None:
    """Build the tab inside the Blocks that are being made.

    `notice` is the deployment's own, for the first screen; `reread` reads a page once more, to mark words on it.
    """

    def ask(question: str, turns: list[Turn], names: dict[str, str], moment: str, safe_now: bool = False) -> Iterator[tuple[Any, ...]]:
        question = with_whole_characters(question or "").strip()
        if not question:
            yield (gr.skip(),) * 5
            return
        turns = gone_on(turns)
        pending = [
            {"role": "user", "content": answer.asked(question)},
            {"role": "assistant", "content": answer.waiting(getattr(library.embedder, "loaded", True))},
        ]
        first = not turns
        yield "", _shown(talk(turns) + pending, first), turns, *_switched(first)
        turns = [*turns, reply_to(assistant, question, turns, names, moment or "", safe_now)]
        yield gr.skip(), _shown(talk(turns), first), turns, *_switched(first)  # again: a browser in a hurry leaves steps out

    def ask_event(turns: list[Turn], names: dict[str, str], moment: str, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        said = event._data if isinstance(event._data, dict) else {}
        for step in ask(said["question"] if isinstance(said.get("question"), str) else "", turns, names, moment, said.get("safe") is True):
            yield (gr.skip(), *step[1:])

    def again(names: dict[str, str]) -> tuple[Any, ...]:
        names.clear()
        return "", gr.update(value=[], visible=False), [], gr.update(visible=True), gr.update(visible=False)

    turns = gr.State([])
    names = gr.State({})  # who is which letter; each session has its own
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="talk", min_width=0):
            opening = gr.HTML(welcome.opening(notice), padding=False, apply_default_css=False)
            chat = _chat()
            box, send, restart, moment = _composer()
        side = gr.HTML(
            '<aside id="source" aria-label="Source" hidden></aside>',
            js_on_load=BRIDGE,
            server_functions=_panels(library, reread),
            elem_id="side",
            apply_default_css=False,
        )
    outputs = [box, chat, turns, opening, restart]
    quiet: dict[str, Any] = {"outputs": outputs, "show_progress": "hidden", "concurrency_limit": ANSWERED_AT_ONCE}
    gr.on([box.submit, send.click], ask, inputs=[box, turns, names, moment], api_name="ask", **quiet)
    side.said(ask_event, inputs=[turns, names, moment], api_visibility="private", **quiet)
    restart.click(again, inputs=[names], outputs=outputs, show_progress="hidden", api_visibility="private", concurrency_limit=None)


def _shown(turns: Talk, first: bool) -> Any:
    """The conversation, which is not on show before the first question. Gradio spends more on an update than on a value."""
    return gr.update(value=turns, visible=True) if first else turns


def _switched(first: bool) -> tuple[Any, Any]:
    """The first screen goes, and the way back to it comes, with the first question."""
    return (gr.update(visible=False), gr.update(visible=True)) if first else (gr.skip(), gr.skip())


def _panels(library: Library, reread: Reread | None) -> list[Callable[[Any], str]]:
    """What the page in the browser may ask for by name: a source, the proof of it, a certificate."""

    def open_source(wanted: Any) -> str:
        return _opened(lambda: source_panel(library, wanted if isinstance(wanted, dict) else {}))

    def open_proof(wanted: Any) -> str:
        return _opened(lambda: proof(library, wanted if isinstance(wanted, dict) else {}, reread))

    def open_certificate(wanted: Any) -> str:
        return _opened(lambda: certificate_panel(library, wanted))

    return [open_source, open_proof, open_certificate]


def _opened(panel: Callable[[], str]) -> str:
    """What a panel shows; one sentence where it can show nothing, whatever was sent."""
    try:
        return with_whole_characters(panel())
    except Exception as error:  # whatever it is, a person must see a sentence and never a traceback
        log.error("A source was not shown: %s", type(error).__name__)
        return f'<p class="gone">{shown(NOT_SHOWN)}</p>'


def _composer() -> tuple[gr.Textbox, gr.Button, gr.Button, gr.Radio]:
    """Where one types and sends, starts again, and says what the questions are for; and the one question that always stands there."""
    with gr.Row(elem_id="composer"):
        box = _question_box()
        send = gr.Button("Ask", variant="primary", elem_id="ask", scale=0, min_width=0)
        restart = gr.Button("New question", elem_id="again", scale=0, min_width=0, visible=False)
        with gr.Row(elem_id="beside"):
            choices = [("Any time", ""), *zip(WHEN, MOMENTS, strict=True)]
            moment = gr.Radio(choices, value="", label="When will you use the questions?", elem_id="moment", min_width=0)
            gr.HTML(button("ask", ALWAYS, shown(ALWAYS), "ask"), padding=False, apply_default_css=False, elem_id="always")
    return box, send, restart, moment


def _question_box() -> gr.Textbox:
    """Where a question is typed; it grows with the question."""
    return gr.Textbox(
        label="Ask in your own words. Leave out names, dates of birth and addresses.",
        placeholder=welcome.examples().placeholder,
        lines=1,
        max_lines=6,
        max_length=LONGEST_QUESTION,
        elem_id="question",
        autofocus=True,
        html_attributes=gr.InputHTMLAttributes(autocomplete="off"),  # or the browser keeps what is typed in its session files
        scale=1,
        min_width=0,
    )


def _chat() -> gr.Chatbot:
    """The chat: our HTML, sanitised once more in the browser, without formulas, avatars or buttons."""
    return gr.Chatbot(
        label="Questions and answers",
        show_label=False,
        container=False,
        visible=False,
        height="auto",
        layout="panel",
        buttons=[],
        feedback_options=None,
        latex_delimiters=[],
        sanitize_html=True,
        line_breaks=False,
        autoscroll=False,
        group_consecutive_messages=False,
        elem_id="chat",
    )
