"""Why an item's curve lies where it does: each group of facts taken away in turn.

The effect of a group is how many days it moves the expected wait (within the next GRID_DAYS)
against the same item with typical values in that group: those of the open items. Effects of
groups need not add up: they are answers to "what if we did not know this?", not shares.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import numpy as np
import polars as pl

from dunwell.ml.curves import ITEM_COLUMNS
from dunwell.ml.dates import WEEK
from dunwell.ml.features import FACTS, Lookups, Views
from dunwell.ml.history import NEVER, Floats, History
from dunwell.ml.model import PayDateModel
from dunwell.ml.naive import NAIVE

if TYPE_CHECKING:  # LightGBM's system library may be missing, and naive models have reasons too
    from dunwell.ml.hazard import HazardModel

CHUNK = 8_000
"""Requests explained at a time; bounds memory."""

GROUPS: Mapping[str, tuple[str, ...]] = {
    "habit": (
        "mean",
        "sd",
        "share_late",
        "share_late7",
        "fading",
        "fading_late",
        "median",
        "low",
        "high",
        "mean5",
        "last",
        "before_last",
        "amount_lateness",
    ),
    "rhythm": (
        "weekday_peak",
        "weekday_share",
        "month_end_share",
        "run_days",
        "run_spread",
        "run_size",
        "recency",
        "pay_gap",
    ),
    "book": ("n_open", "open_ratio", "n_overdue", "overdue_ratio", "oldest"),
    "terms": ("term",),
    "amount": ("log_amount", "amount_ratio"),
    "part_paid": ("part_paid",),
    "dispute": ("disputed",),
    "promise": ("promise_wait", "promises"),
    "contact": ("contacts", "contact_age"),
    "paper": ("is_paper",),
}
"""The facts taken away together, by the code a surface puts into words."""

TOLD: Mapping[str, str] = {
    "habit": "median",
    "rhythm": "run_days",
    "book": "n_overdue",
    "terms": "term",
    "amount": "amount_ratio",
    "part_paid": "part_paid",
    "dispute": "disputed",
    "promise": "promise_wait",
    "contact": "contact_age",
    "paper": "is_paper",
}
"""The fact whose value is told beside the effect: days late, days, items, days, times the
usual amount, share, disputes, days, days, 1 for paper."""

ABSENT: Mapping[str, float] = {
    "part_paid": 0.0,
    "disputed": 0.0,
    "promise_wait": np.nan,
    "promises": 0.0,
    "contacts": 0.0,
    "contact_age": np.nan,
    "n_overdue": 0.0,
    "overdue_ratio": 0.0,
    "oldest": 0.0,
}
"""What a fact is where there is nothing; other facts take the median of the open items."""

TYPICAL_ITEMS = 2_000
"""Open items whose medians are typical, spread evenly over the book."""

LEAST_DAYS = 0.5
MOST_REASONS = 4

REASON = pl.Struct({"code": pl.String, "value": pl.Float64, "effect_days": pl.Float64})


def reasons(model: PayDateModel, history: History, requests: pl.DataFrame) -> pl.Series:
    """Return for each request the groups that move it most, a list of REASON per request.

    At most MOST_REASONS with at least LEAST_DAYS of effect, the largest first. A naive model
    has one reason: the number of paid items of the customer it goes by (`own_items`).
    """
    if model.name in NAIVE:
        return _own_items(history, requests)
    learned = cast("HazardModel", model)
    lookups = learned.lookups(history)
    typical = _typical(learned, lookups, history, requests)
    found = [
        _reasons(learned, lookups, history, requests[begin : begin + CHUNK], typical)
        for begin in range(0, requests.height, CHUNK)
    ]
    return pl.concat(found) if found else pl.Series("reasons", [], dtype=pl.List(REASON))


@dataclass(frozen=True, slots=True)
class _Typical:
    """What facts usually are, and the usual share of payments per weekday."""

    facts: Mapping[str, float]
    weekdays: Floats


def _typical(
    model: "HazardModel", lookups: Lookups, history: History, requests: pl.DataFrame
) -> _Typical:
    """Return what is usual among the open items, or among the requests where none is open."""
    opened = history.open.select(*ITEM_COLUMNS)
    asked = (
        opened.gather_every(max(opened.height // TYPICAL_ITEMS, 1)) if len(opened) else requests
    )
    views, _ = model.seen(lookups, history, asked)
    facts = {}
    for name in FACTS:
        column = views.column(name)
        known = column[~np.isnan(column)]
        facts[name] = ABSENT.get(name, float(np.median(known)) if len(known) else np.nan)
    weekdays = views.weekdays.mean(axis=0) if len(views.weekdays) else np.zeros(WEEK)
    return _Typical(facts=facts, weekdays=weekdays)


def _reasons(
    model: "HazardModel",
    lookups: Lookups,
    history: History,
    requests: pl.DataFrame,
    typical: _Typical,
) -> pl.Series:
    views, closed = model.seen(lookups, history, requests)
    # the tables and tilts alone: they say the same in a hundredth of the time
    wait = _wait(model.paid(views, closed, is_whole=False)[0])
    effects = np.stack(
        [
            wait - _wait(model.paid(_without(views, group, typical), closed, is_whole=False)[0])
            for group in GROUPS
        ],
        axis=1,
    )
    told = np.stack([views.column(name) for name in TOLD.values()], axis=1).astype(np.float64)
    codes = list(GROUPS)
    rows = []
    for effect, value in zip(effects, told, strict=True):
        best = np.argsort(-np.abs(effect), kind="stable")[:MOST_REASONS]
        rows.append(
            [
                {
                    "code": codes[place],
                    "value": None if np.isnan(value[place]) else round(float(value[place]), 2),
                    "effect_days": round(float(effect[place]), 1),
                }
                for place in best
                if abs(effect[place]) >= LEAST_DAYS
            ]
        )
    return pl.Series("reasons", rows, dtype=pl.List(REASON))


def _wait(paid: np.ndarray) -> Floats:
    """Return the expected days unpaid within the grid."""
    return np.asarray((1 - paid).sum(axis=1), np.float64)


def _without(views: Views, group: str, typical: _Typical) -> Views:
    """Return the same items with typical values in one group of facts."""
    facts = views.facts.copy()
    for name in GROUPS[group]:
        facts[:, FACTS.index(name)] = typical.facts[name]
    promised = np.full_like(views.promised, NEVER) if group == "promise" else views.promised
    weekdays = views.weekdays
    if group == "rhythm":
        weekdays = np.broadcast_to(typical.weekdays, weekdays.shape)
    return replace(views, facts=facts, weekdays=weekdays, promised=promised)


def _own_items(history: History, requests: pl.DataFrame) -> pl.Series:
    paid = (
        history.items.filter(pl.col("paid_day").is_not_null())
        .group_by("customer_id")
        .agg(value=pl.len().cast(pl.Float64))
    )
    told = requests.select("customer_id").join(
        paid, on="customer_id", how="left", maintain_order="left"
    )
    return told.select(
        reasons=pl.concat_list(
            pl.struct(
                code=pl.lit("own_items"),
                value=pl.col("value").fill_null(0),
                effect_days=pl.lit(None, pl.Float64),
            )
        )
    )["reasons"]
