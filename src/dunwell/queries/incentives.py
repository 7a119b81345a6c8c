"""Incentives as the cycle, the pages and the API read them: items watched, budget, effect."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from dunwell.engine.incentive_days import DaysEffect
from dunwell.engine.incentives import Effect
from dunwell.models import Company, Incentive, IncentiveGrant, OpenItem
from dunwell.queries.agreements import bound_items, disputed_items
from dunwell.queries.incentive_effects import measured_effect
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

Status = Incentive.Status
PPM = 1_000_000


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
    """One incentive, its effect on paying in time and on the days, and its newest grants."""

    row: IncentiveRow
    effect: Effect
    days: DaysEffect
    grants: Page[GrantRow]


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
    spent = incentive.spent or 0
    effect, days = measured_effect(incentive, as_of=as_of, spent_minor=spent)
    return IncentiveDetail(
        row=_row(incentive, spent, incentive.n_grants),
        effect=effect,
        days=days,
        grants=grant_rows(incentive, cursor=cursor),
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
