"""Facilities, draws and what ways of financing are worth, as pages and the API show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
from django.db.models import Count, Q, Sum

from dunwell.engine.calendars import day_number
from dunwell.engine.financing_worth import FinanceTerms, FinancingWorth, compared
from dunwell.engine.loss_rates import shown_ppm
from dunwell.engine.provisions_policy import ProvisionsPolicy
from dunwell.models import (
    Company,
    FinancingDraw,
    FinancingFacility,
    FinancingItem,
    FinancingMove,
    FinancingTerms,
)
from dunwell.queries.borrowing_base import terms_on
from dunwell.queries.frames import day, read_rows
from dunwell.queries.kept_sums import of_large
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.provision_policies import provisions_policy

MILLION = 1_000_000
LATE_DAYS = 30
"""Where nothing is predicted: what is late is taken as paid in so many days."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FacilityRow:
    """A facility with what is drawn, and the terms in force (None before the first)."""

    id: int
    name: str
    lender: str
    kind: str
    kind_label: str
    status: str
    status_label: str
    currency: str
    limit_minor: int
    drawn_minor: int
    from_on: date
    until_on: date | None
    by: str
    terms: "FacilityTermsRow | None"


@dataclass(frozen=True, kw_only=True, slots=True)
class FacilityTermsRow:
    """Terms from a day on."""

    id: int
    valid_from: date
    advance_ppm: int
    rate_ppm: int
    fee_ppm: int
    item_fee_minor: int
    reserve_ppm: int
    insured_ppm: int
    recourse_days: int | None
    rules: Mapping[str, Any]
    source: str
    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawRow:
    """A draw; amounts in the facility's currency."""

    id: int
    number: int
    facility_id: int
    facility: str
    status: str
    status_label: str
    currency: str
    as_of: date
    items: int
    gross_minor: int
    advance_minor: int
    fee_minor: int
    owed_minor: int
    reference: str
    by: str
    sanctioned_by: str
    disbursed_on: date | None
    ended_on: date | None
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawItemRow:
    """An item of a draw; `open_minor` is what the customer still owes on it."""

    id: int
    item_id: int
    number: str
    customer_id: int
    customer_name: str
    due_on: date
    status: str
    status_label: str
    gross_minor: int
    advance_minor: int
    fee_minor: int
    open_minor: int
    ended_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawMoveRow:
    """A booking of a draw."""

    kind: str
    kind_label: str
    on: date
    advance_minor: int
    cost_minor: int
    cash_minor: int
    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawDetail:
    """A draw with its items, its bookings and the base it rested on."""

    row: DrawRow
    items: tuple[DrawItemRow, ...]
    moves: tuple[DrawMoveRow, ...]
    base: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class FinancingComparison:
    """What a pool is worth held and financed; `unpredicted` items are taken by their due day."""

    currency: str
    items: int
    gross_minor: int
    unpredicted: int
    capital_ppm: int
    ways: tuple[FinancingWorth, ...]


def facility_rows(company: Company, *, as_of: date) -> tuple[FacilityRow, ...]:
    """Return every facility, those in use first; three queries."""
    found = FinancingFacility.objects.filter(company=company).order_by("name")
    drawn = dict(
        FinancingItem.objects.filter(draw__company=company, status=FinancingItem.Status.ASSIGNED)
        .order_by("draw__facility")
        .values_list("draw__facility")
        .annotate(minor=Sum("advance_minor"))
    )
    terms: dict[int, FinancingTerms] = {}
    for one in FinancingTerms.objects.filter(
        facility__company=company, valid_from__lte=as_of
    ).order_by("valid_from"):
        terms[one.facility_id] = one
    order = {"open": 0, "offered": 1, "closed": 2}
    rows = [_facility(one, drawn.get(one.pk, 0), terms.get(one.pk)) for one in found]
    return tuple(sorted(rows, key=lambda row: (order[row.status], row.name)))


def facility_row(company: Company, facility_id: int, *, as_of: date) -> FacilityRow | None:
    """Return one facility, or None; three queries."""
    found = FinancingFacility.objects.filter(company=company, pk=facility_id).first()
    if found is None:
        return None
    live = FinancingItem.objects.filter(draw__facility=found, status=FinancingItem.Status.ASSIGNED)
    drawn = live.aggregate(minor=Sum("advance_minor"))["minor"] or 0
    return _facility(found, drawn, terms_on(found, as_of=as_of))


