"""Mails that machines write about ours: delivery reports, complaints, automatic answers.

Delivery reports by RFC 3464 with the codes of RFC 3463, and those in words that older servers
write; complaints by RFC 5965; automatic answers by RFC 3834. A person's mail is no report.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from email.message import EmailMessage, Message
from email.utils import parseaddr
from typing import Literal

from inscriptis import get_text

from dunwell.formats.mail_absences import Absence, read_absence

ReportKind = Literal["bounced", "delayed", "delivered", "complained", "away", "left", "automatic"]
Severity = Literal["", "hard", "soft", "blocked"]

MOST_TEXT = 100_000
"""Characters of a mail's words that are looked at."""
MOST_PARTS = 200
MOST_TOLD = 400

HARD = ("5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4")
"""No such address, no such domain, moved, or a mailbox that is closed: it stays so."""
BLOCKED = "7."
"""Second number of codes about security and policy: about us, not about the address."""
ABOUT_US = ("5.1.7", "5.1.8")
"""Codes about the address of the sender."""

CODE = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
REPLY = re.compile(r"\b(4[25]\d|55[0-4])[ \-]")
OLD_HARD = re.compile(
    r"user unknown|no such (user|recipient|mailbox)|(mailbox|address|recipient)[^.\n]{0,40}"
    r"(not found|does(n't| not) exist|unknown|unavailable|invalid)|unrouteable address|"
    r"(does not|doesn't) exist|unbekannte[rn]? (empf|adress)|existiert nicht|n'existe pas|"
    r"no existe|domain not found|address rejected: access denied|"
    r"account (has been )?(disabled|closed)",
    re.IGNORECASE,
)
OLD_SOFT = re.compile(
    r"(mailbox|quota)[^.\n]{0,30}(full|exceeded)|over ?quota|postfach[^.\n]{0,20}voll|"
    r"bo[iî]te[^.\n]{0,20}pleine|buz[oó]n[^.\n]{0,20}lleno|temporar(y|ily)|try again",
    re.IGNORECASE,
)
OLD_BLOCKED = re.compile(
    r"\b(spam|blacklist|blocklist|spamhaus|dmarc|spf|policy|reputation)", re.IGNORECASE
)
DAEMON = re.compile(r"^(mailer-?daemon|postmaster|mail-daemon)@?", re.IGNORECASE)
MESSAGE_ID = re.compile(r"^\s*Message-ID:\s*(<[^<>\s]{1,300}>)", re.IGNORECASE | re.MULTILINE)
ADDRESS = re.compile(r"<?([A-Za-z0-9._%+'=-]{1,64}@[A-Za-z0-9.-]{1,250}\.[A-Za-z]{2,24})>?")


@dataclass(frozen=True, kw_only=True, slots=True)
class MailReport:
    """What a machine says about a mail of ours.

    `message_id` is that of our mail in angle brackets, `address` whom it was written to, in
    small letters, both empty where the report does not say; `code` such as 5.1.1; `text` are
    its own words. `severity` tells a failure that stays (hard), one that may pass (soft) and
    one that is about us (blocked). An absence has its day and deputy in `absence`.
    """

    kind: ReportKind
    severity: Severity = ""
    message_id: str = ""
    address: str = ""
    code: str = ""
    text: str = ""
    external_id: str = ""
    absence: Absence | None = None


def read_report(message: EmailMessage) -> MailReport | None:
    """Return what a mail reports; None for a mail that a person wrote. Never raises for a mail.

    Of a report about several addresses the first that failed is told: our mails have one.
    """
    found = (
        _delivery_report(message)
        or _complaint(message)
        or _old_bounce(message)
        or _automatic_answer(message)
    )
    if found is None:
        return None
    return replace(found, external_id=_header(message, "Message-ID")[:300])


def severity_of(code: str, text: str = "") -> Severity:
    """Return whether a failure with this code stays (hard), may pass (soft), or is about us.

    A code without a place in the tables is judged by its first number, none by the words.
    """
    subject = code.partition(".")[2]
    if code.startswith("5") and subject.startswith(BLOCKED):
        # servers give 5.7.x to unknown users too; their words are plainer than the code
        return "hard" if OLD_HARD.search(text) and not OLD_BLOCKED.search(text) else "blocked"
    if code in ABOUT_US:
        return "blocked"
    if code in HARD:
        return "hard"
    if code.startswith(("4", "5.2.")):
        return "soft"
    return _severity_in_words(text, default="soft")


