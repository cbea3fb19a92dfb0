"""Derived files are made once, whole, however many ask at the same time, and made again where they are lost or damaged."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.cli.doctor import examined
from assistant.language.theme_matcher import ThemeMatcher
from ingest.pipeline import ingest
from knowledge.derived import damaged, load_or_make
from knowledge.library import Library
from tests.forked import PROCESSES
from tests.library_maker import HashedWords, write_markdown

Array = NDArray[np.float32]
MADE = np.arange(2000, dtype=np.float32)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0x40
    file.write_bytes(bytes(content))


def empty(file: Path) -> None:
    file.write_bytes(b"")


def test_what_many_ask_for_at_once_is_made_once_and_is_right_for_all(tmp_path: Path) -> None:
    made: list[int] = []
    start = threading.Barrier(60)

    def make() -> dict[str, Array]:
        made.append(1)
        return {"vectors": MADE}

    def ask() -> Array:
        start.wait(60)
        return load_or_make(tmp_path / "derived", "themes", ["a", "b"], make)["vectors"]

    with ThreadPoolExecutor(60) as pool:
        found = [asked.result() for asked in [pool.submit(ask) for _ in range(60)]]
    assert all(np.array_equal(one, MADE) for one in found)
    assert len(made) == 1
    [file] = (tmp_path / "derived").iterdir()
    assert file.stat().st_mode & 0o077 == 0


def asked_in_a_process(folder: Path) -> None:
    for n in range(20):
        found = load_or_make(folder, "themes", [str(n)], lambda n=n: {"vectors": MADE + n})["vectors"]  # type: ignore[misc]
        assert np.array_equal(found, MADE + n)


def test_processes_that_make_it_at_once_do_not_harm_each_other(tmp_path: Path) -> None:
    children = [PROCESSES.Process(target=asked_in_a_process, args=(tmp_path,)) for _ in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join(120)
    assert [child.exitcode for child in children] == [0] * 4
    assert damaged(tmp_path) == []


@pytest.mark.parametrize("harm", [cut, flip, empty, Path.unlink])
def test_what_is_damaged_is_made_again(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    load_or_make(tmp_path, "themes", ["a"], lambda: {"vectors": MADE})
    [file] = tmp_path.glob("themes-*")
    harm(file)
    assert damaged(tmp_path) == ([file] if file.exists() else [])
    assert np.array_equal(load_or_make(tmp_path, "themes", ["a"], lambda: {"vectors": MADE})["vectors"], MADE)
    assert damaged(tmp_path) == []
    assert np.array_equal(load_or_make(tmp_path, "themes", ["a"], dict)["vectors"], MADE)


def test_other_texts_take_the_place_of_the_earlier_ones(tmp_path: Path) -> None:
    (tmp_path / "themes-0123.npy").write_bytes(b"of an earlier version")
    load_or_make(tmp_path, "themes", ["a"], lambda: {"vectors": MADE})
    load_or_make(tmp_path, "danger", ["a"], lambda: {"vectors": MADE})
    load_or_make(tmp_path, "themes", ["b"], lambda: {"vectors": MADE})
    assert sorted(file.name[:6] for file in tmp_path.iterdir()) == ["danger", "themes"]


def test_where_nothing_can_be_kept_it_is_made_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "derived").write_text("in the way")
    assert np.array_equal(load_or_make(tmp_path / "derived", "themes", ["a"], lambda: {"vectors": MADE})["vectors"], MADE)


@pytest.mark.parametrize("harm", [cut, flip, empty])
def test_a_start_with_damaged_derived_files_is_as_good_as_one_without_and_doctor_sees_them(
    tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    library = Library(tmp_path / "library", HashedWords())
    assert [r.status for r in ingest(library, [write_markdown(tmp_path / "ashby.md", "Ashby")])] == ["added"]
    library.close()
    derived = tmp_path / "library" / "derived"

    def judged() -> list[float]:
        matcher = ThemeMatcher(HashedWords(), derived)
        asked = HashedWords().embed_query("nobody spoke to the child alone")
        return [float(score) for score in matcher.scores(asked, asked)]

    before = judged()
    assert len(list(derived.iterdir())) == 1
    for file in derived.iterdir():
        harm(file)
    found = {finding.what: finding for finding in examined(tmp_path / "library")}
    assert not found["Derived files"].well
    assert "Damaged ones are rebuilt at the next start" in found["Derived files"].told
    assert judged() == before
    assert "Derived files" not in {finding.what for finding in examined(tmp_path / "library")}
    assert not list(derived.glob("*.part"))
