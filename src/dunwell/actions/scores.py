"""Behavioural scores of the customers with their early warnings, as of the last cycle."""

from datetime import date, datetime

import polars as pl
from django.db import transaction

from dunwell.actions.differences import write_differences
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor

SCORE_COLUMNS = (
    "customer_id",
    "score",
    "base",
    "is_thin",
    "band",
    "points",
    "score_before",
    "band_before",
    "is_alarm",
    "warnings",
)
"""What `write_scores` takes; `points` and `warnings` are JSON texts."""


@transaction.atomic
def write_scores(*, actor: Actor, rows: pl.DataFrame, as_of: date, at: datetime) -> int:
    """Make the company's scores those of the day, in SCORE_COLUMNS; return how many changed."""
    actor.require("cycle.run")
    company = actor.company
    changed = write_differences(
        table="dunwell_customerscore",
        rows=rows.sort("customer_id").select(
            *SCORE_COLUMNS, company_id=pl.lit(company.pk, pl.Int64), as_of=pl.lit(as_of)
        ),
        company_id=company.pk,
        documents=("points", "warnings"),
        ignored=("as_of",),
    )
    if changed:
        record_event(
            actor,
            "scores.written",
            company,
            at=at,
            as_of=as_of.isoformat(),
            customers=rows.height,
            alarms=int(rows["is_alarm"].sum()),
            changed=changed,
        )
    return changed