def _severity_in_words(text: str, *, default: Severity) -> Severity:
    if OLD_BLOCKED.search(text):
        return "blocked"
    if OLD_SOFT.search(text):
        return "soft"
    return "hard" if OLD_HARD.search(text) else default


def _delivery_report(message: EmailMessage) -> MailReport | None:
    """Return what a report in the form of RFC 3464 says, None for another mail."""
    told = [part for part in _parts(message) if _type(part) == "message/delivery-status"]
    if not told:
        return None
    groups = [group for part in told for group in _groups(part)]
    recipients = [group for group in groups if group.get("action") or group.get("status")]
    if not recipients:
        return None
    first = next((one for one in recipients if _action(one) == "failed"), recipients[0])
    status = CODE.search(first.get("status", ""))
    diagnostic = first.get("diagnostic-code", "").partition(";")[2] or first.get(
        "diagnostic-code", ""
    )
    said = CODE.search(diagnostic)
    code = status.group(1) if status else ""
    # 5.0.0 says nothing; what the other server said may
    if said and (not code or code.endswith(".0.0")):
        code = said.group(1)
    address = first.get("original-recipient") or first.get("final-recipient", "")
    text = " ".join(diagnostic.split()) or first.get("status", "")
    action = _action(first)
    kind: ReportKind = "bounced"
    if action == "delayed":
        kind = "delayed"
    elif action in {"delivered", "relayed", "expanded"}:
        kind = "delivered"
    return MailReport(
        kind=kind,
        severity=severity_of(code, text) if kind == "bounced" else "",
        message_id=_original_id(message),
        address=_address(address.partition(";")[2] or address),
        code=code,
        text=text[:MOST_TOLD],
    )


def _complaint(message: EmailMessage) -> MailReport | None:
    """Return a complaint in the form of RFC 5965, None for another mail."""
    told = [part for part in _parts(message) if _type(part) == "message/feedback-report"]
    if not told:
        return None
    fields: dict[str, str] = {}
    for group in _groups(told[0]):
        fields |= group
    kind = fields.get("feedback-type", "").strip().lower()
    if kind == "not-spam":
        return MailReport(kind="automatic", text="not-spam", message_id=_original_id(message))
    rcpt = fields.get("original-rcpt-to", "") or _original_header(message, "To")
    return MailReport(
        kind="complained",
        message_id=_original_id(message),
        address=_address(rcpt),
        text=(kind or "abuse")[:MOST_TOLD],
    )


def _old_bounce(message: EmailMessage) -> MailReport | None:
    """Return what a server wrote in words: from a mailer daemon, with a code or known words."""
    sender = parseaddr(_header(message, "From"))[1]
    failed = _header(message, "X-Failed-Recipients")
    if not failed and not DAEMON.match(sender):
        return None
    text = body_text(message)
    code, reply = CODE.search(text), REPLY.search(text)
    is_told = OLD_HARD.search(text) or OLD_SOFT.search(text)
    if not (failed or code or reply or is_told):
        return None
    number = code.group(1) if code else ""
    severity = severity_of(number, text)
    if not number and reply:
        severity = _severity_in_words(text, default="hard" if reply[1][0] == "5" else "soft")
    address = _address(failed) or _failed_address(text, sender)
    line = next((row.strip() for row in text.splitlines() if _is_telling(row)), "")
    return MailReport(
        kind="bounced",
        severity=severity,
        message_id=_original_id(message) or _id_in(text),
        address=address,
        code=number,
        text=" ".join((line or text).split())[:MOST_TOLD],
    )


def _automatic_answer(message: EmailMessage) -> MailReport | None:
    """Return an answer nobody wrote: who is away and until when, or has left."""
    text, subject = body_text(message), _header(message, "Subject")
    absence = read_absence(
        subject,
        text,
        sent_on=_sent_on(message),
        besides=(_address(_header(message, "From")), _address(_header(message, "To"))),
    )
    if not is_automatic(message) and not absence.is_named_in_subject:
        return None
    kind: ReportKind = "automatic"
    if absence.has_left:
        kind = "left"
    elif absence.is_away:
        kind = "away"
    return MailReport(
        kind=kind,
        message_id=_first_id(_header(message, "In-Reply-To"))
        or _first_id(_header(message, "References")),
        address=_address(_header(message, "From")),
        text=(absence.quote or " ".join(subject.split()))[:MOST_TOLD],
        absence=absence if kind != "automatic" else None,
    )


