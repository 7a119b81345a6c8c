"""What to do with each customer today: the action that brings most per minute, and for whom
there is time. What is permitted was decided by the chase gate."""

# put together from our own pieces of SQL; values are parameters
# ruff: noqa: S608

from datetime import date

import polars as pl

from dunwell.engine.calendars import day_number
from dunwell.engine.collectable import PPM
from dunwell.ml.action_day import suggested
from dunwell.ml.next_action import RANKED, action_policy, rank
from dunwell.models import Company
from dunwell.queries import frames
from dunwell.queries.reminders import ContactPlan, native
from dunwell.queries.workforce import Workforce, workforce

BY_ITSELF = ("email", "portal")
"""Steps that need nobody once they are clear."""

WHYS = (
    "action",
    "is_planned",
    "is_automatic",
    "is_worth",
    "effect_ppm",
    "prior_ppm",
    "observed_ppm",
    "low_ppm",
    "high_ppm",
    "acted_n",
    "alone_n",
    "weight_ppm",
)
"""What is told of a suggestion, in the meaning of `next_action.RANKED`; `is_automatic`: the
strategy's mail goes out today without anybody's doing."""

_PEOPLE = {"customer_id": pl.Int64, "collector_id": pl.Int64, "is_awake": pl.Boolean}


def suggestions(plan: ContactPlan, ranked: pl.DataFrame, *, shown: pl.DataFrame) -> pl.DataFrame:
    """Return customer_id, WHYS, extra_minor, minutes, score and `options` of each suggestion.

    `ranked`: customer_id, to_collect_minor, oldest_days_past_due, unpaid_ppm and uplift_ppm of
    `engine.priority.WORKLIST`. `shown` is what the choices by chance have shown. Where a step
    is due it is the only option; between steps it is every way that reaches the customer;
    a blocked customer has none and is left out. `score` is extra cash per minute, rounded
    down; `options` holds action, minutes and extra_minor of all that were weighed.
    """
    company = plan.company
    customers = ranked.filter(pl.col("to_collect_minor") > 0).select(
        "customer_id",
        collect_minor="to_collect_minor",
        days_past_due="oldest_days_past_due",
        p_unpaid_ppm=pl.col("unpaid_ppm").clip(0, PPM),
        call_ppm="uplift_ppm",
    )
    options = _options(plan, customers.select("customer_id"))
    weighed = rank(customers, options, shown, policy=action_policy(company.currency))
    automatic = (
        plan.contacts.filter(pl.col("channel").is_in(BY_ITSELF))
        .join(plan.decisions.filter(decision="clear"), on="customer_id", how="semi")
        .select("customer_id", is_automatic=pl.lit(value=True))
    )
    force = workforce(company, as_of=plan.as_of)
    people = (
        _people(company, force, as_of=plan.as_of)
        .join(automatic, on="customer_id", how="left")
        .with_columns(pl.col("is_automatic").fill_null(value=False))
    )
    listed = (
        weighed.sort("customer_id", "rank")
        .group_by("customer_id", maintain_order=True)
        .agg(options=pl.struct("action", "minutes", "extra_minor"))
    )
    return (
        suggested(weighed, people, own_minutes=force.minutes)
        .select(*RANKED, "is_planned")
        .join(people.select("customer_id", "is_automatic"), on="customer_id", how="left")
        .join(listed, on="customer_id", how="left")
        .select(
            "customer_id",
            *WHYS,
            "extra_minor",
            "minutes",
            score=pl.col("extra_minor") // pl.col("minutes").cast(pl.Int64),
            options="options",
        )
    )


def _options(plan: ContactPlan, customers: pl.DataFrame) -> pl.DataFrame:
    """Return customer_id, action: what may be done with each of the customers today."""
    may = plan.decisions.filter(pl.col("decision") != "blocked")
    steps = plan.contacts.join(may, on="customer_id", how="semi").select(
        "customer_id", action="channel"
    )
    has_mail = pl.col("has_email") & ~pl.col("is_bounced")
    told = native(frames.customers_frame(plan.company)).filter(~pl.col("is_opted_out"))
    ways = pl.concat(
        told.filter(reaches).select("customer_id", action=pl.lit(action))
        for action, reaches in (
            ("call", pl.col("has_phone")),
            ("email", has_mail),
            ("letter", pl.col("has_address")),
        )
    ).join(plan.contacts, on="customer_id", how="anti")
    return pl.concat([steps, ways]).join(customers, on="customer_id", how="semi")


def _people(company: Company, force: Workforce, *, as_of: date) -> pl.DataFrame:
    """Return who collects from each customer today, and whether it is awake: not put aside.

    The cover collects for who is away; without one nobody does.
    """
    found = frames.read_rows(
        "SELECT c.id, c.collector_id, NOT EXISTS (SELECT 1 FROM dunwell_snooze s WHERE "
        f"s.customer_id = c.id AND {frames.day('s.until_on')} > %s) AND TRUE "
        "FROM dunwell_customer c WHERE c.company_id = %s ORDER BY c.id",
        [day_number(as_of), company.pk],
        _PEOPLE,
    )
    if not force.covers:
        return found
    today = {away: force.at_work(away) for away in force.covers}
    return found.with_columns(
        pl.col("collector_id").replace_strict(
            list(today),
            list(today.values()),
            default=pl.col("collector_id"),
            return_dtype=pl.Int64,
        )
    )
