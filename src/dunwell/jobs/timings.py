"""At which hour, and by which of the step's channels, the mails of a day go out.

Only while a manager lets a timing experiment run. The arm is drawn for every customer whose
step is a mail that needs no approval; hours outside delivery are never drawn, nor another
channel that does not reach the customer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.actions.experiments import ArmStop
from dunwell.actions.outbox import SENT_BY_MAIL
from dunwell.engine.dunning import reaches
from dunwell.ml.bandit import BanditPolicy, BanditState, decided
from dunwell.ml.bandit_hours import OTHER, SLOTS, hours_state, open_slots, slot_hour
from dunwell.models import Company, Experiment
from dunwell.queries.reminders import ContactPlan, gate_policy, native
from dunwell.queries.timings import kept_stops, running_timing, timing_log, timing_policy

TIMED = {
    "customer_id": pl.Int64,
    "timing_id": pl.Int64,
    "timing_ppm": pl.Int64,
    "hour": pl.Int64,
    "timed_channel": pl.String,
    "timing_arms": pl.String,
    "timing_best": pl.String,
}
"""What was drawn: chance and hour, the channel it goes by, the arms it was drawn among, and the
one that looked best."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The timing experiment of a day, its rules and what it knows before the day's draw."""

    experiment: Experiment
    policy: BanditPolicy
    state: BanditState

    @property
    def new_stops(self) -> Sequence[ArmStop]:
        """The arms whose harm is shown now and that were not stopped before."""
        known = {arm for _, arm, _, _ in kept_stops(self.experiment)}
        return [
            ArmStop(arm=arm, decisions=decisions, harms=harms)
            for _, arm, decisions, harms in self.state.stops.iter_rows()
            if arm not in known
        ]


def timing_of_day(company: Company, *, as_of: date) -> Timing | None:
    """Return the timing experiment that runs on a day, None without one."""
    experiment = running_timing(company, as_of=as_of)
    if experiment is None:
        return None
    policy = timing_policy(experiment)
    log = timing_log(company, experiment.pk, before=as_of, as_of=as_of)
    state = hours_state(log, kept_stops(experiment), policy=policy, as_of=as_of)
    return Timing(experiment, policy, state)


def timed(plan: ContactPlan, customers: pl.DataFrame, timing: Timing | None) -> pl.DataFrame:
    """Return what is drawn for each of the customers whose step is a clear mail, as TIMED.

    `customers`: customer_id of those whose step may be taken.
    """
    if timing is None:
        return pl.DataFrame(schema=pl.Schema(TIMED))
    clear = plan.decisions.filter(pl.col("decision") == "clear")
    mails = (
        plan.contacts.filter(pl.col("channel").is_in(SENT_BY_MAIL))
        .join(clear, on="customer_id", how="semi")
        .join(customers, on="customer_id", how="semi")
        .select("customer_id", "leading_item_id", "channel", pl.col("segment").fill_null(""))
    )
    others = _others(plan, mails)
    arms = pl.concat(
        [_hours(plan.company, mails), others.select("customer_id", arm=pl.lit(OTHER))]
    )
    candidates = arms.join(
        mails.select("customer_id", cell="segment"), on="customer_id", how="inner"
    )
    drawn = decided(timing.state, candidates, policy=timing.policy, as_of=plan.as_of)
    stopped = timing.state.stops["arm"].to_list()
    permitted = (
        arms.filter(pl.col("arm").is_in(timing.policy.arms), ~pl.col("arm").is_in(stopped))
        .sort("customer_id", "arm")
        .group_by("customer_id")
        .agg(timing_arms=pl.col("arm").str.join(","))
    )
    hours = {arm: slot_hour(arm) for arm in timing.policy.arms}
    return (
        drawn.join(permitted, on="customer_id", how="inner")
        .join(mails.select("customer_id", "channel"), on="customer_id", how="inner")
        .join(others, on="customer_id", how="left")
        .select(
            "customer_id",
            timing_id=pl.lit(timing.experiment.pk, pl.Int64),
            timing_ppm="propensity_ppm",
            hour=pl.col("arm").replace_strict(hours, return_dtype=pl.Int64),
            timed_channel=pl.when(pl.col("arm") == OTHER).then("other").otherwise("channel"),
            timing_arms="timing_arms",
            timing_best="best_arm",
        )
        .sort("customer_id")
    )


def _hours(company: Company, mails: pl.DataFrame) -> pl.DataFrame:
    """Return customer_id, arm: every slot inside the hours of delivery."""
    gate = gate_policy(company)
    slots = open_slots(open_minute=gate.open_minute, close_minute=gate.close_minute)
    names = pl.DataFrame({"arm": [name for name in SLOTS if name in slots]}, {"arm": pl.String})
    return mails.select("customer_id").join(names, how="cross")


def _others(plan: ContactPlan, mails: pl.DataFrame) -> pl.DataFrame:
    """Return customer_id, other: the step's other channel where it reaches the customer."""
    steps = plan.steps.select(leading_item_id="item_id", other="fallback")
    told = mails.join(steps, on="leading_item_id", how="inner").join(
        plan.facts.select("customer_id", "has_email", "has_phone", "has_address", "is_bounced"),
        on="customer_id",
        how="inner",
    )
    reached = nw.from_native(told.lazy()).filter(reaches(nw.col("other")))
    return (
        native(reached).filter(pl.col("other") != pl.col("channel")).select("customer_id", "other")
    )
