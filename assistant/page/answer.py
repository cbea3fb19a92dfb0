"""A reply as HTML: the reviews' words, our few joining words, and the questions to sit with, each to be told apart.

Every turn is a single line that begins with a tag and holds no line break: Gradio's Markdown
then leaves it alone, and its sanitiser passes over it a second time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.models.reply import STARTER_BLOCK, TODAY, Citation, Notice, Prompt, Reply, Told, told_once
from assistant.page.links import button, keep, source_of
from assistant.page.text import count, in_paragraphs, on_one_line, set_off, shown, with_details_marked
from assistant.page.trace import working

NOT_HERE = "The briefings here do not answer this."
ANOTHER_WAY = "Ask another way, or add briefings that may cover it."
NUMBER = re.compile(r"\[(\d{1,3})\]")
LATER = "Everyone is safe now: reflect on this"
ADVICE = {"decision": "For you and your manager to decide", "scope": "What this page can and cannot do", "help": "How this page helps"}


def asked(question: str) -> str:
    """What the user said, as the heading of a turn."""
    return f'<div class="turn asked"><h2><span class="label">You asked</span> {on_one_line(question)}</h2></div>'


def waiting(ready: bool) -> str:
    """What stands in the answer's place until it is there."""
    text = "Looking through the briefings." if ready else "Getting ready: the first answer may take a few seconds."
    return f'<div class="turn waiting"><p>{text}</p></div>'


def failed(sentence: str) -> str:
    """One sentence in the place of an answer."""
    return f'<div class="turn failed"><p>{on_one_line(sentence)}</p></div>'


def answered(reply: Reply, *, marked: bool = True) -> str:
    """The whole reply. Where somebody may be in danger now, the urgent notice, how to go on later, and nothing else.

    What may need action today stands above everything else.
    `marked` shows the message with its identifying details marked; without it they are shown nowhere.
    """
    urgent = [n for n in reply.notices if n.kind == "urgent"]
    if urgent:
        later = button("later", reply.masked or reply.question, LATER, "ask")
        return _turn("urgent", _danger(urgent, f"<p>{later}</p>"))
    parts = [*(today(n) for n in reply.notices if n.kind == "today"), _personal(reply, marked), _advice(reply), _looked_for(reply)]
    parts.append(_silence(reply) if reply.abstained else _evidence(reply))
    parts += [_questions(reply), _next(reply)]
    return _turn("abstained" if reply.abstained else "answer", "".join(parts))


def cite(citations: Sequence[Citation], place: int, *, short: bool = False) -> str:
    """A citation as a button that opens its source; `short` shows the number alone."""
    citation = citations[place]
    number = f"[{place + 1}]"
    source = source_of(citation.quotation, place + 1)
    unseen = f" {citation.reference}, open the source" if short else ", open the source"
    text = f"{number}" if short else f"<b>{number}</b> {shown(citation.reference)}"
    return button("source", source, f'{text}<span class="unseen">{shown(unseen)}</span>', "cite short" if short else "cite")


def _turn(kind: str, inner: str) -> str:
    return f'<div class="turn {kind}">{inner}</div>'.replace("\n", " ").replace("\r", " ")


def _danger(notices: Iterable[Notice], later: str) -> str:
    return f'<div class="danger" role="alert">{"".join(in_paragraphs(n.text) for n in notices)}{later}</div>'


def today(notice: Notice, role: str = "") -> str:
    """What may need action today, as a plain band; `role` for a place that is no live region itself."""
    live = f' role="{role}"' if role else ""
    return f'<section class="today"{live} aria-label="{TODAY}"><h3>{TODAY}</h3>{in_paragraphs(notice.text)}</section>'


def _linked(text: str, citations: Sequence[Citation]) -> str:
    """Our words, escaped, with every [n] that is a citation made into its button."""

    def number(match: re.Match[str]) -> str:
        place = int(match[1]) - 1
        return cite(citations, place, short=True) if 0 <= place < len(citations) else match[0]

    return NUMBER.sub(number, on_one_line(text))


