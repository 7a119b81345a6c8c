"""Timing experiments: what was drawn, what came of it, and which arms were stopped."""

# put together from our own pieces of SQL; values are parameters
# ruff: noqa: S608

from datetime import date

import polars as pl

from dunwell.engine.calendars import day_number
from dunwell.ml.action_log import OUTCOME_DAYS, with_outcomes
from dunwell.ml.bandit import BanditPolicy
from dunwell.ml.bandit_hours import hours_policy, slot_of
from dunwell.models import Company, Contact, Event, Experiment
from dunwell.queries.choices import LOG_DAYS, money_received
from dunwell.queries.experiments import running_experiments
from dunwell.queries.frames import day, read_rows

LOG = {
    "customer_id": pl.Int64,
    "as_of_day": pl.Int32,
    "segment": pl.String,
    "hour": pl.Int64,
    "timing_ppm": pl.Int64,
    "days_past_due": pl.Int64,
    "collect_minor": pl.Int64,
    "p_unpaid_ppm": pl.Int64,
    "reasons": pl.String,
}
TIMING_ARMS = "timing_arms"
"""Key in the reasons of a choice: the arms that had a chance, joined by a comma."""

_HARMS = {"customer_id": pl.Int64, "harm_day": pl.Int32}


def running_timing(company: Company, *, as_of: date) -> Experiment | None:
    """Return the timing experiment that runs on a day, None without one."""
    running = running_experiments(company, as_of=as_of)
    return next((one for one in running if one.kind == Experiment.Kind.TIMING), None)


def timing_policy(experiment: Experiment) -> BanditPolicy:
    """Return the rules of a timing experiment."""
    return hours_policy(
        experiment=experiment.name,
        salt=experiment.salt,
        arms=[(arm["name"], arm["share_ppm"]) for arm in experiment.arms],
    )


def kept_stops(experiment: Experiment) -> list[tuple[int, str, int, int]]:
    """Return the arms stopped so far, as rows of `ml.bandit.STOPS`."""
    return [
        (
            day_number(date.fromisoformat(stop["on"])),
            stop["arm"],
            stop["decisions"],
            stop["harms"],
        )
        for stop in experiment.figures.get("stops", ())
    ]


def timing_log(company: Company, experiment_id: int, *, before: date, as_of: date) -> pl.DataFrame:
    """Return the mails drawn before a day with what is known of them by `as_of`.

    Columns: customer_id, as_of_day, segment, arm, propensity_ppm, permitted (arms joined by a
    comma), days_past_due, collect_minor, p_unpaid_ppm; `is_paid`, all that was asked came
    within 14 days, empty until they are over; `is_harmed`, an opt-out or a bounce followed.
    """
    end = day_number(before)
    rows = read_rows(
        f"SELECT c.customer_id, {day('c.as_of')}, c.segment, c.hour, c.timing_ppm, "
        "c.days_past_due, c.collect_minor, c.p_unpaid_ppm, CAST(c.reasons AS text) "
        "FROM dunwell_actionchoice c WHERE c.company_id = %s AND c.timing_id = %s "
        f"AND {day('c.as_of')} < %s AND {day('c.as_of')} >= %s ORDER BY c.as_of, c.customer_id",
        [company.pk, experiment_id, end, end - LOG_DAYS],
        LOG,
    )
    told = rows.select(
        "customer_id",
        "as_of_day",
        "segment",
        arm=slot_of(pl.col("hour")),
        propensity_ppm="timing_ppm",
        permitted=pl.col("reasons").str.json_path_match(f"$.{TIMING_ARMS}"),
        days_past_due="days_past_due",
        collect_minor="collect_minor",
        p_unpaid_ppm="p_unpaid_ppm",
    )
    money = money_received(company, until=as_of)
    return _with_harm(with_outcomes(told, money, as_of=as_of), _harms(company, as_of=as_of)).drop(
        "received_minor", "paid_ppm"
    )


def _harms(company: Company, *, as_of: date) -> pl.DataFrame:
    """Return customer_id, harm_day of every opt-out and every bounce up to a day."""
    bounces = Contact.objects.filter(customer__company=company, bounced_on__lte=as_of)
    opted_out = Event.objects.filter(
        company=company, subject="customer", verb="customer.edited", data__after__is_opted_out=True
    )
    rows = [
        *bounces.values_list("customer_id", "bounced_on"),
        *((key, at.date()) for key, at in opted_out.values_list("customer_id", "at")),
    ]
    found = [(key, day_number(on)) for key, on in rows if on is not None and on <= as_of]
    return pl.DataFrame(found, schema=_HARMS, orient="row").unique()


def _with_harm(log: pl.DataFrame, harms: pl.DataFrame) -> pl.DataFrame:
    """Return the log with `is_harmed`; a harm counts against the last mail before it."""
    blamed = (
        log.select("customer_id", "as_of_day")
        .join(harms, on="customer_id", how="inner")
        .filter(
            pl.col("harm_day") >= pl.col("as_of_day"),
            pl.col("harm_day") <= pl.col("as_of_day") + OUTCOME_DAYS,
        )
        .group_by("customer_id", "harm_day")
        .agg(pl.col("as_of_day").max())
        .select("customer_id", "as_of_day", is_harmed=pl.lit(value=True))
        .unique()
    )
    return log.join(
        blamed, on=["customer_id", "as_of_day"], how="left", maintain_order="left"
    ).with_columns(pl.col("is_harmed").fill_null(value=False))
