"""Scoring by a scorecard: points of every input, probability of going bad, reasons, changes.

One subject at a time from its values (`Scorer`, `score_one`), or many as a lazy frame
(`score_rows`, `point_rows`, `reasons`): both give the same points, to the point. A reason is an
input that lost points against the policy's level of it; where fewer than two did, the inputs that
miss most of their best points are named, so that even a good score says what it could gain.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import narwhals.stable.v2 as nw

from dunwell.engine.schema import Column, Frame
from dunwell.engine.scorecard_changes import Change, change_by, fewest_changes, ways
from dunwell.engine.scorecard_terms import CATEGORY, CardInput, Scorecard, Value

MOST_REASONS, LEAST_REASONS = 4, 2
"""A decision names at least two and at most four reasons (12 CFR 1002.9, comment 9(b)(2)-1)."""

SCORES: Frame = {
    "subject_id": Column(nw.Int64, "key of the subject"),
    "points": Column(nw.Int64, "points of the card, higher is safer"),
    "pd_ppm": Column(nw.Int64, "probability of going bad, ppm"),
}
POINT_ROWS: Frame = {
    "subject_id": Column(nw.Int64, "key of the subject"),
    "input": Column(nw.String, "name of the input"),
    "input_no": Column(nw.Int64, "its place in the card, from 0"),
    "place": Column(nw.Int64, "number of the bin the value lies in"),
    "points": Column(nw.Int64, "what it adds"),
    "lost": Column(nw.Int64, "points below the policy's level, 0 for none"),
    "below_best": Column(nw.Int64, "points below the best bin, 0 for none"),
    "to_place": Column(nw.Int64, "nearest bin that reaches the level; -1 for none"),
    "gain": Column(nw.Int64, "points that change alone brings"),
}
REASONS: Frame = {**POINT_ROWS, "rank": Column(nw.Int64, "1 = the weightiest")}


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What one input adds: the bin its value lies in, its points, and those it lost."""

    input: str
    value: Value
    place: int
    points: int
    lost: int
    below_best: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """Why no more points: the input, its text, what it lost, and the change that mends it."""

    code: str
    text: str
    value: Value
    lost: int
    change: Change


@dataclass(frozen=True, kw_only=True, slots=True)
class Scored:
    """One subject scored; `flips` are the fewest changes that reach the cut-off."""

    points: int
    pd_ppm: int
    parts: tuple[Part, ...]
    reasons: tuple[Reason, ...]
    flips: tuple[Change, ...]


class Scorer:
    """A card made ready to score many subjects one by one: what does not change is looked up."""

    def __init__(self, card: Scorecard) -> None:
        self.card = card
        self._inputs = {one.name: _Ready(one) for one in card.inputs}

    def score(
        self,
        values: Mapping[str, Value],
        *,
        most: int = MOST_REASONS,
        least: int = LEAST_REASONS,
    ) -> Scored:
        """Return points, probability, reasons and changes of one subject.

        An input that `values` does not hold is missing. Raises ValueError for a text where the
        card reads a number.
        """
        parts = tuple(ready.part(values.get(name)) for name, ready in self._inputs.items())
        total = self.card.start + sum(part.points for part in parts)
        return Scored(
            points=total,
            pd_ppm=pd_ppm(self.card, total),
            parts=parts,
            reasons=tuple(
                self._inputs[part.input].reason(part)
                for part in _chosen(parts, most=most, least=least)
            ),
            flips=self._flips(parts, total),
        )

    def _flips(self, parts: Sequence[Part], total: int) -> tuple[Change, ...]:
        """Return the fewest changes that reach the cut-off; those to the policy's level first."""
        if self.card.cut_off is None or total >= self.card.cut_off:
            return ()
        found = [
            (part, self._inputs[part.input].change(part)) for part in parts if part.below_best
        ]
        lifting = [way for part, way in found if part.lost]
        return fewest_changes(self.card, lifting, points=total) or fewest_changes(
            self.card, [way for _, way in found], points=total
        )


