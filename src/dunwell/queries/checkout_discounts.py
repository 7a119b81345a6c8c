"""Discounts that were booked with the money of a checkout."""

from django.db.models import QuerySet, Sum

from dunwell.models import Adjustment, Checkout


def discount_reason(checkout: Checkout) -> str:
    """Return the reason such a discount is booked with, by which it is found again."""
    return f"Paid early with {checkout.number}"


def discounts_booked(checkout: Checkout) -> QuerySet[Adjustment]:
    """Return the discounts booked with a checkout's money, those taken back since included."""
    return (
        Adjustment.objects.filter(
            item__in=checkout.lines.values("item"),
            kind=Adjustment.Kind.DISCOUNT,
            reason=discount_reason(checkout),
            reverses=None,
        )
        .select_related("item")
        .order_by("pk")
    )


def discounts_standing(checkout: Checkout) -> dict[int, int]:
    """Return, by item, the minor units such discounts take off now."""
    rows = discounts_booked(checkout).filter(reversed_by=None).order_by()
    return dict(rows.values_list("item").annotate(Sum("amount_minor")))
