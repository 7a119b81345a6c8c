"""What a timing experiment shows: each hour's worth with its interval, and the gain over one hour."""

from datetime import timedelta

import pytest

from dunwell.models import Customer
from dunwell.queries.experiments import experiment_row
from dunwell.queries.timing_readings import timing_reading
from tests.actions.ledger_rows import payment
from tests.actions.test_experiments import choice, log
from tests.conftest import AT, TODAY
from tests.jobs.mail_world import hours

PAST = TODAY - timedelta(days=30)


@pytest.fixture
def experiment(company):
    return hours(company, "10-12", "14-16", as_of=PAST)


def mails(company, experiment, *, hour, count, paid, ppm=500_000, as_of=PAST):
    """Log so many mails at an hour, of which the first ones are paid in full."""
    first = Customer.objects.count()
    made = Customer.objects.bulk_create(
        Customer(company=company, number=f"M{n}", name=f"M{n}", recorded_at=AT)
        for n in range(first, first + count)
    )
    timed = {
        "timing_id": experiment.pk, "timing_ppm": ppm, "hour": hour, "is_holdout": False,
        "permitted": "email", "propensity_ppm": 1_000_000,
        "reasons": '{"timing_arms": "10-12,14-16", "timing_best": "10-12"}',
    }  # fmt: skip
    rows = [choice(one, **timed) for one in made]
    log(company, *rows, as_of=as_of)
    for one in made[:paid]:
        payment(one, f"B{one.number}", 100_00, value_on=as_of + timedelta(days=5))
    return made


def reading(company, experiment):
    row = experiment_row(company, experiment.pk, as_of=TODAY)
    return timing_reading(company, row, as_of=TODAY)


def test_even_chances_give_the_two_means_and_their_difference(company, experiment):
    mails(company, experiment, hour=10, count=210, paid=42)
    mails(company, experiment, hour=14, count=210, paid=126, as_of=PAST + timedelta(days=1))
    told = reading(company, experiment)

    assert (told.decisions, told.judged, told.paid_ppm) == (420, 420, 400_000)
    assert [
        (arm.name, arm.is_ordinary, arm.share_ppm, arm.decisions, arm.judged, arm.paid_ppm)
        for arm in told.arms
    ] == [
        ("10-12", True, 500_000, 210, 210, 200_000),
        ("14-16", False, 500_000, 210, 210, 600_000),
    ]
    assert [arm.ips_ppm for arm in told.arms] == [200_000, 600_000]
    assert [arm.robust_ppm for arm in told.arms] == pytest.approx([200_000, 600_000], abs=500)
    ordinary, _other = told.arms
    assert 140_000 < ordinary.low_ppm < 150_000 and 250_000 < ordinary.high_ppm < 260_000
    assert [arm.verdict for arm in told.arms] == ["worse", "better"]
    # 40 % were paid, 20 % would have been at ten o'clock
    assert (told.outcome, round(told.gain_ppm, -3)) == ("better", 200_000)
    assert 0 < told.gain_low_ppm < 200_000 < told.gain_high_ppm
    assert [(one.segment, one.arm, one.decisions) for one in told.leaders] == [
        ("standard", "14-16", 420)
    ]
    # what looks best now gets all but the share that keeps the ordinary hour comparable
    assert [arm.chance_ppm for arm in told.arms] == [100_000, 900_000]
    assert (told.mismatch_ppm, told.is_drawn_as_logged) == (1_000_000, True)


def test_chances_that_were_not_what_was_logged_are_said(company, experiment):
    mails(company, experiment, hour=10, count=60, paid=20)
    mails(company, experiment, hour=14, count=240, paid=80)
    told = reading(company, experiment)

    assert not told.is_drawn_as_logged
    assert (told.outcome, {arm.verdict for arm in told.arms}) == (
        "not_enough_data",
        {"propensities_wrong"},
    )


def test_few_mails_are_shown_without_an_estimate(company, experiment):
    mails(company, experiment, hour=10, count=20, paid=5)
    mails(company, experiment, hour=14, count=4, paid=4)
    told = reading(company, experiment)

    assert [(arm.paid_ppm, arm.robust_ppm, arm.ips_ppm) for arm in told.arms] == [
        (250_000, None, None),
        (1_000_000, None, None),
    ]
    assert (told.outcome, told.gain_ppm, told.needed) == ("not_enough_data", None, 50)
    # four lucky mails do not replace the ordinary hour
    assert told.leaders[0].arm == "10-12"


def test_mails_of_the_last_fourteen_days_wait_for_their_outcome(company, experiment):
    mails(company, experiment, hour=10, count=3, paid=3, as_of=TODAY - timedelta(days=13))
    told = reading(company, experiment)

    assert (told.decisions, told.judged, told.paid_ppm) == (3, 0, None)
    assert [arm.paid_ppm for arm in told.arms] == [None, None]


def test_money_after_the_fourteen_days_or_less_than_asked_is_not_paid(company, experiment):
    late, short = mails(company, experiment, hour=10, count=2, paid=0)
    payment(late, "late", 100_00, value_on=PAST + timedelta(days=15))
    payment(short, "short", 99_99, value_on=PAST + timedelta(days=5))

    assert reading(company, experiment).paid_ppm == 0
