"""A back-test in figures, item by item: P(late), days late, still unpaid.

Only answered questions count: P(late) where it was open at the snapshot and is known now, days
late of paid items, unpaid after h days where that day lies in the data. An item settled
without money never tells when its customer would have paid: it counts only where it had
already shown itself late or unpaid before.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from dunwell.ml.backtest import HORIZONS, Backtest, Predictions
from dunwell.ml.curves import LEVELS
from dunwell.ml.history import NEVER, codes, day_array
from dunwell.ml.metrics import (
    NAN,
    auc,
    average_precision,
    brier,
    brier_skill,
    calibration_error,
    calibration_slope,
    crps,
    equal_weights,
    late_class,
    log_loss,
    macro_f1,
    quadratic_kappa,
)

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

LOW, MIDDLE, HIGH = LEVELS.index(0.1), LEVELS.index(0.5), LEVELS.index(0.9)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What came of each request; a figure stands only where its flag says it is known."""

    is_late: Flags
    is_late_known: Flags
    days_late: Floats
    is_paid: Flags
    is_unpaid: Flags
    is_unpaid_known: Flags

    def take(self, rows: Flags) -> "Outcomes":
        """Return the outcomes of some rows."""
        return Outcomes(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


@dataclass(frozen=True, slots=True)
class LateScores:
    """P(late) over `rows` answered requests of which the share `rate` was late."""

    rows: int
    rate: float
    auc: float
    average_precision: float
    brier: float
    brier_skill: float
    log_loss: float
    calibration_error: float
    calibration_slope: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class DayScores:
    """Days late of paid items. The point forecast is the median; bias > 0 says too late.

    `money_mae` weighs items by amount within a currency, see `metrics.equal_weights`.
    `cover_80` and `width_80` are of the range from the 10 to the 90 % quantile.
    """

    rows: int
    mae: float
    rmse: float
    median_error: float
    bias: float
    within_3: float
    within_7: float
    money_mae: float
    pinball: float
    crps: float
    cover_80: float
    width_80: float
    class_accuracy: float
    class_f1: float
    class_kappa: float


@dataclass(frozen=True, slots=True)
class UnpaidScores:
    """P(still unpaid `days` days on)."""

    days: int
    rows: int
    rate: float
    auc: float
    brier: float
    calibration_error: float


@dataclass(frozen=True, slots=True)
class RequestScores:
    """All scores over one kind of requests."""

    requests: int
    customers: int
    late: LateScores
    days: DayScores
    unpaid: tuple[UnpaidScores, ...]


def outcomes(requests: pl.DataFrame, *, as_of: int) -> Outcomes:
    """Return what came of requests (columns REQUESTS), known up to `as_of`."""
    paid, ended = day_array(requests, "paid_day"), day_array(requests, "ended_day")
    due, snapshot = day_array(requests, "due_day"), day_array(requests, "snapshot_day")
    is_paid = paid < NEVER
    without_money = np.where(is_paid, NEVER, ended)
    is_asked = (requests["kind"] == "new").to_numpy() | (due >= snapshot)
    is_known = (is_paid | (due < as_of)) & (without_money > due)
    start = np.maximum(snapshot, day_array(requests, "issued_day"))
    later = start[:, None] + np.asarray(HORIZONS, np.int32)
    return Outcomes(
        is_late=paid > due,
        is_late_known=is_asked & is_known,
        days_late=np.where(is_paid, paid - due, np.nan),
        is_paid=is_paid,
        is_unpaid=paid[:, None] > later,
        is_unpaid_known=(later <= as_of) & (without_money[:, None] > later),
    )


def request_scores(backtest: Backtest, model: str, rows: Flags) -> RequestScores:
    """Return a model's scores over the chosen rows of the requests."""
    requests = backtest.requests.filter(pl.Series(rows, dtype=pl.Boolean))
    told = _rows(backtest.predictions[model], rows)
    came = outcomes(requests, as_of=backtest.as_of)
    known, paid = came.is_late_known, came.is_paid
    currencies, _ = codes(requests["currency"])
    amounts = requests["open_minor"].to_numpy().astype(np.int64)
    return RequestScores(
        requests=requests.height,
        customers=requests["customer_id"].n_unique(),
        late=late_scores(came.is_late[known], told.late[known]),
        days=day_scores(
            came.days_late[paid],
            told.days[paid].astype(np.float64),
            weights=equal_weights(amounts[paid], currencies[paid]),
        ),
        unpaid=tuple(
            unpaid_scores(
                came.is_unpaid[came.is_unpaid_known[:, n], n],
                told.unpaid[came.is_unpaid_known[:, n], n],
                days=days,
            )
            for n, days in enumerate(HORIZONS)
        ),
    )


def late_scores(is_late: Flags, chance: Floats) -> LateScores:
    """Return the scores of P(late)."""
    return LateScores(
        rows=len(chance),
        rate=_mean(is_late),
        auc=auc(is_late, chance),
        average_precision=average_precision(is_late, chance),
        brier=brier(is_late, chance),
        brier_skill=brier_skill(is_late, chance),
        log_loss=log_loss(is_late, chance),
        calibration_error=calibration_error(is_late, chance),
        calibration_slope=calibration_slope(is_late, chance),
        accuracy=_mean((chance >= 0.5) == is_late),  # noqa: PLR2004  (more likely than not)
    )


def day_scores(actual: Floats, quantiles: Floats, *, weights: Floats) -> DayScores:
    """Return the scores of days late; `weights` are those of `money_mae`."""
    point = quantiles[:, MIDDLE]
    error = point - actual
    off = np.abs(error)
    real, told = late_class(actual), late_class(point)
    loss = _mean(crps(actual, quantiles))
    total = float(weights.sum())
    return DayScores(
        rows=len(actual),
        mae=_mean(off),
        rmse=float(np.sqrt(_mean(error**2))),
        median_error=float(np.median(off)) if len(off) else NAN,
        bias=_mean(error),
        within_3=_mean(off <= 3),  # noqa: PLR2004  (the name says it)
        within_7=_mean(off <= 7),  # noqa: PLR2004
        money_mae=float((off * weights).sum()) / total if total > 0 else NAN,
        pinball=loss / 2,
        crps=loss,
        cover_80=_mean((actual >= quantiles[:, LOW]) & (actual <= quantiles[:, HIGH])),
        width_80=_mean(quantiles[:, HIGH] - quantiles[:, LOW]),
        class_accuracy=_mean(real == told),
        class_f1=macro_f1(real, told),
        class_kappa=quadratic_kappa(real, told),
    )


def unpaid_scores(is_unpaid: Flags, chance: Floats, *, days: int) -> UnpaidScores:
    """Return the scores of P(still unpaid `days` days on)."""
    return UnpaidScores(
        days=days,
        rows=len(chance),
        rate=_mean(is_unpaid),
        auc=auc(is_unpaid, chance),
        brier=brier(is_unpaid, chance),
        calibration_error=calibration_error(is_unpaid, chance),
    )


def _rows(told: Predictions, rows: Flags) -> Predictions:
    return Predictions(late=told.late[rows], days=told.days[rows], unpaid=told.unpaid[rows])


def _mean(values: Floats | Flags) -> float:
    return float(np.mean(values)) if len(values) else NAN
