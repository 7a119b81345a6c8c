"""Escalations: by hand and by the cycle, over every rung, answered by one person and no other."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from dunwell.actions.escalations import (
    acknowledge_escalation,
    raise_escalation,
    resolve_escalation,
)
from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.workforce import record_absence
from dunwell.models import Escalation, Event
from tests.actions.desk import acting, last_event, verbs
from tests.actions.escalation_rows import ON, POLICY, in_force, owing, raised, step
from tests.conftest import AT, TODAY, add_customer, add_user

DAYS = [TODAY + timedelta(days=n) for n in range(1, 15)]


def state(escalation):
    escalation.refresh_from_db()
    to = escalation.to_user.username if escalation.to_user else escalation.to_role
    return escalation.rung, to, escalation.rung_on, escalation.answer_by_on


def answer(user, escalation, on=TODAY, note=""):
    return acknowledge_escalation(
        actor=acting(user), escalation=escalation, note=note, as_of=on, at=AT
    )


def resolve(user, escalation, result="they paid", on=TODAY):
    return resolve_escalation(
        actor=acting(user), escalation=escalation, result=result, as_of=on, at=AT
    )


def test_by_hand_it_goes_to_the_first_rung_with_a_clock(company, collector, customer):
    in_force(company)
    owing(customer)
    escalation = raised(collector, customer)
    assert state(escalation) == (1, "collector", TODAY, date(2026, 3, 6))
    assert (escalation.amount_minor, escalation.reason) == (1_500_00, "they do not answer")
    assert last_event(company) == (
        "escalation.raised", "anna", customer.pk,
        {"kind": "dispute", "on": "2026-03-05", "rung": 1, "to": "collector",
         "reason": "they do not answer"},
    )  # fmt: skip


def test_a_kind_without_a_matrix_goes_to_the_credit_managers(company, collector, customer):
    escalation = raised(collector, customer, "other")
    assert state(escalation) == (1, "credit_manager", TODAY, date(2026, 3, 10))
    assert [step(company, day) for day in DAYS] == [0] * len(DAYS)
    assert state(escalation)[0] == 1


def test_the_collector_of_the_customer_is_asked_by_name(company, collector, manager):
    in_force(company)
    customer = add_customer(company, "K2", collector=collector)
    assert state(raised(manager, customer))[1] == "anna"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "lunch"}, "There is no kind lunch; use broken_promise,"),
        ({"reason": "  "}, "Say why this is escalated; whoever is asked reads it."),
        ({"reason": "x" * 301}, "The text has 301 characters; at most 300 fit."),
    ],
)
def test_what_cannot_be_raised_says_why(company, collector, customer, changes, message):
    facts = {"customer": customer, "kind": "other", "reason": "why", **ON, **changes}
    with pytest.raises(Refused, match=message), transaction.atomic():
        raise_escalation(actor=acting(collector), **facts)
    assert (Escalation.objects.count(), verbs(company)) == (0, [])


def test_one_of_a_kind_is_open_at_a_time(company, collector, manager, customer):
    first = raised(collector, customer)
    with pytest.raises(Refused) as refusal, transaction.atomic():
        raised(manager, customer)
    assert str(refusal.value) == (
        "anna escalated this (dispute) on 2026-03-05; it is resolved first."
    )
    resolve(manager, first)
    assert raised(manager, customer).pk != first.pk


@pytest.mark.parametrize("answered_after", [None, 1, 2, 5, 6, 11])
@pytest.mark.parametrize("amount", [1_500_00, 6_000_00])
@pytest.mark.parametrize("runs", ["daily", "late"])
def test_every_rung_by_every_answer_late_and_daily_alike(
    company, collector, manager, customer, answered_after, amount, runs
):
    """An answer stops the clock where it stood; late runs end where daily ones do."""
    in_force(company)
    owing(customer, amount)
    escalation = raised(collector, customer, "large_overdue")
    day = TODAY + timedelta(days=answered_after or 14)
    for on in DAYS if runs == "daily" else [day, day]:
        if on <= day:
            step(company, on)
    # rita has no role that may be asked: the role of the rung is
    rungs = [
        (1, "collector", date(2026, 3, 5), date(2026, 3, 6)),
        (2, "credit_manager", date(2026, 3, 7), date(2026, 3, 10)),
        (3, "credit_manager", date(2026, 3, 11), date(2026, 3, 16)),
    ]
    reachable = rungs if amount == 6_000_00 else rungs[:2]
    expected = [rung for rung in reachable if rung[2] <= day][-1]
    assert state(escalation) == expected
    if answered_after:
        answer(manager, escalation, on=day)
        step(company, DAYS[-1])
        assert state(escalation) == expected


def test_the_step_once_twice_late_and_after_three_missed_days(company, collector, customer):
    in_force(company)
    escalation = raised(collector, customer)
    assert [step(company) for _ in range(2)] == [0, 0]
    assert [step(company, DAYS[1]) for _ in range(2)] == [1, 0]
    assert state(escalation)[:3] == (2, "credit_manager", date(2026, 3, 7))
    assert [step(company, day) for day in DAYS[2:]] == [0] * 12
    risen = Event.objects.filter(verb="escalation.risen").values_list("data", flat=True)
    assert list(risen) == [
        {"kind": "dispute", "on": "2026-03-07", "rung": 2, "to": "credit_manager"}
    ]


def test_the_cycle_raises_what_the_matrix_asks_for_once(company, manager, collector, customer):
    in_force(company)
    owing(customer)
    small = add_customer(company, "K2")
    owing(small, 10_00, number="R2")
    assert [step(company), step(company)] == [1, 0]
    found = Escalation.objects.get()
    assert (found.customer, found.kind, found.raised_by, found.reason) == (
        customer, "large_overdue", "system",
        "Oldest item 40 days late; 100 % of what is open is overdue.",
    )  # fmt: skip
    resolve(manager, found)
    days = [TODAY + timedelta(days=n) for n in range(1, 11)]
    assert [step(company, day) for day in days] == [0] * 9 + [1]


def test_two_people_answer_and_one_wins(company, collector, manager, customer):
    escalation = raised(collector, customer, "other")
    add_user(company, "milo", "credit_manager")
    stale = Escalation.objects.get(pk=escalation.pk)
    answer(manager, escalation, note="on it")
    milo = acting(type(manager).objects.get(username="milo"))
    with pytest.raises(Refused) as refusal, transaction.atomic():
        acknowledge_escalation(actor=milo, escalation=stale, **ON)
    assert str(refusal.value) == (
        "mona took this on on 2026-03-05; it is theirs. Load the page again."
    )
    with pytest.raises(Refused, match="This is with mona, who says what came of it"):
        resolve_escalation(actor=milo, escalation=stale, result="done", **ON)
    escalation.refresh_from_db()
    assert (escalation.status, escalation.acknowledged_by) == ("acknowledged", "mona")
    assert verbs(company) == ["escalation.raised", "escalation.acknowledged"]


def test_only_who_is_asked_or_higher_answers(company, collector, manager, reader, customer):
    escalation = raised(collector, customer, "other")
    with pytest.raises(Refused, match="put to the role credit manager; you may not answer"):
        answer(collector, escalation)
    with pytest.raises(Forbidden):
        answer(reader, escalation)
    in_force(company)
    theirs = add_customer(company, "K2", collector=collector)
    other = raised(manager, theirs)
    with pytest.raises(Refused, match="put to anna"):
        answer(add_user(company, "cleo", "collector"), other)
    answer(manager, other)
    assert other.acknowledged_by == ""
    other.refresh_from_db()
    assert (other.acknowledged_by, other.acknowledged_on) == ("mona", TODAY)


def test_the_cover_answers_for_who_is_away(company, collector, manager):
    in_force(company)
    cleo = add_user(company, "cleo", "collector")
    customer = add_customer(company, "K2", collector=collector)
    escalation = raised(manager, customer)
    record_absence(
        actor=acting(collector), user=collector, kind="sick", from_on=TODAY,
        until_on=TODAY + timedelta(days=3), cover=cleo, **ON,
    )  # fmt: skip
    assert answer(cleo, escalation).acknowledged_by == "cleo"


def test_resolving_what_nobody_took_on_is_the_answer_too(company, collector, manager, customer):
    escalation = raised(collector, customer, "other")
    with pytest.raises(Refused, match="Say what came of it"):
        resolve(manager, escalation, result=" ")
    resolve(manager, escalation)
    escalation.refresh_from_db()
    assert (escalation.status, escalation.acknowledged_by, escalation.resolution) == (
        "resolved", "mona", "they paid",
    )  # fmt: skip
    with pytest.raises(Refused, match="mona resolved this on 2026-03-05"):
        resolve(manager, escalation)
    with pytest.raises(Refused, match="mona resolved this on 2026-03-05"):
        answer(manager, escalation)


def test_another_companys_escalation_is_out_of_reach(company, collector, manager, rival, customer):
    escalation = raised(collector, customer, "other")
    with pytest.raises(Refused, match="another company"):
        answer(rival, escalation)
    with pytest.raises(Refused, match="another company"):
        raised(rival, customer)


def test_a_policy_that_asks_the_top_by_name_reaches_that_person(company, collector, customer):
    boss = add_user(company, "bruno", "credit_manager")
    in_force(company, POLICY.replace("rita", "bruno"))
    owing(customer, 6_000_00)
    escalation = raised(collector, customer, "large_overdue")
    step(company, DAYS[-1])
    assert state(escalation)[:2] == (3, "bruno")
    assert answer(boss, escalation, on=DAYS[-1]).acknowledged_by == "bruno"
