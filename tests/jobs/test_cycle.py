"""The day's cycle: the same state however often, late or broken off it is run."""

from datetime import date, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction

from dunwell.actions.gate import Refused, system
from dunwell.engine.aging import BUCKETS
from dunwell.jobs.cycle import STEPS, run_cycle
from dunwell.models import (
    ActionChoice,
    Analysis,
    Anomaly,
    CashBasis,
    CashForecast,
    CashPeriod,
    CustomerScore,
    EarlyWarning,
    Event,
    Habit,
    ItemPrediction,
    KeptSlice,
    KpiValue,
    MatchCase,
    Message,
    MessageItem,
    ModelVersion,
    PortfolioMeasure,
    ProcessMonth,
    Run,
    Task,
    WorklistEntry,
)
from dunwell.queries.figures import latest_figures
from dunwell.queries.verify import verify_books
from tests.crash import digest
from tests.jobs.demo_desk import AT, DAY, demo_company

START = DAY - timedelta(days=4)


@pytest.fixture
def company(db):
    with time_machine.travel(AT, tick=False):
        yield demo_company()


@pytest.fixture
def larger_company(db):
    """A demo large enough that somebody is written to though cash is applied first."""
    with time_machine.travel(AT, tick=False):
        yield demo_company(customers=32, items=480)


def after(company, *days):
    """The digest of every table after running the cycle on the given days, taken back again."""
    with transaction.atomic():
        for day in days:
            run_cycle(company.pk, day)
        found = digest()
        transaction.set_rollback(True)
    return found


def days(*numbers):
    return [START + timedelta(days=number) for number in numbers]


def test_twice_late_and_after_missed_days_it_ends_as_if_run_daily(company):
    daily = after(company, *days(1, 2, 3, 4))
    # twice, late, after a missed day, and for a day that had passed by
    assert after(company, *days(1, 1, 3, 2, 3, 4, 4)) == daily
    assert after(company, *days(1, 4)) == daily


@pytest.mark.release
def test_ten_days_of_sixty_customers_end_the_same_in_every_rhythm(db):
    with time_machine.travel(AT, tick=False):
        company = demo_company(customers=60, items=1_500)
        first = DAY - timedelta(days=9)
        every = [first + timedelta(days=number) for number in range(10)]
        daily = after(company, *every)
        assert after(company, *(day for day in every for _ in range(2))) == daily
        assert after(company, first, DAY) == daily
        assert after(company, *every[::4], DAY) == daily


def test_a_step_that_fails_keeps_nothing_and_the_next_call_goes_on_there(company, monkeypatch):
    whole = after(company, DAY)
    from dunwell.jobs import cycle

    def broken(day):
        cycle._rank_customers(day)
        raise OSError("disk full")

    names = [name for name, _ in STEPS]
    steps = tuple((n, broken if n == "rank_customers" else step) for n, step in STEPS)
    monkeypatch.setattr(cycle, "STEPS", steps)
    with pytest.raises(OSError, match="disk full"):
        run_cycle(company.pk, DAY)
    done = list(Run.objects.order_by("id").values_list("step", flat=True))
    assert (done, WorklistEntry.objects.count()) == (names[: names.index("rank_customers")], 0)
    monkeypatch.undo()
    assert after(company, DAY) == whole


def test_the_books_prove_themselves_after_a_week(company):
    run_cycle(company.pk, START)
    run_cycle(company.pk, DAY)
    assert [proof.id for proof in verify_books(company).proofs if proof.broken] == []


