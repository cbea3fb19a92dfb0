"""Questions to sit with: from the themes of the evidence, each tied to the passage that raises it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from assistant.reply import Citation, Prompt
from knowledge.themes import Theme

FEWEST, MOST = 3, 5
MOMENT = "supervision"


def questions_to_sit_with(
    heard: Sequence[Theme], printed: Sequence[Theme], citations: Sequence[Citation], asked: Collection[str] = (), moment: str = MOMENT
) -> tuple[Prompt, ...]:
    """Three to five questions, the nearest theme's first, none that was `asked` before.

    `heard` are the themes of the question, `printed` those of the quoted passages.
    """
    if not citations:
        return ()
    themes = list(dict.fromkeys((*heard, *printed)))
    queues = [[q for q in sorted(theme.questions, key=lambda q: moment not in q.moments) if q.ask not in asked] for theme in themes]
    prompts: list[Prompt] = []
    for turn in range(FEWEST):
        for place, (theme, queue) in enumerate(zip(themes, queues, strict=True)):
            if turn < len(queue) and len(prompts) < MOST and (turn == 0 or place < 2 or len(prompts) < FEWEST):
                prompts.append(Prompt(theme.id, queue[turn].ask, queue[turn].why, _raised_by(theme, citations)))
        if len(prompts) >= FEWEST:
            break
    return tuple(prompts)


def _raised_by(theme: Theme, citations: Sequence[Citation]) -> int:
    """The first citation that prints the theme's words; else the best one."""
    return next((i for i, citation in enumerate(citations) if theme.id in citation.themes), 0)
