"""A back-test's league as the JSON document that is kept with a model version."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from math import isfinite
from typing import Any

import numpy as np

from dunwell.engine.calendars import day_date
from dunwell.ml.backtest import Backtest
from dunwell.ml.league import League, Standing, promotes

DIGITS = 6
"""Figures are kept to so many decimals; more is noise."""


def league_document(
    tested: Backtest, found: League, *, chosen: str, champion: str
) -> dict[str, Any]:
    """Return the standings, why the chosen model serves, and whether it may replace a champion.

    `is_worse` when the back-test would let another model serve. Without a snapshot there
    are no `rows`.
    """
    snapshots = tested.requests["snapshot_day"].unique().sort().to_list()
    models = {standing.model for standing in found.standings}
    promotion = None
    if snapshots and champion != chosen and {champion, chosen} <= models:
        promotion = plain(promotes(tested, champion=champion, challenger=chosen))
    return {
        "serves": found.serves,
        "is_worse": found.serves != chosen,
        "reason": plain(found.reason),
        "first_on": day_date(snapshots[0]).isoformat() if snapshots else "",
        "last_on": day_date(snapshots[-1]).isoformat() if snapshots else "",
        "snapshots": len(snapshots),
        "requests": tested.requests.height,
        "rows": [_row(standing) for standing in found.standings] if snapshots else [],
        "champion": champion,
        "promotion": promotion,
    }


def _row(standing: Standing) -> dict[str, Any]:
    return {
        "model": standing.model,
        "is_learned": standing.is_learned,
        "is_eligible": standing.is_eligible,
        "is_calibrated": standing.is_calibrated,
        "against": plain(standing.against),
        "figures": plain(standing.results),
    }


def plain(value: object) -> Any:
    """Return a value as JSON holds it: a figure that cannot be told becomes empty."""
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, float):
        return round(value, DIGITS) if isfinite(value) else None
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [plain(inner) for inner in value]
    return value
