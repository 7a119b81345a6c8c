"""How probable it is that an item will be disputed: a hook for two other parts of the desk.

The pre-bill validator asks before an invoice goes out ("this customer disputes two in ten
of such invoices"); case routing asks for items that are open. Additive log-odds: portfolio
+ segment + amount band + terms band + customer, each drawn towards 0 as far as its own
data are few (empirical Bayes; Laplace approximation, variances by EM: Searle, Casella,
McCulloch, Variance Components, ch. 9). Young items have had less time to be disputed: an
item counts by the share of disputes that come by its age. Without disputes the answer is a
prior, and `rests_on` says so.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from dunwell.ml.dispute_days import DisputeDays, dispute_days, first_disputes
from dunwell.ml.history import History, Ints

Floats = npt.NDArray[np.float64]

HISTORY_DAYS = 730
"""Items issued earlier say nothing about disputes now."""

PRIOR_SHARE, PRIOR_ITEMS = 0.02, 50
"""Share of items disputed where nothing is known, and its weight in items."""

AMOUNT_EDGES = (0.25, 1.0, 4.0, 16.0)
"""Bounds of the amount bands, in medians of the currency."""

TERMS_EDGES = (14, 30, 45, 60)
"""Bounds of the bands of days to pay."""

FACTORS = ("segment", "amount", "terms", "customer")
PRIOR_VARIANCE, PRIOR_LEVELS = 0.25, 3
"""Variance of effects where there are few levels to learn it from, and its weight in levels."""

MOST_VARIANCE = 4.0
ROUNDS = 60
SETTLED = 1e-7
PPM = 1_000_000
LEAST_EFFECT = 0.05
"""Smaller effects on the log-odds are no reason."""

DISPUTE_RISKS: dict[str, pl.DataType | type[pl.DataType]] = {
    "item_id": pl.Int64,
    "p_dispute_ppm": pl.Int64,
    "rests_on": pl.Int64,
    "reasons": pl.List(pl.Struct({"code": pl.String, "log_odds_ppm": pl.Int64})),
}
"""Answer of `dispute_risk`. `p_dispute_ppm`: P(disputed within HORIZON_DAYS of issue, given
what is known); `rests_on`: items of the customer it rests on (0: portfolio, or prior);
`reasons`: what moves it away from the portfolio, strongest first, in millionths of log-odds:
customer, segment, amount, terms, age, or disputed."""


@dataclass(frozen=True, slots=True)
class DisputeModel:
    """Log-odds of a dispute as a sum of tables; `levels` names the rows of each table."""

    base: float
    base_variance: float
    levels: dict[str, pl.Series]
    effects: dict[str, Floats]
    variances: dict[str, Floats]
    spreads: dict[str, float]
    medians: pl.DataFrame
    customer_items: Floats
    days: DisputeDays
    segments: pl.DataFrame = field(repr=False)


def dispute_risk(
    history: History, requests: pl.DataFrame, *, segments: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return the dispute probability of each request, in the order given, as DISPUTE_RISKS.

    `requests` are rows of ITEM_COLUMNS: open items, or drafts with any item_id not in the
    history. `segments` has customer_id and segment. Only disputes opened by the history's day
    are used; an item disputed by then has probability 1.
    """
    return predicted(fitted(history, segments=segments), history, requests)


def fitted(history: History, *, segments: pl.DataFrame | None = None) -> DisputeModel:
    """Return the model learnt from what the history shows; nothing of it is random."""
    items = history.items.filter(pl.col("issued_day") > history.as_of - HISTORY_DAYS)
    known = _no_segments() if segments is None else segments.select("customer_id", "segment")
    first = first_disputes(history)
    days = dispute_days(history, first)
    medians = items.group_by("currency").agg(median_minor=pl.col("amount_minor").median())
    rows = (
        _banded(items.with_columns(size="amount_minor"), medians, known)
        .join(first, on="item_id", how="left", maintain_order="left")
        .with_columns(
            y=pl.col("delay").is_not_null().cast(pl.Float64),
            seen=pl.Series(days.share(history.as_of - items["issued_day"].to_numpy())),
        )
        .with_columns(n=pl.when(pl.col("y") > 0).then(1.0).otherwise("seen"))
    )
    keys = [pl.col(name) for name in FACTORS]
    cells = rows.group_by(keys).agg(pl.col("y").sum(), pl.col("n").sum()).sort(keys)
    return _fit(cells, medians=medians, days=days, segments=known)


