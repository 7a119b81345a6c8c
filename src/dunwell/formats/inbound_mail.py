"""A mail that came in: who wrote what, what is new in it, which files came along, what kind it is.

Pure: bytes in, words out; nothing is fetched. Limits: 25 MB, 600,000 lines, 200 parts 20 deep,
256 kB of headers, 200,000 characters of words; see `mail_parts` and `mail_text`.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.generator import BytesGenerator
from email.message import Message
from email.policy import compat32
from io import BytesIO
from typing import Any, Literal

from dunwell.formats.inbound_files import file_name, judge_file
from dunwell.formats.mail_parts import (
    DAMAGED,
    LONGEST_ID,
    InboundMailError,
    MailPart,
    addresses,
    header,
    message_ids,
    moment,
    read_head,
    read_parts,
)
from dunwell.formats.mail_reports import MailReport, read_report
from dunwell.formats.mail_text import MOST_TEXT, decoded, html_text, language_of, plain
from dunwell.formats.outlook_mail import LEFT_OUT
from dunwell.formats.quoted_text import MARKS, split_reply

__all__ = (
    "InboundFile",
    "InboundMail",
    "InboundMailError",
    "read_mail",
    "read_text_reply",
    "unread",
)
Kind = Literal["person", "automatic", "bounce", "complaint"]

KINDS: dict[str, Kind] = {
    "bounced": "bounce",
    "delayed": "bounce",
    "delivered": "bounce",
    "complained": "complaint",
}
"""Kinds of a mail by what it reports; every other report is an automatic answer."""
FEWEST_CHARACTERS = 3
MOST_REPLY_BYTES = 64 * 1024
SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
REPORT_PARTS = frozenset(
    {"message/delivery-status", "text/rfc822-headers", "message/feedback-report"}
)
PGP_START = "-----BEGIN PGP MESSAGE-----"
BULK = re.compile(r"^\s*(bulk|list|junk|auto_reply)\s*$", re.IGNORECASE)
ENCRYPTED = "The mail is encrypted with {}. Ask the sender to write without encryption."
TOO_LARGE = b"X-Dunwell-Too-Large"
"""A header put on the headers of a mail whose rest was not fetched."""
NOT_IN_MAIL = "Outlook saved the mail without these files: {}. Ask the sender for them."
WINMAIL = (
    "The mail came as winmail.dat, a form of Outlook that hides its files. Ask the sender to "
    "write in HTML or plain text."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class InboundFile:
    """A file of a mail; `media_type` by its content, `finding` why it must not be opened."""

    name: str
    media_type: str
    data: bytes = field(repr=False)
    finding: str = ""
    is_inline: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class InboundMail:
    """A mail as it was read.

    Addresses are in small letters, Message-IDs in angle brackets. `text` is what is new,
    `signature` and `quoted` the rest of the words. `finding` says why words cannot be shown.
    """

    kind: Kind = "person"
    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    sender: str = ""
    sender_name: str = ""
    reply_to: str = ""
    to: str = ""
    subject: str = ""
    sent_at: datetime | None = None
    text: str = ""
    signature: str = ""
    quoted: str = ""
    language: str = ""
    finding: str = ""
    files: tuple[InboundFile, ...] = ()
    report: MailReport | None = None

    @property
    def answered_ids(self) -> tuple[str, ...]:
        """Return the Message-IDs it answers, the nearest first."""
        named = [self.in_reply_to, *reversed(self.references)]
        if self.report is not None and self.report.message_id:
            named.insert(0, self.report.message_id)
        return tuple(dict.fromkeys(one for one in named if one))


def read_mail(data: bytes) -> InboundMail:
    """Return a mail as it can be shown; raises InboundMailError for one that cannot be read."""
    whole = read_parts(data)
    try:
        return _mail(whole)
    except DAMAGED as error:
        raise InboundMailError(
            f"The mail is damaged and cannot be read ({type(error).__name__})."
        ) from error


def unread(data: bytes, reason: str) -> InboundMail:
    """Return what the headers tell of a mail that cannot be read, with the reason."""
    try:
        return replace(_headed(read_head(data)), finding=reason[:300])
    except DAMAGED:
        return InboundMail(finding=reason[:300])


def read_text_reply(data: bytes) -> InboundMail:
    """Return a short message that came in as JSON: id, from, to, text, sent_at, answers.

    `answers` is the Message-ID or the provider's id of ours. Raises InboundMailError.
    """
    if len(data) > MOST_REPLY_BYTES:
        raise InboundMailError("The message has more than 64 kB.")
    try:
        told: Any = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InboundMailError("The message is no JSON object.") from error
    if not isinstance(told, dict) or not all(
        isinstance(told.get(name, ""), str) for name in ("id", "from", "to", "text", "answers")
    ):
        raise InboundMailError("The message is no JSON object with the texts id, from and text.")
    sender, text = _line(told.get("from", ""), 254), plain(told.get("text", "")).strip()
    if not sender or not text or not told.get("id"):
        raise InboundMailError("The message does not say id, from and text.")
    return InboundMail(
        message_id=_line(told["id"], LONGEST_ID),
        in_reply_to=_line(told.get("answers", ""), LONGEST_ID),
        sender=sender.replace(" ", "").lower(),
        to=_line(told.get("to", ""), 254),
        sent_at=_moment(told.get("sent_at")),
        text=text,
        language=language_of(text),
    )


def _line(text: str, most: int) -> str:
    return " ".join(plain(text).split())[:most]


def _moment(told: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(told))
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _mail(whole: MailPart) -> InboundMail:
    report = _report(whole)
    words = _Words()
    files: list[InboundFile] = []
    findings: list[str] = []
    if header(whole, LEFT_OUT):
        findings.append(NOT_IN_MAIL.format(header(whole, LEFT_OUT)[:200]))
    if header(whole, TOO_LARGE.decode()):
        findings.append("The mail is larger than 25 MB; only its headers are kept here.")
    for part in _leaves(whole):
        _take(part, words, files, findings)
    told = "\n".join(words.texts)
    if PGP_START in told and not findings:
        findings.append(ENCRYPTED.format("PGP"))
    split = split_reply(told)
    return replace(
        _headed(whole),
        kind=_kind(whole, report),
        text=split.text,
        signature=split.signature,
        quoted=split.quoted,
        language=language_of(split.text or told),
        finding=" ".join(dict.fromkeys(findings))[:300],
        files=tuple(files),
        report=report,
    )


def _report(whole: MailPart) -> MailReport | None:
    """Return what the mail reports; a report too damaged to be read is none."""
    try:
        return read_report(whole)
    except DAMAGED:
        return None


def _headed(whole: MailPart) -> InboundMail:
    """Return what the headers tell."""
    sender_name, sender = next(
        (pair for name in ("From", "Sender", "Return-Path") for pair in addresses(whole, name)),
        ("", ""),
    )
    ids = message_ids(whole, "Message-ID")
    answered = message_ids(whole, "In-Reply-To")
    to = next((pair[1] for name in ("To", "Delivered-To") for pair in addresses(whole, name)), "")
    return InboundMail(
        message_id=ids[0] if ids else header(whole, "Message-ID")[:LONGEST_ID],
        in_reply_to=answered[0] if answered else "",
        references=message_ids(whole, "References"),
        sender=sender[:254],
        sender_name=sender_name[:200],
        reply_to=next((pair[1] for pair in addresses(whole, "Reply-To")), "")[:254],
        to=to[:254],
        subject=header(whole, "Subject")[:300],
        sent_at=moment(whole, "Date"),
    )


def _kind(whole: MailPart, report: MailReport | None) -> Kind:
    if report is not None:
        return KINDS.get(report.kind, "automatic")
    is_generated = header(whole, "Auto-Submitted").lower() not in {"", "no"}
    return "automatic" if is_generated or BULK.match(header(whole, "Precedence")) else "person"


class _Words:
    """The words of the parts in their order, kept within the bound."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._left = MOST_TEXT

    def add(self, text: str) -> None:
        """Keep the words of a part as far as they fit."""
        told = text[: self._left]
        self._left -= len(told)
        if told.strip():
            self.texts.append(told)


