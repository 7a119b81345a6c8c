"""What a pool of receivables is worth today: held, or financed on stated terms.

Arithmetic on stated terms and on when and whether the items are paid; no advice. Present values at
our own cost of capital, compounded yearly on actual days / 365; interest is simple on actual days
/ 365.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import narwhals.stable.v2 as nw

from dunwell.engine.money import part, share
from dunwell.engine.provisions import YEAR, discount
from dunwell.engine.schema import Column, Frame

MILLION = 1_000_000
SCALE = 10**12
"""Discount factors are whole numbers of this size, so that sums are exact."""
SPREAD = {"q10_days": 300_000, "q50_days": 400_000, "q90_days": 300_000}
"""Weights of the 10th, 50th and 90th percentile for a mean (Swanson's rule)."""

KINDS = ("hold", "factoring", "recourse", "discounting", "insurance", "pool")


POOL: Frame = {
    "amount_minor": Column(nw.Int64, "what is owed, above 0"),
    "q10_days": Column(nw.Int64, "days until it is paid, the 10th percentile"),
    "q50_days": Column(nw.Int64, "the median"),
    "q90_days": Column(nw.Int64, "the 90th percentile"),
    "loss_ppm": Column(nw.Int64, "the chance that it never is"),
    "due_days": Column(nw.Int64, "days until it is due, below 0 when it is late"),
}
"""Items of a pool, all in one currency; days in the past count as today."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FinanceTerms:
    """What is stated of one way of financing; shares and yearly rates in ppm.

    `loss_ppm` of a loss is borne by the other side. `first_loss_ppm` of the pool is borne by us
    before that.
    """

    name: str
    kind: str
    advance_ppm: int = 0
    rate_ppm: int = 0
    fee_ppm: int = 0
    item_fee_minor: int = 0
    loss_ppm: int = 0
    first_loss_ppm: int = 0
    recourse_days: int = 90


@dataclass(frozen=True, kw_only=True, slots=True)
class FinancingWorth:
    """What one way makes of a pool, in minor units; `value_minor` is the present value of all.

    `cash_now_minor` comes today. Fees, interest and what is lost by us are their present values.
    """

    name: str
    kind: str
    gross_minor: int
    cash_now_minor: int
    later_minor: int
    fee_minor: int
    interest_minor: int
    loss_minor: int
    value_minor: int


def worth(pool: nw.LazyFrame, terms: FinanceTerms, *, capital_ppm: int) -> FinancingWorth:
    """Return what a pool (columns POOL) is worth under terms, discounted at our cost of capital.

    value = advance - fees + what comes later - interest - what comes back to us.
    """
    amount, lent = nw.col("amount_minor"), nw.col("lent_minor")
    items = pool.with_columns(
        lent_minor=share(amount, nw.lit(terms.advance_ppm), MILLION),
        end_days=nw.col("due_days") + terms.recourse_days,
    )
    items = _with_factors(items, (*SPREAD, "end_days"), capital_ppm)
    paid = [
        (name, nw.col(f"{name}_factor") * _chance(weight) // MILLION)
        for name, weight in SPREAD.items()
    ]
    unpaid = nw.col("end_days_factor") * nw.col("loss_ppm") // MILLION
    sums = items.select(
        items=nw.len(),
        gross=amount.sum(),
        advance=lent.sum(),
        loss=_whole(amount * nw.col("loss_ppm")),
        **{f"later_{name}": _whole(_exact(amount - lent) * factor) for name, factor in paid},
        **{
            f"interest_{name}": _whole(_exact(_interest(name, terms)) * factor)
            for name, factor in (*paid, ("end_days", unpaid))
        },
    ).collect()
    told = sums.rows(named=True)[0]
    # of what is not paid, `borne` is ours: an advance above the rest is paid back
    borne = _borne_by_us(told, terms)
    back, lost = (
        items.select(
            back=_whole((_exact(amount) * (MILLION - borne) // MILLION - lent) * unpaid),
            lost=_whole(_exact(amount) * borne // MILLION * unpaid),
        )
        .collect()
        .rows()[0]
    )
    fees = part(told["gross"], terms.fee_ppm, MILLION) + terms.item_fee_minor * told["items"]
    later = sum(told[f"later_{name}"] for name in SPREAD)
    interest = sum(told[f"interest_{name}"] for name in (*SPREAD, "end_days"))
    value = (told["advance"] - fees) * SCALE + later + back - interest
    return FinancingWorth(
        name=terms.name,
        kind=terms.kind,
        gross_minor=told["gross"],
        cash_now_minor=told["advance"] - fees,
        later_minor=part(later + back, 1, SCALE),
        fee_minor=fees,
        interest_minor=part(interest, 1, SCALE),
        loss_minor=part(lost, 1, SCALE),
        value_minor=part(value, 1, SCALE),
    )


def compared(
    pool: nw.LazyFrame, ways: Sequence[FinanceTerms], *, capital_ppm: int
) -> tuple[FinancingWorth, ...]:
    """Return holding the pool (columns POOL) and every other way, the highest value first."""
    hold = FinanceTerms(name="", kind="hold")
    found = [worth(pool, terms, capital_ppm=capital_ppm) for terms in (hold, *ways)]
    return tuple(sorted(found, key=lambda one: (-one.value_minor, one.kind, one.name)))


def _borne_by_us(told: Mapping[str, int], terms: FinanceTerms) -> int:
    """Return what part of losses is ours, in ppm: without cover all of it.

    Of a pool the first loss is ours up to its share of the pool; what is expected above it is not.
    """
    if terms.first_loss_ppm:
        expected, first = told["loss"], told["gross"] * terms.first_loss_ppm
        return MILLION if expected <= first or not expected else first * MILLION // expected
    return MILLION - terms.loss_ppm


def _with_factors(items: nw.LazyFrame, names: Sequence[str], capital_ppm: int) -> nw.LazyFrame:
    """Return the items with what 1 is worth today that comes in so many days, times SCALE."""
    items = items.with_columns(nw.col(*names).clip(lower_bound=0))
    last = items.select(nw.col(*names).max()).collect().rows()[0]
    days = range(max((one for one in last if one is not None), default=0) + 1)
    exact = [discount(capital_ppm, days=day) for day in days]
    worth_now = nw.from_dict(
        {"day": list(days), "factor": [part(SCALE, x.numerator, x.denominator) for x in exact]},
        schema={"day": nw.Int64, "factor": nw.Int64},
        backend=items.implementation,
    ).lazy()
    for name in names:
        factor = worth_now.rename({"day": name, "factor": f"{name}_factor"})
        items = items.join(factor, on=name, how="left")
    return items


def _chance(weight: int) -> nw.Expr:
    return (nw.lit(MILLION) - nw.col("loss_ppm")) * weight // MILLION


def _interest(days: str, terms: FinanceTerms) -> nw.Expr:
    """Return simple interest on what is lent until it is paid."""
    return share(nw.col("lent_minor"), nw.col(days) * terms.rate_ppm, MILLION * YEAR)


def _exact(amount: nw.Expr) -> nw.Expr:
    return amount.cast(nw.Int128)


def _whole(amount: nw.Expr) -> nw.Expr:
    return _exact(amount).sum()
