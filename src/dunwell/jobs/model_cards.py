"""The model card of a version, filled from its back-test on the company's own past."""

from collections.abc import Iterator
from math import isnan

import numpy as np
import numpy.typing as npt

from dunwell.ml.calibration import calibration, ranges
from dunwell.ml.card import Card, LeagueLine, SegmentScore, Version, card
from dunwell.ml.features import FACTS
from dunwell.ml.history import History
from dunwell.ml.intervals import HEADLINES, paired
from dunwell.ml.league import League, scopes
from dunwell.ml.naive import NAIVE
from dunwell.ml.trials import Tested

REVIEW_DAYS = 91
"""A version is looked at again after so many days."""

MOST_CURRENCIES = 5
"""Currencies with the most requests that are judged on their own."""

SEGMENT_METRICS = ("crps", "mae", "brier")


def model_card(
    history: History,
    test: Tested,
    found: League,
    *,
    kind: str,
    owner: str,
    seed: int,
    training_sha256: str,
    artifact_sha256: str,
) -> Card:
    """Return the card as plain data; the version's number is filled in when it is recorded."""
    rows = test.replayed[kind].rows
    first = history.items["issued_day"].min()
    return card(
        Version(
            name=kind,
            version="",
            owner=owner,
            made_day=history.as_of,
            review_day=history.as_of + REVIEW_DAYS,
            first_day=first if isinstance(first, int) else history.as_of,
            last_day=history.as_of,
            items=history.items.height,
            customers=history.items["customer_id"].n_unique(),
            seed=seed,
            training_hash=training_sha256,
            artifact_hash=artifact_sha256,
            inputs=_inputs(kind),
        ),
        league=list(_lines(found)),
        segments=list(_segments(test, found, kind)),
        calibration=calibration(rows),
        ranges=ranges(rows),
    )


def _inputs(kind: str) -> tuple[tuple[str, str], ...]:
    """Return name and meaning of what a learned model looks at; naive ones have no inputs."""
    return () if kind in NAIVE else tuple((name, name.replace("_", " ")) for name in FACTS)


def _lines(found: League) -> Iterator[LeagueLine]:
    for standing in found.standings:
        for metric, path in HEADLINES.items():
            interval = standing.results.intervals[path]
            if not isnan(interval.value):
                yield LeagueLine(
                    standing.model, metric, interval.value, interval.low, interval.high
                )


def _segments(test: Tested, found: League, kind: str) -> Iterator[SegmentScore]:
    """Give the model beside the best naive one on new, open and cold requests and per currency."""
    naive = next((row.model for row in found.standings if row.model in NAIVE), None)
    if naive is None or naive == kind or kind not in test.backtest.predictions:
        return
    for name, rows in _segment_rows(test).items():
        if not rows.any():
            continue
        both = paired(test.backtest, kind, naive, rows)
        for metric in SEGMENT_METRICS:
            own, other = both.challenger[metric], both.champion[metric]
            gap = both.gap[metric]
            if not isnan(own.value):
                yield SegmentScore(
                    segment=name,
                    metric=metric,
                    items=int(rows.sum()),
                    model=own.value,
                    naive=other.value,
                    naive_name=naive,
                    low=gap.low,
                    high=gap.high,
                    model_low=own.low,
                    model_high=own.high,
                    naive_low=other.low,
                    naive_high=other.high,
                )


def _segment_rows(test: Tested) -> dict[str, npt.NDArray[np.bool_]]:
    """Return the rows of the requests by segment: new, open, cold, and per currency."""
    parts = dict(scopes(test.backtest))
    currency = test.backtest.requests["currency"]
    counts = currency.value_counts().sort("count", "currency", descending=[True, False])
    if counts.height > 1:
        for name in counts["currency"].head(MOST_CURRENCIES):
            parts[name] = parts["new"] & (currency == name).to_numpy()
    return parts