def predicted(model: DisputeModel, history: History, requests: pl.DataFrame) -> pl.DataFrame:
    """Return the dispute probability of each request by a fitted model, as DISPUTE_RISKS."""
    known = history.items.select("item_id", "amount_minor", is_known=pl.lit(value=True))
    rows = requests.join(known, on="item_id", how="left", maintain_order="left").with_columns(
        size=pl.coalesce("amount_minor", "open_minor")
    )
    rows = _banded(rows, model.medians, model.segments)
    code = {name: _found(rows[name], model.levels[name]) for name in FACTORS}
    effect = {name: _taken(model.effects[name], code[name], 0.0) for name in FACTORS}
    variance = np.full(rows.height, model.base_variance)
    log_odds = np.full(rows.height, model.base)
    for name in FACTORS:
        variance = variance + _taken(model.variances[name], code[name], model.spreads[name])
        log_odds = log_odds + effect[name]
    chance = np.clip(_mean(log_odds, variance), 1e-9, 1 - 1e-9)
    age = np.where(
        rows["is_known"].fill_null(value=False).to_numpy(),
        history.as_of - rows["issued_day"].to_numpy(),
        0,
    )
    effect["age"] = model.days.log_odds_at(age)
    later = _sigmoid(np.log(chance / (1 - chance)) + effect["age"])
    disputed = requests["item_id"].is_in(history.disputes["item_id"].implode()).to_numpy()
    return pl.DataFrame(
        {
            "item_id": requests["item_id"],
            "p_dispute_ppm": np.where(disputed, PPM, np.rint(later * PPM)).astype(np.int64),
            "rests_on": np.floor(_taken(model.customer_items, code["customer"], 0.0)).astype(
                np.int64
            ),
            "reasons": _reasons(effect, disputed),
        },
        schema=DISPUTE_RISKS,
    )


def _no_segments() -> pl.DataFrame:
    return pl.DataFrame(schema={"customer_id": pl.Int64, "segment": pl.String})


