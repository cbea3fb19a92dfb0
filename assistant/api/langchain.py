"""The library as a LangChain retriever, for chains of one's own. Nothing else here imports LangChain.

docs/own-chain.md shows a chain with it.
"""

from __future__ import annotations

import asyncio
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import Field, PrivateAttr

from assistant.assistant import Assistant
from assistant.models.evidence import Candidate
from assistant.models.reply import Citation
from knowledge.library import Library


class BriefingRetriever(BaseRetriever):
    """Finds passages for a question, best first, each as a document with its full citation.

    `source` is an assistant, or a library to make one over; `k` is the most documents given. A document's content is
    exactly the words on the briefing's page; its metadata has what `Citation.as_json` has (title, publisher, date,
    page, heading, start, end, document...), the file's sha256, the `reference` as answers print it, and the `score`
    that ranked it. Where the product finds no evidence there are no documents, unless `only_with_evidence` is false.

    The guards are not asked here: a chain that people write to asks `Assistant.reply` first. Raises what a search
    raises: LibraryError, ModelError, QuotationError.
    """

    source: Assistant | Library
    k: int = Field(default=10, gt=0)
    only_with_evidence: bool = True
    _assistant: Assistant = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:
        """Make the assistant, where a library was given."""
        super().model_post_init(context)
        self._assistant = self.source if isinstance(self.source, Assistant) else Assistant(self.source)

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:  # noqa: ARG002
        return self._documents(query)

    async def _aget_relevant_documents(self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun) -> list[Document]:  # noqa: ARG002
        return await asyncio.to_thread(self._documents, query)

    def _documents(self, query: str) -> list[Document]:
        evidence = self._assistant.evidence(query)
        if self.only_with_evidence and not self._assistant.decide(evidence).enough:
            return []
        return [self._document(candidate) for candidate in evidence.candidates[: self.k]]

    def _document(self, candidate: Candidate) -> Document:
        passage = candidate.stored.passage
        quotation = self._assistant.library.quote(candidate.briefing, passage)
        citation = Citation(quotation, passage.heading, passage.ordinal, candidate.themes, also_at=passage.also_at)
        told = {name: value for name, value in citation.as_json().items() if name != "quote"}
        more = {"sha256": candidate.briefing.sha256, "reference": citation.reference, "score": candidate.score}
        return Document(page_content=quotation.text, metadata=told | more)
