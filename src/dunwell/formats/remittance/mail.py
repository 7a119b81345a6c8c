"""An e-mail as received: its text, its sender and its attachments, for remittance advices."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from html.parser import HTMLParser

from dunwell.formats.bank.statement import StatementError

MOST_PARTS = 200
MOST_TEXT = 2_000_000
_HEADERS = ("from:", "to:", "subject:", "date:", "return-path:", "received:", "mime-version:")
_BLOCKS = frozenset({"p", "div", "br", "tr", "li", "table", "h1", "h2", "h3", "h4"})
_CELLS = frozenset({"td", "th"})
_HIDDEN = frozenset({"script", "style", "head", "title"})


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceivedMail:
    """A mail's sender (name or address), subject, text and attachments (name, bytes)."""

    sender: str
    subject: str
    text: str
    attachments: tuple[tuple[str, bytes], ...]


class _Text(HTMLParser):
    """Collects the visible text of HTML: a line per block, a tab between cells."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  the parser's signature
        if tag in _HIDDEN:
            self.hidden += 1
        elif tag in _BLOCKS:
            self.pieces.append("\n")
        elif tag in _CELLS:
            self.pieces.append("\t")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self.hidden = max(0, self.hidden - 1)

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.pieces.append(" ".join(data.split()) + (" " if data[-1:].isspace() else ""))


def html_text(html: str) -> str:
    """Return the visible text of HTML, a line per block or table row, cells parted by tabs."""
    parser = _Text()
    parser.feed(html[:MOST_TEXT])
    parser.close()
    return "".join(parser.pieces)


def is_mail(content: bytes) -> bool:
    """Return whether the bytes begin with headers of an e-mail."""
    start = content[:4000].decode("latin-1").lstrip("\ufeff").lower()
    lines = start.split("\n\n")[0].split("\r\n\r\n")[0].splitlines()
    known = {header for header in _HEADERS for line in lines if line.startswith(header)}
    return len(known) > 1 and lines[0].split(" ")[0].rstrip(":").replace("-", "").isalnum()


def read_mail(content: bytes, name: str) -> ReceivedMail:
    """Return an e-mail's text and attachments. Raises StatementError for one that is damaged."""
    try:
        message = message_from_bytes(content, policy=policy.default)
        if not isinstance(message, EmailMessage):  # pragma: no cover -- the policy's class
            raise StatementError(name, "whole file", "the file is no e-mail")
        return _received(message, name)
    except (MessageError, ValueError, LookupError, AttributeError, TypeError, IndexError) as error:
        if isinstance(error, StatementError):
            raise
        raise StatementError(
            name, "whole file", f"the e-mail is damaged ({error}). Ask the payer to send it again"
        ) from error


def _received(message: EmailMessage, name: str) -> ReceivedMail:
    plain: list[str] = []
    html: list[str] = []
    attachments: list[tuple[str, bytes]] = []
    for number, part in enumerate(message.walk(), 1):
        if number > MOST_PARTS:
            raise StatementError(name, f"part {number}", "the e-mail has too many parts")
        if part.is_multipart():
            continue
        payload = part.get_payload(decode=True)
        data = payload if isinstance(payload, bytes) else b""
        if part.is_attachment() or part.get_content_maintype() != "text":
            attachments.append((part.get_filename() or f"part {number}", data))
            continue
        charset = part.get_content_charset() or "utf-8"
        text = _decoded(data, charset)
        (html if part.get_content_subtype() == "html" else plain).append(text)
    body = "\n".join(plain) if any(map(str.strip, plain)) else "\n".join(map(html_text, html))
    return ReceivedMail(
        sender=_sender(str(message.get("From", ""))),
        subject=" ".join(str(message.get("Subject", "")).split()),
        text=body[:MOST_TEXT],
        attachments=tuple(attachments),
    )


def _decoded(data: bytes, charset: str) -> str:
    try:
        return data.decode(charset)
    except (LookupError, UnicodeError, ValueError):
        return data.decode("latin-1")


def _sender(header: str) -> str:
    name = header.split("<", maxsplit=1)[0].strip().strip('"').strip()
    return name or header.strip("<> ")
