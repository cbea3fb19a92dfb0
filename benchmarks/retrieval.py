"""How well passages are ranked on a public test set: nDCG@10, recall@10 and MRR@10.

usage: python -m benchmarks.retrieval DIR [DIR ...] [--keep FOLDER]

DIR holds corpus.jsonl (id, title, text), queries.jsonl (id, text) and qrels.tsv (a head, then query, document,
relevance). Full text and vectors are the library's own, asked with the query as it stands; their equal fusion is
reciprocal rank fusion; the product's search is what a user's message meets, the same for every set. With --keep the
library stays in FOLDER, a folder in it for each set, and a second run embeds nothing.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from assistant.language.wording import words_of
from benchmarks.corpus import Corpus, evidence_of, opened, rows

CUT = 10
DEPTH = 100  # how many of each leg the fusion looks at
RRF = 60  # Cormack, Clarke and Büttcher 2009, "Reciprocal rank fusion", where 60 is the constant
Relevance = Mapping[str, float]


def judged(folder: Path, documents: frozenset[str]) -> dict[str, dict[str, float]]:
    """The relevance of documents to each query."""
    found: dict[str, dict[str, float]] = {}
    for line in (folder / "qrels.tsv").read_text("utf-8").splitlines()[1:]:
        query, document, relevance = line.split("\t")
        # Some sets judge sentences: D0-5 is the sixth of document D0, and finding it is finding the document.
        name = document if document in documents else document.rpartition("-")[0]
        if name in documents and float(relevance) > 0:
            known = found.setdefault(query, {})
            known[name] = max(known.get(name, 0.0), float(relevance))
    return found


def ndcg(ranked: Sequence[str], relevant: Relevance) -> float:
    """Normalised discounted cumulative gain of the first CUT, the gain linear in the relevance (Järvelin and Kekäläinen 2002)."""
    ideal = sorted(relevant.values(), reverse=True)[:CUT]
    return _discounted([relevant.get(name, 0.0) for name in ranked[:CUT]]) / _discounted(ideal)


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))


def recall(ranked: Sequence[str], relevant: Relevance) -> float:
    """The share of the relevant documents among the first CUT."""
    return len(set(ranked[:CUT]) & set(relevant)) / len(relevant)


def mrr(ranked: Sequence[str], relevant: Relevance) -> float:
    """One over the rank of the first relevant document; 0 where none is among the first CUT."""
    return next((1 / rank for rank, name in enumerate(ranked[:CUT], 1) if name in relevant), 0.0)


def fused(*legs: Sequence[str]) -> list[str]:
    """Reciprocal rank fusion, every leg with the same weight."""
    score: dict[str, float] = {}
    for leg in legs:
        for rank, name in enumerate(leg, 1):
            score[name] = score.get(name, 0.0) + 1 / (RRF + rank)
    return sorted(score, key=lambda name: -score[name])


def searches(corpus: Corpus) -> dict[str, Callable[[str], list[str]]]:
    """The ways of searching, each from a query to documents, best first."""
    library, assistant, document = corpus.library, corpus.assistant, corpus.document

    def full_text(query: str) -> list[str]:
        return [document[n] for n, _ in library.by_words(list(dict.fromkeys(words_of(query))), DEPTH)]

    def vectors(query: str) -> list[str]:
        return [document[n] for n, _ in library.by_meaning(library.embedder.embed_query(query), DEPTH)]

    return {
        "full text": full_text,
        "vectors": vectors,
        "equal fusion": lambda query: fused(full_text(query), vectors(query)),
        "the product's search": lambda query: [document[c.stored.id] for c in evidence_of(assistant, query).candidates],
    }


def table(folder: Path, keep: Path | None) -> Iterator[str]:
    """The figures of one test set, a line for each way of searching."""
    with opened(folder, keep / folder.name if keep else None) as corpus:
        relevant = judged(folder, frozenset(corpus.document.values()))
        queries = [row for row in rows(folder / "queries.jsonl") if row["id"] in relevant]
        yield f"{folder.name}: {len(corpus.document):,} documents, {len(queries):,} queries"
        yield f"{'':24}{'nDCG@10':>9}{'recall@10':>11}{'MRR@10':>9}{'ms a query':>12}"
        for name, search in searches(corpus).items():
            began = time.perf_counter()
            ranked = [(search(row["text"]), relevant[row["id"]]) for row in queries]
            took = (time.perf_counter() - began) / len(queries) * 1000
            figures = [sum(measure(*one) for one in ranked) / len(ranked) for measure in (ndcg, recall, mrr)]
            yield f"{name:24}{figures[0]:9.4f}{figures[1]:11.4f}{figures[2]:9.4f}{took:12.1f}"


def main() -> None:
    """Read the options and print the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folders", type=Path, nargs="+", metavar="DIR")
    options.add_argument("--keep", type=Path, metavar="FOLDER")
    chosen = options.parse_args()
    for folder in chosen.folders:
        for line in table(folder, chosen.keep):
            print(line, flush=True)


if __name__ == "__main__":
    main()
