"""Addresses that get nothing, as CSV or XLSX of a mail service tell them: one line an address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dunwell.formats.line_files import LineFileError, LineLayout, LineTable, open_lines, word_of

MOST_LINES = 50_000
MOST_BYTES = 5 * 1024 * 1024
MOST_NOTE = 500
LONGEST = 254
TEMPLATE = ("Address", "Channel", "Reason", "Note")
"""Columns of the template; the address alone is needed."""
FIELDS: Mapping[str, str] = {
    "address": "address|e mail|email|e mail address|email address|mail|recipient|phone|"
    "phone number|number|adresse|e mail adresse|mailadresse|empfanger|telefon|telefonnummer",
    "channel": "channel|kind|kanal|art",
    "reason": "reason|type|category|grund|ursache|typ",
    "note": "note|comment|description|notiz|bemerkung|kommentar|diagnostic|error",
}
NEEDED = {"address": "address (Adresse)"}
CHANNELS: Mapping[str, str] = {
    "email": "|email|e mail|mail",
    "sms": "sms|short message|text|kurznachricht",
    "whatsapp": "whatsapp|whats app",
    "voice": "voice|call|phone|anruf|telefon",
}
REASONS: Mapping[str, str] = {
    "by_hand": "|by hand|manual|manually|von hand|manuell|suppressed",
    "bounced": "bounced|bounce|hard bounce|hardbounce|hard|invalid|permanent|unzustellbar",
    "soft": "soft|soft bounce|softbounce|temporary|blocked",
    "complained": "complained|complaint|spam|spam report|spam complaint|beschwerde",
    "unsubscribed": "unsubscribed|unsubscribe|opt out|optout|abgemeldet|abmeldung",
    "left": "left|left the company|ausgeschieden",
}
EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,180}\.[^@\s,;<>\".]{2,63}")
NUMBER = re.compile(r"\+[1-9]\d{6,14}")
IN_NUMBER = re.compile(r"[\s()./-]")


class SuppressionFileError(LineFileError):
    """A file of addresses that cannot be read: file, place, reason."""


LAYOUT = LineLayout(
    fields=FIELDS,
    needed=NEEDED,
    most_lines=MOST_LINES,
    most_bytes=MOST_BYTES,
    error=SuppressionFileError,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class SuppressionLine:
    """One line; `row` is its number in the file, `problem` why it cannot be taken."""

    row: int
    channel: str
    address: str
    reason: str
    note: str
    problem: str = ""


def read_suppressions(content: bytes, name: str) -> tuple[SuppressionLine, ...]:
    """Return the lines of a file; an address that stands twice counts once, the first time.

    Raises SuppressionFileError for a file that is no table of addresses.
    """
    table = open_lines(content, name, layout=LAYOUT)
    seen: set[tuple[str, str]] = set()
    found: list[SuppressionLine] = []
    for at in range(table.height):
        line = _line(table, at)
        key = (line.channel, line.address)
        if line.problem or key not in seen:
            seen.add(key)
            found.append(line)
    return tuple(found)


def _line(table: LineTable, at: int) -> SuppressionLine:
    told = {field: table.cell(field, at).strip() for field in FIELDS}
    channel = word_of(CHANNELS, told["channel"])
    reason = word_of(REASONS, told["reason"])
    # a reason in a service's own words is kept as the note
    note = told["note"] if reason else ": ".join(filter(None, (told["reason"], told["note"])))
    problems = []
    if not channel:
        problems.append(f"{told['channel'][:40]!r} is no channel; write email, sms or voice")
    elif not is_address(channel, clean_address(told["address"])):
        problems.append(wrong_address(channel, told["address"]))
    return SuppressionLine(
        row=table.row(at),
        channel=channel,
        address=clean_address(told["address"]),
        reason=reason or "by_hand",
        note=" ".join(note.split())[:MOST_NOTE],
        problem="; ".join(problems),
    )


def clean_address(text: str) -> str:
    """Return an address as the list keeps it: small letters, no blanks around or in a number."""
    told = text.strip().lower().replace("\0", "")
    if "@" in told:
        return told.removeprefix("<").removesuffix(">")
    number = IN_NUMBER.sub("", told)
    if number.startswith("00"):
        number = "+" + number[2:]
    return number if re.fullmatch(r"\+?\d+", number) else told


def is_address(channel: str, address: str) -> bool:
    """Return whether a cleaned address can be one of the channel."""
    if len(address) > LONGEST:
        return False
    return bool((EMAIL if channel == "email" else NUMBER).fullmatch(address))


def wrong_address(channel: str, text: str) -> str:
    """Return the sentence about an address that is none."""
    shown = text.strip()[:60] or "The empty text"
    if channel == "email":
        return f"{shown} is no e-mail address; write one such as ap@globex.example"
    return f"{shown} is no number; write it with its country, such as +49 30 1234567"
