"""A message written in the portal, as a mail: it is kept, read and judged as every mail is."""

import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PortalFile:
    """A file that goes with a message."""

    name: str
    data: bytes = field(repr=False)


def write_portal_message(
    *,
    message_id: str,
    sender: str,
    sender_name: str,
    to: str,
    subject: str,
    text: str,
    sent_at: datetime,
    files: Sequence[PortalFile] = (),
) -> bytes:
    """Return the mail; `sender` and `to` are addresses, `message_id` stands in angle brackets.

    What the sender wrote can neither add a header nor begin a part of its own. Raises ValueError
    for an address that is none.
    """
    mail = EmailMessage(policy=SMTP)
    mail["Message-ID"] = message_id
    mail["From"] = Address(display_name=_line(sender_name), addr_spec=sender)
    if to:
        mail["To"] = Address(addr_spec=to)
    mail["Subject"] = _line(subject)
    mail["Date"] = format_datetime(sent_at)
    mail.set_content(text.replace("\0", ""))
    for file in files:
        told, _ = mimetypes.guess_type(file.name)
        kind, _, subtype = (told or "application/octet-stream").partition("/")
        if kind in {"message", "multipart", "text"}:
            kind, subtype = "application", "octet-stream"
        mail.add_attachment(
            file.data, maintype=kind, subtype=subtype, filename=_line(file.name) or "file"
        )
    return mail.as_bytes()


def _line(text: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
