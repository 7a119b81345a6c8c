"""What the serving model says of the day: current rows per item, the day's log, cash by week."""

import hashlib
from datetime import date, datetime

import narwhals.stable.v2 as nw
import polars as pl
from django.db import transaction

from dunwell.actions.differences import write_differences
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.engine.money import share
from dunwell.models import CashForecast, Company, ModelVersion, PredictionLog

PPM = 1_000_000

CHANCES = ("p_late_ppm", "p_late_7_ppm", "p_late_30_ppm", "p_unpaid_14_ppm", "p_loss_ppm")
PAY_DAYS = {
    "expected_pay_on": "expected_pay_day",
    "q10_on": "q10_day",
    "q50_on": "q50_day",
    "q90_on": "q90_day",
}
"""Dates of the record by the day numbers of `jobs.score`."""

FORECAST_FIGURES = ("expected_minor", "p10_minor", "p50_minor", "p90_minor")


@transaction.atomic
def write_predictions(
    *,
    actor: Actor,
    version: ModelVersion,
    rows: pl.DataFrame,
    content: bytes,
    as_of: date,
    at: datetime,
) -> int:
    """Make the company's predictions those of the day and log them; return how many changed.

    `rows` are the open debit items with the figures of `jobs.score`, `p_dispute_ppm` (may be
    empty), `reasons` and `dispute_reasons` (JSON texts); `content` is the day's log.
    Raises Refused when the day was logged with other content.
    """
    actor.require("cycle.run")
    company = actor.company
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    is_new = _log(version, content=content, rows=rows.height, as_of=as_of, at=at)
    changed = write_differences(
        table="dunwell_itemprediction",
        rows=_records(rows, version, as_of),
        company_id=company.pk,
        key="item_id",
        documents=("reasons", "dispute_reasons"),
    )
    if is_new or changed:
        record_event(
            actor,
            "predictions.written",
            version,
            at=at,
            as_of=as_of.isoformat(),
            items=rows.height,
            changed=changed,
            content_sha256=hashlib.sha256(content).hexdigest(),
        )
    return changed


@transaction.atomic
def write_forecast(
    *, actor: Actor, version: ModelVersion, rows: pl.DataFrame, as_of: date, at: datetime
) -> int:
    """Keep the cash expected by week as of the day; return how many rows are new or changed.

    `rows`: currency, week (1 begins on the day after `as_of`), from_day and the amounts
    of FORECAST_FIGURES in minor units.
    """
    actor.require("cycle.run")
    company = actor.company
    kept = {
        (row[0], row[1]): row[2:]
        for row in CashForecast.objects.filter(company=company, as_of=as_of).values_list(
            "currency", "week", "version_id", *FORECAST_FIGURES
        )
    }
    changed = [
        CashForecast(
            company=company,
            version=version,
            as_of=as_of,
            currency=row["currency"],
            week=row["week"],
            starts_on=row["starts_on"],
            **{name: row[name] for name in FORECAST_FIGURES},
        )
        for row in rows.with_columns(starts_on=pl.col("from_day").cast(pl.Date)).rows(named=True)
        if kept.get((row["currency"], row["week"]))
        != (version.pk, *(row[name] for name in FORECAST_FIGURES))
    ]
    CashForecast.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["company", "as_of", "currency", "week"],
        update_fields=["version", "starts_on", *FORECAST_FIGURES],
    )
    if changed:
        record_event(
            actor,
            "forecast.written",
            version,
            at=at,
            as_of=as_of.isoformat(),
            changed=len(changed),
        )
    return len(changed)


def _log(version: ModelVersion, *, content: bytes, rows: int, as_of: date, at: datetime) -> bool:
    """Log the day; return False when the very same was logged before."""
    digest = hashlib.sha256(content).hexdigest()
    log, is_new = PredictionLog.objects.defer("content").get_or_create(
        company_id=version.company_id,
        as_of=as_of,
        defaults={
            "version": version,
            "rows": rows,
            "content": content,
            "content_sha256": digest,
            "recorded_at": at,
        },
    )
    if not is_new and log.content_sha256 != digest:
        raise Refused(
            f"The predictions of {as_of} are logged already and stay as they are; "
            "the next day is scored anew."
        )
    return is_new


def _records(rows: pl.DataFrame, version: ModelVersion, as_of: date) -> pl.DataFrame:
    """Return the rows in the columns of the table, sorted by item."""
    with_loss: pl.DataFrame = nw.to_native(
        nw.from_native(rows, eager_only=True).with_columns(
            loss_minor=share(nw.col("open_minor"), nw.col("p_loss_ppm"), PPM)
        )
    )
    return with_loss.sort("item_id").select(
        "item_id",
        "customer_id",
        "currency",
        "open_minor",
        "history_items",
        *(pl.col(name).cast(pl.Int64) for name in CHANCES),
        pl.col("p_dispute_ppm").cast(pl.Int64),
        "loss_minor",
        *(pl.col(day).cast(pl.Int32).cast(pl.Date).alias(on) for on, day in PAY_DAYS.items()),
        "reasons",
        "dispute_reasons",
        company_id=pl.lit(version.company_id, pl.Int64),
        version_id=pl.lit(version.pk, pl.Int64),
        as_of=pl.lit(as_of),
        due_on=pl.col("due_day").cast(pl.Date),
    )
