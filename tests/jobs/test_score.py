"""Scoring in the day's cycle: every open item, one log a day, a weekly check, a fall back."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest
import time_machine

from dunwell.actions.experiments import plan_experiment, start_experiment
from dunwell.actions.gate import system
from dunwell.actions.model_versions import record_model_version
from dunwell.jobs.choices import choices
from dunwell.jobs.cycle import run_cycle
from dunwell.jobs.model_day import ModelDay
from dunwell.jobs.score import LOGGED, logged_rows, scored
from dunwell.jobs.train import trained_model
from dunwell.ml.next_action import no_evidence
from dunwell.ml.predictions import PREDICTIONS
from dunwell.models import (
    ActionChoice,
    CashForecast,
    CustomerScore,
    Event,
    Experiment,
    ItemPrediction,
    Message,
    ModelCheck,
    ModelVersion,
    OpenItem,
    PredictionLog,
    WorklistEntry,
)
from dunwell.queries.choices import HELD_OUT, logged_choices, money_received
from dunwell.queries.histories import company_history
from dunwell.queries.ledgers import Books
from dunwell.queries.policies import strategies_in_force
from dunwell.queries.predictions import logged_content, logged_prediction
from dunwell.queries.reminders import plan_contacts
from tests.actions.ledger_rows import breaks
from tests.jobs.demo_desk import AT, DAY, demo_company


@pytest.fixture
def small(db):
    """Too few paid items to learn from: training takes a moment."""
    with time_machine.travel(AT, tick=False):
        yield demo_company()


@pytest.fixture
def company(db):
    """A company whose serving model is as old as DAY, so that the cycle trains none."""
    with time_machine.travel(AT, tick=False):
        company = demo_company(customers=40, items=900)
        serving(company, kind="customer_median")
        yield company


def history(company, day=DAY):
    return company_history(Books(company), as_of=day)


def serving(company, day=DAY, *, kind, **changes):
    """The company's first version, trained as of a day."""
    past = history(company, day)
    trained = trained_model(
        past, tested_on=past, company=company, learned_from=[company.pk], weeks=0, kind=kind
    )
    changed = {**trained.replay, **changes}
    return record_model_version(
        actor=system(company), trained=replace(trained, replay=changed), at=AT
    )


def test_every_open_debit_item_is_scored_and_logged(company):
    run_cycle(company.pk, DAY)
    opened = OpenItem.objects.filter(open_minor__gt=0).order_by("item")
    rows = ItemPrediction.objects.order_by("item")
    assert list(rows.values_list("item", "open_minor", "due_on")) == list(
        opened.values_list("item", "open_minor", "due_on")
    )
    log = PredictionLog.objects.get()
    frame = pl.read_parquet(bytes(log.content))
    assert (log.as_of, log.rows, tuple(frame.columns)) == (DAY, rows.count(), LOGGED)
    first = rows[0]
    told = logged_prediction(company, first.item_id, as_of=DAY)
    assert (told["p_late_ppm"], told["open_minor"]) == (first.p_late_ppm, first.open_minor)
    assert logged_prediction(company, 0, as_of=DAY) is None
    assert logged_content(company, as_of=DAY - timedelta(days=1)) is None


def test_the_log_gives_back_what_was_said(company):
    version = ModelVersion.objects.get()
    told = scored(version, history(company))
    back = logged_rows(told.content)
    assert (tuple(back.columns), back.height) == (tuple(PREDICTIONS), told.rows.height)
    for name, ppm in (("late_0", "p_late_ppm"), ("late_30", "p_late_30_ppm")):
        assert (back[name] * 1_000_000).round().cast(pl.Int64).to_list() == told.rows[
            ppm
        ].to_list()
    assert scored(version, history(company)).content == told.content


