"""How the project is kept: its version, its hooks, its hosted checks and its changelog hold together."""

from __future__ import annotations

import re
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from typer.testing import CliRunner

from assistant.cli.main import commands
from ingest.pipeline import expanded, starter_briefings, steps

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_reflect_tells_its_version() -> None:
    told = CliRunner().invoke(commands(steps, starter_briefings, expanded, lambda *_: None), ["--version"])
    assert (told.exit_code, told.output) == (0, f"reflect {PROJECT['version']}\n")


def test_nothing_is_fetched_for_the_checks_before_a_commit_and_make_test_runs_the_same() -> None:
    told: dict[str, Any] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    assert [repo["repo"] for repo in told["repos"]] == ["local"]
    hooks = [hook for repo in told["repos"] for hook in repo["hooks"]]
    assert {hook["language"] for hook in hooks} == {"system"}
    recipe = (ROOT / "Makefile").read_text("utf-8")
    for hook in hooks:
        assert re.search(rf"\$\(BIN\)/{hook['name']}\b", recipe), hook["name"]


def test_the_hosted_checks_run_on_three_systems_with_the_oldest_and_the_newest_python() -> None:
    told: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text("utf-8"))
    matrix = told["jobs"]["test"]["strategy"]["matrix"]
    assert {name.split("-")[0] for name in matrix["os"]} == {"ubuntu", "windows", "macos"}
    pythons = [line.rsplit(" ", 1)[-1] for line in PROJECT["classifiers"] if "Python :: 3." in line]
    assert matrix["python"] == [pythons[0], pythons[-1]]
    assert PROJECT["requires-python"] == f">={pythons[0]}"
    run = "\n".join(step.get("run", "") for step in told["jobs"]["test"]["steps"])
    assert "make test" in run
    readme = (ROOT / "README.md").read_text("utf-8")
    for command in ("-m pip install --no-deps --no-build-isolation -e .", "-m pytest"):
        assert command in run
        assert command in readme


def test_the_changelog_is_dated_and_its_newest_day_comes_first() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.findall("^## (.+)", text, re.MULTILINE)[0].startswith(PROJECT["version"])
    days = [datetime.strptime(day, "%d %B %Y") for day in re.findall("^### (.+)", text, re.MULTILINE)]
    assert days
    assert days == sorted(set(days), reverse=True)
