"""Questions to sit with: from the themes of what is told and of the evidence, each tied to the passage that raises it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from assistant.language.sentence_vectors import SentenceVectors
from assistant.language.theme_matcher import ThemeMatcher
from assistant.language.wording import plain, wording
from assistant.models.headings import REVIEWS
from assistant.models.question import Question
from assistant.models.reply import Citation, Prompt
from knowledge.themes import Theme, ThemeQuestion

FEWEST, MOST = 3, 5
USUAL_MOMENT = "supervision"
ALWAYS = "Have I seen each child?"  # stands in the page all the time
BESIDE = 0.5  # of the best theme's fit: how well a printed theme must fit what is told before it raises a question
ALIKE = 0.8  # cosine from which two questions are one thought


def moment_of(text: str) -> str:
    """The moment that a message speaks of ("I see them tomorrow": "before a visit"), or empty."""
    return next((moment.name for moment in wording().moments if any(p.search(plain(text)) for p in moment.says)), "")


class Questions:
    """Chooses questions to sit with. `vectors` keeps those of questions, never of what a user wrote."""

    def __init__(self, vectors: SentenceVectors, matcher: ThemeMatcher) -> None:
        self._vectors = vectors
        self._matcher = matcher

    def warm(self) -> None:
        """Embed the questions, and learn the themes."""
        self._matcher.warm()
        self._vectors.of([q.ask for theme in self._matcher.themes for q in theme.questions])

    def choose(
        self,
        question: Question,
        told: Sequence[Sequence[float]],
        heard: Sequence[Theme],
        citations: Sequence[Citation],
        meanings: Sequence[Sequence[float]],
        asked: Collection[str] = (),
        moment: str = "",
    ) -> tuple[Prompt, ...]:
        """Three to five questions, the nearest theme's first, none of a thought that was `asked` before; none under a plain question of
        fact, nor where somebody asks what documents say that are no reviews.

        `told` are the vectors of the message's sentences, `heard` the themes of a message that asks, `meanings` the vectors
        of the citations. Within a theme come first those for the `moment` (else the one that the message speaks of, else before
        supervision), nearest first.
        """
        if not citations or not _about_practice(question, citations):
            return ()
        moment = moment or moment_of(question.text) or USUAL_MOMENT
        whole = np.mean(np.array(told, dtype=np.float32), axis=0)
        prompts: list[Prompt] = []
        taken = list(asked)
        for theme, most in self._themes(question, told, heard, citations):
            if len(prompts) >= most:
                continue
            for one in self._in_order(theme, whole, moment):
                if len(prompts) >= most:
                    break
                if not self._said(one.ask, taken):
                    taken.append(one.ask)
                    prompts.append(Prompt(theme.id, one.ask, one.why, self._raised_by(theme, one, citations, meanings)))
        return tuple(prompts)

    def _themes(
        self, question: Question, told: Sequence[Sequence[float]], heard: Sequence[Theme], citations: Sequence[Citation]
    ) -> list[tuple[Theme, int]]:
        """The themes to ask of, and how many questions there may be once each has had its turn.

        The nearest theme has the first three. Others follow with one each: those heard, then those that a quotation
        prints, if they fit what is told as well. Only where none of these has a question left come the next fitting ones.
        """
        fitting = self._matcher.fitting(told)
        fit = {theme.id: score for theme, score in fitting}
        first = heard[0] if heard else fitting[0][0]
        printed = [theme for theme, _ in fitting if any(theme.id in citation.themes for citation in citations)]
        beside = [theme for theme in (*heard, *printed) if fit[theme.id] >= BESIDE * fit[first.id] and theme != first]
        if question.account:
            beside = [theme for theme in heard if theme != first]
        others = [(theme, FEWEST + n) for n, theme in enumerate(dict.fromkeys(beside), 1)][: MOST - FEWEST]
        return [(first, FEWEST), *others, *((theme, FEWEST) for theme, _ in fitting)]

    def _in_order(self, theme: Theme, whole: np.ndarray[tuple[int], np.dtype[np.float32]], moment: str) -> list[ThemeQuestion]:
        near = self._vectors.of([q.ask for q in theme.questions]) @ whole
        order = sorted(range(len(theme.questions)), key=lambda i: (moment not in theme.questions[i].moments, -near[i]))
        return [theme.questions[i] for i in order]

    def _said(self, question: str, before: Sequence[str]) -> bool:
        if question in before:
            return True
        return bool(before) and bool((self._vectors.of(before) @ self._vectors.of([question])[0]).max() >= ALIKE)

    def _raised_by(self, theme: Theme, question: ThemeQuestion, citations: Sequence[Citation], meanings: Sequence[Sequence[float]]) -> int:
        """The citation nearest to the question, among those that print its theme where there are some."""
        places = [i for i, c in enumerate(citations) if theme.id in c.themes] or list(range(len(citations)))
        near = np.array([meanings[i] for i in places], dtype=np.float32) @ self._vectors.of([question.ask])[0]
        return places[int(near.argmax())]


def _about_practice(question: Question, citations: Sequence[Citation]) -> bool:
    """Whether an answer is one to think about one's own practice with."""
    if question.account:
        return True
    fact = question.number or question.defines or question.origin or question.guidance
    return not fact and any(citation.starter or citation.headed == REVIEWS for citation in citations)
