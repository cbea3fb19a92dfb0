"""E-mail (.eml): the subject heads the message; attachments are named, not read."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage, MIMEPart
from pathlib import Path

from ingest.lines import blocks_of
from ingest.reading.plain import decoded_bytes, known_charset, sheet_of
from ingest.reading.shape import shaped
from ingest.reading.source import Block, Source
from ingest.reading.web import page_paragraphs
from knowledge.errors import FileRefused, NoText

QUOTED = re.compile(r"(?:> ?)*>")
SIGNATURE = "-- "  # the line before a signature
SEVEN_BIT = frozenset(("utf-7", "iso2022_jp", "iso2022_kr", "hz"))  # they look like ASCII, and are not


def read_mail(path: Path) -> Source:
    """Read a message. Raises NoText where its body holds no words, FileRefused where it is not a message."""
    try:
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        subject = " ".join(str(message["subject"] or "").split())
        sender = _sender(message)
        sent = message["date"].datetime if message["date"] else None
        body, left_out, attached = _body(message)
    except (MessageError, ValueError, LookupError, AttributeError, TypeError, IndexError) as error:
        raise FileRefused(
            f"{path.name} is damaged or not an e-mail. Open it in your mail program, save it as .eml again and add the new file."
        ) from error
    if not any(char.isalnum() for block in body for char in block.text):
        raise NoText(f"{path.name} holds no words in its message{_named(attached)}")
    blocks = [Block("heading", subject, level=1)] if subject else []
    if sent is not None:
        blocks.append(Block("paragraph", f"Date: {sent.day} {sent:%B %Y}"))
    if sender:
        blocks.append(Block("paragraph", f"From: {sender}"))
    warnings = (*left_out, *((f"Attached, and not read{_named(attached)}",) if attached else ()))
    return Source((*blocks, *body), sheets=1, paged=False, reader="email", title=subject, warnings=warnings)


def _named(attached: list[str]) -> str:
    return f": {', '.join(attached)}. Save what is attached and add it by itself." if attached else ". Check that it is the right file."


def _sender(message: EmailMessage) -> str:
    """The sender's name; an address alone is not told, so that no old contact is offered as live."""
    addresses = message["from"].addresses if message["from"] else ()
    return str(addresses[0].display_name) if addresses else ""


def _body(message: EmailMessage) -> tuple[tuple[Block, ...], tuple[str, ...], list[str]]:
    """The body's blocks: of the HTML form where there is one, for its headings and tables; what was left out; what is attached.

    Texts without a name that stand between attachments are the body's too.
    """
    part = message.get_body(("html", "plain"))
    more, attached = [], []
    for other in message.iter_attachments():
        is_text = other.get_content_type() in ("text/plain", "text/html") and not other.is_attachment() and not other.get_filename()
        if is_text:
            more.append(other)
        else:
            attached.append(other.get_filename() or str(other.get_content_type()))
    blocks: list[Block] = []
    left_out: list[str] = []
    for text_part in ([part] if part is not None else []) + more:
        told, gone = _words(text_part)
        blocks += told
        left_out += gone
    return tuple(blocks), tuple(left_out), attached


def _words(part: MIMEPart) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    """A part's blocks, in the character set that it has, whatever it is called or not called."""
    content = part.get_payload(decode=True)
    charset = known_charset(str(part.get_content_charset() or ""))
    content = content if isinstance(content, bytes) else b""
    text = content.decode(charset, "replace") if charset in SEVEN_BIT else decoded_bytes(content, charset)
    if part.get_content_type() == "text/html":
        _, paragraphs, left_out = page_paragraphs(text)
        return shaped(paragraphs), left_out
    flowed = str(part.get_param("format", "")).lower() == "flowed"
    spaces = str(part.get_param("delsp", "")).lower() != "yes"
    return tuple(blocks_of([sheet_of(unquoted(text, flowed=flowed, spaces=spaces))])), ()


def unquoted(text: str, *, flowed: bool, spaces: bool = True) -> str:
    """A message's lines without the marks of quotation, a blank line where what is quoted begins and ends.

    In `flowed` text (RFC 3676) a line that ends with a space goes on in the next; without `spaces` that space is none of the text's.
    """
    lines: list[str] = []
    last, goes_on = 0, False
    for line in text.splitlines():
        mark = QUOTED.match(line)
        depth = mark.group().count(">") if mark else 0
        words = line[mark.end() :] if mark else line
        words = words[1:] if flowed and words.startswith(" ") else words
        if words == SIGNATURE:
            words, goes_on = "", False
        if depth != last and lines and lines[-1].strip():
            lines.append("")
        if goes_on and depth == last and words.strip():
            lines[-1] += words
        else:
            lines.append(words)
        goes_on, last = flowed and words.endswith(" "), depth
        if goes_on and not spaces:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)
