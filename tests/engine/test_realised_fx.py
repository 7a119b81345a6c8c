"""Realised exchange differences: exact to the minor unit, whatever the order of settling."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.calendars import day_number
from dunwell.engine.fx import convert
from dunwell.engine.money import part
from dunwell.engine.realised_fx import Realised, Settling, Worth, home_values, realised
from tests.engine.rows import START, answers, fx, items

LATER = START + timedelta(days=30)


def results(rows, items, payments=None):
    found = realised(rows, items=items, payments=payments or {})
    return [(r.item_home_minor, r.source_home_minor, r.gain_minor) for r in found]


def paid(number, item, amount, payment=1, **changes):
    return Settling(
        allocation_id=number, item_id=item, amount_minor=amount, payment_id=payment, **changes
    )


def test_a_dollar_that_gained_between_invoice_and_payment_is_a_gain():
    # 100.00 USD issued at 0.90, paid at 0.95
    items, payments = (
        {1: Worth(amount_minor=100_00, home_minor=90_00)},
        {1: Worth(amount_minor=100_00, home_minor=95_00)},
    )
    assert results([paid(1, 1, 100_00)], items, payments) == [(90_00, 95_00, 5_00)]


def test_euros_on_a_dollar_invoice_realise_what_the_bank_paid_more_or_less():
    items, payments = (
        {1: Worth(amount_minor=100_00, home_minor=90_00)},
        {1: Worth(amount_minor=200_00, home_minor=200_00)},
    )
    rows = [paid(1, 1, 40_00, paid_minor=35_00), paid(2, 1, 60_00, paid_minor=56_00)]
    assert results(rows, items, payments) == [(36_00, 35_00, -1_00), (54_00, 56_00, 2_00)]


def test_the_allocation_that_settles_the_rest_takes_what_rounding_left():
    items = {1: Worth(amount_minor=3, home_minor=100)}
    rows = [Settling(allocation_id=n, item_id=1, amount_minor=1) for n in (1, 2, 3)]
    assert results(rows, items) == [(33, 33, 0), (34, 34, 0), (33, 33, 0)]


def test_a_write_off_and_a_discount_realise_nothing():
    items = {1: Worth(amount_minor=100_00, home_minor=90_01)}
    rows = [Settling(allocation_id=1, item_id=1, amount_minor=33_33)]
    assert results(rows, items) == [(30_00, 30_00, 0)]


def test_netting_two_items_realises_the_difference_of_their_rates_once():
    items = {
        1: Worth(amount_minor=100_00, home_minor=90_00),
        2: Worth(amount_minor=-50_00, home_minor=-47_00),
    }
    rows = [
        Settling(allocation_id=1, item_id=1, amount_minor=50_00, counter_item_id=2),
        Settling(allocation_id=2, item_id=2, amount_minor=-50_00, counter_item_id=1),
        # taken back, the credit's row first
        Settling(allocation_id=3, item_id=2, amount_minor=50_00, counter_item_id=1, reverses_id=2),
        Settling(
            allocation_id=4, item_id=1, amount_minor=-50_00, counter_item_id=2, reverses_id=1
        ),
    ]
    assert results(rows, items) == [
        (45_00, 45_00, 0),
        (-47_00, -45_00, 2_00),
        (47_00, 45_00, -2_00),
        (-45_00, -45_00, 0),
    ]


def test_what_a_journal_froze_stands_and_the_rest_follows():
    items = {1: Worth(amount_minor=100, home_minor=90)}
    payments = {1: Worth(amount_minor=100, home_minor=95)}
    rows = [
        paid(1, 1, 50, item_booked_minor=40, source_booked_minor=48),
        paid(2, 1, 50),
    ]
    assert results(rows, items, payments) == [(40, 48, 8), (50, 47, -3)]


def test_without_a_rate_nothing_is_guessed():
    items = {1: Worth(amount_minor=100, home_minor=None)}
    payments = {1: Worth(amount_minor=100, home_minor=95)}
    rows = [paid(1, 1, 50), paid(2, 1, -50, reverses_id=1), paid(3, 1, 100)]
    assert results(rows, items, payments) == [
        (None, 48, None),
        (None, -48, None),
        (None, 95, None),
    ]


def test_money_and_credit_of_one_receipt_share_its_value():
    # 100 received for an invoice of 150 less a credit note of 50
    items = {
        1: Worth(amount_minor=150, home_minor=150),
        2: Worth(amount_minor=-50, home_minor=-50),
    }
    payments = {1: Worth(amount_minor=100, home_minor=110)}
    assert results([paid(1, 1, 150), paid(2, 2, -50)], items, payments) == [
        (150, 165, 15),
        (-50, -55, -5),
    ]


AMOUNT = st.integers(1, 10**12)
RATE = st.integers(1, 5_000_000)


@st.composite
def histories(draw):
    """An item settled by one payment of the same amount in parts, some taken back on the way."""
    amount = draw(AMOUNT)
    issued, came = draw(RATE), draw(RATE)
    worth = {
        rate: Worth(amount_minor=amount, home_minor=part(amount, rate, 1_000_000))
        for rate in (issued, came)
    }
    rows, left, live = [], amount, []
    for number in range(1, draw(st.integers(1, 25)) + 1):
        if live and draw(st.integers(0, 2)) == 0:
            back = live.pop(draw(st.integers(0, len(live) - 1)))
            rows.append(paid(number, 1, -back.amount_minor, reverses_id=back.allocation_id))
            left += back.amount_minor
        elif left:
            size = draw(st.one_of(st.integers(1, left), st.integers(1, min(left, 9))))
            rows.append(paid(number, 1, size))
            live.append(rows[-1])
            left -= size
    if left:
        rows.append(paid(len(rows) + 100, 1, left))
    return rows, worth[issued], worth[came]


@given(histories())
def test_whatever_the_order_a_settled_item_leaves_nothing_behind(history):
    rows, item, payment = history
    found = realised(rows, items={1: item}, payments={1: payment})

    assert sum(row.amount_minor for row in rows) == item.amount_minor
    assert sum(r.item_home_minor for r in found) == item.home_minor
    assert sum(r.source_home_minor for r in found) == payment.home_minor
    assert sum(r.gain_minor for r in found) == payment.home_minor - item.home_minor


@given(histories())
def test_a_reversal_is_the_exact_negative_of_its_original(history):
    rows, item, payment = history
    by_key = {r.allocation_id: r for r in realised(rows, items={1: item}, payments={1: payment})}
    for row in rows:
        if row.reverses_id is not None:
            back, original = by_key[row.allocation_id], by_key[row.reverses_id]
            assert back == Realised(
                allocation_id=row.allocation_id,
                item_home_minor=-original.item_home_minor,
                source_home_minor=-original.source_home_minor,
            )
            assert back.gain_minor == -original.gain_minor


@given(histories(), st.integers(0, 25))
def test_later_rows_do_not_change_what_earlier_ones_realised(history, cut):
    rows, item, payment = history
    worth = {"items": {1: item}, "payments": {1: payment}}
    assert realised(rows, **worth)[:cut] == realised(rows[:cut], **worth)
    frozen = {r.allocation_id: r for r in realised(rows[:cut], **worth)}
    continued = [
        Settling(
            allocation_id=row.allocation_id, item_id=1, amount_minor=row.amount_minor,
            payment_id=1, reverses_id=row.reverses_id,
            item_booked_minor=known.item_home_minor if known else None,
            source_booked_minor=known.source_home_minor if known else None,
        )
        for row in rows
        for known in [frozen.get(row.allocation_id)]
    ]  # fmt: skip
    assert realised(continued, **worth) == realised(rows, **worth)


@given(histories())
def test_at_home_nothing_is_realised(history):
    rows, item, _ = history
    home = Worth(amount_minor=item.amount_minor, home_minor=item.amount_minor)
    found = realised(rows, items={1: home}, payments={1: home})
    assert [(r.item_home_minor, r.gain_minor) for r in found] == [
        (row.amount_minor, 0) for row in rows
    ]


@given(
    rates=st.lists(
        st.tuples(st.sampled_from(("USD", "JPY")), st.integers(0, 40), RATE), max_size=12
    ),
    rows=st.lists(
        st.tuples(st.sampled_from(("EUR", "USD", "JPY", "GBP")), st.integers(-5, 45)),
        min_size=1,
        max_size=8,
    ),
)
def test_each_row_has_the_rate_of_its_own_day(rates, rows):
    known = fx(
        *[
            {"currency": code, "day": day_number(START) + day, "rate_ppm": ppm}
            for code, day, ppm in rates
        ]
    )
    frame = items(
        *[{"currency": code, "issued_day": day_number(START) + day} for code, day in rows]
    )
    found = answers(
        home_values(frame, known, home="EUR", day="issued_day"), "item_id", "home_minor"
    )
    expected = [
        row
        for n, (_, day) in enumerate(rows, 1)
        for row in answers(
            convert(frame, known, to="EUR", as_of=START + timedelta(days=day)),
            "item_id",
            "converted_minor",
        )
        if row["item_id"] == n
    ]
    assert found == [
        {"item_id": row["item_id"], "home_minor": row["converted_minor"]} for row in expected
    ]


@pytest.mark.parametrize(
    ("amount", "numerator", "denominator", "expected"),
    [(1, 1, 2, 1), (-1, 1, 2, -1), (1, -1, 2, -1), (5, 1, 10, 1), (4, 1, 10, 0), (7, 3, -2, -11)],
)
def test_half_a_minor_unit_is_rounded_away_from_zero(amount, numerator, denominator, expected):
    assert part(amount, numerator, denominator) == expected


def test_the_day_of_the_rate_is_told():
    rates = fx({"day": START, "rate_ppm": 900_000})
    rows = items(
        {"currency": "USD", "issued_day": LATER}, {"currency": "EUR"}, {"currency": "GBP"}
    )
    assert answers(
        home_values(rows, rates, home="EUR", day="issued_day"), "item_id", "rate_day", "home_minor"
    ) == [
        {"item_id": 1, "rate_day": day_number(START), "home_minor": 90_00},
        {"item_id": 2, "rate_day": None, "home_minor": 100_00},
        {"item_id": 3, "rate_day": None, "home_minor": None},
    ]
