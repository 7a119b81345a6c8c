"""Which days bear interest, row by row, and what each month of an item comes to."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dunwell.engine.calendars import month_number
from dunwell.engine.charges.compounding import Stretch, compound_sums
from dunwell.engine.charges.interest import (
    INTEREST,
    SEGMENTS,
    differences,
    interest_segments,
    monthly_interest,
)
from dunwell.engine.charges.reference_rates import PPM, RateSpan
from tests.engine.charge_rows import LAST, SINCE, at_rate, frames, number
from tests.engine.rows import table

DUE = date(2025, 1, 10)
SEGMENT = ("from_day", "until_day", "days", "rate_ppm", "base_minor")


def rows_of(frame, *columns):
    native: pl.LazyFrame = nw.to_native(frame)
    return native.collect().select(*columns).sort(*columns).rows()


def segments(charged, *, as_of, amount=10_000_00, item_id=1, **facts):
    """[(from, until, days, rate, base)] of one item that is late from 11 January 2025 on."""
    item = {"item_id": item_id, "amount_minor": amount, "due_day": DUE}
    made = frames(charged, [item], as_of=as_of, **facts)
    found = interest_segments(made.subjects, made.moved, made.table)
    assert dict(found.collect_schema()) == {name: one.dtype for name, one in SEGMENTS.items()}
    return rows_of(found, *SEGMENT)


def stretch(first, until, days, rate_ppm, base_minor):
    return (number(first), number(until), days, rate_ppm, base_minor)


def paid(day, amount):
    return {"item_id": 1, "value_day": day, "amount_minor": amount}


def two_rates(first, second, changes_on):
    """Terms with one rate up to a day and another from it on."""
    return replace(
        at_rate(1),
        spans=(
            RateSpan(from_on=SINCE, until_on=changes_on, rate_ppm=first, source=""),
            RateSpan(from_on=changes_on, until_on=LAST, rate_ppm=second, source=""),
        ),
    )


def test_days_are_cut_where_a_month_a_rate_or_the_open_amount_changes():
    charged = two_rates(100_000, 120_000, date(2025, 2, 15))
    found = segments(
        charged, as_of=date(2025, 3, 10), paid=[paid(date(2025, 1, 20), 400_00)],
        disputed=[{"item_id": 1, "amount_minor": 100_00, "opened_day": date(2025, 2, 20),
                   "closed_day": date(2025, 3, 1)}],
    )  # fmt: skip

    assert found == [
        stretch(date(2025, 1, 11), date(2025, 1, 21), 10, 100_000, 10_000_00),
        stretch(date(2025, 1, 21), date(2025, 2, 1), 11, 100_000, 9_600_00),
        stretch(date(2025, 2, 1), date(2025, 2, 15), 14, 100_000, 9_600_00),
        stretch(date(2025, 2, 15), date(2025, 2, 20), 5, 120_000, 9_600_00),
        stretch(date(2025, 2, 20), date(2025, 3, 1), 9, 120_000, 9_500_00),
        stretch(date(2025, 3, 1), date(2025, 3, 11), 10, 120_000, 9_600_00),
    ]


def test_months_of_thirty_days_count_thirty():
    found = segments(at_rate(100_000, year="30_360"), as_of=date(2025, 3, 31))

    assert [row[2] for row in found] == [20, 30, 30]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        # paid on the last day looked at: it still bears that day
        ({"paid": [paid(date(2025, 1, 15), 10_000_00)]}, [(11, 16, 10_000_00)]),
        ({"paid": [paid(date(2025, 1, 14), 10_000_00)]}, [(11, 15, 10_000_00)]),
        # a cent left bears interest, nothing left or paid too much does not
        ({"paid": [paid(date(2025, 1, 12), 9_999_99)]}, [(11, 13, 10_000_00), (13, 16, 1)]),
        ({"paid": [paid(date(2025, 1, 12), 10_000_01)]}, [(11, 13, 10_000_00)]),
        # what came before the item was late lowers it from the first day late on
        ({"paid": [paid(date(2025, 1, 5), 1)]}, [(11, 16, 9_999_99)]),
        ({"disputed": [{"item_id": 1, "amount_minor": 1, "opened_day": date(2025, 1, 11)}]},
         [(11, 16, 9_999_99)]),
        # more disputed than open leaves nothing
        ({"disputed": [{"item_id": 1, "amount_minor": 20_000_00, "opened_day": date(2025, 1, 12),
                        "closed_day": date(2025, 1, 14)}]},
         [(11, 12, 10_000_00), (14, 16, 10_000_00)]),
    ],
)  # fmt: skip
def test_only_what_is_open_and_undisputed_bears_interest(facts, expected):
    found = segments(at_rate(100_000), as_of=date(2025, 1, 15), **facts)

    assert found == [
        stretch(date(2025, 1, first), date(2025, 1, until), until - first, 100_000, base)
        for first, until, base in expected
    ]


@pytest.mark.parametrize("as_of", [date(2025, 1, 31), date(2025, 2, 1)])
def test_no_stretch_is_empty_at_the_end_of_a_month(as_of):
    days = [row[2] for row in segments(at_rate(100_000), as_of=as_of)]

    assert days == ([21] if as_of.day == 31 else [21, 1])


def test_a_rate_of_nothing_bears_nothing_and_the_smallest_something():
    changes, as_of = date(2025, 1, 20), date(2025, 1, 31)
    whole = (10_000_00,)
    until = stretch(date(2025, 1, 11), changes, 9, 1, *whole)
    after = stretch(changes, date(2025, 2, 1), 12, 1, *whole)

    assert segments(two_rates(1, 0, changes), as_of=as_of) == [until]
    assert segments(two_rates(0, 1, changes), as_of=as_of) == [after]
    assert segments(two_rates(1, None, changes), as_of=as_of) == [until]


def test_a_month_says_from_when_until_when_on_how_many_days_and_on_how_much():
    items = [
        {"item_id": 1, "amount_minor": 36_500_00, "due_day": DUE},
        {"item_id": 2, "amount_minor": 7_300_00, "due_day": date(2025, 1, 31)},
    ]
    made = frames(
        at_rate(100_000), items, as_of=date(2025, 2, 10),
        paid=[paid(date(2025, 1, 20), 3_650_00), paid(date(2025, 2, 5), 32_850_00)],
    )  # fmt: skip
    found = monthly_interest(
        interest_segments(made.subjects, made.moved, made.table), made.subjects, made.table
    )
    columns = (
        "item_id",
        "month_no",
        "from_day",
        "until_day",
        "days",
        "base_minor",
        "amount_minor",
    )

    assert dict(found.collect_schema()) == {name: one.dtype for name, one in INTEREST.items()}
    january, february = month_number(date(2025, 1, 1)), month_number(date(2025, 2, 1))
    assert rows_of(found, *columns) == [
        # 10.00 a day for 10 days, 9.00 for 11 and for 5; 2.00 a day for 10
        (1, january, number(date(2025, 1, 11)), number(date(2025, 2, 1)), 21, 36_500_00, 199_00),
        (1, february, number(date(2025, 2, 1)), number(date(2025, 2, 6)), 5, 32_850_00, 45_00),
        (2, february, number(date(2025, 2, 1)), number(date(2025, 2, 11)), 10, 7_300_00, 20_00),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "until", "expected"),
    [
        # a day at a millionth a year bears a 365 millionth of the amount
        (182_499_999, date(2025, 1, 11), [0]),
        (182_500_000, date(2025, 1, 11), [1]),
        (456_250_000, date(2025, 1, 11), [1]),
        (547_499_999, date(2025, 1, 11), [1]),
        (547_500_000, date(2025, 1, 11), [2]),
        # the exact sum is rounded at the end of each month, not what each month adds: 21 days
        # of an eighth are 2.625, a day more 2.75; of a quarter 5.25 and 5.5
        (45_625_000, date(2025, 2, 1), [3, 0]),
        (91_250_000, date(2025, 2, 1), [5, 1]),
        (91_249_999, date(2025, 2, 1), [5, 0]),
    ],
)
def test_the_sum_up_to_the_end_of_a_month_is_rounded_half_up(amount, until, expected):
    items = [{"item_id": 1, "amount_minor": amount, "due_day": DUE}]
    made = frames(at_rate(1), items, as_of=until)
    found = monthly_interest(
        interest_segments(made.subjects, made.moved, made.table), made.subjects, made.table
    )

    assert [row[1] for row in rows_of(found, "month_no", "amount_minor")] == expected


@pytest.mark.parametrize(
    ("cap_ppm", "running", "expected"),
    [
        (None, [3, 5, 5, 9], [3, 2, 0, 4]),
        (1_000, [3, 5, 5, 9], [3, 2, 0, 4]),
        (500, [3, 5, 5, 9], [3, 2, 0, 0]),
        (400, [3, 5, 5, 9], [3, 1, 0, 0]),
        (0, [3, 5, 5, 9], [0, 0, 0, 0]),
    ],
)
def test_a_month_adds_what_the_capped_sum_grew_by(cap_ppm, running, expected):
    """Of two items side by side, whatever order their rows come in; the cap is a share of each."""
    shape = {**INTEREST, "running": INTEREST["amount_minor"], "cap_ppm": INTEREST["amount_minor"]}
    rows = [
        {"item_id": item_id, "terms_no": 0, "month_no": month, "from_day": 0, "until_day": 1,
         "days": 1, "base_minor": 1, "amount_minor": 10_000, "running": times * minor,
         "cap_ppm": cap_ppm}
        for month, minor in enumerate(running)
        for item_id, times in ((2, 1), (1, 7))
    ]  # fmt: skip
    found = rows_of(differences(table(shape, rows[::-1])), "item_id", "month_no", "amount_minor")

    assert [row[2] for row in found if row[0] == 2] == expected


def rest_start(start, rest):
    """The day a rest begins, for starts up to the 28th of a month."""
    months = start.month - 1 + rest
    return number(date(start.year + months // 12, months % 12 + 1, start.day))


def by_days(stretches, start):
    """Day by day in fractions: a day bears a part of a twelfth on what is open and was earned."""
    rates = {
        day: (one.rate_ppm, one.base_minor, one.month_no)
        for one in stretches
        for day in range(one.from_day, one.until_day)
    }
    earned, added, rest, sums = Fraction(0), Fraction(0), 0, {}
    for day in range(number(start), max(rates) + 1):
        if day == rest_start(start, rest + 1):
            earned, added, rest = earned + added, Fraction(0), rest + 1
        if day in rates:
            rate, base, month = rates[day]
            length = rest_start(start, rest + 1) - rest_start(start, rest)
            added += (base + earned) * Fraction(rate, 12 * PPM * length)
            sums[month] = int(earned + added + Fraction(1, 2))
    return sums


PIECES = st.lists(
    st.tuples(
        st.integers(0, 40),  # days on which nothing is open
        st.integers(1, 70),
        st.integers(1, 400_000),
        st.integers(1, 10**13),
    ),
    min_size=1,
    max_size=6,
)


def laid_out(start, pieces):
    day, found = number(start), []
    for month, (gap, days, rate, base) in enumerate(pieces):
        day += gap
        found.append(
            Stretch(month_no=month, from_day=day, until_day=day + days, rate_ppm=rate,
                    base_minor=base)
        )  # fmt: skip
        day += days
    return found


@settings(max_examples=30)
@given(st.integers(1, 12), st.integers(1, 28), PIECES)
@example(
    month=1, day=1, pieces=[(0, 31, 399_999, 10**15), (35, 60, 7, 1), (0, 59, 400_000, 10**13)]
)
@example(month=12, day=28, pieces=[(0, 400, 120_000, 10**15)])
def test_compound_interest_is_that_of_the_days_one_by_one(month, day, pieces):
    start = date(2024, month, day)
    stretches = laid_out(start, pieces)

    assert compound_sums(stretches, start_day=number(start)) == by_days(stretches, start)


@pytest.mark.parametrize("gap", [0, 31])
def test_half_a_cent_is_rounded_up_and_a_hair_less_is_not(gap):
    """In a rest of 31 days a day at one millionth a year bears a 372 millionth of its amount."""
    start = date(2024, 7, 1)

    def sums(base):
        return compound_sums(laid_out(start, [(gap, 1, 1, base)]), start_day=number(start))

    assert [sums(base)[0] for base in (185_999_999, 186_000_000, 557_999_999, 558_000_000)] == [
        0, 1, 1, 2,
    ]  # fmt: skip


def test_nothing_open_at_all_bears_nothing():
    assert compound_sums([], start_day=number(DUE)) == {}
