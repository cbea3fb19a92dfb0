"""Arrays that are made once and kept beside the library. They are derived: a file that is lost or damaged is made again."""

from __future__ import annotations

import hashlib
import threading
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.private_files import make_folder, written

Arrays = dict[str, NDArray[Any]]
UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)
_making = threading.Lock()  # what many ask for at the same time is made once


def load_or_make(folder: Path, kind: str, made_of: Sequence[str], make: Callable[[], Mapping[str, NDArray[Any]]]) -> Arrays:
    """The arrays of a `kind`, from the file for these texts in `folder`; made and kept where there is none that can be read.

    A file of the same kind for other texts is removed. Where nothing can be written, the arrays are made and not kept.
    """
    key = hashlib.sha256("\n".join(made_of).encode()).hexdigest()[:16]
    place = folder / f"{kind}-{key}.npz"
    if (found := _loaded(place)) is not None:
        return found
    with _making:
        if (found := _loaded(place)) is not None:
            return found
        arrays = dict(make())
        with suppress(OSError):
            make_folder(folder)
            with written(place) as file:
                np.savez(file, **arrays)  # type: ignore[arg-type]
            for old in folder.glob(f"{kind}-*"):
                if old != place:
                    old.unlink(missing_ok=True)
        return arrays


def damaged(folder: Path) -> list[Path]:
    """The files in `folder` that cannot be read: they are made again when they are next needed."""
    return [file for file in sorted(folder.glob("*.npz")) if _loaded(file) is None]


def _loaded(place: Path) -> Arrays | None:
    try:
        with place.open("rb") as file, np.load(file) as kept:  # a ZIP: every array is checked against its sum
            return {name: kept[name] for name in kept.files}
    except UNREADABLE:
        return None
