"""The last answers of verifying the books, as kept in the audit trail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dunwell.models import Company, Event
from dunwell.queries.verify import Proof

VERB = "books.verified"


@dataclass(frozen=True, kw_only=True, slots=True)
class VerificationRow:
    """One time the books were verified; `proofs` in the order of the checks."""

    seq: int
    at: datetime
    actor: str
    broken: int
    proofs: tuple[Proof, ...]


def verification_rows(company: Company, *, limit: int = 10) -> tuple[VerificationRow, ...]:
    """Return the last verifications, the newest first."""
    found = Event.objects.filter(company=company, verb=VERB).order_by("-seq")[:limit]
    return tuple(
        VerificationRow(
            seq=event.seq,
            at=event.at,
            actor=event.actor,
            broken=int(event.data.get("broken", 0)),
            proofs=tuple(_proof(row) for row in event.data.get("proofs", [])),
        )
        for event in found
    )


def _proof(row: Mapping[str, object]) -> Proof:
    columns, rows = row.get("columns"), row.get("rows")
    return Proof(
        id=str(row["id"]),
        proves=str(row["proves"]),
        broken=int(str(row["broken"])),
        columns=tuple(str(name) for name in columns) if isinstance(columns, list) else (),
        rows=tuple(tuple(str(cell) for cell in line) for line in rows)
        if isinstance(rows, list)
        else (),
    )
