"""Which months of the map of invoice to cash stand, and which are to be made."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count

from dunwell.engine.calendars import day_number, month_number, months_after
from dunwell.models import Company, Item, ProcessMonth

MONTHS = 24
"""Months of issue of which the map is kept."""
FRESH_MONTHS = 3
"""The newest months are made every day; most of what happens, happens to them."""
WEEK = 7
SMALL_BOOK = 20_000
"""Invoices up to which every month is made every day."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthDue:
    """A month that is to be made, and how many invoices were issued in it."""

    month: date
    items: int


def months_due(company: Company, *, as_of: date, is_whole: bool) -> tuple[MonthDue, ...]:
    """Return the months of issue to be made on a day, the oldest first; two queries.

    All of a small book, or with `is_whole`. Of a large one those never made, the newest, and the
    older ones on their day of the week, or once that was missed.
    """
    newest = as_of.replace(day=1)
    first = months_after(newest, 1 - MONTHS)
    issued = (
        Item.objects.filter(
            company=company,
            kind=Item.Kind.INVOICE,
            issued_on__gte=first,
            issued_on__lte=as_of,
        )
        .values_list("issued_on")
        .annotate(n=Count("pk"))
    )
    # a large book has few days of issue; SQLite asks Python for the month of each row
    months: dict[date, int] = {}
    for on, items in issued:
        month = on.replace(day=1)
        months[month] = months.get(month, 0) + items
    found = [MonthDue(month=month, items=months[month]) for month in sorted(months)]
    if is_whole or sum(one.items for one in found) <= SMALL_BOOK:
        return tuple(found)
    made = dict(ProcessMonth.objects.filter(company=company).values_list("month", "as_of"))
    fresh = months_after(newest, 1 - FRESH_MONTHS)
    return tuple(
        one
        for one in found
        if one.month >= fresh or _is_stale(one.month, made.get(one.month), as_of)
    )


def _is_stale(month: date, made_on: date | None, as_of: date) -> bool:
    if made_on is None or made_on < as_of - timedelta(days=WEEK):
        return True
    return made_on < as_of and (day_number(as_of) + month_number(month)) % WEEK == 0
