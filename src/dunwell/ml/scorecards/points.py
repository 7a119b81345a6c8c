"""From an additive model to a scorecard document: whole points, few bins, reasons, calibration."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np

from dunwell.engine.scorecard_terms import COMPANIES, Scale
from dunwell.ml.history import Floats
from dunwell.ml.metrics import Flags
from dunwell.ml.scorecards.additive import (
    AdditiveModel,
    CategoryTable,
    NumberTable,
    Table,
    centred,
    placed,
    tallied,
)
from dunwell.ml.scorecards.samples import Category, Sample

PPM = 1_000_000
DIGITS = 6
"""Significant digits of an edge, as long as neighbours stay apart."""

LEAST_PD_PPM, MOST_PD_PPM = 100, 999_900


@dataclass(frozen=True, kw_only=True, slots=True)
class CardTitle:
    """What a document says besides its points; `labels` of inputs for people."""

    name: str
    valid_from: date
    version: int = 1
    subjects: str = COMPANIES
    method: str = "woe"
    scale: Scale = field(default_factory=Scale)
    labels: Mapping[str, str] = field(default_factory=dict)
    most_bins: int = 12


def card_document(model: AdditiveModel, learned: Sample, title: CardTitle) -> dict[str, Any]:
    """Return the document of a model, as `engine.scorecards_policy.read_scorecard` reads it.

    Points are the model's log-odds on the scale, rounded; neighbours with equal points are one
    bin, and the nearest ones are joined until `most_bins` are left. An input is left out when
    its points are all the same. The probability at a number of points is measured on `learned`.
    """
    factor = title.scale.double_points / math.log(2)
    moved = centred(model, learned)
    offset = title.scale.base_points - factor * math.log(title.scale.base_odds)
    start = offset + factor * moved.base
    inputs, totals = [], np.zeros(len(learned))
    for name, table in moved.tables.items():
        column = learned.inputs[name]
        cut = _rounded(table, column, learned.weight, factor=factor, most=title.most_bins)
        places = cut.worths()[placed(cut, column)]
        if len(np.unique(cut.worths())) == 1:
            start += float(cut.worths()[0])
            continue
        totals += places
        inputs.append(_input(name, cut, column, learned, title.labels.get(name, name)))
    whole = round(start)
    document: dict[str, Any] = {
        "scorecard": {
            "name": title.name,
            "version": title.version,
            "valid_from": title.valid_from.isoformat(),
            "subjects": title.subjects,
            "method": title.method,
            "scale": {
                "base_points": title.scale.base_points,
                "base_odds": title.scale.base_odds,
                "double_points": title.scale.double_points,
            },
            "start": whole,
            "inputs": inputs,
        }
    }
    document["scorecard"]["calibration"] = calibration(
        totals + whole, learned, title.scale, span=span(document)
    )
    return document


def calibration(
    points: Floats, learned: Sample, scale: Scale, *, span: tuple[int, int]
) -> list[dict[str, int]]:
    """Return rows of points and the probability seen there: a logistic line of the sample.

    It meets the frequency of bad rows over the whole sample. `span` are the fewest and the most
    points there can be.
    """
    line = odds_line(points, learned.is_bad, learned.weight)
    step = max(1, scale.double_points // 4)
    asked = np.arange(span[0] - span[0] % step, span[1] + step, step)
    chance = 1 / (1 + np.exp(-(line[0] + line[1] * asked)))
    ppm = np.clip(np.rint(chance * PPM), LEAST_PD_PPM, MOST_PD_PPM).astype(np.int64)
    return [
        {"points": int(at), "pd_ppm": int(found)} for at, found in zip(asked, ppm, strict=True)
    ]


def span(document: Mapping[str, Any]) -> tuple[int, int]:
    """Return the fewest and the most points a document can give."""
    body = document["scorecard"]
    bins = [
        [
            part["points"]
            for part in (*one["bins"], one["missing"], one.get("other") or one["missing"])
        ]
        for one in body["inputs"]
    ]
    return (
        body["start"] + sum(min(points) for points in bins),
        body["start"] + sum(max(points) for points in bins),
    )


def odds_line(value: Floats, is_bad: Flags, weight: Floats) -> tuple[float, float]:
    """Return intercept and slope (<= 0) of the log-odds of bad on a value, by Newton's method."""
    middle = float(np.average(value, weights=weight))
    spread = max(float(np.sqrt(np.average((value - middle) ** 2, weights=weight))), 1e-9)
    design = np.column_stack([np.ones(len(value)), (value - middle) / spread])
    share = float(np.average(is_bad, weights=weight))
    found = np.asarray([math.log(share / (1 - share)), -1.0])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-(design @ found)))
        steep = weight * np.maximum(chance * (1 - chance), 1e-9)
        curve = (design * steep[:, None]).T @ design + np.diag([1e-9, 1e-6])
        step = np.linalg.solve(curve, design.T @ (weight * (is_bad - chance)))
        found = found + step
        if float(np.abs(step).max()) < 1e-10:  # noqa: PLR2004  (converged)
            break
    slope = min(float(found[1]), 0.0) / spread
    return float(found[0]) - slope * middle, slope


