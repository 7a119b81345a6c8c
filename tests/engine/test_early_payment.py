"""Early payment: which invoices are offered what, and what it costs a year."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.calendars import day_number
from dunwell.engine.early_payment import (
    OFFERABLE,
    OfferStep,
    apr_ppm,
    discount_minor,
    funding_minor,
    play_early_payment_cases,
    programme_of,
    rate_on,
    rate_ppm,
    steps_of,
    terms_text,
)
from dunwell.engine.early_payment_policy import (
    EarlyPaymentPolicyError,
    read_early_payment_policy,
)
from dunwell.engine.matching.discounts import discount_steps
from dunwell.engine.schema import table
from dunwell.formats.policies import read_policy

ISSUED, DUE, TODAY = date(2026, 3, 1), date(2026, 3, 31), date(2026, 3, 5)
TEXT = """
early_payment:
  name: early_payment
  valid_from: 2026-01-01
  programmes:
    - {name: Steps, kind: tiers, currency: EUR, segments: [small], least_minor: 1000, least_days: 5,
       steps: [{days: 10, rate_ppm: 15000}, {days: 20, rate_ppm: 7500}]}
    - {name: By the day, kind: dynamic, currency: EUR, least_minor: 1000, least_days: 5, apr_ppm: 90000}
cases:
  - {name: two steps, segment: small, currency: EUR, open_minor: 1000, issued: 2026-03-01, due: 2026-03-31,
     "on": 2026-03-05, expect: ["2026-03-11: 15000", "2026-03-21: 7500"]}
  - {name: too little, segment: small, currency: EUR, open_minor: 999, issued: 2026-03-01, due: 2026-03-31,
     "on": 2026-03-05, expect: []}
