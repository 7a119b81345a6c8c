"""What is done with each customer that is due today: the strategy's step, or chance in a holdout.

Without a running holdout the strategy decides and the log says so with certainty; in one, a
share of the customers gets the step or nothing by the toss of a coin, which is the only way to
learn what a contact brings. A timing experiment draws the hour of a mail, and its channel where
the step names two, apart from that.
"""

from datetime import date

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.actions.experiments import CHOICE_COLUMNS
from dunwell.engine.collectable import in_home
from dunwell.engine.priority import PriorityPolicy, contact_uplift
from dunwell.jobs.timings import Timing, timed
from dunwell.ml.action_choice import CHOSEN, ChancePolicy, chosen
from dunwell.ml.action_log import NONE, with_outcomes
from dunwell.ml.next_action import action_policy, evidence, no_evidence, rank
from dunwell.models import Company, Experiment
from dunwell.queries.choices import logged_choices, money_received, unpaid_chances
from dunwell.queries.experiments import running_experiments
from dunwell.queries.habits import habits_frame
from dunwell.queries.reminders import ContactPlan, native
from dunwell.queries.timings import TIMING_ARMS

PPM = 1_000_000

UNKNOWN_PPM = 500_000
"""P(unpaid in 14 days) of a customer whose items were not scored."""

REASONS = (
    "band",
    "prior_ppm",
    "observed_ppm",
    "acted_n",
    "alone_n",
    "weight_ppm",
    "effect_ppm",
    "uplift_ppm",
    "value_minor",
    "score",
)
"""Figures of `next_action.RANKED` that are kept to explain a choice."""


NOTHING = {
    name: pl.Boolean
    if name == "is_holdout"
    else pl.String
    if name in {"arm", "policy", "action", "channel", "permitted", "segment", "reasons"}
    else pl.Int64
    for name in CHOICE_COLUMNS
}
"""Types of CHOICE_COLUMNS."""


def choices(
    plan: ContactPlan, *, shown: pl.DataFrame, timing: Timing | None = None
) -> pl.DataFrame:
    """Return what is done with each customer whose step may be taken today, in CHOICE_COLUMNS.

    `shown` is `shown_effects` of the day. A customer with nothing to collect has no choice
    logged: nothing can be learned from it.
    """
    company = plan.company
    due = _due(plan)
    if not due.height:
        return pl.DataFrame(schema=NOTHING)
    drawn = timed(plan, due.select("customer_id"), timing)
    due = (
        due.join(drawn, on="customer_id", how="left")
        .with_columns(action=pl.coalesce("timed_channel", "action"))
        .drop("timed_channel")
    )
    holdout = _holdout(company, plan.as_of)
    options = pl.concat(
        [due.select("customer_id", "action"), due.select("customer_id", action=pl.lit(NONE))]
    )
    decided = _decided(due, options, holdout, as_of=plan.as_of)
    ranked = rank(
        due.select("customer_id", "collect_minor", "days_past_due", "p_unpaid_ppm", "call_ppm"),
        options,
        shown,
        policy=action_policy(company.currency),
    )
    told = ranked.select("customer_id", "extra_minor", "minutes", "cost_minor", *REASONS)
    is_none = pl.col("action") == NONE
    return (
        decided.join(due.drop("action"), on="customer_id", how="inner")
        .join(told, on="customer_id", how="left")
        .with_columns(
            experiment_id=pl.lit(holdout.pk if holdout else None, pl.Int64),
            arm=pl.when(pl.col("is_holdout")).then(pl.lit(_arm(holdout))).otherwise(pl.lit("")),
            channel=pl.when(is_none).then(pl.lit("")).otherwise("action"),
            minutes=pl.when(is_none).then(0).otherwise("minutes").cast(pl.Int64),
            cost_minor=pl.when(is_none).then(0).otherwise("cost_minor"),
            expected_extra_minor=pl.when(is_none).then(0).otherwise("extra_minor"),
            # nobody is left alone at an hour
            **{name: pl.when(~is_none).then(name) for name in ("hour", "timing_id", "timing_ppm")},
            reasons=pl.struct(
                "step", *REASONS, *((TIMING_ARMS, "timing_best") if timing else ())
            ).struct.json_encode(),
        )
        .sort("customer_id")
        .select(*CHOICE_COLUMNS)
    )


