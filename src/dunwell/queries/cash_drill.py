"""What a week or month of the outlook is made of: its components, and the rows of each."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from dunwell.engine.calendars import day_number
from dunwell.engine.money import part
from dunwell.ml.cash_claims import COMPONENTS, DISPUTES, ITEMS, NEW, PROMISES
from dunwell.models import CashBasis, CashPeriod, Company, Customer, Item, PlanItem
from dunwell.queries.cash_outlook import OutlookPeriod, outlook_period
from dunwell.queries.dated_rates import rates_on
from dunwell.queries.forecast_items import item_shares, named_items
from dunwell.queries.kept_sums import of_large
from dunwell.queries.pages import PAGE_SIZE, Page, page_limit, page_of, read_cursor
from dunwell.queries.predictions import logged_content

PPM = 1_000_000
CHUNK = 500
"""Rows of a file that are named at a time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CashRow:
    """One claim or item and what it adds to the period, minor units.

    `subject` says which record it is: item, plan, schedule, order; `open_minor` is the whole of
    it. `at_on` is when it is due, promised or expected to end.
    """

    component: str
    subject: str
    subject_id: int
    label: str
    customer_id: int
    customer_name: str
    at_on: date
    open_minor: int
    expected_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Component:
    """One component of a period."""

    name: str
    expected_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CashDrill:
    """A period of a currency with its components, and one page of the rows of one of them.

    `rows` of a component count all of it; they add up to `component_minor`. New business has no
    rows: it is an extrapolation.
    """

    as_of: date
    period: OutlookPeriod
    components: tuple[Component, ...]
    component: str
    component_minor: int
    rows: int
    came_minor: int | None
    page: Page[CashRow]


@dataclass(frozen=True, kw_only=True, slots=True)
class CurrencyShare:
    """What one currency adds to a consolidated period: its own sum, the rate, the home amount."""

    currency: str
    expected_minor: int
    rate_ppm: int
    home_minor: int


