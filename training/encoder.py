"""The encoder that is trained: all-MiniLM-L6-v2 in torch, in 16-bit floats where the processor has them, on a GPU where there is one.

Word and place embeddings stay as they were published, so that the product ships the layers alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from knowledge.embedding import default_weights
from knowledge.minilm_onnx import store_weights, stored_weights
from training.steps import counted_in_short

LONGEST = 160  # tokens of a text in training
TOGETHER = 48  # texts of like length that are run together
FROZEN = ("embeddings.word_embeddings", "embeddings.position_embeddings", "embeddings.token_type_embeddings")


class Encoder:
    """The published model, or with the layers that lie in a file of `knowledge.minilm_onnx.store_weights`."""

    def __init__(self, tuned: Path | None = None) -> None:
        from transformers import AutoModel, AutoTokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        # "eager" attention: on processors its backward pass is twice as quick as the fused one's.
        self.model: Any = AutoModel.from_pretrained(default_weights(), attn_implementation="eager")
        self.tokenizer: Any = AutoTokenizer.from_pretrained(default_weights())
        if tuned is not None:
            self.model.load_state_dict({name: torch.tensor(values) for name, values in stored_weights(tuned).items()}, strict=False)
        self.model.to("cuda" if torch.cuda.is_available() else "cpu")
        self.model.eval()  # without dropout: with lists this short it cost a quarter of the time and gained nothing
        for name, parameter in self.model.named_parameters():
            parameter.requires_grad = not name.startswith(FROZEN) and not name.startswith("pooler")

    def parameters(self) -> list[Any]:
        """What is trained."""
        return [parameter for parameter in self.model.parameters() if parameter.requires_grad]

    def vectors(self, texts: Sequence[str]) -> Tensor:
        """A row of length 1 a text, in the order given."""
        rows: list[Tensor] = [torch.empty(0)] * len(texts)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for first in range(0, len(order), TOGETHER):
            places = order[first : first + TOGETHER]
            for place, row in zip(places, self._means([texts[i] for i in places]), strict=True):
                rows[place] = row
        return torch.stack(rows)

    def store(self, path: Path) -> None:
        """Write what is trained to a file."""
        store_weights({name: one.detach().float().cpu().numpy() for name, one in self.model.named_parameters() if one.requires_grad}, path)

    def _means(self, texts: list[str]) -> Tensor:
        device = self.model.device
        tokens = self.tokenizer(texts, padding=True, truncation=True, max_length=LONGEST, return_tensors="pt").to(device)
        with counted_in_short(device.type):
            states = self.model(**tokens).last_hidden_state
        mask = tokens["attention_mask"].unsqueeze(-1).float()
        found: Tensor = torch.nn.functional.normalize((states.float() * mask).sum(1), dim=-1)
        return found
