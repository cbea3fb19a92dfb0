"""Text in whatever encoding it is, and messages in whatever they call theirs: letters are read as they were written."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.reading import read
from tests.test_formats import passages, shown, written

SAID = "The mother said “we are fine” – and the worker’s note says no more of it."
HEAD = "From: Board <b@board.invalid>\r\nSubject: Learning from Child N\r\nDate: Thu, 4 Mar 2021 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-8", "cp1252", "mac_roman"])
@pytest.mark.parametrize("ending", [".txt", ".md", ".html"])
def test_text_is_read_in_the_encoding_that_it_is_in(tmp_path: Path, encoding: str, ending: str) -> None:
    text = f"{SAID} The school wrote that it was “content” with how the boy’s day went.\n"
    path = written(tmp_path / f"note{ending}", (f"<p>{text}</p>" if ending == ".html" else text).encode(encoding))
    assert SAID in shown(read(path))


def test_one_wrong_byte_does_not_change_the_other_letters_and_is_told(tmp_path: Path) -> None:
    content = f"{SAID} It cost £9.".encode().replace("£".encode(), b"\xa3")
    for ending in (".txt", ".md"):
        source = read(written(tmp_path / f"note{ending}", content))
        assert f"{SAID} It cost £9." in shown(source)
        told = "1 letter is in another encoding than the rest of the text, and read as Windows-1252. Check accents and quotes."
        assert source.warnings == (told,)


@pytest.mark.parametrize(("head", "encoding"), [("mac", "mac_roman"), ("pc", "cp437"), ("pca", "cp850"), ("ansi", "cp1252")])
def test_rich_text_is_read_in_the_encoding_of_its_head(tmp_path: Path, head: str, encoding: str) -> None:
    said = "Renée’s café costs were £9 a week." if encoding in ("mac_roman", "cp1252") else "Renée at the café: £9 a week."
    words = "".join(char if char.isascii() else f"\\'{char.encode(encoding)[0]:02x}" for char in said)
    assert said in shown(read(written(tmp_path / "note.rtf", f"{{\\rtf1\\{head}\\deff0 {words}\\par}}")))


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [
        ("", "utf-8"),
        ("", "cp1252"),
        ("; charset=unknown-8bit", "cp1252"),
        ("; charset=us-ascii", "utf-8"),
        ("; charset=x-made-up", "utf-8"),
        ('; charset="utf8mb4"', "utf-8"),
        ("; charset=iso-8859-1", "cp1252"),
    ],
)
def test_a_message_is_read_whatever_it_calls_its_letters(tmp_path: Path, charset: str, encoding: str) -> None:
    head = f"{HEAD}Content-Type: text/plain{charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    assert SAID in passages(written(tmp_path / "mail.eml", (head + SAID).encode(encoding)))


def test_an_older_dos_encoding_is_known_by_its_hyphened_name(tmp_path: Path) -> None:
    content = f'{HEAD}Content-Type: text/plain; charset="cp-850"\r\n\r\nThe visit to the café cost the mother £9 a week.'.encode("cp850")
    assert "The visit to the café cost the mother £9 a week." in passages(written(tmp_path / "mail.eml", content))


QUOTED = """The nurse called at the flat three times
and was let in once.

> No service held the whole of the picture
> of this family.
>> The brother had told his teacher
>> that he was hungry.

The team met again in March, and read it all.
"""


def test_quoted_lines_are_read_as_paragraphs_without_their_marks(tmp_path: Path) -> None:
    found = passages(written(tmp_path / "mail.eml", f"{HEAD}Content-Type: text/plain; charset=utf-8\r\n\r\n{QUOTED}"))
    assert "No service held the whole of the picture of this family." in found
    assert "The brother had told his teacher that he was hungry." in found
    assert not any(">" in text for text in found)


def test_flowed_lines_go_on_in_the_next(tmp_path: Path) -> None:
    flowed = QUOTED.replace("times\n", "times \n").replace("picture\n", "picture \n").replace("teacher\n", "teacher \n")
    head = f"{HEAD}Content-Type: text/plain; charset=utf-8; format=flowed\r\n\r\n"
    found = passages(written(tmp_path / "mail.eml", head + flowed + "\n-- \nThe team\n"))
    assert "The nurse called at the flat three times and was let in once." in found
    assert "No service held the whole of the picture of this family." in found


def test_text_between_attachments_is_the_messages_own(tmp_path: Path) -> None:
    parts = [f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}" for text in (SAID, "Nobody called the mother back that week.")]
    parts.insert(1, "Content-Type: application/pdf; name=report.pdf\r\nContent-Disposition: attachment; filename=report.pdf\r\n\r\n%PDF")
    body = "".join(f"--b\r\n{part}\r\n" for part in parts)
    source = read(written(tmp_path / "mail.eml", f"{HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n{body}--b--\r\n"))
    assert "Nobody called the mother back that week." in shown(source)
    assert any("report.pdf" in warning and "text/plain" not in warning for warning in source.warnings)


def test_a_page_saved_with_its_parts_is_read_in_the_encoding_that_they_name(tmp_path: Path) -> None:
    head = "From: <Saved by a browser>\r\nSubject: Learning\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n"
    page = f"<html><body><h1>Learning</h1><p>{SAID} Die Straße, на русском.</p></body></html>"
    for charset in ("utf-8", "windows-1251"):
        part = f"--b\r\nContent-Type: text/html; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        words = page if charset == "utf-8" else page.replace("ß", "ss")
        content = (head + part).encode() + words.encode(charset) + b"\r\n--b--\r\n"
        for ending in (".mht", ".mhtml", ".html"):
            assert SAID in shown(read(written(tmp_path / f"page{ending}", content)))
            assert "на русском" in shown(read(written(tmp_path / f"page{ending}", content)))
