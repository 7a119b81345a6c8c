"""The outlook of cash: weeks and months of each currency by component with calibrated ranges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from dunwell.engine.money import part
from dunwell.ml.cash_claims import COMPONENTS, DELIVERED, ITEMS, NEW, RECURRING, paid_chances
from dunwell.ml.cash_naive import naive_cash
from dunwell.ml.cash_periods import WEEK, WEEKS, CashSpan, cash_periods, cash_spans, period_ends
from dunwell.ml.cash_ranges import PastCash, calibration, ranges, spreads
from dunwell.ml.cash_sums import CashRows, Moments, components_of, merged, moments, whole_shares
from dunwell.ml.history import Floats, History
from dunwell.ml.pay_delays import PayDelays, pay_delays
from dunwell.ml.run_rate import NewBusiness, new_business
from dunwell.ml.run_rate import together as all_new_business

KNOWN, ALL = "known", "all"
FORESEEN = (RECURRING, DELIVERED)
QUANTILES = ("p5", "p10", "p50", "p90", "p95")
"""Names of `ml.cash_ranges.SHOWN`."""

PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class Book:
    """The open items as scored: item_id, customer_id, currency, open_minor, due_day, and chances.

    `paid[i, j]` is P(item i is paid by `period_ends(as_of)[j]`).
    """

    items: pl.DataFrame
    paid: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sums:
    """One currency's outlook before ranges: what `moments` and `components` hold per period.

    `moments` has a column per period, then per span. `new` is what new business adds beyond
    what is foreseen by name.
    """

    currency: str
    components: pl.DataFrame
    moments: Moments
    new: NewBusiness | None
    naive: Mapping[str, list[int]]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What was worked out: a row per scope, kind, period and currency, and what it rests on.

    `claims` come with what each adds to each period (week_1 ... month_12, minor units);
    `chances` are theirs by the ends of the periods.
    """

    as_of: int
    rows: pl.DataFrame
    claims: pl.DataFrame
    chances: Floats
    sums: tuple[Sums, ...]
    figures: Mapping[str, int]


ROWS: dict[str, type[pl.DataType]] = {
    "scope": pl.String,
    "kind": pl.String,
    "currency": pl.String,
    "is_consolidated": pl.Boolean,
    "number": pl.Int64,
    "first_day": pl.Int32,
    "last_day": pl.Int32,
    "expected_minor": pl.Int64,
    "p5_minor": pl.Int64,
    "p10_minor": pl.Int64,
    "p50_minor": pl.Int64,
    "p90_minor": pl.Int64,
    "p95_minor": pl.Int64,
    "spread_minor": pl.Int64,
    **{f"{name}_minor": pl.Int64 for name in COMPONENTS},
}
"""Columns of `Outlook.rows`, one per component at the end."""


def cash_outlook(
    history: History,
    book: Book,
    claims: pl.DataFrame,
    *,
    planned: pl.Series,
    past: Mapping[str, Sequence[PastCash]],
    home: str,
    rates_ppm: Mapping[str, int],
    named: frozenset[int] = frozenset(),
) -> Outlook:
    """Return the outlook of a day.

    `claims` as of `ml.cash_claims.by_priority`; `planned` are items held by plans. `past` are
    earlier forecasts per scope. `rates_ppm`: home minor units per million minor units of each
    foreign currency; with one missing there are no consolidated rows. `named` are customers
    whose moments are kept whatever their size.
    """
    periods = cash_periods(history.as_of)
    delays = pay_delays(history)
    taken = pl.concat([planned, claims["item_id"].drop_nulls()]).unique()
    chances = _chances(book, claims, history.as_of, delays)
    fresh = {one.currency: one for one in new_business(history, periods)}
    currencies = sorted({*book.items["currency"], *claims["currency"], *fresh})
    sums = [
        _sums(
            _rows(book, claims, chances, taken, currency, history.as_of),
            fresh.get(currency),
            history,
            periods,
            delays=delays,
            named=named,
        )
        for currency in currencies
    ]
    rows = [_empty(), *(_told(one, periods, past) for one in sums)]
    rates = {**rates_ppm, home: PPM}
    if sums and all(one.currency in rates for one in sums):
        rows.append(_consolidated(sums, rates, periods, past, home))
    return Outlook(
        as_of=history.as_of,
        rows=pl.concat(rows),
        claims=_by_period(claims, chances, sums, periods),
        chances=chances,
        sums=tuple(sums),
        figures={"paid_items": delays.items, "median_delay_days": delays.median},
    )


