"""Incentives as the cycle, the pages and the API read them: items watched, budget, effect."""

# every value is a parameter; what is put together here are our own pieces of SQL
# ruff: noqa: S608

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import narwhals.stable.v2 as nw
import polars as pl
from django.db.models import Count, Q, Sum

from dunwell.engine.calendars import day_number
from dunwell.engine.incentives import (
    GRANTED,
    CustomerShare,
    Effect,
    is_control,
    on_time_effect,
)
from dunwell.models import Company, Incentive, IncentiveGrant, OpenItem
from dunwell.queries.agreements import bound_items, disputed_items
from dunwell.queries.frames import day, read_frame, read_rows
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

Status = Incentive.Status
PPM = 1_000_000
_TYPES = {
    "item_id": pl.Int64,
    "customer_id": pl.Int64,
    "amount_minor": pl.Int64,
    "due_day": pl.Int32,
    "paid_day": pl.Int32,
}
"""Columns WATCHED_ITEMS as the database gives them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class IncentiveRow:
    """One incentive with its budget: spent + left = budget, in minor units of `currency`."""

    id: int
    name: str
    kind: str
    kind_label: str
    status: str
    status_label: str
    segments: tuple[str, ...]
    streak: int
    reward_ppm: int
    reward_days: int
    currency: str
    budget_minor: int
    spent_minor: int
    grants: int
    control_ppm: int
    from_on: date
    until_on: date
    author: str
    approver: str

    @property
    def left_minor(self) -> int:
        """Return what may still be granted."""
        return self.budget_minor - self.spent_minor

    @property
    def used_ppm(self) -> int:
        """Return the share of the budget that is used."""
        return self.spent_minor * PPM // self.budget_minor if self.budget_minor else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class GrantRow:
    """A streak that was completed; in the control group nothing was given for it."""

    id: int
    customer_id: int
    customer_name: str
    item_id: int
    item: str
    is_control: bool
    amount_minor: int
    given_on_item_id: int | None
    granted_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class IncentiveDetail:
    """One incentive, its effect on paying in time, and its newest grants."""

    row: IncentiveRow
    effect: Effect
    grants: Page[GrantRow]


def watched_frame(incentive: Incentive, *, as_of: date) -> nw.LazyFrame:
    """Return the invoices an incentive watches, in columns WATCHED_ITEMS; one query.

    Those of its currency and segments due while it runs. Paid is what money alone settled by
    `as_of`: a credit, a discount or a write-off is no payment in time.
    """
    parameters: dict[str, int | str] = {
        "company": incentive.company_id,
        "currency": incentive.currency,
        "first": day_number(incentive.from_on),
        "last": day_number(incentive.until_on),
        "today": day_number(as_of),
    }
    names = [f"segment{n}" for n in range(len(incentive.segments))]
    parameters |= dict(zip(names, incentive.segments, strict=True))
    listed = ", ".join(f"%({name})s" for name in names)
    open_minor = "i.amount_minor - COALESCE(SUM(a.amount_minor), 0)"
    money = "SUM(CASE WHEN a.source = 'payment' THEN a.amount_minor ELSE 0 END)"
    paid_day = (
        f"MAX(CASE WHEN a.source = 'payment' AND a.amount_minor > 0 THEN {day('a.value_on')} END)"
    )
    rows = read_rows(
        f"SELECT i.id, i.customer_id, i.amount_minor, {day('i.due_on')}, "
        f"CASE WHEN {open_minor} = 0 AND {money} > 0 THEN {paid_day} END "
        "FROM dunwell_item i JOIN dunwell_customer c ON c.id = i.customer_id "
        "LEFT JOIN dunwell_allocation a ON a.item_id = i.id "
        f"AND {day('a.applied_on')} <= %(today)s "
        "WHERE i.company_id = %(company)s AND i.kind = 'invoice' AND i.currency = %(currency)s "
        f"AND {day('i.due_on')} BETWEEN %(first)s AND %(last)s "
        f"AND {day('i.issued_on')} <= %(today)s "
        f"{f'AND c.segment IN ({listed})' if names else ''} "
        "GROUP BY i.id, i.customer_id, i.amount_minor, i.due_on",
        parameters,
        _TYPES,
    )
    return nw.from_native(rows.lazy())


def granted_frame(incentive: Incentive) -> nw.LazyFrame:
    """Return what was granted before, in columns GRANTED."""
    return read_frame(
        f"SELECT g.item_id, g.customer_id, {day('g.granted_on')} "
        "FROM dunwell_incentivegrant g WHERE g.incentive_id = %s",
        [incentive.pk],
        GRANTED,
    )


def rebate_targets(
    incentive: Incentive, customers: Sequence[int], *, as_of: date
) -> dict[int, list[tuple[int, int]]]:
    """Return by customer the open items a rebate may lower, the next due first: (item, open).

    Not overdue, not disputed, and in no plan or settlement; three queries.
    """
    rows = list(
        OpenItem.objects.filter(
            company=incentive.company_id,
            customer__in=customers,
            currency=incentive.currency,
            open_minor__gt=0,
            due_on__gte=as_of,
            item__kind="invoice",
        )
        .order_by("due_on", "item")
        .values_list("customer", "item", "open_minor")
    )
    keys = [item for _customer, item, _minor in rows]
    left_out = set(bound_items(keys)) | disputed_items(keys)
    found: dict[int, list[tuple[int, int]]] = {}
    for customer, item, minor in rows:
        if item not in left_out:
            found.setdefault(customer, []).append((item, minor))
    return found


def spent_minor(incentive: Incentive) -> int:
    """Return what of the budget was granted."""
    found = IncentiveGrant.objects.filter(incentive=incentive)
    return found.aggregate(minor=Sum("amount_minor"))["minor"] or 0


def incentive_rows(
    company: Company, *, status: str = "", cursor: str = "", limit: int = PAGE_SIZE
) -> Page[IncentiveRow]:
    """Return one page of incentives, the newest first; an empty `status` shows all."""
    found = Incentive.objects.filter(company=company)
    if status:
        found = found.filter(status=status)
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, ("-id",), (int,)))
        .annotate(
            spent=Sum("grants__amount_minor"),
            n_grants=Count("grants", filter=Q(grants__is_control=False)),
        )
        .order_by("-id")[: limit + 1]
    )
    return page_of(
        [_row(one, one.spent or 0, one.n_grants) for one in rows],
        limit=limit,
        key=lambda row: (row.id,),
    )


def incentive_detail(
    company: Company, incentive_id: int, *, as_of: date, cursor: str = ""
) -> IncentiveDetail | None:
    """Return one incentive with its effect and a page of grants, or None."""
    incentive = (
        Incentive.objects.filter(company=company, pk=incentive_id)
        .annotate(
            spent=Sum("grants__amount_minor"),
            n_grants=Count("grants", filter=Q(grants__is_control=False)),
        )
        .first()
    )
    if incentive is None:
        return None
    return IncentiveDetail(
        row=_row(incentive, incentive.spent or 0, incentive.n_grants),
        effect=measured_effect(incentive, as_of=as_of),
        grants=grant_rows(incentive, cursor=cursor),
    )


def measured_effect(incentive: Incentive, *, as_of: date) -> Effect:
    """Return how much more customers pay in time than the control group since it runs."""
    today = day_number(as_of)
    is_due = nw.col("due_day") < today
    is_paid = ~nw.col("paid_day").is_null() & (nw.col("paid_day") <= nw.col("due_day"))
    counts = (
        watched_frame(incentive, as_of=as_of)
        .with_columns(on_time=is_paid.fill_null(value=False).cast(nw.Int64))
        .filter(is_due | (nw.col("on_time") == 1))
        .group_by("customer_id")
        .agg(items=nw.len(), on_time=nw.col("on_time").sum())
        .sort("customer_id")
        .select("customer_id", "items", "on_time")
        .collect()
        .rows()
    )
    return on_time_effect(
        [
            CustomerShare(
                is_control=is_control(
                    incentive_id=incentive.pk,
                    customer_id=key,
                    control_ppm=incentive.control_ppm,
                ),
                items=items,
                on_time=on_time,
            )
            for key, items, on_time in counts
        ]
    )


def grant_rows(
    incentive: Incentive, *, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[GrantRow]:
    """Return one page of completed streaks, the newest first."""
    limit = page_limit(limit)
    rows = (
        IncentiveGrant.objects.filter(incentive=incentive)
        .filter(after(cursor, ("-id",), (int,)))
        .select_related("customer", "item", "adjustment")
        .order_by("-id")[: limit + 1]
    )
    return page_of(
        [
            GrantRow(
                id=grant.pk,
                customer_id=grant.customer_id,
                customer_name=grant.customer.name,
                item_id=grant.item_id,
                item=grant.item.number,
                is_control=grant.is_control,
                amount_minor=grant.amount_minor,
                given_on_item_id=grant.adjustment.item_id if grant.adjustment else None,
                granted_on=grant.granted_on,
            )
            for grant in rows
        ],
        limit=limit,
        key=lambda row: (row.id,),
    )


def _row(incentive: Incentive, spent: int, grants: int) -> IncentiveRow:
    return IncentiveRow(
        id=incentive.pk,
        name=incentive.name,
        kind=incentive.kind,
        kind_label=str(Incentive.Kind(incentive.kind).label),
        status=incentive.status,
        status_label=str(Status(incentive.status).label),
        segments=tuple(incentive.segments),
        streak=incentive.streak,
        reward_ppm=incentive.reward_ppm,
        reward_days=incentive.reward_days,
        currency=incentive.currency,
        budget_minor=incentive.budget_minor,
        spent_minor=spent,
        grants=grants,
        control_ppm=incentive.control_ppm,
        from_on=incentive.from_on,
        until_on=incentive.until_on,
        author=incentive.author,
        approver=incentive.approver,
    )