def test_every_step_says_what_it_changed_and_a_second_call_changes_nothing(company):
    first = run_cycle(company.pk, DAY)
    again = run_cycle(company.pk, DAY)
    assert [step.step for step in first.steps] == [name for name, _ in STEPS]
    assert (first.days, again.days, again.changed) == ((DAY,), (), 0)
    kept = Task.objects.filter(kind__in=("call", "letter", "approve", "contact_missing"))
    told = {step.step: step.changed for step in first.steps if step.step != "settle_promises"}
    # a month end of the first history is written again where its slices are filled in
    assert told.pop("record_figures") >= KpiValue.objects.count() + KeptSlice.objects.count()
    assert told == {
        "judge_plans": 0,
        "watch_disputes": 0,
        "watch_deliveries": 0,
        "end_settlements": 0,
        "bill_schedules": 0,
        "offer_early": 0,
        "file_invoices": 0,
        "settle_bank": 0,
        "apply_cash": MatchCase.objects.count(),
        "keep_analyses": Analysis.objects.count(),
        "keep_measures": PortfolioMeasure.objects.count(),
        "keep_actuals": 0,
        "test_covenants": 0,
        "raise_gaps": 0,
        "refresh_habits": Habit.objects.count(),
        "check_model": 0,
        "train_model": ModelVersion.objects.count(),
        "score_items": ItemPrediction.objects.count() + CashForecast.objects.count(),
        "keep_outlook": CashPeriod.objects.count() + CashBasis.objects.count(),
        "score_customers": CustomerScore.objects.count(),
        "rate_customers": 0,
        "score_cards": 0,
        "assign_segments": 0,
        "find_anomalies": Anomaly.objects.count(),
        "watch_covers": 0,
        "raise_warnings": EarlyWarning.objects.count(),
        "plan_reviews": 0,
        "watch_applications": 0,
        "review_credit_holds": 0,
        "accrue_charges": 0,
        "grant_incentives": 0,
        "raise_escalations": 0,
        "remind_deadlines": 0,
        "ask_surveys": 0,
        "map_process": ProcessMonth.objects.count(),
        "end_retentions": 0,
        "run_autopay": 0,
        "follow_improvement": 0,
        "drop_stale_messages": 0,
        "choose_actions": ActionChoice.objects.count(),
        "rank_customers": WorklistEntry.objects.count(),
        "write_reminders": Message.objects.count() + kept.count(),
    }


def test_every_message_carries_its_words_amounts_and_decision(larger_company):
    run_cycle(larger_company.pk, DAY)
    messages = list(Message.objects.filter(company=larger_company).order_by("id"))
    assert messages
    for message in messages:
        lines = MessageItem.objects.filter(message=message)
        assert lines.exists()
        assert message.decision["contact"]["level"] == message.level
        assert message.decision["facts"]["best_net_minor"] > 0
        assert sum(message.decision["demand_minor"].values()) > 0
        assert message.message_id == (
            f"<{larger_company.pk}.{message.customer_id}.2026-03-05.{message.channel}@dunwell>"
        )
        for line in lines.select_related("item"):
            assert line.item.number in message.body or message.template == "sms_reminder"


def test_blocked_customers_get_no_message_and_their_reasons_are_kept(company):
    run_cycle(company.pk, DAY)
    blocked = {
        entry.customer_id: [row["reason"] for row in entry.blocked]
        for entry in WorklistEntry.objects.exclude(blocked=[])
    }
    assert blocked
    assert not Message.objects.filter(customer__in=blocked).exists()


def test_the_ranks_count_up_from_one_and_explain_themselves(company):
    run_cycle(company.pk, DAY)
    entries = list(WorklistEntry.objects.filter(company=company).order_by("rank"))
    assert [entry.rank for entry in entries] == list(range(1, len(entries) + 1))
    scores = [entry.score for entry in entries]
    assert scores == sorted(scores, reverse=True)
    for entry in entries:
        assert entry.expected_extra_minor // max(entry.minutes, 1) == entry.score
        assert {"uplift_ppm", "habit", "contact", "largest_item_id"} <= entry.reasons.keys()


def test_month_ends_of_a_year_are_filled_in_once(company):
    run_cycle(company.pk, DAY - timedelta(days=1))
    run_cycle(company.pk, DAY)
    days = KpiValue.objects.filter(kpi="dso", currency="EUR").order_by("as_of")
    found = list(days.values_list("as_of", flat=True))
    assert found == [
        *(date(2025, month, last) for month, last in MONTH_ENDS),
        date(2026, 1, 31),
        date(2026, 2, 28),
        DAY - timedelta(days=1),
        DAY,
    ]


