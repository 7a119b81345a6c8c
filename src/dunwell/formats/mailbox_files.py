"""Files with mails (.eml and .msg with one, .mbox with many), and when a mail reached us."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from dunwell.formats.compound_file import OLE
from dunwell.formats.mail_parts import EARLIEST_YEAR, headers, read_head
from dunwell.formats.outlook_mail import OutlookMailError, is_outlook_mail, outlook_mail

MOST_BYTES = 100 * 1024 * 1024
MOST_MAILS = 1_000
MBOX_START = re.compile(rb"(?:\A|(?<=\n))From \S+ .{0,200}\d{4}[^\n]{0,40}\r?\n")
ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)


class MailboxFileError(ValueError):
    """The file holds no mails that can be taken in: why, and what to do."""


def read_mailbox_file(data: bytes) -> tuple[bytes, ...]:
    """Return the mails of a file, one by one; raises MailboxFileError for none or too many.

    A mail that Outlook saved comes as the .eml it is written anew as.
    """
    if not data.strip():
        raise MailboxFileError("The file is empty.")
    if len(data) > MOST_BYTES:
        raise MailboxFileError(f"The file has more than {MOST_BYTES // 1024**2} MB. Split it.")
    if data.startswith(OLE):
        return (_of_outlook(data),)
    if not data.startswith(b"From "):
        if b":" not in data[:1_000]:
            raise MailboxFileError("The file holds no mail. Save the mail as .eml, .msg or .mbox.")
        return (data,)
    starts = [match.span() for match in MBOX_START.finditer(data)]
    if not starts:
        raise MailboxFileError("The file begins like a mailbox, but holds no mail.")
    if len(starts) > MOST_MAILS:
        raise MailboxFileError(
            f"The file holds {len(starts)} mails; at most {MOST_MAILS} are taken in at once."
        )
    ends = [start for start, _ in starts[1:]] + [len(data)]
    pieces = (data[at:end] for (_, at), end in zip(starts, ends, strict=True))
    return tuple(ESCAPED.sub(rb"\1", piece).rstrip(b"\r\n") + b"\n" for piece in pieces)


def _of_outlook(data: bytes) -> bytes:
    if not is_outlook_mail(data):
        raise MailboxFileError("The file holds no mail. Save the mail as .eml, .msg or .mbox.")
    try:
        return outlook_mail(data)
    except OutlookMailError as error:
        raise MailboxFileError(str(error)) from error


def received_at(data: bytes, *, at: datetime) -> datetime:
    """Return when the last server got a mail, by its topmost Received; `at` where none tells it.

    A moment that has not come is `at`.
    """
    told = next(headers(read_head(data), "Received"), "").rpartition(";")[2]
    with suppress(ValueError, TypeError, IndexError, OverflowError, AttributeError):
        moment = parsedate_to_datetime(told.strip()[:200])
        if moment.tzinfo is not None and moment.year >= EARLIEST_YEAR:
            return min(moment.astimezone(UTC), at)
    return at
