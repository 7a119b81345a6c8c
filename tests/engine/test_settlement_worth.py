"""What a settlement is worth: exact figures by hand, and the laws they keep."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.settlement_worth import (
    PPM,
    Assumption,
    ItemOutlook,
    Option,
    Recovery,
    WorthPolicy,
    prediction_steps,
    present_minor,
    settlement_worth,
    wait_steps,
)
from dunwell.engine.worth_policy import read_worth
from tests.engine.test_authority import POLICY

PLAIN = WorthPolicy(
    discount_rate_ppm=100_000,
    paid_ppm=PPM,
    waiting=(Recovery(from_days=0, rate_ppm=800_000, days=365),),
    agency=(Recovery(from_days=0, rate_ppm=500_000, days=73),),
    commission_ppm=200_000,
    legal_ppm=900_000,
    legal_days=730,
    legal_cost_minor=50_00,
    legal_cost_ppm=100_000,
)


def item(open_minor=1_000_00, age_days=100, **facts):
    return ItemOutlook(item_id=1, open_minor=open_minor, age_days=age_days, **facts)


def test_the_four_ways_out_by_hand():
    worth = settlement_worth([item()], pay_minor=800_00, pay_days=0, policy=PLAIN)

    settle, wait, agency, legal = worth.options
    # 800 now; 800 in a year at 10 %; 400 in a fifth of one; 900 in two less 150
    assert [o.worth_minor for o in worth.options] == [800_00, 727_27, 392_16, 600_00]
    assert [o.expected_minor for o in worth.options] == [800_00, 800_00, 500_00, 900_00]
    assert [o.cost_minor for o in worth.options] == [0, 0, 100_00, 150_00]
    assert (worth.best, worth.gain_minor) == ("wait", 72_73)
    assert worth.break_even_minor == 727_27
    assert worth.waits_on == {"age": 1}
    assert agency == Option(
        name="agency",
        worth_minor=392_16,
        expected_minor=500_00,
        cost_minor=100_00,
        assumptions=(
            Assumption(name="recovery_ppm", value=500_000, unit="ppm"),
            Assumption(name="days", value=73, unit="days"),
            Assumption(name="commission_ppm", value=200_000, unit="ppm"),
        ),
    )
    assert worth.document()["options"][3] == {
        "name": "legal",
        "worth_minor": 600_00,
        "expected_minor": 900_00,
        "cost_minor": 150_00,
        "assumptions": [
            {"name": "legal_ppm", "value": 900_000, "unit": "ppm"},
            {"name": "days", "value": 730, "unit": "days"},
            {"name": "cost_minor", "value": 150_00, "unit": "minor"},
        ],
    }
    assert (settle.name, wait.name, legal.name) == ("settle", "wait", "legal")


def test_a_settlement_that_may_fail_falls_back_to_waiting():
    policy = WorthPolicy(discount_rate_ppm=0, paid_ppm=750_000, waiting=PLAIN.waiting)
    worth = settlement_worth([item()], pay_minor=400_00, pay_days=10, policy=policy)
    # three times in four 400, else 800 by waiting
    assert worth.options[0].worth_minor == 500_00
    assert worth.options[0].expected_minor == 500_00


def test_a_wait_rests_on_the_model_then_on_habit_then_on_age():
    steps = ((10, 900_000),)
    assert wait_steps(item(steps=steps, habit_days=5), POLICY.worth) == steps
    assert wait_steps(item(age_days=40, habit_days=52), POLICY.worth) == ((12, 930_000),)
    assert wait_steps(item(age_days=60, habit_days=52), POLICY.worth) == ((45, 930_000),)
    assert wait_steps(item(age_days=61), POLICY.worth) == ((75, 850_000),)
    assert wait_steps(item(age_days=-20), POLICY.worth) == ((30, 980_000),)
    worth = settlement_worth(
        [item(steps=steps), item(habit_days=1), item(habit_days=2)],
        pay_minor=1, pay_days=0, policy=PLAIN,
    )  # fmt: skip
    assert worth.waits_on == {"prediction": 1, "habit": 2}


def test_a_prediction_becomes_steps_that_sum_to_what_is_not_lost():
    assert prediction_steps(q10_days=4, q50_days=10, q90_days=30, p_loss_ppm=20_000) == (
        (4, 100_000), (7, 400_000), (20, 400_000), (50, 80_000),
    )  # fmt: skip
    assert prediction_steps(q10_days=4, q50_days=10, q90_days=30, p_loss_ppm=600_000) == (
        (4, 100_000), (7, 300_000),
    )  # fmt: skip
    assert prediction_steps(q10_days=4, q50_days=10, q90_days=30, p_loss_ppm=PPM) == ()


def test_nothing_to_settle_is_no_question():
    with pytest.raises(ValueError, match="at least one item"):
        settlement_worth([], pay_minor=1, pay_days=0, policy=PLAIN)


policies = st.builds(
    WorthPolicy,
    discount_rate_ppm=st.integers(0, PPM),
    paid_ppm=st.integers(1, PPM),
    commission_ppm=st.integers(0, PPM),
    legal_ppm=st.integers(0, PPM),
    legal_cost_minor=st.integers(0, 10_000),
)
owed = st.lists(
    st.builds(item, open_minor=st.integers(1, 10_000_000), age_days=st.integers(-30, 900),
              habit_days=st.none() | st.integers(0, 90)),
    min_size=1, max_size=4,
)  # fmt: skip


@given(owed, policies, st.integers(0, 400), st.integers(1, 10_000_000))
def test_more_money_is_never_worth_less_and_later_money_never_more(items, policy, days, pay):
    def worth(pay_minor, pay_days):
        return settlement_worth(items, pay_minor=pay_minor, pay_days=pay_days, policy=policy)

    here = worth(pay, days)
    assert worth(pay + 1, days).gain_minor >= here.gain_minor
    assert worth(pay, days + 1).options[0].worth_minor <= here.options[0].worth_minor
    assert all(option.worth_minor <= option.expected_minor for option in here.options)
    total = sum(one.open_minor for one in items)
    if here.break_even_minor is not None:
        assert here.break_even_minor <= total
        # whole minor units: rounding moves the answer by at most one of each of its terms
        assert worth(max(here.break_even_minor, 1), days).gain_minor >= -2
        if here.break_even_minor > 4:
            assert worth(here.break_even_minor - 4, days).gain_minor <= 3


@given(st.integers(0, 10**12), st.integers(0, 4_000), st.integers(0, PPM))
def test_today_s_worth_never_exceeds_the_amount(amount, days, rate):
    present = present_minor(amount, days=days, rate_ppm=rate)
    assert 0 <= present <= amount
    assert present_minor(amount, days=0, rate_ppm=rate) == amount


def test_the_assumptions_are_read_strictly():
    assert POLICY.worth == WorthPolicy()
    assert read_worth({"discount_rate_ppm": 5}).discount_rate_ppm == 5
    row = {"from_days": 0, "rate_ppm": 1, "days": 2}
    assert read_worth({"agency": [row]}).agency == (Recovery(from_days=0, rate_ppm=1, days=2),)
    for value, message in [
        ({"waiting": []}, "authority, worth: waiting begins at nothing"),
        ({"waiting": [{**row, "from_days": 5}]}, r"waiting begins at \[5\]; list from_days"),
        ({"agency": [row, row]}, "agency begins at"),
        ({"agency": [{**row, "rate_ppm": PPM + 1}]}, "authority, worth, agency: rate_ppm is"),
        ({"luck": 1}, "authority, worth: field 'luck' is not known"),
        ([], "authority, worth: expected fields"),
    ]:
        with pytest.raises(ValueError, match=message):
            read_worth(value)
