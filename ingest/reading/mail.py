"""E-mail (.eml): the subject heads the message; attachments are named, not read."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from pathlib import Path

from ingest.lines import blocks_of
from ingest.reading.plain import sheet_of
from ingest.reading.shape import shaped
from ingest.reading.source import Block, Source
from ingest.reading.web import page_paragraphs
from knowledge.errors import FileRefused, NoText


def read_mail(path: Path) -> Source:
    """Read a message. Raises NoText where its body holds no words, FileRefused where it is not a message."""
    try:
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        subject = " ".join(str(message["subject"] or "").split())
        sender = _sender(message)
        sent = message["date"].datetime if message["date"] else None
        body, left_out = _body(message)
        attached = [part.get_filename() or str(part.get_content_type()) for part in message.iter_attachments()]
    except (MessageError, ValueError, LookupError, AttributeError, TypeError, IndexError) as error:
        raise FileRefused(
            f"{path.name} is damaged or not an e-mail. Open it in your mail program, save it again as .eml, then add that."
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


def _body(message: EmailMessage) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    """The body's blocks: of the HTML form where there is one, for its headings and tables; and what was left out."""
    part = message.get_body(("html", "plain"))
    if part is None:
        return (), ()
    text = str(part.get_content()).replace("\x00", "")
    if part.get_content_type() == "text/html":
        _, paragraphs, left_out = page_paragraphs(text)
        return shaped(paragraphs), left_out
    return tuple(blocks_of([sheet_of(text)])), ()
