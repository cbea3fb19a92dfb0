"""Nothing heavy is loaded before it is needed: what `import app` loads, and what the page loads before a question is asked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
AT_IMPORT = {"app"}  # beside Python's own
NOT_FOR_THE_PAGE = {
    "langchain",
    "onnxruntime",
    "playwright",
    "pptx",
    "presidio_analyzer",
    "pypdf",
    "pypdfium2",
    "sentence_transformers",
    "spacy",
    "tesserocr",
    "tokenizers",
    "torch",
    "transformers",
}
LOADED = "import json, sys; print(json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"


def loaded(code: str) -> set[str]:
    """The packages that a fresh Python has loaded after this code."""
    ran = subprocess.run([sys.executable, "-c", f"{code}\n{LOADED}"], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(json.loads(ran.stdout.splitlines()[-1]))


def test_import_app_loads_nothing_but_itself() -> None:
    ours = loaded("import app") - loaded("pass") - set(sys.stdlib_module_names)
    assert ours <= AT_IMPORT


def test_the_page_is_built_without_what_only_answers_need(tmp_path: Path) -> None:
    found = loaded(f"import app, pathlib; app.build(pathlib.Path({str(tmp_path)!r}))")
    assert "gradio" in found
    assert found & NOT_FOR_THE_PAGE == set()


@pytest.mark.filterwarnings("ignore")
def test_the_name_finder_leaves_torch_aside(tmp_path: Path) -> None:
    code = f"import app, pathlib\n_, a = app.build(pathlib.Path({str(tmp_path)!r}))\na.guards._identifying.warm()"
    found = loaded(code)
    assert "spacy" in found
    assert found & {"torch", "transformers"} == set()