def _leaves(part: Message) -> Iterator[Message]:
    """Yield the parts that are shown or kept, of alternatives the best one."""
    told = _type(part)
    if not isinstance(part.get_payload(), list) or told == "message/rfc822":
        yield part
        return
    children = _children(part)
    if told == "multipart/alternative":
        yield from _best(children)
        return
    if told == "multipart/encrypted":
        yield from children or [part]
        return
    for child in children:
        yield from _leaves(child)


def _best(children: list[Message]) -> Iterator[Message]:
    """Yield plain text where it says something, else HTML; and whatever is no text of either."""
    shown = [child for child in children if _type(child) in {"text/plain", "text/html"}]
    others = [child for child in children if child not in shown]
    said = [one for one in shown if _type(one) == "text/plain" and _says_something(one)]
    pages = [one for one in shown if _type(one) == "text/html"]
    has_words = bool(said)
    yield from said[:1] or pages[:1] or shown[:1]
    for child in others:
        for leaf in _leaves(child):
            # HTML with its pictures: the words are told already
            if not (has_words and _type(leaf) == "text/html" and not _name(leaf)):
                yield leaf


def _says_something(part: Message) -> bool:
    return len(_text(part).strip()) >= FEWEST_CHARACTERS


def _take(part: Message, words: _Words, files: list[InboundFile], findings: list[str]) -> None:
    """Put a part with the words or with the files, and tell what hides them."""
    told, name = _type(part), _name(part)
    if told in REPORT_PARTS:
        return
    if told in SMIME:
        findings.append(ENCRYPTED.format("S/MIME"))
    elif told == "application/pgp-encrypted":
        findings.append(ENCRYPTED.format("PGP"))
        return
    elif told in TNEF or name.lower() == "winmail.dat":
        findings.append(WINMAIL)
    is_words = told in {"text/plain", "text/html"} or told.startswith("multipart/")
    if is_words and not name and _disposition(part) != "attachment":
        text = _text(part)
        words.add(_seen(text) if told == "text/html" else plain(text))
        return
    data = _bytes(part)
    if data:
        judged = judge_file(name, data)
        called = file_name(name or _default_name(part, told), judged.media_type)
        files.append(
            InboundFile(
                name=called,
                media_type=judged.media_type,
                data=data,
                finding=judged.finding,
                is_inline=_disposition(part) != "attachment" and bool(part.get("Content-ID")),
            )
        )


