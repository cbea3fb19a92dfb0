"""How an answer came about, folded away below it: what was heard, where each passage stood, what was left out and why."""

from __future__ import annotations

from assistant.models.reply import Reply, Seen
from assistant.page.links import button, source_of
from assistant.page.text import on_one_line
from assistant.page.views import ready, view

FIRST_WORDS = 90  # letters of a passage
CUT = "Each quotation is copied word for word from its page; nothing in it is rewritten."


def working(name: str, reply: Reply) -> str:
    """The fold-out; nothing where nothing was searched for."""
    told = reply.explanation
    if told is None:
        return ""
    return view(
        "trace",
        name=name,
        heard=told.heard,
        decision=told.decision,
        cut=CUT,
        searched=told.searched,
        passages=[_passage(seen) for seen in told.seen],
        left_out=told.left_out,
    )


def _passage(seen: Seen) -> dict[str, str]:
    """One passage: where it stands, its first words, what spoke for it, and its outcome."""
    words = " ".join(seen.citation.quotation.text.split())
    short = words if len(words) <= FIRST_WORDS else f"{words[:FIRST_WORDS].rsplit(' ', 1)[0]}…"
    unseen = '<span class="unseen">, open the source</span>'
    place = button("source", source_of(seen.citation.quotation, 0), f"{on_one_line(seen.citation.reference)}{unseen}", "cite")
    signs = [_rank(seen.text_rank, "keyword"), _rank(seen.vector_rank, "meaning")]
    signs += [_rank(seen.ear_rank, "cross-encoder")] if seen.ear_rank else []
    signs += [f"relevance {seen.fit:.2f}"] if seen.rank else []
    signs += [f"mentions {', '.join(seen.themes)}"] if seen.themes else []
    return {"place": ready(place), "words": short, "signs": " · ".join((signs[0][0].upper() + signs[0][1:], *signs[1:])), "fate": seen.fate}


def _rank(rank: int, search: str) -> str:
    return f"{search} rank {rank}" if rank else f"no match by {search}"
