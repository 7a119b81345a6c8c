"""Covers as CSV or XLSX tell them: columns by English or German names, one line a cover."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from dunwell.engine.cover_clock import CONDITIONS, COVER_KINDS, MOST_DAYS, PPM
from dunwell.formats.line_files import (
    LineFileError,
    LineLayout,
    LineTable,
    day_in,
    open_lines,
    word_of,
)

MOST_LINES = 5_000
"""Lines read at once."""
MOST_BYTES = 5 * 1024 * 1024
TEMPLATE = (
    *("Customer number", "Kind", "Provider", "Number", "Amount", "Currency", "Share %"),
    *("Valid from", "Valid until", "Max terms days", "Report overdue days"),
    *("Max extension days", "Stop delivery days", "Claim days"),
)
"""Columns of the template, as English files name them."""
FIELDS: Mapping[str, str] = {
    "customer_number": "customer number|customer no|customer|customer id|debtor number|debtor no|"
    "kundennummer|kunden nr|kundennr|kunde|debitorennummer|debitor",
    "kind": "kind|type|cover type|coverage type|art|deckungsart|typ",
    "provider": "provider|insurer|guarantor|bank|versicherer|deckungsgeber|burge|buerge",
    "number": "number|cover number|policy number|policy|certificate|nummer|policennummer|"
    "vertragsnummer|versicherungsnummer",
    "amount": "amount|cover amount|insured limit|covered amount|betrag|deckungssumme|"
    "versicherungssumme",
    "currency": "currency|ccy|wahrung|waehrung",
    "share": "share|share percent|covered share|quote|deckungsquote|coverage|prozent",
    "from_on": "valid from|from|start|gultig ab|gueltig ab|ab|von|beginn",
    "until_on": "valid until|until|valid to|to|end|expiry|gultig bis|gueltig bis|bis|ende|ablauf",
    "max_terms_days": "max terms days|longest terms|zahlungsziel max|maximales zahlungsziel",
    "overdue_report_days": "report overdue days|overdue report days|meldefrist|"
    "meldefrist uberfalligkeit|meldefrist ueberfaelligkeit",
    "max_extension_days": "max extension days|longest extension|verlangerung max|"
    "verlaengerung max|maximale verlangerung",
    "stop_delivery_days": "stop delivery days|lieferstopp|lieferstopp tage",
    "claim_days": "claim days|claim window|schadenmeldefrist|antragsfrist",
}
NEEDED = {
    "customer_number": "customer number (Kundennummer)",
    "kind": "kind (Art)",
    "provider": "provider (Versicherer)",
    "amount": "amount (Betrag)",
}
KINDS: Mapping[str, str] = dict(
    zip(
        COVER_KINDS,
        (
            "insurance|credit insurance|versicherung|warenkreditversicherung|wkv",
            "guarantee|burgschaft|buergschaft|garantie|aval",
            "collateral|security|sicherheit|pfand",
            "deposit|kaution|anzahlung",
        ),
        strict=True,
    )
)


class CoverFileError(LineFileError):
    """A file of covers that cannot be read: file, place, reason."""


LAYOUT = LineLayout(
    fields=FIELDS,
    needed=NEEDED,
    most_lines=MOST_LINES,
    most_bytes=MOST_BYTES,
    error=CoverFileError,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverLine:
    """One line as told; `row` is its number in the file, `problem` why it cannot be read.

    The amount is in minor units of `currency`, the share ppm, conditions days by name.
    """

    row: int
    customer_number: str
    kind: str
    provider: str
    number: str
    amount_minor: int
    currency: str
    share_ppm: int = PPM
    from_on: date | None = None
    until_on: date | None = None
    conditions: Mapping[str, int] = field(default_factory=dict)
    problem: str = ""


def read_covers(content: bytes, name: str, *, home: str) -> tuple[CoverLine, ...]:
    """Return the covers of a CSV or XLSX; a cell that cannot be read is its line's problem.

    Without a currency an amount is in `home`, without a share all of it is covered. Raises
    CoverFileError for a file that is no table of covers, and for amounts that fit a decimal
    point and a decimal comma in every row.
    """
    lines = open_lines(content, name, layout=LAYOUT)
    currencies = lines.currencies(home)
    amounts = lines.amounts("amount", currencies)
    days = [lines.days(one)[0] for one in ("from_on", "until_on")]
    return tuple(
        _line(lines, at, amounts[at], currencies[at], [column[at] for column in days])
        for at in range(lines.height)
    )


def _line(
    lines: LineTable, at: int, amount: int | None, currency: str, days: list[date | str | None]
) -> CoverLine:
    """Return one line with what is wrong in it."""
    problems = lines.missing(at)
    if amount is None and (told := lines.cell("amount", at)):
        problems.append(f"{told[:40]!r} is no amount")
    kind = word_of(KINDS, lines.cell("kind", at))
    if not kind and (told := lines.cell("kind", at)):
        problems.append(f"{told[:40]!r} is no kind; write {', '.join(KINDS)}")
    from_on, until_on = (day_in(day, problems) for day in days)
    return CoverLine(
        row=lines.row(at),
        customer_number=lines.cell("customer_number", at).strip(),
        kind=kind,
        provider=" ".join(lines.cell("provider", at).split()),
        number=lines.cell("number", at).strip(),
        amount_minor=amount or 0,
        currency=currency,
        share_ppm=_share(lines.cell("share", at), problems),
        from_on=from_on,
        until_on=until_on,
        conditions=_conditions(lines, at, problems),
        problem="; ".join(problems),
    )


def _share(told: str, problems: list[str]) -> int:
    """Return the share in ppm of a percentage such as 90 or 90 %."""
    text = told.replace("%", "").replace(",", ".").strip()
    if not text:
        return PPM
    try:
        share = int(Decimal(text) * PPM / 100)
    except (InvalidOperation, ValueError):
        share = 0
    if not 0 < share <= PPM:
        problems.append(f"{told[:40]!r} is no share; write a percentage")
        return PPM
    return share


def _conditions(lines: LineTable, at: int, problems: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in CONDITIONS:
        text = lines.cell(name, at).strip()
        if not text:
            continue
        if text.isascii() and text.isdigit() and int(text[:6]) <= MOST_DAYS:
            found[name] = int(text[:6])
        else:
            problems.append(f"{text[:40]!r} is no number of days")
    return found
