"""What is expected of many customers at once, for lists that show it beside each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, ExpressionWrapper, F, IntegerField, Min, Sum

from dunwell.models import Company, ItemPrediction
from dunwell.queries.kept_sums import MANY_ITEMS, kept

PPM = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """What is expected of a customer in the currency in which it has most items.

    `expected_14_minor` of `open_minor` is expected within 14 days, a share of `soon_ppm`;
    `next_pay_on` is the soonest day by which an item is more likely paid than not.
    """

    customer_id: int
    currency: str
    items: int
    open_minor: int
    expected_14_minor: int
    soon_ppm: int
    next_pay_on: date


def customer_outlooks(company: Company, customer_ids: Sequence[int]) -> dict[int, Outlook]:
    """Return the outlook of each customer that has a scored item, in one query at most.

    Kept where they have many items: a page of the largest customers adds up tens of thousands.
    """
    return kept(
        company,
        ("customer_outlooks", tuple(customer_ids)),
        lambda: _outlooks(company, customer_ids),
        is_worth=lambda found: sum(one.items for one in found.values()) >= MANY_ITEMS,
    )


def _outlooks(company: Company, customer_ids: Sequence[int]) -> dict[int, Outlook]:
    # open amounts stay far below 9e12 minor units, so that the product fits 64 bits
    weighed = ExpressionWrapper(
        F("open_minor") * (PPM - F("p_unpaid_14_ppm")), output_field=IntegerField()
    )
    rows = (
        ItemPrediction.objects.filter(customer__in=customer_ids)
        .values("company_id", "customer_id", "currency")
        .annotate(
            items=Count("item"),
            total=Sum("open_minor"),
            weighed=Sum(weighed),
            next_pay_on=Min("q50_on"),
        )
        .order_by("customer_id", "-items", "currency")
    )
    found: dict[int, Outlook] = {}
    for row in rows:
        # asked of each row: as a condition SQLite walks all predictions of the company
        if row["company_id"] == company.pk and row["customer_id"] not in found:
            found[row["customer_id"]] = Outlook(
                customer_id=row["customer_id"],
                currency=row["currency"],
                items=row["items"],
                open_minor=row["total"],
                expected_14_minor=(row["weighed"] + PPM // 2) // PPM,
                soon_ppm=(row["weighed"] + row["total"] // 2) // row["total"],
                next_pay_on=row["next_pay_on"],
            )
    return found
