"""What a bank file holds: statements and their entries, and the refusal every reader raises."""

from dataclasses import dataclass
from datetime import date

STATUSES = ("booked", "pending", "information")
"""Only booked entries move a balance; pending ones may vanish; the rest is told, not money."""

KINDS = ("statement", "interim", "notification", "remittance")
"""statement: end of day; interim: within the day (camt.052, MT942); notification: camt.054, a
lockbox or returns; remittance: what a payer says it pays. The same money may come in several."""


class StatementError(ValueError):
    """A bank file, or a place in it, cannot be read: which file, where, why and what to do."""

    def __init__(self, file: str, place: str, reason: str) -> None:
        """`place` is empty for the whole file; `reason` says what to do. All are one line."""
        # what a file says is quoted in them, and a cell of a sheet may hold several lines
        file, place, reason = (" ".join(part.splitlines()) for part in (file, place, reason))
        super().__init__(": ".join(part for part in (file, place, reason) if part))
        self.file = file
        self.place = place
        self.reason = reason


@dataclass(frozen=True, kw_only=True, slots=True)
class StatementFinding:
    """Something true of a statement that a person should see; it did not stop the reading.

    `severity` is error, warning or info; `place` names the statement or entry in the file.
    """

    code: str
    place: str
    reason: str
    severity: str = "warning"


@dataclass(frozen=True, kw_only=True, slots=True)
class RemittedItem:
    """One document a payer says it pays, in a remittance advice or a structured reference.

    `paid_minor` is what is paid on it (a credit note < 0), `gross_minor` what it was issued for;
    discount and deduction > 0 lower the gross. None: not told. `kind` is the format's code of the
    document (CINV, CREN, ...), `text` the payer's reason or note.
    """

    reference: str
    currency: str
    paid_minor: int | None = None
    gross_minor: int | None = None
    discount_minor: int | None = None
    deduction_minor: int | None = None
    issued_on: date | None = None
    kind: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One transaction of a collective entry that could not be split into entries of its own.

    `amount_minor` has the sign of money in > 0 and is empty where the bank gives none; it may
    be of another currency than the entry.
    """

    amount_minor: int | None
    currency: str
    counterparty: str = ""
    counterparty_account: str = ""
    reference: str = ""
    end_to_end: str = ""
    bank_reference: str = ""
    mandate: str = ""
    return_reason: str = ""
    text: str = ""
    items: tuple[RemittedItem, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One movement of money: in > 0, out < 0, in minor units of its currency.

    `entry_id` is the same at every delivery of the same entry. `reference` is the best reference
    the payer gave (structured one first, then EndToEndId, then the payer's own); `text` is the
    unstructured remittance text and the bank's booking text. `group_id` is shared by entries that
    the bank booked as one line. `charges_minor` is what the bank kept or charged (> 0 lowers what
    reached us). `original_minor` is the instructed amount before exchange or charges.
    """

    value_on: date
    booked_on: date
    amount_minor: int
    currency: str
    entry_id: str = ""
    counterparty: str = ""
    counterparty_account: str = ""
    counterparty_bank: str = ""
    reference: str = ""
    end_to_end: str = ""
    bank_reference: str = ""
    mandate: str = ""
    cheque_number: str = ""
    text: str = ""
    code: str = ""
    return_reason: str = ""
    is_reversal: bool = False
    status: str = "booked"
    charges_minor: int = 0
    original_minor: int | None = None
    original_currency: str = ""
    group_id: str = ""
    place: str = ""
    parts: tuple[Part, ...] = ()
    items: tuple[RemittedItem, ...] = ()
    details: tuple[tuple[str, str], ...] = ()
    """What else the file says of the entry, as (name in the file, text)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """A run of entries of one account; balances in minor units of `currency`, owed to us > 0.

    `sequence` is the bank's number of the statement (empty: not numbered). `identity` names it
    among those of its account and days where `id` is made anew at every delivery; empty: id and
    sequence do. `kind` is one of KINDS. Balances and dates the file does not tell are None.
    """

    id: str
    account: str
    currency: str
    opening_minor: int | None = None
    closing_minor: int | None = None
    opening_on: date | None = None
    closing_on: date | None = None
    sequence: str = ""
    identity: str = ""
    kind: str = "statement"
    entries: tuple[Entry, ...] = ()
    findings: tuple[StatementFinding, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class BankFile:
    """A bank file as read: the name of its format, its statements and the hash of its bytes."""

    format: str
    statements: tuple[Statement, ...]
    content_sha256: str = ""
    findings: tuple[StatementFinding, ...] = ()

    @property
    def account(self) -> str:
        """Return the account all statements share, or an empty text."""
        accounts = {statement.account for statement in self.statements}
        return accounts.pop() if len(accounts) == 1 else ""
