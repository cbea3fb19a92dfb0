"""The way of a message: guards, query, retrieval, answering. Each room is handed what the one before it made, and knows no other."""

from __future__ import annotations

from collections.abc import Callable, Collection, MutableMapping, Sequence
from dataclasses import replace
from datetime import date

from assistant.answering.compose import Composer, held_back
from assistant.answering.confidence import Confidence
from assistant.answering.coverage import Coverage
from assistant.answering.decide import Judge
from assistant.answering.prompts import Questions
from assistant.answering.select import Selector
from assistant.guards.guards import Guards
from assistant.language.sentence_vectors import SentenceVectors
from assistant.language.theme_matcher import ThemeMatcher
from assistant.models.decision import Decision
from assistant.models.evidence import Candidate, Evidence
from assistant.models.reply import Citation, Reply
from assistant.models.verdict import Verdict
from assistant.query.lexicon import LexiconKeeper
from assistant.query.parse import Parser
from assistant.retrieval.labels import Labels
from assistant.retrieval.search import Searcher
from knowledge.characters import with_whole_characters
from knowledge.learned import Learned
from knowledge.library import Library
from knowledge.one_question import one_question
from knowledge.reranking import Reranker
from knowledge.settings import Safety
from knowledge.shelf import Shelf


class Assistant:
    """Answers from a library. Nothing that is asked is kept: the history is the caller's.

    `safety` is a deployment's own (contacts, procedures, thresholds); `reranker` is a cross-encoder of the user's, which helps to
    order what was found; `today` gives the day that "the last five years" count from.
    """

    def __init__(
        self, library: Library, safety: Safety | None = None, reranker: Reranker | None = None, *, today: Callable[[], date] = date.today
    ) -> None:
        embedder, learned = library.embedder, Learned(library.embedder)
        matcher, vectors = _theme_matcher(library), SentenceVectors(embedder)
        self.library, self.shelf, self.lexicon = library, Shelf(library), LexiconKeeper(library)
        self.guards = Guards(safety)
        self.parser = Parser(self.shelf, self.lexicon, embedder, learned, today)
        self.searcher = Searcher(library, matcher, self.shelf, self.lexicon.forms, Labels(self.guards.tags), learned, reranker)
        self.judge = Judge(library, Coverage(embedder), self.shelf, Confidence(embedder, vectors))
        self.selector = Selector(embedder, vectors)
        self.composer = Composer(library, self.shelf, Questions(vectors, matcher))

    def warm(self) -> None:
        """Load what the first answer needs: the model, the themes' vectors, the name finder."""
        self.library.ready()
        self.composer.warm()
        self.lexicon.lexicon()
        self.guards.warm()
        self.searcher.warm()

    @one_question()
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
        """Answer a message. `history` are the user's earlier messages, oldest first; `asked` questions not to repeat.

        `names` keeps who is which letter ("[child A]") over a conversation: pass the same dictionary each time, and
        drop it with the conversation. `moment` is what the questions are for (see `knowledge.themes.MOMENTS`); without it the
        message may tell. `safe_now`: the user says of this message that everyone is safe now; `settled` are earlier
        messages of which that was said, in whose light no danger is heard.
        """
        message, history = with_whole_characters(message), [with_whole_characters(one) for one in history]
        verdict = self.check(message, names, [one for one in history if one not in settled])
        verdict = verdict.when_safe() if safe_now else verdict
        if verdict.held:
            return held_back(message, verdict)
        reply = self.answer(self.evidence(message, history), asked, moment)
        return replace(reply, notices=(*verdict.notices, *reply.notices))

    def check(self, message: str, names: MutableMapping[str, str] | None = None, history: Sequence[str] = ()) -> Verdict:
        """What the guards find in a message; `names` and `history` as for `reply`."""
        return self.guards.check(message, self.lexicon.lexicon().names, names, history)

    def evidence(self, message: str, history: Sequence[str] = (), *, account: bool = False) -> Evidence:
        """What is found for a message, best first, whether or not it is enough to answer. The guards are not asked.

        `account` says that it tells of a situation, whatever its form.
        """
        return self.searcher.search(self.parser.parse(message, history, account=account))

    def decide(self, evidence: Evidence) -> Decision:
        """Whether the evidence is enough to answer, and why."""
        return self.judge.decide(evidence)

    def answer(self, evidence: Evidence, asked: Collection[str] = (), moment: str = "") -> Reply:
        """What reviews say, from what was found for a message that the guards have seen, and questions not `asked` before."""
        decision = self.decide(evidence)
        selection = self.selector.choose(evidence, decision)
        return self.composer.compose(evidence, decision, selection, asked, moment)

    def cite(self, evidence: Evidence, candidates: Sequence[Candidate]) -> tuple[Citation, ...]:
        """Candidates as proven quotations, each cut to what speaks to the question."""
        return self.composer.cite(evidence, self.selector.cut(evidence.question, candidates))


def prepare(library: Library) -> None:
    """Make what is kept beside the library, where it is not there yet, so that the page starts sooner."""
    _theme_matcher(library).warm()


def _theme_matcher(library: Library) -> ThemeMatcher:
    return ThemeMatcher(library.embedder, library.folder / "derived")
