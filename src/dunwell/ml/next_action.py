"""What to do next with each customer: expected extra cash per minute, by action, explained.

extra cash = money to be collected * uplift in P(paid within 14 days), where
uplift = effect * P(unpaid in 14 days if left alone). The effect is the share of
those who would not have paid that pays because of the action. It starts as a stated
judgement (PRIORS) and moves to what the log shows as rows of chance decisions add up:

effect = (prior * worth of the prior + observed * worth of the log) / both worths.

Where the order of work knows a customer's own habits, the prior of a call is what it says
of the customer, and another action's prior the same part of it as in PRIORS.

Which actions are permitted is decided elsewhere (the chase gate) and given here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.collectable import PPM
from dunwell.engine.money import minor_digits, share
from dunwell.engine.priority import PriorityPolicy
from dunwell.engine.schema import Column, Frame
from dunwell.engine.strategy_steps import CHANNELS
from dunwell.ml.action_log import NONE

BANDS = {"not_due": -99_999, "1-30": 1, "31-60": 31, "61-90": 61, "91+": 91}
"""Bands of days past due and their first day; each is a context in which effects are told."""

PRIORS: Mapping[str, tuple[int, ...]] = {
    "call": (30_000, 120_000, 110_000, 90_000, 50_000),
    "email": (20_000, 50_000, 40_000, 30_000, 15_000),
    "letter": (10_000, 40_000, 50_000, 50_000, 40_000),
    "sms": (20_000, 60_000, 45_000, 30_000, 15_000),
    "portal": (10_000, 20_000, 15_000, 10_000, 5_000),
}
"""Effect by action and band (in the order of BANDS), ppm of those who would not have paid.

A judgement, not a measurement: no public ledger carries contacts. A call moves more than
writing and both fade with age, when what is left is those who cannot or will not
pay; a letter holds longest because it is read as formal. It is meant to be overruled by the log.
"""

PRIOR_WORTH = 200
"""What a prior counts for, in `worth` of EVIDENCE: as much as 400 contacted against 400 left
alone, which is a standard error of about 5 points where 6 in 10 would not have paid."""

LEAST_PROPENSITY_PPM = 10_000
"""Log rows with a smaller chance say too little for their weight and are left out."""

MINUTE_HUNDREDTHS = 75
"""What a minute of a collector costs, in hundredths of the home currency's unit."""

LETTER_HUNDREDTHS = 150
"""Postage and paper of a letter, likewise."""

LEAST_MEASURED = 50
"""Effective customers on either side below which an effect is called assumed, not measured."""

REACH = 1.96
"""Standard errors to either end of an interval of 95 %."""

