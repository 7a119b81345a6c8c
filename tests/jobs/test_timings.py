"""Mail at the hour chance and what was learned choose: drawn, logged, kept, and judged."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from dunwell.actions.contacts import edit_customer, mark_bounced
from dunwell.actions.experiments import plan_experiment, start_experiment
from dunwell.actions.gate import system
from dunwell.jobs import cycle_steps
from dunwell.jobs.deliver import deliver
from dunwell.models import ActionChoice, Contact, Customer, Event, Experiment, Message, Task
from dunwell.queries.experiments import choice_rows, experiment_row
from dunwell.queries.timing_readings import timing_reading
from tests.conftest import AT, TODAY
from tests.jobs.mail_world import MailWorld, hours

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)

SLOTS = ("10-12", "8-10", "12-14", "14-16", "16-18")


@pytest.fixture
def world(company, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return MailWorld(company, each=40)


def shares(choices):
    counts = Counter(row.hour for row in choices)
    return {hour: counts[hour] / len(choices) for hour in counts}


def reading(company, experiment, as_of):
    return timing_reading(
        company, experiment_row(company, experiment.pk, as_of=as_of), as_of=as_of
    )


def write(world):
    """Write the day's reminders as the cycle does."""
    cycle_steps._write_reminders(world.day())
    return {message.customer_id: message for message in Message.objects.all()}


def test_without_an_experiment_a_mail_has_no_hour(world):
    world.arrive()
    choices = world.choose()
    messages = write(world)
    assert {(row.hour, row.timing_id, row.timing_ppm) for row in choices} == {(None, None, None)}
    assert len(messages) == 40
    assert not any("not_before_minute" in message.decision for message in messages.values())


def test_every_mail_is_given_an_hour_and_the_chance_it_had_is_logged(world):
    experiment = hours(world.company, *SLOTS)
    world.arrive()
    choices = world.choose()
    again = world.choose()
    messages = write(world)

    assert again == choices
    assert {row.timing_id for row in choices} == {experiment.pk}
    assert {row.timing_ppm for row in choices if row.hour == 10} == {500_000}
    assert {row.timing_ppm for row in choices if row.hour != 10} == {125_000}
    assert {row.action for row in choices} == {"email"}
    assert {row.reasons["timing_arms"] for row in choices} == {"10-12,12-14,14-16,16-18,8-10"}
    assert {row.reasons["timing_best"] for row in choices} == {"10-12"}
    assert {key: one.decision["not_before_minute"] for key, one in messages.items()} == {
        row.customer_id: row.hour * 60 for row in choices
    }
    row = experiment_row(world.company, experiment.pk, as_of=world.as_of)
    assert {arm.name: arm.choices for arm in row.arms} == Counter(
        f"{one.hour}-{one.hour + 2}" for one in choices
    )
    page = choice_rows(world.company, experiment_id=experiment.pk)
    assert len(page.rows) == 40


def delivered(company, *, hour, day=TODAY):
    """Deliver at an hour of Berlin's winter day."""
    with time_machine.travel(
        datetime(day.year, day.month, day.day, hour - 1, 30, tzinfo=UTC), tick=False
    ):
        return dict(deliver(company.pk))


def test_a_mail_waits_for_its_hour_and_goes_out_later_on_the_same_day(world):
    hours(world.company, *SLOTS)
    world.arrive()
    due = Counter(row.hour for row in world.choose())
    write(world)

    told = {hour: delivered(world.company, hour=hour) for hour in (7, 8, 9, 10)}
    assert told == {7: {}, 8: {"sent": due[8]}, 9: {}, 10: {"sent": due[10]}}
    waiting = Message.objects.filter(status="ready")
    assert {one.decision["not_before_minute"] for one in waiting} == {720, 840, 960}
    assert {one.attempts for one in waiting} == {0}
    # nobody delivered at noon or at two: both go out at half past four
    assert delivered(world.company, hour=16) == {"sent": due[12] + due[14] + due[16]}


def test_the_hour_is_that_of_the_customer_s_country(world):
    hours(world.company, "14-16", "16-18", explore_ppm=500_000)
    world.arrive(country="PT")
    world.arrive(country="FI", batch=1)
    due = Counter((row.customer.country, row.hour) for row in world.choose())
    write(world)

    # half past two in Berlin is half past one in Lisbon and half past three in Helsinki
    assert delivered(world.company, hour=14) == {"sent": due["FI", 14]}
    assert delivered(world.company, hour=15) == {"sent": due["PT", 14] + due["FI", 16]}


def test_a_mail_that_missed_its_day_goes_out_as_soon_as_it_may(world):
    hours(world.company, *SLOTS)
    world.arrive()
    world.choose()
    write(world)
    assert delivered(world.company, hour=7) == {}
    assert delivered(world.company, hour=18) == {"waiting": 40}
    assert delivered(world.company, hour=8, day=TODAY + timedelta(days=1)) == {"sent": 40}


def test_where_the_step_names_another_channel_it_is_an_arm(world):
    hours(world.company, "10-12", "other")
    reached = {one.pk for one in world.arrive(address="Weg 1, 10115 Berlin")}
    world.arrive(batch=1)
    by_channel = Counter((row.channel, row.action, row.hour) for row in world.choose())
    messages = write(world)

    assert by_channel == {("email", "email", 10): 64, ("letter", "letter", None): 16}
    posted = {key for key, one in messages.items() if one.channel == "letter"}
    assert len(posted) == Task.objects.filter(kind="letter").count() == 16
    # whom a letter cannot reach keeps mail, with certainty
    assert posted < reached
    assert {row.timing_ppm for row in ActionChoice.objects.exclude(customer__in=reached)} == {
        1_000_000
    }


