"""Stretches of an input that differ in risk: monotone where asked, and by weight of evidence.

Weight of evidence of a stretch = ln(its share of the good / its share of the bad); the information
value adds (share of good - share of bad) x weight of evidence (Siddiqi, Credit Risk Scorecards).
The cut that keeps most information, less what chance alone would give each more stretch, is found
exactly, by dynamic programming over up to `MOST_STARTS` first stretches.
"""

from dataclasses import dataclass

import numpy as np

from dunwell.ml.history import Floats, Ints
from dunwell.ml.scorecards.additive import CategoryTable, NumberTable, Table, tallied
from dunwell.ml.scorecards.samples import UNKNOWN, Category, Sample

MOST_STARTS = 24
SMOOTHING = 0.5
"""Rows added to each side of a stretch, so that one without any bad row stays finite."""


@dataclass(frozen=True, slots=True)
class Cutting:
    """How an input is cut: least share of rows in a stretch, how many at most, which way.

    `direction`: 1 risk may only rise with the value, -1 only fall, 0 whichever keeps more; then
    it may also turn, where that keeps `turning` times more than chance would give (infinity:
    never). `strictness` is how many times the gift of chance one more stretch must bring.
    """

    least_share: float = 0.05
    most: int = 8
    direction: int = 0
    turning: float = 20.0
    strictness: float = 0.5


@dataclass(frozen=True, slots=True)
class Counts:
    """Good and bad weight of neighbouring stretches, and in the whole sample."""

    good: Floats
    bad: Floats
    all_good: float
    all_bad: float


def woe_table(sample: Sample, name: str, cutting: Cutting) -> Table:
    """Return the table of an input: its stretches and their weight of evidence."""
    column = sample.inputs[name]
    good = np.where(sample.is_bad, 0.0, sample.weight)
    bad = np.where(sample.is_bad, sample.weight, 0.0)
    if isinstance(column, Category):
        return _text_table(column, good, bad, cutting)
    return _number_table(column, good, bad, cutting)


def evidence(good: Floats, bad: Floats, all_good: float, all_bad: float) -> Floats:
    """Return the weight of evidence of stretches, smoothed towards 0."""
    drawn = SMOOTHING * 2
    good_share = (good + drawn * all_good / (all_good + all_bad)) / (all_good + SMOOTHING)
    bad_share = (bad + drawn * all_bad / (all_good + all_bad)) / (all_bad + SMOOTHING)
    return np.asarray(np.log(good_share / bad_share))


def information(good: Floats, bad: Floats) -> float:
    """Return the information value of stretches."""
    all_good, all_bad = float(good.sum()), float(bad.sum())
    woe = evidence(good, bad, all_good, all_bad)
    return float(((good / all_good - bad / all_bad) * woe).sum())


def _number_table(column: Floats, good: Floats, bad: Floats, cutting: Cutting) -> NumberTable:
    known = ~np.isnan(column)
    edges = first_edges(column[known], MOST_STARTS)
    place = np.searchsorted(edges, column[known], side="left")
    size = len(edges) + 1
    counts = Counts(
        good=tallied(place, good[known], size),
        bad=tallied(place, bad[known], size),
        all_good=float(good.sum()),
        all_bad=float(bad.sum()),
    )
    ends = best_cut(counts, cutting)
    joined = _joined(counts, ends)
    missing = _alone(good[~known], bad[~known], counts, cutting)
    return NumberTable(edges=edges[ends[:-1] - 1], worth=_woe(joined), missing=missing)


def first_edges(values: Floats, most: int) -> Floats:
    """Return edges of up to `most` stretches of about equal size, each an observed value.

    A value that many rows share gets a stretch of its own.
    """
    different, number = np.unique(values, return_counts=True)
    if len(different) <= most:
        return np.asarray(different[:-1])
    upto = np.cumsum(number)
    wanted = upto[-1] * np.arange(1, most) / most
    place = np.unique(np.searchsorted(upto, wanted))
    large = np.flatnonzero(number >= upto[-1] / most)
    place = np.unique(np.concatenate([place, large, np.maximum(large - 1, 0)]))
    return np.asarray(different[place[place < len(different) - 1]])


