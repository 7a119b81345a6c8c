"""Locking whatever an order check decides over, so that orders at once are decided in turn.

SQLite has one writer at a time, who has begun before anything is read; there is nothing to lock.
"""

from collections.abc import Collection
from datetime import date

from django.db import connection

from dunwell.models import Company, CreditGroup, Customer
from dunwell.queries.order_family import sharing

SLICE = 5_000


def lock_accounts(company: Company, customer_ids: Collection[int], *, as_of: date) -> None:
    """Lock customers, everybody above them and who guarantees for them, and their groups.

    Always in the order of keys, customers before groups. Whom they belong to is read again
    afterwards: it may have changed while we waited.
    """
    if not connection.features.has_select_for_update or not customer_ids:
        return
    customers: set[int] = set()
    groups: set[int] = set()
    while True:
        new_customers, new_groups = sharing(company, customer_ids, as_of=as_of)
        if new_customers <= customers and new_groups <= groups:
            return
        for some in _slices(new_customers - customers):
            rows = Customer.objects.select_for_update(no_key=True).filter(pk__in=some)
            list(rows.order_by("pk").values_list("pk", flat=True))
        for some in _slices(new_groups - groups):
            shared = CreditGroup.objects.select_for_update(no_key=True).filter(pk__in=some)
            list(shared.order_by("pk").values_list("pk", flat=True))
        customers |= new_customers
        groups |= new_groups


def _slices(keys: Collection[int]) -> list[list[int]]:
    ordered = sorted(keys)
    return [ordered[start : start + SLICE] for start in range(0, len(ordered), SLICE)]
