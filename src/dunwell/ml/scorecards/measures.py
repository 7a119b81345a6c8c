"""How good a score is and whether it holds: Gini, KS, stability, calibration by band."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from dunwell.ml.history import Floats, Ints
from dunwell.ml.metrics import Flags, auc, calibration_error, calibration_slope

PPM = 1_000_000
STABLE, MOVED = 0.10, 0.25
"""Below the first a population is stable, from the second on it has moved (Siddiqi, chapter 9)."""

LEAST_SHARE = 1e-4


@dataclass(frozen=True, slots=True)
class Quality:
    """How a score did on rows it did not learn from; `_se` are standard errors over the folds."""

    auc: float
    auc_se: float
    gini: float
    ks: float
    ks_se: float
    ece: float
    slope: float


@dataclass(frozen=True, slots=True)
class BandRow:
    """Rows whose points lie from `points_from` up to and with `points_to`."""

    points_from: int
    points_to: int
    rows: int
    bad: int
    seen_ppm: int
    said_ppm: int


def gini(is_bad: Flags, points: Floats) -> float:
    """Return 2 x AUC - 1, where more points should mean fewer bad."""
    return 2 * auc(is_bad, -points) - 1


def ks(is_bad: Flags, points: Floats) -> float:
    """Return the largest gap between the shares of bad and of good at or below any points."""
    order = np.argsort(points, kind="stable")
    ranked = points[order]
    is_last = np.append(ranked[1:] != ranked[:-1], True)
    bad = np.cumsum(is_bad[order]) / max(int(is_bad.sum()), 1)
    good = np.cumsum(~is_bad[order]) / max(int((~is_bad).sum()), 1)
    return float(np.abs(bad - good)[is_last].max())


def quality(is_bad: Flags, points: Floats, chance: Floats, fold: Ints) -> Quality:
    """Return the figures of out-of-fold points; AUC and KS are means over the folds."""
    each = [fold == one for one in np.unique(fold)]
    aucs = np.asarray([auc(is_bad[one], -points[one]) for one in each])
    gaps = np.asarray([ks(is_bad[one], points[one]) for one in each])
    share = np.sqrt(len(each))
    spread = 1 if len(each) > 1 else 0
    return Quality(
        auc=float(aucs.mean()),
        auc_se=float(aucs.std(ddof=spread) / share),
        gini=float(2 * aucs.mean() - 1),
        ks=float(gaps.mean()),
        ks_se=float(gaps.std(ddof=spread) / share),
        ece=calibration_error(is_bad, chance),
        slope=calibration_slope(is_bad, chance),
    )


def psi(before: Ints, after: Ints) -> float:
    """Return the population stability index of two rows of counts over the same bins."""
    one, two = (np.maximum(part / max(part.sum(), 1), LEAST_SHARE) for part in (before, after))
    return float(((two - one) * np.log(two / one)).sum())


def edges_of(points: Floats, number: int = 10) -> Ints:
    """Return upper edges of up to `number` bands of about equal size, the last left open."""
    cut = np.quantile(points, np.arange(1, number) / number, method="lower")
    found = np.unique(cut).astype(np.int64)
    return np.asarray(found[found < points.max()])


def bands(is_bad: Flags, points: Floats, chance: Floats, *, number: int = 10) -> list[BandRow]:
    """Return the bands of a score with what was seen in each and what was said."""
    place = np.searchsorted(edges_of(points, number), points, side="left")
    return [
        BandRow(
            points_from=int(points[place == one].min()),
            points_to=int(points[place == one].max()),
            rows=int((place == one).sum()),
            bad=int(is_bad[place == one].sum()),
            seen_ppm=round(float(is_bad[place == one].mean()) * PPM),
            said_ppm=round(float(chance[place == one].mean()) * PPM),
        )
        for one in np.unique(place)
    ]


def points_psi(before: Floats, after: Floats) -> float:
    """Return the stability of points between two samples, over tenths of the first."""
    edges = edges_of(before)
    counts = [
        np.bincount(np.searchsorted(edges, part, side="left"), minlength=len(edges) + 1)
        for part in (before, after)
    ]
    return psi(counts[0].astype(np.int64), counts[1].astype(np.int64))


def plain(row: Quality | BandRow) -> dict[str, Any]:
    """Return figures for JSON, rounded to six digits."""
    return {
        name: round(value, 6) if isinstance(value, float) else value
        for name, value in asdict(row).items()
    }