def _chances(book: Book, claims: pl.DataFrame, as_of: int, delays: PayDelays) -> Floats:
    """Return P(paid by each period's end) of every claim."""
    ends = period_ends(as_of)
    place = claims.select("item_id").join(
        book.items.select("item_id").with_row_index("place"),
        on="item_id",
        how="left",
        maintain_order="left",
    )["place"]
    base = np.zeros((claims.height, len(ends)))
    is_scored = place.is_not_null().to_numpy()
    base[is_scored] = book.paid[place.drop_nulls().to_numpy()]
    return paid_chances(claims, ends, as_of=as_of, base=base, delays=delays)


def _rows(
    book: Book,
    claims: pl.DataFrame,
    chances: Floats,
    taken: pl.Series,
    currency: str,
    as_of: int,
) -> CashRows:
    """Return the plain items and the claims of a currency; what a claim stands for is no item."""
    is_plain = (
        (book.items["currency"] == currency) & ~book.items["item_id"].is_in(taken.implode())
    ).to_numpy()
    is_own = (claims["currency"] == currency).to_numpy()
    plain, own = book.items.filter(pl.Series(is_plain)), claims.filter(pl.Series(is_own))
    code = {name: place for place, name in enumerate(COMPONENTS)}
    return CashRows(
        currency=currency,
        ends=period_ends(as_of),
        customers=np.concatenate(
            [plain["customer_id"].to_numpy(), own["customer_id"].to_numpy()]
        ).astype(np.int64),
        amounts=np.concatenate(
            [plain["open_minor"].to_numpy(), own["open_minor"].to_numpy()]
        ).astype(np.int64),
        component=np.concatenate(
            [
                np.full(plain.height, code[ITEMS], np.int8),
                np.array([code[name] for name in own["component"]], np.int8),
            ]
        ),
        paid=np.concatenate([book.paid[is_plain], chances[is_own].astype(np.float32)]),
    )


def _sums(
    rows: CashRows,
    fresh: NewBusiness | None,
    history: History,
    periods: tuple[CashSpan, ...],
    *,
    delays: PayDelays,
    named: frozenset[int],
) -> Sums:
    spans = cash_spans(history.as_of)
    plain = components_of(rows, periods, None)
    foreseen = plain.select(*FORESEEN).sum_horizontal().to_numpy()
    if fresh is not None:
        # what is foreseen by name is part of the run rate: it counts once
        fresh = replace(fresh, mean=np.maximum(fresh.mean - foreseen, 0.0))
    found = components_of(rows, periods, fresh)
    naive = naive_cash(history, rows.currency, periods, median_delay=delays.median)
    return Sums(
        currency=rows.currency,
        components=found,
        moments=moments(rows, (*periods, *spans), named=named),
        new=fresh,
        naive=naive,
    )


def _told(
    sums: Sums, periods: tuple[CashSpan, ...], past: Mapping[str, Sequence[PastCash]]
) -> pl.DataFrame:
    """Return the rows of one currency in both scopes."""
    owed = float(sums.moments.most.sum())
    return pl.concat(
        [
            _scoped(KNOWN, sums, periods, past[KNOWN], most=owed),
            _scoped(ALL, sums, periods, past[ALL], most=np.inf),
        ]
    ).with_columns(is_consolidated=pl.lit(value=False))


def _consolidated(
    sums: Sequence[Sums],
    rates: Mapping[str, int],
    periods: tuple[CashSpan, ...],
    past: Mapping[str, Sequence[PastCash]],
    home: str,
) -> pl.DataFrame:
    """Return the rows of all currencies together; each component is converted, then added."""
    converted = [
        one.components.select(
            pl.Series(name, [part(minor, rates[one.currency], PPM) for minor in column])
            for name, column in one.components.to_dict(as_series=False).items()
        )
        for one in sums
    ]
    together = converted[0]
    for frame in converted[1:]:
        together = together.select(pl.col(name) + frame[name] for name in COMPONENTS)
    fresh = [(one.new, rates[one.currency] / PPM) for one in sums if one.new is not None]
    whole = Sums(
        currency=home,
        components=together,
        moments=merged([(one.moments, rates[one.currency] / PPM) for one in sums]),
        new=all_new_business(fresh, home),
        naive={},
    )
    return _told(whole, periods, past).with_columns(is_consolidated=pl.lit(value=True))


