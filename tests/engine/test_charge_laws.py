"""Laws of late interest: exact, additive, monotone, and what bears none."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.engine.calendars import month_number
from dunwell.engine.charges.compounding import Stretch, compound_sums
from dunwell.engine.charges.single_item import SingleItem, interest_minor
from tests.engine.charge_rows import (
    LAST,
    SINCE,
    at_rate,
    by_month,
    day_after,
    interest,
    late,
    number,
    terms,
)

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)

DUE = date(2024, 11, 30)
AMOUNTS = st.integers(1, 10**11)
SPANS = st.integers(1, 500)
PAID = st.lists(st.tuples(st.integers(-20, 500), st.integers(1, 10**7)), max_size=3)


def paid_rows(paid):
    return [
        {"item_id": 1, "value_day": day_after(DUE, days), "amount_minor": amount}
        for days, amount in paid
    ]


def whole(charged, amount, days, paid=(), **facts):
    return interest(
        charged, amount, due=DUE, until=day_after(DUE, days + 1), paid=paid_rows(paid), **facts
    )


@settings(max_examples=30)
@given(AMOUNTS, SPANS, PAID, st.sampled_from(["act_365", "act_360", "30_360"]))
def test_frames_and_plain_days_agree(amount, days, paid, year):
    amount += sum(part for _, part in paid)
    charged = terms("DE", year=year)
    item = SingleItem(
        amount_minor=amount, issued_on=SINCE, due_on=DUE,
        paid=tuple((day_after(DUE, n), part) for n, part in paid),
    )  # fmt: skip
    as_of = day_after(DUE, days)
    assert whole(charged, amount, days, paid) == interest_minor(item, charged, as_of=as_of)


@settings(max_examples=25)
@given(AMOUNTS, st.integers(32, 500), PAID)
def test_months_add_up_wherever_the_time_is_cut(amount, days, paid):
    """Of any two days the months run until then are the same, but for the last one."""
    amount += sum(part for _, part in paid)
    charged, rows = terms("DE"), paid_rows(paid)
    item = {"item_id": 1, "amount_minor": amount, "due_day": DUE}
    end = day_after(DUE, days)
    long = by_month(charged, [item], paid=rows, as_of=end)
    plain = SingleItem(
        amount_minor=amount, issued_on=SINCE, due_on=DUE,
        paid=tuple((day_after(DUE, n), part) for n, part in paid),
    )  # fmt: skip
    assert sum(row[2] for row in long) == interest_minor(plain, charged, as_of=end)
    running = 0
    for _, month, minor in long:
        running += minor
        last = min(month_last(month), end)
        assert running == interest_minor(plain, charged, as_of=last)


def month_last(month_no):
    following = date(1970 + (month_no + 1) // 12, (month_no + 1) % 12 + 1, 1)
    return following - timedelta(days=1)


@settings(max_examples=20)
@given(AMOUNTS, SPANS)
def test_a_day_more_and_a_cent_more_never_cost_less(amount, days):
    charged = terms("DE")
    found = whole(charged, amount, days)
    assert found <= whole(charged, amount, days + 1)
    assert found <= whole(charged, amount + 1, days)


@settings(max_examples=20)
@given(AMOUNTS, SPANS, PAID, st.integers(-20, 500))
def test_a_part_payment_never_raises_interest(amount, days, paid, on):
    charged = terms("DE")
    amount += sum(part for _, part in paid) + 1
    assert whole(charged, amount, days, [*paid, (on, 1)]) <= whole(charged, amount, days, paid)


@settings(max_examples=25)
@given(AMOUNTS, st.integers(1, 300), st.sampled_from([1, 33_333, 122_500, 399_999]))
def test_interest_of_one_rate_is_the_exact_share_rounded_half_up(amount, days, rate):
    exact, below = amount * rate * days, 365 * 1_000_000
    assert whole(at_rate(rate), amount, days) == (2 * exact + below) // (2 * below)


@given(st.integers(1, 10**9), st.integers(1, 24), st.integers(10_000, 300_000))
def test_whole_rests_compound_as_the_formula_says(amount, rests, rate):
    first = date(2024, 1, 1)
    until = date(2024 + rests // 12, rests % 12 + 1, 1)
    stretch = Stretch(month_no=0, from_day=number(first), until_day=number(until), rate_ppm=rate,
                      base_minor=amount)  # fmt: skip
    below = (12 * 1_000_000) ** rests
    exact = amount * ((12 * 1_000_000 + rate) ** rests - below)
    assert compound_sums([stretch], start_day=number(first)) == {
        0: (2 * exact + below) // (2 * below)
    }


def test_a_reversed_payment_leaves_no_trace():
    rows = [
        {"item_id": 1, "value_day": date(2025, 3, 1), "amount_minor": 5_000_00},
        {"item_id": 1, "value_day": date(2025, 3, 1), "amount_minor": -5_000_00,
         "applied_day": date(2025, 6, 1)},
    ]  # fmt: skip
    charged = terms("DE")
    args = {"due": DUE, "until": date(2025, 8, 1)}
    assert interest(charged, 10_000_00, paid=rows, **args) == 751_15
    before = {"due": DUE, "until": date(2025, 6, 1)}
    assert interest(charged, 10_000_00, paid=rows, **before) < interest(
        charged, 10_000_00, **before
    )


def test_grace_forgives_short_delays_and_nothing_of_long_ones():
    charged = at_rate(100_000, grace_days=5)
    item = {"item_id": 1, "amount_minor": 36_500_00, "due_day": DUE}

    def paid_after(days):
        paid = [{"item_id": 1, "value_day": day_after(DUE, days), "amount_minor": 36_500_00}]
        return by_month(charged, [item], paid=paid, as_of=day_after(DUE, 20))

    assert paid_after(5) == []
    assert sum(row[2] for row in paid_after(6)) == 60_00


def test_the_disputed_part_bears_nothing_meanwhile_if_the_policy_says_so():
    dispute = {
        "item_id": 1, "amount_minor": 10_000_00, "opened_day": day_after(DUE, 11),
        "closed_day": day_after(DUE, 21),
    }  # fmt: skip
    facts = {"due": DUE, "until": day_after(DUE, 31), "disputed": [dispute]}
    assert interest(at_rate(100_000), 36_500_00, **facts) == 272_60
    assert interest(at_rate(100_000, pauses_disputed=False), 36_500_00, **facts) == 300_00


def test_interest_is_capped_over_the_whole_time():
    charged = at_rate(100_000, cap_ppm=10_000)
    item = {"item_id": 1, "amount_minor": 36_500_00, "due_day": DUE}
    rows = by_month(charged, [item], as_of=date(2025, 2, 28))
    assert [(month, minor) for _, month, minor in rows] == [
        (month_number(date(2024, 12, 1)), 310_00),
        (month_number(date(2025, 1, 1)), 55_00),
        (month_number(date(2025, 2, 1)), 0),
    ]


def test_credits_fees_interest_and_refunds_bear_nothing():
    items = [
        {"item_id": 1, "amount_minor": -100_00, "kind": "credit_note", "due_day": DUE},
        {"item_id": 2, "amount_minor": 100_00, "kind": "fee", "due_day": DUE},
        {"item_id": 3, "amount_minor": 100_00, "kind": "interest", "due_day": DUE},
        {"item_id": 4, "amount_minor": 100_00, "kind": "refund", "due_day": DUE},
        {"item_id": 5, "amount_minor": -100_00, "kind": "opening", "due_day": DUE},
        {"item_id": 6, "amount_minor": 36_500_00, "kind": "opening", "due_day": DUE},
    ]
    rows = by_month(at_rate(100_000), items, as_of=day_after(DUE, 10))
    assert [(item, minor) for item, _, minor in rows] == [(6, 100_00)]


def test_a_consumer_in_germany_owes_interest_from_the_reminder_on():
    charged = terms("DE", "person")
    as_of = day_after(DUE, 60)
    item = {"item_id": 1, "amount_minor": 10_000_00, "due_day": DUE}
    assert by_month(charged, [item], as_of=as_of) == []
    told = terms("DE", "person", is_told=True)
    assert sum(r[2] for r in by_month(told, [item], as_of=as_of)) == late(
        told, 10_000_00, 60, first=day_after(DUE)
    ) > 0  # fmt: skip
    notice = {
        "item_id": 1, "terms_no": 0, "sent_day": day_after(DUE, 50),
        "counts_day": day_after(DUE, 51),
    }  # fmt: skip
    rows = by_month(charged, [item], as_of=as_of, noticed=[notice])
    assert sum(r[2] for r in rows) == interest(
        at_rate(charged.span_on(as_of).rate_ppm), 10_000_00, due=day_after(DUE, 50),
        until=day_after(DUE, 61),
    )  # fmt: skip


def test_amounts_of_a_trillion_stay_exact():
    amount = 900_000_000_000_000_00
    exact = amount * 102_700 * 365
    below = 365 * 1_000_000
    charged = at_rate(102_700)
    assert whole(charged, amount, 365) == (2 * exact + below) // (2 * below)
    assert day_after(DUE, 366) <= LAST
