"""Which model serves, and whether another may take its place: decided by the back-test alone.

A learned model serves only where it is not worse than the best naive one; with few paid items
the customers' own past serves, with none the due date. Verdicts are codes with figures; the
surfaces put them into words.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf, isnan, sqrt

import numpy as np
import numpy.typing as npt

from dunwell.ml.backtest import Backtest
from dunwell.ml.cash_scores import CashScores, cash_scores
from dunwell.ml.draws import Interval
from dunwell.ml.intervals import Intervals, intervals, paired
from dunwell.ml.metrics import BINS, NAN
from dunwell.ml.naive import NAIVE
from dunwell.ml.scores import RequestScores, request_scores
from dunwell.ml.worklist_scores import WorklistScores, worklist_scores

FEW_PAID_ITEMS = 300
"""Below so many paid items nothing is learned."""

FEW_ROWS = 30
"""Scores over fewer rows decide nothing."""

NO_WORSE = 1.01
"""A learned model may have this times the best naive one's loss, no more."""

MOST_CALIBRATION_ERROR = 0.05
LEAST_COVER_80 = 0.65
"""Well calibrated: P(late) off by no more than this beyond chance, and an 80 % range that holds
at least this share of the outcomes. A range that holds too much is no fault here: days are
whole, so a sharp one often does, and the CRPS punishes a wide one."""

SOUND_LOSS = 1.10
"""A well calibrated model may have this times the CRPS of the best naive one, no more. A rule that
says the same of everybody is calibrated by nature, and the CRPS punishes wrong chances already."""

GUARD_ERROR = 0.005
GUARD_COVER = 0.02
GUARD_LOSS = 1.01
"""What a challenger may lose on a guard before it counts: added to the calibration error, to
the cover that is missing, times a loss."""

WITHOUT_HISTORY, WITH_LITTLE_HISTORY = "due_date", "customer_median"


@dataclass(frozen=True, slots=True)
class Reason:
    """A fact that decided: a code, and the figure beside its limit where one was measured.

    For the model that serves: `no_paid_items`, `few_paid_items`, `few_rows` (nothing to judge
    by), `lowest_crps`, `lowest_crps_none_calibrated`. Against a model: `worse_than_naive`,
    `calibration_error`, `cover_80`. Against a promotion: `crps_not_better`,
    `calibration_error`, `cover_80`, `cash`, `cold_start`. `scope` is "new", "open", "cold",
    "book" or empty.
    """

    code: str
    model: str
    scope: str = ""
    metric: str = ""
    value: float = NAN
    limit: float = NAN


@dataclass(frozen=True, slots=True)
class Results:
    """One model's scores.

    `new`: requests issued after the snapshot; `open`: on the book at the snapshot; `cold`: new
    requests of customers without a paid item. `intervals`: the 95 % range of every figure under
    its path, see `ml.intervals`.
    """

    new: RequestScores
    open: RequestScores
    cold: RequestScores
    worklist: WorklistScores
    cash: CashScores
    intervals: Intervals

    def losses(self) -> Iterator[tuple[str, str, float]]:
        """Give scope, metric and loss wherever there are rows enough to decide by."""
        for scope, scores in (("new", self.new), ("open", self.open), ("cold", self.cold)):
            if scores.days.rows >= FEW_ROWS:
                yield scope, "mae", scores.days.mae
                yield scope, "crps", scores.days.crps
            if scores.late.rows >= FEW_ROWS:
                yield scope, "brier", scores.late.brier


@dataclass(frozen=True, slots=True)
class Standing:
    """One model's place: its results and what speaks against it."""

    model: str
    is_learned: bool
    results: Results
    against: tuple[Reason, ...]

    @property
    def is_eligible(self) -> bool:
        """Whether it is not worse than naive (a naive model always is)."""
        return all(reason.code != "worse_than_naive" for reason in self.against)

    @property
    def is_calibrated(self) -> bool:
        """Whether its probabilities and ranges hold what they say."""
        return all(reason.code == "worse_than_naive" for reason in self.against)


@dataclass(frozen=True, slots=True)
class League:
    """The model that serves and why, and all standings, lowest CRPS over new requests first."""

    serves: str
    reason: Reason
    standings: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Promotion:
    """Whether a challenger may replace the champion; differences are challenger less champion.

    `against` is empty when it may.
    """

    is_due: bool
    differences: Mapping[str, Interval]
    against: tuple[Reason, ...]


def league(backtest: Backtest) -> League:
    """Return the standings of a back-test and which model serves.

    The lowest CRPS over new requests serves, among the well calibrated if there are any whose
    CRPS is at most SOUND_LOSS times that of the best naive one. A
    learned model must not be worse than the best naive one by more than 1 % on MAE, CRPS and
    Brier, each over new, open and cold requests with FEW_ROWS or more. Below FEW_PAID_ITEMS, or
    with fewer than FEW_ROWS new requests to judge by, `customer_median` serves; with no paid
    item at all `due_date`. Raises ValueError when no naive model took part.
    """
    found = {model: results(backtest, model) for model in backtest.predictions}
    limits = _limits([scores for model, scores in found.items() if model in NAIVE])
    standings = [
        Standing(
            model=model,
            is_learned=model not in NAIVE,
            results=scores,
            against=(
                *(_worse(model, scores, limits) if model not in NAIVE else ()),
                *_uncalibrated(model, scores.new),
            ),
        )
        for model, scores in found.items()
    ]
    standings.sort(key=lambda standing: (_crps(standing), standing.model))
    reason = _serving(backtest, standings)
    return League(serves=reason.model, reason=reason, standings=tuple(standings))


