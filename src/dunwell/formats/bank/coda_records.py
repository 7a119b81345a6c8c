"""CODA movements (records 2 and 3) put together from their parts, and their communications."""

from dataclasses import dataclass, field
from datetime import date

from dunwell.formats.bank.fixed_width import Record
from dunwell.formats.bank.references import is_belgian

DECIMALS = 3
"""CODA writes amounts with three decimals in every currency."""
BELGIAN_TYPES = frozenset({"101", "102"})
DIRECT_DEBIT = "127"
PARTY = "001"
"""Information record with name and address of the other side."""
SDD_REASONS = {
    "1": "insufficient funds",
    "2": "account blocked",
    "3": "no mandate",
    "4": "refused",
    "9": "other",
}


@dataclass(slots=True)
class Movement:
    """One movement as its records tell it; amounts in minor units, in > 0, out < 0."""

    place: str
    sequence: str
    detail: str
    bank_reference: str
    amount_minor: int
    value_on: date | None
    booked_on: date | None
    code: str
    structured: str
    text: str
    customer_reference: str = ""
    counterparty: str = ""
    account: str = ""
    bank: str = ""
    returned: str = ""
    reason: str = ""
    purpose: str = ""
    address: str = ""
    is_about_party: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def communication(self) -> str:
        """Return the free communication, white space settled."""
        return "" if self.structured else " ".join(self.text.split())


def read_movement(record: Record, currency: str) -> Movement:
    """Return record 2.1 as a movement. Raises StatementError."""
    sign = record.raw(32, 32)
    if sign not in {"0", "1"}:
        raise record.refuse(
            f"the sign '{sign}' is neither 0 (credit) nor 1 (debit). Ask the bank for the file"
        )
    amount = record.amount(33, 47, currency, decimals=DECIMALS)
    text = record.raw(63, 115)
    is_structured = record.raw(62, 62) == "1"
    return Movement(
        place=record.place,
        sequence=record.raw(3, 6),
        detail=record.raw(7, 10),
        bank_reference=record.cut(11, 31),
        amount_minor=-amount if sign == "1" else amount,
        value_on=record.day(48, 53, order="dmy"),
        booked_on=record.day(116, 121, order="dmy"),
        code=record.cut(54, 61),
        structured=text[:3] if is_structured else "",
        text=text[3:] if is_structured else text,
    )


def continue_movement(movement: Movement, record: Record) -> None:
    """Add record 2.2 or 2.3 to its movement. Raises StatementError when it belongs to another."""
    if (record.raw(3, 6), record.raw(7, 10)) != (movement.sequence, movement.detail):
        raise record.refuse(
            f"the record continues movement {record.raw(3, 6)}/{record.raw(7, 10)}, but follows "
            f"{movement.sequence}/{movement.detail}. Ask the bank for the file again"
        )
    if record.raw(2, 2) == "2":
        movement.text += record.raw(11, 63)
        movement.customer_reference = record.cut(64, 98)
        movement.bank = record.cut(99, 109)
        movement.returned = record.cut(113, 113)
        movement.reason = record.cut(114, 117)
        movement.purpose = record.cut(122, 125)
        return
    movement.account = record.cut(11, 44).split(" ")[0]
    movement.counterparty = record.cut(48, 82)
    movement.text += record.raw(83, 125)


def inform_movement(movement: Movement, record: Record) -> None:
    """Add what records 3.1 to 3.3 tell: the counterparty's name and address, or a note."""
    article = record.raw(2, 2)
    text = {"1": record.raw(41, 113), "2": record.raw(11, 115), "3": record.raw(11, 100)}[article]
    if article == "1":
        is_structured = record.raw(40, 40) == "1"
        movement.is_about_party = is_structured and text[:3] == PARTY
        text = text[3:] if is_structured else text
    told = " ".join(text.split())
    if not told:
        return
    if not movement.is_about_party:
        movement.notes.append(told)
    elif article == "1":
        movement.counterparty = movement.counterparty or told
    else:
        movement.address = " ".join(part for part in (movement.address, told) if part)


def belgian_reference(movement: Movement) -> str:
    """Return the Belgian structured communication as printed, or an empty text."""
    digits = movement.text[:12]
    if movement.structured in BELGIAN_TYPES and is_belgian(digits):
        return f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++"
    return ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DirectDebit:
    """What communication 127 says of a European direct debit."""

    mandate: str
    creditor: str
    communication: str
    reason: str


def direct_debit(movement: Movement) -> DirectDebit | None:
    """Return the direct debit of communication 127, or None for any other."""
    if movement.structured != DIRECT_DEBIT:
        return None
    text = movement.text.ljust(145)
    return DirectDebit(
        creditor=text[9:44].strip(),
        mandate=text[44:79].strip(),
        communication=" ".join(text[79:141].split()),
        reason=text[142:146].strip() or SDD_REASONS.get(text[8:9], ""),
    )
