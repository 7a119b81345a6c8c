"""Variants: the very sequence of activities a case went through, and how long it took in all."""

from collections.abc import Iterable, Iterator

import narwhals.stable.v2 as nw

from dunwell.engine.process.log import HOUR_MS, MONEY_DAYS
from dunwell.engine.schema import Column, Frame, table

BASE = 64
"""A sequence is kept as digits of this base, ten to a whole number of 64 bits."""
DIGITS = 10
LONGEST = 40
"""Steps of which a variant is told; what goes on longer ends with an ellipsis."""
ELLIPSIS = "..."
ARROW = ">"

_NAMES: Frame = {
    "part0": Column(nw.Int64, "steps 1 to 10"),
    "part1": Column(nw.Int64, "steps 11 to 20"),
    "part2": Column(nw.Int64, "steps 21 to 30"),
    "part3": Column(nw.Int64, "steps 31 to 40"),
    "is_longer": Column(nw.Boolean, "it has more steps"),
    "name": Column(nw.String, "the activities, one after the other"),
}
_CODES: Frame = {
    "activity": Column(nw.String, "an activity of the log"),
    "code": Column(nw.Int64, "its digit, from 1"),
}
_PARTS = [f"part{place}" for place in range(LONGEST // DIGITS)]
_KEY = [*_PARTS, "is_longer"]


class TooManyActivitiesError(ValueError):
    """The log tells apart more activities than a variant can be told of."""


def variants(steps: nw.LazyFrame) -> nw.LazyFrame:
    """Return a row per case: its sequence as `name`, and the days from its first step to its last.

    `steps` in columns STEPS. A case that still waits has no end: its days are those so far. Its
    money days are those of all its steps. Raises TooManyActivitiesError for more than 63 of them.
    """
    names = sorted(steps.select("activity").unique().collect()["activity"].to_list())
    if len(names) >= BASE:
        raise TooManyActivitiesError(
            f"the log has {len(names)} activities, at most {BASE - 1} can be told apart"
        )
    codes = table([(name, place + 1) for place, name in enumerate(names)], _CODES)
    step = nw.col("step").cast(nw.Int64)
    coded = steps.join(codes, on="activity", how="left")
    for place in range(DIGITS):
        weight = nw.lit(BASE**place, nw.Int64)
        at = step % DIGITS == place
        digit = nw.when(at).then(nw.col("code") * weight)
        coded = coded.with_columns(value=digit.otherwise(nw.col("value") if place else nw.lit(0)))
    sums = {
        part: nw.when(step // DIGITS == place).then(nw.col("value")).otherwise(nw.lit(0)).sum()
        for place, part in enumerate(_PARTS)
    }
    found = coded.group_by("case_id").agg(
        **sums,
        is_longer=nw.col("step").max() >= LONGEST,
        days=nw.col("days").sum().cast(nw.Int32),
        worked_ms=nw.col("worked_ms").min(),
        end_ms=nw.max_horizontal("worked_ms", "end_worked_ms").max(),
        is_waiting=nw.col("is_waiting").any(),
        money_days=MONEY_DAYS.sum(),
    )
    told = found.select(*_KEY).unique().collect().rows()
    named = table([(*row, _name(row, names)) for row in told], _NAMES)
    spent = ((nw.col("end_ms") - nw.col("worked_ms")) // HOUR_MS).cast(nw.Int32)
    return found.join(named, on=_KEY, how="left").with_columns(hours=spent)


def _name(key: Iterable[int], names: list[str]) -> str:
    *parts, is_longer = key
    told = [names[code - 1] for part in parts for code in _digits(part)]
    return ARROW.join([*told, ELLIPSIS] if is_longer else told)


def _digits(part: int) -> Iterator[int]:
    while part:
        part, digit = divmod(part, BASE)
        yield digit
