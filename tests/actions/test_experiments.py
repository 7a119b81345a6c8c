"""Experiments: planned, started, stopped and decided by a person; choices logged for good."""

from datetime import date, timedelta

import polars as pl
import pytest
from django.db import DatabaseError, connection, transaction

from dunwell.actions.experiments import (
    ArmStop,
    decide_experiment,
    end_experiments,
    log_choices,
    plan_experiment,
    start_experiment,
    stop_arms,
    stop_experiment,
)
from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.models import ActionChoice, Experiment
from tests.actions.desk import acting, last_event, verbs
from tests.conftest import AT, TODAY, add_customer

UNTIL = TODAY + timedelta(days=90)
WHEN = {"as_of": TODAY, "at": AT}


def plan(user, name="holdout", **fields):
    given = {
        "kind": "holdout",
        "arms": [("chance", 100_000)],
        "starts_on": TODAY,
        "ends_on": UNTIL,
        **WHEN,
        **fields,
    }
    return plan_experiment(actor=acting(user), name=name, **given)


def test_from_a_draft_to_a_verdict_every_step_leaves_an_event(company, manager):
    experiment = plan(manager, question="What does a reminder bring?")
    start_experiment(actor=acting(manager), experiment=experiment, **WHEN)
    stop_experiment(actor=acting(manager), experiment=experiment, reason="enough data", **WHEN)
    decide_experiment(
        actor=acting(manager),
        experiment=experiment,
        verdict="A reminder brings 4 points; keep it.",
        figures={"uplift_ppm": 40_000},
        at=AT,
    )

    experiment.refresh_from_db()
    assert (
        experiment.status,
        experiment.stopped_on,
        experiment.figures,
        experiment.decided_by,
    ) == (
        "decided",
        TODAY,
        {"uplift_ppm": 40_000},
        "mona",
    )
    assert len(experiment.salt) == 32
    assert verbs(company) == [
        "experiment.planned",
        "experiment.started",
        "experiment.stopped",
        "experiment.decided",
    ]
    assert last_event(company)[3] == {
        "name": "holdout",
        "verdict": "A reminder brings 4 points; keep it.",
    }


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": " "}, "Give the experiment a name."),
        ({"kind": "magic"}, "There is no kind magic; use holdout, comparison, timing."),
        ({"arms": []}, "An experiment has 1 to 8 arms beside the rest."),
        (
            {"arms": [("rest", 10)]},
            "Every arm needs a name of its own, other than rest, of at most 40 characters.",
        ),
        (
            {"arms": [("a", 10), ("a ", 10)]},
            "Every arm needs a name of its own, other than rest, of at most 40 characters.",
        ),
        (
            {"kind": "comparison", "arms": [("a", 600_000), ("b", 500_000)]},
            "Every arm needs a share, and together they take at most 100 %.",
        ),
        (
            {"arms": [("chance", 300_001)]},
            "Chance may decide for at most 30 percent of the customers.",
        ),
        (
            {"starts_on": TODAY - timedelta(days=1)},
            "The first day has passed; past days cannot be drawn again.",
        ),
        (
            {"kind": "timing", "arms": [("7-8", 700_000), ("8-10", 300_000)]},
            (
                "7-8 is no hour to deliver at; use 8-10, 10-12, 12-14, 14-16, 16-18, or other "
                "for the step's other channel."
            ),
        ),
        (
            {"kind": "timing", "arms": [("8-10", 1_000_000)]},
            "Name the ordinary hour first, and at least one other to compare it with.",
        ),
        (
            {"kind": "timing", "arms": [("other", 700_000), ("8-10", 300_000)]},
            "Name the ordinary hour first, and at least one other to compare it with.",
        ),
        (
            {"kind": "timing", "arms": [("8-10", 499_999), ("10-12", 500_001)]},
            "At most 50 percent of the mails may be used to try other hours.",
        ),
        (
            {"kind": "timing", "arms": [("8-10", 600_000), ("10-12", 300_000)]},
            "The hours to be tried start with even shares, and all arms together take 100 %.",
        ),
        (
            {"kind": "timing", "arms": [("8-10", 6e5), ("10-12", 3e5), ("12-14", 1e5)]},
            "The hours to be tried start with even shares, and all arms together take 100 %.",
        ),
        ({"ends_on": TODAY}, "The last day must lie 1 to 730 days after the first."),
    ],
)
def test_what_cannot_be_planned_is_said(company, manager, fields, sentence):
    with pytest.raises(Refused) as refusal:
        plan(manager, **{"name": "x", **fields})
    assert (str(refusal.value), Experiment.objects.count(), verbs(company)) == (sentence, 0, [])


def test_one_experiment_of_a_kind_runs_and_names_are_taken_once(company, manager):
    first, second = plan(manager), plan(manager, name="another")
    start_experiment(actor=acting(manager), experiment=first, **WHEN)
    with pytest.raises(Refused) as running:
        start_experiment(actor=acting(manager), experiment=second, **WHEN)
    with pytest.raises(Refused) as taken:
        plan(manager)
    with pytest.raises(Refused) as twice:
        start_experiment(actor=acting(manager), experiment=first, **WHEN)

    assert [str(one.value) for one in (running, taken, twice)] == [
        "holdout is running; two of a kind would disturb each other.",
        "There is already an experiment named holdout.",
        "This experiment is running and cannot become running.",
    ]


