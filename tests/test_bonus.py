"""What a passage's form adds for a question."""

from __future__ import annotations

import pytest

from assistant.models.question import Question
from assistant.retrieval.bonus import bonus
from knowledge.briefing import Passage
from knowledge.row_mapping import StoredPassage


@pytest.mark.parametrize(
    ("text", "defines"),
    [
        ("The core group (CG) met late, and twice without the school.", True),
        ("The core group is the professionals who carry out the plan.", True),
        ("The core group (of six people) met late, and twice without the school.", False),
    ],
)
def test_only_an_abbreviation_in_brackets_says_what_a_term_means(text: str, defines: bool) -> None:
    asked = Question("What is a core group?", defines=("core group",))
    assert (bonus(asked, StoredPassage(1, "a", Passage(1, 0, len(text), text)), asked.defines) > 0) is defines
