"""The files of a pack as PDF: made by LibreOffice where it is there, and one sentence where it is not."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

import pypdf
import pytest

from assistant.documents.pdf import NoPdf, as_pdf
from assistant.packs.files import with_pdf

MISSING = "There are no PDF files in the ZIP: LibreOffice, which makes them, was not found on this computer."


def test_each_file_has_its_pdf_beside_it_or_one_sentence_says_why_not(files: dict[str, bytes]) -> None:
    some = {name: files[name] for name in ("slides.pptx", "newsletter-item.docx")}
    made, why_not = with_pdf(some)
    if shutil.which("soffice") or shutil.which("libreoffice"):
        assert why_not == ""
        assert set(made) == {*some, "slides.pdf", "newsletter-item.pdf"}
        printed = " ".join("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made["newsletter-item.pdf"])).pages).split())
        assert "do not wait: follow your local procedures" in printed
    else:
        assert (made, why_not) == (some, MISSING)


def test_where_no_pdf_can_be_made_the_files_are_whole(files: dict[str, bytes], tmp_path: Path) -> None:
    assert with_pdf(files, lambda _: None) == (files, MISSING)
    assert with_pdf(files, lambda _: sys.executable) == (files, "There are no PDF files in the ZIP: LibreOffice did not make all of them.")
    made, why_not = with_pdf(files, lambda _: str(tmp_path / "gone"))
    assert made == files
    assert "LibreOffice cannot be started (" in why_not


def test_a_program_that_takes_too_long_is_ended(files: dict[str, bytes], tmp_path: Path) -> None:
    endless = tmp_path / "endless"
    endless.write_text(f"#!{sys.executable}\nimport threading\nthreading.Event().wait()\n", "utf-8")
    endless.chmod(0o700)
    with pytest.raises(NoPdf, match=r"took longer than 0\.2 seconds|cannot be started"):  # Windows starts no such file
        as_pdf(files, lambda _: str(endless), seconds=0.2)
