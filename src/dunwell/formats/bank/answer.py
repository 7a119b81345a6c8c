"""What the command line and the API print of a bank file: plain values only."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from dunwell.formats.bank.statement import BankFile, Entry, Statement, StatementFinding


def statement_answer(file: BankFile) -> dict[str, Any]:
    """Return the file as a JSON-ready dictionary; amounts in minor units, days as YYYY-MM-DD.

    A collective entry that could not be split stays one entry here; what it is made of is in
    `parts`. Empty texts stay empty, unknown balances are null.
    """
    return {
        "format": file.format,
        "account": file.account,
        "statements": [_statement(statement) for statement in file.statements],
        "findings": _findings(file.findings),
    }


def _findings(findings: Iterable[StatementFinding]) -> list[dict[str, str]]:
    return [
        {
            "code": found.code,
            "place": found.place,
            "reason": found.reason,
            "severity": found.severity,
        }
        for found in findings
    ]


def _statement(statement: Statement) -> dict[str, Any]:
    return {
        "id": statement.id,
        "account": statement.account,
        "kind": statement.kind,
        "sequence": statement.sequence,
        "currency": statement.currency,
        "opening_minor": statement.opening_minor,
        "closing_minor": statement.closing_minor,
        "opening_on": _day(statement.opening_on),
        "closing_on": _day(statement.closing_on),
        "entries": [_entry(entry) for entry in statement.entries],
        "findings": _findings(statement.findings),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _entry(entry: Entry) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "entry_id": entry.entry_id,
        "value_on": entry.value_on.isoformat(),
        "booked_on": entry.booked_on.isoformat(),
        "amount_minor": entry.amount_minor,
        "currency": entry.currency,
        "counterparty": entry.counterparty,
        "counterparty_account": entry.counterparty_account,
        "reference": entry.reference,
        "end_to_end": entry.end_to_end,
        "bank_reference": entry.bank_reference,
        "text": entry.text,
        "code": entry.code,
        "status": entry.status,
        "is_reversal": entry.is_reversal,
        "charges_minor": entry.charges_minor,
    }
    if entry.return_reason:
        answer["return_reason"] = entry.return_reason
    if entry.group_id:
        answer["group_id"] = entry.group_id
    if entry.original_currency:
        answer["original_minor"] = entry.original_minor
        answer["original_currency"] = entry.original_currency
    if entry.parts:
        answer["parts"] = [
            {
                "amount_minor": part.amount_minor,
                "currency": part.currency,
                "counterparty": part.counterparty,
                "reference": part.reference,
                "end_to_end": part.end_to_end,
                "text": part.text,
            }
            for part in entry.parts
        ]
    return answer