class _Ready:
    """An input with its bins laid out for looking up."""

    def __init__(self, one: CardInput) -> None:
        self.one = one
        self.edges = [part.up_to for part in one.bins if part.up_to is not None]
        self.bins = one.places
        self.ways = [ways(one, place) for place in range(len(self.bins))]
        self.best = one.best

    def part(self, value: Value) -> Part:
        """Return what a value adds."""
        if isinstance(value, int | float) and self.one.kind != CATEGORY and value == value:  # noqa: PLR0124
            place = bisect_left(self.edges, value)
        else:
            place = self.one.place(value)
        points = self.bins[place].points
        return Part(
            input=self.one.name,
            value=value,
            place=place,
            points=points,
            lost=max(self.one.policy_points - points, 0),
            below_best=max(self.best - points, 0),
        )

    def change(self, part: Part) -> Change:
        """Return the nearest change of a value that could bring more points."""
        return change_by(self.one, part.value, part.place, self.ways[part.place])

    def reason(self, part: Part) -> Reason:
        """Return why a value brings no more points."""
        return Reason(
            code=part.input,
            text=self.bins[part.place].reason,
            value=part.value,
            lost=part.lost or part.below_best,
            change=self.change(part),
        )


def score_one(card: Scorecard, values: Mapping[str, Value]) -> Scored:
    """Return points, probability, reasons and changes of one subject; see `Scorer.score`."""
    return Scorer(card).score(values)


def pd_ppm(card: Scorecard, points: int) -> int:
    """Return the probability of going bad at so many points, ppm, rounded up."""
    first, *_ = card.calibration
    found = first.pd_ppm
    for before, after in pairwise(card.calibration):
        width, drop = after.points - before.points, before.pd_ppm - after.pd_ppm
        found -= min(max(points - before.points, 0), width) * drop // width
    return found


def failed_cases(card: Scorecard) -> tuple[str, ...]:
    """Return a sentence for each of the card's own cases that does not come out."""
    failed = []
    for number, case in enumerate(card.cases, 1):
        found = score_one(card, case.values)
        meant = found.pd_ppm if case.pd_ppm is None else case.pd_ppm
        if (found.points, found.pd_ppm) != (case.points, meant):
            failed.append(
                f"case {number}, {case.name}: {case.points} points and {meant} ppm are expected, "
                f"{found.points} and {found.pd_ppm} come out"
            )
    return tuple(failed)


def score_rows(frame: nw.LazyFrame, card: Scorecard) -> nw.LazyFrame:
    """Return one row per subject: columns SCORES and `<input>_points` of every input.

    `frame` has `subject_id`, once per subject, and the card's inputs; a column that is not
    there is missing for everybody. Raises ValueError for a column of texts where the card
    reads numbers.
    """
    placed = _placed(frame, card)
    points = {
        f"{one.name}_points": _points(one, nw.col(f"{one.name}_place")) for one in card.inputs
    }
    scored = placed.with_columns(**points).with_columns(
        points=nw.sum_horizontal(nw.lit(card.start, nw.Int64), *points)
    )
    return scored.with_columns(pd_ppm=_pd(card)).select(*SCORES, *points)


def point_rows(frame: nw.LazyFrame, card: Scorecard) -> nw.LazyFrame:
    """Return a row per subject and input, in columns POINT_ROWS; `frame` as in `score_rows`.

    Best collected before: it is read once per input. The points and the card's start add up to
    the score.
    """
    placed = _placed(frame, card)
    parts = []
    for number, one in enumerate(card.inputs):
        place = nw.col(f"{one.name}_place")
        points = _points(one, place)
        to_place = _to_place(one, place)
        parts.append(
            placed.select(
                "subject_id",
                input=nw.lit(one.name),
                input_no=nw.lit(number, nw.Int64),
                place=place,
                points=points,
                lost=_above_zero(one.policy_points, points),
                below_best=_above_zero(one.best, points),
                to_place=to_place,
                gain=nw.when(to_place >= 0)
                .then(_points(one, to_place) - points)
                .otherwise(nw.lit(0, nw.Int64)),
            )
        )
    return nw.concat(parts, how="vertical").select(*POINT_ROWS)


def reasons(
    frame: nw.LazyFrame, card: Scorecard, *, most: int = MOST_REASONS, least: int = LEAST_REASONS
) -> nw.LazyFrame:
    """Return 0 to `most` reasons per subject, weightiest first, in columns REASONS.

    Inputs that lost points come first, by points lost; up to `least` more by points below their
    best. Ties go by the order of the card. Nobody has a reason who could gain nothing.
    """
    rows = point_rows(frame, card).filter(nw.col("to_place") >= 0)
    ranked = (
        rows.with_columns(
            by_lost=0 - nw.col("lost"), by_best=0 - nw.col("below_best"), rank=nw.lit(1, nw.Int64)
        )
        .with_columns(
            rank=nw.col("rank")
            .cum_sum()
            .over("subject_id", order_by=["by_lost", "by_best", "input_no"])
        )
        .filter(nw.col("rank") <= most)
        .filter((nw.col("lost") > 0) | (nw.col("rank") <= least))
    )
    return ranked.select(*REASONS)


