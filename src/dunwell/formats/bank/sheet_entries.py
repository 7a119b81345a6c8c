"""One row of a bank sheet as an entry: texts by field, money and days already read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dunwell.formats.bank.references import given, structured_reference
from dunwell.formats.bank.sheet_words import STATUS_WORDS
from dunwell.formats.bank.statement import Entry
from dunwell.formats.words import plain_words

TEXTS = (
    *("counterparty", "counterparty_account", "counterparty_bank", "reference", "end_to_end"),
    *("bank_reference", "mandate", "cheque", "code", "status"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetRow:
    """What is read of a row: amounts in minor units, in > 0; `texts` by field of a profile."""

    place: str
    booked_on: date
    value_on: date
    amount_minor: int
    currency: str
    texts: Mapping[str, str]
    notes: Sequence[str]
    details: Sequence[tuple[str, str]]
    charges_minor: int = 0
    original_minor: int | None = None
    original_currency: str = ""


def sheet_entry(row: SheetRow) -> Entry:
    """Return the row as an entry; the reference is a proven structured one, else the payer's."""
    told = {name: " ".join(row.texts.get(name, "").split()) for name in TEXTS}
    text = "\n".join(dict.fromkeys(note for note in row.notes if note))
    end_to_end = given(told["end_to_end"])
    return Entry(
        value_on=row.value_on,
        booked_on=row.booked_on,
        amount_minor=row.amount_minor,
        currency=row.currency,
        counterparty=told["counterparty"],
        counterparty_account=told["counterparty_account"].replace(" ", ""),
        counterparty_bank=told["counterparty_bank"],
        reference=structured_reference(f"{told['reference']} {text}")
        or given(told["reference"])
        or end_to_end,
        end_to_end=end_to_end,
        bank_reference=told["bank_reference"],
        mandate=told["mandate"],
        cheque_number=told["cheque"],
        text=text,
        code=told["code"],
        status=STATUS_WORDS.get(plain_words(told["status"]), "booked"),
        charges_minor=row.charges_minor,
        original_minor=row.original_minor,
        original_currency=row.original_currency,
        place=row.place,
        details=tuple(row.details),
    )
