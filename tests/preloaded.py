"""What the process loads once that the tests' other processes are forked from: the libraries beneath, and the guards' patterns.

Not the command line itself: it looks at its surroundings when it is loaded, and each process has its own. No thread may be started here.
"""

import os

import app

os.environ.update(app.QUIET)

import chromadb.api.client
import chromadb.api.rust  # noqa: F401
import onnx  # noqa: F401
import onnxruntime  # noqa: F401
import rapidfuzz.fuzz  # noqa: F401
import safetensors.numpy  # noqa: F401
import tokenizers  # noqa: F401
import typer  # noqa: F401

import tests.library_maker  # noqa: F401
from assistant.assistant import Assistant  # noqa: F401
from assistant.guards.guards import Guards

Guards().warm()
