"""What one day's cycle of a demo leaves: messages, ranks, reasons, counts and events."""

import pytest
import time_machine

from dunwell.actions.gate import system
from dunwell.jobs.cycle import run_cycle
from dunwell.jobs.cycle_steps import STEPS
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
    Task,
    WorklistEntry,
)
from tests.jobs.demo_desk import AT, DAY, demo_company

pytestmark = pytest.mark.both


@pytest.fixture(scope="module")
def ran(standing):
    """A demo large enough that somebody is written to though cash is applied first, and its day."""
    with time_machine.travel(AT, tick=False):
        company = demo_company(customers=32, items=480)
        return company, run_cycle(company.pk, DAY)


@pytest.fixture
def company(ran, db):
    with time_machine.travel(AT, tick=False):
        yield ran[0]


def test_every_step_says_what_it_changed_and_a_second_call_changes_nothing(company, ran):
    first = ran[1]
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


def test_every_message_carries_its_words_amounts_and_decision(company):
    messages = list(Message.objects.filter(company=company).order_by("id"))
    assert messages
    for message in messages:
        lines = MessageItem.objects.filter(message=message)
        assert lines.exists()
        assert message.decision["contact"]["level"] == message.level
        assert message.decision["facts"]["best_net_minor"] > 0
        assert sum(message.decision["demand_minor"].values()) > 0
        assert message.message_id == (
            f"<{company.pk}.{message.customer_id}.2026-03-05.{message.channel}@dunwell>"
        )
        for line in lines.select_related("item"):
            assert line.item.number in message.body or message.template == "sms_reminder"


def test_blocked_customers_get_no_message_and_their_reasons_are_kept(company):
    blocked = {
        entry.customer_id: [row["reason"] for row in entry.blocked]
        for entry in WorklistEntry.objects.exclude(blocked=[])
    }
    assert blocked
    assert not Message.objects.filter(customer__in=blocked).exists()


def test_the_ranks_count_up_from_one_and_explain_themselves(company):
    entries = list(WorklistEntry.objects.filter(company=company).order_by("rank"))
    assert [entry.rank for entry in entries] == list(range(1, len(entries) + 1))
    scores = [entry.score for entry in entries]
    assert scores == sorted(scores, reverse=True)
    for entry in entries:
        assert entry.expected_extra_minor // max(entry.minutes, 1) == entry.score
        assert {"uplift_ppm", "habit", "contact", "largest_item_id"} <= entry.reasons.keys()


def test_events_tell_the_day_and_the_counts(company):
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
        (system(company).name, "2026-03-05"),
    )