def shown_effects(company: Company, *, as_of: date) -> pl.DataFrame:
    """Return what the choices made before the day show, in columns `next_action.EVIDENCE`."""
    log = logged_choices(company, before=as_of)
    if not log.height:
        return no_evidence()
    return evidence(with_outcomes(log, money_received(company, until=as_of), as_of=as_of))


def _due(plan: ContactPlan) -> pl.DataFrame:
    """Return the customers whose step may be taken: action, money in question, chance, policy."""
    home = plan.company.currency
    named = plan.lines.filter(~pl.col("is_credit")).select("customer_id", "item_id")
    rated = (
        nw.from_native(plan.items.lazy())
        .join(
            nw.from_native(plan.rates.select("currency", "rate_ppm").lazy()),
            on="currency",
            how="left",
        )
        .with_columns(home_minor=in_home(nw.col("collect_minor"), home=home))
        .select("item_id", "home_minor")
    )
    money = (
        named.join(native(rated), on="item_id", how="inner")
        .join(unpaid_chances(plan.company), on="item_id", how="left")
        .with_columns(pl.col("home_minor").fill_null(0).clip(0))
        .with_columns(weighed=pl.col("p_unpaid_ppm").fill_null(UNKNOWN_PPM) * pl.col("home_minor"))
        .group_by("customer_id")
        .agg(collect_minor=pl.col("home_minor").sum(), weighed=pl.col("weighed").sum())
        .filter(pl.col("collect_minor") > 0)
        .with_columns(p_unpaid_ppm=pl.col("weighed") // pl.col("collect_minor"))
        .drop("weighed")
    )
    may = plan.decisions.filter(pl.col("decision") != "blocked")
    return (
        plan.contacts.join(may, on="customer_id", how="semi")
        .join(money, on="customer_id", how="inner")
        .join(_call_uplift(plan), on="customer_id", how="left")
        .select(
            "customer_id",
            "collect_minor",
            "p_unpaid_ppm",
            "call_ppm",
            action="channel",
            days_past_due=pl.col("days_past_due").cast(pl.Int64),
            segment=pl.col("segment").fill_null(""),
            policy=pl.format("{} step {}", "strategy", "level").str.slice(0, 80),
            step="level",
        )
        .sort("customer_id")
    )


def _call_uplift(plan: ContactPlan) -> pl.DataFrame:
    """Return customer_id, call_ppm: what a call brings by the customer's age and habits."""
    rows = (
        nw.from_native(plan.contacts.select("customer_id", "days_past_due").lazy())
        .rename({"days_past_due": "oldest_days_past_due"})
        .join(habits_frame(plan.company), on="customer_id", how="left")
        .with_columns(
            nw.col("promises_broken").fill_null(0),
            usual_days_late=nw.col("expected_days_late").fill_null(0),
        )
        .select("customer_id", call_ppm=contact_uplift(PriorityPolicy()))
    )
    return native(rows)


def _decided(
    due: pl.DataFrame, options: pl.DataFrame, holdout: Experiment | None, *, as_of: date
) -> pl.DataFrame:
    """Return the decisions in columns CHOSEN: by chance in a holdout, else certain."""
    planned = due.select("customer_id", "action")
    if holdout is None:
        return planned.with_columns(
            permitted=pl.col("action"),
            propensity_ppm=pl.lit(PPM, pl.Int64),
            is_holdout=pl.lit(value=False),
        ).select(*CHOSEN)
    policy = ChancePolicy(
        experiment=holdout.name,
        salt=holdout.salt,
        holdout_ppm=sum(arm["share_ppm"] for arm in holdout.arms),
    )
    return chosen(planned, options, policy=policy, as_of=as_of)


def _holdout(company: Company, as_of: date) -> Experiment | None:
    running = running_experiments(company, as_of=as_of)
    return next((one for one in running if one.kind == Experiment.Kind.HOLDOUT), None)


def _arm(holdout: Experiment | None) -> str:
    return str(holdout.arms[0]["name"]) if holdout else ""
