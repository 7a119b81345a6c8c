"""What a pool of receivables is worth today: held, or financed on stated terms.

Arithmetic on stated terms and on when and whether the items are paid; no advice. Present values at
our own cost of capital, compounded yearly on actual days / 365; interest is simple on actual days
/ 365.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from dunwell.engine.money import part
from dunwell.engine.provisions import discount

MILLION = 1_000_000
SCALE = 10**12
"""Discount factors are whole numbers of this size, so that sums are exact."""
SPREAD = ((0, 300_000), (1, 400_000), (2, 300_000))
"""Weights of the 10th, 50th and 90th percentile for a mean (Swanson's rule)."""

KINDS = ("hold", "factoring", "recourse", "discounting", "insurance", "pool")


@dataclass(frozen=True, kw_only=True, slots=True)
class PaidWhen:
    """An item: in how many days it is paid (three quantiles), and with what chance never.

    `due_days` until it is due, below 0 when it is late.
    """

    amount_minor: int
    days: tuple[int, int, int]
    loss_ppm: int
    due_days: int


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


def worth(items: Sequence[PaidWhen], terms: FinanceTerms, *, capital_ppm: int) -> FinancingWorth:
    """Return what a pool is worth under terms, discounted at our cost of capital.

    value = advance - fees + what comes later - interest - what comes back to us.
    """
    gross = sum(item.amount_minor for item in items)
    advance = sum(part(item.amount_minor, terms.advance_ppm, MILLION) for item in items)
    fees = part(gross, terms.fee_ppm, MILLION) + terms.item_fee_minor * len(items)
    later = interest = back = lost = 0
    borne = _borne_by_us(items, terms)
    for item in items:
        lent = part(item.amount_minor, terms.advance_ppm, MILLION)
        sure = MILLION - item.loss_ppm
        for place, weight in SPREAD:
            days = max(item.days[place], 0)
            chance = sure * weight // MILLION
            factor = _factor(capital_ppm, days) * chance // MILLION
            later += (item.amount_minor - lent) * factor
            interest += _interest(lent, terms.rate_ppm, days) * factor
        end = max(item.due_days + terms.recourse_days, 0)
        factor = _factor(capital_ppm, end) * item.loss_ppm // MILLION
        interest += _interest(lent, terms.rate_ppm, end) * factor
        # of what is not paid, `borne` is ours: an advance above the rest is paid back
        comes = item.amount_minor * (MILLION - borne) // MILLION - lent
        back += comes * factor
        lost += item.amount_minor * borne // MILLION * factor
    value = (advance - fees) * SCALE + later + back - interest
    return FinancingWorth(
        name=terms.name,
        kind=terms.kind,
        gross_minor=gross,
        cash_now_minor=advance - fees,
        later_minor=part(later + back, 1, SCALE),
        fee_minor=fees,
        interest_minor=part(interest, 1, SCALE),
        loss_minor=part(lost, 1, SCALE),
        value_minor=part(value, 1, SCALE),
    )


def compared(
    items: Sequence[PaidWhen], ways: Sequence[FinanceTerms], *, capital_ppm: int
) -> tuple[FinancingWorth, ...]:
    """Return holding the pool and every other way, the highest value first."""
    hold = FinanceTerms(name="", kind="hold")
    found = [worth(items, terms, capital_ppm=capital_ppm) for terms in (hold, *ways)]
    return tuple(sorted(found, key=lambda one: (-one.value_minor, one.kind, one.name)))


def _borne_by_us(items: Sequence[PaidWhen], terms: FinanceTerms) -> int:
    """Return what part of losses is ours, in ppm: without cover all of it.

    Of a pool the first loss is ours up to its share of the pool; what is expected above it is not.
    """
    if terms.first_loss_ppm:
        expected = sum(item.amount_minor * item.loss_ppm for item in items)
        first = sum(item.amount_minor for item in items) * terms.first_loss_ppm
        return MILLION if expected <= first or not expected else first * MILLION // expected
    return MILLION - terms.loss_ppm


def _interest(minor: int, rate_ppm: int, days: int) -> int:
    return part(minor * days, rate_ppm, MILLION * 365)


@lru_cache(maxsize=20_000)
def _factor(rate_ppm: int, days: int) -> int:
    exact = discount(rate_ppm, days=days)
    return part(SCALE, exact.numerator, exact.denominator)
