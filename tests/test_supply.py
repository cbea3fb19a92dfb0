"""What is installed: pinned by hash, its licences listed, its bill of materials whole."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from license_expression import get_spdx_licensing
from packaging.requirements import Requirement
from packaging.version import Version

from requirements import audit, licences, lock, sbom

ROOT = Path(__file__).parent.parent
LOCKS = ("run", "test", "uv", "cuda", "tools", "torch-cpu")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CHOSEN = {name: lock.version_of(line) for name, line in lock.entries((ROOT / "constraints.txt").read_text("utf-8")).items()}


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_of_a_lock_pins_a_version_and_its_files(name: str) -> None:
    packages = lock.locked(name)
    assert packages
    for package, entry in packages.items():
        assert lock.version_of(entry), package
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), package
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    assert not re.search(r"://|--(extra-)?index|--find-links|(?<!\S)@", text), "a lock names no place, only files"


def test_constraints_name_what_is_locked_and_nothing_else() -> None:
    assert {name: lock.version_of(entry) for name, entry in lock.everything().items()} == CHOSEN
    assert lock.version_of(lock.locked("torch-cpu")["torch"]) == f"{CHOSEN['torch']}+cpu"


def test_everything_that_the_project_names_is_locked_within_its_bounds() -> None:
    extra = PROJECT["project"]["optional-dependencies"]["test"]
    for needed, name in [*((one, "run") for one in PROJECT["project"]["dependencies"]), *((one, "test") for one in extra)]:
        requirement = Requirement(needed)
        package = lock.normal(requirement.name)
        held = lock.locked("run") | (lock.locked("test") if name == "test" else {})
        assert package in held, needed
        assert requirement.specifier.contains(Version(lock.version_of(held[package]))), needed
    assert all(lock.normal(Requirement(one).name) in lock.locked("run") for one in PROJECT["build-system"]["requires"])


def test_what_an_installed_package_needs_is_locked() -> None:
    """A package that another one came to need since the locks were made would be fetched without a hash, or be missing."""
    held, missing = lock.locked("run") | lock.locked("test"), set()
    with_cuda = held | lock.locked("cuda")  # installed beside torch's CUDA build, where its CPU build cannot be had
    for package in held:
        try:
            needed = [Requirement(line) for line in requires(package) or ()]
        except PackageNotFoundError:
            continue
        missing |= {
            f"{package}: {one}"
            for one in needed
            if (one.marker is None or one.marker.evaluate({"extra": ""})) and lock.normal(one.name) not in with_cuda
        }
    assert missing == set()


def test_what_is_installed_here_is_what_is_locked() -> None:
    wrong = {}
    for package, entry in (lock.locked("run") | lock.locked("test")).items():
        try:
            if version(package).split("+")[0] != lock.version_of(entry):
                wrong[package] = version(package)
        except PackageNotFoundError:
            continue
    assert wrong == {}, "install again: python -m pip install --require-hashes -r requirements/test.txt"


def test_the_list_of_licences_is_up_to_date() -> None:
    assert licences.PAGE.read_text("utf-8") == licences.page(), "run `make lock`"


def test_every_licence_is_one_that_the_page_speaks_of() -> None:
    """A package under other terms than these is looked at by a person before it is shipped."""
    plain = {
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "BSL-1.0",
        "CC0-1.0",
        "CNRI-Python",
        "FTL",
        "IJG",
        "ISC",
        "LLVM-exception",
    }
    plain |= {"MIT", "MIT-0", "MIT-CMU", "PSF-2.0", "Zlib", "libpng-2.0", "libtiff", "OFL-1.1"}
    spoken = {"GPL-2.0-or-later", "GPL-3.0-or-later", "GCC-exception-3.1", "LGPL-2.1-or-later", "MPL-2.0", "LicenseRef-NVIDIA-Proprietary"}
    named = [(one.name, one.licence) for one in licences.licensed() if one.use == "the program"]
    for name, licence in [*named, *((one.name, one.licence) for one in licences.bundled())]:
        assert set(re.findall(r"[A-Za-z0-9.-]+", licence)) - {"AND", "OR", "WITH"} <= plain | spoken, name
        if "LicenseRef" not in licence:
            get_spdx_licensing().parse(licence, validate=True)


@pytest.mark.skipif(sys.platform != "linux", reason="the list is of the Linux wheels")
def test_every_library_that_a_wheel_carries_is_listed() -> None:
    held = lock.locked("run")
    seen = 0
    for package in held:
        found = licences._installed().get(package)
        for file in (found.files or ()) if found else ():
            if file.parts[0].endswith(".libs"):
                seen += 1
                listed = [start for one in licences.bundled() if one.package == package for start in one.files]
                assert re.split(r"[-_]?\.|-[0-9a-f]{8}|_?-", file.name)[0].rstrip("_0123456789") in [
                    s.rstrip("_0123456789") for s in listed
                ], file
    assert seen > 20


def test_the_bill_of_materials_lists_every_package_with_version_and_licence() -> None:
    text = sbom.as_json()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    made = json.loads(text)
    listed = {one["name"]: one for one in made["components"] if one["type"] == "library"}
    assert {name: one["version"] for name, one in listed.items()} == CHOSEN
    assert [name for name, one in listed.items() if not one["licenses"]] == []
    inside = [one["name"] for one in listed["tesserocr"]["components"]]
    assert "JBIG-KIT" in inside
    assert {"embedding", "names", "recognition"} == {
        one["bom-ref"].removeprefix("model: ") for one in made["components"] if one["type"] == "machine-learning-model"
    }
    assert "6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b" in {one["content"] for one in listed["torch"]["hashes"]}


def test_the_same_locks_give_the_same_bill(tmp_path: Path) -> None:
    files = [tmp_path / "one.json", tmp_path / "other.json"]
    for file in files:
        subprocess.run([sys.executable, "-m", "requirements.sbom", str(file)], cwd=ROOT, capture_output=True, check=True)
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize(
    ("answers", "status", "told"),
    [
        ([(0, [{"name": "a", "version": "1", "vulns": []}], "")], 0, "Nothing is known against any of 1 packages."),
        (
            [(1, [{"name": "a", "version": "1", "vulns": [{"id": "X-1", "fix_versions": ["1.1"]}]}], "")],
            1,
            "a 1: X-1, mended in 1.1",
        ),
        ([(0, [{"name": "a", "skip_reason": "not found"}], "")], 2, "could not be asked about 1 of 1 packages"),
        ([(0, [], "")], 2, "could not be asked about 0 of 0"),
        ([(1, [], "ConnectionError: no such host")], 2, "could not be asked (ConnectionError: no such host)"),
    ],
)
def test_an_audit_that_could_not_ask_does_not_pass(answers: list[Any], status: int, told: str) -> None:
    found, lines = audit.judge(answers)
    assert found == status
    assert told in " ".join(lines)


def test_pip_refuses_a_file_that_is_not_the_locked_one(tmp_path: Path) -> None:
    """With the real pip: a wheel of the right name and version, but other content, is not installed."""
    import zipfile

    with zipfile.ZipFile(tmp_path / "cachetools-8.0.2-py3-none-any.whl", "w") as wheel:
        wheel.writestr("cachetools/__init__.py", "swapped = True\n")
        wheel.writestr("cachetools-8.0.2.dist-info/METADATA", "Metadata-Version: 2.1\nName: cachetools\nVersion: 8.0.2\n")
        wheel.writestr("cachetools-8.0.2.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("cachetools-8.0.2.dist-info/RECORD", "")
    (tmp_path / "lock.txt").write_text(lock.locked("run")["cachetools"] + "\n", "utf-8")
    command = [
        sys.executable,
        "-m",
        "pip",
        "--isolated",
        "install",
        "--no-index",
        "--find-links",
        str(tmp_path),
        "--target",
        str(tmp_path / "x"),
    ]
    done = subprocess.run([*command, "--require-hashes", "-r", str(tmp_path / "lock.txt")], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr
    assert not (tmp_path / "x" / "cachetools").exists()
