"""Keeping how the book is spread, day by day, and adding to it what orders took since."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from dunwell.actions.gate import Actor
from dunwell.engine.order_book import LOSS, WHOLE, Place
from dunwell.engine.order_rules import OrderRules
from dunwell.models import Company, PortfolioMeasure
from dunwell.queries.portfolio_measures import MeasureDue

KEPT_DAYS = 62
"""So long every day is kept; of earlier ones the ends of months."""

BATCH = 500
BY_UPDATE = ("name", "group")
"""Dimensions of which only the largest parts are kept; an order begins no other one."""

Dimension = PortfolioMeasure.Dimension

_ADD = """
INSERT INTO dunwell_portfoliomeasure (company_id, as_of, dimension, key, customers,
    exposure_minor, loss_minor, added_minor, added_loss_minor, recorded_at)
VALUES {rows} ON CONFLICT (company_id, as_of, dimension, key) DO UPDATE SET
    added_minor = dunwell_portfoliomeasure.added_minor + EXCLUDED.added_minor,
    added_loss_minor = dunwell_portfoliomeasure.added_loss_minor + EXCLUDED.added_loss_minor
"""
_RAISE = """
UPDATE dunwell_portfoliomeasure SET added_minor = added_minor + %s
WHERE company_id = %s AND as_of = %s AND dimension = %s AND key = %s
"""


@transaction.atomic
def keep_measures(*, actor: Actor, due: tuple[MeasureDue, ...], as_of: date, at: datetime) -> int:
    """Keep the parts of the book as of a day; return how many rows were written.

    What orders added counts from 0 again, for the exposure holds it now. Days older than KEPT_DAYS
    are dropped unless they end a month.
    """
    actor.require("cycle.run")
    company = actor.company
    PortfolioMeasure.objects.filter(company=company, as_of=as_of).delete()
    PortfolioMeasure.objects.bulk_create(
        [
            PortfolioMeasure(
                company=company,
                as_of=as_of,
                dimension=one.dimension,
                key=one.key,
                customers=one.customers,
                exposure_minor=one.exposure_minor,
                loss_minor=one.loss_minor,
                recorded_at=at,
            )
            for one in due
        ],
        batch_size=BATCH,
    )
    earlier = PortfolioMeasure.objects.filter(
        company=company,
        dimension=Dimension.TOTAL,
        as_of__lt=as_of - timedelta(days=KEPT_DAYS),
    )
    day_after = timedelta(days=1)
    stale = [
        day
        for day in earlier.values_list("as_of", flat=True)
        if day.month == (day + day_after).month
    ]
    if stale:
        PortfolioMeasure.objects.filter(company=company, as_of__in=stale).delete()
    return len(due)


def lock_book(company: Company, rules: OrderRules, *, as_of: date) -> date | None:
    """Hold what is kept of the book until the transaction ends; return the day it is of.

    Only where limits of the appetite hold orders: then orders at once are judged in turn, and
    never pass such a limit together. None where nothing is kept or nothing is held by it.
    """
    if rules.appetite is None:
        return None
    whole = PortfolioMeasure.objects.filter(
        company=company, dimension=Dimension.TOTAL, as_of__lte=as_of
    ).order_by("-as_of")
    if connection.features.has_select_for_update:
        whole = whole.select_for_update(no_key=True)
    found = whole.first()
    return None if found is None else found.as_of


def add_to_book(
    company: Company,
    grown: Iterable[Mapping[Place, int]],
    *,
    kept_on: date | None,
    at: datetime,
) -> None:
    """Add what approved orders took of each part of the book to what is kept of it.

    The caller holds the lock of `lock_book`. Large names and groups only grow where they are kept.
    """
    sums: dict[Place, int] = {}
    for one in grown:
        for place, more in one.items():
            sums[place] = sums.get(place, 0) + more
    if kept_on is None or not any(sums.values()):
        return
    loss = sums.pop(LOSS, 0)
    rows = [
        (company.pk, kept_on, dimension, key, 0, 0, 0, more, 0, at)
        for (dimension, key), more in sorted(sums.items())
        if dimension not in BY_UPDATE and (dimension, key) != WHOLE and more
    ]
    rows.append((company.pk, kept_on, *WHOLE, 0, 0, 0, sums.get(WHOLE, 0), loss, at))
    marks = f"({', '.join(['%s'] * len(rows[0]))})"
    with connection.cursor() as cursor:
        for start in range(0, len(rows), BATCH):
            some = rows[start : start + BATCH]
            statement = _ADD.format(rows=", ".join([marks] * len(some)))
            cursor.execute(statement, [value for row in some for value in row])
        cursor.executemany(
            _RAISE,
            [
                (more, company.pk, kept_on, dimension, key)
                for (dimension, key), more in sorted(sums.items())
                if dimension in BY_UPDATE and more
            ],
        )
