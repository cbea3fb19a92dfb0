"""Templates, shows and files with macros open as documents do; what is not read is named for what it is, in one sentence."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ingest.pipeline import ingest
from ingest.reading import read
from ingest.reading.archive import is_archive, members
from knowledge.errors import FileRefused, UnknownFormat
from knowledge.library import Library
from tests import made_files, made_office
from tests.library_maker import HashedWords
from tests.test_archive import zipped
from tests.test_formats import NO_BACK, shown, slides


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with closing(Library(tmp_path / "library", HashedWords())) as opened:
        yield opened


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml."


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        (".docm", "application/vnd.ms-word.document.macroEnabled.main+xml"),
        (".dotx", f"{WORD}template.main+xml"),
        (".dotm", "application/vnd.ms-word.template.macroEnabledTemplate.main+xml"),
    ],
)
def test_word_templates_and_files_with_macros_are_read_as_documents(tmp_path: Path, ending: str, kind: str) -> None:
    usual = made_files.word(tmp_path / "usual.docx")
    path = made_office.retyped(tmp_path / f"made{ending}", usual, f"{WORD}document.main+xml", kind)
    assert shown(read(path)) == shown(read(usual))
    assert not read(path).warnings


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        (".ppsx", f"{SLIDES}slideshow.main+xml"),
        (".potx", f"{SLIDES}template.main+xml"),
        (".pptm", "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml"),
        (".ppsm", "application/vnd.ms-powerpoint.slideshow.macroEnabled.main+xml"),
        (".potm", "application/vnd.ms-powerpoint.template.macroEnabled.main+xml"),
    ],
)
def test_shows_and_templates_of_slides_are_read_as_slides(tmp_path: Path, ending: str, kind: str) -> None:
    usual = slides(tmp_path / "usual.pptx")
    path = made_office.retyped(tmp_path / f"made{ending}", usual, f"{SLIDES}presentation.main+xml", kind)
    assert shown(read(path)) == shown(read(usual))


def test_a_template_of_open_document_is_read_as_a_text(tmp_path: Path) -> None:
    kind = "application/vnd.oasis.opendocument.text-template"
    assert NO_BACK in shown(read(made_office.open_text(tmp_path / "made.ott", f"<text:p>{NO_BACK}</text:p>", mimetype=kind)))


PACKAGES = {
    "talk.odp": ({"mimetype": b"application/vnd.oasis.opendocument.presentation", "content.xml": b"<x/>"}, "Save it as .pptx"),
    "sheet.ods": ({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}, "Save the sheet as PDF"),
    "notes.pages": ({"Index/Document.iwa": b"x", "preview.jpg": b"x"}, "Export it from Pages"),
    "talk.key": ({"Index/Document.iwa": b"x", "preview.jpg": b"x"}, "Export it from Keynote"),
    "report.xps": ({"[Content_Types].xml": b"x", "_rels/.rels": b"x", "FixedDocSeq.fdseq": b"x"}, "save it as PDF"),
    "sheet.xlsx": ({"[Content_Types].xml": b"x", "_rels/.rels": b"x", "xl/workbook.xml": b"x"}, "Save the sheet as PDF"),
}


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_of_another_program_is_one_file_and_is_told_once(library: Library, tmp_path: Path, name: str) -> None:
    parts, hint = PACKAGES[name]
    path = zipped(tmp_path / name, parts)
    assert not is_archive(path)
    with pytest.raises(UnknownFormat, match=hint):
        read(path)
    (told,) = ingest(library, [path])
    assert (told.status, hint in told.why) == ("refused", True)


def with_method(path: Path, method: int, flags: int = 0) -> Path:
    """A ZIP whose one member says that it is packed by this method."""
    zipped(path, {"report.txt": NO_BACK.encode() * 20})
    content = bytearray(path.read_bytes())
    for signature, flag_place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.index(signature) + flag_place
        content[start : start + 4] = struct.pack("<HH", flags, method)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("method", "flags", "says"),
    [
        (99, 1, "encrypted with AES"),
        (8, 0x41, "encrypted with strong encryption"),
        (9, 0, "packed with Deflate64"),
        (98, 0, "packed with PPMd"),
    ],
)
@pytest.mark.parametrize("password", ["", "secret"])
def test_a_zip_that_is_not_opened_here_is_named_for_what_it_is(tmp_path: Path, method: int, flags: int, says: str, password: str) -> None:
    with pytest.raises(FileRefused, match=rf"pack\.zip is {says}, which is not opened here\. Unpack it") as told:
        members(with_method(tmp_path / "pack.zip", method, flags), tmp_path / "into", password)
    assert "password" not in str(told.value)


def test_a_package_under_the_name_of_a_zip_is_named_for_what_it_is(tmp_path: Path) -> None:
    path = zipped(tmp_path / "talk.zip", PACKAGES["talk.odp"][0])
    with pytest.raises(UnknownFormat, match=r"talk\.zip is actually a \.odp file"):
        read(path)
    assert zipfile.is_zipfile(path)
