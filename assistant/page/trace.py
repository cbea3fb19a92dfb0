"""How an answer came about, folded away below it: what was heard, where each passage stood, what was left out and why."""

from __future__ import annotations

from assistant.models.reply import Reply, Seen
from assistant.page.links import button, source_of
from assistant.page.text import count, on_one_line

FIRST_WORDS = 90  # letters of a passage
CUT = "Each quotation is cut from its page as it stands; nothing in it is rewritten."


def working(name: str, reply: Reply) -> str:
    """The fold-out; nothing where nothing was searched for."""
    explanation = reply.explanation
    if explanation is None:
        return ""
    heard = "".join(f"<dt>{on_one_line(what)}</dt><dd>{on_one_line(value)}</dd>" for what, value in explanation.heard)
    passages = "".join(_passage(seen) for seen in explanation.seen)
    left_out = "".join(f"<li>{count(number, 'passage')} {on_one_line(why)}</li>" for why, number in explanation.left_out)
    left_out = f"<h4>Left out, as they may not serve this question</h4><ul>{left_out}</ul>" if left_out else ""
    return (
        f'<details class="how"><summary>{name}</summary><dl>{heard}</dl><p>{on_one_line(explanation.decision)}. {CUT}</p>'
        f"<h4>The best of {count(explanation.searched, 'passage')} searched</h4><ol>{passages}</ol>{left_out}</details>"
    )


def _passage(seen: Seen) -> str:
    """One passage: where it stands, its first words, and what spoke for it."""
    words = " ".join(seen.citation.quotation.text.split())
    short = words if len(words) <= FIRST_WORDS else f"{words[:FIRST_WORDS].rsplit(' ', 1)[0]}…"
    unseen = '<span class="unseen">, open the source</span>'
    place = button("source", source_of(seen.citation.quotation, 0), f"{on_one_line(seen.citation.reference)}{unseen}", "cite")
    signs = [_rank(seen.text_rank, "by words"), _rank(seen.vector_rank, "by meaning")]
    signs += [_rank(seen.ear_rank, "by the cross-encoder")] if seen.ear_rank else []
    signs += [f"fit {seen.fit:.2f}"] if seen.rank else []
    signs += [f"prints {', '.join(seen.themes)}"] if seen.themes else []
    told = " · ".join(on_one_line(sign) for sign in signs)
    return f'<li>{place} “{on_one_line(short)}” <span class="signs">{told} · <b>{on_one_line(seen.fate)}</b></span></li>'


def _rank(rank: int, search: str) -> str:
    return f"{rank} {search}" if rank else f"not found {search}"
