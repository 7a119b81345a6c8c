"""T21: money maths. No float, parts sum to the whole, one rounding at the end.

A million random cases in the long tier, 20,000 by default, drawn from one seed.
"""

from decimal import Decimal
from fractions import Fraction
from random import Random

import narwhals.stable.v2 as nw
import polars as pl
import pytest

from dunwell.engine import provisions, settlements
from dunwell.engine.commissions import PPM, split
from dunwell.engine.money import (
    LARGEST_MINOR,
    MINOR_DIGITS,
    from_minor,
    minor_digits,
    part,
    share,
    to_minor,
)
from tests.dealing import is_long_tier

CASES = 1_000_000 if is_long_tier() else 20_000
SEED = 21
LARGE = (0, 1, 2, 99, 100, 10**6, 10**12, LARGEST_MINOR)


def _amount(chance: Random) -> int:
    """An amount of any size, its edges often; of either sign."""
    size = chance.choice(LARGE) if chance.random() < 0.3 else int(10 ** chance.uniform(0, 15.9))
    return size if chance.random() < 0.7 else -size


def _rounded(exact: Fraction) -> int:
    """Half away from zero, by the definition."""
    down, rest = divmod(abs(exact), 1)
    whole = int(down) + (rest >= Fraction(1, 2))
    return -whole if exact < 0 else whole


def test_t21_a_part_is_the_exact_fraction_rounded_once():
    chance = Random(SEED)
    for _ in range(CASES // 4):
        amount, rate, days = _amount(chance), chance.randint(0, 400_000), chance.randint(0, 3_660)
        found = part(amount, rate * days, 365 * PPM)
        assert type(found) is int
        assert found == _rounded(Fraction(amount * rate * days, 365 * PPM)), (amount, rate, days)


def test_t21_parts_sum_to_the_whole():
    chance = Random(SEED + 1)
    for _ in range(CASES // 8):
        weights = [abs(_amount(chance)) for _ in range(chance.randint(1, 7))]
        whole = sum(weights)
        total = chance.randint(0, whole)
        for parts in (settlements.shares(weights, total), provisions.shares(total, weights)):
            assert sum(parts) == (total if whole else 0), (weights, total)
            assert all(type(one) is int for one in parts)
        kept = settlements.shares(weights, total)
        assert all(0 <= one <= weight for one, weight in zip(kept, weights, strict=True))
        # halves are where two roundings part
        gross, rate = _amount(chance), chance.choice((PPM // 2, chance.randint(0, PPM - 1)))
        money = split(gross, rate_ppm=rate)
        assert money.net_minor + money.commission_minor == gross, (gross, rate)
        assert money.commission_minor == _rounded(Fraction(gross * rate, PPM))


def test_t21_frames_round_as_whole_numbers_do():
    chance = Random(SEED + 2)
    rows = [
        (
            _amount(chance),
            chance.randint(0, 10**9),
            chance.choice((1, 3, 365, 366, PPM, 365 * PPM)),
        )
        for _ in range(CASES // 2)
    ]
    # what leaves 64 bits can be no amount of this ledger
    rows = [row for row in rows if abs(row[0] * row[1]) // row[2] < LARGEST_MINOR]
    frame = nw.from_native(pl.DataFrame(rows, schema=["amount", "above", "below"], orient="row"))
    found = frame.select(share(nw.col("amount"), nw.col("above"), nw.col("below")))
    assert found.schema == {"amount": nw.Int64}
    assert [row[0] for row in found.rows()] == [part(*row) for row in rows]


@pytest.mark.parametrize("currency", ["JPY", "EUR", "KWD", "CLF", *sorted(MINOR_DIGITS)[:4]])
def test_t21_every_amount_comes_back_from_its_text(currency):
    chance = Random(f"{SEED} {currency}")
    for _ in range(CASES // 80):
        minor = _amount(chance)
        text = str(from_minor(minor, currency))
        assert to_minor(Decimal(text), currency) == minor
        finer = Decimal(1).scaleb(-minor_digits(currency) - 1)
        with pytest.raises(ValueError, match="more decimals|larger than"):
            to_minor(from_minor(minor, currency) + finer, currency)


def test_t21_the_trap_a_rate_of_a_day_is_not_rounded_first():
    """5,000 at 12.25 % for 101 days: a page that rounds the daily rate first prints 169.68."""
    assert part(5_000_00, 122_500 * 101, 365 * PPM) == 169_49


def test_t21_nothing_that_counts_money_is_a_float():
    """The formulas above with their operands as large as a ledger holds stay whole and exact."""
    for amount in (LARGEST_MINOR, -LARGEST_MINOR, LARGEST_MINOR - 1):
        assert part(amount, 1, 1) == amount
        assert part(amount, 3, 3) == amount
        assert settlements.shares([abs(amount)], abs(amount)) == (abs(amount),)
