"""The structure of a mail from a stranger, within bounds, and its headers in any state.

The standard library reads it; what it must not be given (too many lines, parts within parts,
headers without end) is refused before or while it reads.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import EmailMessage, Message
from email.parser import BytesFeedParser
from email.policy import EmailPolicy
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any, cast

from dunwell.formats.mail_text import decoded, plain

MOST_BYTES = 25 * 1024 * 1024
MOST_LINES = 600_000
MOST_HEAD_BYTES = 256 * 1024
MOST_HEADERS = 500
MOST_PARTS = 200
MOST_DEPTH = 20
LONGEST_HEADER = 8_000
"""Characters of a header that are read."""
LONGEST_PARSED = 2_000
"""Characters of a header that the library takes apart, which costs their square."""
LONGEST_ID = 300
MOST_REFERENCES = 50
CHUNK = 64 * 1024
EARLIEST_YEAR, LATEST_YEAR = 1990, 2100
DAMAGED = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What the library raises at a mail that is damaged."""
MESSAGE_ID = re.compile(r"<[^<>\s]{1,298}>")
ADDRESS = re.compile(r"[^\s@<>\"(),:;\\]{1,64}@[^\s@<>\"(),:;\\]{1,189}")
NEXT_WORD = re.compile(r"\?=\s+=\?")


class InboundMailError(ValueError):
    """The mail cannot be read: why, in a sentence for the person who looks at it."""


class _Bounded(EmailPolicy):
    """Reads headers up to a length, and gives those that cannot be understood as they are."""

    def header_fetch_parse(self, name: str, value: Any) -> Any:
        told = str(value)[:LONGEST_PARSED]
        try:
            return super().header_fetch_parse(name, told)
        except Exception:  # the library's readers of headers raise almost anything
            return "".join(told.splitlines()).encode("ascii", "replace").decode("ascii")


POLICY = _Bounded(raise_on_defect=False)


class MailPart(EmailMessage):
    """A part of a mail that knows how deep it lies; the whole is the part without one above."""

    def __init__(self, policy: EmailPolicy | None = None) -> None:
        super().__init__(policy or POLICY)
        self.depth = 1
        self.number = [1]

    def attach(self, payload: Any) -> None:
        """Add a part; raises InboundMailError for one too many or too deep."""
        if isinstance(payload, MailPart):
            payload.depth = self.depth + 1
            payload.number = self.number
            self.number[0] += 1
            if payload.depth > MOST_DEPTH:
                raise InboundMailError(
                    f"The mail has parts within parts more than {MOST_DEPTH} deep."
                )
            if self.number[0] > MOST_PARTS:
                raise InboundMailError(f"The mail has more than {MOST_PARTS} parts.")
        super().attach(payload)


def read_parts(data: bytes) -> MailPart:
    """Return the structure of a mail; raises InboundMailError outside the bounds above."""
    _check_size(data)
    parser = _parser()
    try:
        for at in range(0, len(data), CHUNK):
            parser.feed(data[at : at + CHUNK])
        whole = parser.close()
    except InboundMailError:
        raise
    except DAMAGED as error:
        raise InboundMailError(
            f"The mail is damaged and cannot be taken apart ({type(error).__name__})."
        ) from error
    return whole


def read_head(data: bytes) -> MailPart:
    """Return the headers of a mail alone, whatever follows; nothing where they are damaged too."""
    head = data[:MOST_HEAD_BYTES].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    told = b"\n".join(head.split(b"\n")[:MOST_HEADERS])
    parser = _parser()
    try:
        parser.feed(told + b"\n\n")
        return parser.close()
    except DAMAGED:
        return MailPart()


def _parser() -> "BytesFeedParser[MailPart]":
    # the library's types know no parts of a class and a policy of one's own together
    return BytesFeedParser(MailPart, policy=cast("Any", POLICY))


def header(part: Message, name: str) -> str:
    """Return a header as text on one line, its encoded words decoded; empty for none."""
    return next(headers(part, name), "")


def headers(part: Message, name: str) -> Iterator[str]:
    """Yield every header of a name as text on one line."""
    for raw in _raw(part, name):
        yield " ".join(plain(_words(raw)).split())


def addresses(part: Message, name: str) -> list[tuple[str, str]]:
    """Return names and addresses of a header; an address that is none is left out."""
    found = []
    for raw in _raw(part, name):
        try:
            pairs = getaddresses([" ".join(raw.split())])
        except (ValueError, IndexError, TypeError, RecursionError):
            pairs = [("", match[0]) for match in ADDRESS.finditer(raw)]
        for told, address in pairs:
            match = ADDRESS.fullmatch(plain(address).strip())
            if match is not None:
                found.append((" ".join(plain(_words(told)).split()), match[0].lower()))
    return found


def message_ids(part: Message, name: str) -> tuple[str, ...]:
    """Return the Message-IDs of a header in angle brackets, each once, the last fifty."""
    found: dict[str, None] = {}
    for raw in _raw(part, name):
        for match in MESSAGE_ID.finditer(raw):
            found[plain(match[0]).strip()] = None
    return tuple(found)[-MOST_REFERENCES:]


def moment(part: Message, name: str) -> datetime | None:
    """Return the moment a header tells in UTC, None where it tells none that can be."""
    told = header(part, name)[:200]
    try:
        at = parsedate_to_datetime(told)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
    return at if EARLIEST_YEAR <= at.year < LATEST_YEAR else None


def _raw(part: Message, name: str) -> Iterator[str]:
    wanted = name.lower()
    for told, value in part.raw_items():
        if told.lower() == wanted:
            yield _western(str(value)[:LONGEST_HEADER])


def _western(text: str) -> str:
    """Return text whose bytes the library could not read, read as UTF-8 or a guess."""
    if text.isascii():
        return text
    return decoded(text.encode("utf-8", "surrogateescape"))


def _words(text: str) -> str:
    """Return text with encoded words decoded (RFC 2047), those cut in the middle included."""
    if "=?" not in text:
        return text
    joined = NEXT_WORD.sub("?==?", text)
    try:
        pieces = decode_header(" ".join(text.split()))
    except (HeaderParseError, ValueError, TypeError):
        return joined
    told: list[tuple[bytes, str]] = []
    for piece, charset in pieces:
        raw = piece.encode("utf-8", "surrogateescape") if isinstance(piece, str) else piece
        # a character may be cut between two words of one charset
        if told and charset and told[-1][1] == charset:
            told[-1] = (told[-1][0] + raw, charset)
        else:
            told.append((raw, charset or ""))
    return "".join(decoded(raw, charset) for raw, charset in told)


def _check_size(data: bytes) -> None:
    if not data.strip():
        raise InboundMailError("The mail is empty.")
    if len(data) > MOST_BYTES:
        most = MOST_BYTES // 1024**2
        raise InboundMailError(f"The mail has {len(data) / 1024**2:.1f} MB; {most} MB are read.")
    # old Macintosh line ends count too: the library takes them as lines
    if data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n") > MOST_LINES:
        raise InboundMailError(f"The mail has more than {MOST_LINES:,} lines.")
    head = data[: MOST_HEAD_BYTES + 2]
    ends = min((at for at in (head.find(b"\n\n"), head.find(b"\r\n\r\n")) if at >= 0), default=-1)
    if ends < 0 and len(data) > MOST_HEAD_BYTES:
        raise InboundMailError("The headers of the mail do not end.")
    if head[: ends if ends >= 0 else None].count(b"\n") > 10 * MOST_HEADERS:
        raise InboundMailError(f"The mail has more than {10 * MOST_HEADERS} lines of headers.")
