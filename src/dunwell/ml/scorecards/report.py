"""What is measured of a scorecard: quality out of fold, stability, fairness, inputs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from dunwell.engine.scorecard_terms import Scorecard
from dunwell.engine.scorecards import pd_ppm
from dunwell.ml.history import Floats
from dunwell.ml.scorecards.additive import AdditiveModel, placed, tallied
from dunwell.ml.scorecards.binning import Cutting, information, woe_table
from dunwell.ml.scorecards.fairness import fairness, groups_of, is_fair, stand_ins
from dunwell.ml.scorecards.measures import Quality, bands, plain, points_psi, psi
from dunwell.ml.scorecards.samples import Category, Sample

PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class Tried:
    """A method's points and chances on rows it did not learn from, and its figures."""

    points: Floats
    chance: Floats
    quality: Quality


def card_report(
    sample: Sample,
    card: Scorecard,
    model: AdditiveModel,
    tried: Mapping[str, Tried],
    *,
    method: str,
    protected: Mapping[str, Floats | Category],
) -> dict[str, Any]:
    """Return what was measured of a card, as plain data for JSON; `tried` is by method."""
    own = tried[method]
    half = len(sample) // 2
    cut_off = card.cut_off if card.cut_off is not None else average_cut_off(card, sample)
    fair = {
        name: fairness(groups_of(column), is_bad=sample.is_bad, points=own.points, cut_off=cut_off)
        for name, column in protected.items()
    }
    kept = [one.name for one in card.inputs]
    return {
        "rows": len(sample),
        "bad": int(sample.is_bad.sum()),
        "bad_ppm": round(float(np.average(sample.is_bad, weights=sample.weight)) * PPM),
        "method": method,
        "methods": {name: plain(one.quality) for name, one in tried.items()},
        "quality": plain(own.quality),
        "bands": [plain(row) for row in bands(sample.is_bad, own.points, own.chance)],
        "calibration": {
            "ece": round(own.quality.ece, 6),
            "slope": round(own.quality.slope, 6),
        },
        "stability": {
            "points_psi": round(points_psi(own.points[:half], own.points[half:]), 6),
            "inputs": _moved(model, sample, kept, half),
        },
        "inputs": _told_inputs(sample, card),
        "left_out": [name for name in sample.inputs if name not in kept],
        "cut_off": cut_off,
        "fairness": {
            name: {"groups": [asdict(row) for row in rows], "is_fair": is_fair(rows)}
            for name, rows in fair.items()
        },
        "stand_ins": stand_ins(model, sample.inputs, protected)[:20],
        "notes": ["halves_in_row_order"],
    }


def average_cut_off(card: Scorecard, sample: Sample) -> int:
    """Return the fewest points at which a subject is no riskier than the sample's average."""
    mean = round(float(np.average(sample.is_bad, weights=sample.weight)) * PPM)
    asked = range(card.lowest, card.highest + 1)
    return next((points for points in asked if pd_ppm(card, points) <= mean), card.highest)


def _moved(
    model: AdditiveModel, sample: Sample, names: Sequence[str], half: int
) -> list[dict[str, Any]]:
    """Return the stability of every input between the first half of the rows and the second."""
    found = []
    for name in names:
        place = placed(model.tables[name], sample.inputs[name])
        size = len(model.tables[name].worths())
        before, after = (
            np.bincount(part, minlength=size) for part in (place[:half], place[half:])
        )
        # thin bins are joined, or their noise alone would look like movement
        thick = np.cumsum(before + after) * 10 // max(len(place), 1)
        joined = [np.bincount(thick, part).astype(np.int64) for part in (before, after)]
        found.append({"input": name, "psi": round(psi(joined[0], joined[1]), 6)})
    return sorted(found, key=lambda row: (-row["psi"], row["input"]))


def _told_inputs(sample: Sample, card: Scorecard) -> list[dict[str, Any]]:
    """Return every input with its information value and the points it moves, most first."""
    spans = {
        one.name: (
            min(stretch.points for stretch in one.bins),
            max(stretch.points for stretch in one.bins),
        )
        for one in card.inputs
    }
    good = np.where(sample.is_bad, 0.0, sample.weight)
    bad = np.where(sample.is_bad, sample.weight, 0.0)
    found = []
    for name, column in sample.inputs.items():
        table = woe_table(sample, name, Cutting())
        place, size = placed(table, column), len(table.worths())
        value = information(tallied(place, good, size), tallied(place, bad, size))
        least, most = spans.get(name, (0, 0))
        found.append(
            {
                "input": name,
                "iv": round(value, 6),
                "least": least,
                "most": most,
                "is_used": name in spans,
            }
        )
    return sorted(found, key=lambda row: (-row["iv"], row["input"]))
