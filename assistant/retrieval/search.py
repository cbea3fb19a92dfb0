"""Ranked evidence for a question, or none: full text, meaning and themes, weighed together."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from assistant.language.sentence_vectors import message_vectors
from assistant.language.theme_matcher import HEARD, ThemeMatcher
from assistant.language.wording import wording, words_of
from assistant.models.evidence import OPEN, TEXT_WEIGHT, THEME_WEIGHT, Candidate, Dropped, Evidence
from assistant.models.question import Question
from assistant.retrieval.bonus import bonus, meanings_of
from assistant.retrieval.filters import APPARATUS, LABEL, OTHER_TIME, SHARED, unfit
from assistant.retrieval.labels import Labels
from assistant.retrieval.late_interaction import LateInteraction
from knowledge.briefing import Briefing
from knowledge.catalogue import StoredPassage
from knowledge.embedding import embedded_text
from knowledge.learned import Learned
from knowledge.library import Library
from knowledge.reader import Reader
from knowledge.reranking import Reranker
from knowledge.shelf import Shelf
from knowledge.themes import Theme
from knowledge.themes import themes as all_themes

CANDIDATES = 150
# Once a passage is read word by word, the rest weighs less beside it.
FIT, MEANING, READ_TEXT = 1.0, 0.4, 0.65
READ_AHEAD = 600  # passages; some two seconds
READ = 60  # candidates that the reader reads
# What the reader's word weighs in a question, and in an open one (with 1.0 fewer public questions had their paragraph first).
READ_ASKED, READ_OPEN = 0.5, 1.0
USEFUL_OFTEN, MOVED = 0.5, 0.2  # what it weighs that a passage is useful to many, and near as the search sees it (on messages held back)
ASKS_OF_DOCUMENTS = 0.2  # from where on a question is about documents themselves (by hand: one open question in seven held back)
TELLS_OF_ITSELF = 0.5  # from where on a passage is one about the document itself (on lines and passages held back)
PRINTED_TOLD = 0.25  # what it weighs in an account that a passage prints words of a theme told of, times how likely that theme is
PHRASED = 4.0  # what the fit of a theme's own phrases weighs beside what was learned of messages (chosen on messages held back)
WEIGHED_TOLD, HEARD_TOLD = 0.05, 0.20  # how likely a theme must be to count, and to be heard, beside the likeliest
HEARD_AGAIN = 30  # candidates that a cross-encoder reads
LABELS_SOUGHT = 60  # candidates that are looked at for titles and the like; no more are ever quoted
FUSED = 60  # of reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009)
BM25_CEILING = 2.2  # bm25 gives a term at most its idf times k1 + 1


class Searcher:
    """Finds evidence in a library. `forms` gives a word and the other ways in which the library writes it."""

    def __init__(
        self,
        library: Library,
        matcher: ThemeMatcher,
        shelf: Shelf,
        forms: Callable[[str], Sequence[str]],
        labels: Labels,
        learned: Learned,
        reranker: Reranker | None = None,
    ) -> None:
        self.library = library
        self._learned = learned
        self._reranker = reranker
        self._shelf = shelf
        self._forms = forms
        self._labels = labels
        self.matcher = matcher
        self._words = LateInteraction(library.embedder)
        self._reader = Reader(library.embedder)
        self._tagged: tuple[int, dict[str, frozenset[int]]] = (-1, {})

    def warm(self) -> None:
        """Load a cross-encoder, where there is one, and read a small library ahead, so that first answers are as quick as later ones."""
        if self._reranker is not None:
            self._reranker.load()
        ids = self.library.catalogue.passage_ids()
        if len(ids) <= READ_AHEAD:
            stored = list(self.library.stored(ids).values())
            self._words.keep(stored)
            self._reader.keep([one.passage.text for one in stored])

    def search(self, question: Question) -> Evidence:
        """All candidates for the question, best first, those of withdrawn briefings left out."""
        briefings = {b.id: b for b in self._shelf.briefings()}
        message = question.message
        whole = self.library.embedder.embed_query(message)
        core = self.library.embedder.embed_query(question.core or question.as_printed)
        read = self._reader.message(message) if question.account and self._reader.able else None
        weighed = self._heard(question, whole, core) if read is None else self._told(question, read)
        open_ = 0.0 if question.account else self._learned.open(whole)
        themes = weighed if read is None else [one for i, one in enumerate(weighed) if i == 0 or one[1] >= HEARD_TOLD]
        meanings = meanings_of(question, list(briefings.values()))
        words = _searched(question, meanings)
        by_text = self.library.by_words([form for word in words for form in question.forms(word)], CANDIDATES)
        wanted = self._learned.asks_for(whole) if question.account else np.asarray(whole, dtype=np.float32)
        asked = wanted.tolist() if question.account else [(a + b) / 2 for a, b in zip(core, whole, strict=True)]
        by_vector = self.library.by_meaning(asked, CANDIDATES, self._within(question))
        tags = {theme.id: self.tagged(theme) for theme, _ in weighed}
        ids = {n for n, _ in by_text} | {n for n, _ in by_vector} | set().union(*(sorted(t)[:CANDIDATES] for t in tags.values()))
        if len(question.cases) > 1:
            ids |= self.library.catalogue.with_word("both")
        counts = {word: self.library.catalogue.count_with(question.forms(word)) for word in words}
        ceiling = self._ceiling({word: n for word, n in counts.items() if word in question.terms} or counts)
        found = _Found(by_text, by_vector, tags, {theme.id: score for theme, score in weighed}, ceiling)
        candidates, dropped, elsewhen = self._sifted(question, found, sorted(ids), briefings, meanings)
        candidates, told_of_one = _of_both(question, candidates)
        candidates.sort(key=lambda c: -c.score)
        spoken = self.matcher.scores(whole, core)
        candidates, of_itself = self._read_again(question, candidates, read, wanted, open_) if candidates else ([], [])
        if self._reranker is not None:
            candidates = _heard_again(self._reranker, message, candidates)
        candidates, named = (candidates, []) if question.origin else self._without_labels(candidates)
        elsewhen, _ = self._without_labels(sorted(elsewhen, key=lambda c: -c.score))
        said = float(spoken.max()) >= HEARD  # a theme's own phrase is near
        return Evidence(
            question=question,
            candidates=tuple(candidates),
            themes=tuple(themes),
            documents=counts,
            dropped=(*dropped, *told_of_one, *of_itself, *named),
            meanings=tuple(meanings),
            elsewhen=tuple(elsewhen),
            nothing=0.0 if said else self._learned.nothing(whole),
            open=open_,
            faint=question.account and not said,
            tags={theme.id: self.tagged(theme) for theme in all_themes()},
        )

    def _read_again(
        self,
        question: Question,
        candidates: list[Candidate],
        read: NDArray[np.float32] | None,
        wanted: NDArray[np.float32],
        open_: float,
    ) -> tuple[list[Candidate], list[Dropped]]:
        """The candidates as the reader ranks them for an account (`read`), or word by word for a question. Then those that it drops."""
        if read is not None:
            return self._useful(read, candidates)
        if not self._words.able:
            return candidates, []
        candidates = self._read(question, question.message, candidates, wanted)
        if question.defines or not self._reader.able:  # the reader learned what is of use, not what a word means
            return candidates, []
        return self._found_useful(question.message, candidates, open_)

    def _sifted(
        self, question: Question, found: _Found, ids: Sequence[int], briefings: Mapping[str, Briefing], meanings: Sequence[str]
    ) -> tuple[list[Candidate], list[Dropped], list[Candidate]]:
        """The passages found that may serve, those that may not, and of these the ones that only the time asked after rules out."""
        candidates: list[Candidate] = []
        dropped: list[Dropped] = []
        elsewhen: list[Candidate] = []
        for stored in self.library.stored(ids).values():
            if stored.briefing not in briefings:
                continue
            one = found.candidate(question, stored, briefings[stored.briefing], meanings)
            why = unfit(stored, question)
            if why == OTHER_TIME and not unfit(stored, replace(question, outside=frozenset())):
                elsewhen.append(one)
            if why:
                dropped.append(_dropped(one, why))
            else:
                candidates.append(one)
        return candidates, dropped, elsewhen

    def _without_labels(self, candidates: list[Candidate]) -> tuple[list[Candidate], list[Dropped]]:
        """The candidates without the lines among the best that only name something. Then those."""
        labels = {c.stored.id for c in candidates[:LABELS_SOUGHT] if self._labels.is_label(c.briefing, c.stored.passage)}
        kept = [c for c in candidates if c.stored.id not in labels]
        return kept, [_dropped(c, LABEL) for c in candidates if c.stored.id in labels]

    def _within(self, question: Question) -> list[str]:
        """The ids of the briefings to look in; none where that is all of them."""
        if not question.outside:
            return list(question.scope)
        inside = [b.id for b in self._shelf.briefings() if b.id not in question.outside and (not question.scope or b.id in question.scope)]
        return inside or list(question.scope)  # where none is of the time, what is near it in the others is shown

    def _heard(self, question: Question, whole: Sequence[float], core: Sequence[float]) -> list[tuple[Theme, float]]:
        """The themes of a message; of a follow-up those of what it adds as well."""
        told = message_vectors(self.library.embedder, question.message) if question.account else []
        themes = self.matcher.heard(question.as_printed, whole, core, told)
        if not (question.carried and question.fresh):
            return themes
        added = " ".join(question.fresh)
        alone = self.matcher.heard(
            question.as_printed, self.library.embedder.embed_query(question.as_printed), self.library.embedder.embed_query(added)
        )
        known = {theme.id for theme, _ in themes}
        return [*themes, *(one for one in alone if one[0].id not in known)]

    def _told(self, question: Question, read: NDArray[np.float32]) -> list[tuple[Theme, float]]:
        """The themes that an account may tell of, each with how likely it does, the likeliest first.

        `read` is the account's vector as the reader gives it.
        """
        learned = self._learned.themes(read)
        fits = self.matcher.fits(message_vectors(self.library.embedder, question.message))
        signs = np.array([learned[theme.id] for theme in self.matcher.themes]) + PHRASED * fits
        likely = np.exp(signs - signs.max()) / np.exp(signs - signs.max()).sum()
        order = [int(i) for i in np.argsort(-likely)]
        return [(self.matcher.themes[i], float(likely[i])) for i in order if i == order[0] or likely[i] >= WEIGHED_TOLD]

    def _useful(self, read: NDArray[np.float32], candidates: list[Candidate]) -> tuple[list[Candidate], list[Dropped]]:
        """The best candidates for an account as the reader ranks them; those further down keep their order behind them.

        Then those of the best that tell nobody anything about practice: what the document or the review itself is about.
        """
        best, rows, dropped = self._of_practice(candidates[:READ])
        often = USEFUL_OFTEN * self._learned.useful(rows)
        found = [
            replace(c, closeness=float(n + o) + MOVED * c.cosine, fit=float(n), meaning=row, theme_weight=PRINTED_TOLD)
            for c, row, n, o in zip(best, rows, rows @ read, often, strict=True)
        ]
        behind = min((c.closeness for c in found), default=0.0) - 1.0  # a cosine is at most 1
        further = [replace(c, closeness=behind + c.cosine) for c in candidates[READ:]]
        return sorted(found, key=lambda c: -c.score) + further, dropped

    def _of_practice(self, best: list[Candidate]) -> tuple[list[Candidate], NDArray[np.float32], list[Dropped]]:
        """Those that tell somebody something about practice, the reader's row of each, and the others."""
        rows = self._reader.passages([c.stored.passage.text for c in best])
        itself = self._learned.apparatus(rows) > TELLS_OF_ITSELF
        dropped = [_dropped(c, APPARATUS) for c, told in zip(best, itself, strict=True) if told]
        return [c for c, told in zip(best, itself, strict=True) if not told], rows[~itself], dropped

    def _found_useful(self, message: str, candidates: list[Candidate], open_: float) -> tuple[list[Candidate], list[Dropped]]:
        """The best candidates for a question, how useful the reader finds each counted beside all else; then those further down.

        Then those about documents themselves, which an open question is not answered by unless it is one about them too.
        """
        asked = self._reader.message(message)
        about = open_ < OPEN or float(self._learned.apparatus(asked[None])[0]) > ASKS_OF_DOCUMENTS
        best, rows, dropped = self._of_practice(candidates[:READ])
        if about or not best:
            best, rows, dropped = candidates[:READ], self._reader.passages([c.stored.passage.text for c in candidates[:READ]]), []
        weighs = READ_OPEN if open_ >= OPEN else READ_ASKED
        found = [replace(c, use=weighs * float(one)) for c, one in zip(best, rows @ asked, strict=True)]
        least = min(found, key=lambda c: c.score).score
        further = [replace(c, closeness=c.closeness - max(0.0, c.score - least)) for c in candidates[READ:]]
        return sorted(found, key=lambda c: -c.score) + further, dropped

    def _read(self, question: Question, message: str, candidates: list[Candidate], wanted: NDArray[np.float32]) -> list[Candidate]:
        """The best candidates read word by word and ranked anew; those further down keep their order behind the least raised."""
        reach = self._words.within_reach([c.stored for c in candidates])
        readings = self._words.read(message, [c.stored for c in candidates[:reach]])
        if question.carried:  # what a follow-up adds counts as much as the thread that it hangs on
            added = self._words.read(question.as_printed, [c.stored for c in candidates[:reach]])
            readings = [replace(r, fit=(r.fit + a.fit) / 2) for r, a in zip(readings, added, strict=True)]
        meanings = np.stack([reading.meaning for reading in readings])
        near = meanings @ wanted
        read = [
            replace(
                c,
                fit=float(n) if question.account else r.fit,
                closeness=float(n) if question.account else FIT * r.fit + MEANING * float(n),
                text_weight=c.text_weight * READ_TEXT,
                meaning=r.meaning,
            )
            for c, r, n in zip(candidates, readings, near, strict=False)
        ]
        least = min(c.closeness - c.cosine for c in read)
        further = [replace(c, closeness=c.cosine + least, text_weight=c.text_weight * READ_TEXT) for c in candidates[reach:]]
        return sorted(read, key=lambda c: -c.score) + further

    def tagged(self, theme: Theme) -> frozenset[int]:
        """The passages that print a theme's words."""
        generation = self.library.catalogue.generation()
        if self._tagged[0] != generation:
            self._tagged = (generation, {})
        known = self._tagged[1]
        if theme.id not in known:
            known[theme.id] = frozenset().union(*(self.library.catalogue.with_word(self._forms(w)) for w in theme.review_words))
        return known[theme.id]

    def _ceiling(self, counts: dict[str, int]) -> float:
        """The score that a passage could reach if it carried every term: the sum of idf, times bm25's ceiling."""
        total = max(1, self.library.catalogue.passage_count())
        idf = [math.log(1 + (total - n + 0.5) / (n + 0.5)) for n in counts.values()]
        return BM25_CEILING * sum(idf) or 1.0


