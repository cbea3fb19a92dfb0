"""A file that is opened as a sheet may be built to hold up the page: it is taken apart elsewhere, and refused in a sentence."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import psutil
import pytest
from docx import Document

from assistant.documents.sheet import Sheet
from assistant.documents.sheet_docx import opened, written
from assistant.documents.sheet_pieces import LARGEST_TEXT, NO_SHEET, SECONDS, SheetError
from assistant.documents.sheet_reader import LONGEST, MOST_QUOTES
from assistant.reflection.frameworks import models
from knowledge.child_process import PATIENCE
from knowledge.library import Library
from tests.library_maker import HashedWords


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library(tmp_path_factory.mktemp("library"), HashedWords())


def with_body(body: str) -> bytes:
    """A Word file whose document holds this XML."""
    document = io.BytesIO()
    Document().save(document)
    made = io.BytesIO()
    with zipfile.ZipFile(document) as whole, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for part in whole.infolist():
            data = whole.read(part)
            if part.filename == "word/document.xml":
                data = data.replace(b"<w:body>", b"<w:body>" + body.encode(), 1)
            packed.writestr(part.filename, data)
    return made.getvalue()


CELLS = "<w:tbl>" + ("<w:tr>" + "<w:tc><w:p/></w:tc>" * 60 + "</w:tr>") * 2500 + "</w:tbl>"
BODIES = {
    "35 MB of XML": "<w:p><w:r><w:t>x</w:t></w:r></w:p>" * 1_000_000,
    "paragraphs": "<w:p/>" * 600_000,
    "cells": CELLS,
    "one paragraph": "<w:p>" + "<w:r><w:t>x</w:t></w:r>" * 150_000 + "</w:p>",
    "tables in tables": "<w:tbl><w:tr><w:tc>" * 200 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 200,
}


def running(process: psutil.Process) -> str:
    """What a process runs; nothing where it has ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:  # a zombie as well, which another test left
        return ""


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_small_file_that_becomes_a_mountain_is_refused_or_read_within_seconds_and_elsewhere(library: Library, body: str) -> None:
    data = with_body(body)
    assert len(data) < 400_000
    memory, began = psutil.Process().memory_info().rss, time.monotonic()
    try:
        opened(data, library)
    except SheetError as error:
        told = str(error)
    else:
        told = NO_SHEET
    assert told in (NO_SHEET, "This file cannot be opened as a sheet. Choose a Word file (.docx) that you saved from this page.")
    assert time.monotonic() - began < 2 * PATIENCE * SECONDS
    assert psutil.Process().memory_info().rss - memory < 200_000_000
    assert [told for child in psutil.Process().children() if "sheet_pieces" in (told := running(child))] == []


def test_what_the_list_of_parts_says_is_looked_at_before_anything_is_unpacked(library: Library) -> None:
    with pytest.raises(SheetError, match="too big to be a saved sheet"):
        opened(with_body("<w:p/>" * (LARGEST_TEXT // 6 + 1)), library)


def test_the_largest_sheet_that_can_be_written_opens(library: Library) -> None:
    texts = {section.id: ("Nobody asked. \n" * LONGEST)[: LONGEST - 1].strip() for section in models().sections}
    assert opened(written(Sheet(texts)), library).texts == texts


def test_a_file_of_thousands_of_quotations_is_refused(library: Library) -> None:
    quote = '<w:p><w:pPr><w:pStyle w:val="Quote"/></w:pPr><w:r><w:t>The father was never asked.</w:t></w:r></w:p>'
    with pytest.raises(SheetError, match=rf"too many quotations to be a saved sheet \(limit {MOST_QUOTES}\)"):
        opened(with_body(quote * (MOST_QUOTES + 1)), library)


def test_a_file_that_asks_the_reader_to_open_another_gets_nothing_of_it(library: Library, tmp_path: Path) -> None:
    """An entity that names a file of this machine."""
    secret = tmp_path / "secret.txt"
    secret.write_text("quillwort")
    document = io.BytesIO()
    Document().save(document)
    made = io.BytesIO()
    with zipfile.ZipFile(document) as whole, zipfile.ZipFile(made, "w") as packed:
        for part in whole.infolist():
            data = whole.read(part)
            if part.filename == "word/document.xml":
                data = data.split(b"?>", 1)[1]
                data = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'.encode() + data
                data = data.replace(b"<w:body>", b"<w:body><w:p><w:r><w:t>&e;</w:t></w:r></w:p>", 1)
            packed.writestr(part.filename, data)
    try:
        told = str(opened(made.getvalue(), library).texts)
    except SheetError as error:
        told = str(error)
    assert "quillwort" not in told
