"""The layers, read from the imports: data flows one way, and each outside thing has one door."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("knowledge", "ingest", "assistant")
MESSAGE = ("guards", "query", "retrieval", "answering")  # the way of a message: none of these rooms knows another
BASE = {"models", "language"}
MAY_IMPORT = {  # a room of assistant/, or a module that stands beside the rooms, and the others that it may import
    "language": set(),
    "models": {"language"},
    "accounts": set(),
    "serving": {"accounts"},
    "progress": set(),
    **dict.fromkeys(MESSAGE, BASE),
    "assistant": {*MESSAGE, *BASE},
    "reflection": {"assistant", "guards", "answering", "models"},
    "documents": {"reflection", "models"},
    "packs": {"assistant", "answering", "retrieval", "documents", "models", "language"},
    "citations": {"models"},
    "api": {"assistant", "models"},
    "cli": {"assistant", "citations", "packs", "answering", "models", "accounts", "serving", "progress"},
    "page": {"reflection", "citations", "packs", "documents", "answering", "models", "accounts", "serving", "progress"},
}
TOP = ("page", "cli", "api")  # nothing stands on these but app.py
DOORS = {
    "chromadb": ["knowledge/vectors.py"],
    "sentence_transformers": ["knowledge/embedding.py"],
    "pypdf": ["knowledge/pypdf_door.py"],
    "pypdfium2": [  # reads, and draws
        *(f"ingest/reading/{name}.py" for name in ("pdf", "pdf_forms", "pdf_letters", "pdf_sight", "pdf_strikes")),
        "knowledge/page_drawing.py",
    ],
}


@cache
def modules() -> dict[str, Path]:
    """The product's modules by their names."""
    files = [ROOT / "app.py", *(file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.py")))]
    return {".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file for file in files}


def imported(tree: ast.AST, module: str, package: bool) -> Iterator[str]:
    """Every module that is imported anywhere in a module, late imports and those for type checking included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = module.split(".")
            here = parts[: len(parts) - node.level + package] if node.level else []
            source = ".".join([*here, *([node.module] if node.module else [])])
            for alias in node.names:
                whole = f"{source}.{alias.name}"
                yield whole if whole in modules() else source


IMPORTS = {
    module: set(imported(ast.parse(file.read_text("utf-8")), module, file.name == "__init__.py")) for module, file in modules().items()
}


def room_of(module: str) -> str:
    """The room of assistant/ that a module lies in, or its own name where it stands beside the rooms; empty for what lies elsewhere."""
    return module.split(".")[1] if module.startswith("assistant.") else ""


def importers(name: str) -> list[str]:
    """The files that import a package or anything in it, as paths from the root."""
    found = [module for module, names in IMPORTS.items() if any(n == name or n.startswith(f"{name}.") for n in names)]
    return sorted(str(modules()[module].relative_to(ROOT)) for module in found)


def test_the_imports_are_read() -> None:
    source = "import a.b\nfrom c import d\nfrom . import e\nfrom .f import g\ndef late():\n    from ..h import i\n"
    source += "from assistant.page import page, assets as look\n"
    found = {"a.b", "c", "x.y", "x.y.f", "x.h", "assistant.page", "assistant.page.assets"}
    assert set(imported(ast.parse(source), "x.y.z", package=False)) == found
    assert set(imported(ast.parse("from .f import g"), "x.y", package=True)) == {"x.y.f"}
    assert {"app", "knowledge.library", "ingest.reading.pdf", "assistant.page"} <= set(IMPORTS)


@pytest.mark.parametrize(
    ("folder", "never"),
    [
        ("knowledge", "ingest"),
        ("knowledge", "assistant"),
        ("ingest", "assistant"),
        ("assistant", "ingest"),
        *((folder, outside) for folder in FOLDERS for outside in ("app", "tests", "benchmarks")),
    ],
)
def test_imports_run_one_way(folder: str, never: str) -> None:
    assert [file for file in importers(never) if file.startswith(f"{folder}/")] == []


def test_every_room_has_its_rule() -> None:
    assert {room_of(module) for module in modules()} - {""} == set(MAY_IMPORT)


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_what_its_rule_names(room: str) -> None:
    taken = {(module, name) for module, names in IMPORTS.items() if room_of(module) == room for name in names}
    beyond = {room_of(name) for _, name in taken} - {"", room}
    assert beyond == MAY_IMPORT[room], [pair for pair in sorted(taken) if room_of(pair[1]) in beyond ^ MAY_IMPORT[room]]
    assert not any(name == "assistant" for _, name in taken), "assistant/ itself holds nothing to import"


def test_the_rooms_stand_on_one_another_and_never_back() -> None:
    floors = list(TopologicalSorter(MAY_IMPORT).static_order())  # raises where two rooms stand on each other
    assert min(floors.index(room) for room in MESSAGE) > max(floors.index(room) for room in BASE)
    assert not any(set(MAY_IMPORT[room]) & set(MESSAGE) for room in MESSAGE), "the rooms of a message's way know each other"
    assert not set().union(*MAY_IMPORT.values()) & set(TOP), "something stands on the page, the command line or the API"


@pytest.mark.parametrize(("package", "door"), DOORS.items(), ids=DOORS)
def test_one_file_imports_each_outside_thing(package: str, door: list[str]) -> None:
    assert importers(package) == door


def test_gradio_stays_in_the_page() -> None:
    strays = [file for file in importers("gradio") if file != "app.py" and not file.startswith("assistant/page/")]
    assert strays == []
    assert importers("gradio"), "no file imports Gradio: this test looks for the wrong name"


def test_no_module_imports_itself_by_a_detour() -> None:
    graph = {module: {name for name in names if name in IMPORTS and name != module} for module, names in IMPORTS.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"imports in a circle: {' -> '.join(error.args[1])}")


def test_every_folder_is_installed_with_its_data_files() -> None:
    setup = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    folders = {".".join(file.parent.relative_to(ROOT).parts): file.parent for file in modules().values() if file.parent != ROOT}
    assert set(setup["packages"]) == set(folders)
    for package, folder in folders.items():
        taken = {file for pattern in setup["package-data"].get(package, ()) for file in folder.glob(pattern)}
        data = {file for file in folder.iterdir() if file.is_file() and file.suffix not in (".py", ".pyc")}
        assert data <= taken, f"{package}: not installed: {sorted(data - taken)}"