def _personal(reply: Reply, marked: bool) -> str:
    notices = [n for n in reply.notices if n.kind == "personal_data"]
    if not notices:
        return ""
    again = ""
    if reply.details and marked:
        marked_text = with_details_marked(reply.question, reply.details)
        again = f'<p class="masked"><span class="label">Your message, with details highlighted</span> {marked_text}</p>'
    if reply.masked:
        again += (
            f'<p class="masked"><span class="label">Without these details</span> {on_one_line(reply.masked)}</p>'
            f"<p>{button('ask', reply.masked, 'Send without these details', 'action')}</p>"
        )
    text = "".join(in_paragraphs(n.text) for n in notices)
    return f'<section class="note personal"><h3>Details that may identify somebody</h3>{text}{again}</section>'


def _advice(reply: Reply) -> str:
    found = ""
    for kind, heading in ADVICE.items():
        if texts := [n.text for n in reply.notices if n.kind == kind]:
            lines = [line for text in texts for line in text.splitlines() if line.strip()]
            ways = [button("ask", line, on_one_line(line), "ask") if kind == "help" and n else "" for n, line in enumerate(lines)]
            inner = "".join(f"<p>{way or _linked(line, reply.citations)}</p>" for line, way in zip(lines, ways, strict=True))
            found += f'<section class="note {kind}"><h3>{heading}</h3>{inner}</section>'
    return found


def _looked_for(reply: Reply) -> str:
    if not reply.looked_for:
        return ""
    words = " · ".join(on_one_line(w) for w in reply.looked_for)
    change = button("edit", reply.question, "change", "plain")
    return f'<p class="looked"><span class="label">Looked for</span> {words} {change}</p>'


def _evidence(reply: Reply) -> str:
    opening = "".join(f'<p class="opening">{_linked(line, reply.citations)}</p>' for line in reply.opening.splitlines() if line.strip())
    if not reply.citations:
        return opening
    ours = _starter(reply.citations)
    published = [citation for citation in reply.citations if not citation.starter]
    if not published:
        return f"{opening}{ours}{_aside(reply)}"
    briefings = len({c.quotation.briefing.id for c in published})
    extent = f"{count(len(published), 'passage')} from {count(briefings, 'briefing')}"
    sections, before = "", f' <span class="extent">{extent}</span>'
    for heading, groups in _sections(reply).items():
        inner = "".join(_group("" if title == heading else title, places, reply.citations) for title, places in groups)
        sections += f'<section class="evidence"><h3>{heading}{before}</h3>{opening}{inner}</section>'
        before = opening = ""
    return f"{sections}{ours}{_aside(reply)}"


def _sections(reply: Reply) -> dict[str, list[tuple[str, list[int]]]]:
    """The groups by what their words are: what reviews say, what statutory guidance requires, ... in the order of the best of each."""
    sections: dict[str, list[tuple[str, list[int]]]] = {}
    for title, places in _groups(reply):
        for heading in dict.fromkeys(reply.citations[place].headed for place in places):
            sections.setdefault(heading, []).append((title, [p for p in places if reply.citations[p].headed == heading]))
    return sections


def _starter(citations: Sequence[Citation]) -> str:
    """What our own starter library says, in a block of its own."""
    places = [place for place, citation in enumerate(citations) if citation.starter]
    if not places:
        return ""
    words = "".join(_words(citations, told) for told in told_once(places, citations))
    return f'<section class="evidence from-starter"><h3>{STARTER_BLOCK}</h3>{words}</section>'


def _groups(reply: Reply) -> list[tuple[str, list[int]]]:
    """The reply's groups of published passages, and what they left out: no citation goes unseen."""
    published = [i for i, citation in enumerate(reply.citations) if not citation.starter]
    groups = [(g.title, [i for i in g.citations if i in published]) for g in reply.groups]
    told = {i for _, places in groups for i in places} | {j for c in reply.citations for j in c.also}
    rest = [i for i in published if i not in told]
    if rest:
        groups.append(("Also" if groups else "", rest))
    return [(title, places) for title, places in groups if places]


