"""Groups of customers that behave alike, proposed as a segments policy for a person to judge.

Facts are scaled by median and quartiles and cut at three, so that one giant moves nothing. Groups
are k-means (Lloyd 1982, seeded as k-means++, Arthur and Vassilvitskii 2007) with the number of
groups whose silhouette (Rousseeuw 1987) is the largest. A shallow tree (CART) then draws ranges
around the groups; how far the drafted rules place customers as the groups do is measured by
playing the draft itself. The same customers give the same draft, whatever their order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import narwhals.stable.v2 as nw
import numpy as np
import numpy.typing as npt
import polars as pl

from dunwell.engine.segments import BY_HAND, claims, memberships
from dunwell.engine.segments_cases import play_segment_cases
from dunwell.engine.segments_policy import OTHERWISE, SegmentsPolicy, read_segments_policy
from dunwell.ml.segments_tree import Box, leaves

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FACTS: Mapping[str, tuple[str, str]] = {
    "median_days_late": ("earlier", "later"),
    "late_ppm": ("less often late", "more often late"),
    "billed_minor": ("smaller", "larger"),
    "owed_minor": ("owes less", "owes more"),
    "kept_ppm": ("keeps fewer promises", "keeps more promises"),
    "disputed_ppm": ("disputes less", "disputes more"),
    "lifetime_days": ("newer", "longer known"),
}
"""Facts the groups are made of, with the words for less and for more of each than usual."""

FEWEST, MOST = 3, 8
FEWEST_CUSTOMERS = 40
"""Below this nothing is proposed: groups of a few customers are chance."""
SAMPLE = 1_500
"""The groups are found on at most so many customers, evenly spread by key; all are placed."""
KNOWN_PPM = 800_000
"""A fact that fewer customers have is left out: rules do not match what is not known."""
CUT = 3.0
STARTS, ROUNDS, SEED = 3, 60, 20_260_101
TELLING = 0.5
"""A centre farther than this from the middle of all is told in words."""
PPM = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class LearnedGroup:
    """One group: its name in words, how many customers it has and its centre by fact."""

    name: str
    customers: int
    share_ppm: int
    centre: Mapping[str, int]
    rules: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LearnedSegments:
    """The proposal. `document`: a segments policy; `matched` of `customers` fall by its rules
    into the segment named after their group. `middle`: the median of all by fact.
    """

    facts: tuple[str, ...]
    groups: tuple[LearnedGroup, ...]
    middle: Mapping[str, int]
    silhouette_ppm: int
    customers: int
    matched: int
    document: Mapping[str, object]

    @property
    def matched_ppm(self) -> int:
        """Return the share of customers the rules place as the groups do."""
        return self.matched * PPM // self.customers


def learned_segments(facts: pl.DataFrame, *, valid_from: date) -> LearnedSegments | None:
    """Return groups found among customers, None for too few customers or facts that never differ.

    `facts` has columns CUSTOMER_FACTS. Pure: same rows, same answer.
    """
    rows = facts.sort("customer_id")
    if rows.height < FEWEST_CUSTOMERS:
        return None
    names = tuple(name for name in FACTS if _is_usable(rows[name]))
    if not names:
        return None
    whole = np.column_stack([_filled(rows[name]) for name in names])
    scaled = _scaled(whole)
    sample = scaled[_spread(rows.height)]
    found = _best(sample)
    if found is None:
        return None
    centres, silhouette = found
    group = _nearest(scaled, centres)
    order = _by_size(group, len(centres))
    return _proposal(rows, names, whole, group, order, centres, silhouette, valid_from)


def _proposal(
    rows: pl.DataFrame,
    names: tuple[str, ...],
    whole: Ints,
    group: Ints,
    order: Sequence[int],
    centres: Floats,
    silhouette: float,
    valid_from: date,
) -> LearnedSegments:
    boxes = leaves(whole, group)
    called = _called(names, centres, order)
    document = _document(names, called, boxes, order, valid_from)
    middle = np.median(whole, axis=0).round().astype(np.int64)
    groups = []
    for number in order:
        own = whole[group == number]
        groups.append(
            LearnedGroup(
                name=called[number],
                customers=len(own),
                share_ppm=len(own) * PPM // rows.height,
                centre=_by_fact(names, np.median(own, axis=0).round().astype(np.int64)),
                rules=sum(box.group == number for box in boxes),
            )
        )
    expected = rows.select("customer_id", called=pl.Series([called[int(n)] for n in group]))
    return LearnedSegments(
        facts=names,
        groups=tuple(groups),
        middle=_by_fact(names, middle),
        silhouette_ppm=round(silhouette * PPM),
        customers=rows.height,
        matched=_matched(rows, expected, read_segments_policy(document)),
        document=_with_cases(document, groups),
    )


def _by_fact(names: tuple[str, ...], values: Ints) -> dict[str, int]:
    return {name: int(value) for name, value in zip(names, values, strict=True)}


def _is_usable(fact: pl.Series) -> bool:
    known = fact.drop_nulls()
    return len(known) * PPM >= KNOWN_PPM * len(fact) and known.n_unique() > 1


def _filled(fact: pl.Series) -> Ints:
    """Return the fact with the median where it is not known."""
    values = fact.to_numpy().astype(np.float64)
    middle = np.median(values[~np.isnan(values)])
    return np.where(np.isnan(values), np.floor(middle), values).astype(np.int64)


def _scaled(whole: Ints) -> Floats:
    """Return columns less their median by their quartile range, cut at CUT both ways."""
    values = whole.astype(np.float64)
    low, middle, high = np.percentile(values, [25, 50, 75], axis=0)
    spread = high - low
    # more than half alike: the quartiles say nothing, the standard deviation does
    spread = np.where(spread > 0, spread, values.std(axis=0))
    return np.asarray(np.clip((values - middle) / spread, -CUT, CUT))


def _spread(rows: int) -> Ints:
    """Return evenly spread places, at most SAMPLE of them."""
    return np.unique(np.linspace(0, rows - 1, min(rows, SAMPLE)).astype(np.int64))


def _distances(points: Floats, others: Floats) -> Floats:
    """Return squared distances, summed fact by fact so that no library orders the sums anew."""
    squared = np.zeros((len(points), len(others)))
    for place in range(points.shape[1]):
        squared += (points[:, place, None] - others[None, :, place]) ** 2
    return squared


def _nearest(points: Floats, centres: Floats) -> Ints:
    return np.asarray(_distances(points, centres).argmin(axis=1), dtype=np.int64)


def _best(points: Floats) -> tuple[Floats, float] | None:
    """Return the centres of the number of groups with the largest silhouette, and that."""
    apart = np.sqrt(_distances(points, points))
    best: tuple[Floats, float] | None = None
    most = min(MOST, len(np.unique(points, axis=0)) - 1)
    for number in range(FEWEST, most + 1):
        centres = _centres(points, number)
        silhouette = _silhouette(apart, _nearest(points, centres), number)
        if best is None or silhouette > best[1]:
            best = centres, silhouette
    return best


def _centres(points: Floats, number: int) -> Floats:
    """Return the centres with the least squared distance of several seeded starts."""
    random = np.random.default_rng(SEED + number)
    found: list[tuple[float, Floats]] = []
    for _ in range(STARTS):
        centres = _seeded(points, number, random)
        for _ in range(ROUNDS):
            group = _nearest(points, centres)
            moved = np.array(
                [
                    points[group == n].mean(axis=0) if (group == n).any() else centres[n]
                    for n in range(number)
                ]
            )
            if np.array_equal(moved, centres):
                break
            centres = moved
        found.append((float(_distances(points, centres).min(axis=1).sum()), centres))
    return min(found, key=lambda one: one[0])[1]


def _seeded(points: Floats, number: int, random: np.random.Generator) -> Floats:
    """Return first centres: each point with a chance by its squared distance to those chosen."""
    chosen = [points[int(random.integers(len(points)))]]
    while len(chosen) < number:
        squared = _distances(points, np.array(chosen)).min(axis=1)
        so_far = squared.cumsum()
        place = int(np.searchsorted(so_far, random.random() * so_far[-1], side="right"))
        chosen.append(points[min(place, len(points) - 1)])
    return np.array(chosen)


def _silhouette(apart: Floats, group: Ints, number: int) -> float:
    """Return the mean silhouette; a group of one counts 0."""
    counts = np.bincount(group, minlength=number)
    sums = np.column_stack([apart[:, group == n].sum(axis=1) for n in range(number)])
    own = counts[group]
    inside = sums[np.arange(len(group)), group] / np.maximum(own - 1, 1)
    means = sums / np.maximum(counts, 1)
    means[:, counts == 0] = np.inf
    means[np.arange(len(group)), group] = np.inf
    outside = means.min(axis=1)
    larger = np.maximum(inside, outside)
    value = np.where((own > 1) & (larger > 0) & np.isfinite(outside), outside - inside, 0.0)
    return float((value / np.where(larger > 0, larger, 1.0)).mean())


def _by_size(group: Ints, number: int) -> list[int]:
    counts = np.bincount(group, minlength=number)
    return [n for n in sorted(range(number), key=lambda n: (-counts[n], n)) if counts[n]]


def _called(names: tuple[str, ...], centres: Floats, order: Sequence[int]) -> dict[int, str]:
    """Return a name in words for each group: the two facts farthest from the middle of all."""
    called: dict[int, str] = {}
    for number in order:
        far = sorted(range(len(names)), key=lambda n: (-abs(centres[number][n]), n))
        words = [
            FACTS[names[n]][int(centres[number][n] > 0)]
            for n in far[:2]
            if abs(centres[number][n]) > TELLING
        ]
        name = ", ".join(words) or "usual"
        taken = sum(other == name or other.startswith(f"{name} (") for other in called.values())
        called[number] = f"{name} ({taken + 1})" if taken else name
    return called


def _document(
    names: tuple[str, ...],
    called: Mapping[int, str],
    boxes: Sequence[Box],
    order: Sequence[int],
    valid_from: date,
) -> dict[str, object]:
    """Return the segments policy: one segment per group with a rule for each box of the tree."""
    segments: list[dict[str, object]] = []
    for number in order:
        own = [box for box in boxes if box.group == number and box.bounds]
        rules = [
            {"name": f"{called[number]} {n}", **_stated(names, box)}
            for n, box in enumerate(own, 1)
        ]
        if rules:
            segments.append({"name": called[number], "rules": rules})
    body = {"name": "segments", "valid_from": valid_from, "otherwise": OTHERWISE}
    return {"segments": {**body, "segments": segments}}


def _with_cases(document: dict[str, object], groups: Sequence[LearnedGroup]) -> dict[str, object]:
    """Return the document with the middle of each group as a case, where its rules meet it."""
    drafted = [segment.name for segment in read_segments_policy(document).segments]
    cases: list[dict[str, object]] = [
        {"name": f"typical: {group.name}", "facts": group.centre, "expect": group.name}
        for group in groups
        if group.name in drafted
    ]
    played = play_segment_cases(read_segments_policy({**document, "cases": cases}))
    return {
        **document,
        "cases": [case for case, result in zip(cases, played, strict=True) if result.is_passed],
    }


def _stated(names: tuple[str, ...], box: Box) -> dict[str, object]:
    return {
        names[place]: {
            side: value for side, value in (("from", low), ("to", high)) if value is not None
        }
        for place, (low, high) in sorted(box.bounds.items())
    }


def _matched(rows: pl.DataFrame, expected: pl.DataFrame, policy: SegmentsPolicy) -> int:
    """Return how many customers the drafted rules place as the groups do, by playing them."""
    if not policy.segments:
        return 0
    facts = nw.from_native(rows.lazy())
    by_hand = pl.DataFrame(schema={"customer_id": pl.Int64, "hand_segment": pl.String})
    found = memberships(
        facts,
        claims(facts, policy),
        nw.from_native(by_hand.lazy()).select(*BY_HAND),
        otherwise=policy.otherwise,
    )
    placed: pl.DataFrame = found.collect(backend="polars").to_native()
    both = placed.join(expected, on="customer_id", how="inner")
    return both.filter(pl.col("segment") == pl.col("called")).height