def _text_table(column: Category, good: Floats, bad: Floats, cutting: Cutting) -> CategoryTable:
    known = column.codes != UNKNOWN
    size = len(column.levels)
    level_good = tallied(column.codes[known], good[known], size)
    level_bad = tallied(column.codes[known], bad[known], size)
    # a level with few rows stands near the average, so it does not lead a group of its own
    rate = (level_bad + bad.sum() / (good.sum() + bad.sum())) / (level_good + level_bad + 1)
    order = np.argsort(rate, kind="stable")
    order = order[(level_good + level_bad)[order] > 0]
    counts = Counts(
        good=level_good[order],
        bad=level_bad[order],
        all_good=float(good.sum()),
        all_bad=float(bad.sum()),
    )
    ends = best_cut(counts, cutting)
    starts = np.concatenate([[0], ends[:-1]])
    groups = tuple(
        tuple(sorted(column.levels[place] for place in order[start:end]))
        for start, end in zip(starts, ends, strict=True)
    )
    return CategoryTable(
        groups=groups,
        worth=_woe(_joined(counts, ends)),
        other=0.0,
        missing=_alone(good[~known], bad[~known], counts, cutting),
    )


def best_cut(counts: Counts, cutting: Cutting) -> Ints:
    """Return where each stretch ends (exclusive) in the best cut of the first stretches."""
    ways = (cutting.direction,) if cutting.direction else (1, -1)
    one_way = max((_cut(counts, cutting, direction=way) for way in ways), key=lambda one: one[0])
    if cutting.direction:
        return one_way[1]
    any_way = _cut(counts, cutting, direction=0)
    price = cutting.turning * (1 / counts.all_good + 1 / counts.all_bad)
    return any_way[1] if any_way[0] > one_way[0] + price else one_way[1]


def _cut(counts: Counts, cutting: Cutting, *, direction: int) -> tuple[float, Ints]:
    """Return the value of the best cut and its ends; `direction` 0 allows any order of risk."""
    size = len(counts.good)
    good = np.concatenate([[0.0], np.cumsum(counts.good)])
    bad = np.concatenate([[0.0], np.cumsum(counts.bad)])
    total = counts.all_good + counts.all_bad
    start, end = np.meshgrid(np.arange(size + 1), np.arange(size + 1), indexing="ij")
    in_good, in_bad = good[end] - good[start], bad[end] - bad[start]
    fits = (end > start) & (in_good + in_bad >= cutting.least_share * total - 1e-9)
    # the whole is always allowed
    fits[0, size] = True
    safe_good, safe_bad = np.where(fits, in_good, 0.0), np.where(fits, in_bad, 0.0)
    woe = evidence(safe_good, safe_bad, counts.all_good, counts.all_bad)
    chance = cutting.strictness * (1 / counts.all_good + 1 / counts.all_bad)
    value = (safe_good / counts.all_good - safe_bad / counts.all_bad) * woe - chance
    value = np.where(fits, value, -np.inf)
    rate = safe_bad / np.maximum(safe_good + safe_bad, 1e-12)
    best = np.full((cutting.most + 1, size + 1, size + 1), -np.inf)
    before = np.zeros((cutting.most + 1, size + 1, size + 1), np.int64)
    best[1, 0] = value[0]
    for number in range(2, cutting.most + 1):
        for middle in range(1, size):
            earlier = best[number - 1, :, middle]
            reached = np.flatnonzero(earlier > -np.inf)
            if not len(reached):
                continue
            step = direction * (rate[middle][None, :] - rate[reached, middle][:, None])
            allowed = np.where(step >= 0, earlier[reached][:, None], -np.inf)
            chosen = np.argmax(allowed, axis=0)
            best[number, middle] = allowed[chosen, np.arange(size + 1)] + value[middle]
            before[number, middle] = reached[chosen]
    place = np.unravel_index(int(np.argmax(best[:, :, size])), (cutting.most + 1, size + 1))
    ends, count, at = [size], int(place[0]), int(place[1])
    found = float(best[count, at, size])
    while count > 1:
        ends.append(at)
        at, count = int(before[count, at, ends[-2]]), count - 1
    return found, np.asarray(ends[::-1], np.int64)


def _joined(counts: Counts, ends: Ints) -> Counts:
    starts = np.concatenate([[0], ends[:-1]]).astype(np.int64)
    return Counts(
        good=np.add.reduceat(counts.good, starts),
        bad=np.add.reduceat(counts.bad, starts),
        all_good=counts.all_good,
        all_bad=counts.all_bad,
    )


def _woe(counts: Counts) -> Floats:
    return evidence(counts.good, counts.bad, counts.all_good, counts.all_bad)


def _alone(good: Floats, bad: Floats, counts: Counts, cutting: Cutting) -> float:
    """Return the worth of a missing value: 0 until enough of them are seen to tell."""
    total = counts.all_good + counts.all_bad
    rows = float(good.sum() + bad.sum())
    if rows < min(cutting.least_share * total, 30):
        return 0.0
    found = evidence(
        np.asarray([good.sum()]), np.asarray([bad.sum()]), counts.all_good, counts.all_bad
    )
    return float(found[0])
