"""Advices inside bank messages: EDI 820 and 823, CTX addenda and structured camt remittance."""

from collections.abc import Iterable

from dunwell.formats.bank.statement import BankFile, Entry
from dunwell.formats.remittance.advice import Advice, AdviceLine


def advices_of(file: BankFile) -> tuple[Advice, ...]:
    """Return an advice for each entry of a bank file that names documents, in its order."""
    return tuple(
        advice_of(entry)
        for statement in file.statements
        for entry in statement.entries
        if entry.items
    )


def advice_of(entry: Entry) -> Advice:
    """Return the documents an entry names as an advice; its total is the entry's amount."""
    lines = tuple(
        AdviceLine(
            item_ref=item.reference,
            amount_minor=item.paid_minor,
            currency=item.currency,
            memo=item.text,
            gross_minor=item.gross_minor,
            discount_minor=item.discount_minor,
            deduction_minor=item.deduction_minor,
            place=entry.place,
        )
        for item in entry.items
    )
    return Advice(
        lines=lines,
        payer=entry.counterparty,
        total_minor=abs(entry.amount_minor),
        references=tuple(_given((entry.reference, entry.end_to_end, entry.bank_reference))),
        currency=entry.currency,
        paid_on=entry.value_on,
        payment_id=entry.bank_reference or entry.end_to_end,
        place=entry.place,
    )


def _given(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))
