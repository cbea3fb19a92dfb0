"""A file per format; `read` chooses by the file's content where that is plain, else by its ending."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from ingest.reading.sniff import is_text, sniffed
from ingest.reading.source import Source
from ingest.reading.text import cleaned
from knowledge.errors import FileRefused, UnknownFormat


def _late(module: str, name: str, *, takes_password: bool = False) -> Callable[[Path, str], Source]:
    """A reader that is imported when it is first used: python-pptx and PDFium take their time."""

    def read_with(path: Path, password: str) -> Source:
        reader = getattr(import_module(f"ingest.reading.{module}"), name)
        source: Source = reader(path, password) if takes_password else reader(path)
        return source

    return read_with


_pdf = _late("pdf", "read_pdf", takes_password=True)
_word = _late("word", "read_word", takes_password=True)
_slides = _late("slides", "read_slides", takes_password=True)
_open_document = _late("open_document", "read_open_document")
_rich_text = _late("rich_text", "read_rich_text")
_web = _late("web", "read_web_page")
_mail = _late("mail", "read_mail")
_markdown = _late("marked", "read_markdown")
_text = _late("plain", "read_text")

READERS: dict[str, Callable[[Path, str], Source]] = {
    ".pdf": _pdf,
    ".docx": _word,
    ".docm": _word,
    ".dotx": _word,
    ".dotm": _word,
    ".pptx": _slides,
    ".pptm": _slides,
    ".ppsx": _slides,
    ".ppsm": _slides,
    ".potx": _slides,
    ".potm": _slides,
    ".odt": _open_document,
    ".ott": _open_document,
    ".rtf": _rich_text,
    ".html": _web,
    ".htm": _web,
    ".xhtml": _web,
    ".mht": _web,
    ".mhtml": _web,
    ".eml": _mail,
    ".md": _markdown,
    ".markdown": _markdown,
    ".txt": _text,
}
NAMES = {
    ".pdf": "a PDF",
    ".docx": "a Word document",
    ".pptx": "a PowerPoint file",
    ".odt": "an OpenDocument text",
    ".rtf": "rich text (RTF)",
    ".html": "a web page",
    ".eml": "an e-mail",
    ".txt": "plain text",
}
ENCRYPTED_AS_OLE = {ending for ending, reader in READERS.items() if reader in (_word, _slides)}
BINARY = {".pdf", ".odt", ".ott", ".rtf"} | ENCRYPTED_AS_OLE
SPEAK_OF_MARKUP = {".txt", ".md", ".markdown"}  # a text may show HTML or a message's head; it stays a text
HINTS = {
    ".doc": "Save it as .docx in Word and add the new file.",
    ".dot": "Save it as .docx in Word and add the new file.",
    ".ppt": "Save it as .pptx in PowerPoint and add the new file.",
    ".msg": "Save it from Outlook as .eml or PDF and add the new file.",
    ".pages": "Export it from Pages as .docx or PDF and add the new file.",
    ".xls": "Save the sheet as PDF and add the new file.",
    ".xlsx": "Save the sheet as PDF and add the new file.",
    ".numbers": "Export it from Numbers as PDF and add the new file.",
    ".key": "Export it from Keynote as .pptx or PDF and add the new file.",
    ".odp": "Save it as .pptx and add the new file.",
    ".ods": "Save the sheet as PDF and add the new file.",
    ".odg": "Save it as PDF and add the new file.",
    ".xps": "Print it to PDF, or save it as PDF, and add the new file.",
    ".oxps": "Print it to PDF, or save it as PDF, and add the new file.",
    ".vsdx": "Save it as PDF and add the new file.",
    ".epub": "Save it as PDF and add the new file.",
}


def read(path: Path, password: str = "") -> Source:
    """Read a file; `password` opens an encrypted PDF, DOCX or PPTX. Raises FileRefused, or one of its kinds, with a sentence."""
    ending = path.suffix.lower()
    found = _found(path, ending)
    if found == "zip":
        raise FileRefused(f"{path.name} is a ZIP of files, not a briefing. Unpack it and add the files.")
    if found == "ole":
        older = "is in an older format of Office, whatever its name says. Save it as .docx or PDF and add the new file."
        raise UnknownFormat(f"{path.name} {older}")
    reader = READERS.get(found or ending)
    if reader is None:
        hint = HINTS.get(found or ending, f"Use one of: {', '.join(sorted(READERS))}.")
        if found not in ("", ending):
            raise UnknownFormat(f"{path.name} is actually a {found} file, and we cannot read those. {hint}")
        told = f"is a {ending} file, and we cannot read those" if ending else "has no file extension, so we cannot tell what it is"
        raise UnknownFormat(f"{path.name} {told}. {hint}")
    source = cleaned(reader(path, password))
    if found and reader is not READERS.get(ending):
        told = f"ends in {ending}" if ending else "has no extension"
        note = f"The name of this file {told}, but we read it as {NAMES[found]}, because that is what it is."
        source = replace(source, warnings=(note, *source.warnings))
    return source


def _found(path: Path, ending: str) -> str:
    """The ending that the content speaks for, "zip" for a ZIP of files, empty where the name has to tell."""
    found = sniffed(path)
    if found == "ole":
        return "" if ending in ENCRYPTED_AS_OLE or ending not in READERS else found
    if found in (".html", ".eml") and ending in SPEAK_OF_MARKUP:
        return ""
    if found in (".html", ".eml") and READERS.get(ending) is _web:
        return ""
    if not found and ending in BINARY and is_text(path):
        return ".txt"
    return found
