"""The assistant: a message goes in, a reply of proven quotations and open questions comes out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, MutableMapping, Sequence
from dataclasses import replace
from datetime import date

from assistant import answer
from assistant.confidence import Confidence
from assistant.coverage import Coverage
from assistant.evidence import OPEN, Candidate, Evidence
from assistant.explanation import explained
from assistant.guards import Guards, Verdict
from assistant.labels import Labels
from assistant.lexicon import LexiconKeeper
from assistant.question import Question, understand
from assistant.reflection import Questions
from assistant.reply import BESIDE, TODAY, Citation, Explanation, Reply
from assistant.searcher import Searcher
from assistant.selection import Chosen, Selector
from assistant.sentence_vectors import SentenceVectors
from assistant.shelf import Shelf
from assistant.sufficiency import Finding, Judge
from assistant.theme_match import ThemeMatcher
from knowledge.characters import with_whole_characters
from knowledge.learned import Learned
from knowledge.library import Library
from knowledge.one_question import one_question
from knowledge.reranking import Reranker
from knowledge.settings import Safety
from knowledge.themes import Theme, themes

NEAR_ENOUGH = 0.30  # cosine from which a passage is offered as near to a question without an answer
NEAR_SHOWN = 2
SUGGESTED = 3
TELLS = 0.55  # from there on a message tells of a situation, whatever its form (chosen on messages held back: `python -m training.train`)


class Assistant:
    """Answers from a library. Nothing that is asked is kept: the history is the caller's.

    `safety` is a deployment's own (contacts, procedures, thresholds); `reranker` is a cross-encoder of the user's, which helps to
    order what was found; `today` gives the day that "the last five years" count from.
    """

    def __init__(
        self,
        library: Library,
        safety: Safety | None = None,
        reranker: Reranker | None = None,
        *,
        today: Callable[[], date] = date.today,
    ) -> None:
        self.library = library
        self._today = today
        self.guards = Guards(safety)
        self._lexicon = LexiconKeeper(library)
        self._learned = Learned(library.embedder)
        matcher = ThemeMatcher(library.embedder, library.folder / "derived")
        self._matcher = matcher
        self.shelf = Shelf(library)
        self.searcher = Searcher(library, matcher, self.shelf, self._lexicon, Labels(self.guards.tags), self._learned, reranker)
        vectors = SentenceVectors(library.embedder)
        self._judge = Judge(library, Coverage(library.embedder), self.shelf, Confidence(library.embedder, vectors))
        self._selector = Selector(library.embedder, vectors)
        self._questions = Questions(vectors, matcher)

    def warm(self) -> None:
        """Load what the first answer needs: the model, the themes' vectors, the name finder."""
        self.library.ready()
        self._matcher.warm()
        self._questions.warm()
        self._lexicon.lexicon()
        self.guards.warm()
        self.searcher.warm()

    def warm_behind(self) -> threading.Thread:
        """Load it in a thread of its own; returns the thread, already started."""
        thread = threading.Thread(target=self.warm, name="warm-up", daemon=True)
        thread.start()
        return thread

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
        began = time.perf_counter()
        message, history = with_whole_characters(message), [with_whole_characters(one) for one in history]
        verdict = self.check(message, names, [one for one in history if one not in settled])
        notices = tuple(n for n in verdict.notices if not (safe_now and n.kind == "urgent"))
        guarded = time.perf_counter() - began
        if any(notice.kind not in BESIDE for notice in notices):
            masked = verdict.masked if verdict.details else ""
            return Reply(message, abstained=True, notices=notices, masked=masked, details=verdict.details, timings={"guards": guarded})
        reply = self.of_evidence(self.evidence(message, history), asked, moment)
        return replace(reply, notices=(*notices, *reply.notices), timings={"guards": guarded})

    def check(self, message: str, names: MutableMapping[str, str] | None = None, history: Sequence[str] = ()) -> Verdict:
        """What the guards find in a message; `names` and `history` as for `reply`."""
        return self.guards.check(message, self._lexicon.lexicon().names, names, history)

    def of_evidence(self, evidence: Evidence, asked: Collection[str] = (), moment: str = "") -> Reply:
        """What reviews say, from what was found for a message that the guards have seen, and questions not `asked` before."""
        finding = self.finding(evidence)
        heard = [theme for theme, _ in evidence.themes]
        if not finding.enough:
            return self._without(evidence, finding, heard)
        return self._answered(evidence, finding, heard, asked, moment)

    def cited(self, question: Question, candidates: Sequence[Candidate]) -> tuple[Citation, ...]:
        """Candidates as proven quotations, each cut to what speaks to the question."""
        return answer.cited(self.library, self._selector.cut(question, candidates), self._tags())

    def evidence(self, message: str, history: Sequence[str] = (), *, account: bool = False) -> Evidence:
        """What is found for a message, best first, whether or not it is enough to answer. The guards are not asked.

        `account` says that it tells of a situation, whatever its form.
        """
        question = understand(message, history, self.shelf.briefings(), self._lexicon.lexicon().vocabulary, self._today())
        told = account or (not (question.carried or question.narrow) and self._tells(question))
        return self.searcher.search(replace(question, account=True, of_all=False) if told else question)

    def _tells(self, question: Question) -> bool:
        """Whether a message is heard to tell of a situation though its form is a question's."""
        return self._learned.tells(self.library.embedder.embed_query(question.message)) >= TELLS

    def finding(self, evidence: Evidence) -> Finding:
        """Whether the evidence is enough to answer, and why."""
        return self._judge.decide(evidence)

    def _answered(self, evidence: Evidence, finding: Finding, heard: Sequence[Theme], asked: Collection[str], moment: str) -> Reply:
        question = evidence.question
        chosen = self._selector.choose(evidence, finding)
        citations = answer.cited(self.library, chosen, self._tags())
        quiet = answer.silent(question, self.shelf.briefings(), citations)
        groups = answer.grouped(question, heard, citations)
        printed = [theme for theme in themes() for citation in citations if theme.id in citation.themes]
        return Reply(
            question.text,
            abstained=False,
            notices=(*answer.currency_notices(question, citations), *answer.reading_notices(self.library, citations)),
            opening=answer.opening(question, heard, citations, quiet, faint=evidence.faint, near=question.account or evidence.open >= OPEN),
            groups=groups,
            citations=citations,
            prompts=self._questions.choose(
                question, self._told(question), heard, citations, self._meanings(question, chosen), asked, moment
            ),
            looked_for=_looked_for(question, heard),
            silent=quiet,
            suggestions=_suggestions(heard, printed),
            explanation=self._explained(evidence, finding, chosen),
        )

    def _meanings(self, question: Question, chosen: Sequence[Chosen]) -> list[Sequence[float]]:
        """The library's vectors of the quoted passages: those that were read word by word for a question have theirs."""
        found = [None if question.account else one.candidate.meaning for one in chosen]
        unread = [one.candidate.stored.passage.text for one, vector in zip(chosen, found, strict=True) if vector is None]
        fresh = iter(self.library.embedder.embed_documents(unread) if unread else [])
        return [next(fresh) if vector is None else vector.tolist() for vector in found]

    def _told(self, question: Question) -> list[list[float]]:
        """The vectors of a message's sentences."""
        return self.searcher.sentences(question.message)

    def _explained(self, evidence: Evidence, finding: Finding, chosen: Sequence[Chosen]) -> Explanation:
        left_out = self._selector.left_out(evidence, finding) if finding.enough else {}
        return explained(self.library, evidence, finding, chosen, left_out, self.library.catalogue.passage_count())

    def _without(self, evidence: Evidence, finding: Finding, heard: Sequence[Theme]) -> Reply:
        chosen = self._near(evidence)
        near = answer.cited(self.library, chosen, self._tags())
        return Reply(
            evidence.question.text,
            abstained=True,
            notices=answer.reading_notices(self.library, near, numbered=False),
            opening=answer.near_line(evidence, near),
            near=near,
            looked_for=_looked_for(evidence.question, heard),
            explanation=self._explained(evidence, finding, chosen),
        )

    def _near(self, evidence: Evidence) -> list[Chosen]:
        """The passages nearest to a question that they do not answer, those of published reviews first."""
        found = evidence.candidates or evidence.elsewhen
        near = [c for c in found if c.cosine >= NEAR_ENOUGH and (c.text > 0 or c.theme > 0)]
        near.sort(key=lambda c: c.briefing.starter)
        return [Chosen(c, c.stored.passage.start, c.stored.passage.end) for c in near[:NEAR_SHOWN]]

    def _tags(self) -> dict[str, frozenset[int]]:
        return {theme.id: self.searcher.tagged(theme) for theme in themes()}


