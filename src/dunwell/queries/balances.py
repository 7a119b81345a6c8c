"""What stands between a customer and us, by currency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from dunwell.models import Allocation, Customer, Dispute, OpenItem, Payment
from dunwell.queries.home import BucketFigure, bucket_figures, bucket_sums
from dunwell.queries.items import bucket_days
from dunwell.queries.prepared import prepared
from dunwell.queries.promised_amounts import promised_sums


@dataclass(frozen=True, kw_only=True, slots=True)
class Balance:
    """What stands between the customer and us in one currency, in minor units."""

    currency: str
    open_minor: int
    overdue_minor: int
    unapplied_minor: int
    disputed_minor: int
    promised_minor: int
    items: int
    oldest_days: int
    buckets: tuple[BucketFigure, ...]


def account_balances(customer: Customer, as_of: date) -> tuple[Balance, ...]:
    """Return one balance per currency in which something is open or unapplied."""
    aged = {row["currency"]: row for row in _aged(customer.pk, bucket_days(as_of))}
    promised = promised_sums(customer, as_of=as_of)
    parts = (_unapplied(customer), _disputed(customer), promised)
    return tuple(
        _balance(
            currency,
            aged.get(currency, {}),
            as_of,
            *(part.get(currency, 0) for part in parts),
        )
        for currency in sorted(aged.keys() | parts[0].keys())
    )


def _balance(
    currency: str,
    aged: Mapping[str, Any],
    as_of: date,
    unapplied_minor: int,
    disputed_minor: int,
    promised_minor: int,
) -> Balance:
    buckets = bucket_figures(aged)
    oldest = aged.get("oldest")
    return Balance(
        currency=currency,
        open_minor=sum(bucket.open_minor for bucket in buckets),
        overdue_minor=sum(bucket.open_minor for bucket in buckets[1:]),
        unapplied_minor=unapplied_minor,
        disputed_minor=disputed_minor,
        promised_minor=promised_minor,
        items=sum(bucket.items for bucket in buckets),
        oldest_days=max((as_of - oldest).days, 0) if oldest else 0,
        buckets=buckets,
    )


@prepared
def _aged(customer_id: int, days: Sequence[date]) -> QuerySet[Any, Any]:
    found = OpenItem.objects.filter(customer=customer_id).order_by("currency")
    return found.values("currency").annotate(
        oldest=Min("due_on", filter=Q(open_minor__gt=0)), **bucket_sums(days)
    )


def _disputed(customer: Customer) -> dict[str, int]:
    """Return what is disputed of the customer's items by their currency."""
    return {currency: int(total) for currency, total in _open_disputes(customer.pk)}


@prepared
def _open_disputes(customer_id: int) -> QuerySet[Any, tuple[str, int]]:
    found = Dispute.objects.filter(customer=customer_id, closed_on=None)
    sums = found.order_by("item__currency").values_list("item__currency")
    return sums.annotate(total=Sum("amount_minor"))


def _unapplied(customer: Customer) -> dict[str, int]:
    """Return what the customer paid and nothing was put on yet, where it is not 0."""
    used = dict(_put_on_items(customer.pk))
    left = {currency: int(total - used.get(currency, 0)) for currency, total in _paid(customer.pk)}
    return {currency: amount for currency, amount in left.items() if amount}


@prepared
def _paid(customer_id: int) -> QuerySet[Any, tuple[str, int]]:
    found = Payment.objects.filter(customer=customer_id).order_by("currency")
    return found.values_list("currency").annotate(total=Sum("amount_minor"))


@prepared
def _put_on_items(customer_id: int) -> QuerySet[Any, tuple[str, int]]:
    found = Allocation.objects.filter(payment__customer=customer_id)
    sums = found.order_by("payment__currency").values_list("payment__currency")
    return sums.annotate(total=Sum(Coalesce("paid_minor", "amount_minor")))
