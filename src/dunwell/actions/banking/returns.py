"""Money that went out: a payment the bank took back, a refund that waits, or nothing of ours."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from dunwell.actions.banking.reading import Reading
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.payments import reverse_payment
from dunwell.models import BankEntry, Payment

_AMOUNT = """(p.amount_minor = -e.amount_minor
    OR p.amount_minor = -e.amount_minor - e.charges_minor
    OR p.amount_minor = ABS(COALESCE(e.original_minor, 0)))"""
"""What went out is the payment, with or without what the bank charged for it."""
_ALIVE = """p.currency = e.currency AND p.amount_minor > 0
    AND NOT EXISTS (SELECT 1 FROM dunwell_payment r WHERE r.reverses_id = p.id)"""
_OURS = """e.company_id = %(company)s AND e.statement_id IN
    (SELECT id FROM dunwell_bankstatement WHERE file_id = %(file)s)
    AND e.status = 'booked' AND e.treatment IN ('open', 'other')"""
_RETURNED = f"""
WITH gone AS MATERIALIZED (
    SELECT id, company_id, currency, amount_minor, charges_minor, original_minor, end_to_end,
           bank_reference, booked_on
    FROM dunwell_bankentry e WHERE {_OURS} AND e.amount_minor < 0)
SELECT DISTINCT e.id, p.id FROM gone e
JOIN dunwell_bankentry o ON o.company_id = e.company_id AND o.end_to_end = e.end_to_end
 AND o.payment_id IS NOT NULL AND o.id <> e.id AND o.booked_on <= e.booked_on
JOIN dunwell_payment p ON p.id = o.payment_id
WHERE e.end_to_end <> '' AND {_AMOUNT} AND {_ALIVE}
UNION
SELECT DISTINCT e.id, p.id FROM gone e
JOIN dunwell_bankentry o ON o.company_id = e.company_id AND o.bank_reference = e.bank_reference
 AND o.payment_id IS NOT NULL AND o.id <> e.id AND o.booked_on <= e.booked_on
JOIN dunwell_payment p ON p.id = o.payment_id
WHERE e.bank_reference <> '' AND {_AMOUNT} AND {_ALIVE}
UNION
SELECT e.id, p.id FROM gone e
JOIN dunwell_debit d ON d.end_to_end = e.end_to_end AND d.status IN ('sent', 'paid')
JOIN dunwell_payment p ON p.id = d.payment_id AND p.company_id = e.company_id
WHERE e.end_to_end <> '' AND {_AMOUNT} AND {_ALIVE}
"""  # noqa: S608  put together from the texts above
"""What went out is found first: PostgreSQL, which knows nothing of rows this new, compared each
entry of the file with each."""
_REFUNDS = f"""
UPDATE dunwell_bankentry SET treatment = 'open' WHERE id IN (
    SELECT e.id FROM dunwell_bankentry e JOIN dunwell_refund f
      ON f.company_id = e.company_id AND f.status = 'approved'
     AND f.currency = e.currency AND f.amount_minor = -e.amount_minor
    WHERE {_OURS} AND e.treatment = 'other'
)
"""  # noqa: S608  put together from the texts above


@dataclass(frozen=True, kw_only=True, slots=True)
class Outgoing:
    """Entries that may be returns: those certain, by entry, and those with several payments."""

    certain: dict[int, int]
    doubtful: frozenset[int]


def settle_outgoing(reading: Reading) -> int:
    """Take back the payments that the file's entries return for certain; return how many.

    Certain is: the end-to-end or bank reference and the amount are those of exactly one payment
    that still stands. Several such payments, and money that equals an approved refund, stay open
    for a person; other money that went out is not a customer's.
    """
    parameters = {"company": reading.company.pk, "file": reading.file.pk}
    found = _found(parameters)
    doubtful = set(found.doubtful)
    for entry_id, payment_id in sorted(found.certain.items()):
        try:
            with transaction.atomic():
                take_back(
                    by=reading.actor,
                    entry=BankEntry.objects.get(pk=entry_id),
                    payment=Payment.objects.get(pk=payment_id),
                    as_of=reading.as_of,
                    at=reading.at,
                )
        except Refused:
            doubtful.add(entry_id)
    BankEntry.objects.filter(pk__in=doubtful).update(treatment=BankEntry.Treatment.OPEN)
    with connection.cursor() as cursor:
        cursor.execute(_REFUNDS, parameters)
    return len(found.certain) - len(doubtful & found.certain.keys())


def take_back(*, by: Actor, entry: BankEntry, payment: Payment, as_of: date, at: datetime) -> None:
    """Reverse the payment that an entry returns, and say so at the entry.

    Raises Refused where the payment cannot be reversed. Who may record what the bank says may
    take back what the bank took back.
    """
    told = entry.return_reason or " ".join(entry.text.split())
    reason = f"returned by the bank on {entry.booked_on}: {told}"[:300].rstrip(": ")
    reverse_payment(
        actor=replace(by, rights=by.rights | {"payment.reverse"}),
        payment=payment,
        reason=reason,
        as_of=as_of,
        at=at,
    )
    BankEntry.objects.filter(pk=entry.pk).update(
        treatment=BankEntry.Treatment.RETURN, payment=payment
    )


def _found(parameters: dict[str, int]) -> Outgoing:
    pairs: dict[int, set[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_RETURNED, parameters)
        rows: list[tuple[Any, ...]] = list(cursor.fetchall())
    for entry_id, payment_id in rows:
        pairs.setdefault(entry_id, set()).add(payment_id)
    claimed: dict[int, int] = {}
    for payments in pairs.values():
        for payment_id in payments:
            claimed[payment_id] = claimed.get(payment_id, 0) + 1
    certain = {
        entry_id: next(iter(payments))
        for entry_id, payments in pairs.items()
        if len(payments) == 1 and claimed[next(iter(payments))] == 1
    }
    return Outgoing(certain=certain, doubtful=frozenset(pairs.keys() - certain.keys()))
