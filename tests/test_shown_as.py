"""A statutory duty is shown as a duty and an inspection's judgement as an inspection's, wherever words are shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.answering.markdown import as_markdown
from assistant.assistant import Assistant
from assistant.documents.sheet import Kept, Sheet, cautions, source
from assistant.documents.sheet_docx import opened, written
from assistant.models.headings import heading_of
from assistant.models.reply import Citation, Reply
from assistant.page.answer import answered
from assistant.page.source import reference
from ingest.pipeline import ingest
from knowledge.errors import CorrectionRefused
from knowledge.kinds import Nature, kinds
from knowledge.library import Library
from tests.prepared import prepared

REVIEW = "The panel heard that fathers were never invited to a meeting about the child, and no one had asked what fathers thought."
DUTY = "Local authorities must invite fathers to every meeting about their child, and must ask fathers what they think."
JUDGEMENT = (
    "Inspectors found that fathers are rarely invited to meetings about their child, and fathers told them that they were not asked."
)
FILES = {
    "review.md": f"# A serious case review\n\nTorbay Safeguarding Children Board\n\nMarch 2014\n\n## Findings\n\n- {REVIEW}\n",
    "guidance.md": f"# Meetings about children: statutory guidance\n\nJune 2019\n\n## Duties\n\n- {DUTY}\n",
    "letter.md": f"# Focused visit to Anyshire children’s services\n\n6 May 2022\n\nOfsted\n\n## Main findings\n\n- {JUDGEMENT}\n",
}
SHOWN = {
    REVIEW: ("What reviews say", ""),
    DUTY: ("What statutory guidance requires", "statutory guidance"),
    JUDGEMENT: ("What inspectors judged", "focused visit"),
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("kinds")
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    library = Library(prepared(folder / "library"))
    assert {result.status for result in ingest(library, sorted(folder.glob("*.md")))} == {"added"}
    yield Assistant(library)
    library.close()


@pytest.fixture(scope="module")
def reply(assistant: Assistant) -> Reply:
    found = assistant.reply("What is said about inviting fathers to meetings?")
    assert {citation.quotation.text for citation in found.citations} == set(SHOWN), found.opening
    return found


def of(reply: Reply, text: str) -> Citation:
    return next(citation for citation in reply.citations if citation.quotation.text == text)


@pytest.mark.parametrize("text", SHOWN)
def test_on_the_page_words_stand_under_what_they_are(reply: Reply, text: str) -> None:
    heading, kind = SHOWN[text]
    section = next(part for part in answered(reply).split("<section") if text in part)
    assert heading in section
    assert not [other for other, (head, _) in SHOWN.items() if head != heading and other in section]
    assert (f'<span class="from-kind">{kind}</span>' in section) is bool(kind)


def test_in_the_terminal_as_well(reply: Reply) -> None:
    said = as_markdown(reply)
    for text, (heading, kind) in SHOWN.items():
        before, after = said.split(text)
        if kind:
            assert before.rindex(f"**{heading}**") > max(before.find(other) for other in SHOWN if other != text)
            assert f" · {kind}" in after.split(">")[2]
    assert "Reviews have written" not in said or REVIEW in said


def test_in_json_and_where_it_is_copied(reply: Reply) -> None:
    assert {c.quotation.text: c.as_json()["kind"] for c in reply.citations} == {
        REVIEW: "serious case review",
        DUTY: "statutory guidance",
        JUDGEMENT: "focused visit",
    }
    assert reference(of(reply, DUTY)).endswith("; statutory guidance)")
    assert reference(of(reply, REVIEW)).endswith("March 2014, paragraph 1)")


def test_on_the_sheet_and_it_is_no_word_of_the_user_s_when_it_is_opened_again(reply: Reply, assistant: Assistant) -> None:
    assert cautions(of(reply, DUTY)) == ("Not a review: statutory guidance.",)
    assert cautions(of(reply, REVIEW)) == ()
    briefing = of(reply, JUDGEMENT).quotation.briefing
    assert "Ofsted, 6 May 2022, focused visit." in source(briefing, briefing.short_name)
    again = opened(written(Sheet({"purpose": "What I ask myself."}, tuple(map(Kept, reply.citations)))), assistant.library)
    assert again.texts == {"purpose": "What I ask myself."}
    assert {one.citation.quotation.text for one in again.kept} == set(SHOWN)


def test_documents_of_an_unknown_kind_and_briefings_stand_under_reviews_and_no_other_nature_does() -> None:
    under_reviews = {kind.nature for kind in kinds() if heading_of(kind.name) == "What reviews say"}
    assert under_reviews == {Nature.REVIEW, Nature.BRIEFING}
    assert heading_of("") == heading_of("serious case review and lessons learned review") == "What reviews say"


def test_a_kind_is_corrected_to_one_that_is_known(assistant: Assistant) -> None:
    library = assistant.library
    assert library.correct("review.md", "kind", "Learning Review").details.kind == "learning review"
    library.uncorrect("review.md", "kind")
    with pytest.raises(CorrectionRefused, match=r"big report is not a known kind of document\. Give one of .*statutory guidance"):
        library.correct("review.md", "kind", "big report")
