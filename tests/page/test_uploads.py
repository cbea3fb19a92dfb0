"""Uploads: any number of times in a window, in turn, each file with its line; nobody waits for another's long one."""

from __future__ import annotations

import copy
import gc
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, FilePayload, Page, expect

import app
from assistant.page.uploads import Desk, Turns
from ingest.pipeline import steps
from knowledge.library import Library
from tests.page.conftest import Lengths, Scripted, ScriptedGuide
from tests.page.driving import QUIET

pytestmark = QUIET


def take(number: int | str) -> FilePayload:
    words = (
        f"# Learning from a review, take {number}\n\nA baby with a bruise was seen by {number} workers and none asked a doctor to look.\n"
    )
    return FilePayload(name=f"take-{number}.md", mimeType="text/markdown", buffer=words.encode())


class Held:
    """Takes files in; what is named "slow" waits until it may go on."""

    def __init__(self) -> None:
        self.go_on, self.begun = Event(), Event()

    def __call__(self, library: Library, paths: Sequence[Path], *, names: Sequence[str]) -> Iterator[Any]:
        for path, name in zip(paths, names, strict=True):
            if "slow" in name:
                self.begun.set()
                assert self.go_on.wait(60)
            yield from steps(library, [path], names=[name])


@pytest.fixture(scope="module")
def held() -> Held:
    return Held()


@pytest.fixture(scope="module")
def served(held: Held, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path, Library]]:
    """A page over a library of its own; its address, and where uploads lie."""
    library, uploads = Library(tmp_path_factory.mktemp("library"), Lengths()), tmp_path_factory.mktemp("uploads")
    with pytest.MonkeyPatch.context() as patched:
        for name, value in {**app.QUIET, "GRADIO_TEMP_DIR": str(uploads)}.items():
            patched.setenv(name, value)
        from assistant.page import page

        blocks = page(library, Scripted(library), ScriptedGuide(library), held)
        page_server = app.open_page(blocks, library)
        yield page_server.address, uploads, library
        page_server.close()
    gc.collect()


@pytest.fixture
def windows(browser: Browser, served: tuple[str, Path, Library]) -> Iterator[list[Page]]:
    """Two people's windows, on the library tab."""
    made = []
    for _ in range(2):
        window = browser.new_context().new_page()
        window.goto(served[0])
        window.get_by_role("tab", name="Library").click()
        made.append(window)
    yield made
    for window in made:
        window.context.close()


def drop(window: Page, *files: FilePayload) -> None:
    window.set_input_files("#upload input[type=file]", list(files))


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_uploads_work_any_number_of_times_in_a_window(windows: list[Page], served: tuple[str, Path, Library]) -> None:
    window = windows[0]
    for number in range(4):
        drop(window, take(number))
        expect(window.locator("#results li.added", has_text=f"take-{number}.md has been added")).to_be_visible()
        expect(window.locator("#results .doing")).to_have_count(0)
    drop(window, take(0), take(9))
    expect(window.locator("#results li.unchanged")).to_contain_text("take-0.md is already in the library")
    expect(window.locator("#results li.added", has_text="take-9.md")).to_be_visible()
    expect(window.get_by_text("Error", exact=True)).to_have_count(0)
    assert files_in(served[1]) == []


def test_what_is_dropped_while_another_is_read_is_told_and_read_after_it(
    windows: list[Page], held: Held, served: tuple[str, Path, Library]
) -> None:
    window = windows[0]
    held.go_on.clear()
    held.begun.clear()
    drop(window, take("slow-a"))
    expect(window.locator("#results .doing")).to_contain_text("Reading take-slow-a.md")
    assert held.begun.wait(30)
    for name in ("b", "c"):
        drop(window, take(name))
        expect(window.locator("#results .waiting")).to_contain_text(f"take-{name}.md")
    held.go_on.set()
    for name in ("slow-a", "b", "c"):
        expect(window.locator("#results li.added", has_text=f"take-{name}.md has been added")).to_have_count(1)
    assert window.locator("#results li").all_inner_texts() == window.locator("#results li.added").all_inner_texts()
    assert files_in(served[1]) == []