def _scoped(
    scope: str,
    sums: Sums,
    periods: tuple[CashSpan, ...],
    past: Sequence[PastCash],
    *,
    most: float,
) -> pl.DataFrame:
    """Return the rows of one scope; `known` leaves new business out of sum and range."""
    parts = sums.moments.parts(_with_spans(sums) if scope == ALL else None)
    expected = sums.components.select(
        pl.sum_horizontal(name for name in COMPONENTS if scope == ALL or name != NEW)
    ).to_series()
    spread, as_of = spreads(parts), periods[0].first_day - 1
    frames = []
    for kind in dict.fromkeys(one.kind for one in periods):
        places = [place for place, one in enumerate(periods) if one.kind == kind]
        own = [periods[place] for place in places]
        told = calibration(past, currency=sums.currency, kind=kind, most=len(own), as_of=as_of)
        levels = ranges(parts, own, told, most=most, places=places)
        frames.append(
            pl.DataFrame(
                {
                    "scope": [scope] * len(own),
                    "kind": [kind] * len(own),
                    "currency": [sums.currency] * len(own),
                    "number": [one.number for one in own],
                    "first_day": [one.first_day for one in own],
                    "last_day": [one.last_day for one in own],
                    "expected_minor": expected.gather(places),
                    **{f"{name}_minor": levels[:, at] for at, name in enumerate(QUANTILES)},
                    "spread_minor": np.floor(spread[places] + 0.5).astype(np.int64),
                    **{
                        f"{name}_minor": sums.components[name].gather(places)
                        if scope == ALL or name != NEW
                        else [0] * len(own)
                        for name in COMPONENTS
                    },
                }
            )
        )
    rows = pl.concat(frames).with_columns(is_consolidated=pl.lit(value=False))
    return rows.select(*ROWS).cast(pl.Schema(ROWS))


def _with_spans(sums: Sums) -> NewBusiness | None:
    """Return new business with a column per period, then per span: the first n weeks together."""
    return None if sums.new is None else sums.new.with_spans(WEEKS)


def _by_period(
    claims: pl.DataFrame, chances: Floats, sums: Sequence[Sums], periods: tuple[CashSpan, ...]
) -> pl.DataFrame:
    """Return the claims with what each adds to each period, to the last minor unit of its sum."""
    shares = np.zeros((claims.height, len(periods)), np.int64)
    component, currency = claims["component"].to_numpy(), claims["currency"].to_numpy()
    amounts = claims["open_minor"].to_numpy().astype(np.float64)
    for one in sums:
        for name in COMPONENTS:
            own = np.flatnonzero((component == name) & (currency == one.currency))
            if not len(own):
                continue
            rows = CashRows(
                currency=one.currency,
                ends=period_ends(periods[0].first_day - 1),
                customers=np.zeros(len(own), np.int64),
                amounts=np.zeros(len(own), np.int64),
                component=np.zeros(len(own), np.int8),
                paid=chances[own].astype(np.float32),
            )
            totals = one.components[name]
            for place, period in enumerate(periods):
                weights = amounts[own] * rows.chance(period)
                shares[own, place] = whole_shares(weights, int(totals[place]))
    names = [f"{one.kind}_{one.number}" for one in periods]
    return claims.hstack(pl.DataFrame(shares, schema=dict.fromkeys(names, pl.Int64), orient="row"))


def lever_targets(
    outlook: Outlook, past: Mapping[str, Sequence[PastCash]]
) -> dict[str, list[tuple[str, int, int, int, int, int, int, int]]]:
    """Return per "scope:currency" the weeks and the first weeks together, as they stand.

    Kind, number, first and last day, expected, P10, common shock in ppm, and the standard
    deviation of new business, all in minor units; in the order of the moments' columns of
    `lever_columns`.
    """
    found = {}
    columns = lever_columns(outlook.as_of)
    periods = (*cash_periods(outlook.as_of), *cash_spans(outlook.as_of))
    for sums in outlook.sums:
        new = _with_spans(sums)
        for scope in (KNOWN, ALL):
            own = new if scope == ALL else None
            parts = sums.moments.parts(own)
            told = calibration(
                past[scope],
                currency=sums.currency,
                kind=WEEK,
                most=WEEKS,
                as_of=outlook.as_of,
            )
            chosen = [periods[column] for column in columns]
            levels = ranges(parts, chosen, told, places=columns)
            mean = parts.mean.sum(axis=0)
            found[f"{scope}:{sums.currency}"] = [
                (
                    period.kind,
                    period.number,
                    period.first_day,
                    period.last_day,
                    round(float(mean[column])),
                    int(levels[place, 1]),
                    round(told.shock * PPM),
                    0 if own is None else round(float(own.spread[column])),
                )
                for place, (column, period) in enumerate(zip(columns, chosen, strict=True))
            ]
    return found


def lever_columns(as_of: int) -> tuple[int, ...]:
    """Return the columns of the moments that levers look at: weeks, and first weeks together."""
    months = len(cash_periods(as_of)) - WEEKS
    spans = len(cash_spans(as_of))
    return (*range(WEEKS), *range(WEEKS + months, WEEKS + months + spans))


def _empty() -> pl.DataFrame:
    return pl.DataFrame(schema=ROWS)
