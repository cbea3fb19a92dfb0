"""A deployment's settings: the documented example holds, and a mistake is told with its line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.guards.guards import Guards
from assistant.page import welcome
from knowledge import guidance, themes
from knowledge.briefing import Briefing, Details
from knowledge.errors import SettingsError
from knowledge.settings import Settings, load_settings
from tests import forked

ROOT = Path(__file__).resolve().parents[1]
DOCS = (ROOT / "docs" / "settings.md").read_text("utf-8")
EXAMPLE = re.search(r"```toml\n(.*?)```", DOCS, re.DOTALL)[1]  # type: ignore[index]
SHIPPED = (ROOT / "knowledge" / "themes.toml").read_text("utf-8")
THEME = """
[[theme]]
id = "{id}"
name = "Sleep"
about = "where babies sleep"
review_words = ["safer sleep"]
said_as = ["the baby sleeps on the sofa"]
[[theme.question]]
ask = "{ask}"
why = "Nights are seldom asked about."
moments = ["{moment}"]
"""


@pytest.fixture(autouse=True)
def put_back() -> Iterator[None]:
    yield
    Settings().take_effect()


def written(folder: Path, text: str, name: str = "settings.toml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def sleep(called: str = "sleep", ask: str = "Where does the baby sleep?", moment: str = "team") -> str:
    return THEME.format(id=called, ask=ask, moment=moment)


def test_the_example_in_the_docs_is_read(tmp_path: Path) -> None:
    own = load_settings(written(tmp_path, EXAMPLE))
    assert own.organisation == "Exampleshire Safeguarding Children Partnership"
    assert list(own.contacts) == ["Children's social care", "Designated safeguarding lead"]
    assert own.safety.procedures["bruising in babies"].startswith("Bruising in babies who do not crawl")
    assert own.safety.thresholds.now == 0.4
    assert (own.marking, Settings().marking) == ("OFFICIAL-SENSITIVE: PERSONAL", "OFFICIAL-SENSITIVE")
    assert load_settings(written(tmp_path, 'marking = ""')).marking == ""
    shown = welcome.masthead("", own) + welcome.opening(own.notice)
    for words in (own.organisation, "01632 960123, day and night", "Supervision dates"):
        assert words in shown
    assert "01632 960123" in Guards(own.safety).check("He has stopped breathing").notices[0].text


def test_the_example_with_its_themes_line_is_read(tmp_path: Path) -> None:
    written(tmp_path, SHIPPED, "our-themes.toml")
    own = load_settings(written(tmp_path, EXAMPLE.replace("# themes =", "themes =")))
    assert len(own.themes) == len(themes.themes())


def test_nothing_is_escaped_wrongly_in_the_page() -> None:
    own = Settings(organisation="<b>Us</b>", contacts={"<i>A</i>": "<u>1</u>"})
    assert not re.search(r"<[biu]>", welcome.masthead("", own) + welcome.opening("<b>x</b>"))


def test_guidance_is_judged_as_the_deployment_does(tmp_path: Path) -> None:
    briefing = Briefing("b", "b.pdf", "0" * 64, Details(guidance=("Working Together 2023",)), paged=True)
    assert not guidance.superseded(briefing)
    load_settings(written(tmp_path, EXAMPLE)).take_effect()
    assert [one.note for one in guidance.superseded(briefing)] == ["replaced in 2027"]


def test_own_themes_take_the_place_of_the_products(tmp_path: Path) -> None:
    written(tmp_path, sleep(), "our-themes.toml")
    load_settings(written(tmp_path, 'themes = "our-themes.toml"')).take_effect()
    assert [one.id for one in themes.themes()] == ["sleep"]
    Settings().take_effect()
    assert len(themes.themes()) > 20


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('organization = "Us"', "settings.toml, line 1: Unknown setting organization. Did you mean organisation?"),
        ('\nnotice = 3', "settings.toml, line 2: notice must be text."),
        ('organisation = "Us"\n\n[contacts]\nDuty = 1632', "settings.toml, line 4: Duty must be text"),
        ('contacts = "x"', "settings.toml, line 1: contacts must be a section of its own. Begin it with a line \\[contacts\\]."),
        ('[[guidance]]\nname = "A"\nstands = "yes"\nnote = "n"', "settings.toml, line 3: stands must be true or false."),
        ('[[guidance]]\nname = "A"\nstands = true', "settings.toml, line 1: note is missing"),
        ('[[guidance]]\nnam = "A"', "settings.toml, line 2: Unknown setting nam. Did you mean name?"),
        ('guidance = "A"', "settings.toml, line 1: guidance must be sections of their own. Begin each with a line \\[\\[guidance"),
        ('organisation = "Us', "settings.toml: .*line 1"),
        (f'marking = "{"x" * 61}"', "settings.toml, line 1: marking"),
        ('[contacts]\nDuty = " "', "settings.toml, line 2: the contact Duty has no text."),
        ('themes = "none.toml"', "none.toml cannot be read .*Check the path."),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        load_settings(written(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (sleep(moment="befor a visit"), "line 11: .befor a visit. is not known for entry 1 of moments. Choose one of .before"),
        (sleep() + sleep(), "line 14: another theme has the id sleep already"),
        (sleep() + sleep("nights", "Where does the baby sleep, ?"), "line 20: theme sleep asks this already"),
        (sleep(ask="Where the baby sleeps."), "line 9: this question ends without a question mark"),
        (sleep().replace("review_words", "reviewwords"), "line 6: Unknown setting reviewwords. Did you mean review_words?"),
        (sleep().replace('about = "where babies sleep"\n', ""), "line 2: about is missing"),
        (sleep().replace("why =", "wy ="), "line 10: Unknown setting wy. Did you mean why?"),
        (sleep().replace('["safer sleep"]', '"safer sleep"'), "line 6: review_words must be a list of texts"),
        ("", "themes.toml, line 1: theme is missing"),
    ],
)  # fmt: skip
def test_a_mistake_in_themes_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        themes.load_themes(written(tmp_path, text, "themes.toml"))


def reflect(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return forked.reflect(*arguments, env=os.environ | environment)


def test_the_file_is_found_where_the_docs_say(tmp_path: Path) -> None:
    written(tmp_path, sleep(), "our-themes.toml")
    path = written(tmp_path, 'themes = "our-themes.toml"')
    config = tmp_path / "config" / "practice-reflection-assistant"
    config.mkdir(parents=True)
    written(config, sleep("usual"), "our-themes.toml")
    written(config, 'themes = "our-themes.toml"')
    assert '"sleep"' in reflect("themes", "--json", "--settings", str(path)).stdout
    assert '"sleep"' in reflect("themes", "--json", REFLECT_SETTINGS=str(path)).stdout
    if sys.platform == "linux":
        assert '"usual"' in reflect("themes", "--json", XDG_CONFIG_HOME=str(tmp_path / "config")).stdout


def test_the_command_line_tells_a_mistake_in_one_sentence(tmp_path: Path) -> None:
    told = re.findall(r"```text\n(.*?)\n```", DOCS)
    done = reflect("themes", "--settings", str(written(tmp_path, 'organization = "Us"')))
    assert done.returncode == 1
    assert done.stderr.strip() == told[0]
    written(tmp_path, sleep(moment="befor a visit"), "our-themes.toml")
    done = reflect("themes", "--settings", str(written(tmp_path, 'themes = "our-themes.toml"')))
    assert done.stderr.strip() == told[1]
