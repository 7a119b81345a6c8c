"""Settlement reports of PayPal, Stripe and Adyen: net money as entries, the fee as charges."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dunwell.engine.money import from_minor
from dunwell.formats.bank.identities import identified_statements
from dunwell.formats.bank.references import given
from dunwell.formats.bank.settlement_words import (
    MEMO,
    PENDING,
    REVERSALS,
    SERVICES,
    VOID,
    Service,
)
from dunwell.formats.bank.sheet_cells import (
    amount_columns,
    day_columns,
    order_question,
    place_of,
)
from dunwell.formats.bank.sheet_currency import read_codes
from dunwell.formats.bank.sheet_file import AS_FOUND, sheet_table, table_findings
from dunwell.formats.bank.sheet_profile import SheetProfile
from dunwell.formats.bank.sheet_signs import chain, first_break
from dunwell.formats.bank.statement import (
    BankFile,
    Entry,
    Statement,
    StatementError,
    StatementFinding,
)
from dunwell.formats.bank.text import head
from dunwell.formats.bank.undecided import UndecidedError
from dunwell.formats.grid import Table
from dunwell.formats.words import plain_words

OWN = ("gross", "fee", "net", "balance", "net_debit", "net_credit")
FEES = ("commission", "markup", "scheme", "interchange")
SHOWN = ("related", "bank", "bank_account", "method", "from", "to", "status", "time", "zone")
"""Fields kept as details of an entry."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Report:
    """A report with its columns, amounts, currencies and days read."""

    service: Service
    table: Table
    columns: Mapping[str, str]
    minor: Mapping[str, list[int | None]]
    currencies: Sequence[str]
    original: Sequence[tuple[int, str] | None]
    days: Mapping[str, list[date | None]]
    cells: Mapping[str, Sequence[str | None]]

    def text(self, name: str, row: int) -> str:
        """Return a cell by field, or an empty text."""
        column = self.columns.get(name)
        return (self.cells[column][row] or "") if column else ""

    def net(self, row: int) -> int:
        """Return what reached the account, in > 0."""
        if "net" in self.minor:
            return self.minor["net"][row] or 0
        return abs(self.minor["net_credit"][row] or 0) - abs(self.minor["net_debit"][row] or 0)


def service_of(header: list[str]) -> Service | None:
    """Return the payment service whose report has this header, or None."""
    return next((service for service in SERVICES if service.fits(header)), None)


def is_settlement(content: bytes, name: str) -> bool:  # noqa: ARG001  the registry's signature
    """Return whether the first line is the header of a known payment service's report."""
    line = head(content).lstrip("\ufeff\r\n").split("\n", 1)[0].strip("\r")
    for delimiter in (",", ";", "\t"):
        try:
            header = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            continue
        if service_of(header) is not None:
            return True
    return False


def read_settlement(content: bytes, name: str, *, profile: SheetProfile = AS_FOUND) -> BankFile:
    """Return a settlement report, one statement per account and currency, oldest entry first.

    `amount_minor` is the net, `charges_minor` what the service kept, `original_minor` the gross
    without sign where it differs. Raises UndecidedError for dates that fit both orders, and
    StatementError.
    """
    table = sheet_table(content, name, profile)
    service = service_of(table.cells.columns)
    if service is None:
        raise StatementError(name, "row 1", "the header is of no payment service known here")
    if not table.cells.height:
        raise StatementError(
            name, "whole file", "the report holds no entries. Choose a longer period"
        )
    report = _read(table, service, profile)
    groups: dict[tuple[str, str], list[int]] = {}
    accounts = _accounts(report, profile)
    for row, key in enumerate(zip(accounts, report.currencies, strict=True)):
        groups.setdefault(key, []).append(row)
    statements = [
        _statement(report, rows, account=account, currency=currency)
        for (account, currency), rows in groups.items()
    ]
    return BankFile(
        format=service.name.lower(),
        statements=identified_statements(statements, is_numbered=False),
        findings=tuple(table_findings(table)),
    )