def test_the_books_prove_the_day_and_its_figures_add_up(company):
    with time_machine.travel(AT + timedelta(hours=1), tick=False):
        run_cycle(company.pk, DAY)
    assert breaks(company) == {}
    for currency in ("EUR", "USD", "GBP"):
        opened = OpenItem.objects.filter(currency=currency, open_minor__gt=0)
        weeks = CashForecast.objects.filter(currency=currency)
        expected = sum(weeks.values_list("expected_minor", flat=True))
        assert 0 < expected <= sum(opened.values_list("open_minor", flat=True))
    for score in CustomerScore.objects.all():
        assert score.score == score.base + sum(point["points"] for point in score.points)


FAR = timedelta(days=33)
"""After so long a break the cycle starts anew instead of catching up day by day."""


@pytest.mark.dealt(one_in=8, of="days and months")
def test_a_check_follows_the_predictions_and_shows_what_came(small):
    for day in (DAY - 2 * FAR, DAY - FAR, DAY):
        run_cycle(small.pk, day)
    found = list(ModelCheck.objects.order_by("as_of").values_list("as_of", flat=True))
    assert found == [DAY - FAR, DAY]
    figures = ModelCheck.objects.get(as_of=DAY).figures
    assert figures.keys() == {
        *("reliability", "calibration", "ranges", "rank_shares_ppm"),
        *("psi", "trailing", "watch", "alarms"),
    }
    assert sum(row["items"] for row in figures["reliability"]) > 0
    assert abs(sum(figures["rank_shares_ppm"]) - 1_000_000) < 20


@pytest.mark.dealt(one_in=8, of="days and months")
def test_a_model_that_became_worse_is_replaced(small):
    # as if it had been far more exact when it was promoted
    serving(small, DAY - 2 * FAR, kind="hazard", crps_days=0.01)
    for day in (DAY - 2 * FAR, DAY - FAR, DAY):
        run_cycle(small.pk, day)
    fell = Event.objects.get(verb="model.fell_back")
    assert (fell.data["kind"], fell.data["from_kind"]) == ("customer_median", "hazard")
    assert "less_exact" in fell.data["alarms"]
    serving_now = ModelVersion.objects.get(status="serving")
    assert serving_now.kind == "customer_median"
    assert {row.version_id for row in ItemPrediction.objects.all()} == {serving_now.pk}


def old(company, *, kind):
    """The company's first version as an older release wrote it."""
    past = history(company)
    trained = trained_model(
        past, tested_on=past, company=company, learned_from=[company.pk], weeks=2, kind=kind
    )
    with zipfile.ZipFile(io.BytesIO(trained.artifact)) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    parts["model.json"] = json.dumps(json.loads(parts["model.json"]) | {"version": 1}).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, part in parts.items():
            file.writestr(name, part)
    made = replace(trained, artifact=out.getvalue())
    return record_model_version(actor=system(company), trained=made, at=AT)


@pytest.mark.dealt(one_in=8, of="days and months")
def test_a_learned_model_of_an_older_release_falls_back_and_is_trained_anew(small):
    before = old(small, kind="hazard")
    run_cycle(small.pk, DAY)
    fell = Event.objects.get(verb="model.fell_back")
    assert (fell.data["alarms"], fell.data["from_number"]) == (["other_release"], before.number)
    versions = ModelVersion.objects.order_by("number")
    assert list(versions.values_list("kind", "status", "reason")[:2]) == [
        ("hazard", "retired", "alarm: other_release"),
        ("customer_median", "serving", "alarm: other_release"),
    ]
    assert {row.version_id for row in ItemPrediction.objects.all()} == {versions[1].pk}
    # the winner of the day is the fallback itself, and one of the next day waits
    assert versions.count() == 2
    for days in (1, 2):
        with time_machine.travel(AT + timedelta(days=days), tick=False):
            run_cycle(small.pk, DAY + timedelta(days=days))
    assert Event.objects.filter(verb="model.fell_back").count() == 1
    assert list(versions.values_list("trained_as_of", "status")[2:]) == [
        (DAY + timedelta(days=1), "candidate")
    ]


