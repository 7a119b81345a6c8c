"""How sure a back-test's figures are: a 95 % interval for every one of them.

What is measured item by item is drawn by whole customers (`ml.draws`); what is measured book
by book (worklist, cash) by stretches of BLOCK snapshots, because books a week apart hold much
of the same money.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from dunwell.ml.backtest import HORIZONS, Backtest
from dunwell.ml.cash_scores import Cash, cash_figures
from dunwell.ml.draws import (
    DRAWS,
    LEAST_DRAWN,
    Figures,
    Interval,
    day_figures,
    drawn_customers,
    interval,
    late_figures,
    money_errors,
    unpaid_figures,
)
from dunwell.ml.history import codes
from dunwell.ml.metrics import crps
from dunwell.ml.scores import HIGH, LOW, MIDDLE, outcomes
from dunwell.ml.worklist_scores import captured, worklist_figures

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

BLOCK = 4
"""Snapshots drawn together at most; of a few snapshots a third."""

HEADLINES: Mapping[str, str] = {
    "auc": "new.late.auc",
    "brier": "new.late.brier",
    "calibration_error": "new.late.calibration_error",
    "mae": "new.days.mae",
    "within_3": "new.days.within_3",
    "crps": "new.days.crps",
    "cover_80": "new.days.cover_80",
}
"""The figures a model card tells, with their paths."""

PAIRED = ("late.brier", "days.mae", "days.crps", "days.cover_80", "days.within_3", "late.auc")
"""Figures in which two models are set beside each other."""


Intervals = Mapping[str, Interval]


def intervals(
    backtest: Backtest,
    model: str,
    scopes: Mapping[str, Flags],
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> Intervals:
    """Return an interval for every figure of `league.Results`, under its path: "new.days.mae".

    `scopes` names the rows of requests that are scored together. A figure of a horizon is
    "new.unpaid.14.auc", one of a week ahead "cash.weeks.1.wape".
    """
    figures: Figures = {}
    for scope, rows in scopes.items():
        own = _request_figures(backtest, model, rows, draws=draws, seed=seed)
        figures |= {f"{scope}.{name}": values for name, values in own.items()}
    figures |= dict(_book_figures(backtest, model, draws=draws, seed=seed))
    return {name: interval(values) for name, values in figures.items()}


@dataclass(frozen=True, slots=True)
class Paired:
    """Two models on the same requests: the figures of both, and challenger less champion.

    By the last word of PAIRED. Of a gap below 0 is better for brier, mae and crps, above 0 for
    auc and within_3.
    """

    challenger: Intervals
    champion: Intervals
    gap: Intervals


def paired(
    backtest: Backtest,
    challenger: str,
    champion: str,
    rows: Flags,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> Paired:
    """Return two models beside each other on some rows of the requests, under the same draws."""
    one, other = (
        _request_figures(backtest, model, rows, draws=draws, seed=seed)
        for model in (challenger, champion)
    )
    names = {name.split(".")[1]: name for name in PAIRED}
    return Paired(
        challenger={word: interval(one[name]) for word, name in names.items()},
        champion={word: interval(other[name]) for word, name in names.items()},
        gap={word: interval(one[name] - other[name]) for word, name in names.items()},
    )


def _request_figures(
    backtest: Backtest, model: str, rows: Flags, *, draws: int, seed: int
) -> Figures:
    """Return the figures of `scores.RequestScores` over some rows, by path."""
    requests = backtest.requests.filter(pl.Series(rows, dtype=pl.Boolean))
    told, came = backtest.predictions[model], outcomes(requests, as_of=backtest.as_of)
    drawn = drawn_customers(requests["customer_id"], draws=draws, seed=seed)
    known, paid = came.is_late_known, came.is_paid
    late = late_figures(drawn.take(known), came.is_late[known], told.late[rows][known])
    days = told.days[rows][paid].astype(np.float64)
    actual, point = came.days_late[paid], days[:, MIDDLE]
    found = {f"late.{name}": values for name, values in late.items()}
    middle = day_figures(
        drawn.take(paid),
        actual,
        (days[:, LOW], point, days[:, HIGH]),
        crps(actual, days),
    )
    middle["money_mae"] = money_errors(
        drawn.take(paid),
        np.abs(point - actual),
        requests["open_minor"].to_numpy().astype(np.int64)[paid],
        codes(requests["currency"])[0][paid],
    )
    found |= {f"days.{name}": values for name, values in middle.items()}
    for place, horizon in enumerate(HORIZONS):
        asked = came.is_unpaid_known[:, place]
        unpaid = unpaid_figures(
            drawn.take(asked),
            came.is_unpaid[asked, place],
            told.unpaid[rows][asked, place],
        )
        found |= {f"unpaid.{horizon}.{name}": values for name, values in unpaid.items()}
    return found


def _book_figures(
    backtest: Backtest, model: str, *, draws: int, seed: int
) -> Iterator[tuple[str, Floats]]:
    """Give the figures of the worklist and of cash by path."""
    days = backtest.requests["snapshot_day"].unique().sort().to_numpy()
    weights = block_weights(len(days), draws=draws, seed=seed)
    for name, values in worklist_figures(captured(backtest, model), days, weights).items():
        yield f"worklist.{name}", values
    for name, values in cash_figures(Cash(backtest, model), days, weights).items():
        yield f"cash.{name}", values


def block_weights(number: int, *, draws: int, seed: int) -> Floats:
    """Return how often each draw takes each of `number` snapshots in a row, see BLOCK.

    The stretches are drawn from a circle (Politis and Romano 1992), so that the first and the
    last snapshot are drawn as often as any other. The first row takes each once.
    """
    weights = np.ones((draws + 1, number))
    if number < LEAST_DRAWN:
        weights[1:] = 0
        return weights
    size = min(max(number // 3, 1), BLOCK)
    stretches = -(-number // size)
    start = np.random.default_rng(seed).integers(0, number, (draws, stretches, 1))
    taken = ((start + np.arange(size)) % number).reshape(draws, -1)[:, :number]
    for draw, places in enumerate(taken, 1):
        weights[draw] = np.bincount(places, minlength=number)
    return weights
