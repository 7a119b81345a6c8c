"""Mails as Outlook saves them (.msg): written anew as the mail every other reader knows (.eml).

Pure; by [MS-OXMSG]. What is kept: the headers of the transport, else those that the properties
tell, the words as text, HTML or rich text, the files, and mails attached to the mail.
"""

import re
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import encoders, message_from_bytes, policy
from email.errors import MessageError
from email.header import Header
from email.message import Message
from email.mime.application import MIMEApplication
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.parser import HeaderParser
from email.utils import format_datetime, formataddr

from dunwell.formats.compound_file import OLE, CompoundFileError, Folder, read_compound_file
from dunwell.formats.mail_text import decoded, plain
from dunwell.formats.rich_text import RichTextError, rich_text, unpacked

PROPERTIES = "__properties_version1.0"
LEFT_OUT = "X-Dunwell-Left-Out"
"""A header with the names of files that the saved mail names and does not hold."""
BOUNDARY = "=_dunwell_{}_{}"
"""Between parts, by the depth of the mail: the same .msg gives the same bytes again."""
MOST_DEPTH, MOST_FILES, MOST_NAMED = 18, 190, 50
LONGEST_HEAD = 200_000
ONE_WAY = ("content-", "mime-version", "x-dunwell-")
"""Headers that tell of the form it was sent in, which is not the one it is written in here."""
NAME = re.compile(r"[!-9;-~]{1,76}")
TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,60}")
HEADER_BYTES = {"mail": 32, "inner": 24, "part": 8}
TEXT, ANSI, BINARY, NUMBER, MOMENT = "001F", "001E", "0102", 0x0003, 0x0040
EMBEDDED = "__substg1.0_3701000D"
CODE_PAGES = {1200: "utf-16-le", 20127: "ascii", 28591: "latin-1", 28605: "iso8859-15"} | {
    65001: "utf-8", 50220: "iso2022-jp", 51932: "euc-jp", 20866: "koi8-r", 28592: "iso8859-2",
}  # fmt: skip
EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
PLACES = {1: "To", 2: "Cc"}


class OutlookMailError(ValueError):
    """The bytes are no mail that Outlook saved: why, and what to do."""


def is_outlook_mail(data: bytes) -> bool:
    """Return whether the bytes are a compound file with the properties of a mail.

    A damaged one that names them is a mail too: why it cannot be read is told by `outlook_mail`.
    """
    if not data.startswith(OLE) or PROPERTIES.encode("utf-16-le") not in data:
        return False
    try:
        return PROPERTIES in read_compound_file(data).streams
    except CompoundFileError:
        return True


def outlook_mail(data: bytes) -> bytes:
    """Return the bytes of the same mail as .eml; raises OutlookMailError."""
    try:
        told = _mail(read_compound_file(data), kind="mail", depth=1)
        return told.as_bytes(policy=policy.compat32.clone(linesep="\r\n"))
    except OutlookMailError:
        raise
    except (ValueError, LookupError, TypeError, AttributeError, MessageError) as error:
        raise OutlookMailError(
            "The Outlook mail is damaged. Save it as .eml and try again."
        ) from error


