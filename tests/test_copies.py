"""A briefing that is held twice, as a PDF and as a scan say, does not leave half of what it says out of an answer."""

from __future__ import annotations

from pathlib import Path

from assistant.answering.markdown import as_markdown
from assistant.assistant import Assistant
from assistant.page.answer import answered
from ingest.pipeline import ingest
from knowledge.library import Library
from tests.prepared import prepared

SAYS = (
    "The lodger upstairs was never asked who he was.",
    "Nobody wrote down the name of the lodger upstairs.",
    "Workers met the lodger on the stairs and did not ask who he was.",
    "Nobody had asked the lodger in the attic what he did there.",
    "Nobody asked who the lodger upstairs was when the baby came home.",
)


def test_a_second_copy_takes_no_other_findings_place(tmp_path: Path) -> None:
    folder = tmp_path / "briefings"
    folder.mkdir()
    first = "# Learning about lodgers in Ashby\n\n" + "\n\n".join(SAYS) + "\n"
    (folder / "ashby.md").write_text(first, "utf-8")
    (folder / "ashby-again.md").write_text(first + "\nRead off a scan.\n", "utf-8")
    library = Library(prepared(tmp_path / "library"))
    for result in ingest(library, [folder]):
        assert result.status == "added", result
    reply = Assistant(library).reply("there's a lodger upstairs and nobody has asked who he is")
    library.close()
    assert {citation.quotation.text for citation in reply.citations} == set(SAYS)
    assert any(citation.also for citation in reply.citations)


def test_what_is_said_twice_is_shown_once_with_both_places(tmp_path: Path) -> None:
    folder = tmp_path / "briefings"
    folder.mkdir()
    says = SAYS[0]
    (folder / "ashby.md").write_text(f"# Learning about lodgers in Ashby\n\n{says}\n", "utf-8")
    (folder / "birch.md").write_text(f"# A second review of lodgers, in Birch\n\n{says}\n\nIt was never asked again.\n", "utf-8")
    library = Library(prepared(tmp_path / "library"))
    assert {result.status for result in ingest(library, [folder])} == {"added"}
    reply = Assistant(library).reply("there's a lodger upstairs and nobody has asked who he is")
    library.close()
    same = [place for place, citation in enumerate(reply.citations) if citation.quotation.text == says]
    assert len(same) == 2
    answer, shown = as_markdown(reply), answered(reply)
    assert answer.count(says) == shown.count(f"<blockquote><p>{says}") == 1
    for place in same:
        assert f"[{place + 1}] {reply.citations[place].reference}" in answer
        assert f"<b>[{place + 1}]</b> {reply.citations[place].reference}" in shown
