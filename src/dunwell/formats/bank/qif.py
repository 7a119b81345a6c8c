"""QIF: the line format of home banking programs; no currency, no balances, dates by guess."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from dunwell.engine.money import UNKNOWN_CURRENCY
from dunwell.formats.bank.fields import calendar_day, minor_amount, quote, short_year
from dunwell.formats.bank.identities import identified_statements
from dunwell.formats.bank.statement import (
    BankFile,
    Entry,
    Statement,
    StatementError,
    StatementFinding,
)
from dunwell.formats.bank.text import bank_text, head
from dunwell.formats.bank.unstated import NO_CURRENCY

MONEY_TYPES = frozenset({"bank", "cash", "ccard", "oth a", "oth l"})
"""Sections that hold movements of an account; categories, classes and memorised ones do not."""
_DATE = re.compile(r"\s*(\d{1,4})\s*[/.\-' ]\s*(\d{1,2})\s*[/.\-' ]\s*(\d{1,4})\s*")
_COMMA_DECIMAL = re.compile(r"-?[\d.]*,\d{1,2}\s*")
FULL_YEAR, NO_MONTH = 4, 12


@dataclass(slots=True)
class _Record:
    """The lines of one movement by their letter, and where it begins."""

    line: int
    fields: dict[str, str] = field(default_factory=dict)
    splits: list[tuple[str, str]] = field(default_factory=list)

    def add(self, letter: str, value: str) -> None:
        """Add a line: address lines are joined, lines of a split kept, others taken once."""
        if letter in {"S", "E", "$", "%"}:
            self.splits.append((letter, value))
        elif letter == "A":
            self.fields["A"] = " ".join((self.fields.get("A", ""), value)).strip()
        else:
            self.fields.setdefault(letter, value)


def is_qif(content: bytes, name: str) -> bool:  # noqa: ARG001  the registry's signature
    """Return whether the file begins with a QIF header."""
    first = head(content).lstrip()[:100].lower()
    return first.startswith(("!type:", "!account", "!option:", "!clear:"))


def read_qif(content: bytes, name: str) -> BankFile:
    """Return a QIF file as one statement per account; amounts under XXX (see `in_currency`).

    Raises StatementError for dates or amounts that cannot be read, naming the line.
    """
    text = bank_text(content, name=name)
    accounts = list(_sections(text))
    records = [record for _, found in accounts for record in found]
    order, order_finding = _date_order(records)
    decimal = "," if any(_COMMA_DECIMAL.fullmatch(r.fields.get("T", "")) for r in records) else "."
    statements = []
    for number, (account, found) in enumerate(accounts, 1):
        entries = [_entry(record, name=name, order=order, decimal=decimal) for record in found]
        days = [entry.value_on for entry in entries]
        place = f"account {account or number}"
        findings = [StatementFinding(code="no_currency", place=place, reason=NO_CURRENCY)]
        if order_finding:
            findings.append(StatementFinding(code="date_order", place=place, reason=order_finding))
        statements.append(
            Statement(
                id="",
                account=account,
                currency=UNKNOWN_CURRENCY,
                opening_on=min(days, default=None),
                closing_on=max(days, default=None),
                entries=tuple(entries),
                findings=tuple(findings),
            )
        )
    if not statements:
        raise StatementError(
            name, "whole file", "the QIF file holds no account. Export the account again"
        )
    return BankFile(format="qif", statements=identified_statements(statements, is_numbered=False))


def _sections(text: str) -> Iterator[tuple[str, list[_Record]]]:
    """Yield (account, records) of every section that holds movements."""
    account, section = "", ""
    records: list[_Record] = []
    record = _Record(line=1)
    for number, line in enumerate(text.split("\n"), 1):
        letter, value = line[:1], line[1:].strip()
        if letter == "!":
            if section in MONEY_TYPES:
                yield account, _closed(records, record)
            section = value.lower().removeprefix("type:").strip()
            records, record = [], _Record(line=number + 1)
        elif letter == "^":
            if section == "account":
                account = record.fields.get("N", account)
            elif record.fields:
                records.append(record)
            record = _Record(line=number + 1)
        elif letter.strip():
            record.add(letter, value)
    if section in MONEY_TYPES:
        yield account, _closed(records, record)


def _closed(records: list[_Record], last: _Record) -> list[_Record]:
    """Return the records, with a last one that lacks its closing mark."""
    return [*records, last] if "T" in last.fields or "D" in last.fields else records


def _date_order(records: list[_Record]) -> tuple[str, str]:
    """Return the order of day and month in the file, and what to say where it is a guess."""
    parts = [match for r in records if (match := _DATE.fullmatch(r.fields.get("D", "")))]
    numeric = [(int(match[1]), int(match[2])) for match in parts if len(match[1]) < FULL_YEAR]
    if any(first > NO_MONTH for first, _ in numeric):
        return "dmy", ""
    if not numeric or any(second > NO_MONTH for _, second in numeric):
        return "mdy", ""
    return "mdy", (
        "every date fits day-month and month-day; they were read as month-day-year, as QIF has "
        "it. Check the first entries"
    )


def _day(text: str, *, name: str, place: str, order: str) -> date:
    match = _DATE.fullmatch(text)
    if not match:
        raise StatementError(name, place, f"{quote(text)} is not a day. Export the file again")
    first, second, third = (int(part) for part in match.groups())
    if len(match[1]) == FULL_YEAR:
        year, month, day = first, second, third
    else:
        year = third if len(match[3]) > 2 else short_year(third)  # noqa: PLR2004
        day, month = (first, second) if order == "dmy" else (second, first)
    return calendar_day(text, year, month, day, file=name, place=place)


def _money(text: str, *, name: str, place: str, decimal: str) -> int:
    grouping = "." if decimal == "," else ","
    plain = text.replace(" ", "").replace("'", "")
    grouped = re.fullmatch(rf"([+-]?\d{{1,3}}(?:\{grouping}\d{{3}})+)(\{decimal}\d*)?", plain)
    if grouped:
        plain = grouped[1].replace(grouping, "") + (grouped[2] or "")
    return minor_amount(plain, UNKNOWN_CURRENCY, file=name, place=place, decimal=decimal)


def _entry(record: _Record, *, name: str, order: str, decimal: str) -> Entry:
    fields = record.fields
    place = f"line {record.line}"
    amount = fields.get("T", fields.get("U", ""))
    if not amount:
        raise StatementError(name, place, "the entry has no amount (T). Export the file again")
    if "D" not in fields:
        raise StatementError(name, place, "the entry has no day (D). Export the file again")
    day = _day(fields["D"], name=name, place=place, order=order)
    number = fields.get("N", "")
    details = [("category", fields["L"])] if fields.get("L") else []
    details += [("address", fields["A"])] if fields.get("A") else []
    details += [(f"split {letter}", value) for letter, value in record.splits]
    return Entry(
        value_on=day,
        booked_on=day,
        amount_minor=_money(amount, name=name, place=place, decimal=decimal),
        currency=UNKNOWN_CURRENCY,
        counterparty=fields.get("P", ""),
        cheque_number=number if number.isdigit() else "",
        reference="" if number.isdigit() else number,
        text=fields.get("M", ""),
        place=place,
        details=tuple(details),
    )
