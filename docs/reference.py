"""Writes docs/reference.md from the docstrings of what other programs may build on.

usage: python -m docs.reference          (writes it anew; a test fails where it is not what the code says)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference.md"
MODULES = (  # a change of what stands in these is a change for those who build on them
    "knowledge.library",
    "knowledge.briefing",
    "knowledge.settings",
    "knowledge.errors",
    "ingest.pipeline",
    "assistant.assistant",
    "assistant.models.reply",
    "assistant.models.verdict",
    "assistant.answering.markdown",
    "assistant.api.langchain",
)
HEAD = """# Reference

What other programs may build on, from the docstrings: `python -m docs.reference` writes it. Start with
[a chain of your own](own-chain.md). What is not named here may change without a word.
"""
Function = ast.FunctionDef | ast.AsyncFunctionDef


def public(body: list[ast.stmt]) -> Iterator[ast.ClassDef | Function]:
    """The classes and functions of a module or class that stand there for others; what sets a property is its own way in."""
    for node in body:
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
            continue
        if not any(ast.unparse(decorator).endswith(".setter") for decorator in node.decorator_list):
            yield node


def signature(node: Function) -> str:
    """A function's name, parameters and result, in one line; self and cls are left out."""
    arguments = ast.parse(f"def f({ast.unparse(node.args)}): ...").body[0]
    assert isinstance(arguments, ast.FunctionDef)
    first = arguments.args.args
    if first and first[0].arg in ("self", "cls"):
        del first[0]
    result = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"{node.name}({ast.unparse(arguments.args)}){result}"


def described(node: ast.AST) -> str:
    """A docstring as Markdown, its lines as they stand."""
    assert isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    return ast.get_docstring(node) or ""


def fields(node: ast.ClassDef, source: str) -> str:
    """What a dataclass or an enum holds, as a list of code; empty where it holds nothing public."""
    held = [ast.get_source_segment(source, one) or "" for one in node.body if isinstance(one, ast.Assign | ast.AnnAssign)]
    held = [one.replace("\n    ", "\n") for one in held]
    held = [one for one in held if not one.startswith("_")]
    return "\n".join(["```python", *held, "```"]) if held else ""


def of_class(node: ast.ClassDef, source: str) -> Iterator[str]:
    """A class: what it is, what it holds, what it does."""
    start = next((one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"), None)
    bases = f"({', '.join(map(ast.unparse, node.bases))})" if node.bases else ""
    called = node.name + signature(start).removeprefix("__init__").removesuffix(" -> None") if start else node.name + bases
    yield f"### `{called}`"
    yield from filter(None, (described(node), fields(node, source)))
    for one in public(node.body):
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and described(one):
            decorators = {ast.unparse(decorator) for decorator in one.decorator_list}
            name = one.name if decorators & {"property", "cached_property"} else signature(one)
            yield f"- `{node.name}.{name}`\n\n  " + described(one).replace("\n", "\n  ").replace("\n  \n", "\n\n")


def of_module(name: str) -> Iterator[str]:
    """A module: what it is, its classes, its functions."""
    source = (ROOT / (name.replace(".", "/") + ".py")).read_text("utf-8")
    tree = ast.parse(source)
    yield f"## {name}"
    yield described(tree)
    for node in public(tree.body):
        if isinstance(node, ast.ClassDef):
            yield from of_class(node, source)
        elif described(node):
            yield f"### `{signature(node)}`"
            yield described(node)


def written() -> str:
    """The whole page."""
    return "\n\n".join([HEAD.rstrip(), *(part for name in MODULES for part in of_module(name))]) + "\n"


def undescribed() -> list[str]:
    """Public names of these modules that say nothing of themselves."""
    missing = []
    for name in MODULES:
        for node in public(ast.parse((ROOT / (name.replace(".", "/") + ".py")).read_text("utf-8")).body):
            inside = list(public(node.body)) if isinstance(node, ast.ClassDef) else []
            missing += [f"{name}.{node.name}"] * (not described(node))
            missing += [f"{name}.{node.name}.{one.name}" for one in inside if not described(one)]
    return missing


if __name__ == "__main__":
    PAGE.write_text(written(), "utf-8")
