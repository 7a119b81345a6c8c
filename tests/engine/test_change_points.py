"""Change points in days late: found soon when they are there, seldom told when they are not."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

import narwhals.stable.v2 as nw
import numpy as np
import numpy.typing as npt
import polars as pl
import pytest

from dunwell.engine.calendars import day_number
from dunwell.engine.change_points import (
    FEWEST_WEEKS,
    SMALLEST_SHIFT_DAYS,
    WATCHED_WEEKS,
    change_points,
    weeks_late,
)
from dunwell.engine.ledger import Ledger
from dunwell.engine.schema import ALLOCATIONS, ITEMS
from tests.engine.rows import answers, disputes, items, payments, promises

AS_OF = date(2026, 6, 29)
DAY = day_number(AS_OF)
SHORTEST = WATCHED_WEEKS + FEWEST_WEEKS

Days = npt.NDArray[np.float64]


def ledger(late: Days, *, ends: int = DAY, apart: int = 7) -> Ledger:
    """One row of days late per customer, one column per item; the last item is due on `ends`."""
    customers, count = late.shape
    due = np.tile(ends - apart * np.arange(count)[::-1], customers)
    paid = due + np.round(late).astype(np.int64).ravel()
    rows = pl.DataFrame(
        {
            "item_id": np.arange(customers * count),
            "customer_id": np.repeat(np.arange(customers), count),
            "issued_day": due - 30,
            "due_day": due,
            "recorded_day": due - 30,
            "value_day": paid,
            "applied_day": paid,
        }
    ).with_columns(
        payment_id=pl.col("item_id"),
        amount_minor=pl.lit(10_000),
        paid_minor=pl.lit(10_000),
        kind=pl.lit("invoice"),
        source=pl.lit("payment"),
        currency=pl.lit("EUR"),
    )

    def framed(columns) -> nw.LazyFrame:
        kinds = nw.Schema({name: column.dtype() for name, column in columns.items()})
        return nw.from_native(rows.select(*columns).cast(dict(kinds.to_polars())).lazy())

    return Ledger(framed(ITEMS), framed(ALLOCATIONS), payments(), disputes(), promises())


def found(of: Ledger, *, on: int = DAY) -> list[dict[str, object]]:
    return answers(change_points(of, as_of=AS_OF + timedelta(days=on - DAY)))


def told(of: Ledger, *, on: int) -> set[int]:
    return {row["customer_id"] for row in found(of, on=on)}


def one(*late: float) -> Ledger:
    return ledger(np.array([late], dtype=np.float64))


STEADY = [4, 6, 5, 7, 3] * 6


SHIFTED = one(*STEADY, 15, 16, 17, 15)


def test_a_customer_that_begins_to_pay_late_is_told_with_the_day_it_began():
    # Four weeks later than all 24 usual ones: 4 * (49 / 25 - 1 - 0.35) = 2.44.
    assert found(SHIFTED, on=DAY + 17) == [
        {
            "customer_id": 0,
            "measured_days": 16,
            "usual_days": 5,
            "since_day": DAY - 21,
            "weeks": 4,
            "usual_weeks": 24,
            "strength_ppm": 2_440_000,
        }
    ]


def test_open_items_tell_before_they_are_paid_but_only_once_later_than_usual():
    # On day 8 two of the four are paid; the last is 8 days late so far, later than ever.
    assert [on for on in range(-10, 20) if told(SHIFTED, on=DAY + on)] == list(range(8, 20))


def test_a_customer_that_returns_to_its_habit_is_no_longer_told():
    back = one(*STEADY, 15, 16, 17, 15, *STEADY[:5])

    assert found(back, on=DAY + 10) == []


def test_a_new_habit_becomes_the_usual_one():
    late = [15, 16, 17, 15, 14]

    assert found(one(*STEADY, *late * 2), on=DAY + 20)[0]["usual_days"] == 5
    assert found(one(*STEADY, *late * 10), on=DAY + 20) == []


def test_a_customer_that_pays_earlier_is_not_told():
    assert found(one(*STEADY, -5, -6, -5, -7, -5), on=DAY + 10) == []


def test_a_shift_too_small_to_matter_is_not_told():
    def level(shift: int) -> Ledger:
        return one(*[0] * 30, *[shift] * 5)

    assert found(level(SMALLEST_SHIFT_DAYS - 1), on=DAY + 9) == []
    assert len(found(level(SMALLEST_SHIFT_DAYS), on=DAY + 9)) == 1


def test_a_short_history_shows_no_change():
    long = ([5] * SHORTEST)[5:] + [40] * 5

    assert len(found(one(*long), on=DAY + 60)) == 1
    assert found(one(*long[1:]), on=DAY + 60) == []


def test_one_week_is_one_observation_however_many_items_it_has():
    many = ledger(np.array([[5.0] * 95 + [50.0] * 5]), apart=1)

    assert len(answers(weeks_late(many, as_of=AS_OF + timedelta(days=60)))) == 16
    assert found(many, on=DAY + 60) == []


def test_disputed_items_do_not_count():
    late = found(SHIFTED, on=DAY + 17)
    last = disputes(*[{"item_id": n, "opened_day": DAY} for n in (31, 32, 33)])
    of = Ledger(SHIFTED.items, SHIFTED.allocations, SHIFTED.payments, last, SHIFTED.promises)

    assert len(late) == 1
    assert found(of, on=DAY + 17) == []


def test_credit_notes_are_no_late_items():
    credit = items({"customer_id": 0, "item_id": 900, "amount_minor": -500, "due_day": DAY - 90})
    of = Ledger(credit, SHIFTED.allocations, payments(), disputes(), promises())

    assert answers(weeks_late(of, as_of=AS_OF)) == []


Draw = Callable[[np.random.Generator, tuple[int, int]], Days]
HABITS: dict[str, Draw] = {
    "normal": lambda rng, size: rng.normal(5, 3, size),
    "wide": lambda rng, size: rng.normal(5, 9, size),
    "heavy tails": lambda rng, size: 5 + 4 * rng.standard_t(3, size),
    "skewed": lambda rng, size: rng.gamma(1.5, 5, size),
    "very skewed": lambda rng, size: np.exp(rng.normal(1.8, 0.8, size)),
    "weekly pay run": lambda rng, size: rng.normal(5, 2, size) + rng.integers(0, 7, size),
    "mostly in time": lambda rng, size: np.where(
        rng.random(size) < 0.85, 0, rng.gamma(2, 4, size)
    ),
}
CUSTOMERS, MONTHS, WEEKS = 400, 6, 26


@lru_cache
def false_alarms() -> Counter[str]:
    """Return how often a warning began in half a year of weekly looks, by habit."""
    rng = np.random.default_rng(5)
    size = (CUSTOMERS, SHORTEST + WEEKS + 4)
    of = ledger(np.vstack([draw(rng, size) for draw in HABITS.values()]))
    names, alarms = list(HABITS), Counter[str]()
    before = told(of, on=DAY - 7 * WEEKS)
    for week in range(WEEKS - 1, -1, -1):
        now = told(of, on=DAY - 7 * week)
        alarms.update(names[customer // CUSTOMERS] for customer in now - before)
        before = now
    return alarms


@pytest.mark.parametrize("habit", HABITS)
def test_a_steady_customer_is_told_in_less_than_one_of_a_hundred_months(habit):
    assert false_alarms()[habit] < CUSTOMERS * MONTHS / 100


@pytest.mark.parametrize("habit", ["normal", "weekly pay run", "mostly in time"])
def test_a_shift_of_ten_days_is_found_within_five_items(habit):
    rng = np.random.default_rng(12)
    late = HABITS[habit](rng, (200, 65))
    late[:, -5:] += 10
    seen: set[int] = set()
    for item in range(5):
        # the ledger as it was when the first items after the shift were due and paid
        count = late.shape[1] - 4 + item
        seen |= told(ledger(late[:, :count]), on=DAY + 60)

    assert len(seen) >= 180


def test_the_day_of_the_shift_is_close_to_the_day_told():
    rng = np.random.default_rng(13)
    late = HABITS["normal"](rng, (200, 65))
    late[:, -8:] += 12
    off = [abs(row["since_day"] - (DAY - 49)) for row in found(ledger(late), on=DAY + 60)]

    assert len(off) >= 190
    assert np.median(off) <= 7
