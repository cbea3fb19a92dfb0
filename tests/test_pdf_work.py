"""The library's PDFs are drawn and proven elsewhere: a page that takes for ever, or a reader that breaks down, costs that page alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zlib
from pathlib import Path

import psutil
import pytest

from knowledge.child_process import Stopped
from knowledge.page_image import page_image
from knowledge.pdf_work import texts_elsewhere
from tests import made_files

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 2.0  # of a processor, for a page that takes minutes

STROKES = b"q 40 w 0 0 m 595 842 100 300 7 9 c 300 20 l S Q\n" * 400_000
WORDS = b"BT /F1 9 Tf\n" + b"(x) Tj\n" * 200_000 + b"ET"


def endless(path: Path, content: bytes, form: bytes = b"") -> Path:
    """A page of some kilobytes that takes minutes; `form` is what its content may draw again and again as /X."""
    packed = zlib.compress(content, 9)
    stream = b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(packed), packed)
    resources = b"/Resources<</Font<</F1 5 0 R>>/XObject<</X 6 0 R>>>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R%b>>" % resources
    again = zlib.compress(form, 9)
    drawn = b"<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>/Length %d/Filter/FlateDecode>>" % len(again)
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    parts = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page,
        stream,
        font,
        drawn + b"stream\n%b\nendstream" % again,
    )
    body, places = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1) + b"".join(b"%010d 00000 n \n" % place for place in places)
    path.write_bytes(body + table + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(parts) + 1, len(body)))
    return path


def children() -> list[psutil.Process]:
    living = [child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE]
    return [child for child in living if "knowledge.pdf_child" in child.cmdline()]


def test_a_page_that_takes_too_long_is_given_up_and_the_next_file_is_drawn(tmp_path: Path) -> None:
    hostile, good = endless(tmp_path / "endless.pdf", STROKES), made_files.bullets(tmp_path / "good.pdf")
    assert hostile.stat().st_size < 200_000
    assert page_image(hostile, 1, seconds=SECONDS) is None
    began = time.monotonic()
    assert page_image(hostile, 1) is None
    assert time.monotonic() - began < SECONDS, "it is not tried again for each who asks"
    drawn = page_image(good, 1, ["grandmother"])
    assert drawn is not None
    assert len(drawn.boxes) == 1


def test_a_second_reader_that_takes_too_long_is_stopped_and_reads_the_next(tmp_path: Path) -> None:
    hostile, good = endless(tmp_path / "endless.pdf", b"/X Do\n" * 2000, WORDS), made_files.bullets(tmp_path / "good.pdf")
    with pytest.raises(Stopped):
        texts_elsewhere(hostile, [1], seconds=SECONDS)
    assert "grandmother" in (texts_elsewhere(good, [1]) or {})[1]


def test_a_drawing_process_that_dies_is_replaced(tmp_path: Path) -> None:
    good = made_files.bullets(tmp_path / "good.pdf")
    assert page_image(good, 1)
    killed = children()
    assert killed
    for child in killed:
        os.kill(child.pid, signal.SIGKILL)
        while psutil.pid_exists(child.pid) and child.status() != psutil.STATUS_ZOMBIE:
            pass
    assert page_image(good, 1)


def test_the_page_itself_opens_no_pdf(tmp_path: Path) -> None:
    """Neither PDFium nor pypdf is loaded where questions are answered."""
    good = made_files.bullets(tmp_path / "good.pdf")
    script = (
        "import sys; from pathlib import Path\n"
        "from knowledge.page_image import page_image; from knowledge.pdf_work import texts_elsewhere\n"
        f"file = Path({str(good)!r}); assert page_image(file, 1, ['grandmother']) and texts_elsewhere(file)\n"
        "print([name for name in ('pypdfium2', 'pypdf', 'tesserocr') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert (ran.stdout.strip(), ran.stderr) == ("[]", "")
