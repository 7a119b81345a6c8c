"""The contacts of a large book's day: worked out once, in the background, anew after any change."""

from datetime import timedelta

import pytest
import time_machine

from dunwell.actions.disputes import open_dispute
from dunwell.actions.gate import system
from dunwell.jobs import day_plans
from dunwell.jobs.day_plans import DayPlan, DayPlanProgress, day_plan, worked_out
from dunwell.models import PolicyVersion
from dunwell.queries.levels import levels_in, levels_of
from tests.actions.test_reminders import desk, owing  # noqa: F401  a fixture
from tests.conftest import AT, TODAY


@pytest.fixture
def large(desk, monkeypatch):  # noqa: F811
    """A book that counts as large with a single item."""
    owing(desk, "K1", late=40)
    monkeypatch.setattr(day_plans, "LARGE", 0)
    monkeypatch.setattr(day_plans, "_made", type(day_plans._made)())
    monkeypatch.setattr(day_plans, "_begun", {})
    return desk


def test_a_small_book_is_worked_out_where_it_is_asked_for_and_not_kept(desk):  # noqa: F811
    owing(desk, "K1", late=40)
    first, second = day_plan(desk, as_of=TODAY), day_plan(desk, as_of=TODAY)
    assert isinstance(first, DayPlan) and isinstance(second, DayPlan)
    assert first.plan is not second.plan
    assert levels_of(levels_in(first.plan)).items == 1


def test_a_large_book_is_worked_out_once_and_anew_when_something_is_recorded(large):
    first = day_plan(large, as_of=TODAY)
    assert day_plan(large, as_of=TODAY) is first is worked_out(large, as_of=TODAY)
    assert worked_out(large, as_of=TODAY + timedelta(days=1)) is not first
    open_dispute(
        actor=system(large), item=large.items.get(), amount_minor=1, reason="price",
        as_of=TODAY, at=AT,
    )  # fmt: skip
    assert day_plan(large, as_of=TODAY) is not first


def test_what_is_told_of_a_plan_is_made_once_and_goes_with_it(large, monkeypatch):
    monkeypatch.setattr(day_plans, "MOST_TOLD", 2)
    plan = worked_out(large, as_of=TODAY)
    levels = plan.once("levels", lambda: levels_in(plan.plan))

    assert plan.once("levels", lambda: None) is levels
    assert worked_out(large, as_of=TODAY).once("levels", lambda: None) is levels
    tomorrow = worked_out(large, as_of=TODAY + timedelta(days=1))
    assert tomorrow.once("levels", lambda: "others") == "others"
    assert [plan.once(n, lambda n=n: n) for n in (1, 2, 1)] == [1, 2, 1]
    assert plan.once("levels", lambda: "anew") == "anew"


def test_what_is_kept_is_let_go_after_some_minutes_and_beyond_three(large):
    with time_machine.travel(AT, tick=False) as now:
        first = worked_out(large, as_of=TODAY)
        now.shift(day_plans.KEPT + timedelta(seconds=1))
        second = worked_out(large, as_of=TODAY)
        assert second is not first
        for days in (1, 2, 3):
            worked_out(large, as_of=TODAY + timedelta(days=days))
        assert len(day_plans._made) == day_plans.MOST_KEPT
        assert worked_out(large, as_of=TODAY) is not second


def test_while_it_is_worked_out_the_answer_is_how_far_it_is(large, monkeypatch):
    monkeypatch.setattr(day_plans, "begin", lambda work, *, key: False)
    with time_machine.travel(AT, tick=False) as now:
        assert day_plan(large, as_of=TODAY) == DayPlanProgress(items=1, seconds=0, percent=0)
        now.shift(3)
        assert day_plan(large, as_of=TODAY) == DayPlanProgress(items=1, seconds=3, percent=95)


def test_a_version_that_is_not_there_or_cannot_be_used_is_told(large):
    assert worked_out(large, as_of=TODAY, version_id=999_999) == DayPlan(plan=None)
    version = PolicyVersion.objects.get(name="small")
    PolicyVersion.objects.filter(pk=version.pk).update(text="strategy: {name: 1}")
    made = day_plan(large, as_of=TODAY, version_id=version.pk)
    assert isinstance(made, DayPlan) and made.plan is None and made.error


def test_what_fails_unexpectedly_is_told_and_not_begun_for_ever(large, monkeypatch, caplog):
    def die(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(day_plans, "plan_under", die)
    assert day_plan(large, as_of=TODAY) == DayPlan(plan=None, error=day_plans.FAILED)
    assert "could not be worked out" in caplog.text
