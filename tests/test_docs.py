"""What the documents claim: commands, files, links and pictures that they name are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

from assistant.cli import commands
from ingest.pipeline import expanded, starter_briefings, steps
from ingest.upgrade import Upgrade

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
REFLECT = re.compile(r"\breflect ([a-z]+)((?: +[^\n`]*?)?)(?=`|\n| {2,})")
LINK = re.compile(r"\]\(([^)#:]+)\)")


def options() -> dict[str, set[str]]:
    """Each command with its options."""
    group = typer.main.get_command(commands(steps, starter_briefings, expanded, lambda *_: None, Upgrade))
    return {name: {o for p in command.params for o in p.opts} for name, command in group.commands.items()}  # type: ignore[attr-defined]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_and_options_that_are_named_exist(document: Path) -> None:
    known = options()
    for name, rest in REFLECT.findall(document.read_text("utf-8")):
        assert name in known, f"reflect {name}"
        assert set(re.findall(r"(?<!\S)--[a-z-]+", rest)) <= known[name], f"reflect {name}{rest}"


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