def _banded(rows: pl.DataFrame, medians: pl.DataFrame, segments: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with the levels FACTORS; an unknown currency is taken as usual in size."""
    named = segments.unique("customer_id", keep="first", maintain_order=True)
    joined = rows.join(medians, on="currency", how="left", maintain_order="left").join(
        named, on="customer_id", how="left", maintain_order="left"
    )
    relative = (joined["size"] / joined["median_minor"]).fill_null(1.0).to_numpy()
    terms = (joined["due_day"] - joined["issued_day"]).to_numpy()
    return joined.with_columns(
        pl.col("segment").fill_null(""),
        amount=pl.Series(np.searchsorted(AMOUNT_EDGES, relative), dtype=pl.Int64),
        terms=pl.Series(np.searchsorted(TERMS_EDGES, terms), dtype=pl.Int64),
        customer=pl.col("customer_id"),
    )


def _fit(
    cells: pl.DataFrame, *, medians: pl.DataFrame, days: DisputeDays, segments: pl.DataFrame
) -> DisputeModel:
    """Return the most probable effects, one table after the other until nothing moves."""
    y, n = cells["y"].to_numpy(), cells["n"].to_numpy()
    levels = {name: cells[name].unique().sort() for name in FACTORS}
    code = {name: _found(cells[name], levels[name]) for name in FACTORS}
    effects = {name: np.zeros(len(levels[name])) for name in FACTORS}
    widths = {name: np.full(len(levels[name]), PRIOR_VARIANCE) for name in FACTORS}
    spread = dict.fromkeys(FACTORS, PRIOR_VARIANCE)
    base = float(np.log(PRIOR_SHARE / (1 - PRIOR_SHARE)))
    base_variance = PRIOR_VARIANCE
    for _ in range(ROUNDS):
        before = base
        base, base_variance = _base_step(base, _sums(effects, code, len(y)), y, n)
        for name in FACTORS:
            log_odds = base + _sums(effects, code, len(y))
            p = _sigmoid(log_odds)
            size = len(levels[name])
            pull = _added(code[name], y - n * p, size) - effects[name] / spread[name]
            weight = _added(code[name], n * p * (1 - p), size) + 1 / spread[name]
            effects[name] = effects[name] + np.clip(pull / weight, -1, 1)
            widths[name] = 1 / weight
            spread[name] = _spread(effects[name], widths[name])
        if abs(base - before) < SETTLED:
            break
    unknown = base_variance + sum(spread.values())
    width = np.full(len(y), base_variance)
    for name in FACTORS:
        width = width + _taken(widths[name], code[name], 0.0)
    return DisputeModel(
        base=_levelled(base, _sums(effects, code, len(y)), width, y, n, unknown=unknown),
        base_variance=base_variance,
        levels=levels,
        effects=effects,
        variances=widths,
        spreads=spread,
        medians=medians,
        customer_items=_added(code["customer"], n, len(levels["customer"])),
        days=days,
        segments=segments,
    )


def _base_step(base: float, others: Floats, y: Floats, n: Floats) -> tuple[float, float]:
    """Return the portfolio's log-odds after one Newton step, and its variance.

    The prior is PRIOR_ITEMS items of which PRIOR_SHARE are disputed.
    """
    p, own = _sigmoid(base + others), float(_sigmoid(np.array([base]))[0])
    pull = float((y - n * p).sum()) + PRIOR_ITEMS * (PRIOR_SHARE - own)
    weight = float((n * p * (1 - p)).sum()) + PRIOR_ITEMS * own * (1 - own)
    return base + float(np.clip(pull / weight, -1, 1)), 1 / weight


def _spread(effects: Floats, widths: Floats) -> float:
    """Return the variance of the effects of a table (EM step), held by the prior."""
    total = float((effects**2 + widths).sum()) + PRIOR_LEVELS * PRIOR_VARIANCE
    return min(total / (len(effects) + PRIOR_LEVELS), MOST_VARIANCE)


def _levelled(
    base: float, others: Floats, width: Floats, y: Floats, n: Floats, *, unknown: float
) -> float:
    """Return the base at which mean probabilities add up to the disputes there were.

    The items of the prior belong to customers nothing is known of (variance `unknown`).
    """
    wanted = float(y.sum()) + PRIOR_ITEMS * PRIOR_SHARE
    low, high = base - 3.0, base + 3.0
    for _ in range(ROUNDS):
        middle = (low + high) / 2
        own = float(_mean(np.array([middle]), np.array([unknown]))[0])
        expected = float((n * _mean(middle + others, width)).sum()) + PRIOR_ITEMS * own
        low, high = (middle, high) if expected < wanted else (low, middle)
    return (low + high) / 2


def _sums(effects: dict[str, Floats], code: dict[str, Ints], count: int) -> Floats:
    total = np.zeros(count)
    for name in FACTORS:
        total = total + effects[name][code[name]]
    return total


def _added(code: Ints, values: Floats, size: int) -> Floats:
    """Return the sum of the values at each position."""
    return np.bincount(code, values, size).astype(np.float64)


def _mean(log_odds: Floats, variance: Floats) -> Floats:
    """Return the mean probability of log-odds known with a variance (MacKay 1992)."""
    return _sigmoid(log_odds / np.sqrt(1 + np.pi * variance / 8))


def _sigmoid(log_odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -30, 30))), dtype=np.float64)


def _found(values: pl.Series, levels: pl.Series) -> Ints:
    """Return the position of each value among the sorted levels, -1 for a new one."""
    if levels.is_empty():
        return np.full(len(values), -1, np.int64)
    place = levels.search_sorted(values).to_numpy().astype(np.int64)
    inside = np.minimum(place, len(levels) - 1)
    is_known = (levels.gather(inside) == values).fill_null(value=False).to_numpy()
    return np.where(is_known, inside, -1)


def _taken(table: Floats, code: Ints, otherwise: float) -> Floats:
    """Return the table's value at each position, another one for -1."""
    if not len(table):
        return np.full(len(code), otherwise)
    return np.where(code >= 0, table[np.maximum(code, 0)], otherwise)


def _reasons(effects: dict[str, Floats], disputed: npt.NDArray[np.bool_]) -> pl.Series:
    """Return per row the effects that matter, strongest first; a disputed item needs no other."""
    rows = np.arange(len(disputed))
    parts = [
        pl.DataFrame({"row": rows, "value": values, "disputed": disputed})
        .filter(~pl.col("disputed"), pl.col("value").abs() >= LEAST_EFFECT)
        .select("row", "value", code=pl.lit(name))
        for name, values in effects.items()
    ]
    whole = pl.DataFrame({"row": rows[disputed], "value": np.zeros(disputed.sum())})
    parts.append(whole.with_columns(code=pl.lit("disputed")))
    told = (
        pl.concat(parts)
        .sort("row", pl.col("value").abs(), "code", descending=[False, True, False])
        .with_columns(log_odds_ppm=(pl.col("value") * PPM).round().cast(pl.Int64))
        .group_by("row", maintain_order=True)
        .agg(reasons=pl.struct("code", "log_odds_ppm"))
    )
    joined = pl.DataFrame({"row": rows}).join(told, on="row", how="left", maintain_order="left")
    return joined["reasons"].fill_null([])
