"""The bank file being recorded, and how its findings are written down."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from dunwell.actions.gate import Actor
from dunwell.formats.bank.statement import StatementFinding
from dunwell.models import BankFile, Company

Finding = dict[str, str]
"""A finding as it is stored: code, place, reason, severity, and who accepted it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """Who records which file of which company, and when."""

    actor: Actor
    company: Company
    file: BankFile
    as_of: date
    at: datetime


def as_found(findings: Iterable[StatementFinding]) -> list[Finding]:
    """Return findings in the form in which statements and files keep them."""
    return [
        {
            "code": one.code,
            "place": one.place[:200],
            "reason": one.reason[:1000],
            "severity": one.severity,
        }
        for one in findings
    ]