def _rounded(
    table: Table, column: Floats | Category, weight: Floats, *, factor: float, most: int
) -> Table:
    """Return the table in whole points with few bins."""
    if isinstance(table, CategoryTable):
        mass = tallied(placed(table, column), weight, len(table.worths()))
        worth = table.worth * factor
        order = np.argsort(worth, kind="stable")
        groups = _grouped(worth[order], mass[: len(worth)][order], most)
        return CategoryTable(
            groups=tuple(
                tuple(sorted(text for at in order[start:end] for text in table.groups[at]))
                for start, end, _ in groups
            ),
            worth=np.asarray([points for _, _, points in groups]),
            other=float(np.rint(table.other * factor)),
            missing=float(np.rint(table.missing * factor)),
        )
    clear = _clear(table, np.asarray(column))
    mass = tallied(placed(clear, column), weight, len(clear.worths()))
    groups = _grouped(clear.worth * factor, mass[: len(clear.worth)], most)
    return NumberTable(
        edges=np.asarray([clear.edges[end - 1] for _, end, _ in groups[:-1]], np.float64),
        worth=np.asarray([points for _, _, points in groups]),
        missing=float(np.rint(table.missing * factor)),
    )


def _clear(table: NumberTable, column: Floats) -> NumberTable:
    """Return the table with edges that are easy to read.

    Of edges between the same two observed values, which part nobody, one is left.
    """
    edges = _short(table.edges, column)
    is_last = np.append(edges[1:] != edges[:-1], True)[: len(edges)]
    after = np.flatnonzero(is_last) + 1
    return NumberTable(
        edges=edges[is_last],
        worth=table.worth[np.append(0, after).astype(np.int64)],
        missing=table.missing,
    )


def _grouped(worth: Floats, mass: Floats, most: int) -> list[tuple[int, int, float]]:
    """Return (start, end, whole points) of neighbours joined: least harm first, then equal ones.

    The harm of joining two is the squared error it adds, weighted by rows.
    """
    parts = [
        [float(start), float(start + 1), float(value), max(float(rows), 1e-9)]
        for start, (value, rows) in enumerate(zip(worth, mass, strict=True))
    ]
    while len(parts) > 1:
        harm = [
            before[3] * after[3] / (before[3] + after[3]) * (before[2] - after[2]) ** 2
            for before, after in pairwise(parts)
        ]
        at = int(np.argmin(harm))
        before, after = parts[at], parts[at + 1]
        is_same = round(before[2]) == round(after[2])
        equal = [
            place
            for place, (one, two) in enumerate(pairwise(parts))
            if round(one[2]) == round(two[2])
        ]
        if len(parts) <= most and not is_same:
            if not equal:
                break
            at = equal[0]
            before, after = parts[at], parts[at + 1]
        rows = before[3] + after[3]
        mean = (before[2] * before[3] + after[2] * after[3]) / rows
        parts[at : at + 2] = [[before[0], after[1], mean, rows]]
    return [(int(start), int(end), float(round(value))) for start, end, value, _ in parts]


def _short(edges: Floats, column: Floats) -> Floats:
    """Return edges that are easy to read and part the rows as before.

    An edge is a number between two observed values: the shortest one there, else itself.
    """
    known = np.unique(column[~np.isnan(column)])
    is_whole = bool((known == np.rint(known)).all())
    found = []
    for edge in edges:
        upto = int(np.searchsorted(known, edge, side="right"))
        low = known[upto - 1] if upto else edge
        high = known[upto] if upto < len(known) else np.inf
        if is_whole:
            found.append(float(np.floor(edge)))
            continue
        tries = (float(f"{edge:.{digits}g}") for digits in range(1, DIGITS + 1))
        found.append(next((one for one in tries if low <= one < high), float(edge)))
    return np.asarray(found)


def _input(
    name: str, table: Table, column: Floats | Category, learned: Sample, label: str
) -> dict[str, Any]:
    """Return an input of the document with its reasons and the policy's level.

    The level is the points of the bin that just reaches the mean of the sample: who has fewer
    lost points against an average subject.
    """
    points = [round(value) for value in table.worth]
    mean = float(np.average(table.worths()[placed(table, column)], weights=learned.weight))
    policy = min(value for value in points if value >= min(math.floor(mean), max(points)))
    best = max(points)
    missing = _told_bin(round(table.missing), best, f"{label}: not known")
    if isinstance(table, CategoryTable):
        bins = [
            {"values": list(group), **_told_bin(value, best, f"{label}: {_some(group)}")}
            for group, value in zip(table.groups, points, strict=True)
        ]
        other = _told_bin(round(table.other), best, f"{label}: none of the known ones")
        return {
            "name": name, "label": label, "kind": "category", "bins": bins, "other": other,
            "missing": missing, "policy_points": policy,
        }  # fmt: skip
    known = np.asarray(column)[~np.isnan(np.asarray(column))]
    is_whole = bool((known == np.rint(known)).all())
    edges: list[int | float] = [int(edge) if is_whole else float(edge) for edge in table.edges]
    bins = []
    for number, value in enumerate(points):
        told = _told_bin(value, best, f"{label}: {_stretch(edges, number)}")
        bins.append({**({"up_to": edges[number]} if number < len(edges) else {}), **told})
    return {
        "name": name, "label": label, "kind": "whole" if is_whole else "number", "bins": bins,
        "missing": missing, "policy_points": policy,
    }  # fmt: skip


def _told_bin(points: int, best: int, reason: str) -> dict[str, Any]:
    return {"points": points, **({"reason": reason[:300]} if points < best else {})}


def _some(group: Sequence[str]) -> str:
    return ", ".join(group[:4]) + (" …" if len(group) > 4 else "")  # noqa: PLR2004


def _stretch(edges: Sequence[int | float], number: int) -> str:
    if not edges:
        return "any"
    if number == 0:
        return f"{edges[0]:,} or less"
    if number == len(edges):
        return f"more than {edges[-1]:,}"
    return f"more than {edges[number - 1]:,}, up to {edges[number]:,}"
