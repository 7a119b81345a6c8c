"""Realised exchange differences: of what is not in a journal yet, and as journals booked them."""

# every value is a parameter; what is put together here are our own pieces of SQL
# ruff: noqa: S608

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth

from dunwell.engine.realised_fx import Realised, Settling, Worth, home_values, realised
from dunwell.models import Allocation, Company, EntryLine, JournalLine
from dunwell.queries.frames import day, fx_frame, read_rows
from dunwell.queries.kept_sums import of_large
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

_TEXT, _INT, _DAY = pl.String, pl.Int64, pl.Int32
# An allocation touches a foreign currency on either side, and no journal has it yet.
_PENDING = """
SELECT a.id, a.item_id, a.payment_id
FROM dunwell_allocation a JOIN dunwell_item i ON i.id = a.item_id
JOIN dunwell_entryline e ON e.source = 'allocation' AND e.source_id = a.id
  AND e.account = 'receivable'
LEFT JOIN dunwell_journalline r ON r.line_id = e.id
WHERE a.company_id = %(company)s AND a.applied_on <= %(until)s AND r.id IS NULL
  AND (i.currency <> %(home)s OR a.paid_minor IS NOT NULL)
"""
_SETTLINGS = f"""
WITH pending AS ({_PENDING})
SELECT a.id, a.item_id, a.amount_minor, a.payment_id, a.paid_minor, a.counter_item_id,
       a.reverses_id, -ri.home_minor, rs.home_minor,
       CASE WHEN ri.id IS NULL AND a.applied_on <= %(until)s THEN 1 ELSE 0 END
FROM dunwell_allocation a
LEFT JOIN dunwell_entryline ei ON ei.source = 'allocation' AND ei.source_id = a.id
  AND ei.account = 'receivable'
LEFT JOIN dunwell_journalline ri ON ri.line_id = ei.id
LEFT JOIN dunwell_entryline es ON es.source = 'allocation' AND es.source_id = a.id
  AND es.account IN ('unapplied', 'netting')
LEFT JOIN dunwell_journalline rs ON rs.line_id = es.id
WHERE a.company_id = %(company)s
  AND (a.item_id IN (SELECT item_id FROM pending)
    OR a.payment_id IN (SELECT payment_id FROM pending WHERE payment_id IS NOT NULL))
ORDER BY a.id
"""
_SETTLING_TYPES = dict.fromkeys(
    (
        "allocation_id", "item_id", "amount_minor", "payment_id", "paid_minor", "counter_item_id",
        "reverses_id", "item_booked_minor", "source_booked_minor", "is_asked",
    ),
    _INT,
)  # fmt: skip
# What is settled by a pending allocation, and what is not in a journal itself.
_ITEMS = f"""
WITH pending AS ({_PENDING})
SELECT i.id, i.currency, i.amount_minor, {{issued}}, NULL, r.home_minor
FROM dunwell_item i
LEFT JOIN dunwell_entryline e ON e.source = 'item' AND e.source_id = i.id
  AND e.account = 'receivable'
LEFT JOIN dunwell_journalline r ON r.line_id = e.id
WHERE i.company_id = %(company)s AND (
    (i.currency <> %(home)s AND r.id IS NULL AND i.issued_on <= %(until)s)
 OR i.id IN (SELECT s.item_id FROM dunwell_allocation s
             WHERE s.item_id IN (SELECT item_id FROM pending)
                OR s.payment_id IN (SELECT payment_id FROM pending)))
"""
_PAYMENTS = f"""
WITH pending AS ({_PENDING})
SELECT p.id, p.currency, p.amount_minor, {{value}}, p.reverses_id, -r.home_minor
FROM dunwell_payment p
LEFT JOIN dunwell_entryline e ON e.source = 'payment' AND e.source_id = p.id
  AND e.account = 'unapplied'
LEFT JOIN dunwell_journalline r ON r.line_id = e.id
WHERE p.company_id = %(company)s AND (
    (p.currency <> %(home)s AND r.id IS NULL AND p.value_on <= %(until)s)
 OR p.id IN (SELECT s.payment_id FROM dunwell_allocation s
             WHERE s.payment_id IS NOT NULL
               AND (s.item_id IN (SELECT item_id FROM pending)
                 OR s.payment_id IN (SELECT payment_id FROM pending)))
 OR p.id IN (SELECT b.reverses_id FROM dunwell_payment b
             WHERE b.company_id = %(company)s AND b.reverses_id IS NOT NULL
               AND b.currency <> %(home)s))
"""
_WORTH_TYPES = {
    "id": _INT, "currency": _TEXT, "amount_minor": _INT, "day": _DAY, "reverses_id": _INT,
    "booked_minor": _INT,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class MissingRate:
    """A currency without a rate on or before a day on which something is dated."""

    currency: str
    on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Unposted:
    """Values in the company's currency of what no journal has yet, by key.

    `items` and `payments` are worth at the rate of their day, a return what its payment was
    (they include what the allocations settle); `allocations` took parts of them. `missing`
    names the rates that would be guessed.
    """

    items: Mapping[int, Worth]
    payments: Mapping[int, Worth]
    allocations: tuple[Realised, ...]
    missing: tuple[MissingRate, ...]


def unposted(company: Company, *, until_on: date) -> Unposted:
    """Return the values of foreign items, payments and allocations of no journal, by a day."""
    asked: dict[str, int | str] = {
        "company": company.pk,
        "home": company.currency,
        "until": until_on.isoformat(),
    }
    rates = fx_frame(company)
    items = _valued(_ITEMS.format(issued=day("i.issued_on")), asked, rates, company)
    payments = _returned(_valued(_PAYMENTS.format(value=day("p.value_on")), asked, rates, company))
    rows = read_rows(_SETTLINGS, asked, _SETTLING_TYPES)
    worth = [
        {
            key: Worth(amount_minor=amount, home_minor=home)
            for key, amount, home in frame.select("id", "amount_minor", "home_minor").iter_rows()
        }
        for frame in (items, payments)
    ]
    settled = realised(
        (Settling(**row) for row in rows.drop("is_asked").iter_rows(named=True)),
        items=worth[0],
        payments=worth[1],
    )
    asked_for = set(rows.filter(pl.col("is_asked") == 1)["allocation_id"])
    return Unposted(
        items=worth[0],
        payments=worth[1],
        allocations=tuple(row for row in settled if row.allocation_id in asked_for),
        missing=_missing(items, payments, until_on=until_on),
    )


def _valued(
    query: str, asked: Mapping[str, int | str], rates: nw.LazyFrame, company: Company
) -> pl.DataFrame:
    """Return items or payments with `home_minor`: as a journal froze it, else by the rate."""
    rows = read_rows(query, asked, _WORTH_TYPES)
    valued = home_values(nw.from_native(rows.lazy()), rates, home=company.currency, day="day")
    native: pl.LazyFrame = nw.to_native(valued)
    return native.with_columns(home_minor=pl.coalesce("booked_minor", "home_minor")).collect()


def _returned(payments: pl.DataFrame) -> pl.DataFrame:
    """Return payments, a return worth what its payment was: it undoes it at its own rate."""
    originals = payments.select(reverses_id="id", of_minor="home_minor")
    is_return = pl.col("reverses_id").is_not_null() & pl.col("booked_minor").is_null()
    return payments.join(
        originals, on="reverses_id", how="left", maintain_order="left"
    ).with_columns(home_minor=pl.when(is_return).then(-pl.col("of_minor")).otherwise("home_minor"))


def _missing(*frames: pl.DataFrame, until_on: date) -> tuple[MissingRate, ...]:
    dated = pl.concat(
        [f.select("currency", "home_minor", pl.col("day").cast(pl.Date)) for f in frames]
    )
    found = dated.filter(pl.col("home_minor").is_null(), pl.col("day") <= until_on).drop(
        "home_minor"
    )
    return tuple(
        MissingRate(currency=currency, on=on)
        for currency, on in found.unique().sort("day", "currency").iter_rows()
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class FxMonth:
    """Exchange differences of one month as journals booked them; a gain is above 0."""

    month_on: date
    allocations: int
    gain_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FxRow:
    """The exchange difference of one allocation; amounts in their own currencies, gain at home."""

    allocation_id: int
    item_id: int
    item: str
    customer_id: int
    customer: str
    currency: str
    amount_minor: int
    payment_id: int | None
    payment: str
    paid_currency: str
    paid_minor: int | None
    booked_on: date
    gain_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FxPending:
    """Exchange differences no journal has yet, and the rates missing to know them all."""

    allocations: int
    gain_minor: int
    missing: tuple[MissingRate, ...]


@of_large
def fx_months(company: Company) -> tuple[FxMonth, ...]:
    """Return what journals booked on exchange differences per month, the newest first."""
    found = (
        _booked(company)
        .annotate(month=TruncMonth("posted_on"))
        .order_by("-month")
        .values_list("month")
        .annotate(total=Sum("home_minor"), n=Count("key", distinct=True))
    )
    return tuple(FxMonth(month_on=on, allocations=n, gain_minor=-total) for on, total, n in found)


def fx_rows(
    company: Company, *, month_on: date, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[FxRow]:
    """Return one page of the allocations of a month that realised something, in order of key.

    `month_on` is any day of the month. Their gains sum to the month's.
    """
    limit = page_limit(limit)
    found: Any = _booked(company)  # the types do not know of `key`
    found = found.filter(posted_on__year=month_on.year, posted_on__month=month_on.month)
    if cursor:
        found = found.filter(after(cursor, ("key",), (int,)))
    gains: list[tuple[int, int]] = list(
        found.order_by("key").values_list("key").annotate(total=Sum("home_minor"))[: limit + 1]
    )
    rows = Allocation.objects.select_related("item__customer", "payment").in_bulk(
        [key for key, _ in gains]
    )
    return page_of(
        [_fx_row(rows[key], -total) for key, total in gains],
        limit=limit,
        key=lambda row: (row.allocation_id,),
    )


@of_large
def fx_pending(company: Company, *, as_of: date) -> FxPending:
    """Return what has been realised by a day and is in no journal yet."""
    found = unposted(company, until_on=as_of)
    gains = [row.gain_minor for row in found.allocations if row.gain_minor]
    return FxPending(allocations=len(gains), gain_minor=sum(gains), missing=found.missing)


def _booked(company: Company) -> QuerySet[JournalLine]:
    """Return the journals' lines on exchange differences, `key` naming their allocation."""
    return JournalLine.objects.filter(
        journal__company=company, account=EntryLine.Account.FX
    ).annotate(key=Coalesce("allocation_id", "line__source_id"))


def _fx_row(row: Allocation, gain_minor: int) -> FxRow:
    return FxRow(
        allocation_id=row.pk,
        item_id=row.item_id,
        item=row.item.number,
        customer_id=row.item.customer_id,
        customer=row.item.customer.name,
        currency=row.item.currency,
        amount_minor=row.amount_minor,
        payment_id=row.payment_id,
        payment=row.payment.number if row.payment else "",
        paid_currency=row.payment.currency if row.payment else "",
        paid_minor=row.paid_minor,
        booked_on=row.applied_on,
        gain_minor=gain_minor,
    )
