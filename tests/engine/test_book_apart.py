"""Seasons, breaks, the DSO bridge, roll rates, vintages and cause trees: tables and laws."""

import math
import random
from datetime import date, timedelta
from fractions import Fraction

import narwhals.stable.v2 as nw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.aging import BUCKETS, bucketed
from dunwell.engine.book_slices import SLICES, by_slice
from dunwell.engine.break_points import outliers, pieces
from dunwell.engine.calendars import day_number, month_number
from dunwell.engine.dso_bridge import (
    PARTS,
    Level,
    applied,
    bridge,
    dso_levels,
    product_parts,
    rounded,
    tied,
)
from dunwell.engine.items import open_items
from dunwell.engine.ledger import Ledger
from dunwell.engine.overdue_causes import CAUSES, TRAITS, overdue_claims
from dunwell.engine.roll_rates import FROM_STATES, TO_STATES, rolls
from dunwell.engine.root_causes import REST, Cell, cause_tree
from dunwell.engine.schema import ALLOCATIONS, DISPUTES, ITEMS, PAYMENTS, PROMISES, table
from dunwell.engine.seasonality import decomposition
from dunwell.engine.vintages import cohort, cohort_sums, cohorts
from tests.conftest import examples

DAY = date(2026, 3, 31)
LAST = day_number(DAY)


def ledger_of(items, allocations=(), disputes=()):
    return Ledger(
        items=table(items, ITEMS),
        allocations=table(allocations, ALLOCATIONS),
        payments=table([], PAYMENTS),
        disputes=table(disputes, DISPUTES),
        promises=table([], PROMISES),
    )


def invoice(key, amount, issued, due, customer=1, kind="invoice"):
    return (key, customer, kind, "EUR", amount, issued, due, issued)


def paid(key, amount, on, source="payment"):
    return (key, key if source == "payment" else None, source, amount, amount, on, on, on)


def rows_of(frame, *order):
    return list(frame.collect().sort(*order).iter_rows())


@pytest.fixture(scope="module")
def monthly():
    chance = random.Random(1)
    course = [
        100 + (n if n < 30 else 60 - n) + 10 * math.sin(2 * math.pi * n / 12) + chance.gauss(0, 1)
        for n in range(48)
    ]
    course[20] += 25
    return course


def test_a_series_is_taken_apart_into_trend_season_and_rest(monthly):
    found = decomposition(monthly, first_month=1)
    parts = zip(found.trend, found.season, found.rest, strict=True)
    assert [a + b + c for a, b, c in parts] == pytest.approx(monthly)
    assert found.has_season and (found.high, found.low) == (4, 10)
    assert max(found.season[-12:]) - min(found.season[-12:]) == pytest.approx(20, abs=4)


def test_breaks_and_months_apart_are_found_where_they_were_planted(monthly):
    adjusted = decomposition(monthly, first_month=1).adjusted
    straight = pieces(adjusted)
    assert len(straight) == 2 and abs(straight[1].first - 30) <= 2
    assert [round(piece.per_month) for piece in straight] == [1, -1]
    assert [one.place for one in outliers(adjusted, straight)] == [20]


def test_one_bad_half_year_in_two_is_no_season_and_breaks_where_it_begins_and_ends():
    chance = random.Random(5)
    bad = dict(zip(range(12, 18), (4, 9, 14, 16, 14, 6), strict=True))
    months = [40 + chance.gauss(0, 2) + bad.get(n, 0) for n in range(24)]
    found = decomposition(months, first_month=1)
    assert not found.has_season and found.adjusted == found.values
    assert [
        abs(piece.first - n) <= 2 for piece, n in zip(pieces(months)[1:], (12, 18), strict=True)
    ] == [
        True,
        True,
    ]


def test_two_years_of_chance_are_told_as_a_season_in_few_of_a_hundred():
    chance = random.Random(6)
    told = [
        decomposition([chance.gauss(40, 3) for _ in range(24)], first_month=1).has_season
        for _ in range(100)
    ]
    assert sum(told) <= 10


def test_no_season_is_read_into_chance_or_into_less_than_two_years():
    chance = random.Random(2)
    noise = [100 + chance.gauss(0, 5) for _ in range(23)]
    found = decomposition(noise, first_month=1)
    assert not found.has_season and set(found.season) == {0.0}
    assert decomposition([1.0, 2.0, 3.0], first_month=1) is None
    assert len(pieces([5.0] * 30)) == 1 and outliers([5.0] * 30, pieces([5.0] * 30)) == ()


amounts = st.integers(min_value=0, max_value=10**9)
levels = st.builds(
    Level,
    sales=amounts,
    agreed=amounts,
    current=st.integers(-(10**6), 10**9),
    late=amounts,
    disputed=amounts,
)
books = st.dictionaries(st.sampled_from("abcd"), levels, min_size=1, max_size=4)


