"""What the cycle kept of the book of credit, as order checks ask for it: one small query."""

from collections.abc import Collection
from datetime import date, timedelta

from dunwell.engine.order_book import LOSS, WHOLE, KeptBook, OrderAppetite, Place
from dunwell.models import Company
from dunwell.queries import order_sql as sql
from dunwell.queries.dated_rates import day_of
from dunwell.queries.fetched_rows import fetched

NEW_DAYS = 365
"""A customer is new as long as no item of it is older."""

SLICE = 500


def kept_book(company: Company, appetite: OrderAppetite, *, as_of: date) -> KeptBook:
    """Return what is kept of the parts of the book that the limits need; one query."""
    wanted = appetite.dimensions
    marks = ", ".join(["%s"] * len(wanted))
    rows = fetched(sql.KEPT.format(marks=marks), [company.pk, company.pk, as_of, *wanted])
    parts: dict[Place, int] = {}
    kept_on: date | None = None
    for dimension, key, day, exposure, loss in rows:
        kept_on = day_of(day)
        parts[dimension, key] = int(exposure)
        if (dimension, key) == WHOLE:
            parts[LOSS] = int(loss)
    return KeptBook(appetite=appetite, as_of=kept_on, parts=parts)


def known_for_long(customer_ids: Collection[int], *, as_of: date) -> set[int]:
    """Return those customers who have an item older than NEW_DAYS; a query for each 500."""
    ordered, found = sorted(customer_ids), set()
    for start in range(0, len(ordered), SLICE):
        some = ordered[start : start + SLICE]
        marks = ", ".join(["%s"] * len(some))
        since = as_of - timedelta(days=NEW_DAYS)
        rows = fetched(sql.OLD_CUSTOMERS.format(marks=marks), [*some, since])
        found |= {key for (key,) in rows}
    return found
