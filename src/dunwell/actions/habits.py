"""Payment habits of every customer, kept as of the last cycle that saw a change."""

from datetime import date, datetime

import polars as pl
from django.db import transaction

from dunwell.actions.differences import write_differences
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor
from dunwell.queries.ledgers import Books
from dunwell.queries.reminders import native

DETAILS = (
    *(pl.col(name).round(2) for name in ("mean_days_late", "spread_days", "recent_days_late")),
    *(pl.col(name) for name in ("month_end_ppm", "pay_weekday", "season_month")),
)
"""What is kept beside the columns, see `engine.behaviour.HABITS`."""


@transaction.atomic
def refresh_habits(*, actor: Actor, books: Books, as_of: date, at: datetime) -> int:
    """Judge how every customer pays and write what differs; return how many changed."""
    actor.require("cycle.run")
    company = actor.company
    found = native(books.habits(as_of=as_of))
    rows = found.sort("customer_id").select(
        "customer_id",
        company_id=pl.lit(company.pk, pl.Int64),
        as_of=pl.lit(as_of),
        label="habit",
        n_settled="settled_items",
        expected_days_late="expected_days_late",
        median_days_late="median_days_late",
        share_late_ppm=pl.col("late_ppm").fill_null(0),
        trend_days=pl.col("trend_days").round().cast(pl.Int64),
        broken_promises="promises_broken",
        last_payment_on=pl.col("last_payment_day").cast(pl.Date),
        details=pl.struct(*DETAILS).struct.json_encode(),
    )
    changed = write_differences(
        table="dunwell_habit",
        rows=rows,
        company_id=company.pk,
        documents=("details",),
        ignored=("as_of",),
    )
    if changed:
        record_event(
            actor,
            "habits.refreshed",
            company,
            at=at,
            as_of=as_of.isoformat(),
            customers=rows.height,
            changed=changed,
        )
    return changed
