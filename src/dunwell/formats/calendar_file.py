"""Days to remember as an iCalendar file (RFC 5545): whole days, each told apart for good."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

MEDIA_TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//Dunwell//Debtor portal//EN"
LONGEST_LINE = 75
"""Octets of a line before it is folded (RFC 5545, 3.1)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarEntry:
    """One whole day; `uid` stays the same however often the file is made."""

    uid: str
    on: date
    summary: str
    description: str = ""


def write_calendar(
    entries: Sequence[CalendarEntry], *, name: str, stamp: datetime, ttl_hours: int = 12
) -> bytes:
    """Return the calendar: lines end in CRLF and are folded after 75 octets; UTF-8.

    `stamp` says when it was made, `ttl_hours` how soon a program should ask again.
    """
    moment = stamp.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(name)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:PT{ttl_hours}H",
        f"X-PUBLISHED-TTL:PT{ttl_hours}H",
    ]
    for entry in entries:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_escaped(entry.uid)}",
            f"DTSTAMP:{moment}",
            f"DTSTART;VALUE=DATE:{entry.on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{entry.on + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(entry.summary)}",
            *([f"DESCRIPTION:{_escaped(entry.description)}"] if entry.description else []),
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _escaped(text: str) -> str:
    """Return a TEXT value (RFC 5545, 3.3.11)."""
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r", ""), ("\n", "\\n")):
        text = text.replace(sign, written)
    return "".join(sign for sign in text if sign.isprintable())


def _folded(line: str) -> bytes:
    """Return a line with its end, parted where it would be too long, never inside a letter."""
    parts, part = [], b""
    for sign in line:
        octets = sign.encode("utf-8", "replace")
        if len(part) + len(octets) > LONGEST_LINE:
            parts.append(part)
            part = b" "
        part += octets
    return b"\r\n".join([*parts, part]) + b"\r\n"
