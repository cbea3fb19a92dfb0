"""What the documents claim: commands, files, links and pictures that they name are there."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import typer.main

from assistant.cli.main import commands
from docs import house, reference
from ingest.pipeline import expanded, starter_briefings, steps
from ingest.text_to_check import paragraphs_of
from ingest.upgrade import Upgrade

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
REFLECT = re.compile(r"\breflect ([a-z]+)((?: +[^\n`]*?)?)(?=`|\n| {2,})")
LINK = re.compile(r"\]\(([^)#:]+)\)")


def options() -> dict[str, set[str]]:
    """Each command with its options, those of its own commands included."""
    group: Any = typer.main.get_command(commands(steps, starter_briefings, expanded, lambda *_: None, Upgrade, paragraphs_of))
    parts = {name: [command, *getattr(command, "commands", {}).values()] for name, command in group.commands.items()}
    return {name: {o for part in found for p in part.params for o in p.opts} for name, found in parts.items()}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_and_options_that_are_named_exist(document: Path) -> None:
    known = options()
    for name, rest in REFLECT.findall(document.read_text("utf-8")):
        assert name in known, f"reflect {name}"
        assert set(re.findall(r"(?<!\S)--[a-z-]+", rest)) <= known[name], f"reflect {name}{rest}"


def test_the_map_of_the_house_is_drawn_from_the_tree() -> None:
    text = house.CONTRIBUTING.read_text("utf-8")
    assert text == house.with_drawing(text), "draw it anew: python -m docs.house"


def test_the_reference_says_what_the_code_says_and_nothing_in_it_is_undescribed() -> None:
    assert reference.undescribed() == []
    assert reference.PAGE.read_text("utf-8") == reference.written(), "write it anew: python -m docs.reference"


GLOSSARY = re.compile(r"^\| ([a-z -]+) \| `(\w+)` \| .+ \|$", re.MULTILINE)


def test_every_term_of_ours_is_used_in_code_and_means_one_thing() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("### Ours", 1)[1]
    terms = GLOSSARY.findall(text)
    assert len(terms) > 20
    names = [name for _, name in terms]
    assert len({term for term, _ in terms}) == len(set(names)) == len(terms)
    for folder in ("knowledge", "ingest", "assistant"):
        for file in (ROOT / folder).rglob("*.py"):
            tree = ast.walk(ast.parse(file.read_text("utf-8")))
            defined = {node.name for node in tree if isinstance(node, ast.ClassDef | ast.FunctionDef)}
            names = [name for name in names if name not in defined]
    assert names == [], "these are defined nowhere"


def test_a_circle_of_rooms_cannot_be_drawn() -> None:
    assert house.floors({"page": {"query"}, "query": {"models"}, "models": set()}) == [["page"], ["query"], ["models"]]
    with pytest.raises(ValueError, match="circle: models, query"):
        house.floors({"page": {"query"}, "query": {"models"}, "models": {"query"}})


def test_every_command_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [name for name in options() if f"reflect {name}" not in readme] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_and_pictures_lead_somewhere(document: Path) -> None:
    for target in LINK.findall(document.read_text("utf-8")):
        assert (document.parent / target).exists(), target


def test_every_page_of_the_documents_can_be_reached_from_the_readme() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        document = waiting.pop()
        seen.add(document)
        links = [(document.parent / target).resolve() for target in LINK.findall(document.read_text("utf-8"))]
        waiting += [link for link in links if link.suffix == ".md" and link not in seen]
    assert {path for path in DOCUMENTS if path.parent.name == "docs"} <= seen


LEVEL_1 = re.findall(  # of the OWASP Application Security Verification Standard 5.0.0
    r"[\d.]+",
    "1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.5.1 2.1.1 2.2.1 2.2.2 2.3.1 3.2.1 3.2.2 3.3.1 3.4.1 3.4.2 3.5.1 3.5.2 3.5.3 4.1.1 4.4.1 "
    "5.2.1 5.2.2 5.3.1 5.3.2 6.1.1 6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.3.1 6.3.2 6.4.1 6.4.2 7.2.1 7.2.2 7.2.3 7.2.4 7.4.1 "
    "7.4.2 8.1.1 8.2.1 8.2.2 8.3.1 9.1.1 9.1.2 9.1.3 9.2.1 10.4.1 10.4.2 10.4.3 10.4.4 10.4.5 11.3.1 11.3.2 11.4.1 12.1.1 12.2.1 12.2.2 "
    "13.4.1 14.2.1 14.3.1 15.1.1 15.2.1 15.3.1",
)


def test_every_item_of_the_security_standard_is_answered_and_the_tests_it_names_are_there() -> None:
    rows = re.findall(
        r"^\| (\d[\d., ]*) \| (met|not applicable|yours) \| (.+) \|$", (ROOT / "docs" / "running.md").read_text("utf-8"), re.MULTILINE
    )
    assert [item for items, _, _ in rows for item in items.split(", ")] == LEVEL_1
    named = {path for _, _, how in rows for path in re.findall(r"`((?:tests|assistant)/[\w/.]+)`", how)}
    assert len(named) > 10
    assert [path for path in sorted(named) if not (ROOT / path).is_file()] == []
