"""The account as its customer sees it: figures per currency, what comes next, what came last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from dunwell.models import (
    Company,
    Customer,
    DocumentRequest,
    OpenItem,
    PaymentPlan,
    PlanInstalment,
    Promise,
)
from dunwell.queries.balances import Balance, account_balances
from dunwell.queries.pages import LARGEST_PAGE
from dunwell.queries.payments import PaymentRow, payment_rows
from dunwell.queries.prepared import prepared
from dunwell.queries.promises import promise_rows

LAST_PAYMENTS = 5
NEXT_DAYS = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountFigures:
    """One currency, in minor units; `due_minor` is due today or before, overdue before today."""

    balance: Balance
    due_minor: int
    due_items: int
    overdue_items: int
    disputed_items: int

    @property
    def owed_minor(self) -> int:
        """Return what is owed: open items less money not put on any yet."""
        return self.balance.open_minor - self.balance.unapplied_minor


@dataclass(frozen=True, kw_only=True, slots=True)
class DueDay:
    """What falls due on one day to come, in one currency."""

    on: date
    currency: str
    items: int
    amount_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ComingEvent:
    """A promise or instalment that still runs: `kind` is promise or instalment."""

    kind: str
    id: int
    on: date
    currency: str
    amount_minor: int
    name: str
    is_late: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PortalAccount:
    """Everything the first page of the portal shows of an account."""

    figures: tuple[AccountFigures, ...]
    due_days: tuple[DueDay, ...]
    coming: tuple[ComingEvent, ...]
    payments: tuple[PaymentRow, ...]
    papers_asked: int


def portal_account(company: Company, customer: Customer, *, as_of: date) -> PortalAccount:
    """Return a customer's account on a day; the number of queries is fixed."""
    return PortalAccount(
        figures=account_figures(customer, as_of=as_of),
        due_days=_due_days(customer, as_of),
        coming=coming_events(customer, as_of=as_of),
        payments=payment_rows(company, customer_id=customer.pk, limit=LAST_PAYMENTS).rows,
        papers_asked=DocumentRequest.objects.filter(customer=customer, closed_on=None).count(),
    )


def account_figures(customer: Customer, *, as_of: date) -> tuple[AccountFigures, ...]:
    """Return the figures of each currency in which something is open or unapplied."""
    counted = {row["currency"]: row for row in _counted(customer.pk, as_of)}
    disputed = dict(_disputed(customer.pk))
    found = []
    for balance in account_balances(customer, as_of):
        row: Mapping[str, Any] = counted.get(balance.currency, {})
        found.append(
            AccountFigures(
                balance=balance,
                due_minor=int(row.get("due") or 0),
                due_items=int(row.get("due_n") or 0),
                overdue_items=int(row.get("overdue_n") or 0),
                disputed_items=int(disputed.get(balance.currency, 0)),
            )
        )
    return tuple(found)


@prepared
def _counted(customer_id: int, as_of: date) -> QuerySet[Any, Any]:
    found = OpenItem.objects.filter(customer=customer_id).order_by("currency")
    return found.values("currency").annotate(
        due=Sum("open_minor", filter=Q(due_on__lte=as_of)),
        due_n=Count("item", filter=Q(due_on__lte=as_of)),
        overdue_n=Count("item", filter=Q(due_on__lt=as_of)),
    )


@prepared
def _disputed(customer_id: int) -> QuerySet[Any, tuple[str, int]]:
    found = OpenItem.objects.filter(customer=customer_id, item__disputes__closed_on=None)
    counts = found.filter(item__disputes__isnull=False).order_by("currency")
    return counts.values_list("currency").annotate(n=Count("item", distinct=True))


def coming_events(customer: Customer, *, as_of: date) -> tuple[ComingEvent, ...]:
    """Return running promises and instalments left to pay, the soonest first; two queries."""
    promises = promise_rows(
        customer.company,
        as_of=as_of,
        outcome=Promise.Outcome.OPEN,
        customer_id=customer.pk,
        limit=LARGEST_PAGE,
    )
    found = [
        ComingEvent(
            kind="promise",
            id=one.id,
            on=one.due_on,
            currency=one.currency,
            amount_minor=one.promised_minor,
            name="",
            is_late=one.is_late,
        )
        for one in promises.rows
    ]
    found += [
        ComingEvent(
            kind="instalment",
            id=one.pk,
            on=one.due_on,
            currency=one.plan.currency,
            amount_minor=one.amount_minor - one.paid_minor,
            name=f"{one.plan.number} / {one.number}",
            is_late=one.due_on < as_of,
        )
        for one in _instalments(customer.pk)
    ]
    return tuple(sorted(found, key=lambda one: (one.on, one.kind, one.name)))


@prepared
def _instalments(customer_id: int) -> QuerySet[PlanInstalment]:
    return PlanInstalment.objects.filter(
        plan__customer=customer_id, plan__status=PaymentPlan.Status.ACTIVE, paid_on=None
    ).select_related("plan")


@prepared
def _days(customer_id: int, as_of: date) -> QuerySet[Any, Any]:
    found = OpenItem.objects.filter(customer=customer_id, due_on__gt=as_of)
    days = found.order_by("due_on", "currency").values("due_on", "currency")
    return days.annotate(n=Count("item"), left=Sum("open_minor"))[:NEXT_DAYS]


def _due_days(customer: Customer, as_of: date) -> tuple[DueDay, ...]:
    return tuple(
        DueDay(
            on=row["due_on"],
            currency=row["currency"],
            items=row["n"],
            amount_minor=int(row["left"]),
        )
        for row in _days(customer.pk, as_of)
    )