class _Properties:
    """The properties of a mail, a recipient or a file: texts, bytes, numbers, moments."""

    def __init__(self, folder: Folder, *, kind: str, code_page: int = 0) -> None:
        self.streams = folder.streams
        self.fixed: dict[int, bytes] = {}
        told = folder.streams.get(PROPERTIES, b"")[HEADER_BYTES[kind] :]
        for at in range(0, len(told) - 15, 16):
            (tag,) = struct.unpack_from("<I", told, at)
            self.fixed[tag] = told[at + 8 : at + 16]
        self.code_page = self.number(0x3FFD) or self.number(0x3FDE) or code_page

    def text(self, *ids: int) -> str:
        """Return the first text told under one of the ids; empty for none."""
        for one in ids:
            told = self.streams.get(f"__substg1.0_{one:04X}{TEXT}")
            if told:
                return told.decode("utf-16-le", "replace").rstrip("\0")
            told = self.streams.get(f"__substg1.0_{one:04X}{ANSI}")
            if told:
                return decoded(told, _charset(self.code_page)).rstrip("\0")
        return ""

    def line(self, *ids: int) -> str:
        """Return the text on one line, as a header holds it."""
        return " ".join(plain(self.text(*ids)).split())[:2_000]

    def data(self, one: int) -> bytes:
        """Return the bytes told under an id; none for nothing."""
        return self.streams.get(f"__substg1.0_{one:04X}{BINARY}", b"")

    def number(self, one: int) -> int:
        """Return a number; 0 for none."""
        told = self.fixed.get(one << 16 | NUMBER)
        return struct.unpack("<i4x", told)[0] if told else 0

    def moment(self, *ids: int) -> datetime | None:
        """Return the first moment told under one of the ids, in UTC."""
        for one in ids:
            told = self.fixed.get(one << 16 | MOMENT)
            ticks = struct.unpack("<Q", told)[0] if told else 0
            if ticks:
                try:
                    return EPOCH + timedelta(microseconds=ticks // 10)
                except OverflowError:
                    continue
        return None


def _charset(code_page: int) -> str:
    return CODE_PAGES.get(code_page, f"cp{code_page}" if code_page else "")


def _mail(folder: Folder, *, kind: str, depth: int) -> Message:
    """Return a mail of a folder; `kind` is mail for the whole, inner for one within."""
    if PROPERTIES not in folder.streams:
        raise OutlookMailError("The file holds no mail of Outlook. Save the mail as .eml.")
    if depth > MOST_DEPTH:
        raise OutlookMailError(f"Mails lie within mails more than {MOST_DEPTH} deep.")
    told = _Properties(folder, kind=kind)
    parts: list[Message] = []
    left_out: list[str] = []
    for name, part in _files(folder, told, depth=depth):
        if part is None:
            left_out.append(name)
        else:
            parts.append(part)
    whole = _signed(told, parts) or _whole(_words(told, depth), parts, depth)
    _put_headers(whole, folder, told)
    if left_out:
        whole[LEFT_OUT] = _encoded(", ".join(left_out[:MOST_NAMED]))
    return whole


def _whole(words: Message, parts: list[Message], depth: int) -> Message:
    if not parts:
        return words
    whole = MIMEMultipart("mixed", BOUNDARY.format("mixed", depth))
    for part in (words, *parts):
        whole.attach(part)
    return whole


def _signed(told: _Properties, parts: list[Message]) -> Message | None:
    """Return the mail that a signed one holds whole as its only file; None for any other."""
    if "SMIME.MULTIPARTSIGNED" not in told.text(0x001A).upper() or len(parts) != 1:
        return None
    data = parts[0].get_payload(decode=True)
    found = message_from_bytes(data) if isinstance(data, bytes) else None
    return found if found is not None and found.is_multipart() else None


def _words(told: _Properties, depth: int) -> Message:
    """Return what the mail says: text and HTML where both are there, rich text as text."""
    said = told.text(0x1000)
    page = told.text(0x1013)
    raw = told.data(0x1013)
    if raw and not page:
        page = decoded(raw, _charset(told.number(0x3FDE)))
    if not said.strip() and not page.strip() and told.data(0x1009):
        said, page = _rich(told.data(0x1009))
    texts = [MIMEText(_clean(said), "plain", "utf-8")] if said.strip() or not page else []
    if page:
        texts.append(MIMEText(_clean(page), "html", "utf-8"))
    if len(texts) == 1:
        return texts[0]
    whole = MIMEMultipart("alternative", BOUNDARY.format("words", depth))
    for one in texts:
        whole.attach(one)
    return whole


def _rich(packed: bytes) -> tuple[str, str]:
    """Return words and HTML of a rich text, one of them empty; both for one that is damaged."""
    try:
        found = rich_text(unpacked(packed))
    except RichTextError:
        return "", ""
    return ("", found.text) if found.is_page else (found.text, "")


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8")


def _files(
    folder: Folder, mail: _Properties, *, depth: int
) -> Iterator[tuple[str, Message | None]]:
    """Yield the name and part of each file; no part for one that is not in the mail."""
    names = sorted(name for name in folder.folders if name.startswith("__attach_version1.0_"))
    if len(names) > MOST_FILES:
        raise OutlookMailError(f"The mail has more than {MOST_FILES} files.")
    for place in names:
        one = folder.folders[place]
        told = _Properties(one, kind="part", code_page=mail.code_page)
        name = told.line(0x3707, 0x3704, 0x3001) or "file"
        if EMBEDDED in one.folders and PROPERTIES in one.folders[EMBEDDED].streams:
            yield name, MIMEMessage(_mail(one.folders[EMBEDDED], kind="inner", depth=depth + 1))
        else:
            data = told.data(0x3701)
            yield name, _file(told, name, data) if data else None


def _file(told: _Properties, name: str, data: bytes) -> Message:
    tag = told.line(0x370E).lower()
    if tag.startswith(("multipart/", "message/", "text/")) or not TYPE.fullmatch(tag):
        tag = "application/octet-stream"
    if name.lower() == "smime.p7m" and tag == "application/octet-stream":
        tag = "application/pkcs7-mime"
    kind, sub = tag.split("/")
    part = MIMEBase(kind, sub) if kind != "application" else MIMEApplication(b"", sub)
    part.set_payload(data)
    del part["Content-Transfer-Encoding"]
    encoders.encode_base64(part)
    key = told.line(0x3712).strip("<>")
    if key:
        part["Content-ID"] = f"<{_ascii(key)}>"
    way = "inline" if key else "attachment"
    part.add_header("Content-Disposition", way, filename=("utf-8", "", name))
    return part


def _put_headers(whole: Message, folder: Folder, told: _Properties) -> None:
    """Put the headers it came with, and those that the properties tell beside them.

    They stand before those of the form, as in any mail: by them it is known as one.
    """
    form = list(whole.items())
    for name, _ in form:
        del whole[name]
    came = HeaderParser(policy=policy.compat32).parsestr(told.text(0x007D)[:LONGEST_HEAD])
    for name, value in came.items():
        if NAME.fullmatch(name) and not name.lower().startswith(ONE_WAY):
            whole[name] = _folded(str(value))
    for name, own in _own_headers(folder, told):
        if own and name not in whole:
            whole[name] = own
    if told.text(0x001A).upper().startswith("REPORT.") and "Auto-Submitted" not in whole:
        whole["Auto-Submitted"] = "auto-replied"
    whole["MIME-Version"] = "1.0"
    for name, value in form:
        if name.lower() != "mime-version":
            whole[name] = value


def _own_headers(folder: Folder, told: _Properties) -> Iterator[tuple[str, str]]:
    sender = told.line(0x5D02, 0x5D01)
    if not sender and told.line(0x0C1E).upper() != "EX":
        sender = told.line(0x0C1F, 0x0065)
    yield "From", _mailbox(told.line(0x0C1A, 0x0042), sender)
    for name, value in _recipients(folder, told).items():
        yield name, value
    yield "Subject", _encoded(told.line(0x0037, 0x0070))
    at = told.moment(0x0039, 0x0E06)
    yield "Date", format_datetime(at) if at else ""
    for name, one in (("Message-ID", 0x1035), ("In-Reply-To", 0x1042), ("References", 0x1039)):
        yield name, _ascii(told.line(one))


def _recipients(folder: Folder, mail: _Properties) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    names = sorted(name for name in folder.folders if name.startswith("__recip_version1.0_"))
    for place in names[:MOST_NAMED]:
        told = _Properties(folder.folders[place], kind="part", code_page=mail.code_page)
        address = told.line(0x39FE)
        if not address and told.line(0x3002).upper() != "EX":
            address = told.line(0x3003)
        if "@" in address and told.number(0x0C15) in PLACES:
            found.setdefault(PLACES[told.number(0x0C15)], []).append(
                _mailbox(told.line(0x3001), address)
            )
    return {name: ", ".join(told) for name, told in found.items()}


def _mailbox(name: str, address: str) -> str:
    told = _ascii(address).strip("<>")
    if "@" not in told:
        return formataddr((f"{name or address}", "unknown@invalid")) if name or address else ""
    return formataddr((name if name != address else "", told))


def _encoded(text: str) -> str:
    return text if text.isascii() else Header(text, "utf-8").encode()


def _folded(value: str) -> str:
    told = " ".join(value.split())
    return _encoded(told.encode("utf-8", "replace").decode("utf-8"))


def _ascii(text: str) -> str:
    return text.encode("ascii", "ignore").decode("ascii")
