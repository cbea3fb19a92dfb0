"""Every data file that people edit: a mistake in it is one sentence with its line, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

import knowledge
from assistant.citations import meaning
from assistant.guards import danger_data, notices, pii_data, scope
from assistant.language import wording
from assistant.packs import roles, words
from assistant.page import welcome
from assistant.reflection import frameworks
from ingest import places
from knowledge import guidance, kinds, model_files, themes
from knowledge.data_file import line_of, load_json_lines
from knowledge.errors import SettingsError
from training.data import Line, dangers

ROOT = Path(knowledge.__file__).parents[1]
DANGER, NOTICES, PII, SCOPE = (f"assistant/guards/{name}.toml" for name in ("danger", "notices", "pii", "scope"))
WORDING = "assistant/language/wording.toml"
FRAMEWORKS = "assistant/reflection/frameworks.toml"
READERS: dict[str, Callable[[Path], Any]] = {
    DANGER: danger_data.load_danger,
    NOTICES: notices.load_notices,
    PII: pii_data.load_pii,
    SCOPE: scope.load_scope,
    WORDING: wording.load_wording,
    FRAMEWORKS: frameworks.load_models,
    "assistant/citations/meaning.toml": meaning.load_meaning,
    "assistant/packs/examples.toml": roles.load_examples,
    "assistant/packs/words.toml": words.load_words,
    "assistant/page/examples.toml": welcome.load_examples,
    "knowledge/themes.toml": themes.load_themes,
    "knowledge/guidance.toml": guidance.load_guidance,
    "knowledge/models.toml": model_files.load_models,
    "knowledge/kinds.toml": kinds.load_kinds,
    "ingest/publishers.toml": places.load_publishers,
}


def told(path: Path, read: Callable[[Path], Any]) -> str:
    with pytest.raises(SettingsError) as raised:
        read(path)
    return str(raised.value)


def test_every_data_file_of_the_product_is_read_and_frozen() -> None:
    shipped = {str(p.relative_to(ROOT)) for folder in ("assistant", "knowledge", "ingest") for p in (ROOT / folder).rglob("*.toml")}
    assert shipped == set(READERS)
    for name, read in READERS.items():
        found = read(ROOT / name)
        one = found[0] if isinstance(found, tuple) else found
        with pytest.raises(ValueError, match="frozen"):
            setattr(one, next(iter(type(one).model_fields)), "other")
    assert sum(map(len, dangers().values())) > 4000


@pytest.mark.parametrize("name", READERS)
def test_a_misspelt_name_is_told_with_its_line_in_every_file(tmp_path: Path, name: str) -> None:
    lines = (ROOT / name).read_text("utf-8").splitlines()
    place = next(n for n, line in enumerate(lines) if not line.startswith("#") and "=" in line and '"""' not in line)
    key = lines[place].split("=")[0].strip()
    lines[place] = lines[place].replace(key, key + "x", 1)
    path = tmp_path / Path(name).name
    path.write_text("\n".join(lines), "utf-8")
    said = told(path, READERS[name])
    assert said.startswith(f"{path.name}, line ")
    if "groups" not in said:  # a group's name is a person's own: what misses it is told instead
        assert said.startswith(f"{path.name}, line {place + 1}: Unknown setting {key}x. Did you mean {key}?")


