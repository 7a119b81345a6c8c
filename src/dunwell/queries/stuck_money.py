"""Stuck money as the books stand: the agenda of today, and the items behind a point."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Min, Sum

from dunwell.engine.stuck_money import OverdueItem, StuckPoint, agenda, stuck_points
from dunwell.models import (
    Company,
    ContactAttempt,
    Customer,
    Dispute,
    Item,
    Message,
    OpenItem,
    Promise,
    PromiseItem,
)
from dunwell.queries.holds import active_holds
from dunwell.queries.kept_sums import of_large

LOOKED_AT = 5_000
"""The largest overdue items are looked at; a meeting has no time for more."""
REACHED = (ContactAttempt.Outcome.CONVERSATION, ContactAttempt.Outcome.WRITTEN)


@dataclass(frozen=True, kw_only=True, slots=True)
class AgendaRow:
    """One point of an agenda; `stuck_minor` of `currency` is the sum of `n_items` items."""

    rank: int
    customer_id: int
    customer_number: str
    customer_name: str
    reason: str
    currency: str
    stuck_minor: int
    n_items: int
    since_on: date
    days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class StuckItemRow:
    """An item of a point: what of it was stuck, and what is left of that now."""

    item_id: int
    number: str
    due_on: date
    currency: str
    stuck_minor: int
    left_minor: int


@of_large
def agenda_points(company: Company, *, as_of: date) -> tuple[StuckPoint, ...]:
    """Return what a meeting of the day is about; seven queries, however many items."""
    return agenda(
        stuck_points(overdue_items(company, as_of=as_of), as_of=as_of), home=company.currency
    )


def agenda_rows(company: Company, *, as_of: date) -> tuple[AgendaRow, ...]:
    """Return the agenda of the day with the customers' names; eight queries."""
    points = agenda_points(company, as_of=as_of)
    names = Customer.objects.filter(company=company).in_bulk([one.customer_id for one in points])
    return tuple(
        AgendaRow(
            rank=rank,
            customer_id=one.customer_id,
            customer_number=names[one.customer_id].number,
            customer_name=names[one.customer_id].name,
            reason=one.reason,
            currency=one.currency,
            stuck_minor=one.stuck_minor,
            n_items=len(one.items),
            since_on=one.since_on,
            days=(as_of - one.since_on).days,
        )
        for rank, one in enumerate(points, 1)
    )


def point_of(points: Iterable[StuckPoint], key: tuple[int, str, str]) -> StuckPoint | None:
    """Return the point of (customer, reason, currency), None where there is none."""
    return next(
        (one for one in points if (one.customer_id, one.reason, one.currency) == key), None
    )


def stuck_item_rows(
    company: Company, items: Iterable[tuple[int, int]]
) -> tuple[StuckItemRow, ...]:
    """Return items of a point by due day, open amounts as of now; two queries."""
    stuck = dict(items)
    opens = dict(
        OpenItem.objects.filter(company=company, item__in=stuck).values_list(
            "item_id", "open_minor"
        )
    )
    found = Item.objects.filter(company=company, pk__in=stuck).order_by("due_on", "pk")
    return tuple(
        StuckItemRow(
            item_id=one.pk,
            number=one.number,
            due_on=one.due_on,
            currency=one.currency,
            stuck_minor=stuck[one.pk],
            left_minor=max(0, min(stuck[one.pk], opens.get(one.pk, 0))),
        )
        for one in found
    )


def overdue_items(company: Company, *, as_of: date) -> list[OverdueItem]:
    """Return the largest overdue items with what stands about them; seven queries."""
    rows = list(
        OpenItem.objects.filter(company=company, due_on__lt=as_of, open_minor__gt=0)
        .order_by("-open_minor", "item_id")
        .values_list("item_id", "customer_id", "currency", "open_minor", "due_on")[:LOOKED_AT]
    )
    disputes = {
        row["item"]: (row["minor"], row["first"])
        for row in Dispute.objects.filter(company=company, closed_on=None, opened_on__lte=as_of)
        .values("item")
        .annotate(minor=Sum("amount_minor"), first=Min("opened_on"))
        .order_by()
    }
    broken, excused = _broken(company, as_of)
    held_items, held_customers = _held(company, as_of)
    told = _told(company, as_of)
    found = []
    for item_id, customer_id, currency, open_minor, due_on in rows:
        minor, disputed_on = disputes.get(item_id, (0, None))
        broke = broken.get(("item", item_id)) or broken.get((currency, customer_id))
        held = [
            one
            for one in (held_items.get(item_id), held_customers.get(customer_id))
            if one is not None
        ]
        found.append(
            OverdueItem(
                item_id=item_id,
                customer_id=customer_id,
                currency=currency,
                open_minor=open_minor,
                due_on=due_on,
                disputed_minor=minor,
                disputed_on=disputed_on,
                broken_on=None if customer_id in excused else broke,
                held_on=min(held) if held else None,
                told_on=told.get(customer_id),
            )
        )
    return found


def _broken(company: Company, as_of: date) -> tuple[dict[tuple[str, int], date], set[int]]:
    """Return when promises broke, by item or by customer and currency, and whom one excuses."""
    outcome = Promise.Outcome
    promises = Promise.objects.filter(company=company, made_on__lte=as_of)
    broke = promises.filter(outcome=outcome.BROKEN, settled_on__lte=as_of)
    found: dict[tuple[str, int], date] = {
        ("item", item_id): on
        for item_id, on in PromiseItem.objects.filter(promise__in=broke)
        .values_list("item_id")
        .annotate(on=Max("promise__settled_on"))
        .order_by()
    }
    for currency, customer_id, on in (
        broke.filter(level=Promise.Level.CUSTOMER)
        .values_list("currency", "customer_id")
        .annotate(on=Max("settled_on"))
        .order_by()
    ):
        found[currency, customer_id] = on
    excused = promises.filter(outcome=outcome.OPEN).values_list("customer_id", flat=True)
    return found, set(excused)


def _held(company: Company, as_of: date) -> tuple[dict[int, date], dict[int, date]]:
    """Return since when chasing stops, by item and by customer."""
    items: dict[int, date] = {}
    customers: dict[int, date] = {}
    for item_id, customer_id, from_on in active_holds(company, as_of=as_of).values_list(
        "item_id", "customer_id", "from_on"
    ):
        where, key = (items, item_id) if item_id else (customers, customer_id)
        where[key] = min(from_on, where.get(key, from_on))
    return items, customers


def _told(company: Company, as_of: date) -> dict[int, date]:
    """Return the day of the last word to each customer, written or spoken."""
    told: dict[int, date] = {}
    sent: Any = Message.objects.filter(
        company=company, status__in=Message.HANDED_OVER, sent_at__isnull=False
    ).values_list("customer_id")
    spoken: Any = ContactAttempt.objects.filter(company=company, outcome__in=REACHED).values_list(
        "customer_id"
    )
    moments: list[tuple[int, datetime]] = [
        *sent.annotate(last=Max("sent_at")).order_by(),
        *spoken.annotate(last=Max("at")).order_by(),
    ]
    for customer_id, last in moments:
        on = min(last.date(), as_of)
        told[customer_id] = max(on, told.get(customer_id, on))
    return told