def _seen(source: str) -> str:
    """Return what is seen of HTML; the marks of its quotes stay, `split_reply` needs them."""
    lines = html_text(source).split("\n")
    return "\n".join(line if line.strip() in MARKS else plain(line) for line in lines)


def _default_name(part: Message, told: str) -> str:
    if told == "message/rfc822":
        inner = next((one for one in _children(part)), None)
        return f"{'' if inner is None else header(inner, 'Subject')[:80]}".strip() + ".eml"
    return {"text/calendar": "invite.ics", "application/pkcs7-signature": "smime.p7s"}.get(
        told, "file"
    )


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    told = payload if isinstance(payload, list) else []
    return [child for child in told if isinstance(child, Message)]


def _type(part: Message) -> str:
    return part.get_content_type()[:100]


def _disposition(part: Message) -> str:
    return header(part, "Content-Disposition").partition(";")[0].strip().lower()


def _name(part: Message) -> str:
    """Return the name a file came with; empty for none."""
    try:
        return plain(part.get_filename("") or "")[:300]
    except (ValueError, LookupError, TypeError, AttributeError):
        return "file"


def _text(part: Message) -> str:
    return decoded(_bytes(part), (part.get_content_charset("") or "")[:40])


def _bytes(part: Message) -> bytes:
    """Return what a part holds, as far as its encoding can be undone."""
    if isinstance(part.get_payload(), list):
        return b"".join(_whole(child) for child in _children(part)[:1])
    told = part.get_payload(decode=True)
    return told if isinstance(told, bytes) else b""


def _whole(part: Message) -> bytes:
    """Return a mail within a mail as bytes again."""
    kept = BytesIO()
    with suppress(*DAMAGED):
        BytesGenerator(kept, mangle_from_=False, policy=compat32).flatten(part)
    return kept.getvalue()