def _read(table: Table, service: Service, profile: SheetProfile) -> _Report:
    """Return the report read, or raise with the question that is open."""
    columns = service.columns(table.cells.columns)
    currencies = read_codes(table, columns["currency"]) if "currency" in columns else []
    for row, code in enumerate(currencies):
        if not code:
            raise StatementError(
                table.name, place_of(table, int(table.rows[row])), "the row has no currency"
            )
    if not currencies:
        raise StatementError(table.name, "row 1", "the report has no currency column")
    wanted = {name: columns[name] for name in (*OWN, *FEES) if name in columns}
    amounts, decisions = amount_columns(table, wanted, currencies, decimal=profile.decimal)
    days = day_columns(
        table,
        {name: columns[name] for name in ("booked", "valued") if name in columns},
        order=profile.date_order,
        is_comma=amounts.decimal == "," and not decisions,
    )
    if len(days.by_order) > 1:
        decisions.append(order_question(table, days))
    if decisions:
        raise UndecidedError(table.name, decisions)
    return _Report(
        service=service,
        table=table,
        columns=columns,
        minor=amounts.minor,
        currencies=currencies,
        original=_originals(table, columns, amounts.decimal),
        days=next(iter(days.by_order.values())),
        cells=table.cells.to_dict(as_series=False),
    )


def _originals(
    table: Table, columns: Mapping[str, str], decimal: str
) -> list[tuple[int, str] | None]:
    """Return per row the amount in the payer's currency, where the report has a column of it."""
    nothing: list[tuple[int, str] | None] = [None] * table.cells.height
    names = [
        name for name in ("original_amount", "gross_debit", "gross_credit") if name in columns
    ]
    if not names or "original_currency" not in columns:
        return nothing
    codes = read_codes(table, columns["original_currency"])
    read, decisions = amount_columns(
        table, {name: columns[name] for name in names}, codes, decimal=decimal
    )
    if decisions:  # pragma: no cover -- the decimal sign is given
        raise UndecidedError(table.name, decisions)
    sums = [abs(sum(read.minor[name][row] or 0 for name in names)) for row in range(len(nothing))]
    return [
        (amount, code) if code and amount else None
        for amount, code in zip(sums, codes, strict=True)
    ]


def _accounts(report: _Report, profile: SheetProfile) -> list[str]:
    """Return our account per row: the merchant account, the profile's, our address, the service.

    Our address of PayPal is the one that receives money in and sends money out, if it is one.
    """
    size = report.table.cells.height
    if "account" in report.columns:
        return [report.text("account", row) or report.service.name for row in range(size)]
    if profile.account:
        return [profile.account] * size
    own = {
        report.text("to" if report.net(row) > 0 else "from", row).lower()
        for row in range(size)
        if "to" in report.columns
    } - {""}
    return [own.pop() if len(own) == 1 else report.service.name] * size


def _statement(report: _Report, rows: Sequence[int], *, account: str, currency: str) -> Statement:
    """Return one statement; running balances prove which pending rows have moved money."""
    balances = report.minor.get("balance")
    told = [balances[row] for row in rows] if balances is not None else [None] * len(rows)
    statuses = [_status(report, row) for row in rows]
    whole = [
        report.net(row) if state != "information" else 0
        for row, state in zip(rows, statuses, strict=True)
    ]
    booked = [net if state == "booked" else 0 for net, state in zip(whole, statuses, strict=True)]
    found = chain(booked, told)
    if found is None and chain(whole, told) is not None:
        found = chain(whole, told)
        statuses = ["booked" if state == "pending" else state for state in statuses]
    entries = [
        _entry(report, row, currency, status) for row, status in zip(rows, statuses, strict=True)
    ]
    days = [entry.booked_on for entry in entries]
    if found.is_descending if found else days[0] > days[-1]:
        entries.reverse()
    findings = _fee_findings(report, rows, currency)
    if found is None and any(balance is not None for balance in told):
        findings += _broken(report, rows, booked, told, currency)
    return Statement(
        id="",
        account=account,
        currency=currency,
        opening_minor=found.opening_minor if found else None,
        closing_minor=found.closing_minor if found else None,
        opening_on=min(days),
        closing_on=max(days),
        entries=tuple(entries),
        findings=tuple(findings),
    )