"""


def policy(text=TEXT):
    return read_early_payment_policy(read_policy(text).document)


def items(*rows):
    return table(rows, OFFERABLE)


def row(key=1, **changes):
    found = {
        "item_id": key, "customer_id": 1, "segment": "small", "kind": "invoice",
        "currency": "EUR", "open_minor": 100_000, "issued_day": day_number(ISSUED),
        "due_day": day_number(DUE), "is_blocked": False,
    }  # fmt: skip
    return found | changes


def test_the_first_programme_that_fits_makes_the_offer():
    frame = items(
        row(1), row(2, segment="key"), row(3, currency="USD"), row(4, open_minor=999),
        row(5, is_blocked=True), row(6, kind="fee"), row(7, due_day=day_number(TODAY) + 4),
        row(8, due_day=day_number(TODAY) + 5),
    )  # fmt: skip
    found = programme_of(frame, policy(), as_of=TODAY).collect().rows()
    assert found == [(1, 0), (2, 1), (8, 0)]


def test_nothing_is_offered_without_a_programme():
    empty = policy("early_payment: {name: early_payment, valid_from: 2026-01-01}")
    assert programme_of(items(row()), empty, as_of=TODAY).collect().rows() == []


def test_steps_after_issue_end_as_they_pass_and_before_the_last_days():
    told = policy()
    on = {"issued_on": ISSUED, "due_on": DUE}
    both = steps_of(told.programmes[0], told, as_of=TODAY, **on)
    assert both == (
        OfferStep(until_on=date(2026, 3, 11), rate_ppm=15_000),
        OfferStep(until_on=date(2026, 3, 21), rate_ppm=7_500),
    )
    assert steps_of(told.programmes[0], told, as_of=date(2026, 3, 12), **on) == both[1:]
    assert steps_of(told.programmes[0], told, as_of=date(2026, 3, 22), **on) == ()
    assert terms_text(both, issued_on=ISSUED) == "1.5/10, 0.75/20"


def test_money_by_the_day_earns_less_each_day():
    told = policy()
    found = steps_of(told.programmes[1], told, issued_on=ISSUED, due_on=DUE, as_of=TODAY)
    assert found[0] == OfferStep(until_on=TODAY, rate_ppm=6_300)  # 9 % for 26 days is 0.637 %
    assert found[-1] == OfferStep(until_on=date(2026, 3, 26), rate_ppm=1_200)
    assert [one.rate_ppm for one in found] == sorted({one.rate_ppm for one in found}, reverse=True)


def test_an_offer_that_costs_more_a_year_than_allowed_is_left_out():
    dear = policy(
        TEXT.replace(
            "name: early_payment\n", "name: early_payment\n  most_apr_ppm: 280000\n"
        ).split("cases:")[0]
    )
    found = steps_of(dear.programmes[0], dear, issued_on=ISSUED, due_on=DUE, as_of=TODAY)
    # 1.5 % for 20 days is 27.8 % a year, 0.75 % for 10 days is 27.6 %
    assert len(found) == 2
    short = steps_of(
        dear.programmes[0], dear, issued_on=ISSUED, due_on=date(2026, 3, 27), as_of=TODAY
    )
    assert short == ()


@pytest.mark.parametrize(
    ("rate", "days", "apr"),
    [(20_000, 20, 372_449), (10_000, 30, 122_896), (0, 20, 0), (20_000, 0, 0)],
)
def test_the_yearly_rate_is_the_textbook_s(rate, days, apr):
    assert apr_ppm(rate, days) == apr


@given(apr=st.integers(1, 1_000_000), days=st.integers(1, 365))
def test_a_rate_never_pays_more_a_year_than_was_meant_and_hardly_less(apr, days):
    rate = rate_ppm(apr, days)
    assert rate % 100 == 0
    assert apr_ppm(rate, days) <= apr + 1
    assert apr_ppm(rate + 100, days) > apr


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 1_500)), min_size=1, max_size=20))
def test_matching_reads_the_terms_of_an_offer_as_they_were_meant(pairs):
    days = sorted({day for day, _ in pairs})
    rates = sorted({rate * 100 for _, rate in pairs}, reverse=True)
    steps = [
        OfferStep(until_on=ISSUED + timedelta(days=day), rate_ppm=rate)
        for day, rate in zip(days, rates, strict=False)
    ]
    read = discount_steps(terms_text(steps, issued_on=ISSUED))
    assert [(one.days, one.rate_ppm) for one in read] == [
        ((step.until_on - ISSUED).days, step.rate_ppm) for step in steps
    ]
    for step in steps:
        assert rate_on(steps, step.until_on) == step.rate_ppm


def test_amounts_are_whole_minor_units():
    assert discount_minor(99_999, 15_000) == 1_500
    assert funding_minor(98_500, 20, 60_000) == 324
    assert funding_minor(98_500, -3, 60_000) == 0


def test_a_policy_plays_its_own_cases():
    assert [one.is_passed for one in play_early_payment_cases(policy())] == [True, True]
    wrong = policy(TEXT.replace("2026-03-11: 15000", "2026-03-11: 14000"))
    assert "expected 2026-03-11: 14000" in play_early_payment_cases(wrong)[0].message()


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("kind: tiers", "kind: stairs", "kind 'stairs' is not known"),
        ("rate_ppm: 7500", "rate_ppm: 20000", "a later step has more days and a lower rate"),
        ("rate_ppm: 7500", "rate_ppm: 7550", "whole hundredths of a percent"),
        ("apr_ppm: 90000", "apr_ppm: 0", "apr_ppm is 0"),
        ("kind: dynamic", "kind: dynamic, steps: []", "a dynamic programme has no steps"),
        ("name: By the day", "name: Steps", "two are named 'Steps'"),
        (
            "steps: [{days: 10, rate_ppm: 15000}, {days: 20, rate_ppm: 7500}]",
            "steps: []",
            "steps are missing",
        ),
    ],
)
def test_a_wrong_policy_says_what_is_wrong(before, after, says):
    with pytest.raises(EarlyPaymentPolicyError, match=says):
        policy(TEXT.replace(before, after, 1))
