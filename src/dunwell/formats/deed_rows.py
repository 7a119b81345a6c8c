"""What the present process did, as CSV or XLSX: one line a reminder, letter, call or hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dunwell.engine.shadow import Deed
from dunwell.formats.line_files import LineFileError, LineLayout, day_in, open_lines, word_of

MOST_LINES = 50_000
MOST_BYTES = 5 * 1024 * 1024
TEMPLATE = ("Customer number", "Day", "Kind")
KINDS: Mapping[str, str] = {
    "reminder": "reminder|mail|e mail|email|message|sms|dunning|mahnung|erinnerung|nachricht",
    "letter": "letter|post|brief|mahnbrief",
    "call": "call|phone|phone call|anruf|telefon|telefonat",
    "hold": "hold|credit hold|order hold|block|sperre|liefersperre|auftragssperre",
}


class DeedFileError(LineFileError):
    """A file of deeds that cannot be read: file, place, reason."""


LAYOUT = LineLayout(
    fields={
        "customer": "customer number|customer|number|account|debtor|kundennummer|kunde|debitor",
        "day": "day|date|on|sent|sent on|tag|datum|am|gesendet",
        "kind": "kind|type|action|what|channel|art|typ|aktion|kanal",
    },
    needed={
        "customer": "customer number (Kundennummer)",
        "day": "day (Datum)",
        "kind": "kind (Art)",
    },
    most_lines=MOST_LINES,
    most_bytes=MOST_BYTES,
    error=DeedFileError,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class DeedLine:
    """One line; `deed` is None where `problem` says why it cannot be taken."""

    row: int
    deed: Deed | None
    problem: str = ""


def read_deeds(content: bytes, name: str) -> tuple[DeedLine, ...]:
    """Return the lines of a file; raises DeedFileError for one that is no table of deeds."""
    table = open_lines(content, name, layout=LAYOUT)
    days, is_unclear = table.days("day")
    if is_unclear:
        raise DeedFileError(name, "day", "the days fit 31.01. and 01/31; write 2026-01-31.")
    found = []
    for at in range(table.height):
        problems = table.missing(at)
        on = day_in(days[at], problems)
        kind = word_of(KINDS, table.cell("kind", at))
        if not kind:
            told = table.cell("kind", at)[:40]
            problems.append(f"{told!r} is no kind; write reminder, letter, call or hold")
        found.append(_line(table.row(at), table.cell("customer", at).strip(), on, kind, problems))
    return tuple(found)


def _line(row: int, customer: str, on: date | None, kind: str, problems: list[str]) -> DeedLine:
    if problems or on is None:
        return DeedLine(row=row, deed=None, problem="; ".join(problems))
    return DeedLine(row=row, deed=Deed(customer=customer, kind=kind, on=on))
