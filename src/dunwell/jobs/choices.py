"""What is done with each customer that is due today: the strategy's step, or chance in a holdout.

Without a running holdout the strategy decides and the log says so with certainty; in one, a
share of the customers gets the step or nothing by the toss of a coin, which is the only way to
learn what a contact brings.
"""

from datetime import date

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.actions.experiments import CHOICE_COLUMNS
from dunwell.engine.collectable import in_home
from dunwell.engine.money import minor_digits
from dunwell.ml.action_choice import CHOSEN, ChancePolicy, chosen
from dunwell.ml.action_log import NONE, with_outcomes
from dunwell.ml.next_action import EVIDENCE, ActionPolicy, evidence, rank
from dunwell.models import Company, Experiment
from dunwell.queries.choices import logged_choices, money_received, unpaid_chances
from dunwell.queries.experiments import running_experiments
from dunwell.queries.reminders import ContactPlan, native

PPM = 1_000_000

MINUTE_HUNDREDTHS = 75
"""What a minute of a collector costs, in hundredths of the home currency's unit."""

LETTER_HUNDREDTHS = 150
"""Postage and paper of a letter, likewise."""

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

NO_EVIDENCE = {name: pl.String if name in {"action", "band"} else pl.Int64 for name in EVIDENCE}
"""Types of EVIDENCE."""


def choices(plan: ContactPlan) -> pl.DataFrame:
    """Return what is done with each customer whose step may be taken today, in CHOICE_COLUMNS.

    A customer with nothing to collect has no choice logged: nothing can be learned from it.
    """
    company = plan.company
    due = _due(plan)
    if not due.height:
        return pl.DataFrame(schema=NOTHING)
    policy = action_policy(company)
    holdout = _holdout(company, plan.as_of)
    options = pl.concat(
        [due.select("customer_id", "action"), due.select("customer_id", action=pl.lit(NONE))]
    )
    decided = _decided(due, options, holdout, as_of=plan.as_of)
    ranked = rank(
        due.select("customer_id", "collect_minor", "days_past_due", "p_unpaid_ppm"),
        options,
        _shown(company, as_of=plan.as_of),
        policy=policy,
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
            hour=pl.lit(None, pl.Int64),
            minutes=pl.when(is_none).then(0).otherwise("minutes").cast(pl.Int64),
            cost_minor=pl.when(is_none).then(0).otherwise("cost_minor"),
            expected_extra_minor=pl.when(is_none).then(0).otherwise("extra_minor"),
            reasons=pl.struct("step", *REASONS).struct.json_encode(),
        )
        .sort("customer_id")
        .select(*CHOICE_COLUMNS)
    )


def action_policy(company: Company) -> ActionPolicy:
    """Return what actions cost in the company's home currency, and the priors of their effect."""
    scale = 10 ** minor_digits(company.currency)
    return ActionPolicy(
        minute_minor=MINUTE_HUNDREDTHS * scale // 100,
        fixed_minor={"letter": LETTER_HUNDREDTHS * scale // 100},
    )


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
        .select(
            "customer_id",
            "collect_minor",
            "p_unpaid_ppm",
            action="channel",
            days_past_due=pl.col("days_past_due").cast(pl.Int64),
            segment=pl.col("segment").fill_null(""),
            policy=pl.format("{} step {}", "strategy", "level").str.slice(0, 80),
            step="level",
        )
        .sort("customer_id")
    )


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


def _shown(company: Company, *, as_of: date) -> pl.DataFrame:
    """Return what the choices made before the day have shown, in columns EVIDENCE."""
    log = logged_choices(company, before=as_of)
    if not log.height:
        return pl.DataFrame(schema=NO_EVIDENCE)
    return evidence(with_outcomes(log, money_received(company, until=as_of), as_of=as_of))