EVIDENCE: Frame = {
    "action": Column(nw.String, "the action compared with leaving alone"),
    "band": Column(nw.String, "one of BANDS"),
    "acted_n": Column(nw.Int64, "decisions for it, chance known, 14 days over"),
    "alone_n": Column(nw.Int64, "decisions to leave alone where it could have been chosen"),
    "observed_ppm": Column(nw.Int64, "observed effect, ppm of those unpaid if left alone"),
    "worth": Column(nw.Int64, "effective size of the comparison, in customers"),
    "error_ppm": Column(nw.Int64, "standard error of the observed effect, customers as clusters"),
}
RANKED: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    "action": Column(nw.String, "a permitted action"),
    "band": Column(nw.String, "one of BANDS"),
    "collect_minor": Column(nw.Int64, "money to be collected, home minor units"),
    "p_unpaid_ppm": Column(nw.Int64, "chance that it stays unpaid for 14 days if left alone"),
    "prior_ppm": Column(nw.Int64, "effect we assumed"),
    "observed_ppm": Column(nw.Int64, "effect the log shows, empty without one", nullable=True),
    "low_ppm": Column(nw.Int64, "lower end of its 95 % interval, empty if assumed", nullable=True),
    "high_ppm": Column(nw.Int64, "upper end, empty while the effect is assumed", nullable=True),
    "acted_n": Column(nw.Int64, "decisions it rests on"),
    "alone_n": Column(nw.Int64, "decisions to leave alone it is compared with"),
    "weight_ppm": Column(nw.Int64, "weight of the log in the effect, the rest is the prior"),
    "effect_ppm": Column(nw.Int64, "effect used"),
    "uplift_ppm": Column(nw.Int64, "how much likelier the action makes payment"),
    "extra_minor": Column(nw.Int64, "expected extra cash"),
    "cost_minor": Column(nw.Int64, "cost of time and postage"),
    "value_minor": Column(nw.Int64, "extra cash less cost"),
    "minutes": Column(nw.Int32, "time it takes"),
    "score": Column(nw.Int64, "value per minute, rounded down"),
    "is_worth": Column(nw.Boolean, "brings more than it costs"),
    "rank": Column(nw.Int64, "1 = first; unique"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionPolicy:
    """What actions cost and what is assumed of them.

    `minute_minor` and `fixed_minor` (per action, 0 where missing) are in home minor units
    and have no default: what is right in euro is wrong in yen. Raises ValueError for
    unknown actions, a negative cost, no minutes, or priors outside one million.
    """

    minute_minor: int
    fixed_minor: Mapping[str, int]
    minutes: Mapping[str, int] = field(default_factory=lambda: PriorityPolicy().minutes)
    priors: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: PRIORS)
    prior_worth: int = PRIOR_WORTH

    def __post_init__(self) -> None:
        """Refuse numbers that would make a rank meaningless."""
        for table in (self.fixed_minor, self.minutes, self.priors):
            if unknown := sorted({*table} - {*CHANNELS}):
                raise ValueError(f"not an action: {', '.join(unknown)}")
        if missing := sorted({*CHANNELS} - ({*self.minutes} & {*self.priors})):
            raise ValueError(f"minutes or priors are missing for: {', '.join(missing)}")
        if min([self.minute_minor, *self.fixed_minor.values()]) < 0:
            raise ValueError("costs must not be negative")
        if min(self.minutes.values()) < 1 or self.prior_worth < 1:
            raise ValueError("every action takes a minute, and the prior is worth at least 1")
        for action, effects in self.priors.items():
            if len(effects) != len(BANDS) or max(map(abs, effects)) > PPM:
                raise ValueError(f"{action}: one effect per band, within a million either way")


def no_evidence() -> pl.DataFrame:
    """Return what the log shows before there is one: nothing, in columns EVIDENCE."""
    names = {"action", "band"}
    return pl.DataFrame(
        schema=pl.Schema({name: pl.String if name in names else pl.Int64 for name in EVIDENCE})
    )