def test_a_holdout_runs_beside_it_and_who_is_left_alone_has_no_hour(world):
    timing = hours(world.company, *SLOTS)
    actor, days = system(world.company), {"starts_on": TODAY, "ends_on": TODAY + timedelta(30)}
    holdout = plan_experiment(
        actor=actor,
        name="h",
        kind="holdout",
        arms=[("chance", 300_000)],
        as_of=TODAY,
        at=AT,
        **days,
    )
    Experiment.objects.filter(pk=holdout.pk).update(salt="fixed too")
    start_experiment(actor=actor, experiment=holdout, as_of=TODAY, at=AT)
    world.arrive()
    choices = world.choose()
    messages = write(world)

    alone = [row for row in choices if row.action == "none"]
    assert alone and {(row.hour, row.timing_id, row.timing_ppm) for row in alone} == {
        (None, None, None)
    }
    spoken_to = [row for row in choices if row.action != "none"]
    assert {row.timing_id for row in spoken_to} == {timing.pk}
    assert {row.experiment_id for row in choices} == {holdout.pk}
    assert set(messages) == {row.customer_id for row in spoken_to}


def test_the_policy_of_the_cycle_finds_a_planted_better_hour(company):
    world = MailWorld(company, each=180)
    experiment = hours(company, "10-12", "14-16", "16-18")
    world.play({10: 0.3, 14: 0.7, 16: 0.3}, rounds=5, seed=1)

    first, last = (
        shares(ActionChoice.objects.filter(as_of=TODAY + timedelta(days=days))) for days in (0, 60)
    )
    assert first[10] > 0.4 and first[14] < 0.3
    assert last[14] > 0.7
    told = reading(company, experiment, world.as_of + timedelta(days=14))
    best = next(arm for arm in told.arms if arm.name == "14-16")
    assert best.low_ppm < 700_000 < best.high_ppm
    assert best.ips_low_ppm < 700_000 < best.ips_high_ppm
    assert 250_000 < told.gain_low_ppm < told.gain_high_ppm < 450_000
    assert [(one.segment, one.arm) for one in told.leaders] == [("standard", "14-16")]
    assert told.is_drawn_as_logged
    assert told.decisions == told.judged == ActionChoice.objects.count()


def test_where_hours_make_no_difference_the_ordinary_one_keeps_its_place(company):
    world = MailWorld(company)
    experiment = hours(company, *SLOTS)
    world.play(dict.fromkeys((8, 10, 12, 14, 16), 0.4), rounds=4, seed=2)

    assert shares(ActionChoice.objects.filter(as_of=world.as_of))[10] > 0.4
    told = reading(company, experiment, world.as_of + timedelta(days=14))
    assert told.outcome == "undecided"
    assert told.gain_low_ppm < 0 < told.gain_high_ppm
    assert all(arm.low_ppm < 400_000 < arm.high_ppm for arm in told.arms)
    assert told.drifts == ()


def bounce(company, customer_ids, *, on):
    for contact in Contact.objects.filter(customer__in=customer_ids):
        mark_bounced(actor=system(company), contact=contact, as_of=on, at=AT)


def test_an_arm_that_does_harm_stops_by_itself(company):
    world = MailWorld(company)
    experiment = hours(company, "10-12", "16-18")
    world.arrive()
    late = [row.customer_id for row in world.choose() if row.hour == 16]
    bounce(company, late[:12], on=TODAY + timedelta(days=1))
    world.round += 1
    world.arrive()
    choices = world.choose()

    experiment.refresh_from_db()
    (stop,) = experiment.figures["stops"]
    assert (stop["arm"], stop["harms"], stop["on"]) == ("16-18", 12, world.as_of.isoformat())
    assert stop["decisions"] == len(late)
    assert {(row.hour, row.timing_ppm) for row in choices if row.hour} == {(10, 1_000_000)}
    # one arm alone is no comparison
    assert (experiment.status, experiment.stopped_on) == ("stopped", world.as_of)
    verbs = list(Event.objects.order_by("-seq").values_list("verb", flat=True)[:3])
    assert verbs == ["actions.chosen", "experiment.stopped", "experiment.arm_stopped"]
    told = reading(company, experiment, world.as_of)
    assert [(arm.name, arm.stopped_on, arm.harms) for arm in told.arms] == [
        ("10-12", None, 0),
        ("16-18", world.as_of, 12),
    ]


def test_an_opt_out_counts_as_harm_of_the_last_mail_before_it(company):
    world = MailWorld(company, each=3)
    experiment = hours(company, "10-12", "16-18")
    one = world.arrive()[0]
    world.choose()
    edit_customer(
        actor=system(company), customer=Customer.objects.get(pk=one.pk),
        changes={"is_opted_out": True}, at=AT,
    )  # fmt: skip
    told = reading(company, experiment, TODAY)
    assert sum(arm.harms for arm in told.arms) == 1
    assert (told.outcome, told.gain_ppm, told.judged) == ("not_enough_data", None, 0)


def test_nothing_is_read_before_the_first_draw(company):
    MailWorld(company, each=1)
    assert reading(company, hours(company, "10-12", "16-18"), TODAY) is None
