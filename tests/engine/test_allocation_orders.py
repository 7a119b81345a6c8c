"""Legal allocation orders: textbook cases of each law, and that no minor unit is lost."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.allocation_orders import (
    BY_COUNTRY,
    CRITERIA,
    ORDERS,
    Debt,
    allocate,
    order_of,
)

AS_OF = date(2026, 3, 5)


def debt(key, amount=100, *, due=-10, issued=-40, **fields):
    return Debt(
        item_id=key, open_minor=amount, due_on=AS_OF + timedelta(days=due),
        issued_on=AS_OF + timedelta(days=issued), **fields,
    )  # fmt: skip


def settled(order, amount, *debts):
    found = allocate(debts, amount, order=ORDERS[order], as_of=AS_OF)
    return [(share.item_id, share.amount_minor, share.rule) for share in found]


@pytest.mark.parametrize("order", ORDERS)
def test_what_the_debtor_designates_comes_first_everywhere(order):
    named = debt(9, due=20, issued=-1, security=5, designated=0)
    assert settled(order, 100, debt(1), named) == [(9, 100, "designated")]


def test_germany_costs_then_interest_then_the_debts_by_their_weight():
    fee, interest = debt(1, 5, kind="fee"), debt(2, 7, kind="interest")
    secured, burdensome = debt(3, security=1), debt(4, burden_ppm=90_000)
    older, newer, not_due = debt(5, issued=-90), debt(6), debt(7, due=9, issued=-99)
    everything = (not_due, newer, older, secured, burdensome, interest, fee)

    assert settled("de_bgb", 511, *everything) == [
        (1, 5, "costs_interest"),
        (2, 7, "costs_interest"),
        (4, 100, "burdensome"),
        (5, 100, "older"),
        (6, 100, "less_secured"),
        (3, 100, "due"),
        (7, 99, "due"),
    ]


def test_germany_debts_of_the_same_age_share_in_proportion_to_the_cent():
    assert settled("de_bgb", 100, debt(1, 100), debt(2, 100), debt(3, 100)) == [
        (1, 34, "proportional"),
        (2, 33, "proportional"),
        (3, 33, "proportional"),
    ]


@pytest.mark.parametrize(
    ("amounts", "money", "parts"),
    [((1, 5), 4, [1, 3]), ((2, 3), 3, [1, 2]), ((3, 3, 1), 5, [2, 2, 1]), ((1, 1, 1), 2, [1, 1])],
)
def test_the_cent_that_is_left_over_goes_to_the_largest_remainder_then_by_key(
    amounts, money, parts
):
    debts = [debt(key, amount) for key, amount in enumerate(amounts, 1)]
    assert settled("de_bgb", money, *debts) == [
        (key, part, "proportional") for key, part in enumerate(parts, 1)
    ]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("nothing", [0, -50])
def test_what_is_not_open_or_a_credit_takes_no_part(order, nothing):
    assert settled(order, 100, debt(1, nothing), debt(2)) == [(2, 100, "all_paid")]
    assert settled(order, 40, debt(1, nothing), debt(2)) == settled(order, 40, debt(2))


def test_austria_interest_then_what_was_claimed_then_what_is_due():
    claimed = debt(3, due=5, claimed_on=AS_OF)
    assert settled("at_abgb", 109, debt(1), claimed, debt(2, 10, kind="interest")) == [
        (2, 10, "interest"),
        (3, 99, "claimed"),
    ]


def test_switzerland_the_first_enforced_then_the_first_due_and_undue_ones_by_security():
    first = debt(1, claimed_on=AS_OF - timedelta(days=9))
    second = debt(2, claimed_on=AS_OF - timedelta(days=5))
    early, late = debt(3, due=-20), debt(4, due=-3)
    assert settled("ch_or", 350, late, early, second, first) == [
        (1, 100, "claimed_first"),
        (2, 100, "claimed_first"),
        (3, 100, "due_earlier_if_due"),
        (4, 50, "due_earlier_if_due"),
    ]
    assert settled("ch_or", 50, debt(5, due=9, security=2), debt(6, due=30)) == [
        (6, 50, "less_secured_if_not_due")
    ]


@pytest.mark.parametrize(
    ("order", "rule"), [("de_bgb", "due"), ("at_abgb", "due"), ("es_codigo_civil", "due")]
)
def test_a_debt_is_due_on_its_day_and_not_the_day_before(order, rule):
    today, tomorrow = debt(2, due=0), debt(1, due=1)
    assert settled(order, 100, tomorrow, today) == [(2, 100, rule)]
    # both are due on that day: nothing tells them apart
    assert settled(order, 100, today, debt(1, due=-1)) == [
        (1, 50, "proportional"),
        (2, 50, "proportional"),
    ]


def test_switzerland_ranks_by_the_due_day_what_is_due_today_and_by_security_what_is_not():
    today = debt(2, due=0, security=9)
    assert settled("ch_or", 100, today, debt(1, due=-1)) == [(1, 100, "due_earlier_if_due")]
    assert settled("ch_or", 100, today, debt(1, due=0)) == [
        (1, 50, "proportional"),
        (2, 50, "proportional"),
    ]
    # a later day of what is not due does not count, nor does security of what is
    assert settled("ch_or", 100, debt(1, due=1, security=1), debt(2, due=9)) == [
        (2, 100, "less_secured_if_not_due")
    ]


def test_austria_the_more_onerous_of_two_that_are_due():
    assert settled("at_abgb", 100, debt(1), debt(2, burden_ppm=1)) == [(2, 100, "burdensome")]


LAWS = {
    "oldest_due": (date(1900, 1, 1), "", False),
    "de_bgb": (date(1900, 1, 1), "DE", True),
    "at_abgb": (date(1812, 1, 1), "AT", True),
    "ch_or": (date(1912, 1, 1), "CH LI", True),
    "fr_code_civil": (date(2016, 10, 1), "FR", True),
    "es_codigo_civil": (date(1889, 5, 1), "ES", True),
    "common_law": (date(1816, 1, 1), "GB IE", False),
    "us_common_law": (date(1981, 1, 1), "US", True),
}
"""Since when each is the law, of which countries, and whether equals share in proportion."""


@pytest.mark.parametrize("name", ORDERS)
def test_each_law_since_its_day_and_equals_share_where_it_says_so(name):
    since, countries, is_proportional = LAWS[name]
    assert (ORDERS[name].from_on, ORDERS[name].countries) == (since, tuple(countries.split()))
    told = "proportional" if is_proportional else "listed"
    assert settled(name, 60, debt(1)) == [(1, 60, told)]
    split = [(1, 50, "proportional"), (2, 50, "proportional")]
    assert settled(name, 100, debt(1), debt(2)) == (
        split if is_proportional else [(1, 100, "listed")]
    )


@pytest.mark.parametrize("claimed", [0, -9])
def test_what_is_nowhere_named_or_claimed_comes_behind_what_is(claimed):
    named = debt(2, designated=10**9)
    assert settled("oldest_due", 100, debt(1, due=-99), named) == [(2, 100, "designated")]
    sued = debt(2, claimed_on=AS_OF + timedelta(days=claimed))
    assert settled("ch_or", 100, debt(1, due=-99), sued) == [(2, 100, "claimed_first")]


def test_france_due_first_then_the_debtor_s_interest_then_the_oldest():
    assert settled("fr_code_civil", 250, debt(1, due=5, issued=-99), debt(2), debt(3, issued=-50)) == [
        (3, 100, "older"), (2, 100, "due"), (1, 50, "due"),
    ]  # fmt: skip


def test_spain_the_most_onerous_of_those_due_and_equal_ones_in_proportion():
    assert settled("es_codigo_civil", 130, debt(1), debt(2, burden_ppm=1), debt(3, 200)) == [
        (2, 100, "burdensome"),
        (1, 10, "proportional"),
        (3, 20, "proportional"),
    ]


def test_common_law_the_creditor_may_appropriate_else_first_in_first_out():
    old, new = debt(1, issued=-90), debt(2, issued=-5)
    assert settled("common_law", 100, new, old) == [(1, 100, "older")]
    assert settled("common_law", 100, debt(2, issued=-5, appropriated=0), old) == [
        (2, 100, "appropriated")
    ]
    assert settled("us_common_law", 110, old, debt(3, 20, kind="interest")) == [
        (3, 20, "interest"),
        (1, 90, "interest"),
    ]


def test_the_united_states_by_security_then_the_earlier_due():
    secured = debt(1, due=-99, security=1)
    assert settled("us_common_law", 201, secured, debt(2, due=-3), debt(3, due=-5)) == [
        (3, 100, "due_earlier"),
        (2, 100, "less_secured"),
        (1, 1, "less_secured"),
    ]


def test_the_house_s_own_order_is_the_earliest_due_first():
    assert settled("oldest_due", 150, debt(1, due=3), debt(2, due=-3), debt(3, due=-3)) == [
        (2, 100, "listed"),
        (3, 50, "listed"),
    ]
    assert settled("oldest_due", 999, debt(1)) == [(1, 100, "all_paid")]
    assert settled("oldest_due", 200, debt(1), debt(2, due=9)) == [
        (1, 100, "all_paid"),
        (2, 100, "all_paid"),
    ]
    assert settled("oldest_due", 50, debt(1)) == [(1, 50, "listed")]
    assert settled("oldest_due", 0, debt(1)) == []


def test_a_country_has_its_law_and_others_the_custom_of_the_trade():
    assert order_of("by_country", country="AT").name == "at_abgb"
    assert order_of("by_country", country="JP").name == "oldest_due"
    assert order_of("ch_or", country="DE").name == "ch_or"
    assert set(BY_COUNTRY.values()) == set(ORDERS) - {"oldest_due"}
    with pytest.raises(KeyError):
        order_of("roman_law")


def test_every_criterion_is_used_and_known():
    assert {name for order in ORDERS.values() for name in order.criteria} == set(CRITERIA)


DEBTS = st.lists(
    st.builds(
        debt, st.integers(1, 99), st.integers(1, 10**9), due=st.integers(-9, 9),
        issued=st.integers(-60, -10), kind=st.sampled_from(("invoice", "fee", "interest")),
        security=st.integers(0, 2), burden_ppm=st.integers(0, 2),
        designated=st.none() | st.integers(0, 2),
    ),
    max_size=8, unique_by=lambda one: one.item_id,
)  # fmt: skip


@given(order=st.sampled_from(sorted(ORDERS)), debts=DEBTS, amount=st.integers(0, 10**9))
def test_nothing_is_lost_nothing_overpaid_and_the_order_of_the_rows_does_not_matter(
    order, debts, amount
):
    found = allocate(debts, amount, order=ORDERS[order], as_of=AS_OF)
    owed = {one.item_id: one.open_minor for one in debts}

    assert sum(share.amount_minor for share in found) == min(amount, sum(owed.values()))
    assert all(0 < share.amount_minor <= owed[share.item_id] for share in found)
    assert allocate(debts[::-1], amount, order=ORDERS[order], as_of=AS_OF) == found
