"""Draws the map of assistant/ in CONTRIBUTING.md from the imports, so that it says what the code does.

usage: python -m docs.house          (writes the map anew; a test fails where it is not the tree's)
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASSISTANT, CONTRIBUTING = ROOT / "assistant", ROOT / "CONTRIBUTING.md"
BEGINS, ENDS = "<!-- drawn by python -m docs.house -->\n", "<!-- end of the drawing -->\n"
WAY = ("guards", "query", "retrieval", "answering")  # in the order in which a message comes to them


def rooms() -> dict[str, list[Path]]:
    """The rooms of assistant/, and the modules that stand beside them, each with its files."""
    found: dict[str, list[Path]] = {}
    for file in sorted(ASSISTANT.rglob("*.py")):
        parts = file.relative_to(ASSISTANT).with_suffix("").parts
        if parts != ("__init__",):
            found.setdefault(parts[0], []).append(file)
    return found


def imports(files: Iterable[Path]) -> set[str]:
    """The rooms that these files import from, late imports and those for type checking included."""
    found: set[str] = set()
    for node in (node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8")))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("assistant."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("assistant.")}
    return found


def floors(stands_on: Mapping[str, set[str]]) -> list[list[str]]:
    """The rooms floor by floor, the top first: each stands on floors below its own alone. Raises ValueError for rooms in a circle."""
    left, drawn = set(stands_on), []
    while left:
        top = left - set().union(*(stands_on[room] for room in left))
        if not top:
            raise ValueError(f"these import one another in a circle: {', '.join(sorted(left))}")
        drawn.append(sorted(top, key=lambda room: (WAY.index(room) if room in WAY else len(WAY), room)))
        left -= top
    return drawn


def about(files: list[Path]) -> str:
    """What a room is: the first sentence of its docstring."""
    first = next((file for file in files if file.name == "__init__.py"), files[0])
    words = ast.get_docstring(ast.parse(first.read_text("utf-8"))) or ""
    return " ".join(words.split("\n\n")[0].split())


def drawing() -> str:
    """The map: the floors, then a row a room with what it is, its modules and what it imports."""
    house = rooms()
    stands_on = {room: imports(files) - {room} for room, files in house.items()}
    names = {room: f"{room}.py" if files[0].parent == ASSISTANT else f"{room}/" for room, files in house.items()}
    drawn = floors(stands_on)
    lines = ["```", *(" · ".join(names[room] for room in floor) for floor in drawn), "```", ""]
    lines += ["| where | what | modules | imports |", "|---|---|---|---|"]
    for room in (room for floor in drawn for room in floor):
        modules = ", ".join(file.stem for file in house[room] if file.stem != "__init__") if names[room].endswith("/") else ""
        lines.append(f"| `{names[room]}` | {about(house[room])} | {modules} | {', '.join(sorted(stands_on[room]))} |")
    return "\n".join(lines) + "\n"


def with_drawing(text: str) -> str:
    """A document with the drawing between its two marks."""
    before, rest = text.split(BEGINS, 1)
    return before + BEGINS + drawing() + ENDS + rest.split(ENDS, 1)[1]


if __name__ == "__main__":
    CONTRIBUTING.write_text(with_drawing(CONTRIBUTING.read_text("utf-8")), "utf-8")
