"""What is logged of a failure: enough to mend it by, and none of what somebody typed."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from assistant.page.ask_tab import reply_to
from assistant.page.library_tab import taking_in
from assistant.page.reflect_tab import TROUBLE, Reflecting, answered
from knowledge.failures import log_failure
from knowledge.library import Library
from tests.page.conftest import ScriptedGuide

TYPED = "Zanthorpe said quilted marmalade"


class Failing:
    """Fails on every message, in words that repeat the message."""

    def reply(self, message: str, *_: object, **__: object) -> Any:
        try:
            return dict[str, Any]()[message]
        except KeyError:
            raise ValueError(f"cannot answer {message}")  # noqa: B904  # as a library would, without saying "from"


class FailingGuide(ScriptedGuide):
    """Fails on every text, in words that repeat the text."""

    def check(self, texts: Any, *_: object) -> Any:
        raise RuntimeError(f"cannot check {list(texts.values())}")


def said(caplog: pytest.LogCaptureFixture) -> str:
    """All that a log could hold of it, tracebacks included."""
    format_ = logging.Formatter("%(name)s %(message)s")
    return "\n".join(format_.format(record) for record in caplog.records)


def line_with(words: str) -> int:
    return next(n for n, line in enumerate(Path(__file__).read_text("utf-8").splitlines(), 1) if words in line)


def test_a_question_that_fails_is_logged_with_its_place_and_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    reply_to(Failing(), TYPED, [], {})
    assert f"ValueError at tests/test_failures.py:{line_with('raise ValueError')} reply < assistant/page/ask_tab.py:" in said(caplog)
    assert f"after KeyError at tests/test_failures.py:{line_with('()[message]')} reply" in said(caplog)
    assert not any(word in said(caplog) for word in TYPED.split() if word != "said")


def test_an_answer_that_cannot_be_shown_is_logged_in_the_same_way(caplog: pytest.LogCaptureFixture) -> None:
    class Odd:
        def reply(self, *_: object, **__: object) -> Any:
            return TYPED  # no reply at all

    assert "Something went wrong here" in reply_to(Odd(), TYPED, [], {}).html
    assert "AttributeError at assistant/page/" in said(caplog)
    assert "Zanthorpe" not in said(caplog)


def test_a_step_of_a_reflection_that_fails_is_logged_so(caplog: pytest.LogCaptureFixture, starter_library: Library) -> None:
    reflecting = Reflecting(starter_library, FailingGuide(starter_library))
    assert answered(reflecting.go, {"written": {"texts": {"purpose": TYPED}}}) == {"told": TROUBLE}
    assert f"RuntimeError at tests/test_failures.py:{line_with('raise RuntimeError')} check < assistant/page/reflect_tab.py:" in said(
        caplog
    )
    assert "Zanthorpe" not in said(caplog)


def test_a_file_that_brings_the_reading_down_is_logged_so(
    caplog: pytest.LogCaptureFixture, starter_library: Library, tmp_path: Path
) -> None:
    def fails(*_: object, **__: object) -> Any:
        raise RuntimeError(f"cannot read {TYPED}")

    (tmp_path / "a.md").write_text(TYPED, "utf-8")
    assert "could not be read" in "".join(taking_in(starter_library, fails, [(tmp_path / "a.md", "a.md")]))
    assert "RuntimeError at tests/test_failures.py:" in said(caplog)
    assert "Zanthorpe" not in said(caplog)


def test_neither_source_lines_nor_values_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    def step(Zanthorpe: str) -> None:  # noqa: N803, ARG001
        raise ValueError("Zanthorpe")

    try:
        step("Zanthorpe")
    except ValueError as error:
        log_failure(logging.getLogger("test"), "A step failed", error)
    assert "Zanthorpe" not in said(caplog)
    assert "A step failed: ValueError at tests/test_failures.py:" in said(caplog)
