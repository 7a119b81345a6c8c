"""Control records of Nacha files: counts, entry hash and sums of what the file really holds."""

from collections.abc import Sequence
from dataclasses import dataclass

from dunwell.engine.money import from_minor
from dunwell.formats.bank.fixed_width import Record
from dunwell.formats.bank.statement import StatementFinding

DIGITS_KEPT = 10**10
"""The entry hash keeps the last ten digits of the sum of bank numbers."""
DEBITS = frozenset("56789")
"""Last digit of transaction codes that debit the account (5: reversal of a loan credit)."""
ADVICE_DEBITS = frozenset({"82", "84", "86", "88"})


def is_debit(code: str) -> bool:
    """Return whether a transaction code debits the account the entry names."""
    return code in ADVICE_DEBITS if code[:1] == "8" else code[-1:] in DEBITS


@dataclass(slots=True)
class Counted:
    """What a batch or file holds: entries and addenda, entry hash, sums in cents."""

    records: int = 0
    hash: int = 0
    debit_minor: int = 0
    credit_minor: int = 0

    def take(self, record: Record, addenda: Sequence[Record], *, is_advice: bool) -> None:
        """Count one entry with its addenda. Raises StatementError."""
        self.records += 1 + len(addenda)
        self.hash += record.whole(4, 11, "bank number")
        amount = record.whole(28 if is_advice else 30, 39, "amount")
        if is_debit(record.raw(2, 3)):
            self.debit_minor += amount
        else:
            self.credit_minor += amount

    def join(self, other: "Counted") -> None:
        """Add what a batch counted to what its file counts."""
        self.records += other.records
        self.hash += other.hash
        self.debit_minor += other.debit_minor
        self.credit_minor += other.credit_minor


def control_findings(
    record: Record, counted: Counted, *, what: str, batches: int, is_advice: bool = False
) -> list[StatementFinding]:
    """Return where record 8 or 9 tells other figures than the batch or file holds."""
    fields: list[tuple[str, int, int]]
    if what == "file":
        fields = [("batches", 2, 7), ("records", 14, 21), ("entry hash", 22, 31)]
        # Files of accounting advices (ADV) have sums of 20 digits instead of 12.
        money = ((32, 51), (52, 71)) if record.cut(56, 71) else ((32, 43), (44, 55))
    else:
        fields = [("records", 5, 10), ("entry hash", 11, 20)]
        money = ((21, 40), (41, 60)) if is_advice else ((21, 32), (33, 44))
    held = {
        "batches": batches,
        "records": counted.records,
        "entry hash": counted.hash % DIGITS_KEPT,
    }
    pairs = [(name, record.whole(first, last, name), held[name]) for name, first, last in fields]
    found = [f"{told} {name}, it holds {real}" for name, told, real in pairs if told != real]
    sums = (("debits", counted.debit_minor), ("credits", counted.credit_minor))
    for (first, last), (name, real) in zip(money, sums, strict=True):
        told = record.whole(first, last, f"sum of {name}")
        if told != real:
            found.append(
                f"{from_minor(told, 'USD')} of {name}, it holds {from_minor(real, 'USD')}"
            )
    return [
        StatementFinding(
            code="control_total",
            place=record.place,
            reason=f"the {what} control tells {difference}. Ask the bank for the file again",
            severity="error",
        )
        for difference in found
    ]
