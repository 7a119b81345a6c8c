"""One message as an e-mail: rows to the bytes of RFC 5322, the same bytes for the same row."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.errors import MessageError
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime

ADDRESS_UNKNOWN = (
    "The address of this installation is not known, and the mail leads to it; set DUNWELL_SITE, "
    "and it goes out with the next delivery"
)


class MailFormError(ValueError):
    """The message cannot be written as an e-mail; the text says which header is wrong."""


class AddressUnknown(MailFormError):
    """A mail leads to our pages, and nobody has said where these are: it waits."""

    def __init__(self) -> None:
        """Say what to set."""
        super().__init__(ADDRESS_UNKNOWN)


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """A file that goes out with a mail; `media_type` such as application/pdf."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """What goes out: the words as decided, and the id by which a repeat is recognised.

    `in_reply_to` is the id of the message it answers; `unsubscribe` an https address that takes
    one POST (RFC 8058), or a mailto. `is_personal`: a person wrote it.
    """

    message_id: str
    sender: str
    to: str
    subject: str
    body: str
    language: str
    reply_to: str = ""
    attachments: tuple[Attachment, ...] = ()
    in_reply_to: str = ""
    unsubscribe: str = ""
    is_personal: bool = False


def mail_headers(mail: Mail) -> dict[str, str]:
    """Return the headers beside sender, recipient, subject and date; those without a value not."""
    one_click = mail.unsubscribe.startswith("https://")
    headers = {
        "Message-ID": mail.message_id,
        # RFC 3834: keeps out-of-office replies from being answered by a machine
        "Auto-Submitted": "" if mail.is_personal else "auto-generated",
        "In-Reply-To": mail.in_reply_to,
        "References": mail.in_reply_to,
        "List-Unsubscribe": f"<{mail.unsubscribe}>" if mail.unsubscribe else "",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" if one_click else "",
    }
    return {name: value for name, value in headers.items() if value}


def write_mail(mail: Mail, *, at: datetime) -> bytes:
    """Return the e-mail dated `at`; raise MailFormError for a header that cannot be written.

    A line break in a header is refused, never folded in: it could add headers.
    """
    headers = {
        "From": mail.sender,
        "To": mail.to,
        "Reply-To": mail.reply_to,
        "Date": format_datetime(at),
        **mail_headers(mail),
    }
    message = EmailMessage(policy=policy.SMTP)
    for name, value in {**headers, "Subject": mail.subject}.items():
        if any(ord(character) < ord(" ") for character in value):
            raise MailFormError(f"{name} holds a line break or another control character")
    for name, value in headers.items():
        if not value:
            continue
        try:
            message[name] = value
        except (MessageError, ValueError) as error:
            raise MailFormError(f"{name} {value!r} cannot be written: {error}") from error
    if not mail.to or message["To"].defects or not message["To"].addresses:
        raise MailFormError(f"To {mail.to!r} is not an address; correct the contact")
    message.set_content(mail.body, charset="utf-8", cte="quoted-printable")
    for file in mail.attachments:
        kind, _, subtype = file.media_type.partition("/")
        message.add_attachment(file.data, maintype=kind, subtype=subtype, filename=file.name)
    if mail.attachments:
        # random otherwise, and a repeat would be other bytes under the same id
        digest = hashlib.sha256(mail.message_id.encode()).hexdigest()
        message.set_boundary(f"dunwell-{digest[:40]}")
    # only now: setting the content drops every header about content
    message["Content-Language"] = mail.language
    return _subject_line(mail.subject) + message.as_bytes()


def _subject_line(subject: str) -> bytes:
    """Return the subject as a folded header line.

    EmailMessage drops a space where it folds between two encoded words (seen with Python
    3.11); the older Header class encodes the spaces too.
    """
    charset = "us-ascii" if subject.isascii() else "utf-8"
    folded = Header(subject, charset, header_name="Subject").encode(linesep="\r\n")
    return f"Subject: {folded}\r\n".encode("ascii")
