"""What a file is by its content: its first bytes, and for a ZIP package the parts in it."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

FIRST = 4096
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PARTS = (("word/", ".docx"), ("ppt/", ".pptx"), ("xl/", ".xlsx"), ("visio/", ".vsdx"))
OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."
OPEN_DOCUMENTS = {b"text": ".odt", b"presentation": ".odp", b"spreadsheet": ".ods", b"graphics": ".odg"}
XPS = re.compile(r"(?:^|/)FixedDocSeq\w*\.fdseq$|^FixedDocumentSequence\.fdseq$", re.IGNORECASE)
IWORK = (".pages", ".numbers", ".key")
HTML = re.compile(rb"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
MAIL = re.compile(
    rb"^(?:(?:from|to|cc|subject|date|received|return-path|message-id|mime-version|delivered-to|reply-to|x-[\w-]+|content-[\w-]+):"
    rb"[^\n]*\n(?:[ \t][^\n]*\n)*){3,}",
    re.IGNORECASE,
)
TEXT_WORDS = 20  # fewer words than these are no proof that a damaged file is a text


def sniffed(path: Path) -> str:
    """The ending that fits the content; "zip" for a ZIP of files, "ole" for Office's older container, "" for unknown."""
    with path.open("rb") as file:
        start = file.read(FIRST)
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"%PDF-"):
        return ".pdf"
    if start.startswith(b"PK\x03\x04") or start.startswith(b"PK\x05\x06"):
        return _package(path)
    if start.startswith(OLE):
        return "ole"
    bare = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if bare.startswith(b"{\\rtf"):
        return ".rtf"
    if HTML.match(bare):
        return ".html"
    if MAIL.match(bare.replace(b"\r\n", b"\n")):
        return ".eml"
    return ""


def is_text(path: Path) -> bool:
    """Whether a file is beyond doubt plain text: valid UTF-8 without control characters, of some length."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return len(text.split()) >= TEXT_WORDS and all(char.isprintable() or char in "\t\r\n\f\u00a0\u00ad" or char.isspace() for char in text)


def _package(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as package:
            names = package.namelist()
            kind = package.read("mimetype")[:100].strip() if "mimetype" in names else b""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, KeyError, OSError, zlib.error):
        return ""
    if kind == b"application/epub+zip":
        return ".epub"
    if kind.startswith(OPEN_DOCUMENT):
        return OPEN_DOCUMENTS.get(kind.removeprefix(OPEN_DOCUMENT).split(b"-")[0], "zip")
    if any(XPS.search(name) for name in names):
        return ".xps"
    if any(name.startswith("Index/") and name.endswith(".iwa") for name in names) or "Index.zip" in names:
        return path.suffix.lower() if path.suffix.lower() in IWORK else ".pages"
    if "_rels/.rels" in names:
        return next((ending for folder, ending in PARTS if any(name.startswith(folder) for name in names)), "zip")
    return "zip"