WRONG = [
    (NOTICES, "[kinds]\nname =", "[kinds]\nnmae =", "Unknown setting nmae. Did you mean name?"),
    (NOTICES, 'no_contacts = "', 'no_contact = "', "Unknown setting no_contact. Did you mean no_contacts?"),
    (NOTICES, "contact {contacts} t", "contact {contact} t", "tell has {contact}, which nothing is put in place of."),
    (DANGER, '    "{small}", ', '    "{smal}", ', 'the phrase "{smal}" uses {smal}, which [groups] does not have.'),
    (DANGER, "now = 0.", "now = 1.", "now must be a number between 0 and 1"),
    (PII, "regex = '[a-z0-9]", "regex = '([a-z0-9]", "this pattern cannot be used"),
    (PII, 'kind = "exact_date"', 'kind = "exact_dat"', '"exact_dat" is not known for kind. Choose one of'),
    (SCOPE, "{the}? threshold", "{teh}? threshold", 'the phrase "{teh}? threshold" uses {teh}, which [groups] does not have.'),
    (SCOPE, '"{verdict} .. {paper}"', '"{verdict} .. {papre}"', "uses {papre}, which [groups] does not have."),
    (WORDING, "stop = ", "stp = ", "Unknown setting stp. Did you mean stop?"),
    (WORDING, '"serious case reviews?"', '"serious case reviews?("', "the pattern serious case reviews?( cannot be used"),
    ("assistant/page/examples.toml", "about = ", "abuot = ", "Unknown setting abuot. Did you mean about?"),
    ("assistant/page/examples.toml", "I'm preparing a session", "I'm preparing for supervision", "another [[way]] is called I'm preparing"),
    ("knowledge/guidance.toml", "stands = false", 'stands = "no"', "stands must be true or false."),
    ("knowledge/guidance.toml", '"Working Together 2023"', '"Working Together 1999"', "Working Together 1999 stands here twice. Keep one"),
    ("knowledge/guidance.toml", 'prints = "strategic', 'prints = "(strategic', "cannot be used"),
    (FRAMEWORKS, 'id = "history"', 'id = "purpose"', "another [[section]] has the id purpose already."),
    (FRAMEWORKS, 'id = "what"', 'id = "cycle"', "another [[model]] has the id cycle already."),
    (FRAMEWORKS, "reviews = true\n", 'reviews = "yes"\n', "reviews must be true or false."),
]  # fmt: skip


@pytest.mark.parametrize(("name", "right", "wrong", "says"), WRONG, ids=[f"{Path(w[0]).stem}-{n}" for n, w in enumerate(WRONG)])
def test_a_mistake_is_told_where_it_stands(tmp_path: Path, name: str, right: str, wrong: str, says: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    at = text.index(right) + next(n for n, (a, b) in enumerate(zip(right + "\n", wrong + "\n", strict=False)) if a != b)
    path = tmp_path / Path(name).name
    path.write_text(text.replace(right, wrong, 1), "utf-8")
    said = told(path, READERS[name])
    assert said.startswith(f"{path.name}, line {text.count(chr(10), 0, at) + 1}: ")
    assert says in said


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"text": "a", "heading": 1}', "line 3: heading must be"),
        ('{"txt": "a", "heading": "b"}', "line 3: Unknown setting txt. Did you mean text?"),
        ('{"text": "", "heading": "b"}', "line 3: text is empty."),
        ("not json", "line 3: this is not JSON"),
        ("[]", "line 3: "),
    ],
)
def test_a_mistake_in_a_file_of_lines_is_told_with_its_line(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text('{"text": "a", "heading": "b"}\n\n' + line, "utf-8")
    assert says in told(path, lambda file: load_json_lines(Line, file))


def test_a_heading_inside_a_text_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "examples.toml"
    path.write_text('placeholder = """\n[[way]]\nname = "x"\n"""\n\n[[way]]\nname = "x"\nabout = 1\nexamples = ["a"]\n', "utf-8")
    assert told(path, welcome.load_examples).startswith("examples.toml, line 8: about must be text.")


KEYS = st.text("abcxyz-_", min_size=1, max_size=5)
VALUES = st.one_of(st.integers(), st.booleans(), st.text("ab\n[]=#\"'", max_size=12))


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        KEYS, st.one_of(VALUES, st.lists(VALUES, min_size=1), st.dictionaries(KEYS, VALUES, min_size=1)), min_size=1, max_size=4
    ),
    st.lists(st.dictionaries(KEYS, st.one_of(VALUES, st.lists(VALUES, min_size=1)), min_size=1, max_size=4), min_size=1, max_size=4),
    st.data(),
)
def test_the_line_of_a_value_is_where_it_is_written(above: dict[str, Any], entries: list[dict[str, Any]], data: st.DataObject) -> None:
    """Cut the file before a value's line, and its key is not there yet; cut it after, and it is."""
    text = tomlkit.dumps({**above, "entry": entries})
    n, key = data.draw(st.sampled_from([(n, key) for n, entry in enumerate(entries) for key in entry]))
    line = line_of(text, ("entry", n, key))
    before = tomlkit.parse("".join(text.splitlines(keepends=True)[: line - 1])).get("entry", [])
    assert n >= len(before) or key not in before[n]
    assert text.split("\n")[line - 1].startswith((key, f'"{key}"'))