def test_a_naive_model_of_an_older_release_serves_on(small):
    version = old(small, kind="customer_rate")
    run_cycle(small.pk, DAY)
    assert not Event.objects.filter(verb="model.fell_back").exists()
    assert list(ModelVersion.objects.values_list("pk", "status")) == [(version.pk, "serving")]
    assert ItemPrediction.objects.exists()


def test_a_program_exchanged_after_the_check_falls_back_all_the_same(small):
    old(small, kind="hazard")
    day = ModelDay(actor=system(small), books=Books(small), as_of=DAY, at=AT)
    assert day.scored is None
    assert day.write() > 0
    serving_now = ModelVersion.objects.get(status="serving")
    assert (serving_now.kind, serving_now.reason) == ("customer_median", "alarm: other_release")
    assert {row.version_id for row in ItemPrediction.objects.all()} == {serving_now.pk}


@pytest.mark.dealt(one_in=8, of="days and months")
def test_a_candidate_is_trained_after_four_weeks(small):
    for day in (DAY - FAR, DAY - FAR + timedelta(days=1), DAY):
        run_cycle(small.pk, day)
    tested = ModelVersion.objects.exclude(league={}).order_by("number")
    assert list(tested.values_list("trained_as_of", "status")) == [
        (DAY - FAR, "serving"),
        (DAY, "candidate"),
    ]


@pytest.fixture
def held(company):
    """A holdout that decides for three in ten customers, begun on the day."""
    actor = system(company)
    experiment = plan_experiment(
        actor=actor, name="holdout", kind="holdout", arms=[("chance", 300_000)],
        starts_on=DAY - timedelta(days=1), ends_on=DAY + timedelta(days=90),
        as_of=DAY - timedelta(days=1), at=AT,
    )  # fmt: skip
    start_experiment(actor=actor, experiment=experiment, as_of=DAY, at=AT)
    # the salt is drawn anew each time: take one by which some of the customers due are left alone
    plan = plan_contacts(
        company,
        books=Books(company),
        strategies=[policy.strategy for policy in strategies_in_force(company, as_of=DAY)],
        as_of=DAY,
    )
    for number in range(100):
        Experiment.objects.update(salt=f"salt {number}")
        if "none" in choices(plan, shown=no_evidence())["action"]:
            return company
    raise AssertionError("no salt leaves anybody alone")


def test_without_a_holdout_the_step_is_certain(company):
    run_cycle(company.pk, DAY)
    rows = list(ActionChoice.objects.all())
    assert rows
    assert {(row.propensity_ppm, row.is_holdout, row.experiment_id) for row in rows} == {
        (1_000_000, False, None)
    }
    assert all(row.permitted == row.action != "none" for row in rows)
    assert all(row.reasons["effect_ppm"] > 0 and row.minutes > 0 for row in rows)


def test_who_is_left_to_chance_gets_no_message_and_the_worklist_says_why(held):
    run_cycle(held.pk, DAY)
    alone = set(
        ActionChoice.objects.filter(is_holdout=True, action="none").values_list(
            "customer_id", flat=True
        )
    )
    assert alone
    assert not Message.objects.filter(customer__in=alone).exists()
    told = {
        entry.customer_id
        for entry in WorklistEntry.objects.all()
        if HELD_OUT in [row["reason"] for row in entry.blocked]
    }
    assert told == alone
    rows = ActionChoice.objects.filter(is_holdout=True)
    assert {row.arm for row in rows} == {"chance"}
    assert breaks(held).keys() & {"P4"} == set()
    log = logged_choices(held, before=DAY + timedelta(days=1))
    assert (log.height, logged_choices(held, before=DAY).height) == (
        ActionChoice.objects.count(),
        0,
    )
    assert set(money_received(held, until=DAY)["customer_id"]) <= set(log["customer_id"])