def _group(title: str, places: Iterable[int], citations: Sequence[Citation]) -> str:
    heading = f"<h4>{on_one_line(title)}</h4>" if title else ""
    return f'<div class="group">{heading}{"".join(_words(citations, told) for told in told_once(places, citations))}</div>'


def _words(citations: Sequence[Citation], told: Told, *, apart: bool = True) -> str:
    """A passage's own words, with where they stand; `apart` where those of the starter library stand in their own block."""
    place, citation = told.place, citations[told.place]
    parts = [cite(citations, place)]
    parts += [f'<span class="under">under “{on_one_line(told.under)}”</span>'] if told.under else []
    earlier = [cite(citations, i, short=True) for i in citation.also if 0 <= i < len(citations)]
    also = " ".join([*earlier, *(cite(citations, i) for i in told.copies)])
    parts += [f'<span class="also">also in {also}</span>'] if also else []
    beside = citation.kind if citation.starter and not apart else citation.beside
    parts += [f'<span class="{"starter" if citation.starter else "from-kind"}">{on_one_line(beside)}</span>'] if beside else []
    parts.append(keep(citation.quotation))
    return set_off(citation, " ".join(parts))


def _aside(reply: Reply) -> str:
    """What belongs beside the evidence: who is silent, what is old, and how it was found."""
    parts = ""
    if reply.silent:
        parts += f'<p class="silent">Nothing on this in: {", ".join(on_one_line(s) for s in reply.silent)}</p>'
    for text in (n.text for n in reply.notices if n.kind == "currency"):
        parts += f'<p class="age">{_linked(text, reply.citations)}</p>'
    parts += _doubts(reply)
    return f'<div class="aside">{parts}{working("How I found these", reply)}</div>'


def _doubts(reply: Reply) -> str:
    """Which quotations come from pages that the two PDF readers read differently."""
    return "".join(f'<p class="proven doubted">{_linked(n.text, reply.citations)}</p>' for n in reply.notices if n.kind == "reading")


def _silence(reply: Reply) -> str:
    told = any(n.kind == "personal_data" or n.kind in ADVICE for n in reply.notices)
    opening = in_paragraphs(reply.opening or ("" if told else NOT_HERE))
    near = ""
    if reply.near:
        quotations = "".join(_words(reply.near, told, apart=False) for told in told_once(range(len(reply.near)), reply.near))
        near = f'<section class="evidence near"><h3>Closest passages (not an answer)</h3>{quotations}{_doubts(reply)}</section>'
    advice = "" if told or ANOTHER_WAY in reply.opening else f"<p>{ANOTHER_WAY}</p>"
    return f'<div class="silence">{opening}</div>{near}{advice}{working("What I looked at", reply)}'


def _questions(reply: Reply) -> str:
    if not reply.prompts:
        return ""
    citations = reply.citations or reply.near
    items = "".join(_question(prompt, citations) for prompt in reply.prompts)
    return f'<section class="questions"><h3>Questions to sit with</h3><ol>{items}</ol></section>'


def _question(prompt: Prompt, citations: Sequence[Citation]) -> str:
    place = prompt.citation
    raised = f" Raised by {cite(citations, place, short=True)}" if place is not None and 0 <= place < len(citations) else ""
    why = f'<p class="why">{_linked(prompt.why, citations)}{raised}</p>' if prompt.why or raised else ""
    return f'<li><p class="question">{on_one_line(prompt.question)}</p>{why}{keep(prompt.question)}</li>'


def _next(reply: Reply) -> str:
    """Where to go from here: other questions, and the reflection in steps that begins with what was said."""
    if reply.abstained or not reply.citations:
        return ""
    ways = [button("ask", s, on_one_line(s), "ask") for s in reply.suggestions]
    ways.append(button("reflect", reply.question, "Reflect on this step by step", "ask"))
    return f'<nav class="next"><h3>Next</h3><ul>{"".join(f"<li>{way}</li>" for way in ways)}</ul></nav>'
