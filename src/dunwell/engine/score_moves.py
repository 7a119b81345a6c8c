"""How scores move: customers that changed band, the movement matrix, and a stability index.

Two answers of `scoring.behaviour_scores` of the same card go in, usually 30 or 90 days apart.
"""

import narwhals.stable.v2 as nw

from dunwell.engine.items import total
from dunwell.engine.schema import Column, Frame
from dunwell.engine.score_card import HIGHEST, HOUSE_CARD, ScoreCard

CLASSES = 10
"""Number of equal score classes the distributions are compared in."""

WATCH_PPM, SHIFTED_PPM = 100_000, 250_000
"""Usual limits of the index, 0.10 and 0.25 (Siddiqi, Credit Risk Scorecards, 2006)."""

CHANCE = 21_666_000
"""99 % point of chi-square with 9 degrees of freedom, in millionths.

Without any shift the index times n * m / (n + m) follows that distribution, so a small
portfolio is not told that it shifted when chance alone would do.
"""

PPM = 1_000_000

MIGRATIONS: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    "score": Column(nw.Int64, "score now"),
    "band": Column(nw.String, "band now"),
    "score_before": Column(nw.Int64, "score before, empty for a new customer", nullable=True),
    "band_before": Column(nw.String, "band before, empty for a new customer", nullable=True),
    "bands_fallen": Column(nw.Int32, "bands lost since, < 0 when gained, 0 when new"),
    "has_fallen_far": Column(nw.Boolean, "fell by as many bands as the card's alarm asks for"),
    "has_fallen_below": Column(nw.Boolean, "fell below the card's alarm score"),
    "is_alarm": Column(nw.Boolean, "either of the two, on a history that is not thin"),
}
MOVEMENT_MATRIX: Frame = {
    "band_before": Column(nw.String, "band before"),
    "band": Column(nw.String, "band now"),
    "customers": Column(nw.Int64, "customers that made the move"),
    "share_ppm": Column(nw.Int64, "their share of the band before"),
}
STABILITY: Frame = {
    "score_class": Column(nw.Int64, "lowest score of the class: 0, 10, 20 ... 90"),
    "customers_before": Column(nw.Int64, "customers in the class before"),
    "customers": Column(nw.Int64, "customers in the class now"),
    "part_ppm": Column(nw.Int64, "what the class adds to the index"),
    "index_ppm": Column(nw.Int64, "the index, the same on every row"),
    "level": Column(nw.String, "stable, watch or shifted, the same on every row"),
}


def migrations(
    now: nw.LazyFrame, before: nw.LazyFrame, *, card: ScoreCard = HOUSE_CARD
) -> nw.LazyFrame:
    """Return every customer scored now with its move since `before`, in columns MIGRATIONS.

    The alarm rises for a fall by `card.alarm_bands` bands, or from at least
    `card.alarm_below` to below it. A new customer has not moved.
    """
    then = before.select(
        "customer_id",
        score_before=nw.col("score"),
        band_before=nw.col("band"),
        no_before=nw.col("band_no"),
    )
    fallen = (nw.col("band_no") - nw.col("no_before")).fill_null(0).cast(nw.Int32)
    below = (nw.col("score") < card.alarm_below) & (nw.col("score_before") >= card.alarm_below)
    return (
        now.select("customer_id", "score", "band", "band_no", "is_thin")
        .join(then, on="customer_id", how="left")
        .with_columns(
            bands_fallen=fallen,
            has_fallen_far=fallen >= card.alarm_bands,
            has_fallen_below=below.fill_null(value=False),
        )
        .with_columns(
            is_alarm=(nw.col("has_fallen_far") | nw.col("has_fallen_below")) & ~nw.col("is_thin")
        )
        .select(*MIGRATIONS)
    )


def movement_matrix(moved: nw.LazyFrame) -> nw.LazyFrame:
    """Return how many customers moved from band to band, in columns MOVEMENT_MATRIX.

    `moved` has columns MIGRATIONS; new customers have no band before and are left out.
    """
    one = nw.lit(1, nw.Int64)
    return (
        moved.filter(~nw.col("band_before").is_null())
        .with_columns(one=one)
        .group_by("band_before", "band")
        .agg(customers=total("one"))
        .with_columns(all_before=nw.col("customers").sum().over("band_before"))
        .with_columns(share_ppm=nw.col("customers") * PPM // nw.col("all_before"))
        .select(*MOVEMENT_MATRIX)
    )


def stability_index(now: nw.LazyFrame, before: nw.LazyFrame) -> nw.LazyFrame:
    """Return the population stability index of two sets of scores by class, as STABILITY.

    index = sum over classes of (p - q) * ln(p / q); half a customer is added to each of
    the ten classes so that an empty one has a logarithm. `watch` from 0.10, `shifted` from
    0.25, both only when chance alone would reach the index in at most 1 of 100 cases.
    Classes without a customer have no row.
    """
    one, zero = nw.lit(1, nw.Int64), nw.lit(0, nw.Int64)
    width = (HIGHEST + CLASSES - 1) // CLASSES
    top = HIGHEST - width
    low = (nw.col("score") // width * width).clip(0, top)
    both = nw.concat(
        [
            now.select(score_class=low, customers=one, customers_before=zero),
            before.select(score_class=low, customers=zero, customers_before=one),
        ],
        how="vertical",
    )
    sums = both.group_by("score_class").agg(
        customers=total("customers"), customers_before=total("customers_before")
    )
    half = CLASSES / 2
    shares = sums.with_columns(
        all_now=nw.col("customers").sum(), all_before=nw.col("customers_before").sum()
    ).with_columns(
        p=(nw.col("customers") + 0.5) / (nw.col("all_now") + half),
        q=(nw.col("customers_before") + 0.5) / (nw.col("all_before") + half),
    )
    part = (nw.col("p") - nw.col("q")) * (nw.col("p").log() - nw.col("q").log()) * PPM
    some = nw.max_horizontal(nw.col("all_now") * nw.col("all_before"), one)
    chance = CHANCE * (nw.col("all_now") + nw.col("all_before")) // some
    index = nw.col("index_ppm")
    level = nw.when(index >= SHIFTED_PPM).then(nw.lit("shifted")).otherwise(nw.lit("watch"))
    is_stable = (index < WATCH_PPM) | (index < chance)
    return (
        shares.with_columns(part_ppm=part.round().cast(nw.Int64))
        .with_columns(index_ppm=nw.col("part_ppm").sum())
        .with_columns(level=nw.when(is_stable).then(nw.lit("stable")).otherwise(level))
        .select(*STABILITY)
    )
