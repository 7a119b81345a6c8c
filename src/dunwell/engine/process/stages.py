"""Throughput of the stretches of the way: order to delivery, delivery to invoice, and so on."""

from collections.abc import Iterable

import narwhals.stable.v2 as nw

from dunwell.engine.process.log import HOUR_MS, MONEY_DAYS
from dunwell.engine.process.path import LEDGER, PAPER, Stage


def stages(steps: nw.LazyFrame, wanted: Iterable[Stage]) -> nw.LazyFrame:
    """Return every stretch that was begun, with its days and business hours, named by its stage.

    `steps` in columns STEPS. The n-th beginning belongs to the n-th end (only the first of each
    unless the stage counts every one). One without an end runs until the day asked about where
    its case still waits, and is left out where the case is over. An end that came before its
    beginning took no time. Money days count what was owed at the beginning.
    """
    running = steps.filter(nw.col("is_waiting")).select(
        "case_id", now_day="end_day", now_ms="end_worked_ms"
    )
    return nw.concat([_stage(steps, running, stage) for stage in wanted])


def _stage(steps: nw.LazyFrame, running: nw.LazyFrame, stage: Stage) -> nw.LazyFrame:
    numbered = _numbered if stage.each else _firsts
    begun = numbered(steps, stage.begins).drop("end_day", "end_worked_ms")
    ended = numbered(steps, stage.ends)
    until = ended.select("case_id", "number", end_day="day", end_ms="worked_ms")
    found = begun.join(until, on=["case_id", "number"], how="left").join(
        running, on="case_id", how="left"
    )
    is_running = nw.col("end_day").is_null()
    took = nw.coalesce("end_day", "now_day") - nw.col("day")
    spent = (nw.coalesce("end_ms", "now_ms") - nw.col("worked_ms")) // HOUR_MS
    is_told = ~(is_running & nw.col("now_day").is_null())
    if stage.only_ended:
        is_told = ~is_running
    elif stage.ends in PAPER:
        is_told &= ~(is_running & (nw.col("resource") == LEDGER))
    return (
        found.filter(is_told)
        .with_columns(
            is_waiting=is_running,
            name=nw.lit(stage.name),
            days=took.clip(0).cast(nw.Int32),
            hours=spent.clip(0).cast(nw.Int32),
        )
        .with_columns(money_days=MONEY_DAYS)
        .select("case_id", "name", "days", "hours", "is_waiting", "money_days")
    )


def _firsts(steps: nw.LazyFrame, activity: str) -> nw.LazyFrame:
    """Return the first step of one activity in each case, as number 1."""
    return (
        steps.filter(nw.col("activity") == activity)
        .with_columns(number=nw.lit(1, nw.Int64), first=nw.col("step").min().over("case_id"))
        .filter(nw.col("step") == nw.col("first"))
        .drop("first")
    )


def _numbered(steps: nw.LazyFrame, activity: str) -> nw.LazyFrame:
    """Return the steps of one activity, numbered within their case from 1."""
    return (
        steps.filter(nw.col("activity") == activity)
        .with_columns(one=nw.lit(1, nw.Int64))
        .with_columns(number=nw.col("one").cum_sum().over("case_id", order_by="step"))
    )