@given(before=books, after=books, unit=st.sampled_from(["days", "minor"]))
@examples(60, release=2000)
def test_the_parts_of_a_bridge_sum_to_the_change_and_split_without_a_rest(before, after, unit):
    found = bridge(before, after, window_days=90, unit=unit)
    if found is None:
        assert unit == "days"
        return
    assert sum(found.part(part) for part in PARTS) == found.after - found.before
    whole = rounded(found.after) - rounded(found.before)
    cells = [found.cells[key].get(part, Fraction(0)) for key in found.cells for part in PARTS]
    shown = tied(cells, whole)
    assert sum(shown) == whole
    assert all(abs(a - b) <= 1 for a, b in zip(shown, cells, strict=True))
    for key, split in found.splits.items():
        low, high = before.get(key, Level()), after.get(key, Level())
        half = Level(*(value // 2 for value in low.amounts))
        rest = Level(*(a - b for a, b in zip(low.amounts, half.amounts, strict=True)))
        for part, weights in split.items():
            two = applied(weights, half, high) + applied(weights, rest, Level())
            assert two == found.cells[key][part]


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=1, max_size=4))
@examples(60, release=1000)
def test_a_product_s_parts_do_not_depend_on_the_order_of_its_factors(pairs):
    low, high = [[Fraction(one[side]) for one in pairs] for side in (0, 1)]
    told = product_parts(low, high)
    changes = [c * (b - a) for c, a, b in zip(told, low, high, strict=True)]
    assert sum(changes) == math.prod(high) - math.prod(low)
    backwards = product_parts(low[::-1], high[::-1])
    assert backwards[::-1] == told


def test_levels_say_what_is_owed_and_a_longer_term_shows_as_terms():
    ledger = ledger_of(
        [invoice(1, 300, LAST - 10, LAST + 20), invoice(2, 200, LAST - 60, LAST - 30)],
        [paid(2, 50, LAST - 5)],
        [(1, 2, 1, 100, LAST - 3, None)],
    )
    assert rows_of(dso_levels(ledger, as_of=DAY, window_days=90), "customer_id") == [
        ("EUR", 1, 500, 300 * 30 + 200 * 30, 300, 50, 100)
    ]
    short = {"a": Level(900, 900 * 30, 300, 0, 0)}
    long = {"a": Level(900, 900 * 60, 600, 0, 0)}
    found = bridge(short, long, window_days=90, unit="days")
    assert (found.before, found.after) == (30, 60)
    assert {part: found.part(part) for part in PARTS if found.part(part)} == {"terms": 30}


def planted(seed):
    chance = random.Random(seed)
    items, allocations = [], []
    for key in range(1, 60):
        issued = LAST - chance.randint(0, 200)
        amount = chance.randint(1, 500) * (-1 if chance.random() < 0.1 else 1)
        kind = "invoice" if amount > 0 else "credit_note"
        items.append(invoice(key, amount, issued, issued + 30, chance.randint(1, 5), kind))
        if chance.random() < 0.7 and amount > 0:
            part = amount if chance.random() < 0.6 else chance.randint(1, amount)
            source = chance.choice(["payment", "payment", "credit", "write_off", "discount"])
            allocations.append(paid(key, part, issued + chance.randint(-5, 120), source))
    return ledger_of(items, allocations)


@pytest.mark.parametrize("seed", [1, 2])
def test_rows_of_the_roll_matrix_sum_to_what_was_there(seed):
    ledger, start = planted(seed), DAY - timedelta(days=31)
    claims = ledger.items.filter(nw.col("amount_minor") > 0)

    def ageing(day):
        opened = bucketed(open_items(claims, ledger.allocations, as_of=day)).collect()
        found = dict.fromkeys(BUCKETS, 0)
        for row in opened.iter_rows(named=True):
            found[row["bucket"]] += row["open_minor"]
        return found

    was, is_now = dict.fromkeys(FROM_STATES, 0), dict.fromkeys(TO_STATES, 0)
    for row in rolls(ledger, days=[start, DAY]).collect().iter_rows(named=True):
        was[FROM_STATES[row["from_no"]]] += row["amount_minor"]
        is_now[TO_STATES[row["to_no"]]] += row["amount_minor"]
    billed = claims.filter(nw.col("issued_day").is_between(day_number(start) + 1, LAST)).collect()
    assert was == {**ageing(start), "new": sum(billed["amount_minor"])}
    assert {name: is_now[name] for name in BUCKETS} == ageing(DAY)


