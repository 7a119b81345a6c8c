"""Credit and orders as the customer may see them: amounts, and reasons fit for its eyes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dunwell.models import Company, CreditApplication, CreditHold, Customer, Order
from dunwell.queries.application_links import form_slug
from dunwell.queries.cards import Credit, credit_in_use
from dunwell.queries.credit_checks import rules_told
from dunwell.queries.orders import OrderRow, order_rows

OVERDUE, LIMIT, TERMS, REVIEW = "overdue", "limit", "terms", "review"
REASONS: Mapping[str, str] = {
    "days_overdue": OVERDUE,
    "overdue_amount": OVERDUE,
    "limit": LIMIT,
    "limit_used": LIMIT,
    "order_amount": LIMIT,
    "terms": TERMS,
}
"""What a rule of ours is called towards the customer. Every other rule is a judgement of ours
and says nothing but that the order is being looked at."""

WAYS: Mapping[str, str] = {"pay": "pay", "prepay": "prepay", "reduce": "reduce"}
"""Ways to free an order that are the customer's to go; the others are ours."""

MOST_ORDERS = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderWay:
    """What would free a held order: pay, prepay or reduce, and by how much."""

    kind: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PortalOrder:
    """An order with what holds it, in words for the customer."""

    row: OrderRow
    is_held: bool
    reasons: tuple[str, ...]
    ways: tuple[OrderWay, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PortalApplication:
    """A credit application of the customer that runs or was decided."""

    number: str
    status: str
    status_label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PortalCredit:
    """What the credit page shows; `credit` is empty where the company keeps it to itself."""

    credit: Credit | None
    free_minor: int | None
    orders: tuple[PortalOrder, ...]
    applications: tuple[PortalApplication, ...]
    form_slug: str


def portal_credit(
    company: Company, customer: Customer, *, with_limit: bool, with_orders: bool, as_of: date
) -> PortalCredit:
    """Return a customer's limit and orders as far as they may be shown; a fixed number of queries.

    A suspended limit is shown as none.
    """
    credit = credit_in_use(company, customer, as_of) if with_limit else None
    free = None
    if credit is not None and credit.limit_minor is not None and credit.used_minor is not None:
        free = max(credit.limit_minor - credit.used_minor, 0)
    applications = CreditApplication.objects.filter(customer=customer).order_by("-id")[:5]
    return PortalCredit(
        credit=credit,
        free_minor=free,
        orders=_orders(company, customer) if with_orders else (),
        applications=tuple(
            PortalApplication(
                number=one.number, status=one.status, status_label=str(one.get_status_display())
            )
            for one in applications
        ),
        form_slug=form_slug(company),
    )


def _orders(company: Company, customer: Customer) -> tuple[PortalOrder, ...]:
    rows = order_rows(company, customer_id=customer.pk, limit=MOST_ORDERS).rows
    shown = [row for row in rows if row.status != Order.Status.CANCELLED]
    standing = CreditHold.objects.filter(
        customer=customer, status__in=CreditHold.STANDING
    ).order_by("id")
    holds: dict[int | None, list[CreditHold]] = {}
    for hold in standing:
        holds.setdefault(hold.order_id, []).append(hold)
    return tuple(
        _order(row, [*holds.get(row.id, ()), *holds.get(None, ())])
        if row.status == Order.Status.HELD
        else PortalOrder(row=row, is_held=False, reasons=(), ways=())
        for row in shown
    )


def _order(row: OrderRow, holds: list[CreditHold]) -> PortalOrder:
    outcomes = [one for hold in holds for one in rules_told(hold.reasons)]
    reasons = {REASONS.get(one.rule, REVIEW) for one in outcomes} or {REVIEW}
    ways = {
        (way.kind, way.amount_minor, way.currency)
        for one in outcomes
        if one.rule in REASONS
        for way in one.release
        if way.kind in WAYS and way.amount_minor
    }
    return PortalOrder(
        row=row,
        is_held=True,
        reasons=tuple(sorted(reasons)),
        ways=tuple(
            OrderWay(kind=kind, amount_minor=minor or 0, currency=currency)
            for kind, minor, currency in sorted(ways, key=lambda way: (way[0], way[1] or 0))
        ),
    )