def test_a_long_upload_keeps_nobody_else_waiting(windows: list[Page], held: Held) -> None:
    held.go_on.clear()
    held.begun.clear()
    drop(windows[0], take("slow-long"))
    assert held.begun.wait(30)
    drop(windows[1], take("quick"))
    expect(windows[1].locator("#results li.added")).to_contain_text("take-quick.md has been added")
    expect(windows[0].locator("#results .doing")).to_contain_text("Reading take-slow-long.md")
    held.go_on.set()
    expect(windows[0].locator("#results li.added")).to_contain_text("take-slow-long.md")


def test_the_same_file_of_two_people_is_read_for_both(windows: list[Page], held: Held, served: tuple[str, Path, Library]) -> None:
    """Gradio gives it one place, whoever uploads it: what one upload takes away must not be the other's."""
    held.go_on.clear()
    for window in windows:
        drop(window, take("slow-same"))
        expect(window.locator("#results .doing")).to_contain_text("Reading take-slow-same.md")
    held.go_on.set()
    for window in windows:
        expect(window.locator("#results li:is(.added, .unchanged)")).to_contain_text("take-slow-same.md")
    assert files_in(served[1]) == []


def test_a_few_people_are_read_at_once_each_one_at_a_time_and_first_come_goes_first() -> None:
    turns = Turns(at_once=2)
    with turns.queued("a") as first, turns.queued("a") as second, turns.queued("b") as third, turns.queued("c") as fourth:
        assert [turn.has_come for turn in (second, fourth, third, first)] == [False, False, True, True]
        assert fourth.ahead == 2
    with turns.queued("c") as later:
        assert later.has_come, "a place that was given up is free"


class Waiting:
    """Somebody in the queue, whose file takes so many rounds once its turn has come."""

    def __init__(self, person: str, length: int, turns: Turns) -> None:
        self.person, self.left, self.place = person, length, ExitStack()
        self.turn = self.place.enter_context(turns.queued(person))
        self.going = False

    def goes(self) -> bool:
        """Whether the turn has come, now or before."""
        self.going = self.going or self.turn.has_come
        return self.going


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 5)), max_size=30))
def test_everybodys_turn_comes(people: list[tuple[str, int]]) -> None:
    """However long each takes, no more go at once than may, one of a person's at a time, and none is left over."""
    turns = Turns(at_once=2)
    waiting = [Waiting(person, length, turns) for person, length in people]
    for _ in range(len(people) * 8):
        going = [one for one in waiting if one.goes()]
        assert len(going) <= 2
        assert len({one.person for one in going}) == len(going)
        for one in going:
            one.left -= 1
            if one.left < 0:
                one.place.close()
                waiting.remove(one)
    assert waiting == []


def test_a_desk_keeps_the_order_and_each_window_has_its_own(tmp_path: Path) -> None:
    def file(name: str) -> tuple[Path, str]:
        (tmp_path / "up" / name).mkdir(parents=True, exist_ok=True)
        (tmp_path / "up" / name / f"{name}.md").write_text(name)
        return tmp_path / "up" / name / f"{name}.md", f"{name}.md"

    desk = Desk()
    assert desk.put([file("a")])
    assert not desk.put([file("b")]), "somebody is at work on it"
    assert not desk.put([file("a"), file("c")])
    assert not desk.put([(tmp_path / "up" / "c" / "c.md", "c.md")]), "the box may still hold what was taken from it"
    assert copy.deepcopy(desk).waiting == []
    assert [[(path.read_text(), name) for path, name in desk.next()] for _ in range(4)] == [
        [("a", "a.md")],
        [("b", "b.md")],
        [("a", "a.md"), ("c", "c.md")],
        [],
    ]
    assert desk.put([file("d")])
    assert [name for _, name in desk.leave()] == ["d.md"]
