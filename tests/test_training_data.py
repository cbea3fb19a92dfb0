"""What models learn from is whole, tells nothing by accident, and holds none of what the product is measured on."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from training.data import Danger, Reading, briefing_lines, dangers, headed, length, readings, shared_words, told_by, told_lines

READINGS, DANGERS = readings(), dangers()
EVERY_READING = [one for found in READINGS.values() for one in found]
EVERY_DANGER = [one for found in DANGERS.values() for one in found]
OWN = sorted(name for name in READINGS if not name.startswith("practice-"))  # the first set has known leaks: see training/README.md


def runs(texts: Iterable[str], length: int) -> set[str]:
    """All runs of so many words."""
    found: set[str] = set()
    for text in texts:
        words = re.findall(r"\w+", text.lower())
        found.update(" ".join(words[i : i + length]) for i in range(len(words) - length + 1))
    return found


@pytest.mark.parametrize("examples", [EVERY_READING, EVERY_DANGER], ids=["reading", "danger"])
def test_no_message_and_no_id_stands_there_twice(examples: Sequence[Reading | Danger]) -> None:
    ids, messages = [one.id for one in examples], [(one.message, one.history) for one in examples]
    for counted in (Counter(ids), Counter(messages)):
        assert [what for what, times in counted.items() if times > 1] == []


def test_there_is_as_much_as_the_readme_says() -> None:
    told = (Path(__file__).parent.parent / "training" / "README.md").read_text("utf-8")
    passages = sum(len(one.passages) for one in EVERY_READING)
    assert f"{len(EVERY_READING):,} messages" in told
    assert f"{passages:,} passages" in told
    assert f"{len(EVERY_DANGER):,} messages in three levels" in told


@pytest.mark.parametrize("name", OWN)
def test_neither_length_nor_shared_words_nor_a_heading_tells_what_is_useful(name: str) -> None:
    for sign in (length, shared_words, headed):
        assert told_by(READINGS[name], sign) == pytest.approx(0.5, abs=0.06), sign.__name__


def test_the_words_that_decide_stand_in_the_message() -> None:
    assert [one.id for one in EVERY_DANGER if any(word not in one.message for word in one.words)] == []
    assert [one.id for one in EVERY_DANGER if one.level != "none" and not (one.words or one.history)] == []


def test_where_nothing_is_to_be_found_nothing_is_useful() -> None:
    assert [one.id for one in READINGS["nothing-to-find"] if any(passage.grade > 1 or passage.answers for passage in one.passages)] == []
    assert [one.id for one in EVERY_READING if any(passage.answers and passage.grade < 2 for passage in one.passages)] == []


def test_nothing_that_the_product_is_measured_on_is_learnt_from(shared: Path) -> None:
    measured: list[str] = []
    for name in ("accounts", "questions", "danger"):
        lines = map(json.loads, (shared / "evaluation" / f"{name}.dev.jsonl").read_text("utf-8").splitlines())
        measured += [one.get("message") or one["question"] for one in lines]
    assert runs([*(one.message for one in EVERY_READING), *(one.message for one in EVERY_DANGER)], 8) & runs(measured, 8) == set()
    printed = [json.loads(line)["text"] for line in (shared / "evaluation" / "passages.jsonl").read_text("utf-8").splitlines()]
    written = [
        *(passage.text for one in EVERY_READING for passage in one.passages),
        *(line.text for line in briefing_lines()),
        *(line.text for line in told_lines()),
    ]
    assert runs(written, 9) & runs(printed, 9) == set()
