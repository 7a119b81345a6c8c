"""Credit limits as CSV or XLSX tell them: columns by English or German names, one line a limit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dunwell.engine.limits import INSURED, STANDARD, SUSPENSION, TEMPORARY
from dunwell.formats.line_files import (
    LineFileError,
    LineLayout,
    LineTable,
    day_in,
    open_lines,
    word_of,
)

MOST_LINES = 20_000
"""Lines read at once."""
MOST_BYTES = 8 * 1024 * 1024
TEMPLATE = ("Customer number", "Limit", "Currency", "Kind", "Valid from", "Valid until", "Reason")
"""Columns of the template, as English files name them."""
FIELDS: Mapping[str, str] = {
    "customer_number": "customer number|customer no|customer|customer id|debtor number|"
    "debtor no|account number|kundennummer|kunden nr|kundennr|kunde|debitorennummer|debitor|"
    "debitor nr|debitorennr|debitorenkonto",
    "amount": "limit|credit limit|amount|limit amount|new limit|kreditlimit|kreditlinie|betrag|"
    "limitbetrag|neues limit|kreditrahmen",
    "currency": "currency|limit currency|ccy|wahrung|waehrung",
    "kind": "kind|type|limit type|limit kind|art|limitart|typ",
    "from_on": "valid from|from|start|starts on|start date|effective from|gultig ab|gueltig ab|"
    "ab|von|beginn",
    "until_on": "valid until|until|valid to|to|end|ends on|end date|expiry|expiry date|"
    "expires on|gultig bis|gueltig bis|bis|ende|ablauf",
    "reason": "reason|note|comment|grund|begrundung|begruendung|bemerkung|kommentar",
}
NEEDED = {
    "customer_number": "customer number (Kundennummer)",
    "amount": "limit (Kreditlimit)",
}
KINDS: Mapping[str, str] = {
    STANDARD: "|standard|normal|management|dauerhaft|permanent",
    TEMPORARY: "temporary|temp|befristet|temporar|temporaer|seasonal|saison",
    INSURED: "insured|insurance|versichert|versicherung|wkv",
    SUSPENSION: "suspension|suspended|blocked|block|gesperrt|sperre|ausgesetzt",
}


class LimitFileError(LineFileError):
    """A file of limits that cannot be read: file, place, reason."""


LAYOUT = LineLayout(
    fields=FIELDS,
    needed=NEEDED,
    most_lines=MOST_LINES,
    most_bytes=MOST_BYTES,
    error=LimitFileError,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitLine:
    """One line as told; `row` is its number in the file, `problem` why it cannot be read.

    The amount is in minor units of `currency`. An empty `from_on` means the day of the import.
    """

    row: int
    customer_number: str
    amount_minor: int
    currency: str = ""
    kind: str = STANDARD
    from_on: date | None = None
    until_on: date | None = None
    reason: str = ""
    problem: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitFile:
    """The lines of a file, and what each column was taken for; an empty field is not used."""

    lines: tuple[LimitLine, ...]
    columns: tuple[tuple[str, str], ...]


def read_limits(content: bytes, name: str, *, home: str) -> LimitFile:
    """Return the limits of a CSV or XLSX; a cell that cannot be read is its line's problem.

    Without a currency an amount is in `home`. Raises LimitFileError for a file that is no table
    of limits, and for amounts that fit a decimal point and a decimal comma in every row.
    """
    lines = open_lines(content, name, layout=LAYOUT)
    currencies = lines.currencies(home)
    amounts = lines.amounts("amount", currencies)
    days = [lines.days(field)[0] for field in ("from_on", "until_on")]
    return LimitFile(
        lines=tuple(
            _line(lines, at, amounts[at], currencies[at], [column[at] for column in days])
            for at in range(lines.height)
        ),
        columns=lines.columns,
    )


def _line(
    lines: LineTable, at: int, amount: int | None, currency: str, days: list[date | str | None]
) -> LimitLine:
    """Return one line with what is wrong in it."""
    problems = lines.missing(at)
    if amount is None and (told := lines.cell("amount", at)):
        problems.append(f"{told[:40]!r} is no amount")
    kind = word_of(KINDS, lines.cell("kind", at))
    if not kind:
        known = ", ".join(KINDS)
        problems.append(f"{lines.cell('kind', at)[:40]!r} is no kind; write {known}")
    from_on, until_on = (day_in(day, problems) for day in days)
    return LimitLine(
        row=lines.row(at),
        customer_number=lines.cell("customer_number", at).strip(),
        amount_minor=amount or 0,
        currency=currency,
        kind=kind or STANDARD,
        from_on=from_on,
        until_on=until_on,
        reason=" ".join(lines.cell("reason", at).split()),
        problem="; ".join(problems),
    )
