"""Logged choices as frames, with what judges them: the money that came, today's chances."""

# put together from our own pieces of SQL; values are parameters
# ruff: noqa: S608

from dataclasses import replace
from datetime import date

import polars as pl

from dunwell.engine.calendars import day_number
from dunwell.ml.action_log import ACTION_LOG, MONEY
from dunwell.models import Company
from dunwell.queries.frames import day, read_rows
from dunwell.queries.reminders import ContactPlan

HELD_OUT = "left_to_chance"
"""Reason against a contact: the running holdout leaves the customer alone today."""

LOG_DAYS = 730
"""Choices of two years are learned from."""

_LOG_TYPES = {
    name: {"Int64": pl.Int64, "Int32": pl.Int32, "String": pl.String, "Boolean": pl.Boolean}[
        column.dtype.__name__
    ]
    for name, column in ACTION_LOG.items()
}


def logged_choices(company: Company, *, before: date) -> pl.DataFrame:
    """Return the choices logged before a day, in columns ACTION_LOG."""
    end = day_number(before)
    return read_rows(
        f"SELECT c.customer_id, {day('c.as_of')}, c.action, NULLIF(c.channel, ''), c.hour, "
        "c.propensity_ppm, c.permitted, c.policy, c.is_holdout AND TRUE, c.segment, "
        "c.days_past_due, c.collect_minor, c.p_unpaid_ppm, c.minutes, c.cost_minor "
        "FROM dunwell_actionchoice c "
        f"WHERE c.company_id = %s AND {day('c.as_of')} < %s AND {day('c.as_of')} >= %s "
        "ORDER BY c.as_of, c.customer_id",
        [company.pk, end, end - LOG_DAYS],
        _LOG_TYPES,
    )


def money_received(company: Company, *, until: date) -> pl.DataFrame:
    """Return the money of customers with a logged choice, home minor units, columns MONEY.

    Foreign money counts by the rate in force on its day; without a rate it is left out.
    """
    end = day_number(until)
    return read_rows(
        f"SELECT p.customer_id, {day('p.value_on')}, "
        "CAST(CASE WHEN p.currency = k.currency THEN p.amount_minor ELSE "
        "p.amount_minor * (SELECT r.rate_ppm FROM dunwell_fxrate r "
        "WHERE r.company_id = p.company_id AND r.currency = p.currency "
        "AND r.from_on <= p.value_on ORDER BY r.from_on DESC LIMIT 1) / 1000000 END AS bigint) "
        "FROM dunwell_payment p JOIN dunwell_company k ON k.id = p.company_id "
        "WHERE p.company_id = %s "
        f"AND {day('p.value_on')} BETWEEN %s AND %s AND p.customer_id IN "
        "(SELECT c.customer_id FROM dunwell_actionchoice c WHERE c.company_id = %s)",
        [company.pk, end - LOG_DAYS, end, company.pk],
        MONEY,
    ).drop_nulls("home_minor")


def unpaid_chances(company: Company) -> pl.DataFrame:
    """Return item_id, p_unpaid_ppm: P(unpaid in 14 days) of every scored item."""
    return read_rows(
        "SELECT p.item_id, p.p_unpaid_14_ppm FROM dunwell_itemprediction p "
        "WHERE p.company_id = %s",
        [company.pk],
        {"item_id": pl.Int64, "p_unpaid_ppm": pl.Int64},
    )


def as_chosen(plan: ContactPlan) -> ContactPlan:
    """Return the plan as it was chosen on its day.

    HELD_OUT stands against every customer that chance leaves alone; mails have the channel
    and the hour that a timing experiment drew for them.
    """
    rows = read_rows(
        "SELECT c.customer_id, c.is_holdout AND c.action = 'none', c.channel, c.hour "
        "FROM dunwell_actionchoice c WHERE c.company_id = %s "
        f"AND {day('c.as_of')} = %s AND (c.timing_id IS NOT NULL "
        "OR c.is_holdout AND c.action = 'none') ORDER BY c.customer_id",
        [plan.company.pk, day_number(plan.as_of)],
        {"customer_id": pl.Int64, "is_left": pl.Boolean, "chosen": pl.String, "hour": pl.Int64},
    )
    if not rows.height:
        return plan
    against = rows.filter("is_left").select(
        "customer_id",
        reason=pl.lit(HELD_OUT),
        is_block=pl.lit(value=True),
        measured=pl.lit(None, pl.Int64),
        allowed=pl.lit(None, pl.Int64),
    )
    is_left = pl.col("customer_id").is_in(against["customer_id"].to_list())
    timed = rows.filter(~pl.col("is_left"))
    return replace(
        plan,
        contacts=_rerouted(plan.contacts, timed),
        facts=_rerouted(plan.facts, timed),
        reasons=pl.concat([plan.reasons, against]).sort("customer_id", "reason"),
        decisions=plan.decisions.with_columns(
            decision=pl.when(is_left).then(pl.lit("blocked")).otherwise("decision")
        ),
        hours={
            customer_id: hour * 60
            for customer_id, hour in timed.drop_nulls("hour")
            .select("customer_id", "hour")
            .iter_rows()
        },
    )


def _rerouted(frame: pl.DataFrame, timed: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with the channel that was chosen."""
    chosen = timed.select("customer_id", "chosen")
    return (
        frame.join(chosen, on="customer_id", how="left", maintain_order="left")
        .with_columns(channel=pl.coalesce("chosen", "channel"))
        .drop("chosen")
    )