def action_policy(currency: str) -> ActionPolicy:
    """Return what actions cost in a home currency, with the priors of their effect."""
    scale = 10 ** minor_digits(currency)
    return ActionPolicy(
        minute_minor=MINUTE_HUNDREDTHS * scale // 100,
        fixed_minor={"letter": LETTER_HUNDREDTHS * scale // 100},
    )


def evidence(log: pl.DataFrame) -> pl.DataFrame:
    """Return what the log shows of each action in each band, in columns EVIDENCE, sorted.

    `log`: ACTION_LOG with OUTCOMES. Only decisions made by chance count: rows where both
    the action and `none` could have been drawn, each weighing 1 / its propensity (Hajek).
    What is compared is the part paid less what was expected of the customer anyway,
    so that a hard case chosen more often does not make an action look bad. A customer
    counts once in `worth`, however often decided about: 1 / (1 / n acted + 1 / n alone) of
    the effective sizes. The error is that of a difference of weighted means, over customers.
    """
    chance = (
        log.lazy()
        .filter(pl.col("paid_ppm").is_not_null(), pl.col("propensity_ppm") >= LEAST_PROPENSITY_PPM)
        .sort("customer_id", "as_of_day")
    )
    permitted = pl.col("permitted").str.split(",")
    weight = PPM / pl.col("propensity_ppm")
    keys = ["action", "band", "is_alone"]
    rows = (
        chance.filter(permitted.list.contains(pl.lit(NONE)))
        .with_columns(
            is_alone=pl.col("action") == NONE,
            compared=pl.when(pl.col("action") == NONE)
            .then(permitted)
            .otherwise(pl.concat_list("action")),
        )
        .explode("compared")
        .filter(pl.col("compared") != NONE)
        .with_columns(band=_band(), weight=weight)
        .group_by(pl.col("compared").alias("action"), "band", "is_alone", "customer_id")
        .agg(
            n=pl.len(),
            weight=pl.col("weight").sum(),
            unpaid=(pl.col("weight") * pl.col("p_unpaid_ppm")).sum(),
            beyond=(pl.col("weight") * (pl.col("paid_ppm") - PPM + pl.col("p_unpaid_ppm"))).sum(),
        )
        .sort("action", "band", "is_alone", "customer_id")
        .with_columns(mean=pl.col("beyond").sum().over(keys) / pl.col("weight").sum().over(keys))
        .with_columns(gap=pl.col("beyond") - pl.col("weight") * pl.col("mean"))
        .group_by(keys, maintain_order=True)
        .agg(
            n=pl.col("n").sum(),
            mean=pl.col("mean").first(),
            unpaid=pl.col("unpaid").sum() / pl.col("weight").sum(),
            size=pl.col("weight").sum() ** 2 / (pl.col("weight") ** 2).sum(),
            variance=(pl.col("gap") ** 2).sum() / pl.col("weight").sum() ** 2,
        )
    )
    acted = rows.filter(~pl.col("is_alone")).drop("is_alone")
    alone = rows.filter(pl.col("is_alone")).drop("is_alone")
    return (
        acted.join(alone, on=["action", "band"], how="inner", suffix="_alone")
        .with_columns(unpaid=(pl.col("unpaid") + pl.col("unpaid_alone")) / 2)
        .filter(pl.col("unpaid") > 0)
        .select(
            "action",
            "band",
            acted_n=pl.col("n").cast(pl.Int64),
            alone_n=pl.col("n_alone").cast(pl.Int64),
            observed_ppm=((pl.col("mean") - pl.col("mean_alone")) / pl.col("unpaid") * PPM)
            .round()
            .cast(pl.Int64),
            worth=(1 / (1 / pl.col("size") + 1 / pl.col("size_alone"))).floor().cast(pl.Int64),
            error_ppm=(
                (pl.col("variance") + pl.col("variance_alone")).sqrt() / pl.col("unpaid") * PPM
            )
            .round()
            .cast(pl.Int64),
        )
        .sort("action", "band")
        .collect()
    )


def rank(
    customers: pl.DataFrame,
    options: pl.DataFrame,
    shown: pl.DataFrame,
    *,
    policy: ActionPolicy,
) -> pl.DataFrame:
    """Return every permitted action of every customer by value per minute, as RANKED.

    `customers`: customer_id, collect_minor (home), days_past_due of the oldest such item,
    p_unpaid_ppm from its pay-date curve. `options`: customer_id, action, permitted ones
    only; `none` costs and brings nothing and is left out. Where `customers` has `call_ppm`,
    what a call of this customer brings, it takes the place of the prior of a call. `shown`
    is `evidence`, empty at first. Ties go to more value, then to the smaller key, then by name
    of the action. Each row carries all the numbers behind its place.
    """
    told = _costs(policy).join(shown.select(*EVIDENCE), on=["action", "band"], how="left")
    if "call_ppm" not in customers.columns:
        customers = customers.with_columns(call_ppm=pl.lit(None, pl.Int64))
    rows = (
        options.lazy()
        .filter(pl.col("action") != NONE)
        .join(customers.lazy(), on="customer_id", how="inner")
        .with_columns(band=_band())
        .join(told.lazy(), on=["action", "band"], how="inner")
    )
    priced = (
        nw.from_native(_blended(rows, policy))
        .with_columns(uplift_ppm=share(nw.col("effect_ppm"), nw.col("p_unpaid_ppm"), PPM))
        .with_columns(extra_minor=_signed_share("collect_minor", "uplift_ppm"))
        .with_columns(value_minor=nw.col("extra_minor") - nw.col("cost_minor"))
        .with_columns(
            is_worth=nw.col("value_minor") > 0,
            score=nw.col("value_minor") // nw.col("minutes").cast(nw.Int64),
        )
        .to_native()
    )
    return (
        priced.sort(
            "score",
            "value_minor",
            "customer_id",
            "action",
            descending=[True, True, False, False],
        )
        .with_row_index("rank", offset=1)
        .with_columns(pl.col("rank").cast(pl.Int64))
        .select(*RANKED)
        .collect()
    )


def _costs(policy: ActionPolicy) -> pl.DataFrame:
    """Return per action and band the prior, the prior of a call in it, and what it costs."""
    calls = dict(zip(BANDS, policy.priors["call"], strict=True))
    table = [
        {
            "action": action,
            "band": band,
            "prior_ppm": effect,
            "of_call_ppm": calls[band],
            "minutes": policy.minutes[action],
            "cost_minor": policy.minutes[action] * policy.minute_minor
            + policy.fixed_minor.get(action, 0),
        }
        for action, effects in policy.priors.items()
        for band, effect in zip(BANDS, effects, strict=True)
    ]
    types = {"prior_ppm": pl.Int64, "of_call_ppm": pl.Int64, "minutes": pl.Int32}
    return pl.DataFrame(table, schema_overrides={**types, "cost_minor": pl.Int64})


def _blended(rows: pl.LazyFrame, policy: ActionPolicy) -> pl.LazyFrame:
    """Return the rows with the effect used: the prior, and what the log shows, by their worths."""
    of_call = pl.col("of_call_ppm")
    own = pl.col("call_ppm") * pl.col("prior_ppm") / pl.when(of_call != 0).then(of_call)
    observed = pl.col("observed_ppm").clip(-PPM, PPM).fill_null(0)
    worth = pl.col("worth")
    both = worth + policy.prior_worth
    blended = (pl.col("prior_ppm") * policy.prior_worth + observed * worth) / both
    # 1 / (1 / a + 1 / b) of two equal sides is half of either
    is_measured = worth * 2 >= LEAST_MEASURED
    reach = (pl.col("error_ppm") * REACH).round().cast(pl.Int64)
    return rows.with_columns(
        pl.col("acted_n", "alone_n", "worth").fill_null(0),
        prior_ppm=pl.coalesce(own.round().cast(pl.Int64), "prior_ppm").clip(-PPM, PPM),
    ).with_columns(
        effect_ppm=blended.round().cast(pl.Int64),
        weight_ppm=worth * PPM // both,
        low_ppm=pl.when(is_measured).then(pl.col("observed_ppm") - reach),
        high_ppm=pl.when(is_measured).then(pl.col("observed_ppm") + reach),
    )


def _band() -> pl.Expr:
    """Return the band of `days_past_due`."""
    name = pl.lit(next(iter(BANDS)))
    for band, first in BANDS.items():
        name = pl.when(pl.col("days_past_due") >= first).then(pl.lit(band)).otherwise(name)
    return name


def _signed_share(amount: str, rate: str) -> nw.Expr:
    """Return amount * rate / a million, the sign of the rate kept: an action can do harm."""
    sign = nw.when(nw.col(rate) < 0).then(nw.lit(-1)).otherwise(nw.lit(1))
    return share(nw.col(amount) * sign.cast(nw.Int64), nw.col(rate).abs(), PPM)
