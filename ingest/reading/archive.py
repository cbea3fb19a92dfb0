"""ZIP files of briefings: each member is unpacked into a folder of the caller's and read as a file of its own."""

from __future__ import annotations

import zipfile
import zlib
from collections import Counter
from pathlib import Path, PurePosixPath

from ingest.reading.sniff import sniffed
from knowledge.errors import FileRefused, PasswordNeeded

MAX_MEMBERS = 2_000
MAX_UNPACKED = 1024**3  # bytes of all members together
MAX_MEMBER = 500 * 1024**2  # bytes of one member
MAX_RATIO = 300  # unpacked to packed bytes of a member larger than SMALL; text and XML stay below 50
SMALL = 5 * 1024**2
MAX_RATIO_OF_ALL = 25  # unpacked to packed bytes of an archive that unpacks to more than SMALL_IN_ALL
SMALL_IN_ALL = 50 * 1024**2
STEP = 1024 * 1024
MAX_NAME = 150  # characters of a member's name that are kept
AES, STRONG = 99, 1 << 6  # ZIP's number for AES as a method, and its flag for other strong encryption (APPNOTE 6.3.10, 4.4.4 and 4.4.5)
OPENED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}
PACKED = {1: "Shrink", 6: "Implode", 9: "Deflate64", 93: "Zstandard", 95: "XZ", 98: "PPMd"}
SYSTEM_FILES = {"thumbs.db", "desktop.ini"}


def is_archive(path: Path) -> bool:
    """Whether a file is a ZIP of files: by its content, so that a Word document named .zip is not."""
    return sniffed(path) == "zip"


def members(path: Path, into: Path, password: str = "") -> list[tuple[Path, str]]:
    """Unpack a ZIP into the folder `into`; gives each file's place there, and its name to be shown.

    A name is the member's own, without folders; where two members share one, their folders stand before it
    ("north - report.pdf"). Hidden and system files are left out. No member is written outside `into`, whatever
    its name says. Raises FileRefused where the ZIP is damaged, holds too much, or nothing; PasswordNeeded.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            wanted = [(info, _parts(info)) for info in archive.infolist() if not info.is_dir()]
            wanted = [(info, parts) for info, parts in wanted if parts and not _is_hidden(parts)]
            _check(path, [info for info, _ in wanted])
            _check_methods(path, [info for info, _ in wanted])
            if any(info.flag_bits & 1 for info, _ in wanted) and not password:
                raise PasswordNeeded(f"{path.name} is encrypted. Give its password with --password, or unpack it and add its files.")
            shared = Counter(parts[-1].lower() for _, parts in wanted)
            found: list[tuple[Path, str]] = []
            budget = _most_of(path)
            for number, (info, parts) in enumerate(wanted):
                name = _short(parts[-1] if shared[parts[-1].lower()] == 1 else " - ".join(parts))
                place = into / f"{number:04d}" / name
                place.parent.mkdir(parents=True)
                budget -= _unpack(path, archive, info, place, password, min(budget, MAX_MEMBER))
                found.append((place, name))
            return found
    except RuntimeError as error:  # zipfile's way to say so
        raise PasswordNeeded(f"The password does not open {path.name}. Check it, or unpack it and add its files.") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise FileRefused(f"{path.name} is damaged, so none of its files was added. Unpack it and add the files.") from error


def _check(path: Path, infos: list[zipfile.ZipInfo]) -> None:
    if not infos:
        raise FileRefused(f"{path.name} holds no files. Check that it is the right one.")
    if len(infos) > MAX_MEMBERS:
        raise FileRefused(
            f"{path.name} holds {len(infos)} files; {MAX_MEMBERS} at most are taken at once. Unpack it and add a part at a time."
        )
    bomb = any(info.file_size > SMALL and info.file_size > MAX_RATIO * max(info.compress_size, 1) for info in infos)
    if bomb or sum(info.file_size for info in infos) > _most_of(path) or max(info.file_size for info in infos) > MAX_MEMBER:
        raise _too_much(path)


def _check_methods(path: Path, infos: list[zipfile.ZipInfo]) -> None:
    """Raise FileRefused where members are encrypted or packed in a way that is not opened here, and say which."""
    methods = {info.compress_type for info in infos}
    if AES in methods or any(info.flag_bits & STRONG for info in infos):
        kind = "AES" if AES in methods else "strong encryption"
        raise FileRefused(f"{path.name} is encrypted with {kind}, which is not opened here. Unpack it and add its files.")
    if unknown := sorted(methods - OPENED):
        kind = PACKED.get(unknown[0], f"method {unknown[0]}")
        raise FileRefused(f"{path.name} is packed with {kind}, which is not opened here. Unpack it and add its files.")


def _most_of(path: Path) -> int:
    """Bytes that the members of an archive may come to, by its own size: briefings, already packed or plain text, stay far below."""
    return min(MAX_UNPACKED, max(SMALL_IN_ALL, MAX_RATIO_OF_ALL * path.stat().st_size))


def _too_much(path: Path) -> FileRefused:
    return FileRefused(f"{path.name} unpacks to far more than briefings should, so we did not open it. Unpack it and add the files.")


def _unpack(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo, place: Path, password: str, most: int) -> int:
    """Write one member; returns its bytes. They are counted as they come, whatever the ZIP says of them."""
    written = 0
    with archive.open(info, pwd=password.encode() or None) as member, place.open("xb") as file:
        while piece := member.read(STEP):
            written += len(piece)
            if written > most:
                raise _too_much(path)
            file.write(piece)
    return written


def _parts(info: zipfile.ZipInfo) -> list[str]:
    """The folders and the name of a member, freed of what would lead out of a folder or into a device."""
    name = info.filename
    if not info.flag_bits & 0x800:  # the name is not marked as UTF-8, but often is
        try:
            name = name.encode("cp437").decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            name = info.filename
    parts = [
        "".join("_" if char in '<>:"|?*' or ord(char) < 32 else char for char in part)
        for part in PurePosixPath(name.replace("\\", "/")).parts
    ]
    return [part.strip(" ") for part in parts if part.strip(" ./")]


def _is_hidden(parts: list[str]) -> bool:
    return "__MACOSX" in parts or any(part.startswith(".") for part in parts) or parts[-1].lower() in SYSTEM_FILES


def _short(name: str) -> str:
    """The name, shortened from its front where no file system would take it; its ending stays."""
    while len(name) > MAX_NAME or len(name.encode()) > 240:
        name = name[1:]
    return name
