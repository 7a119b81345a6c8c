"""What the command line and the API print of a remittance file: plain values only."""

from typing import Any

from dunwell.formats.remittance.advice import Advice, AdviceLine
from dunwell.formats.remittance.reader import RemittanceFile


def remittance_answer(file: RemittanceFile) -> dict[str, Any]:
    """Return the file as a JSON-ready dictionary; amounts in minor units, days as YYYY-MM-DD."""
    return {
        "format": file.format,
        "advices": [_advice(advice) for advice in file.advices],
        "findings": [_finding(f.code, f.place, f.reason) for f in file.findings],
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
