"""What the command line and the API print of a remittance file: plain values only."""

from collections.abc import Iterable
from typing import Any

from dunwell.formats.remittance.advice import Advice, AdviceLine
from dunwell.formats.remittance.reader import RemittanceFile


def remittance_answer(file: RemittanceFile) -> dict[str, Any]:
    """Return the file as a JSON-ready dictionary; amounts in minor units, days as YYYY-MM-DD."""
    return {
        "format": file.format,
        "advices": advices_answer(file.advices),
        "findings": [_finding(f.code, f.place, f.reason) for f in file.findings],
    }


def advices_answer(advices: Iterable[Advice]) -> list[dict[str, Any]]:
    """Return advices as JSON-ready dictionaries, in their order."""
    return [_advice(advice) for advice in advices]


def as_statements(file: RemittanceFile) -> dict[str, Any]:
    """Return the file in the form of a bank file, with the advices beside the statements.

    Each advice is a statement of kind remittance without balances, each document it pays an
    entry; no money moved by it.
    """
    return {
        "format": file.format,
        "account": "",
        "statements": [
            _as_statement(number, advice) for number, advice in enumerate(file.advices, 1)
        ],
        "advices": advices_answer(file.advices),
        "findings": [_finding(f.code, f.place, f.reason) for f in file.findings],
    }


def _as_statement(number: int, advice: Advice) -> dict[str, Any]:
    name = advice.remittance_id or advice.payment_id or "".join(advice.references[:1])
    paid_on = advice.paid_on.isoformat() if advice.paid_on else None
    return {
        "id": name or str(number),
        "account": "",
        "kind": "remittance",
        "sequence": "",
        "currency": advice.currency,
        "opening_minor": None,
        "closing_minor": None,
        "opening_on": None,
        "closing_on": paid_on,
        "entries": [
            {
                "entry_id": f"{name or number}/{place}",
                "value_on": paid_on,
                "booked_on": paid_on,
                "amount_minor": line.amount_minor,
                "currency": line.currency,
                "counterparty": advice.payer,
                "reference": line.item_ref,
                "text": line.memo,
                "status": "information",
            }
            for place, line in enumerate(advice.lines, 1)
        ],
        "findings": [_finding(f.code, f.place, f.reason) for f in advice.findings],
    }


def _finding(code: str, place: str, reason: str) -> dict[str, str]:
    return {"code": code, "place": place, "reason": reason}


def _advice(advice: Advice) -> dict[str, Any]:
    return {
        "remittance_id": advice.remittance_id,
        "payment_id": advice.payment_id,
        "payer": advice.payer,
        "paid_on": advice.paid_on.isoformat() if advice.paid_on else None,
        "total_minor": advice.total_minor,
        "currency": advice.currency,
        "references": list(advice.references),
        "lines": [_line(line) for line in advice.lines],
        "findings": [_finding(f.code, f.place, f.reason) for f in advice.findings],
    }


def _line(line: AdviceLine) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "item_ref": line.item_ref,
        "amount_minor": line.amount_minor,
        "currency": line.currency,
        "memo": line.memo,
    }
    for name in ("gross_minor", "discount_minor", "deduction_minor"):
        if (value := getattr(line, name)) is not None:
            answer[name] = value
    return answer