def _chosen(parts: Sequence[Part], *, most: int, least: int) -> list[Part]:
    order = sorted(
        (part for part in parts if part.below_best > 0),
        key=lambda part: (-part.lost, -part.below_best),
    )
    return [part for rank, part in enumerate(order[:most], 1) if part.lost > 0 or rank <= least]


def _placed(frame: nw.LazyFrame, card: Scorecard) -> nw.LazyFrame:
    """Return subject_id, the inputs as the card reads them, and the place of each."""
    schema = frame.collect_schema()
    values = {f"{one.name}_value": _value(one, schema.get(one.name)) for one in card.inputs}
    return frame.select("subject_id", **values).with_columns(
        **{f"{one.name}_place": _place(one) for one in card.inputs}
    )


def _value(one: CardInput, kind: nw.dtypes.DType | None) -> nw.Expr:
    """Return a column as the card reads it; a number that is none is missing."""
    if kind is None or kind == nw.Unknown:
        return nw.lit(None, nw.String if one.kind == CATEGORY else nw.Float64)
    column = nw.col(one.name)
    if one.kind == CATEGORY:
        if kind == nw.Boolean:
            return _flag(column)
        text = column.cast(nw.String)
        return nw.when(text != "").then(text)
    if kind == nw.Boolean:
        return column.cast(nw.Int64)
    if not kind.is_numeric():
        raise ValueError(f"{one.name} is read as {kind}; the card wants a number")
    if kind.is_float():
        return nw.when(~column.is_nan()).then(column)
    return column


def _flag(column: nw.Expr) -> nw.Expr:
    known = nw.when(column).then(nw.lit("yes")).otherwise(nw.lit("no"))
    return nw.when(~column.is_null()).then(known)


def _place(one: CardInput) -> nw.Expr:
    """Return the number of the bin: how many edges a number passes, or the group of a text."""
    value = nw.col(f"{one.name}_value")
    if one.kind == CATEGORY:
        found = nw.lit(len(one.bins), nw.Int64)
        for number, group in enumerate(one.bins):
            found = (
                nw.when(value.is_in(group.values)).then(nw.lit(number, nw.Int64)).otherwise(found)
            )
    else:
        passed = [(value > one.up_to).cast(nw.Int64) for one in one.bins if one.up_to is not None]
        found = nw.sum_horizontal(nw.lit(0, nw.Int64), *passed)
    missing = nw.lit(len(one.places) - 1, nw.Int64)
    return nw.when(value.is_null()).then(missing).otherwise(found)


def _points(one: CardInput, place: nw.Expr) -> nw.Expr:
    """Return the points of a bin by its number: those of bin 0, and each later step reached."""
    worth = [part.points for part in one.places]
    steps = [
        (place >= number).cast(nw.Int64) * (after - before)
        for number, (before, after) in enumerate(pairwise(worth), 1)
        if after != before
    ]
    return nw.sum_horizontal(nw.lit(worth[0], nw.Int64), *steps)


def _to_place(one: CardInput, place: nw.Expr) -> nw.Expr:
    """Return the nearest bin that reaches the level, -1 for none."""
    found = nw.lit(-1, nw.Int64)
    for number in range(len(one.places)):
        way = ways(one, number)
        target: nw.Expr
        if way.only is not None:
            target = nw.lit(way.only, nw.Int64)
        elif way.down is not None and way.down_to is not None and way.up_to is not None:
            value = nw.col(f"{one.name}_value")
            is_lower = value - way.down_to <= way.up_to - value
            target = (
                nw.when(is_lower)
                .then(nw.lit(way.down, nw.Int64))
                .otherwise(nw.lit(way.up, nw.Int64))
            )
        else:
            continue
        found = nw.when(place == number).then(target).otherwise(found)
    return found


def _above_zero(level: int, points: nw.Expr) -> nw.Expr:
    lost = level - points
    return nw.when(lost > 0).then(lost).otherwise(nw.lit(0, nw.Int64))


def _pd(card: Scorecard) -> nw.Expr:
    """Return `pd_ppm` of the column `points`, by the same whole numbers."""
    found = nw.lit(card.calibration[0].pd_ppm, nw.Int64)
    for before, after in pairwise(card.calibration):
        width, drop = after.points - before.points, before.pd_ppm - after.pd_ppm
        above = (nw.col("points") - before.points).clip(0, width)
        found = found - above * drop // width
    return found
