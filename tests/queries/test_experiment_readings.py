"""What an experiment shows: divided as planned, its effect with an interval, its guardrail."""

import json
from datetime import timedelta

import pytest

from dunwell.actions.experiments import start_experiment
from dunwell.models import Customer
from dunwell.queries.experiment_readings import experiment_reading
from dunwell.queries.experiments import experiment_row
from dunwell.queries.verdict_figures import verdict_figures
from tests.actions.desk import acting
from tests.actions.ledger_rows import invoice, payment
from tests.actions.test_experiments import choice, log, plan
from tests.conftest import AT, TODAY

EACH = 60
PAST = TODAY - timedelta(days=30)
"""The day on which everybody was drawn; its fourteen days are over."""


@pytest.fixture
def experiment(manager):
    made = plan(
        manager, arms=[("chance", 300_000)], starts_on=PAST, as_of=PAST, question="What is it?"
    )
    start_experiment(actor=acting(manager), experiment=made, as_of=PAST, at=AT)
    return made


def people(company, count):
    """Many customers at once."""
    return Customer.objects.bulk_create(
        Customer(company=company, number=f"P{number}", name=f"P{number}", recorded_at=AT)
        for number in range(count)
    )


def drawn(company, experiment, *, contacted, alone, by_plan=280):
    """Log who was contacted and who was left alone by chance, and the rest by the plan."""
    everybody = people(company, contacted + alone + by_plan)
    by_chance = {"experiment_id": experiment.pk, "arm": "chance"}
    rows = [choice(one, **by_chance) for one in everybody[:contacted]]
    rows += [
        choice(one, action="none", channel="", **by_chance)
        for one in everybody[contacted : contacted + alone]
    ]
    rows += [
        choice(one, experiment_id=experiment.pk, is_holdout=False)
        for one in everybody[contacted + alone :]
    ]
    log(company, *rows, as_of=PAST)
    return everybody[:contacted], everybody[contacted : contacted + alone]


def paid(customers, *, value_on=PAST + timedelta(days=5)):
    for one in customers:
        payment(one, f"B{one.number}", 100_00, value_on=value_on)


def reading(company, experiment):
    row = experiment_row(company, experiment.pk, as_of=TODAY)
    return experiment_reading(company, row, as_of=TODAY)


def kept(company, experiment):
    row = experiment_row(company, experiment.pk, as_of=TODAY)
    return verdict_figures(company, row, as_of=TODAY)


def test_before_anybody_was_drawn_there_is_nothing_to_read(company, experiment):
    assert reading(company, experiment) is None
    assert kept(company, experiment) == {}


def test_the_effect_is_the_difference_with_its_interval(company, experiment):
    contacted, alone = drawn(company, experiment, contacted=EACH, alone=EACH)
    paid(contacted[:48])
    paid(alone[:12])
    # money after the fourteen days does not count
    paid(alone[12:20], value_on=PAST + timedelta(days=15))

    found = reading(company, experiment)

    (line,) = found.channels
    assert (line.action, line.contacted, line.alone) == ("email", EACH, EACH)
    assert (line.contacted_ppm, line.alone_ppm, line.effect_ppm) == (800_000, 200_000, 600_000)
    assert 440_000 < line.low_ppm < 460_000 and 740_000 < line.high_ppm < 760_000
    assert (found.decisions, found.judged, found.seen) == (120, 120, 120)
    assert (found.outcome, found.why, found.effect_ppm) == ("keep", "better", 600_000)
    assert found.low_ppm > 0
    assert [(one.measure, one.state, one.harm_ppm) for one in found.guards] == [
        ("has_dispute", "safe", 0)
    ]


def test_the_division_is_compared_with_its_shares(company, experiment):
    drawn(company, experiment, contacted=EACH, alone=EACH)
    found = reading(company, experiment)

    assert [(one.name, one.share_ppm, one.expected, one.customers) for one in found.shares] == [
        ("chance", 300_000, 120, 120),
        ("plan", 700_000, 280, 280),
        ("contacted", 500_000, 60, 60),
        ("left alone", 500_000, 60, 60),
    ]
    assert (found.mismatch_ppm, found.is_divided_as_planned) == (1_000_000, True)


def test_a_division_that_chance_does_not_make_stops_every_conclusion(company, experiment):
    contacted, _alone = drawn(company, experiment, contacted=100, alone=20)
    paid(contacted)
    found = reading(company, experiment)

    assert not found.is_divided_as_planned
    assert (found.outcome, found.why) == ("undecided", "arms_do_not_match")


def test_small_numbers_say_how_many_are_missing(company, experiment):
    drawn(company, experiment, contacted=9, alone=7, by_plan=40)
    found = reading(company, experiment)

    (line,) = found.channels
    assert (line.effect_ppm, line.seen, line.needed) == (None, 7, 50)
    assert (found.outcome, found.why, found.effect_ppm, found.guards) == (
        "undecided",
        "not_enough_data",
        None,
        (),
    )


def test_choices_of_the_last_fourteen_days_wait_for_their_outcome(company, experiment, customer):
    invoice(customer, "R1", 100_00)
    log(company, choice(customer, experiment_id=experiment.pk, arm="chance"), as_of=TODAY)
    found = reading(company, experiment)

    assert (found.decisions, found.judged, found.channels) == (1, 0, ())


def test_a_reading_is_kept_as_plain_data(company, experiment):
    drawn(company, experiment, contacted=9, alone=7, by_plan=40)
    found = kept(company, experiment)

    assert (found["as_of"], found["decisions"], found["shares"][0]["name"]) == (
        "2026-03-05",
        16,
        "chance",
    )
    assert json.loads(json.dumps(found)) == found
