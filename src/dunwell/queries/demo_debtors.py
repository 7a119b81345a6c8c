"""Whom the demo's collections happen to: debtors nothing stands against, always the same ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet, Sum

from dunwell.models import (
    Company,
    Customer,
    Dispute,
    Hold,
    Item,
    Message,
    MessageItem,
    OpenItem,
    Promise,
)

LATE_DAYS = 10
"""Items are taken that have been due for so many days."""

LEAST_MINOR = 200_00
"""Nobody agrees on or sues for less than so much; smaller debts are too small for a plan."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Debtor:
    """A customer and those of its items, in one currency, something is agreed or done about."""

    customer: Customer
    items: tuple[Item, ...]


def free_debtors(
    company: Company, *, currency: str, collector: str = "", as_of: date, besides: Sequence[int]
) -> list[Customer]:
    """Return customers with late items and nothing agreed, disputed or held, most owed first.

    Who owes less than LEAST_MINOR is left out.
    """
    late = OpenItem.objects.filter(
        company=company,
        currency=currency,
        open_minor__gt=0,
        due_on__lte=as_of - timedelta(days=LATE_DAYS),
    )
    if collector:
        late = late.filter(customer__collector__username=collector)
    kept = {
        *besides,
        *_customers_of(Hold.objects.filter(company=company, released_on=None)),
        *_customers_of(Dispute.objects.filter(company=company, closed_on=None)),
        *_customers_of(Promise.objects.filter(company=company, outcome=Promise.Outcome.OPEN)),
    }
    owed = late.values("customer").annotate(minor=Sum("open_minor")).order_by("-minor", "customer")
    keys = [
        row["customer"]
        for row in owed
        if row["customer"] not in kept and row["minor"] >= LEAST_MINOR
    ]
    found = Customer.objects.in_bulk(keys)
    return [found[key] for key in keys]


def late_items(customer: Customer, *, currency: str, as_of: date) -> tuple[Item, ...]:
    """Return the customer's open items that have been late for a while, the oldest first."""
    rows = OpenItem.objects.filter(
        customer=customer,
        currency=currency,
        open_minor__gt=0,
        due_on__lte=as_of - timedelta(days=LATE_DAYS),
    ).select_related("item")
    return tuple(row.item for row in rows.order_by("due_on", "item"))


def demanded_debtors(company: Company, *, currency: str) -> list[Debtor]:
    """Return customers whose late items had a final demand, with these items, in order of key."""
    lines = (
        MessageItem.objects.filter(
            message__company=company,
            message__status__in=Message.HANDED_OVER,
            message__template__startswith="final",
            item__currency=currency,
            item__open_now__open_minor__gt=0,
        )
        .select_related("item__customer")
        .order_by("item__customer", "item__due_on", "item")
    )
    found: dict[int, dict[int, Item]] = {}
    for line in lines:
        found.setdefault(line.item.customer_id, {})[line.item_id] = line.item
    return [
        Debtor(customer=next(iter(items.values())).customer, items=tuple(items.values()))
        for items in found.values()
    ]


def debtors_at_the_lawyer(company: Company) -> list[Customer]:
    """Return the customers a legal hold stands on, in order of key."""
    held = Hold.objects.filter(
        company=company, reason=Hold.Reason.LEGAL, item=None, released_on=None
    )
    keys = sorted(set(_customers_of(held)))
    return list(Customer.objects.filter(pk__in=keys).order_by("pk"))


def _customers_of(rows: QuerySet[Any]) -> list[int]:
    return list(rows.values_list("customer_id", flat=True))
