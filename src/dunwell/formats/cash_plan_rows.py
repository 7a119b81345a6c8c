"""Balances and payments out as CSV or XLSX, one line each, as a treasury sheet tells them."""

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
MOST_BYTES = 5 * 1024 * 1024
LONGEST = 120
ACCOUNT_LONGEST = 80
POSITION_TEMPLATE = ("Account", "Day", "Currency", "Balance", "Source")
PAYMENT_TEMPLATE = ("Day", "Kind", "What for", "Currency", "Amount", "Source")
KINDS: Mapping[str, str] = {
    "suppliers": "suppliers|supplier|purchases|lieferanten|lieferant|material|rent|miete",
    "wages": "wages|wages and salaries|salaries|payroll|lohne|gehalter|lohn und gehalt|personal",
    "tax": "tax|taxes|taxes and social security|vat|steuern|steuer|sozialabgaben",
    "loans": "loans|loan|loans and interest|interest|kredite|darlehen|zinsen|tilgung",
    "investment": "investment|capex|investition|investitionen",
    "other": "|other|sonstiges|andere",
}
COMMON = {
    "day": "day|date|on|as of|due|tag|datum|stichtag|faellig|fallig",
    "currency": "currency|wahrung|ccy",
    "source": "source|note|quelle|notiz",
}


class CashPlanFileError(LineFileError):
    """A file of balances or payments that cannot be read: file, place, reason."""


POSITIONS = LineLayout(
    fields={
        **COMMON,
        "account": "account|bank account|iban|konto|bankkonto",
        "balance": "balance|closing balance|amount|saldo|kontostand|endsaldo",
    },
    needed={"account": "account (Konto)", "day": "day (Datum)", "balance": "balance (Saldo)"},
    most_lines=MOST_LINES,
    most_bytes=MOST_BYTES,
    error=CashPlanFileError,
)
PAYMENTS = LineLayout(
    fields={
        **COMMON,
        "kind": "kind|type|category|art|kategorie",
        "label": "what for|label|payee|description|name|zweck|empfanger|bezeichnung",
        "amount": "amount|payment|betrag|zahlung",
    },
    needed={"day": "day (Datum)", "label": "what for (Zweck)", "amount": "amount (Betrag)"},
    most_lines=MOST_LINES,
    most_bytes=MOST_BYTES,
    error=CashPlanFileError,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PositionLine:
    """One balance, minor units; `problem` says why the line cannot be taken."""

    row: int
    account: str
    on: date | None
    currency: str
    balance_minor: int | None
    source: str
    problem: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentLine:
    """One payment out, minor units above 0; `problem` says why the line cannot be taken."""

    row: int
    on: date | None
    kind: str
    label: str
    currency: str
    amount_minor: int | None
    source: str
    problem: str = ""


def read_positions(content: bytes, name: str, *, home: str) -> tuple[PositionLine, ...]:
    """Return the balances of a file; raises CashPlanFileError for one that is no table of them."""
    table = open_lines(content, name, layout=POSITIONS)
    codes = table.currencies(home)
    amounts, days = table.amounts("balance", codes), _days(table)
    found = []
    for at in range(table.height):
        problems = table.missing(at)
        on = day_in(days[at], problems)
        if amounts[at] is None:
            problems.append(f"{table.cell('balance', at)[:40]!r} is no amount")
        found.append(
            PositionLine(
                row=table.row(at),
                account=_text(table, "account", at)[:ACCOUNT_LONGEST],
                on=on,
                currency=_code(codes[at], problems),
                balance_minor=amounts[at],
                source=_text(table, "source", at),
                problem="; ".join(problems),
            )
        )
    return tuple(found)


def read_payments(content: bytes, name: str, *, home: str) -> tuple[PaymentLine, ...]:
    """Return payments out of a file; raises CashPlanFileError for one that is no table of them.

    An amount below 0 is taken as what leaves, as bank sheets write it.
    """
    table = open_lines(content, name, layout=PAYMENTS)
    codes = table.currencies(home)
    amounts, days = table.amounts("amount", codes), _days(table)
    found = []
    for at in range(table.height):
        problems = table.missing(at)
        on = day_in(days[at], problems)
        minor, kind = amounts[at], word_of(KINDS, table.cell("kind", at))
        if not minor:
            problems.append(f"{table.cell('amount', at)[:40]!r} is no amount")
        if not kind:
            problems.append(f"{table.cell('kind', at)[:40]!r} is no kind of payment")
        found.append(
            PaymentLine(
                row=table.row(at),
                on=on,
                kind=kind or "other",
                label=_text(table, "label", at),
                currency=_code(codes[at], problems),
                amount_minor=None if minor is None else abs(minor),
                source=_text(table, "source", at),
                problem="; ".join(problems),
            )
        )
    return tuple(found)


def _days(table: LineTable) -> list[date | str | None]:
    days, is_unclear = table.days("day")
    if is_unclear:
        raise CashPlanFileError(
            table.name, table.fields["day"],
            "the dates fit day-month and month-day; write them as 2026-01-31.",
        )  # fmt: skip
    return days


def _text(table: LineTable, field: str, at: int) -> str:
    # an export marks text a spreadsheet would run with a quote
    return " ".join(table.cell(field, at).split()).removeprefix("'")[:LONGEST]


def _code(code: str, problems: list[str]) -> str:
    if len(code) != 3 or not code.isascii() or not code.isalpha():  # noqa: PLR2004  ISO 4217
        problems.append(f"{code[:10]!r} is no currency")
    return code[:3]