def test_the_latest_figures_stand_beside_those_of_the_day_before(company):
    assert latest_figures(company, until=DAY) == []
    yesterday = DAY - timedelta(days=1)
    run_cycle(company.pk, yesterday)
    run_cycle(company.pk, DAY)
    found = {
        (figure.currency, figure.kpi): figure for figure in latest_figures(company, until=DAY)
    }
    kept = dict(
        KpiValue.objects.filter(currency="EUR", kpi="receivables", as_of__gte=yesterday)
        .order_by("as_of")
        .values_list("as_of", "value")
    )
    figure = found["EUR", "receivables"]
    assert (figure.as_of, figure.earlier_on, figure.unit) == (DAY, yesterday, "minor")
    assert {DAY: str(figure.value), yesterday: str(figure.earlier)} == kept
    buckets = [found["EUR", f"aging_{bucket}"].value for bucket in BUCKETS]
    assert sum(buckets) == figure.value


MONTH_ENDS = ((2, 28), (3, 31), (4, 30), (5, 31), (6, 30), (7, 31), (8, 31), (9, 30), (10, 31),
              (11, 30), (12, 31))  # fmt: skip


def test_a_long_break_is_not_caught_up_but_said(company):
    run_cycle(company.pk, DAY - timedelta(days=40))
    done = run_cycle(company.pk, DAY)
    assert (done.days, done.left_out) == ((DAY,), 39)


NOT_YET = (
    "2026-03-07 has not come; for Dunwell Demo GmbH today is 2026-03-05. "
    "Give today, tomorrow or an earlier day."
)
PASSED = "The cycle has passed 2026-03-02 by and cannot go back; it has run up to 2026-03-03."


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (DAY + timedelta(days=2), NOT_YET),
        (date(2020, 1, 1), "2020-01-01 lies before the first item, which was issued on "),
        (DAY - timedelta(days=3), PASSED),
    ],
)
def test_a_day_that_cannot_be_run_is_refused_in_words(company, day, text):
    run_cycle(company.pk, DAY - timedelta(days=2))
    with pytest.raises(Refused) as caught:
        run_cycle(company.pk, day)
    assert str(caught.value).startswith(text)


def test_the_command_prints_the_steps_and_refuses_what_is_no_day(company):
    out = StringIO()
    call_command("cycle", as_of="2026-03-05", stdout=out)
    lines = out.getvalue().splitlines()
    assert [line.split()[1] for line in lines[1 : 1 + len(STEPS)]] == [name for name, _ in STEPS]
    assert lines[0] == "Dunwell Demo GmbH"
    with pytest.raises(CommandError, match="--as-of 5.3.2026 is not a day"):
        call_command("cycle", as_of="5.3.2026")
    with pytest.raises(CommandError, match="There is no company named 'Nobody'"):
        call_command("cycle", company="Nobody")


def test_an_empty_company_runs_and_writes_nothing(db):
    from dunwell.actions.companies import add_company

    with time_machine.travel(AT, tick=False):
        empty = add_company(
            name="Empty", zone="UTC", country="DE", currency="EUR", language="en", at=AT
        )
        done = run_cycle(empty.pk, DAY)
    assert (done.changed, Event.objects.filter(company=empty).count()) == (0, 1)


def test_events_tell_the_day_and_the_counts(larger_company):
    run_cycle(larger_company.pk, DAY)
    told = {
        verb: (actor, data["as_of"])
        for verb, actor, data in Event.objects.filter(
            verb__in=(
                "figures.recorded",
                "habits.refreshed",
                "worklist.ranked",
                "reminders.written",
            )
        ).values_list("verb", "actor", "data")
    }
    assert told == dict.fromkeys(
        ("figures.recorded", "habits.refreshed", "worklist.ranked", "reminders.written"),
        (system(larger_company).name, "2026-03-05"),
    )