def terms_rows(facility_id: int) -> tuple[FacilityTermsRow, ...]:
    """Return all terms of a facility, the newest first."""
    found = FinancingTerms.objects.filter(facility=facility_id).order_by("-valid_from")
    return tuple(_terms(one) for one in found)


def draw_rows(
    company: Company,
    *,
    facility_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[DrawRow]:
    """Return one page of draws, the newest first."""
    limit = page_limit(limit)
    found = _counted(company).filter(after(cursor, ("-id",), (int,)))
    if facility_id is not None:
        found = found.filter(facility=facility_id)
    rows = found.order_by("-id")[: limit + 1]
    return page_of([_draw(one) for one in rows], limit=limit, key=lambda row: (row.id,))


def draw_detail(company: Company, draw_id: int) -> DrawDetail | None:
    """Return one draw of the company with its items, or None; three queries."""
    draw = _counted(company).filter(pk=draw_id).first()
    if draw is None:
        return None
    items = (
        FinancingItem.objects.filter(draw=draw)
        .select_related("item__open_now", "customer")
        .order_by("item__due_on", "item")
    )
    moves = FinancingMove.objects.filter(draw=draw).order_by("pk")
    return DrawDetail(
        row=_draw(draw),
        items=tuple(_item(one) for one in items),
        moves=tuple(
            DrawMoveRow(
                kind_label=str(FinancingMove.Kind(one.kind).label),
                **{
                    name: getattr(one, name)
                    for name in ("kind", "on", "advance_minor", "cost_minor", "cash_minor", "by")
                },
            )
            for one in moves
        ),
        base=draw.base,
    )


@of_large
def financing_compared(
    company: Company,
    *,
    as_of: date,
    segment: str = "",
    customer_id: int | None = None,
    facility_id: int | None = None,
) -> FinancingComparison:
    """Return what the open items under a filter are worth held, and under every facility.

    When an item is paid comes from its prediction; without one it is its due day, and what is
    late is paid in LATE_DAYS; the chance of loss is then the provisions policy's typed rate.
    Money is discounted at what it costs us. Four queries.
    """
    policy = provisions_policy(company, as_of=as_of).policy
    pool = _pool(company, segment=segment, customer_id=customer_id, as_of=as_of)
    unpredicted = pool["q10_days"].null_count()
    pool = _as_typed(pool, policy, as_of)
    rows = facility_rows(company, as_of=as_of)
    ways = [
        _way(row, row.terms)
        for row in rows
        if row.terms is not None
        and row.status != FinancingFacility.Status.CLOSED
        and facility_id in (None, row.id)
    ]
    capital = policy.carry_ppm(as_of=as_of) or 0
    return FinancingComparison(
        currency=company.currency,
        items=pool.height,
        gross_minor=int(pool["amount_minor"].sum()),
        unpredicted=unpredicted,
        capital_ppm=capital,
        ways=compared(nw.from_native(pool.lazy()), ways, capital_ppm=capital),
    )


def _pool(company: Company, *, segment: str, customer_id: int | None, as_of: date) -> pl.DataFrame:
    """Return the open items under a filter in columns POOL, and their segment.

    What is not predicted has neither days nor a chance of loss.
    """
    only, asked = "", list[int | str]([company.pk, company.currency])
    if segment:
        only, asked = "AND c.segment = %s", [*asked, segment]
    if customer_id is not None:
        only, asked = f"{only} AND o.customer_id = %s", [*asked, customer_id]
    days = ", ".join(
        f"{day(column)} - {day_number(as_of)}"
        for column in ("p.q10_on", "p.q50_on", "p.q90_on", "o.due_on")
    )
    # our own pieces of SQL and a whole number
    return read_rows(
        f"SELECT c.segment, o.open_minor, p.p_loss_ppm, {days} "  # noqa: S608
        "FROM dunwell_openitem o JOIN dunwell_customer c ON c.id = o.customer_id "
        "LEFT JOIN dunwell_itemprediction p ON p.item_id = o.item_id "
        "AND p.company_id = o.company_id AND p.currency = o.currency "
        f"WHERE o.company_id = %s AND o.currency = %s AND o.open_minor > 0 {only}",
        asked,
        {
            "segment": pl.String,
            **dict.fromkeys(
                ("amount_minor", "loss_ppm", "q10_days", "q50_days", "q90_days", "due_days"),
                pl.Int64,
            ),
        },
    )


def _as_typed(pool: pl.DataFrame, policy: ProvisionsPolicy, as_of: date) -> pl.DataFrame:
    """Return a pool with days and typed rates of loss where nothing is predicted."""
    due = pl.col("due_days")
    bare = pool.filter(pl.col("q10_days").is_null()).select("segment", "due_days").unique()
    rates = [
        policy.rate(policy.table, group, policy.bucket_of(-days), as_of=as_of)
        for group, days in bare.iter_rows()
    ]
    typed = bare.with_columns(
        typed_ppm=pl.Series(
            [min(shown_ppm(one.rate * one.overlay), MILLION) for one in rates], dtype=pl.Int64
        ),
        typed_days=pl.when(due > 0).then(due).otherwise(LATE_DAYS),
    )
    return pool.join(typed, on=["segment", "due_days"], how="left").with_columns(
        pl.col("q10_days", "q50_days", "q90_days").fill_null(pl.col("typed_days")),
        pl.col("loss_ppm").fill_null(pl.col("typed_ppm")),
    )


def _way(row: FacilityRow, terms: FacilityTermsRow) -> FinanceTerms:
    """Return a facility's terms as they are compared: who bears a loss follows its kind."""
    kinds = FinancingFacility.Kind
    is_pool = row.kind == kinds.POOL
    borne = {kinds.FACTORING: terms.insured_ppm or MILLION, kinds.INSURANCE: terms.insured_ppm}
    return FinanceTerms(
        name=row.name,
        kind=row.kind,
        advance_ppm=0
        if row.kind == kinds.INSURANCE
        else terms.advance_ppm * (MILLION - terms.reserve_ppm) // MILLION,
        rate_ppm=terms.rate_ppm,
        fee_ppm=terms.fee_ppm,
        item_fee_minor=terms.item_fee_minor,
        loss_ppm=borne.get(kinds(row.kind), MILLION if is_pool else 0),
        first_loss_ppm=terms.reserve_ppm if is_pool else 0,
        recourse_days=terms.recourse_days if terms.recourse_days is not None else 90,
    )


def _facility(
    one: FinancingFacility, drawn_minor: int, terms: FinancingTerms | None
) -> FacilityRow:
    same = ("name", "lender", "kind", "status", "currency", "limit_minor", "from_on", "until_on")
    return FacilityRow(
        id=one.pk,
        kind_label=str(FinancingFacility.Kind(one.kind).label),
        status_label=str(FinancingFacility.Status(one.status).label),
        drawn_minor=drawn_minor,
        by=one.by,
        terms=_terms(terms) if terms is not None else None,
        **{name: getattr(one, name) for name in same},
    )


def _terms(one: FinancingTerms) -> FacilityTermsRow:
    return FacilityTermsRow(**{name: getattr(one, name) for name in FacilityTermsRow.__slots__})


def _counted(company: Company) -> Any:
    assigned = Q(items__status=FinancingItem.Status.ASSIGNED)
    return (
        FinancingDraw.objects.filter(company=company)
        .select_related("facility")
        .annotate(
            n_items=Count("items"), owed=Sum("items__advance_minor", filter=assigned, default=0)
        )
    )


def _draw(one: Any) -> DrawRow:
    same = ("number", "facility_id", "status", "as_of", "gross_minor", "advance_minor")
    more = ("fee_minor", "reference", "by", "sanctioned_by", "disbursed_on", "ended_on", "reason")
    return DrawRow(
        id=one.pk,
        facility=one.facility.name,
        currency=one.facility.currency,
        status_label=str(FinancingDraw.Status(one.status).label),
        items=one.n_items,
        owed_minor=one.owed if one.status == FinancingDraw.Status.DISBURSED else 0,
        **{name: getattr(one, name) for name in (*same, *more)},
    )


def _item(one: FinancingItem) -> DrawItemRow:
    same = ("item_id", "customer_id", "status", "gross_minor", "advance_minor", "fee_minor")
    return DrawItemRow(
        id=one.pk,
        number=one.item.number,
        customer_name=one.customer.name,
        due_on=one.item.due_on,
        status_label=str(FinancingItem.Status(one.status).label),
        open_minor=one.item.open_now.open_minor if hasattr(one.item, "open_now") else 0,
        ended_on=one.ended_on,
        **{name: getattr(one, name) for name in same},
    )
