"""The default model on ordinary processors, quicker: the one place that runs ONNX Runtime.

All-MiniLM-L6-v2 is a BERT of six layers. Its linear layers count in 32-bit floats, or, where asked,
in 8-bit whole numbers: weights with a scale a column, activations with a scale a token (as in
Dettmers et al., LLM.int8(), 2022), so that a text's vector never depends on the texts beside it.
8 bits are twice as fast again but move single words' cosines enough to change which questions are
answered, so they are not the default. `benchmarks/ingest.py` and `tests/test_embedding.py` hold it to the same model in
sentence-transformers. It starts without torch, in about a second.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

WIDTH, HEADS, LAYERS, LONGEST = 384, 12, 6, 256  # the model's own; texts are cut after 256 tokens, as it was trained
BATCH_TOKENS = 256  # a batch that stays in the processor's cache; larger ones were slower
MOST_WORKERS = 8
FULL, HALF = 127, 63  # the largest 8-bit weight; where the processor adds pairs in 16 bits, half of it cannot overflow
TINY = 1e-9
SCALE = ".scale"  # ends the name of what a row of stored whole numbers is multiplied by
MIDDLE = np.uint8(128)  # what zero becomes: activations are counted from 1 to 255

Array = NDArray[Any]


class QuickMiniLM:
    """The model in `folder` (model.safetensors, tokenizer.json). Safe to call from several threads.

    `largest` is 0 for 32-bit floats, or the largest 8-bit weight (see `largest_weight`).
    """

    def __init__(self, folder: Path, largest: int = 0) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        weights = load_file(folder / "model.safetensors")
        self._words: Array = weights["embeddings.word_embeddings.weight"]
        kinds = weights["embeddings.token_type_embeddings.weight"]
        self._places: Array = weights["embeddings.position_embeddings.weight"] + kinds[0]
        self._entry = {name: values for name, values in weights.items() if name.startswith("embeddings.LayerNorm")}
        self._session = _session(_graph(weights, largest))
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)
        # A batch a thread: matrices this small gain less when threads share one, and wait for each other on a busy machine.
        self._workers = ThreadPoolExecutor(min(os.cpu_count() or 1, MOST_WORKERS), thread_name_prefix="embedding")

    def tuned(self, layers: Mapping[str, Array]) -> QuickMiniLM:
        """The same model with other weights for its layers, in 32-bit floats; words, places and threads are shared with this one."""
        other = copy(self)
        other._session = _session(_graph({**self._entry, **layers}, 0))
        return other

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of length 1, a row a text, in the order given."""
        vectors = np.empty((len(texts), WIDTH), dtype=np.float32)
        for i, vector in self._found(texts, "out"):
            vectors[i] = vector
        return vectors

    def tokens(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        """For each text, in the order given, the states of its tokens (rows of length 1), the two that mark its ends left out."""
        tokens: list[NDArray[np.float32]] = [np.zeros((0, WIDTH), dtype=np.float32)] * len(texts)
        for i, states in self._found(texts, "states"):
            tokens[i] = states[1:-1] / np.maximum(np.linalg.norm(states[1:-1], axis=1, keepdims=True), TINY)
        return tokens

    def read(self, text: str) -> NDArray[np.float32]:
        """The states of a text's tokens, those that mark its ends among them."""
        found: NDArray[np.float32] = self._run([self._tokenizer.encode(text).ids], "states")[0]
        return found

    def _found(self, texts: Sequence[str], output: str) -> Iterator[tuple[int, Array]]:
        """What the model puts out for each text, with the text's place; not in order."""
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        batches = _batches([len(ids) for ids in tokens])
        run = map if len(batches) == 1 else self._workers.map
        for batch, found in zip(batches, run(lambda batch: self._run([tokens[i] for i in batch], output), batches), strict=True):
            for i, one in zip(batch, found, strict=True):
                yield i, one if one.ndim == 1 else one[: len(tokens[i])]  # without the padding

    def _run(self, tokens: Sequence[Sequence[int]], output: str) -> Array:
        length = max(map(len, tokens))
        ids = np.zeros((len(tokens), length), dtype=np.int64)
        mask = np.zeros((len(tokens), length), dtype=np.int32)
        for row, text in enumerate(tokens):
            ids[row, : len(text)] = text
            mask[row, : len(text)] = 1
        found: Array = self._session.run([output], {"embedded": self._words[ids] + self._places[:length], "mask": mask})[0]
        return found


def store_weights(weights: Mapping[str, Array], path: Path) -> None:
    """Write weights to a file: matrices in 8-bit whole numbers with a scale a row, the rest in 32-bit floats."""
    from safetensors.numpy import save_file

    stored: dict[str, Array] = {}
    for name, values in weights.items():
        if values.ndim == 2 and len(values) >= WIDTH:
            scale = np.maximum(np.abs(values).max(axis=1), TINY) / FULL
            stored[name] = np.rint(values / scale[:, None]).astype(np.int8)
            stored[name + SCALE] = scale.astype(np.float32)
        else:
            stored[name] = values.astype(np.float32)
    save_file(stored, path)


def stored_weights(path: Path) -> dict[str, Array]:
    """The weights that `store_weights` wrote, in 32-bit floats: every processor counts with the same."""
    from safetensors.numpy import load_file

    stored = load_file(path)
    return {
        name: values * stored[name + SCALE][:, None] if name + SCALE in stored else values.astype(np.float32)
        for name, values in stored.items()
        if not name.endswith(SCALE)
    }


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Places of texts of like length, the longest first; a batch holds about BATCH_TOKENS with its padding."""
    order = sorted(range(len(lengths)), key=lambda i: -lengths[i])
    batches: list[list[int]] = []
    while order:
        count = max(1, BATCH_TOKENS // lengths[order[0]])
        batches.append(order[:count])
        order = order[count:]
    return batches


def largest_weight() -> int:
    """How large an 8-bit weight may be on this processor, found by multiplying the largest numbers once.

    Processors without VNNI add pairs of products in 16 bits, which overflows silently.
    """
    graph = _Graph()
    operands = ["numbers", graph.constant(np.full((64, 16), FULL, np.int8)), graph.constant(np.float32(1)), graph.constant(np.float32(1))]
    graph.node("MatMulIntegerToFloat", operands, "out", domain="com.microsoft")
    numbers = np.full((8, 64), 255, dtype=np.uint8)
    found = _session(graph.model({"numbers": numbers.dtype})).run(None, {"numbers": numbers})[0]
    return FULL if bool((found == 255 * FULL * 64).all()) else HALF


def _session(model: bytes) -> Any:
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # its library would look a host of its maker up
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


class _Graph:
    """An ONNX graph being written; every method returns the name of what it adds."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def constant(self, value: Any) -> str:
        from onnx import numpy_helper

        name = f"c{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value).reshape(np.shape(value)), name))
        return name

    def floats(self, *values: float) -> str:
        return self.constant(np.array(values, dtype=np.float32))

    def whole(self, *values: int) -> str:
        return self.constant(np.array(values, dtype=np.int64))

    def node(self, kind: str, inputs: Sequence[str], output: str = "", domain: str = "", **attributes: Any) -> str:
        from onnx import helper

        output = output or f"n{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output

    def split(self, value: str, parts: int) -> list[str]:
        from onnx import helper

        names = [f"n{len(self._nodes)}.{i}" for i in range(parts)]
        sizes = self.constant(np.full(parts, WIDTH, dtype=np.int64))
        self._nodes.append(helper.make_node("Split", [value, sizes], names, axis=-1))
        return names

    def linear(self, value: str, weight: Array, largest: int) -> str:
        """`value` times the transposed weight, in 8 bits where `largest` is not 0; the bias is left to what follows."""
        from onnx import numpy_helper

        columns = weight.T
        if not largest:
            return self.node("MatMul", [value, self.constant(columns)])
        column_scale = np.abs(columns).max(axis=0) / largest
        whole = np.clip(np.rint(columns / column_scale), -largest, largest).astype(np.int8)
        top = self.node("ReduceMax", [self.node("Abs", [value])], axes=[-1], keepdims=0)
        row_scale = self.node("Mul", [self.node("Max", [top, self.floats(TINY)]), self.floats(1 / FULL)])
        middles = self.node("ConstantOfShape", [self.node("Shape", [top])], value=numpy_helper.from_array(np.full(1, MIDDLE)))
        rounded = self.node("QuantizeLinear", [value, row_scale, middles], axis=0)
        operands = [rounded, self.constant(whole), self.constant(np.float32(1)), self.constant(column_scale), self.constant(MIDDLE)]
        product = self.node("MatMulIntegerToFloat", operands, domain="com.microsoft")
        return self.node("Mul", [product, self.node("Unsqueeze", [row_scale, self.whole(1)])])

    def model(self, inputs: dict[str, np.dtype[Any]], outputs: Sequence[str] = ("out",)) -> bytes:
        """The graph as a file's bytes; each input has two dimensions, "embedded" three."""
        from onnx import TensorProto, helper

        entering = [
            helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(kind), [None] * (3 if name == "embedded" else 2))
            for name, kind in inputs.items()
        ]
        leaving = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
        graph = helper.make_graph(self._nodes, "model", entering, leaving, self._constants)
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
        made: bytes = helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()
        return made