def prepare(library: Library) -> None:
    """Make what is kept beside the library, where it is not there yet, so that the page starts sooner."""
    ThemeMatcher(library.embedder, library.folder / "derived").warm()


def as_markdown(reply: Reply) -> str:
    """The reply's answer as Markdown, notices first."""
    notices = [f"{TODAY}\n{n.text}" if n.kind == "today" else n.text for n in reply.notices if n.kind not in ("currency", "reading")]
    later = [f"Older than today's guidance: {notice.text}" for notice in reply.notices if notice.kind == "currency"]
    later += [notice.text for notice in reply.notices if notice.kind == "reading"]
    body = answer.markdown(reply.opening, reply.groups, reply.citations, reply.silent) if reply.opening else ""
    without = f"Without these: {reply.masked}" if reply.masked and "urgent" not in {notice.kind for notice in reply.notices} else ""
    near = [_near(citation) for citation in reply.near]
    return "\n\n".join(part for part in (*notices, without, body, *near, *later) if part)


def _near(citation: Citation) -> str:
    words = " ".join(citation.quotation.text.split())
    if citation.starter:
        return f"Near it: {words} {citation.reference} ({citation.kind})"
    return f"Near it: “{words}” {citation.reference}" + (f" ({citation.beside})" if citation.beside else "")


def _looked_for(question: Question, heard: Sequence[Theme]) -> tuple[str, ...]:
    mended = [f"{right} (for {typed})" for typed, right in question.mended]
    return tuple(dict.fromkeys((*(theme.name for theme in heard), *mended, *question.places, *question.cases))) or question.terms


def _suggestions(heard: Sequence[Theme], printed: Sequence[Theme]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(theme.next for theme in (*heard, *printed) if theme.next))[:SUGGESTED]
