"""What the demo's bank day starts from: open items by customer, and the last balance told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from dunwell.models import BankStatement, Company, OpenItem

MOST_ITEMS = 600
EACH = 2
"""So many open items are read, the oldest first, and so many of each customer returned."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LastBalance:
    """Where an account's statements end: the day, and the balance in minor units."""

    on: date
    closing_minor: int


def last_balance(company: Company, *, account: str) -> LastBalance | None:
    """Return where the statements of an account end, None without any."""
    found = BankStatement.objects.filter(company=company, account__account=account)
    last = found.exclude(closing_on=None).order_by("-closing_on", "-id").first()
    if last is None or last.closing_on is None or last.closing_minor is None:
        return None
    return LastBalance(on=last.closing_on, closing_minor=last.closing_minor)


def owed_by_customer(
    company: Company, *, currency: str, until_on: date
) -> list[list[tuple[str, str, int]]]:
    """Return (customer, item, open minor units) of items due by a day, by customer.

    Customers with the newest due items first: those who would pay now; disputes left out.
    """
    found = (
        OpenItem.objects.filter(
            company=company, currency=currency, open_minor__gt=0, due_on__lte=until_on
        )
        .exclude(item__disputes__closed_on=None, item__disputes__isnull=False)
        .order_by("-due_on", "-item")
        .values_list("customer_id", "customer__name", "item__number", "open_minor")[:MOST_ITEMS]
    )
    order: dict[int, None] = dict.fromkeys(row[0] for row in found)
    rows = sorted(found, key=lambda row: list(order).index(row[0]))
    return [_first(items) for _, items in groupby(rows, key=lambda row: row[0])]


def _first(items: Iterable[tuple[int, str, str, int]]) -> list[tuple[str, str, int]]:
    return [row[1:] for row in items][:EACH]
