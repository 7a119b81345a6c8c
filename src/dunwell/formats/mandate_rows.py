"""Mandates as CSV or XLSX tell them: columns by English or German names, one line a mandate."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dunwell.formats.line_files import (
    LineFileError,
    LineLayout,
    LineTable,
    day_in,
    open_lines,
    word_of,
)

MOST_LINES = 2_000
"""Lines read at once; more are refused, so that a page can show each of them."""
MOST_BYTES = 5 * 1024 * 1024
TEMPLATE = (
    *("Mandate reference", "Customer number", "Account holder", "IBAN", "BIC"),
    *("Scheme", "Sequence", "Signed on"),
)
"""Columns of the template, as English files name them."""
FIELDS: Mapping[str, str] = {
    "reference": "mandate reference|mandate ref|mandate id|mandate|mandate number|mandate no|"
    "mandatsreferenz|mandats referenz|mandatsreferenznummer|mandatsnummer|mandats id|"
    "mandat|reference|referenz|unique mandate reference|umr",
    "customer_number": "customer number|customer no|customer|customer id|debtor number|"
    "debtor no|account number of the customer|kundennummer|kunden nr|kundennr|kunde|"
    "debitorennummer|debitor|debitor nr|debitorennr|debitorenkonto",
    "signed_on": "signed on|signature date|date of signature|signed|mandate date|date signed|"
    "unterschriftsdatum|unterschrieben am|datum der unterschrift|mandatsdatum|"
    "ausstellungsdatum|unterzeichnet am|datum mandat|erteilt am|signatur datum",
    "iban": "iban|account|account iban|debtor iban|konto|kontonummer iban|iban kontonummer|"
    "iban des zahlungspflichtigen|iban zahlungspflichtiger",
    "bic": "bic|swift|bic swift|swift code|debtor bic|bic des zahlungspflichtigen|bic code",
    "debtor": "account holder|debtor|debtor name|holder|name of the account holder|kontoinhaber|"
    "zahlungspflichtiger|name zahlungspflichtiger|inhaber|name",
    "scheme": "scheme|type|mandate type|local instrument|art|mandatsart|lastschriftart|verfahren|"
    "typ|mandatstyp|schema",
    "sequence": "sequence|sequence type|recurring|frequency|payment type|sequenz|sequenztyp|"
    "wiederkehrend|ausfuhrung|haufigkeit|zahlungsart|ausfuehrung|haeufigkeit",
}
NEEDED = {
    "reference": "mandate reference (Mandatsreferenz)",
    "customer_number": "customer number (Kundennummer)",
    "iban": "IBAN",
}
SCHEMES: Mapping[str, str] = {
    "CORE": "|core|sepa core|basis|basislastschrift|sepa basislastschrift|cor1",
    "B2B": "b2b|sepa b2b|business|business to business|firmen|firmenlastschrift|"
    "sepa firmenlastschrift",
}
SEQUENCES: Mapping[str, str] = {
    "yes": "|rcur|frst|recurring|first|wiederkehrend|mehrfach|folge|folgelastschrift|erst|"
    "erstlastschrift|yes|ja|true|1|x",
    "no": "ooff|one off|once|single|einmalig|einmal|einmallastschrift|no|nein|false|0",
}


class MandateFileError(LineFileError):
    """A file of mandates that cannot be read: file, place, reason."""


LAYOUT = LineLayout(
    fields=FIELDS,
    needed=NEEDED,
    most_lines=MOST_LINES,
    most_bytes=MOST_BYTES,
    error=MandateFileError,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class MandateLine:
    """One line as told; `row` is its number in the file, `problem` why it cannot be read.

    `signed_on` is empty where the mandate is not signed yet.
    """

    row: int
    reference: str
    customer_number: str
    iban: str
    bic: str = ""
    debtor: str = ""
    scheme: str = "CORE"
    is_recurring: bool = True
    signed_on: date | None = None
    problem: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MandateFile:
    """The lines of a file, what each column was taken for, and whether dates are unclear.

    `columns` is (column, field), an empty field for one that is not used.
    """

    lines: tuple[MandateLine, ...]
    columns: tuple[tuple[str, str], ...]
    asks_date_order: bool = False


def read_mandates(content: bytes, name: str, *, date_order: str = "") -> MandateFile:
    """Return the mandates of a CSV or XLSX; a cell that cannot be read is its line's problem.

    `date_order` (dmy or mdy) is for dates that fit both in every row; without it those lines
    have the problem. Raises MandateFileError for a file that is no table of mandates.
    """
    lines = open_lines(content, name, layout=LAYOUT)
    days, is_open = lines.days("signed_on", told=date_order)
    return MandateFile(
        lines=tuple(_line(lines, at, days[at]) for at in range(lines.height)),
        columns=lines.columns,
        asks_date_order=is_open,
    )


def _line(lines: LineTable, at: int, day: date | str | None) -> MandateLine:
    """Return one line with what is wrong in it."""
    problems: list[str] = []
    scheme = word_of(SCHEMES, lines.cell("scheme", at))
    if not scheme:
        problems.append(f"{lines.cell('scheme', at)[:40]!r} is no scheme; write CORE or B2B")
    sequence = word_of(SEQUENCES, lines.cell("sequence", at))
    if not sequence:
        problems.append(
            f"{lines.cell('sequence', at)[:40]!r} is no sequence; write RCUR (recurring) or "
            "OOFF (once)"
        )
    signed_on = day_in(day, problems, why="is no day, or fits day-month and month-day")
    problems += lines.missing(at)
    return MandateLine(
        row=lines.row(at),
        reference=lines.cell("reference", at),
        customer_number=lines.cell("customer_number", at),
        iban=lines.cell("iban", at),
        bic=lines.cell("bic", at),
        debtor=" ".join(lines.cell("debtor", at).split()),
        scheme=scheme or "CORE",
        is_recurring=sequence != "no",
        signed_on=signed_on,
        problem="; ".join(problems),
    )
