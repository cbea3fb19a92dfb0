"""The first screen: what the page is for, what it is not, and three ways in."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from assistant.page.links import button
from assistant.page.text import attributes, in_paragraphs, shown
from knowledge.data_file import Data, Text, load_toml, refuse_repeats
from knowledge.settings import Settings

TITLE = "Practice Reflection Assistant"


SAMPLE = """
<section class="sample-answer"><h3>What an answer looks like</h3>
<figure class="words"><blockquote><p>A review’s own words, cut from its page as they stand.</p></blockquote>
<figcaption>[1] Board and year, page. Choose it, and the page opens with the words marked.</figcaption></figure>
<div class="questions"><p class="question">A question to sit with</p><p class="why">and which quotation raised it.</p></div></section>
"""


class Way(Data):
    """A reason to be here: what it is called, what one gets, and questions to begin with."""

    name: Text
    about: Text
    examples: Annotated[tuple[Text, ...], Field(min_length=1)]


class Examples(Data):
    """The question box's hint, and the ways in; no two by one name."""

    placeholder: Text
    ways: Annotated[tuple[Way, ...], Field(alias="way", min_length=1)]

    @model_validator(mode="after")
    def _no_repeats(self) -> Examples:
        names = [way.name for way in self.ways]
        refuse_repeats(names, lambda name: f"another [[way]] is called {name} already. Give each its own.", lambda n: ("way", n, "name"))
        return self


def load_examples(path: Path) -> Examples:
    """Read a file of examples. Raises SettingsError that names the line that is wrong."""
    return load_toml(Examples, path)


@cache
def examples() -> Examples:
    """The examples that come with the product."""
    return load_examples(Path(str(files("assistant.page") / "examples.toml")))


LEAVING = (
    '<p class="who">{who} <a class="plain" href="password">Change password</a> '
    '<button type="button" name="sign-out" class="plain">Sign out</button></p>'
)
EMPTY = "The library is empty, so no question can be answered yet."


def masthead(line: str, own: Settings, who: str = "", *, empty: bool = False) -> str:
    """The title, whose page it is, what the library holds, the switch between light and dark, and whom to turn to in danger.

    `who` has signed in, and can sign out; of an empty library it is said where it can be filled.
    """
    whose = f' <span class="whose">{shown(own.organisation)}</span>' if own.organisation else ""
    contacts = shown(own.whom_to_turn_to or "your local children’s services")
    filling = f'<p class="empty">{EMPTY} {button("tab", "library-tab", "Add briefings", "plain")}</p>' if empty else ""
    leaving = LEAVING.format(who=shown(who)) if who else ""
    return (
        '<a class="skip" href="#question">Skip to the question</a>'
        f'<header class="masthead"><h1>{TITLE}{whose}</h1><p class="holds">{shown(line)}</p>{leaving}'
        '<button type="button" name="scheme" class="plain scheme" aria-label="Change to the dark scheme">Dark</button></header>'
        '<p id="said" class="unseen" role="status"></p>'
        f'<p class="safety"><strong>If a child may be in danger now: call 999, or {contacts}.</strong> '
        f"Do not wait for this page.</p>{filling}"
    )


def opening(notice: str = "") -> str:
    """What the page is for, the deployment's own notice, and the three ways in with their example questions."""
    ways = examples().ways
    tabs = "".join(_button(way, n) for n, way in enumerate(ways))
    panels = "".join(_panel(way, n) for n, way in enumerate(ways))
    own = f'<div class="own-notice">{in_paragraphs(notice)}</div>' if notice else ""
    return (
        '<div class="welcome"><div><h2 class="purpose">Learn from reviews before you walk into the room.</h2>'
        "<p>It quotes what reviews have published and asks questions to sit with.</p>"
        "<p><strong>It decides nothing about a child.</strong></p>"
        f"{own}"
        f'<div class="ways">{tabs}</div>{panels}</div>{SAMPLE}</div>'
    )


def _button(way: Way, number: int) -> str:
    values = {"name": "way", "aria-expanded": "false", "aria-controls": f"way-{number}"}
    return f'<button type="button" class="way"{attributes(values)}>{shown(way.name)}</button>'


def _panel(way: Way, number: int) -> str:
    items = "".join(f"<li>{button('ask', e, shown(e), 'ask')}</li>" for e in way.examples)
    return f'<div class="way-panel" id="way-{number}" hidden><p>{shown(way.about)}</p><ul>{items}</ul></div>'


HELP = """
<div class="help">
<h2>How to read an answer</h2>
<p><strong>What reviews say</strong> is set in this type, behind a line: <span class="sample">“words of a review”</span>.
These are the review’s own words, cut from its page as they stand. Choose the number under them and the page opens beside the
answer, with the words marked.</p>
<p>The small plain words between quotations are ours. They introduce and group; they never add a finding.</p>
<p><strong>Questions to sit with</strong> have an amber edge. Each says which quotation raised it. They have no right answer.
Below the box you can say what they are for: a visit to come, one that is over, supervision or a team.
None comes twice in a conversation.</p>
<h2>Reflect step by step</h2>
<p>Under <strong>Reflect</strong> you can think a situation through in steps, in one of three ways. What you write at one step decides what
is asked and quoted at the next: two quotations that fit, and one that asks to look again. Skip a step, go back, leave and return as you
like. <strong>My sheet</strong> holds what you wrote and what you kept from answers (“+ to my sheet”). Save it as a Word file, print it, or
open it again another day: every quotation is then looked for in the library anew, and you are told if one is not found.</p>
<h2>Check a text</h2>
<p>Under <strong>Check a text</strong> a report is checked before it goes out: each of its quotations is looked for in this library, and
you see whether it stands, which words differ, and where. What is not in the library cannot be found, and nothing that was not
checked has passed.</p>
<h2>What it does not do</h2>
<p>It decides nothing about a child. It scores no risk and does not say whether a threshold is met. Those are for you, your manager or
safeguarding lead, and your local procedures.</p>
<p>It does not know your case. A review tells what happened once, somewhere, and often years ago: look at its date, and at whether the
guidance it rests on still stands.</p>
<p>Telephone numbers and links printed in old briefings are part of the record. Do not use them; use your local contacts.</p>
<h2>What you type</h2>
<p>Leave out names, dates of birth and addresses. If some slip in they are marked, nothing is looked up, and one press sends your words
without them; somebody who was named is then “[child A]” or “[person B]” as long as the conversation lasts.</p>
<p>What you type stays in this page’s memory while it is open. It is not written to a
file, not sent to another machine, and gone when you close the page or start again.</p>
<h2>Keys</h2>
<dl><div><dt>Enter</dt><dd>asks; Shift and Enter begin a new line</dd></div>
<div><dt>Tab</dt><dd>goes through citations, questions and buttons</dd></div>
<div><dt>Enter on a citation</dt><dd>opens its source</dd></div>
<div><dt>Escape</dt><dd>closes the source and goes back to where you were</dd></div></dl>
</div>
"""
