"""The book a provision is measured on: every open part of every item as of a day."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.calendars import day_date, day_number
from dunwell.engine.items import open_items, unapplied
from dunwell.engine.money import part
from dunwell.engine.provisions import discount, rounded, shares
from dunwell.engine.provisions_policy import ProvisionsPolicy
from dunwell.engine.retentions import Held, parts_of
from dunwell.models import Company, Cover, Retention
from dunwell.queries.dated_rates import rates_on
from dunwell.queries.frames import customers_frame
from dunwell.queries.provision_history import native
from dunwell.queries.whole_ledger import whole_allocations, whole_items, whole_payments

PPM = 1_000_000
EVERYBODY = "all"
"""The pool's name where there is one pool only."""
RETAINED = "retained"
"""The bucket of parts that are due later than their item."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BookFrames:
    """Items, allocations, customers' pools and rates to the home currency, read once."""

    items: pl.DataFrame
    allocations: pl.DataFrame
    payments: pl.DataFrame
    pools: pl.DataFrame
    rates: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class BookPart:
    """An open part of an item in minor units of its currency.

    `covered_minor` is what credit and covers take off; `base_minor` the rest, worth today.
    """

    item_id: int
    customer_id: int
    pool: str
    bucket: str
    currency: str
    days_past_due: int
    gross_minor: int
    covered_minor: int
    base_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Book:
    """All parts, what customers have in credit per currency, and currencies without a rate."""

    parts: tuple[BookPart, ...]
    credit_minor: Mapping[str, int]
    missing: tuple[str, ...]


def book_frames(company: Company, *, policy: ProvisionsPolicy, as_of: date) -> BookFrames:
    """Read what a provision needs of the ledger; five queries."""
    customers = native(customers_frame(company))
    pool = {"segment": pl.col("segment"), "country": pl.col("country")}.get(
        policy.pool_by, pl.lit(EVERYBODY)
    )
    items = native(whole_items(company))
    rates = rates_on(company, items["currency"].unique().to_list(), as_of=as_of)
    return BookFrames(
        items=items,
        allocations=native(whole_allocations(company)),
        payments=native(whole_payments(company)),
        pools=customers.select(
            "customer_id",
            pool=pl.when(pool == "").then(pl.lit("-")).otherwise(pool),
        ),
        rates={company.currency: PPM, **{code: rate.rate_ppm for code, rate in rates.items()}},
    )


def provision_book(
    company: Company, frames: BookFrames, *, policy: ProvisionsPolicy, as_of: date
) -> Book:
    """Return every open part as of a day; two queries more."""
    opened = _opened(frames, as_of=as_of)
    owed = opened.filter(pl.col("open_minor") > 0).sort("customer_id", "due_day", "item_id")
    credit = _credit(frames, opened, as_of=as_of)
    covers = _covers(company, as_of=as_of) if policy.counts_covers else {}
    held = _held(company, as_of=as_of)
    found: list[BookPart] = []
    by_customer: dict[int, list[Mapping[str, int | str]]] = defaultdict(list)
    for one in owed.iter_rows(named=True):
        by_customer[one["customer_id"]].append(one)
    for customer_id, rows in by_customer.items():
        taken = _taken(rows, credit, covers.get(customer_id, ()), frames.rates)
        for row, covered in zip(rows, taken, strict=True):
            found += _parts(row, covered, held, policy, as_of=as_of)
    totals: dict[str, int] = defaultdict(int)
    for (_, currency), minor in credit.items():
        totals[currency] += minor
    missing = sorted(set(owed["currency"].unique()) - set(frames.rates))
    return Book(parts=tuple(found), credit_minor=dict(totals), missing=tuple(missing))


def _opened(frames: BookFrames, *, as_of: date) -> pl.DataFrame:
    opened = open_items(
        nw.from_native(frames.items.lazy()), nw.from_native(frames.allocations.lazy()), as_of=as_of
    )
    return (
        native(opened)
        .filter(pl.col("issued_day") <= day_number(as_of))
        .join(frames.pools, on="customer_id")
    )


