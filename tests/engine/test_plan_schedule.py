"""Schedules of payment plans: sums that prove, days that keep, interest to the cent."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.calendars import TARGET, is_business_day
from dunwell.engine.plan_schedule import (
    FREQUENCIES,
    METHODS,
    SHIFTS,
    PlanTerms,
    ScheduleError,
    due_days,
    months_until,
    schedule,
)

MONDAY = date(2026, 1, 5)


def terms(**changes):
    values = {"frequency": "monthly", "number": 3, "first_on": MONDAY, "shift": "none"}
    return PlanTerms(**{**values, **changes})


def planned(covered_minor, **changes):
    return schedule(terms(**changes), covered_minor=covered_minor, country=TARGET)


def amounts(found):
    return [one.amount_minor for one in found.instalments]


def days(count=None, **changes):
    asked = terms(**changes)
    return due_days(asked, count=count or asked.number, country=TARGET)


TERMS = st.builds(
    PlanTerms,
    frequency=st.sampled_from(FREQUENCIES),
    number=st.integers(1, 40),
    first_on=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    deposit_minor=st.sampled_from([0, 0, 1, 999, 50_000]),
    method=st.sampled_from(METHODS),
    rate_ppm=st.integers(0, 400_000),
    fee_minor=st.sampled_from([0, 1, 1_500]),
    concession_minor=st.sampled_from([0, 0, 1, 12_345]),
    shift=st.sampled_from(SHIFTS),
    at_month_end=st.booleans(),
)


@given(asked=TERMS, covered_minor=st.integers(1, 9_000_000_000))
def test_instalments_are_covered_plus_interest_plus_fee_less_concession(asked, covered_minor):
    try:
        found = schedule(asked, covered_minor=covered_minor, country="DE")
    except ScheduleError:
        return
    rows = found.instalments
    assert found.total_minor == (
        covered_minor + found.interest_minor + asked.fee_minor - asked.concession_minor
    )
    assert sum(one.interest_minor for one in rows) == found.interest_minor
    assert sum(one.fee_minor for one in rows) == asked.fee_minor
    assert all(one.amount_minor > 0 and one.interest_minor >= 0 for one in rows)
    regular = [one.amount_minor for one in rows[bool(asked.deposit_minor) :]]
    regular[0] -= 0 if asked.deposit_minor else asked.fee_minor
    # of one level amount, and the last one takes what rounding leaves
    assert len(set(regular[:-1])) <= 1 and regular[-1] <= regular[0]
    assert [one.number for one in rows] == list(range(1, len(rows) + 1))


@given(asked=TERMS)
def test_days_never_go_back_and_lie_where_the_shift_says(asked):
    found = due_days(asked, count=asked.number, country="DE")
    assert found == sorted(found)
    if asked.shift != "none":
        assert all(is_business_day(day, country="DE") for day in found)
    plain = due_days(terms_of(asked, shift="none"), count=asked.number, country="DE")
    if asked.shift == "following":
        assert all(day >= before for day, before in zip(found, plain, strict=True))
    if asked.shift == "preceding":
        assert all(day <= before for day, before in zip(found, plain, strict=True))
    if asked.shift == "modified_following":
        assert all(day.month == before.month for day, before in zip(found, plain, strict=True))


def terms_of(asked, **changes):
    return PlanTerms(**{**{f: getattr(asked, f) for f in asked.__slots__}, **changes})


def test_without_interest_the_last_instalment_takes_the_rounding():
    assert amounts(planned(100_00)) == [33_34, 33_34, 33_32]
    assert amounts(planned(100_00, number=4, deposit_minor=10_00, fee_minor=1_00)) == [
        11_00,
        22_50,
        22_50,
        22_50,
        22_50,
    ]
    assert amounts(planned(100_00, number=2, concession_minor=1)) == [50_00, 49_99]


def test_flat_interest_is_the_years_rate_on_the_amount_after_the_deposit():
    # 900.00 at 10 % over 59 days (5 January to 5 March): 900 * 0.1 * 59 / 365 = 14.5479
    found = planned(1_000_00, method="flat", rate_ppm=100_000, number=3, deposit_minor=100_00)
    assert (found.interest_minor, found.last_on) == (22_19, date(2026, 4, 5))
    short = planned(900_00, method="flat", rate_ppm=100_000)
    assert short.interest_minor == 14_55
    assert [one.interest_minor for one in short.instalments] == [4_85, 4_85, 4_85]
    assert amounts(short) == [304_85, 304_85, 304_85]


def test_declining_interest_is_charged_on_what_is_still_owed():
    found = planned(900_00, method="declining", rate_ppm=100_000)
    # after the first instalment on 5 January: 31 days, then 28
    assert [(one.amount_minor, one.interest_minor) for one in found.instalments] == [
        (302_46, 0),
        (302_46, 5_07),
        (302_45, 2_30),
    ]
    balance = 900_00 - 302_46
    assert round(balance * 0.1 * 31 / 365) == 5_07
    assert round((balance + 5_07 - 302_46) * 0.1 * 28 / 365) == 2_30


def test_the_31st_falls_on_the_last_day_of_short_months_and_comes_back():
    assert days(first_on=date(2027, 12, 31), number=4) == [
        date(2027, 12, 31),
        date(2028, 1, 31),
        date(2028, 2, 29),
        date(2028, 3, 31),
    ]
    assert days(first_on=date(2026, 2, 28), number=2) == [date(2026, 2, 28), date(2026, 3, 28)]
    assert days(first_on=date(2026, 2, 28), number=2, at_month_end=True) == [
        date(2026, 2, 28),
        date(2026, 3, 31),
    ]
    assert days(first_on=date(2026, 1, 30), frequency="quarterly", number=2) == [
        date(2026, 1, 30),
        date(2026, 4, 30),
    ]


def test_a_closed_day_moves_one_instalment_and_not_those_after_it():
    # 31 January 2026 is a Saturday, 28 February too
    first = date(2026, 1, 31)
    assert days(first_on=first, shift="following") == [
        date(2026, 2, 2),
        date(2026, 3, 2),
        date(2026, 3, 31),
    ]
    assert days(first_on=first, shift="modified_following")[:2] == [
        date(2026, 1, 30),
        date(2026, 2, 27),
    ]
    assert days(first_on=first, shift="preceding")[0] == date(2026, 1, 30)
    # Good Friday and Easter Monday are closed
    assert days(first_on=date(2026, 4, 3), frequency="weekly", shift="following", number=2) == [
        date(2026, 4, 7),
        date(2026, 4, 10),
    ]


def test_weeks_are_counted_in_days():
    assert days(frequency="weekly", number=2) == [MONDAY, MONDAY + timedelta(days=7)]
    assert days(frequency="fortnightly", number=2) == [MONDAY, MONDAY + timedelta(days=14)]


def test_a_begun_month_counts_as_a_whole_one():
    assert [months_until(date(2026, 3, day), from_on=date(2026, 1, 5)) for day in (4, 5, 6)] == [
        2,
        2,
        3,
    ]
    assert months_until(date(2026, 1, 5), from_on=date(2026, 1, 5)) == 0


REFUSED = [
    ({"frequency": "daily"}, 100, ("daily is no frequency; use one of weekly, fortnightly, "
     "monthly, quarterly.")),
    ({"method": "compound"}, 100, ("compound is no interest method; use one of none, flat, "
     "declining.")),
    ({"shift": "away"}, 100, ("away is no shift; use one of none, following, "
     "modified_following, preceding.")),
    ({"number": 0}, 100, "0 instalments are not possible; choose 1 to 120."),
    ({"number": 7}, 10, "7 instalments are too many for this amount; choose fewer of them."),
    ({"deposit_minor": 60, "concession_minor": 40}, 100, ("Deposit and concession leave nothing "
     "for the instalments; lower one of them.")),
    ({"fee_minor": -1}, 100, "The amounts of a plan must not be below 0."),
    ({}, 0, "The amounts of a plan must not be below 0."),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "covered_minor", "text"), REFUSED)
def test_terms_that_name_no_plan_are_refused_with_the_reason(changes, covered_minor, text):
    with pytest.raises(ScheduleError) as refusal:
        planned(covered_minor, **changes)
    assert str(refusal.value) == text
