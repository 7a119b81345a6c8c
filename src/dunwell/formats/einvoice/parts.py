"""Parts of an invoice that both syntaxes carry as text: notes with a subject, attachments."""

import base64
import binascii
import re

from dunwell.engine.invoice_document import Enclosed, InvoiceDocument

SUBJECT = re.compile(r"^#(?P<code>[A-Z]{3})#(?P<text>.*)$", re.DOTALL)
"""A note (BT-22) with its subject code (BT-21) before it, as UBL has it."""


def notes_of(document: InvoiceDocument, *, one: bool) -> tuple[str, ...]:
    """Return the notes to write; joined by line ends where a profile has room for one."""
    notes = tuple(note for note in document.notes if note.strip())
    return ("\n".join(notes),) if one and notes else notes


def attachment_text(enclosed: Enclosed) -> str:
    """Return the bytes of a supporting document as base64, empty for none."""
    return base64.b64encode(enclosed.data).decode("ascii")


def attachment_bytes(text: str) -> bytes | None:
    """Return the bytes of base64 text with any space in it, None when it is none."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