def _credit(
    frames: BookFrames, opened: pl.DataFrame, *, as_of: date
) -> dict[tuple[int, str], int]:
    """Return what each customer has in credit notes and unused money, per currency."""
    unused = native(
        unapplied(
            nw.from_native(frames.payments.lazy()),
            nw.from_native(frames.allocations.lazy()),
            as_of=as_of,
        )
    )
    credit: dict[tuple[int, str], int] = defaultdict(int)
    for key, currency, minor in (
        opened.filter(pl.col("open_minor") < 0)
        .select("customer_id", "currency", "open_minor")
        .iter_rows()
    ):
        credit[key, currency] -= minor
    for key, currency, minor in (
        unused.filter(pl.col("customer_id").is_not_null())
        .select("customer_id", "currency", "unapplied_minor")
        .iter_rows()
    ):
        credit[key, currency] += max(minor, 0)
    return credit


def _covers(company: Company, *, as_of: date) -> dict[int, list[Cover]]:
    """Return the covers in force on a day by customer, in the order they were granted."""
    found: dict[int, list[Cover]] = defaultdict(list)
    granted = Cover.objects.filter(
        company=company, status__in=("granted", "ended"), from_on__lte=as_of
    ).exclude(until_on__lt=as_of)
    for cover in granted.order_by("from_on", "pk"):
        if cover.ended_on is None or cover.ended_on > as_of:
            found[cover.customer_id].append(cover)
    return found


def _held(company: Company, *, as_of: date) -> dict[int, list[Held]]:
    """Return the parts of items that are due later, by item."""
    found: dict[int, list[Held]] = defaultdict(list)
    rows = Retention.objects.filter(company=company, status=Retention.Status.HELD)
    for key, item, due_on, minor in rows.values_list("pk", "item", "due_on", "amount_minor"):
        if due_on > as_of:
            found[item].append(Held(key=key, due_on=due_on, amount_minor=minor))
    return found


def _taken(
    rows: Sequence[Mapping[str, int | str]],
    credit: Mapping[tuple[int, str], int],
    covers: Sequence[Cover],
    rates: Mapping[str, int],
) -> list[int]:
    """Return what credit and covers take off each of a customer's items, in item currency.

    Credit goes to the oldest item of its currency. A cover bears its share of what is left, up to
    its amount, spread over the items by what is left of them at home rates.
    """
    left = [int(row["open_minor"]) for row in rows]
    for currency in {str(row["currency"]) for row in rows}:
        spare = credit.get((int(rows[0]["customer_id"]), currency), 0)
        for place, row in enumerate(rows):
            if row["currency"] == currency and spare:
                used = min(spare, left[place])
                left[place] -= used
                spare -= used
    for cover in covers:
        if cover.currency not in rates:
            continue
        home = [
            part(one, rates.get(str(row["currency"]), 0), PPM)
            for one, row in zip(left, rows, strict=True)
        ]
        whole = sum(home)
        borne = min(
            part(whole, cover.share_ppm, PPM),
            part(part(cover.amount_minor, rates[cover.currency], PPM), cover.share_ppm, PPM),
        )
        for place, minor in enumerate(shares(borne, home)):
            if home[place]:
                left[place] -= min(part(left[place], minor, home[place]), left[place])
    return [int(row["open_minor"]) - one for one, row in zip(left, rows, strict=True)]


def _parts(
    row: Mapping[str, int | str],
    covered: int,
    held: Mapping[int, Sequence[Held]],
    policy: ProvisionsPolicy,
    *,
    as_of: date,
) -> list[BookPart]:
    """Return an item's open parts; what covers take off goes by their size."""
    gross, item_id = int(row["open_minor"]), int(row["item_id"])
    parts = parts_of(
        open_minor=gross, due_on=day_date(int(row["due_day"])), held=held.get(item_id, ())
    )
    taken = shares(covered, [one.open_minor for one in parts])
    found = []
    for one, off in zip(parts, taken, strict=True):
        late = (as_of - one.due_on).days
        net = one.open_minor - off
        worth = net * discount(policy.discount_ppm, days=-late)
        found.append(
            BookPart(
                item_id=item_id,
                customer_id=int(row["customer_id"]),
                pool=str(row["pool"]),
                bucket=policy.bucket_of(late) if one.key is None else RETAINED,
                currency=str(row["currency"]),
                days_past_due=late,
                gross_minor=one.open_minor,
                covered_minor=off,
                base_minor=net if one.key is None else rounded(worth),
            )
        )
    return found
