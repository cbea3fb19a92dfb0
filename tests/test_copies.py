"""A briefing that is held twice, as a PDF and as a scan say, does not leave half of what it says out of an answer."""

from __future__ import annotations

from pathlib import Path

from assistant.conversation import Assistant
from ingest.pipeline import ingest
from knowledge.library import Library

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
    library = Library(tmp_path / "library")
    for result in ingest(library, [folder]):
        assert result.status == "added", result
    reply = Assistant(library).reply("there's a lodger upstairs and nobody has asked who he is")
    library.close()
    assert {citation.quotation.text for citation in reply.citations} == set(SAYS)
    assert any(citation.also for citation in reply.citations)