def is_automatic(message: EmailMessage) -> bool:
    """Return whether a mail says of itself that nobody wrote it (RFC 3834 and older marks)."""
    submitted = _header(message, "Auto-Submitted").strip().lower()
    if submitted:
        return submitted.split(";")[0].strip() != "no"
    if _header(message, "X-Autoreply") or _header(message, "X-Autorespond"):
        return True
    return _header(message, "Precedence").strip().lower() in {"auto_reply", "auto-reply"}


def body_text(message: EmailMessage) -> str:
    """Return the words of a mail as text, of HTML without its marks; an empty text for none."""
    for kind in ("text/plain", "text/html"):
        for part in _parts(message):
            if _type(part) != kind or _is_file(part):
                continue
            text = _decoded(part)[:MOST_TEXT]
            shown = _without_marks(text) if kind == "text/html" else text
            if shown.strip():
                return shown
    return ""


def _without_marks(html: str) -> str:
    try:
        shown: str = get_text(html)
    except (ValueError, RecursionError, TypeError):
        # what lxml cannot read is shown without what looks like marks
        return re.sub(r"<[^<>]{0,500}>", " ", html)
    return shown


def _parts(message: Message) -> Iterator[Message]:
    """Yield the parts of a mail; not those of a mail inside it."""
    waiting: list[Message] = [message]
    for _ in range(MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop(0)
        yield part
        payload = part.get_payload()
        if isinstance(payload, list) and part.get_content_maintype() == "multipart":
            waiting = [one for one in payload if isinstance(one, Message)] + waiting


def _groups(part: Message) -> list[dict[str, str]]:
    """Return the groups of fields of a report, names in small letters."""
    payload = part.get_payload()
    blocks = (
        [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []
    )
    if blocks:
        return [
            {name.lower(): " ".join(str(value).split()) for name, value in block.items()}
            for block in blocks
        ]
    groups: list[dict[str, str]] = [{}]
    for line in _decoded(part)[:MOST_TEXT].splitlines():
        name, colon, value = line.partition(":")
        if not line.strip():
            groups.append({})
        elif colon and not line[0].isspace():
            groups[-1].setdefault(name.strip().lower(), value.strip())
    return [group for group in groups if group]


def _original_id(message: EmailMessage) -> str:
    return _first_id(_original_header(message, "Message-ID")) or _first_id(
        _header(message, "In-Reply-To")
    )


def _original_header(message: EmailMessage, name: str) -> str:
    """Return a header of the mail that is reported on, from its copy in the report."""
    for part in _parts(message):
        kind = _type(part)
        payload = part.get_payload()
        inside = payload[0] if isinstance(payload, list) and payload else None
        if kind == "message/rfc822" and isinstance(inside, Message):
            return _header(inside, name)
        if kind in {"text/rfc822-headers", "message/rfc822-headers", "message/rfc822"}:
            text = _decoded(part)[:MOST_TEXT]
            found = re.search(rf"^{name}:[ \t]*(.*)$", text, re.IGNORECASE | re.MULTILINE)
            if found:
                return found.group(1).strip()
    return ""


def _decoded(part: Message) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        found = part.get_payload()
        return found if isinstance(found, str) else ""
    try:
        return data.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):
        return data.decode("utf-8", "replace")


def _header(message: Message, name: str) -> str:
    """Return a header as text; a damaged one as far as it can be read."""
    try:
        return str(message.get(name, "") or "")
    except (ValueError, TypeError, IndexError, AttributeError):
        # headers are parsed when they are looked at, and not all damage is foreseen there
        return ""


def _type(part: Message) -> str:
    return part.get_content_type()


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment"


def _action(group: dict[str, str]) -> str:
    return group.get("action", "").strip().lower()


def _sent_on(message: EmailMessage) -> date | None:
    try:
        moment = getattr(message.get("Date"), "datetime", None)
    except (ValueError, TypeError, IndexError, AttributeError):
        return None
    return moment.date() if moment is not None else None


def _address(text: str) -> str:
    found = ADDRESS.search(text)
    return found.group(1).lower() if found else ""


def _failed_address(text: str, sender: str) -> str:
    """Return the first address in a server's words that is not its own."""
    for found in ADDRESS.finditer(text):
        address = found.group(1).lower()
        if address != sender.lower() and not DAEMON.match(address):
            return address
    return ""


def _first_id(text: str) -> str:
    found = re.search(r"<[^<>\s]{1,300}>", text)
    return found.group() if found else ""


def _id_in(text: str) -> str:
    found = MESSAGE_ID.search(text)
    return found.group(1) if found else ""


def _is_telling(line: str) -> bool:
    return bool(
        CODE.search(line) or REPLY.search(line) or OLD_HARD.search(line) or OLD_SOFT.search(line)
    )