def promotes(backtest: Backtest, *, champion: str, challenger: str) -> Promotion:
    """Return whether the challenger may replace the champion.

    It may when its CRPS over new requests is surely lower (the whole 95 % interval of the
    difference lies below 0) and no guard is worse: calibration error, what the 80 % range misses,
    cash of weeks 1 to 4, MAE, CRPS and Brier of customers without a paid item.
    """
    differences = paired(backtest, challenger, champion, scopes(backtest)["new"]).gap
    crps = differences["crps"].high
    against = []
    if not crps < 0:
        against.append(Reason("crps_not_better", challenger, "new", "crps", crps, 0.0))
    old, new = results(backtest, champion), results(backtest, challenger)
    against += [guard for guard in _guards(challenger, old, new) if guard.value > guard.limit]
    return Promotion(is_due=not against, differences=differences, against=tuple(against))


def scopes(backtest: Backtest) -> Mapping[str, npt.NDArray[np.bool_]]:
    """Return which requests are new, open, and cold (new, of a customer without a paid item)."""
    is_new = (backtest.requests["kind"] == "new").to_numpy()
    is_cold = (backtest.requests["customer_items"] == 0).to_numpy()
    return {"new": is_new, "open": ~is_new, "cold": is_new & is_cold}


def results(backtest: Backtest, model: str) -> Results:
    """Return all scores of one model of a back-test."""
    rows = scopes(backtest)
    return Results(
        new=request_scores(backtest, model, rows["new"]),
        open=request_scores(backtest, model, rows["open"]),
        cold=request_scores(backtest, model, rows["cold"]),
        worklist=worklist_scores(backtest, model),
        cash=cash_scores(backtest, model),
        intervals=intervals(backtest, model, rows),
    )


def _limits(naive: list[Results]) -> dict[tuple[str, str], float]:
    """Return by scope and metric the most a learned model may lose."""
    if not naive:
        raise ValueError("a league needs a naive model to measure the learned ones by")
    limits: dict[tuple[str, str], float] = {}
    for scores in naive:
        for scope, metric, loss in scores.losses():
            limits[scope, metric] = min(limits.get((scope, metric), inf), NO_WORSE * loss)
    return limits


def _worse(
    model: str, scores: Results, limits: Mapping[tuple[str, str], float]
) -> Iterator[Reason]:
    """Give every loss beyond its limit."""
    for scope, metric, loss in scores.losses():
        if loss > limits[scope, metric]:
            yield Reason("worse_than_naive", model, scope, metric, loss, limits[scope, metric])


def _uncalibrated(model: str, new: RequestScores) -> Iterator[Reason]:
    """Give what keeps a model from being well calibrated.

    A perfect model shows a calibration error of about sqrt(2 / pi) standard errors of a bin,
    which is added to the limit.
    """
    if new.late.rows >= FEW_ROWS:
        rate = new.late.rate
        chance = 0.8 * sqrt(rate * (1 - rate) * BINS / new.late.rows)
        error, limit = new.late.calibration_error, MOST_CALIBRATION_ERROR + chance
        if error > limit:
            yield Reason("calibration_error", model, "new", "calibration_error", error, limit)
    if new.days.rows >= FEW_ROWS:
        cover = new.days.cover_80
        if cover < LEAST_COVER_80:
            yield Reason("cover_80", model, "new", "cover_80", cover, LEAST_COVER_80)


def _serving(backtest: Backtest, standings: list[Standing]) -> Reason:
    """Return the reason for the model that serves."""
    paid = backtest.paid_items
    if not paid:
        return Reason("no_paid_items", WITHOUT_HISTORY, "", "paid_items", paid, 1)
    if paid < FEW_PAID_ITEMS:
        limit = FEW_PAID_ITEMS
        return Reason("few_paid_items", WITH_LITTLE_HISTORY, "", "paid_items", paid, limit)
    rows = standings[0].results.new.days.rows
    if rows < FEW_ROWS:
        return Reason("few_rows", WITH_LITTLE_HISTORY, "new", "rows", rows, FEW_ROWS)
    eligible = [standing for standing in standings if standing.is_eligible]
    naive = min(_crps(standing) for standing in standings if not standing.is_learned)
    sound = [
        standing
        for standing in eligible
        if standing.is_calibrated and _crps(standing) <= SOUND_LOSS * naive
    ]
    best = (sound or eligible)[0]
    code = "lowest_crps" if sound else "lowest_crps_none_calibrated"
    return Reason(code, best.model, "new", "crps", _crps(best), NAN)


def _guards(challenger: str, old: Results, new: Results) -> Iterator[Reason]:
    """Give each guard of a promotion as the challenger's figure and the most it may be."""

    def guard(code: str, scope: str, metric: str, value: float, limit: float) -> Reason:
        return Reason(code, challenger, scope, metric, value, limit)

    error, most = new.new.late.calibration_error, old.new.late.calibration_error + GUARD_ERROR
    yield guard("calibration_error", "new", "calibration_error", error, most)
    missing, before = (max(0.8 - scores.new.days.cover_80, 0.0) for scores in (new, old))
    yield guard("cover_80", "new", "missing_cover", missing, before + GUARD_COVER)
    cash, limit = new.cash.first_wape, GUARD_LOSS * old.cash.first_wape
    yield guard("cash", "book", "wape", cash, limit)
    losses = {(scope, metric): loss for scope, metric, loss in old.losses()}
    for scope, metric, loss in new.losses():
        if scope == "cold":
            yield guard("cold_start", scope, metric, loss, GUARD_LOSS * losses[scope, metric])


def _crps(standing: Standing) -> float:
    crps = standing.results.new.days.crps
    return inf if isnan(crps) else crps
