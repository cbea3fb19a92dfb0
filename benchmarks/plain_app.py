"""The app that our start is measured against: Gradio's chat over LangChain's embeddings and Chroma, as a first tutorial builds it.

usage: python -m benchmarks.plain_app FOLDER fill, or python -m benchmarks.plain_app FOLDER PORT
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", GRADIO_ANALYTICS_ENABLED="False", ANONYMIZED_TELEMETRY="False")


def fill(folder: str) -> None:
    """Embed the starter briefings in windows of 1,000 characters that share 200."""
    from benchmarks.plain import PlainPipeline
    from ingest.pipeline import starter_briefings
    from knowledge.embedding import default_weights

    plain = PlainPipeline(Path(folder), str(default_weights()))
    for number, path in enumerate(starter_briefings()):
        text = path.read_text("utf-8")
        windows = [text[at : at + 1000] for at in range(0, len(text), 800)]
        vectors = [plain.vector(window) for window in windows]
        plain.put([f"{number}-{n}" for n in range(len(windows))], vectors, windows, [{"page": 1}] * len(windows))


def serve(folder: str, port: int) -> None:
    """Load the model, then serve the page: what a person sees first waits for both."""
    import gradio as gr

    from benchmarks.plain import PlainPipeline
    from knowledge.embedding import default_weights

    plain = PlainPipeline(Path(folder), str(default_weights()))

    def answer(message: str, history: list[object]) -> str:
        del history
        return "\n\n".join(f"> {text}" for text in plain.ask(message))

    gr.ChatInterface(answer).launch(server_name="127.0.0.1", server_port=port, quiet=True)


if __name__ == "__main__":
    fill(sys.argv[1]) if sys.argv[2] == "fill" else serve(sys.argv[1], int(sys.argv[2]))
