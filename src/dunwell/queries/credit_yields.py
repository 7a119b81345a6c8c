"""What selling on credit cost and brought: per customer, segment, country or terms."""

# every value is a parameter; what is put together here are our own pieces of SQL

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
from django.db.models import Count, Sum

from dunwell.engine.calendars import day_number
from dunwell.engine.credit_yield import (
    FIGURES,
    CreditYield,
    RatePeriod,
    periods,
    yield_columns,
    yield_ppm,
)
from dunwell.engine.money import share
from dunwell.engine.provisions_policy import ProvisionsPolicy
from dunwell.models import Adjustment, Company, ContactAttempt, ProvisionRun
from dunwell.queries.dated_rates import rates_on
from dunwell.queries.frames import day, read_rows
from dunwell.queries.kept_sums import MANY_CUSTOMERS, kept_frame
from dunwell.queries.pages import PAGE_SIZE, Key, Page, page_limit, page_of, read_cursor
from dunwell.queries.provision_measures import read_content
from dunwell.queries.provision_policies import provisions_policy
from dunwell.queries.provisions import latest_provision

PPM = 1_000_000
YEAR = 365
BY = ("segment", "terms", "country")
"""By what customers are grouped."""
GIVEN = (Adjustment.Kind.DISCOUNT, Adjustment.Kind.CONCESSION, Adjustment.Kind.REBATE)

# An amount times the days it was owed within a span is linear in items and what settles them.
_ITEMS = """
SELECT i.customer_id, i.currency,
       SUM(CASE WHEN i.kind IN ('invoice', 'credit_note') AND i.issued_on >= %(since)s
           THEN i.amount_minor ELSE 0 END), {spans}
FROM dunwell_item i WHERE i.company_id = %(company)s AND i.issued_on < %(until)s
GROUP BY i.customer_id, i.currency
"""
_SETTLED = """
SELECT i.customer_id, i.currency, 0, {spans}
FROM dunwell_allocation a JOIN dunwell_item i ON i.id = a.item_id
WHERE a.company_id = %(company)s AND a.applied_on < %(until)s
GROUP BY i.customer_id, i.currency
"""
_SPAN = """
SUM({amount} * CASE WHEN {on} >= %(until_{at})s THEN 0
    WHEN {on} > %(since_{at})s THEN %(last_{at})s - {day} ELSE %(days_{at})s END)
"""
_CUSTOMERS: Mapping[str, type[pl.DataType]] = {
    "customer_id": pl.Int64,
    **dict.fromkeys(("number", "name", "segment", "country", "terms"), pl.String),
}
_GIVEN: Mapping[str, type[pl.DataType]] = {
    "customer_id": pl.Int64,
    "currency": pl.String,
    "discount_minor": pl.Int64,
}
_RATES: Mapping[str, type[pl.DataType]] = {"currency": pl.String, "rate_ppm": pl.Int64}
_LOST: Mapping[str, type[pl.DataType]] = {"customer_id": pl.Int64, "loss_minor": pl.Int64}
_COUNTED: Mapping[str, type[pl.DataType]] = {"customer_id": pl.Int64, "contacts": pl.Int64}


@dataclass(frozen=True, kw_only=True, slots=True)
class YieldRow:
    """A group or one customer (`customer_id`); `yield_ppm` None: nothing was owed."""

    key: str
    customer_id: int | None
    customers: int
    found: CreditYield
    result_minor: int
    yield_ppm: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditYields:
    """What credit brought over a half-open span; the rows sum to the total.

    `missing` are currencies without a rate: they are left out and said so.
    """

    since: date
    until: date
    currency: str
    rates: tuple[RatePeriod, ...]
    margins: tuple[tuple[str, int], ...]
    provision_on: date | None
    rows: tuple[YieldRow, ...]
    total: YieldRow
    missing: tuple[str, ...]

    @property
    def days(self) -> int:
        """Return how many days the span has."""
        return (self.until - self.since).days

    @property
    def last_on(self) -> date:
        """Return the last day that counts."""
        return self.until - timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Book:
    """Every customer with sales or a balance in a year, with the figures of `CreditYield`."""

    rows: pl.DataFrame
    since: date
    until: date
    rates: tuple[RatePeriod, ...]
    margins: tuple[tuple[str, int], ...]
    provision_on: date | None
    missing: tuple[str, ...]


def credit_yields(
    company: Company, *, as_of: date, by: str = "segment", group: str = ""
) -> CreditYields:
    """Return a year of credit until today by group, or the customers of one group.

    Eight queries; what they come to is kept of a large book. What is lost is the allowance of the
    newest posted provision.
    """
    return _told(company, as_of=as_of, by=by, group=group)[0]


