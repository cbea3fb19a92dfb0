"""`reflect check` as a lead uses it: a report of two pages, other formats, a pasted text, exports, bad input."""

from __future__ import annotations

import json
from pathlib import Path

import docx
import lxml.html
import pytest

from assistant.citations.as_html import report_as_html
from assistant.citations.check import Checker
from assistant.citations.models import Paragraph, Verdict
from knowledge.library import Library
from tests.forked import reflect
from tests.made_report import write_report

EXACT = "“Jory was six in 2024.” (Jory, p. 1)"


@pytest.fixture(scope="module")
def report(starter_library: Library, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[set[str]]]:
    """A report in Word with 20 quotations, 8 of them wrong, each in another way; and the verdicts that are right."""
    path = tmp_path_factory.mktemp("report") / "report.docx"
    return path, write_report(starter_library, path)


def test_a_report_of_two_pages_is_checked_and_every_verdict_is_right(
    report: tuple[Path, list[set[str]]], starter_library: Library, tmp_path: Path
) -> None:
    path, right = report
    ran = reflect("check", str(path), "--library", str(starter_library.folder), "--json", "--docx", str(tmp_path / "copy.docx"))
    told = json.loads(ran.stdout)
    assert ran.returncode == 1
    assert told["version"] == 1
    assert len(told["quotations"]) == len(right) == 20
    assert sum("exact" not in verdicts for verdicts in right) == 8
    missed = [
        (one["quotation"], one["verdict"], one["why"])
        for one, ok in zip(told["quotations"], right, strict=True)
        if one["verdict"] not in ok
    ]
    assert missed == []
    copy = docx.Document(str(tmp_path / "copy.docx"))
    comments = [comment.text for comment in copy.comments]
    assert [text.split("\n")[0].lower() for text in comments] == [Verdict(one["verdict"]).told.lower() for one in told["quotations"]]
    assert [p.text for p in copy.paragraphs] == [p.text for p in docx.Document(str(path)).paragraphs]


@pytest.mark.parametrize(
    ("name", "text", "status"),
    [
        ("a.txt", f"{EXACT}\n", 0),
        ("a.md", "> The man in Jory’s home was seen by three agencies and named by none\n\n(Jory, p. 2)\n", 0),
        ("a.html", "<p>It says:</p><blockquote><p>The man in Jory’s home was seen by two agencies and named by none</p></blockquote>", 1),
        ("a.txt", "Nothing is quoted here.\n", 2),
    ],
)
def test_the_exit_status_tells_scripts(starter_library: Library, tmp_path: Path, name: str, text: str, status: int) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    assert reflect("check", str(tmp_path / name), "--library", str(starter_library.folder)).returncode == status


@pytest.mark.parametrize(
    ("name", "content"), [("a.docx", b"no word document"), ("a.pdf", b"%PDF-1.7\n"), ("a.txt", b""), ("a.xyz", b"words")]
)
def test_bad_input_gives_one_sentence_and_status_2(starter_library: Library, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    ran = reflect("check", str(tmp_path / name), "--library", str(starter_library.folder))
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert name in ran.stderr
    assert "Traceback" not in ran.stderr
    assert reflect("check", str(tmp_path / "gone.docx"), "--library", str(starter_library.folder)).returncode == 2


def test_the_web_page_is_one_file_and_escapes_what_the_text_says(starter_library: Library) -> None:
    hostile = Paragraph("“<script>alert(1)</script> <img src=x onerror=alert(2)> nobody asked the man” <b>(Jory, p. 2)</b>")
    html = report_as_html(Checker(starter_library).check([hostile, Paragraph(EXACT)], "a <i>name</i>.docx"))
    page = lxml.html.document_fromstring(html)
    assert page.xpath("//script | //img | //i | //b | //link | //@src | //@href") == []
    assert "<script>alert(1)</script>" in page.text_content()
    assert [heading.text for heading in page.xpath("//article/h2")] == ["1. Not found in this library", "2. Exact"]
