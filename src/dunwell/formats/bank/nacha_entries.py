"""Entries of Nacha batches with their addenda: remittance items, returns and changes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from dunwell.formats.bank.fixed_width import Record
from dunwell.formats.bank.nacha_controls import is_debit
from dunwell.formats.bank.references import given
from dunwell.formats.bank.statement import Entry, RemittedItem, StatementError
from dunwell.formats.bank.x12 import remitted_items, x12_segments

RETURN, CHANGE, REMITTANCE = "99", "98", "05"
PRENOTES = frozenset("389")
ZERO = "4"
COUNTED = frozenset({"CTX", "TRX", "ENR", "ATX"})
"""Batches whose entries tell the number of their addenda before a shorter receiver name."""
CHEQUES = frozenset({"ARC", "BOC", "POP", "RCK", "XCK", "TRC"})
NO_NAME = frozenset({"IAT", "SHR", "TRC", "XCK"})
DISPUTED = frozenset(
    {"R61", "R67", "R68", "R69", "R70", "R71", "R72", "R73", "R74", "R75", "R76", "R77"}
)
"""Dishonoured returns and their contests: the file does not tell who gets the money."""
_EDI = re.compile(r"[A-Z][A-Z0-9]{1,2}[^\w\s.,:#-]")
_DOCUMENT = re.compile(r"RMR[^\w\s.,:#-]")
"""Addenda begin with an EDI segment, and one names a document."""


@dataclass(slots=True)
class EntryRecord:
    """Record 6 with its records 7."""

    record: Record
    addenda: list[Record] = field(default_factory=list)

    @property
    def returned(self) -> list[Record]:
        """Return the addenda that say why the entry came back, in their order."""
        return [one for one in self.addenda if one.raw(2, 3) == RETURN]

    def account(self, kind: str) -> str:
        """Return the account the entry names; IAT and ADV keep it elsewhere."""
        if kind == "IAT":
            return self.record.cut(40, 74)
        return self.record.cut(13, 27) if kind == "ADV" else self.record.cut(13, 29)


@dataclass(slots=True)
class Batch:
    """A batch header with its entries; `day` is the settlement or effective day."""

    record: Record
    kind: str
    company: str
    company_id: str
    description: str
    day: date | None
    currency: str
    entries: list[EntryRecord]


def entry_of(one: EntryRecord, batch: Batch) -> Entry:
    """Return an entry; returns name the debtor as counterparty, other entries the company.

    Prenotifications, zero-dollar entries, notices of change and disputed returns are information.
    Raises StatementError.
    """
    record = one.record
    code = record.raw(2, 3)
    if not (code.isascii() and code.isdigit()):
        raise record.refuse(f"the transaction code '{code}' is not a number. Ask the bank")
    if batch.day is None:
        raise record.refuse("neither the batch nor the file tells a day. Ask the bank")
    amount = record.whole(28 if batch.kind == "ADV" else 30, 39, "amount")
    returned, changed = one.returned, [a for a in one.addenda if a.raw(2, 3) == CHANGE]
    sign = -1 if is_debit(code) else 1
    name, account = _receiver(one, batch.kind), one.account(batch.kind)
    text, items = _remittance(one, batch)
    number = given(_number(record, batch.kind))
    reason = returned[-1].cut(4, 6) if returned else (changed[0].cut(4, 6) if changed else "")
    is_money = amount and code[-1] not in PRENOTES | {ZERO} and not changed
    is_money = is_money and reason not in DISPUTED
    return Entry(
        value_on=batch.day,
        booked_on=batch.day,
        amount_minor=sign * amount,
        currency=batch.currency,
        counterparty=name if returned else (batch.company or _foreign(one)),
        counterparty_account=account if returned else "",
        counterparty_bank=record.cut(4, 11),
        reference=items[0].reference if len(items) == 1 else number,
        end_to_end=number,
        bank_reference=_trace(one, batch),
        cheque_number=number if batch.kind in CHEQUES else "",
        text=text,
        code=f"{batch.kind} {code}".strip(),
        return_reason=reason,
        is_reversal=bool(returned),
        status="booked" if is_money else "information",
        place=record.place,
        items=items,
        details=_details(one, batch, name, account),
    )


def _trace(one: EntryRecord, batch: Batch) -> str:
    """Return the trace number; of a return, the original entry's, by which it is found again."""
    if one.returned:
        return one.returned[0].cut(7, 21)
    return "" if batch.kind == "ADV" else one.record.cut(80, 94)


def _number(record: Record, kind: str) -> str:
    """Return the payer's number: invoice, cheque or identification, by kind of batch."""
    places = {"ADV": (1, 0), "IAT": (1, 0), "CIE": (55, 76), "SHR": (44, 54), "POP": (40, 48)}
    return record.cut(*places.get(kind, (40, 54)))


def _receiver(one: EntryRecord, kind: str) -> str:
    """Return the name of the account's holder, where the kind of batch has one."""
    record = one.record
    if kind == "IAT":
        return next((a.cut(47, 81) for a in one.addenda if a.raw(2, 3) == "10"), "")
    if kind in NO_NAME:
        return ""
    if kind == "CIE":
        return record.cut(40, 54)
    if kind in COUNTED and record.cut(55, 58).isdigit():
        return record.cut(59, 74)
    return record.cut(55, 76)


def _foreign(one: EntryRecord) -> str:
    """Return the originator of an IAT entry, which its second addendum names."""
    return next((a.cut(4, 38) for a in one.addenda if a.raw(2, 3) == "11"), "")


def _remittance(one: EntryRecord, batch: Batch) -> tuple[str, tuple[RemittedItem, ...]]:
    """Return text and documents of the addenda: EDI segments where they hold such."""
    pieces = [a.raw(4, 83) for a in one.addenda if a.raw(2, 3) == REMITTANCE]
    if batch.kind == "IAT":
        pieces = [a.raw(4, 83) for a in one.addenda if a.raw(2, 3) == "17"]
    whole = "".join(pieces).strip()
    notes = [a.cut(36, 79) for a in one.returned]
    items = _items(whole, one.record, batch.currency)
    text = whole if items else " ".join(" ".join(piece.split()) for piece in pieces)
    return "\n".join(part for part in (" ".join(text.split()), *notes) if part), items


def _items(text: str, record: Record, currency: str) -> tuple[RemittedItem, ...]:
    """Return the documents of EDI segments in addenda; payers write much else there: then none."""
    if not _EDI.match(text) or not _DOCUMENT.search(text):
        return ()
    try:
        return remitted_items(x12_segments(text, name=record.file), currency)
    except StatementError:
        return ()


def _details(
    one: EntryRecord, batch: Batch, name: str, account: str
) -> tuple[tuple[str, str], ...]:
    told: Sequence[tuple[str, str]] = (
        ("receiver", name),
        ("receiver account", account),
        ("company", batch.company),
        ("company id", batch.company_id),
        ("description", batch.description),
        ("discretionary data", batch.record.cut(21, 40) if batch.kind != "IAT" else ""),
        *(
            (_round(number), f"{a.cut(4, 6)} {a.cut(7, 21)}".strip())
            for number, a in enumerate(one.returned)
        ),
        *(("corrected data", a.cut(36, 64)) for a in one.addenda if a.raw(2, 3) == CHANGE),
    )
    return tuple((key, value) for key, value in told if value)


def _round(number: int) -> str:
    """Return what the first, second and third return addendum of an entry are called."""
    names = ("return", "dishonoured return", "contested dishonoured return")
    return names[min(number, len(names) - 1)]