def test_an_experiment_ends_by_itself_after_its_last_day(company, manager):
    experiment = plan(manager)
    start_experiment(actor=acting(manager), experiment=experiment, **WHEN)
    actor = system(company)
    told = [
        end_experiments(actor=actor, as_of=UNTIL + timedelta(days=days), at=AT)
        for days in (0, 1, 2)
    ]
    experiment.refresh_from_db()
    assert (told, experiment.status) == ([0, 1, 0], "stopped")
    assert last_event(company)[3] == {"name": "holdout", "reason": "its last day has passed"}


HOURS = [("10-12", 800_000), ("8-10", 100_000), ("14-16", 100_000)]


def stopping(company, experiment, *arms):
    return stop_arms(
        actor=system(company),
        experiment=experiment,
        stops=[ArmStop(arm=arm, decisions=200, harms=20) for arm in arms],
        **WHEN,
    )


def test_an_arm_that_did_harm_is_taken_out_once_and_two_end_the_experiment(company, manager):
    experiment = plan(manager, kind="timing", arms=HOURS)
    draft = stopping(company, experiment, "8-10")
    start_experiment(actor=acting(manager), experiment=experiment, **WHEN)
    told = [stopping(company, experiment, "8-10") for _ in range(2)]

    experiment.refresh_from_db()
    stop = {"arm": "8-10", "decisions": 200, "harms": 20, "on": "2026-03-05"}
    assert (draft, told) == (0, [1, 0])
    assert (experiment.status, experiment.figures) == ("running", {"stops": [stop]})
    assert last_event(company)[3] == {
        "name": "holdout", "arm": "8-10", "decisions": 200, "harms": 20,
    }  # fmt: skip
    assert stopping(company, experiment, "8-10", "10-12") == 1
    experiment.refresh_from_db()
    assert (experiment.status, experiment.stopped_on) == ("stopped", TODAY)
    assert verbs(company)[-2:] == ["experiment.arm_stopped", "experiment.stopped"]
    decide_experiment(
        actor=acting(manager), experiment=experiment, verdict="Both.", figures={"n": 1}, at=AT
    )
    experiment.refresh_from_db()
    assert experiment.figures.keys() == {"stops", "n"}


def test_a_timing_runs_beside_a_holdout(company, manager):
    for made in (plan(manager), plan(manager, name="hours", kind="timing", arms=HOURS)):
        start_experiment(actor=acting(manager), experiment=made, **WHEN)
    assert set(Experiment.objects.values_list("kind", "status")) == {
        ("holdout", "running"),
        ("timing", "running"),
    }


def test_others_and_people_without_the_right_are_refused(company, manager, collector, rival):
    experiment = plan(manager)
    with pytest.raises(Forbidden):
        plan(collector, name="mine")
    with pytest.raises(Refused, match="belongs to another company"):
        start_experiment(actor=acting(rival), experiment=experiment, **WHEN)
    with pytest.raises(Refused, match="Say why"):
        stop_experiment(actor=acting(manager), experiment=experiment, reason="", **WHEN)
    with pytest.raises(Refused, match="This experiment is draft and cannot become decided"):
        decide_experiment(
            actor=acting(manager), experiment=experiment, verdict="x", figures={}, at=AT
        )


def choice(customer, **fields):
    return {
        "customer_id": customer.pk,
        "experiment_id": None,
        "arm": "",
        "policy": "standard v1",
        "action": "email",
        "channel": "email",
        "hour": None,
        "permitted": "email,none",
        "propensity_ppm": 500_000,
        "is_holdout": True,
        "segment": "standard",
        "days_past_due": 4,
        "collect_minor": 100_00,
        "p_unpaid_ppm": 300_000,
        "minutes": 1,
        "cost_minor": 10,
        "expected_extra_minor": 250,
        "reasons": '{"uplift_ppm": 30000}',
        "timing_id": None,
        "timing_ppm": None,
        **fields,
    }


def log(company, *rows, as_of=TODAY):
    empty = ("hour", "experiment_id", "timing_id", "timing_ppm")
    frame = pl.DataFrame(rows, schema_overrides=dict.fromkeys(empty, pl.Int64))
    return log_choices(actor=system(company), rows=frame, as_of=as_of, at=AT)


def test_a_choice_is_logged_once_per_customer_and_day(company, customer):
    other = add_customer(company, "K2")
    told = [
        log(company, choice(customer)),
        log(company, choice(customer, action="none"), choice(other)),
        log(company, choice(customer), as_of=date(2026, 3, 6)),
    ]

    rows = ActionChoice.objects.order_by("as_of", "customer")
    assert told == [1, 1, 1]
    assert [(row.customer_id, row.as_of, row.action, row.recorded_at) for row in rows] == [
        (customer.pk, TODAY, "email", AT),
        (other.pk, TODAY, "email", AT),
        (customer.pk, date(2026, 3, 6), "email", AT),
    ]
    assert rows[0].reasons == {"uplift_ppm": 30_000}
    assert last_event(company)[3] == {"as_of": "2026-03-06", "customers": 1, "held_out": 1}


@pytest.mark.parametrize(
    "change",
    ["UPDATE dunwell_actionchoice SET action = 'none'", "DELETE FROM dunwell_actionchoice"],
)
def test_the_database_keeps_the_choices(company, customer, change):
    log(company, choice(customer))
    with (
        pytest.raises(DatabaseError, match="stays as it was written"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)
