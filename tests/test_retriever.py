"""The LangChain retriever: whole citations, exact words, silence without evidence; and the chain that docs/own-chain.md shows."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.language_models import FakeListChatModel
from langchain_core.language_models.fake_chat_models import ParrotFakeChatModel

from assistant.api.langchain import BriefingRetriever
from assistant.assistant import Assistant
from ingest.pipeline import ingest
from knowledge.embedding import sha256_of
from knowledge.library import Library
from tests.library_maker import HashedWords, write_pdf

ROOT = Path(__file__).parent.parent
ASKED, UNANSWERED = "Why were fathers not seen?", "How do I make a lasagne for six?"


@pytest.fixture(scope="module")
def documents(assistant: Assistant) -> list[Document]:
    return BriefingRetriever(source=assistant, k=5).invoke(ASKED)


def test_documents_hold_the_pages_own_words_and_whole_citations(documents: list[Document], starter_library: Library) -> None:
    assert len(documents) == 5
    for document in documents:
        told = document.metadata
        briefing = starter_library.briefing(told["document"])
        page = starter_library.page(briefing.id, told["sheet"])
        assert page.text[told["start"] : told["end"]] == document.page_content
        assert told["sha256"] == sha256_of(starter_library.file_of(briefing))
        assert (told["title"], told["publisher"], told["date"]) == (
            briefing.details.title,
            briefing.details.publisher,
            str(briefing.details.date),
        )
        assert told["page"] == told["sheet"]
        assert told["heading"]
        assert told["reference"].startswith(briefing.short_name)
        json.dumps(told)


def test_the_best_stands_first_and_speaks_of_what_was_asked(documents: list[Document]) -> None:
    assert re.search(r"\b(?:fathers?|men|man)\b", documents[0].page_content, re.IGNORECASE)
    scores = [document.metadata["score"] for document in documents]
    assert scores == sorted(scores, reverse=True)


def test_without_evidence_nothing_is_given_unless_asked_for(assistant: Assistant) -> None:
    assert BriefingRetriever(source=assistant).invoke(UNANSWERED) == []
    assert len(BriefingRetriever(source=assistant, only_with_evidence=False, k=3).invoke(UNANSWERED)) == 3


def test_a_library_will_do_and_waiting_for_it_gives_the_same(starter_library: Library, documents: list[Document]) -> None:
    # In a thread: asyncio.run would drop the loop that Gradio leaves open in this one.
    with ThreadPoolExecutor(1) as apart:
        found = apart.submit(lambda: asyncio.run(BriefingRetriever(source=starter_library, k=5).ainvoke(ASKED))).result()
    assert found == documents


def test_a_paged_briefing_is_cited_by_its_page(tmp_path: Path) -> None:
    library = Library(tmp_path / "library", HashedWords())
    assert [r.status for r in ingest(library, [write_pdf(tmp_path / "ashby.pdf", "Ashby")])] == ["added"]
    found = BriefingRetriever(source=library, k=20, only_with_evidence=False).invoke("Who was spoken to alone in Ashby?")
    assert {document.metadata["page"] for document in found} == {1, 2, 3}
    for document in found:
        assert document.page_content in library.page("ashby", document.metadata["page"]).text
    library.close()


def test_k_must_be_a_number_of_documents(starter_library: Library) -> None:
    with pytest.raises(ValueError, match="greater than 0"):
        BriefingRetriever(source=starter_library, k=0)


def test_nothing_loads_langchain_before_it_is_wanted() -> None:
    product = "app, assistant.assistant, assistant.cli.main, assistant.page, ingest.pipeline"
    script = f"import sys, {product}; sys.exit(' '.join(m for m in sys.modules if 'langchain' in m))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""


@pytest.fixture(scope="module")
def own_answer() -> Callable[[Assistant, Any, str], str]:
    """The example's function, as docs/own-chain.md prints it."""
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "own-chain.md").read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(example, "docs/own-chain.md", "exec"), names)
    found: Callable[[Assistant, Any, str], str] = names["answer"]
    return found


def test_the_example_sends_quotations_with_their_references_to_the_model(
    assistant: Assistant, documents: list[Document], own_answer: Callable[[Assistant, Any, str], str]
) -> None:
    sent = own_answer(assistant, ParrotFakeChatModel(), ASKED)  # a model that says what it was sent
    assert sent.endswith(ASKED)
    for document in documents:
        assert f"“{document.page_content}” [{document.metadata['reference']}]" in sent
    assert own_answer(assistant, FakeListChatModel(responses=["Fathers were left out."]), ASKED) == "Fathers were left out."


@pytest.mark.parametrize(
    ("message", "carries"),
    [
        ("He is hitting her now and the children are in the room", "999"),
        ("Ring Danny Oakes of 4 Elm Road, born 3 May 2019, about his bruise", "identif"),
        (UNANSWERED, ""),
    ],
)
def test_the_example_sends_nothing_where_the_guards_or_the_evidence_forbid_it(
    assistant: Assistant, own_answer: Callable[[Assistant, Any, str], str], message: str, carries: str
) -> None:
    silent = FakeListChatModel(responses=[])  # raises if it is asked
    answer = own_answer(assistant, silent, message)
    assert answer
    assert carries in answer
