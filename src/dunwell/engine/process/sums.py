"""Sums of marks by segment and currency that can be added up again, quantiles included.

Days and hours are whole numbers, so how often each occurs is kept, and a quantile of many months
and segments is exact: the smallest value that so many per mille of the rows do not exceed
(nearest rank). A sum as a document is a list, for there are many of them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import narwhals.stable.v2 as nw

from dunwell.engine.process.marks import STAGE, STEP, VARIANT

MEDIAN_MILLI, P90_MILLI = 500, 900
MILLE = 1_000
MOST_VARIANTS = 200
"""Variants kept by name of one month, segment and currency; the rest is one row without a name."""
OTHER = ""
WITH_HOURS = (STEP, STAGE)

_SLICE = ["segment", "currency"]
_KEY = [*_SLICE, "kind", "name"]


@dataclass(slots=True)
class Sum:
    """What is told under one name: rows, cases, their amount, money days, and the times taken.

    `amount_minor` counts each case once; `money_days` are minor units times days. `days` and
    `hours` say how often each time occurs, `waiting` how many rows go on. In the times of a
    stage or a variant what goes on is left out, for it has no end yet.
    """

    kind: str
    name: str
    rows: int = 0
    cases: int = 0
    amount_minor: int = 0
    money_days: int = 0
    waiting: int = 0
    days: Counter[int] = field(default_factory=Counter)
    hours: Counter[int] = field(default_factory=Counter)

    def add(self, told: Sequence[Any]) -> None:
        """Add the sum of a document of `slice_documents` under the same kind and name."""
        _, _, rows, cases, amount, money_days, waiting, days, hours = told
        self.rows += rows
        self.cases += cases
        self.amount_minor += amount
        self.money_days += money_days
        self.waiting += waiting
        for counts, flat in ((self.days, days), (self.hours, hours)):
            for value, count in zip(flat[::2], flat[1::2], strict=True):
                counts[value] += count


def quantile(counts: Mapping[int, int], milli: int) -> int | None:
    """Return the smallest value that `milli` per mille of the counted do not exceed, else None."""
    whole = sum(counts.values())
    if not whole:
        return None
    wanted, seen = max(-(-whole * milli // MILLE), 1), 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= wanted:
            return value
    return None


def slice_documents(marks: nw.LazyFrame) -> list[dict[str, Any]]:
    """Return the sums of marks as documents, one for each segment and currency, sorted."""
    told = _named(marks)
    per_case = told.group_by(*_KEY, "case_id").agg(
        rows=nw.len(),
        amount_minor=nw.col("amount_minor").max(),
        money_days=nw.col("money_days").sum(),
        waiting=nw.col("is_waiting").cast(nw.Int64).sum(),
    )
    sums = (
        per_case.group_by(*_KEY)
        .agg(
            nw.col("rows").sum(),
            cases=nw.len(),
            amount_minor=nw.col("amount_minor").sum(),
            money_days=nw.col("money_days").sum(),
            waiting=nw.col("waiting").sum(),
        )
        .sort(*_KEY)
        .select(*_KEY, "rows", "cases", "amount_minor", "money_days", "waiting")
        .collect()
    )
    days, hours = (_counts(told, column) for column in ("days", "hours"))
    found: dict[tuple[str, str], list[list[Any]]] = {}
    for segment, currency, kind, name, *numbers in sums.rows():
        key = (segment, currency, kind, name)
        of_hours = hours.get(key, []) if kind in WITH_HOURS else []
        row = [kind, name, *map(int, numbers), days.get(key, []), of_hours]
        found.setdefault((segment, currency), []).append(row)
    return [
        {"segment": segment, "currency": currency, "sums": rows}
        for (segment, currency), rows in found.items()
    ]


def added(
    documents: Iterable[Mapping[str, Any]], *, currency: str, segment: str | None = None
) -> dict[tuple[str, str], Sum]:
    """Return the sums of documents together, of one currency, of all segments unless one is named.

    By kind and name.
    """
    found: dict[tuple[str, str], Sum] = {}
    for document in documents:
        if document["currency"] != currency:
            continue
        if segment is not None and document["segment"] != segment:
            continue
        for told in document["sums"]:
            key = (told[0], told[1])
            held = found.get(key)
            if held is None:
                held = found[key] = Sum(*key)
            held.add(told)
    return found


def _named(marks: nw.LazyFrame) -> nw.LazyFrame:
    """Return the marks with rare variants under no name."""
    counted = (
        marks.filter(nw.col("kind") == VARIANT)
        .group_by(*_KEY)
        .agg(n=nw.len())
        .with_columns(less=-nw.col("n").cast(nw.Int64), one=nw.lit(1, nw.Int64))
        .with_columns(place=nw.col("one").cum_sum().over(*_SLICE, order_by=["less", "name"]))
        .filter(nw.col("place") > MOST_VARIANTS)
        .select(*_KEY, is_rare=nw.lit(value=True))
    )
    is_rare = nw.col("is_rare").fill_null(value=False)
    return marks.join(counted, on=_KEY, how="left").with_columns(
        name=nw.when(is_rare).then(nw.lit(OTHER)).otherwise("name")
    )


def _counts(marks: nw.LazyFrame, column: str) -> dict[tuple[str, ...], list[int]]:
    """Return how often each time occurs, as value, count, value, count, by key."""
    is_over = ~nw.col("is_waiting") | (nw.col("kind") == STEP)
    rows = (
        marks.filter(is_over, ~nw.col(column).is_null())
        .group_by(*_KEY, column)
        .agg(n=nw.len())
        .sort(*_KEY, column)
        .select(*_KEY, column, "n")
        .collect()
        .rows()
    )
    found: dict[tuple[str, ...], list[int]] = {}
    for segment, currency, kind, name, value, count in rows:
        found.setdefault((segment, currency, kind, name), []).extend((int(value), int(count)))
    return found
