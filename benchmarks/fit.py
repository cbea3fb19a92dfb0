"""How well answers fit everyday messages, and what was gained and lost since another run.

usage: python -m benchmarks.fit [SHARED] [--accounts FILE] [--save FILE] [--against FILE]

The five real briefings in SHARED (default ../shared) are put into a library of their own, and each message of
evaluation/accounts.dev.jsonl is asked. Every figure stands with a 95 % interval of 2,000 resamples of the messages
(percentile bootstrap, Efron 1979). nDCG@5 has the gain 2^grade - 1 (Burges and others 2005). --save keeps each message's figures;
--against tells which messages were gained and lost since a run that was kept.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from assistant.assistant import Assistant
from assistant.models.reply import Reply
from benchmarks.corpus import rows
from ingest.pipeline import ingest
from knowledge.library import Library
from knowledge.themes import theme

CUT = 5
RESAMPLES = 2000
USEFUL = 2
Figures = dict[str, float]


def gain(grades: Sequence[int]) -> float:
    """Discounted cumulative gain of the first CUT."""
    return sum((2.0**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:CUT]))


class Passages:
    """The judged passages, by the document that they stand in."""

    def __init__(self, path: Path) -> None:
        self._by_document: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for row in rows(path):
            self._by_document[_stem(row["document"])].append((row["id"], _plain(row["text"])))

    def of(self, document: str, quote: str) -> str:
        """The id of the judged passage that a quotation is of; empty where it is of none."""
        words = _plain(quote)
        return next((name for name, text in self._by_document[_stem(document)] if words and (words in text or text in words)), "")


def _stem(document: str) -> str:
    return re.sub(r"(\.scan)?\.(pdf|docx|txt)$", "", Path(document).name)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))


def _slug(name: str) -> str:
    return re.sub(r"[^a-z]+", "-", name.lower()).strip("-")


def measured(row: Mapping[str, Any], reply: Reply, passages: Passages) -> Figures:
    """The figures of one message: those that do not apply to it are left out."""
    if row["form"] == "nothing":
        return {"silent where nothing": float(reply.abstained)}
    relevant: Mapping[str, int] = row["relevant"]
    found = [passages.of(c.quotation.briefing.file_name, c.quotation.text) for c in reply.citations]
    grades = [relevant.get(name, 0) for name in dict.fromkeys(filter(None, found))]
    ideal = sorted(relevant.values(), reverse=True)
    figures = {
        "answered": float(not reply.abstained),
        "nDCG@5": gain(grades) / gain(ideal),
        "first useful": float(bool(grades) and grades[0] >= USEFUL),
        "useful@3": sum(grade >= USEFUL for grade in grades[:3]) / 3,
        "off@3": sum(grade == 0 for grade in grades[:3]) / max(1, len(grades[:3])),
    }
    asked = [_slug(theme(prompt.theme).name) for prompt in reply.prompts]
    if asked and row.get("themes"):
        figures["questions unfit"] = sum(one in set(map(_slug, row.get("unfit", ()))) for one in asked) / len(asked)
        figures["questions of a fitting theme"] = sum(one in set(map(_slug, row["themes"])) for one in asked) / len(asked)
    return figures


def interval(values: Sequence[float], seed: int = 0) -> tuple[float, float]:
    """A 95 % interval of the mean."""
    means = np.random.default_rng(seed).choice(np.asarray(values), (RESAMPLES, len(values))).mean(axis=1)
    low, high = np.percentile(means, (2.5, 97.5))
    return float(low), float(high)


def report(found: Mapping[str, Figures]) -> list[str]:
    """A line a figure."""
    lines = []
    for name in dict.fromkeys(name for figures in found.values() for name in figures):
        values = [figures[name] for figures in found.values() if name in figures]
        low, high = interval(values)
        lines.append(f"{name:30}{sum(values) / len(values):7.3f}   {low:.3f} to {high:.3f}   (n = {len(values)})")
    return lines


def changes(found: Mapping[str, Figures], before: Mapping[str, Figures]) -> list[str]:
    """The messages whose nDCG@5, or silence, is another than before, the greatest change first."""
    worth = {name: (f.get("nDCG@5", f.get("silent where nothing", 0.0))) for name, f in found.items()}
    was = {name: (f.get("nDCG@5", f.get("silent where nothing", 0.0))) for name, f in before.items()}
    moved = sorted(((worth[n] - was[n], n) for n in worth if n in was and abs(worth[n] - was[n]) > 0.005), key=lambda one: -abs(one[0]))
    return [f"{'gained' if change > 0 else 'lost':7}{name:8}{change:+.3f}" for change, name in moved]


def ask_all(assistant: Assistant, messages: Sequence[Mapping[str, Any]], passages: Passages) -> dict[str, Figures]:
    """The figures of each message, by its id."""
    return {row["id"]: measured(row, assistant.reply(row["message"]), passages) for row in messages}


def main() -> None:
    """Read the options and print the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("shared", type=Path, nargs="?", default=Path("../shared"))
    options.add_argument("--accounts", type=Path)
    options.add_argument("--save", type=Path)
    options.add_argument("--against", type=Path)
    chosen = options.parse_args()
    evaluation = chosen.shared / "evaluation"
    with tempfile.TemporaryDirectory() as folder, closing(Library(Path(folder) / "library")) as library:
        list(ingest(library, sorted((chosen.shared / "briefings").glob("*.pdf"))))
        messages = rows(chosen.accounts or evaluation / "accounts.dev.jsonl")
        found = ask_all(Assistant(library), messages, Passages(evaluation / "passages.jsonl"))
    print("\n".join(report(found)))
    if chosen.save:
        chosen.save.write_text(json.dumps(found, indent=1), "utf-8")
    if chosen.against:
        print("\n".join(changes(found, json.loads(chosen.against.read_text("utf-8")))))


if __name__ == "__main__":
    main()