def _graph(weights: dict[str, Array], largest: int) -> bytes:
    """From embedded tokens (texts, tokens, 384) and a mask (texts, tokens) to vectors of length 1 ("out"), and to "states" a token."""
    g = _Graph()
    shape = g.node("Shape", ["embedded"])
    flat = g.node("Reshape", ["embedded", g.whole(-1, WIDTH)])
    state = _normalised(g, weights, "embeddings", flat)
    for i in range(LAYERS):
        state = _layer(g, weights, f"encoder.layer.{i}.", state, shape, largest)
    mask = g.node("Unsqueeze", [g.node("Cast", ["mask"], to=1), g.whole(2)])  # 1 is float
    kept = g.node("Mul", [g.node("Reshape", [state, shape], "states"), mask])
    total = g.node("ReduceSum", [kept, g.whole(1)], keepdims=0)
    g.node("LpNormalization", [total], "out", axis=-1, p=2)  # the mean points the same way as the sum
    return g.model({"embedded": np.dtype(np.float32), "mask": np.dtype(np.int32)}, ("out", "states"))


def _layer(g: _Graph, weights: dict[str, Array], layer: str, state: str, shape: str, largest: int) -> str:
    """One layer of BERT (Devlin et al., 2019), with the biases in ONNX Runtime's joined operators."""
    parts = [f"{layer}attention.self.{part}" for part in ("query", "key", "value")]
    joined = g.linear(state, np.concatenate([weights[f"{part}.weight"] for part in parts]), largest)
    three = [g.node("Reshape", [part, shape]) for part in g.split(joined, 3)]
    bias = g.constant(np.concatenate([weights[f"{part}.bias"] for part in parts]))
    seen = g.node("MultiHeadAttention", [*three, bias, "mask"], domain="com.microsoft", num_heads=HEADS)
    seen = g.node("Reshape", [seen, g.whole(-1, WIDTH)])
    state = _added(g, weights, f"{layer}attention.output", g.linear(seen, weights[f"{layer}attention.output.dense.weight"], largest), state)
    wide = g.linear(state, weights[f"{layer}intermediate.dense.weight"], largest)
    wide = g.node("BiasGelu", [wide, g.constant(weights[f"{layer}intermediate.dense.bias"])], domain="com.microsoft")
    return _added(g, weights, f"{layer}output", g.linear(wide, weights[f"{layer}output.dense.weight"], largest), state)


def _added(g: _Graph, weights: dict[str, Array], name: str, value: str, state: str) -> str:
    """What a block adds to the state, with its bias, normalised. ONNX Runtime's joined operator for this was slower."""
    total = g.node("Add", [g.node("Add", [value, g.constant(weights[f"{name}.dense.bias"])]), state])
    return _normalised(g, weights, name, total)


def _normalised(g: _Graph, weights: dict[str, Array], name: str, value: str) -> str:
    learned = [g.constant(weights[f"{name}.LayerNorm.{part}"]) for part in ("weight", "bias")]
    return g.node("LayerNormalization", [value, *learned], axis=-1, epsilon=1e-12)