def credit_yield_page(
    company: Company,
    *,
    as_of: date,
    by: str = "segment",
    group: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> tuple[CreditYields, Page[YieldRow]]:
    """Return the same with one page of its rows, those that bring least first.

    Its total is of all of them. Raises CursorError for a wrong cursor.
    """
    limit = page_limit(limit)
    after = read_cursor(cursor, (int, str, int)) if cursor else None
    found, rows = _told(company, as_of=as_of, by=by, group=group, after=after, most=limit + 1)
    page = page_of(
        rows, limit=limit, key=lambda row: (row.result_minor, row.key, row.customer_id or 0)
    )
    return replace(found, rows=page.rows), page


def _told(
    company: Company,
    *,
    as_of: date,
    by: str,
    group: str,
    after: tuple[Key, ...] | None = None,
    most: int | None = None,
) -> tuple[CreditYields, tuple[YieldRow, ...]]:
    book = kept_frame(
        company,
        ("credit yields", as_of),
        lambda: _book(company, as_of=as_of),
        is_worth=lambda found: len(found.rows) >= MANY_CUSTOMERS,
    )
    named = pl.col(by if by in BY else BY[0])
    key = pl.when(named == "").then(pl.lit("-")).otherwise(named)
    rows = book.rows.with_columns(key=key, customers=pl.lit(1, dtype=pl.Int64))
    if group:
        rows = rows.filter(pl.col("key") == group).with_columns(key="name")
        total = rows
    else:
        total = rows
        rows = rows.group_by("key").agg(pl.col("customers", *FIGURES).sum())
        rows = rows.with_columns(customer_id=pl.lit(0, dtype=pl.Int64))
    costs = pl.sum_horizontal("carry_minor", "loss_minor", "collect_minor", "discount_minor")
    rows = rows.with_columns(result_minor=pl.col("margin_minor") - costs)
    rows = rows.sort("result_minor", "key", "customer_id")
    shown = rows if after is None else rows.filter(_is_after(after))
    shown = shown if most is None else shown.head(most)
    told = tuple(_row(one) for one in shown.iter_rows(named=True))
    sums = total.select(pl.col("customers", *FIGURES).sum()).row(0, named=True)
    found = CreditYields(
        since=book.since,
        until=book.until,
        currency=company.currency,
        rates=book.rates,
        margins=book.margins,
        provision_on=book.provision_on,
        rows=told,
        total=_row({**sums, "key": "", "customer_id": 0}),
        missing=book.missing,
    )
    return found, told


def _is_after(place: tuple[Key, ...]) -> pl.Expr:
    """Return whether a row comes after a place in the order of result, key and customer."""
    result, key, customer = (pl.col(name) for name in ("result_minor", "key", "customer_id"))
    is_later = (key > str(place[1])) | ((key == str(place[1])) & (customer > place[2]))
    return (result > place[0]) | ((result == place[0]) & is_later)


def _book(company: Company, *, as_of: date) -> _Book:
    until, since = as_of + timedelta(days=1), as_of + timedelta(days=1 - YEAR)
    policy = provisions_policy(company, as_of=as_of).policy
    spans = _spans(policy, since=since, until=until)
    provision = latest_provision(company)
    rows, missing = _sums(company, spans, since=since, until=until)
    every = read_rows(
        "SELECT id, number, name, segment, country, terms FROM dunwell_customer "
        "WHERE company_id = %s ORDER BY id",
        [company.pk],
        _CUSTOMERS,
    )
    contacts = (
        ContactAttempt.objects.filter(company=company, at__date__gte=since, at__date__lt=until)
        .order_by()
        .values_list("customer")
        .annotate(n=Count("id"))
    )
    counted = pl.DataFrame(list(contacts), schema=_COUNTED, orient="row")
    losses = _losses(provision.run_id if provision else None)
    margins = {name: policy.margin_ppm(name) or 0 for name in every["segment"].unique()}
    rows = (
        every.join(rows, on="customer_id", maintain_order="left")
        .join(counted, on="customer_id", how="left", maintain_order="left")
        .join(losses, on="customer_id", how="left", maintain_order="left")
        .with_columns(
            pl.col("contacts", "loss_minor").fill_null(0),
            margin_ppm=pl.col("segment").replace_strict(
                list(margins), list(margins.values()), return_dtype=pl.Int64
            ),
        )
    )
    found = yield_columns(
        nw.from_native(rows, eager_only=True),
        rates_ppm=[span.rate_ppm for span in spans],
        contact_minor=policy.contact_minor,
        days=YEAR,
    )
    return _Book(
        rows=found.to_native().select(*_CUSTOMERS, *FIGURES),
        since=since,
        until=until,
        rates=spans,
        margins=tuple((one.segment, one.margin_ppm) for one in policy.margins),
        provision_on=provision.as_of if provision else None,
        missing=missing,
    )


def _sums(
    company: Company, spans: Sequence[RatePeriod], *, since: date, until: date
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return what customers bought, owed and were given, at today's exchange rates.

    And the currencies without one; four queries.
    """
    owed = [f"owed_{at}" for at in range(len(spans))]
    types: dict[str, type[pl.DataType]] = {
        "customer_id": pl.Int64,
        "currency": pl.String,
        **dict.fromkeys(("sales_minor", *owed), pl.Int64),
    }
    values = _span_values(spans, until) | {"company": company.pk, "since": since, "until": until}
    found = [
        read_rows(query.format(spans=_span_columns(len(spans), amount, on)), values, types)
        for query, amount, on in (
            (_ITEMS, "i.amount_minor", "i.issued_on"),
            (_SETTLED, "-a.amount_minor", "a.applied_on"),
        )
    ]
    given = (
        Adjustment.objects.filter(
            company=company, kind__in=GIVEN, effective_on__gte=since, effective_on__lt=until
        )
        .order_by()
        .values_list("item__customer", "item__currency")
        .annotate(minor=Sum("amount_minor"))
    )
    discounts = pl.DataFrame(
        [(key, code, int(minor)) for key, code, minor in given], schema=_GIVEN, orient="row"
    )
    owing = (
        pl.concat(found)
        .group_by("customer_id", "currency")
        .agg(pl.col("sales_minor", *owed).sum())
    )
    rows = owing.join(discounts, on=["customer_id", "currency"], how="left").with_columns(
        pl.col("discount_minor").fill_null(0)
    )
    codes = {*rows["currency"].unique(), *discounts["currency"].unique()}
    rates = rates_on(company, codes, as_of=until - timedelta(days=1))
    ppm = {company.currency: PPM, **{code: one.rate_ppm for code, one in rates.items()}}
    table = pl.DataFrame({"currency": list(ppm), "rate_ppm": list(ppm.values())}, schema=_RATES)
    # the same amounts of a customer in another currency are rounded apart
    known = nw.from_native(rows.join(table, on="currency"), eager_only=True)
    names = ("sales_minor", *owed, "discount_minor")
    home = known.with_columns(
        **{name: share(nw.col(name), nw.col("rate_ppm"), PPM) for name in names}
    )
    sums = home.group_by("customer_id").agg(nw.col(*names).sum())
    least = sums.with_columns(nw.col(*owed).clip(lower_bound=0))
    told: pl.DataFrame = least.to_native()
    return told, tuple(sorted(codes - set(ppm)))


def _span_columns(spans: int, amount: str, on: str) -> str:
    return ", ".join(_SPAN.format(amount=amount, on=on, day=day(on), at=at) for at in range(spans))


def _span_values(spans: Sequence[RatePeriod], until: date) -> dict[str, int | date]:
    found: dict[str, int | date] = {}
    ends = [*(span.from_on for span in spans[1:]), until]
    for at, (span, end) in enumerate(zip(spans, ends, strict=True)):
        found |= {
            f"since_{at}": span.from_on,
            f"until_{at}": end,
            f"last_{at}": day_number(end),
            f"days_{at}": (end - span.from_on).days,
        }
    return found


def _spans(policy: ProvisionsPolicy, *, since: date, until: date) -> tuple[RatePeriod, ...]:
    rates = [RatePeriod(from_on=one.from_on, rate_ppm=one.rate_ppm) for one in policy.carry]
    rates = rates or [RatePeriod(from_on=since, rate_ppm=0)]
    return periods(rates, since=since, until=until)


def _losses(run_id: int | None) -> pl.DataFrame:
    """Return the allowance by customer of a run."""
    if run_id is None:
        return pl.DataFrame(schema=_LOST)
    content = read_content(ProvisionRun.objects.only("content").get(pk=run_id).content)
    sums = content.group_by("customer_id").agg(pl.col("home_allowance_minor").sum())
    return sums.rename({"home_allowance_minor": "loss_minor"}).cast(pl.Schema(_LOST))


def _row(one: dict[str, Any]) -> YieldRow:
    found = CreditYield(**{name: one[name] for name in FIGURES})
    return YieldRow(
        key=one["key"],
        customer_id=one["customer_id"] or None,
        customers=one["customers"],
        found=found,
        result_minor=found.result_minor,
        yield_ppm=yield_ppm(found, days=YEAR),
    )
