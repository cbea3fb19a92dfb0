"""Office files (DOCX, PPTX, ODT) are ZIP packages: opened here with care, decrypted and made of one dialect.

Strict Office Open XML (ISO/IEC 29500-1) differs from what python-docx and python-pptx read in its
namespaces alone: http://purl.oclc.org/ooxml/X/Y for http://schemas.openxmlformats.org/X/2006/Y.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from docx.exceptions import PythonDocxError
from docx.opc.exceptions import OpcError
from lxml import etree
from pptx.exc import PythonPptxError

from knowledge.errors import FileRefused, PasswordNeeded

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_UNPACKED = 400 * 1024 * 1024  # bytes of XML and pictures in one document; a long report holds a tenth
MAX_XML = 60 * 1024 * 1024  # bytes of one XML part; lxml needs about ten times as much
STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
TYPES = "[Content_Types].xml"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml."
DOCUMENT, PRESENTATION = f"{WORD}document.main+xml", f"{SLIDES}presentation.main+xml"
INSERTED = "application/x-inserted-document"  # a name of our own for a whole document in a document: python-docx would read it as XML
KINDS = {  # what a template, a show or a file with macros calls its main part: the same parts as a document's or presentation's
    DOCUMENT: DOCUMENT,
    f"{WORD}template.main+xml": DOCUMENT,
    "application/vnd.ms-word.document.macroEnabled.main+xml": DOCUMENT,
    "application/vnd.ms-word.template.macroEnabledTemplate.main+xml": DOCUMENT,
    f"{SLIDES}slideshow.main+xml": PRESENTATION,
    f"{SLIDES}template.main+xml": PRESENTATION,
    "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml": PRESENTATION,
    "application/vnd.ms-powerpoint.slideshow.macroEnabled.main+xml": PRESENTATION,
    "application/vnd.ms-powerpoint.template.macroEnabled.main+xml": PRESENTATION,
}
DAMAGE = (
    PythonDocxError,
    OpcError,
    PythonPptxError,
    etree.LxmlError,
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    AttributeError,
    IndexError,
    NotImplementedError,
    EOFError,
    RuntimeError,
    TypeError,
)


@contextmanager
def damage_told(path: Path, kind: str, program: str, ending: str) -> Iterator[None]:
    """Turn what the libraries raise on damaged files into one sentence for the user."""
    try:
        yield
    except (*DAMAGE, OSError) as error:
        if isinstance(error, OSError) and error.filename is not None:
            raise  # the file itself cannot be opened; without a name it is a package whose inner places are wrong
        raise FileRefused(
            f"{path.name} is damaged or not {kind}. Open it in {program}, save it as {ending} again and add the new file."
        ) from error


def opened(path: Path, password: str = "") -> io.BytesIO:
    """The package's bytes, decrypted, in the dialect that the libraries read.

    Raises PasswordNeeded where `password` does not open it, FileRefused where it unpacks to
    more than MAX_UNPACKED, and whatever `zipfile` raises where it is damaged.
    """
    content = path.read_bytes()
    if content.startswith(OLE):
        content = _decrypted(path, content, password)
    return prepared(content, path.name)


def prepared(content: bytes, name: str) -> io.BytesIO:
    """A package that is not encrypted, in the dialect that the libraries read; raises as `opened` does. `name` is the file's."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = package.infolist()
        xml = max((part.file_size for part in parts if part.filename.lower().endswith((".xml", ".rels"))), default=0)
        if sum(part.file_size for part in parts) > MAX_UNPACKED or xml > MAX_XML:
            raise FileRefused(f"{name} unpacks to far more than a document should, so we did not read it. Save it without pictures.")
        strict = "_rels/.rels" in package.namelist() and STRICT.search(package.read("_rels/.rels")) is not None
        types = package.read(TYPES) if TYPES in package.namelist() else b""
        usual = _usual(types)
        changed = _kinds(usual) != _kinds(types)
        return _rewritten(package, usual, strict=strict) if strict or changed else io.BytesIO(content)


def _usual(types: bytes) -> bytes:
    """The content types with the main part's as the libraries know it."""
    if b".main+xml" not in types:
        return types
    root = etree.fromstring(types, etree.XMLParser(resolve_entities=False))
    for element in root:
        kind = KINDS.get(element.get("ContentType", ""))
        if kind is not None:
            part = (element.get("PartName") or element.get("Extension") or "").lower()
            element.set("ContentType", kind if part.endswith("xml") else INSERTED)
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return made


def _kinds(types: bytes) -> list[bytes]:
    return sorted(re.findall(rb"ContentType\s*=\s*[\"']([^\"']*)", types))


def _rewritten(package: zipfile.ZipFile, types: bytes, *, strict: bool) -> io.BytesIO:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as copy:
        for part in package.infolist():
            content = types if part.filename == TYPES else package.read(part)
            if strict and part.filename.lower().endswith((".xml", ".rels")):
                content = STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/", content)
            copy.writestr(part.filename, content)
    made.seek(0)
    return made


def _decrypted(path: Path, content: bytes, password: str) -> bytes:
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

    try:
        office = msoffcrypto.OfficeFile(io.BytesIO(content))
        if not office.is_encrypted():
            raise zipfile.BadZipFile("an older format under a newer ending")
        if not password:
            raise PasswordNeeded(f"{path.name} is encrypted. Give its password (--password), or save it without one and add the new file.")
        made = io.BytesIO()
        office.load_key(password=password, verify_password=True)
        office.decrypt(made)
        return made.getvalue()
    except InvalidKeyError as error:
        raise PasswordNeeded(f"The password does not open {path.name}. Check it, or save it without one and add the new file.") from error
    except (DecryptionError, FileFormatError, ParseError, OSError) as error:
        raise zipfile.BadZipFile("its encryption is not understood") from error