@dataclass(frozen=True, slots=True)
class _Found:
    """What the legs of a search found: (passage, score) of each, the passages that print each theme, and the themes' weights."""

    by_text: Sequence[tuple[int, float]]
    by_vector: Sequence[tuple[int, float]]
    tags: dict[str, frozenset[int]]
    weight: dict[str, float]
    ceiling: float
    _texts: dict[int, tuple[int, float]] = field(init=False)
    _cosines: dict[int, tuple[int, float]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_texts", {n: (rank, score) for rank, (n, score) in enumerate(self.by_text, 1)})
        object.__setattr__(self, "_cosines", {n: (rank, score) for rank, (n, score) in enumerate(self.by_vector, 1)})

    def candidate(self, question: Question, stored: StoredPassage, briefing: Briefing, meanings: Sequence[str]) -> Candidate:
        """A passage with all that the legs say of it; one that vectors did not bring is as near as the furthest that they did."""
        text_rank, text = self._texts.get(stored.id, (0, 0.0))
        vector_rank, cosine = self._cosines.get(stored.id, (0, self.by_vector[-1][1] if self.by_vector else 0.0))
        printed = tuple(t for t, tagged in self.tags.items() if stored.id in tagged)
        return Candidate(
            stored=stored,
            briefing=briefing,
            cosine=cosine,
            closeness=cosine,
            text=min(1.0, text / self.ceiling),
            theme=max((self.weight[t] for t in printed), default=0.0),
            bonus=bonus(question, stored, meanings),
            text_rank=text_rank,
            vector_rank=vector_rank,
            text_weight=0.0 if question.account else TEXT_WEIGHT,
            theme_weight=0.0 if question.account else THEME_WEIGHT,
            themes=printed,
        )


def _dropped(one: Candidate, why: str) -> Dropped:
    return Dropped(one.stored, one.briefing, why, one.text_rank, one.vector_rank)


def _searched(question: Question, meanings: Sequence[str]) -> list[str]:
    """The words that full text looks for: the question's terms, and what their short forms were written out as."""
    written_out = (word for meaning in meanings for word in words_of(meaning) if word not in wording().stop)
    return list(dict.fromkeys((*question.terms, *written_out)))


def _heard_again(reranker: Reranker, message: str, candidates: list[Candidate]) -> list[Candidate]:
    """The best candidates in the order that a cross-encoder and the ranking so far make together; the scores are dealt out anew."""
    best = candidates[:HEARD_AGAIN]
    scores = reranker.scores(message, [embedded_text(c.stored.passage.text, c.stored.passage.heading) for c in best])
    ranks = {place: rank for rank, place in enumerate(sorted(range(len(best)), key=lambda i: -scores[i]), 1)}
    order = sorted(range(len(best)), key=lambda i: -(1 / (FUSED + i + 1) + 1 / (FUSED + ranks[i])))
    dealt = [
        replace(best[old], closeness=best[old].closeness + best[new].score - best[old].score, ear_rank=ranks[old])
        for new, old in enumerate(order)
    ]
    return dealt + candidates[HEARD_AGAIN:]


def _of_both(question: Question, candidates: list[Candidate]) -> tuple[list[Candidate], list[Dropped]]:
    """Where two cases are asked after together, what is told of both alone, if there is any: cases are not mixed. Then the others."""
    both = [c for c in candidates if not c.stored.passage.case and SHARED.search(c.stored.passage.heading)]
    if len(question.cases) < 2 or not both:
        return candidates, []
    told = {c.stored.id for c in both}
    others = [c for c in candidates if c.stored.id not in told]
    return both, [_dropped(c, "about one case only") for c in others]
