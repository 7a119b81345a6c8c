"""Payments from booked money of customers, set-based: one payment for each entry that waits."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from django.db import connection

from dunwell.actions.bulk import insert_rows, staged
from dunwell.actions.entries import post_entries
from dunwell.models import BankEntry, Company, Payment
from dunwell.queries.periods import closed_until

METHOD = "bank"
LONGEST_NUMBER = 118
"""Characters of a payment's number, so that the number of its return (`-R`) fits."""
POSTED_AT_ONCE = 10_000
"""Payments whose entry lines are written by one statement; bounds its parameters."""
WAITING: dict[str, pl.DataType | type[pl.DataType]] = {
    "id": pl.Int64,
    "entry_id": pl.String,
    "bank_reference": pl.String,
    "amount_minor": pl.Int64,
    "currency": pl.String,
    "value_on": pl.Date,
    "payer": pl.String,
    "reference": pl.String,
}
_TAKEN = """
SELECT s.number, p.id, p.currency, p.amount_minor,
       CASE WHEN p.reverses_id IS NULL
             AND NOT EXISTS (SELECT 1 FROM dunwell_payment r WHERE r.reverses_id = p.id)
             AND NOT EXISTS (SELECT 1 FROM dunwell_bankentry e WHERE e.payment_id = p.id)
            THEN 1 ELSE 0 END
FROM {staged} s JOIN dunwell_payment p ON p.company_id = %s AND p.number = s.number
"""
_KEYS = """
SELECT s.id, p.id FROM {staged} s
JOIN dunwell_payment p ON p.company_id = %s AND p.number = s.number
"""
_SETTLE = """
UPDATE dunwell_bankentry SET treatment = 'payment', payment_id = s.payment_id
FROM {staged} s WHERE dunwell_bankentry.id = s.id
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Booked:
    """How many entries became new payments, and how many met a payment recorded by hand."""

    added: int
    met: int


def book_entries(*, company: Company, as_of: date, at: datetime) -> Booked:
    """Make payments of all booked entries that wait, as far as their value day has come.

    Numbered by the bank's reference where that is this entry's alone, else by the entry. A
    payment of that number and amount, recorded before by hand or import, is taken for the same
    money. Money of a closed period is booked on the first open day. The caller holds the
    company's lock.
    """
    waiting = _waiting(company, as_of)
    if waiting.is_empty():
        return Booked(added=0, met=0)
    numbered = _numbered(company, waiting)
    fresh = numbered.filter(pl.col("payment_id").is_null())
    insert_rows(
        table="dunwell_payment",
        rows=fresh.select(
            "number",
            "currency",
            "amount_minor",
            "value_on",
            "payer",
            "reference",
            method=pl.lit(METHOD),
            company_id=pl.lit(company.pk, pl.Int64),
            recorded_on=pl.lit(as_of, pl.Date),
            recorded_at=pl.lit(at, pl.Datetime("us", "UTC")),
        ),
    )
    with staged("bank_numbers", fresh.select("id", "number")) as table:
        keys = _fetched(_KEYS.format(staged=table), company)
    payments = [payment for _, payment in keys]
    for begin in range(0, len(payments), POSTED_AT_ONCE):
        post_entries(company=company, payments=payments[begin : begin + POSTED_AT_ONCE])
    met = numbered.filter(pl.col("payment_id").is_not_null()).select("id", "payment_id")
    settled = pl.concat(
        [pl.DataFrame(keys, schema={"id": pl.Int64, "payment_id": pl.Int64}, orient="row"), met]
    )
    with staged("bank_settled", settled) as table, connection.cursor() as cursor:
        cursor.execute(_SETTLE.format(staged=table))
    return Booked(added=fresh.height, met=met.height)


def _waiting(company: Company, as_of: date) -> pl.DataFrame:
    """Return the entries that become payments: booked, waiting, and their day has come."""
    found = BankEntry.objects.filter(
        company=company,
        treatment=BankEntry.Treatment.PENDING,
        status="booked",
        value_on__lte=as_of,
    ).order_by("pk")
    until = closed_until(company)
    first_open = date.min if until is None else until + timedelta(days=1)
    rows = [
        (
            entry.pk,
            entry.entry_id,
            entry.bank_reference,
            entry.amount_minor,
            entry.currency,
            max(entry.value_on, first_open),
            entry.counterparty,
            best_reference(entry),
        )
        for entry in found
    ]
    return pl.DataFrame(rows, schema=WAITING, orient="row")


def best_reference(entry: BankEntry) -> str:
    """Return what a payment says of itself: its reference, else its text, in 400 characters."""
    return (entry.reference or " ".join(entry.text.split()) or entry.end_to_end)[:400]


def _numbered(company: Company, waiting: pl.DataFrame) -> pl.DataFrame:
    """Return the entries with `number`, and with `payment_id` where the payment is known."""
    references = Counter(waiting["bank_reference"])
    wanted = [
        reference if references[reference] == 1 and 0 < len(reference) <= LONGEST_NUMBER else entry
        for entry, reference in waiting.select("entry_id", "bank_reference").iter_rows()
    ]
    tried = waiting.with_columns(number=pl.Series(wanted, dtype=pl.String))
    with staged("bank_wanted", tried.select("number")) as table:
        taken = {row[0]: row[1:] for row in _fetched(_TAKEN.format(staged=table), company)}
    numbers, keys = [], []
    for row in tried.iter_rows(named=True):
        number, payment = row["number"], None
        if number in taken:
            key, currency, amount, is_free = taken[number]
            if is_free and (currency, amount) == (row["currency"], row["amount_minor"]):
                payment = key
            else:
                number = row["entry_id"]
        numbers.append(number)
        keys.append(payment)
    return tried.with_columns(
        number=pl.Series(numbers, dtype=pl.String), payment_id=pl.Series(keys, dtype=pl.Int64)
    )


def free_number(company: Company, wanted: str) -> str:
    """Return a number that no payment of the company bears: the wanted one, or with a count."""
    number, count = wanted, 1
    while Payment.objects.filter(company=company, number__in=(number, f"{number}-R")).exists():
        count += 1
        number = f"{wanted}-{count}"
    return number


def _fetched(statement: str, company: Company) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [company.pk])
        return list(cursor.fetchall())
