"""What a receipt says, read from the ledger at the moment it is written, and receipts written."""

from datetime import date
from typing import Any

from django.db.models import Q, Sum

from dunwell.models import (
    Allocation,
    Checkout,
    Company,
    CreditHold,
    Customer,
    Item,
    Message,
    MessageItem,
    OpenItem,
    Promise,
    Receipt,
)
from dunwell.queries.cards import credit_in_use
from dunwell.queries.checkout_discounts import discounts_standing

STOPPABLE = ("draft", "ready", "failed")


def receipt_document(checkout: Checkout, *, as_of: date) -> dict[str, Any]:
    """Return what a payment did, in minor units: items, what is left, credit, orders, promises.

    `free_credit_minor` is in the company's currency and None where no limit is known.
    """
    payment = checkout.payment
    if payment is None:
        raise ValueError(f"{checkout.number} is not paid")
    customer = checkout.customer
    put = dict(
        Allocation.objects.filter(payment=payment)
        .order_by()
        .values_list("item_id")
        .annotate(minor=Sum("amount_minor"))
    )
    taken_off = discounts_standing(checkout)
    open_now = dict(OpenItem.objects.filter(item__in=put).values_list("item_id", "open_minor"))
    items = [
        {
            "id": item.pk,
            "number": item.number,
            "paid_minor": put[item.pk],
            "discount_minor": taken_off.get(item.pk, 0),
            "open_minor": open_now.get(item.pk, 0),
        }
        for item in Item.objects.filter(pk__in=put).order_by("due_on", "pk")
        if put[item.pk]
    ]
    closed = [one["id"] for one in items if not one["open_minor"]]
    left_minor, overdue_minor = _left(customer, checkout.currency, as_of)
    credit = credit_in_use(checkout.company, customer, as_of)
    free = None
    if credit is not None and credit.limit_minor is not None and credit.used_minor is not None:
        free = max(credit.limit_minor - credit.used_minor, 0)
    return {
        "number": checkout.number,
        "paid_on": payment.value_on.isoformat(),
        "currency": checkout.currency,
        "paid_minor": payment.amount_minor,
        "surcharge_minor": checkout.surcharge_minor,
        "method": checkout.method,
        "provider": checkout.provider.name,
        "items": [{name: one[name] for name in one if name != "id"} for one in items],
        "on_account_minor": payment.amount_minor - sum(put.values()),
        "left_minor": left_minor,
        "overdue_minor": overdue_minor,
        "freed_minor": sum(put.values()) + sum(taken_off.values()),
        "free_credit_minor": free,
        "credit_currency": checkout.company.currency,
        "orders": _orders(customer, as_of),
        "promises": _promises(closed, as_of),
        "reminders": _reminders(customer, closed),
    }


def _left(customer: Customer, currency: str, as_of: date) -> tuple[int, int]:
    """Return what is open less open credits, as the first page does, and what of it is late."""
    found = OpenItem.objects.filter(customer=customer, currency=currency).aggregate(
        left=Sum("open_minor", default=0),
        overdue=Sum("open_minor", filter=Q(due_on__lt=as_of), default=0),
    )
    left = max(found["left"], 0)
    return left, min(max(found["overdue"], 0), left)


def receipt_of(company: Company, number: str, *, customer_id: int | None = None) -> Receipt | None:
    """Return a receipt by its number, of one customer alone where it is given."""
    found = Receipt.objects.filter(company=company, checkout__number=number)
    if customer_id is not None:
        found = found.filter(checkout__customer=customer_id)
    return found.select_related("checkout__customer", "checkout__company").first()


def waiting_receipts(company: Company) -> list[Checkout]:
    """Return paid checkouts whose receipt is not written yet, the oldest first."""
    return list(
        Checkout.objects.filter(company=company, status=Checkout.Status.PAID, receipt=None)
        .select_related("company", "customer", "provider", "payment", "seat__person")
        .order_by("pk")
    )


def _orders(customer: Customer, as_of: date) -> list[dict[str, str]]:
    """Return the orders that a hold let go on the day, or that are ready to be let go."""
    holds = CreditHold.objects.filter(
        Q(status=CreditHold.Status.READY)
        | Q(status=CreditHold.Status.RELEASED, ended_on=as_of, ended_by="system"),
        customer=customer,
        order__isnull=False,
    ).order_by("pk")
    return [
        {"number": number or "", "state": status}
        for number, status in holds.values_list("order__number", "status")
    ]


def _promises(items: list[int], as_of: date) -> list[str]:
    """Return the days of the promises about these items that are kept since the day."""
    days = (
        Promise.objects.filter(
            lines__item__in=items, outcome=Promise.Outcome.KEPT, settled_on=as_of
        )
        .order_by("due_on")
        .values_list("due_on", flat=True)
        .distinct()
    )
    return [day.isoformat() for day in days]


def _reminders(customer: Customer, items: list[int]) -> int:
    """Return how many reminders wait that are about nothing but these items; none is sent."""
    waiting = Message.objects.filter(customer=customer, level__gt=0, status__in=STOPPABLE)
    about = MessageItem.objects.filter(message__in=waiting)
    others = about.exclude(item__in=items).values("message")
    return (
        waiting.filter(pk__in=about.filter(item__in=items).values("message"))
        .exclude(pk__in=others)
        .count()
    )