@of_large
def cash_drill(
    company: Company,
    *,
    currency: str,
    kind: str,
    number: int,
    as_of: date,
    scope: str = CashPeriod.Scope.KNOWN,
    component: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> CashDrill | None:
    """Return a period of the outlook last kept on or before a day; None when there is none.

    Without a component the largest is opened.
    """
    basis = (
        CashBasis.objects.filter(company=company, as_of__lte=as_of)
        .order_by("-as_of")
        .only("as_of", "claims")
        .first()
    )
    if basis is None:
        return None
    kept = CashPeriod.objects.filter(
        company=company,
        as_of=basis.as_of,
        scope=scope,
        kind=kind,
        currency=currency,
        is_consolidated=False,
        number=number,
    ).first()
    if kept is None:
        return None
    period = outlook_period(kept)
    components = tuple(
        Component(name=name, expected_minor=period.components.get(name, 0))
        for name in COMPONENTS
        if period.components.get(name, 0)
    )
    largest = max(components, key=lambda one: one.expected_minor, default=None)
    names = {one.name for one in components}
    chosen = component if component in names else (largest.name if largest else ITEMS)
    total = period.components.get(chosen, 0)
    shares = _component_rows(company, basis, period, chosen, total)
    limit = page_limit(limit)
    rows = shares
    if cursor:
        (last,) = read_cursor(cursor, (int,))
        rows = shares.filter(pl.col("row") > last)
    shown = rows.head(limit + 1)
    named = list(zip(shown["row"], _named(company, chosen, shown), strict=True))
    page = page_of(named, limit=limit, key=lambda one: (one[0],))
    return CashDrill(
        as_of=basis.as_of,
        period=period,
        components=components,
        component=chosen,
        component_minor=total,
        rows=shares.height,
        came_minor=kept.came_minor,
        page=Page(rows=tuple(row for _, row in page.rows), next=page.next),
    )


def every_cash_row(company: Company, found: CashDrill) -> Iterator[CashRow]:
    """Yield all rows of all components of a period, for a file."""
    basis = CashBasis.objects.only("as_of", "claims").get(company=company, as_of=found.as_of)
    for one in found.components:
        rows = _component_rows(company, basis, found.period, one.name, one.expected_minor)
        for part_rows in rows.iter_slices(CHUNK):
            yield from _named(company, one.name, part_rows)


def currency_shares(
    company: Company, *, kind: str, number: int, as_of: date, scope: str
) -> tuple[OutlookPeriod, tuple[CurrencyShare, ...]] | None:
    """Return a consolidated period and its currencies; None where there is none.

    Each component is converted at the rate of the outlook's day and rounded, as it was added.
    """
    rows = list(
        CashPeriod.objects.filter(
            company=company, as_of=as_of, scope=scope, kind=kind, number=number
        ).order_by("currency")
    )
    whole = next((row for row in rows if row.is_consolidated), None)
    if whole is None:
        return None
    own = [row for row in rows if not row.is_consolidated]
    rates = rates_on(company, {row.currency for row in own}, as_of=as_of)
    shares = []
    for row in own:
        rate = PPM if row.currency == company.currency else rates[row.currency].rate_ppm
        home = sum(part(minor, rate, PPM) for minor in row.components.values())
        shares.append(
            CurrencyShare(
                currency=row.currency,
                expected_minor=row.expected_minor,
                rate_ppm=rate,
                home_minor=home,
            )
        )
    return outlook_period(whole), tuple(shares)


def _component_rows(
    company: Company, basis: CashBasis, period: OutlookPeriod, component: str, total: int
) -> pl.DataFrame:
    """Return the rows of a component with their share, the largest first, numbered by `row`."""
    claims = pl.read_parquet(io.BytesIO(bytes(basis.claims)))
    if component == ITEMS:
        content = logged_content(company, as_of=basis.as_of)
        if content is None:
            return _no_rows()
        held = PlanItem.objects.filter(plan__company=company, is_live=True)
        taken = pl.concat(
            [
                claims["item_id"].drop_nulls(),
                pl.Series("item_id", list(held.values_list("item", flat=True)), dtype=pl.Int64),
            ]
        )
        return item_shares(
            content,
            currency=period.currency,
            as_of=day_number(basis.as_of),
            days=(day_number(period.starts_on), day_number(period.ends_on)),
            total_minor=total,
            without=taken,
        ).with_row_index("row")
    if component == NEW:
        return _no_rows()
    return (
        claims.filter(pl.col("component") == component, pl.col("currency") == period.currency)
        .with_columns(expected_minor=pl.col(f"{period.kind}_{period.number}"))
        .filter(pl.col("expected_minor") > 0)
        .sort("expected_minor", "subject_id", "at_day", descending=[True, False, False])
        .with_row_index("row")
    )


def _no_rows() -> pl.DataFrame:
    return pl.DataFrame(schema={"row": pl.UInt32, "expected_minor": pl.Int64})


def _named(company: Company, component: str, rows: pl.DataFrame) -> list[CashRow]:
    """Return rows with the names of what they are about, one query for a component."""
    if not rows.height:
        return []
    if component == ITEMS:
        return [
            CashRow(
                component=component,
                subject="item",
                subject_id=row.item_id,
                label=row.item_number,
                customer_id=row.customer_id,
                customer_name=row.customer_name,
                at_on=row.due_on,
                open_minor=row.open_minor,
                expected_minor=row.expected_minor,
            )
            for row in named_items(company, rows)
        ]
    names = _customer_names(company, rows["customer_id"].to_list())
    numbers = (
        _item_numbers(company, rows["item_id"].drop_nulls().to_list())
        if component in (PROMISES, DISPUTES)
        else {}
    )
    return [
        CashRow(
            component=component,
            subject=row["subject"],
            subject_id=row["subject_id"],
            label=row["label"] or numbers.get(row["item_id"], ""),
            customer_id=row["customer_id"],
            customer_name=names.get(row["customer_id"], ""),
            at_on=row["at_on"],
            open_minor=row["open_minor"],
            expected_minor=row["expected_minor"],
        )
        for row in rows.with_columns(at_on=pl.col("at_day").cast(pl.Date)).iter_rows(named=True)
    ]


def _customer_names(company: Company, ids: Sequence[int]) -> dict[int, str]:
    return dict(Customer.objects.filter(company=company, pk__in=ids).values_list("pk", "name"))


def _item_numbers(company: Company, ids: Sequence[int]) -> dict[int, str]:
    return dict(Item.objects.filter(company=company, pk__in=ids).values_list("pk", "number"))