def _status(report: _Report, row: int) -> str:
    words = plain_words(report.text("status", row))
    if words in VOID or plain_words(report.text("impact", row)) in MEMO:
        return "information"
    return "pending" if words in PENDING else "booked"


def _broken(
    report: _Report,
    rows: Sequence[int],
    moved: Sequence[int],
    told: Sequence[int | None],
    currency: str,
) -> list[StatementFinding]:
    at, balance, expected = first_break(moved, told)
    return [
        StatementFinding(
            code="running_balance",
            place=place_of(report.table, int(report.table.rows[rows[at]])),
            reason=f"the balance is {from_minor(balance, currency)} {currency}, the rows before "
            f"and its net make {from_minor(expected, currency)} {currency}",
            severity="error",
        )
    ]


def _gross(report: _Report, row: int) -> int | None:
    """Return the gross in the entry's currency with its sign, or None where it is not told."""
    if "gross" in report.minor:
        return report.minor["gross"][row]
    told = report.original[row]
    if told is None or told[1] != report.currencies[row]:
        return None
    return told[0] if report.net(row) >= 0 else -told[0]


def _charges(report: _Report, row: int) -> int:
    """Return what the service kept: told as fees, else gross less net; given back < 0."""
    told = [report.minor[name][row] or 0 for name in FEES if name in report.minor]
    if any(told):
        return sum(told)
    gross = _gross(report, row)
    return gross - report.net(row) if gross is not None else 0


def _fee_findings(report: _Report, rows: Sequence[int], currency: str) -> list[StatementFinding]:
    """Return rows whose gross, fee and net do not add up, naming the figures."""
    found = []
    for row in rows:
        gross, net = _gross(report, row), report.net(row)
        if gross is None:
            continue
        fee = abs(report.minor["fee"][row] or 0) if "fee" in report.minor else None
        kept = abs(_charges(report, row)) if fee is None else fee
        if abs(gross - net) == kept:
            continue
        found.append(
            StatementFinding(
                code="fee_sum",
                place=place_of(report.table, int(report.table.rows[row])),
                reason=f"gross {from_minor(gross, currency)} less fee "
                f"{from_minor(kept, currency)} is not net {from_minor(net, currency)} {currency}",
            )
        )
    return found


def _entry(report: _Report, row: int, currency: str, status: str) -> Entry:
    table = report.table
    place = place_of(table, int(table.rows[row]))
    booked = report.days["booked"][row]
    if booked is None:
        raise StatementError(table.name, place, "the row has no day. Export the report again")
    valued = report.days["valued"][row] if "valued" in report.days else None
    net, gross = report.net(row), _gross(report, row)
    original = report.original[row]
    if original is None and gross is not None:
        original = (abs(gross), currency)
    is_other = original is not None and original != (abs(net), currency)
    code = report.text("code", row)
    identity, reference = report.text("id", row), given(report.text("reference", row))
    notes = dict.fromkeys(report.text(name, row) for name in ("subject", "note"))
    return Entry(
        value_on=valued or booked,
        booked_on=booked,
        amount_minor=net,
        currency=currency,
        counterparty=" ".join(report.text("counterparty", row).split()),
        counterparty_account=report.text("from" if net > 0 else "to", row),
        reference=reference or given(report.text("related", row)),
        end_to_end=reference,
        bank_reference=identity,
        text="\n".join(note for note in notes if note),
        code=code,
        is_reversal=any(word in plain_words(code) for word in REVERSALS),
        status=status,
        charges_minor=_charges(report, row),
        original_minor=original[0] if original and is_other else None,
        original_currency=original[1] if original and is_other else "",
        group_id=report.text("group", row),
        place=place,
        details=tuple(
            (report.columns[name], text) for name in SHOWN if (text := report.text(name, row))
        ),
    )