def test_a_young_vintage_tells_only_of_what_is_old_enough():
    month = month_number(date(2026, 1, 1))
    first, late = day_number(date(2026, 1, 5)), day_number(date(2026, 1, 30))
    ledger = ledger_of(
        [
            invoice(1, 100, first, first + 14),
            invoice(2, 300, late, late + 14),
            invoice(3, 50, late, late + 14),
        ],
        [paid(1, 60, first + 20), paid(2, 300, late + 70), paid(3, 50, late + 40, "write_off")],
    )
    frame = cohorts(ledger, as_of=DAY, months=13).collect()

    def of(basis):
        keep = (nw.col("basis") == basis) & (nw.col("month") == month)
        columns = ("seen", "point", "source", "amount_minor", "items", "squared")
        told = frame.filter(keep).select(*columns).iter_rows()
        return cohort([cohort_sums(told, basis=basis, month=month)], month=month)

    vintage = of("vintage")
    assert (vintage.billed_minor, vintage.items, vintage.lost_minor) == (450, 3, 50)
    assert [
        (one.age, one.observed_minor, one.amount_minor, one.is_complete) for one in vintage.points
    ] == [
        (30, 450, 390, True),
        (60, 450, 390, True),
        (90, 0, 0, False),
        (120, 0, 0, False),
        (180, 0, 0, False),
    ]
    assert vintage.points[2].share_ppm is None
    issue = {one.age: one for one in of("issue").points}
    assert (issue[20].amount_minor, issue[15].amount_minor) == (60, 0)
    assert (issue[60].observed_minor, issue[80].observed_minor) == (450, 100)
    assert issue[80].amount_minor == 60 and not issue[80].is_complete
    assert all(one.low_ppm <= one.share_ppm <= one.high_ppm for one in vintage.points[:2])


cells = st.lists(
    st.builds(
        Cell,
        st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("xy"), st.sampled_from("12")),
        st.integers(0, 1000),
        st.integers(0, 1000),
        st.integers(1, 40),
    ),
    max_size=30,
)


@given(cells)
@examples(60, release=1000)
def test_each_level_of_a_cause_tree_sums_to_the_one_above(some):
    def check(node):
        if node.branches:
            for name in ("amount_minor", "base_minor", "items"):
                assert sum(getattr(one, name) for one in node.branches) == getattr(node, name)
            assert len({one.path[-1] for one in node.branches}) == len(node.branches)
        for one in node.branches:
            assert one.path[:-1] == node.path
            check(one)

    check(cause_tree(some, ("letter", "axis", "digit")))


def test_the_dimension_that_differs_most_comes_first_and_even_spread_is_a_leaf():
    def cell(segment, country, late):
        return Cell((segment, country), late, 1000, 50)

    uneven = [cell("a", "DE", 900), cell("a", "FR", 880), cell("b", "DE", 30), cell("b", "FR", 20)]
    tree = cause_tree(uneven, ("segment", "country"))
    assert tree.by == "segment"
    assert [one.path for one in tree.branches] == [(("segment", "a"),), (("segment", "b"),)]
    even = [cell(segment, country, 100) for segment in "ab" for country in ("DE", "FR")]
    assert cause_tree(even, ("segment", "country")).by == ""
    many = [Cell((str(n),), 10 * n, 1000 - 50 * n, 99) for n in range(12)]
    shown = cause_tree(many, ("n",)).branches
    assert len(shown) == 7 and shown[-1].path == (("n", REST),)


def test_claims_carry_every_dimension_and_sum_to_what_is_overdue():
    ledger = ledger_of(
        [
            invoice(1, 800, LAST - 60, LAST - 30),
            invoice(2, 150, LAST - 20, LAST + 50, customer=2),
            invoice(3, 50, LAST - 90, LAST - 60, customer=3),
        ],
        [paid(3, 50, LAST - 1)],
    )
    slices = table([(1, "key", "DE", "carla", "firm"), (2, "", "", "", "")], SLICES)
    traits = table([(1, "dispute:price", "mail", "disputed", "proven")], TRAITS)
    found = overdue_claims(ledger, traits, slices, as_of=DAY, since=DAY - timedelta(days=31))
    names = ("item_id", "overdue_minor", "open_minor", "before_minor", *CAUSES)
    assert rows_of(found.select(*names), "item_id") == [
        (
            *(1, 800, 800, 0, "key", "DE", "carla", "firm"),
            *("dispute:price", "15-30", "mail", "large", "disputed", "proven"),
        ),
        (2, 0, 150, 0, *[""] * 5, "61+", "", "middling", "", ""),
        (3, 0, 0, 50, *[""] * 5, "15-30", "", "small", "", ""),
    ]
    whole = by_slice(
        found.select("customer_id", "currency", "overdue_minor"),
        slices,
        keys=["currency"],
        sums=["overdue_minor"],
    )
    sums = {}
    for row in whole.collect().iter_rows(named=True):
        sums[row["dimension"]] = sums.get(row["dimension"], 0) + row["overdue_minor"]
    assert set(sums.values()) == {800} and len(sums) == 5
