"""What a payer chose, spread over items."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.payment_choices import PayablePart, due_parts, less_credit, oldest_first

DAY = date(2026, 3, 5)


def part(key, due_in, open_minor, disputed=0):
    return PayablePart(
        item_id=key,
        due_on=DAY + timedelta(days=due_in),
        open_minor=open_minor,
        disputed_minor=disputed,
    )


PARTS = [part(1, -2, 100, 30), part(2, 5, 50), part(3, -9, 40), part(4, 0, 60, 60)]


def test_all_that_is_due_leaves_out_what_is_contested():
    assert due_parts(PARTS, as_of=DAY) == {3: 40, 1: 70}


def test_an_amount_goes_on_the_oldest_first_and_the_last_may_be_part():
    assert oldest_first(PARTS, 100) == ({3: 40, 1: 60}, 0)
    assert oldest_first(PARTS, 200) == ({3: 40, 1: 70, 2: 50}, 40)


def test_a_credit_settles_the_oldest_first():
    assert less_credit({1: 70, 3: 40}, PARTS, 60) == ({1: 50}, {3: 40, 1: 20})


@given(
    st.lists(st.tuples(st.integers(-9, 9), st.integers(1, 99), st.integers(0, 120)), max_size=9),
    st.integers(0, 900),
    st.integers(0, 300),
)
def test_nothing_is_made_or_lost(rows, amount, credit):
    parts = [part(key, *row) for key, row in enumerate(rows)]
    amounts, left = oldest_first(parts, amount)
    to_pay, settled = less_credit(amounts, parts, credit)

    assert sum(amounts.values()) + left == amount
    assert sum(to_pay.values()) + sum(settled.values()) == sum(amounts.values())
    assert sum(settled.values()) == min(credit, sum(amounts.values()))
    assert all(amounts[one.item_id] <= one.free_minor for one in parts if one.item_id in amounts)
