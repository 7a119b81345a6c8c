"""Watches: proposed by rule or started by hand, checked, frozen with four eyes, and ended."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from dunwell.actions.approvals import decide_approval, withdraw_approval
from dunwell.actions.exposure_freezes import lift_freeze, propose_freeze
from dunwell.actions.gate import Refused
from dunwell.actions.watches import (
    WatchTerms,
    accept_watch,
    change_watch,
    end_watch,
    record_check,
)
from dunwell.models import ApprovalRequest, ExposureFreeze, Hold, Task, Watch, WatchCheck
from tests.actions.desk import acting, last_event, verbs
from tests.actions.escalation_rows import ON, in_force, owing, step, watched
from tests.actions.settlement_rows import pay
from tests.conftest import AT, TODAY, add_customer

NEXT_WEEK = TODAY + timedelta(days=7)


def tasks():
    return list(Task.objects.order_by("id").values_list("kind", "status", "due_on"))


def check(user, watch, result="they pay on Friday", on=TODAY, way=""):
    return record_check(actor=acting(user), watch=watch, result=result, way=way, as_of=on, at=AT)


def test_by_hand_it_is_as_the_playbook_says(company, collector, manager, customer):
    in_force(company)
    watch = watched(collector, customer)
    assert (watch.status, watch.sponsor, watch.every_days, watch.next_on, watch.agenda) == (
        "running", manager, 7, TODAY, ["What is paid this week", "What is delivered next"],
    )  # fmt: skip
    assert last_event(company) == (
        "watch.started", "anna", customer.pk, {"playbook": "High risk", "reason": "rumours"},
    )  # fmt: skip
    with pytest.raises(Refused, match="is under the watch 'High risk' since 2026-03-05"):
        watched(collector, customer)


def test_terms_of_ones_own_win_and_must_fit(company, collector, manager, customer):
    for terms, message in (
        ({"every_days": 0}, "Check every 1 to 365 days"),
        ({"way": "fax"}, "There is no way fax; use call, visit"),
        ({"agenda": ["x"] * 21}, "at most 20 points"),
    ):
        with pytest.raises(Refused, match=message), transaction.atomic():
            watched(collector, customer, "Own", **terms)
    watch = watched(
        collector, customer, "Own", way="visit", every_days=14, agenda=["Stock? ", " "],
        sponsor=manager,
    )  # fmt: skip
    assert (watch.way, watch.every_days, watch.agenda, watch.sponsor) == (
        "visit", 14, ["Stock?"], manager,
    )  # fmt: skip


def test_a_due_check_is_a_task_once_and_recording_it_does_the_task(company, collector, customer):
    watch = watched(collector, customer, every_days=7)
    assert [step(company), step(company)] == [1, 0]
    assert tasks() == [("check_in", "open", TODAY)]
    found = check(collector, watch)
    watch.refresh_from_db()
    assert (found.due_on, found.on, watch.next_on) == (TODAY, TODAY, NEXT_WEEK)
    assert tasks() == [("check_in", "done", TODAY)]
    days = [TODAY + timedelta(days=n) for n in range(1, 8)]
    assert [step(company, day) for day in days] == [0] * 6 + [1]
    with pytest.raises(Refused, match="anna recorded a check of today already"):
        check(collector, watch)


def test_a_late_step_asks_for_the_same_check_as_daily_ones(company, collector, customer):
    watched(collector, customer)
    step(company, TODAY + timedelta(days=3))
    assert tasks() == [("check_in", "open", TODAY)]


def test_a_check_falls_on_a_business_day(company, collector, customer):
    watch = watched(collector, customer, every_days=2)
    check(collector, watch)
    watch.refresh_from_db()
    assert watch.next_on == date(2026, 3, 9)


def test_the_cycle_proposes_and_a_person_starts_or_declines(company, collector, customer):
    in_force(company)
    owing(customer, 2_500_00, days_late=10)
    assert [step(company), step(company)] == [1, 0]
    watch = Watch.objects.get()
    assert (watch.status, watch.playbook, watch.by, watch.reason) == (
        "proposed", "High risk", "system",
        "Oldest item 10 days late; 100 % of what is open is overdue.",
    )  # fmt: skip
    assert tasks() == []
    accept_watch(actor=acting(collector), watch=watch, terms=WatchTerms(), **ON)
    watch.refresh_from_db()
    assert (watch.status, watch.by) == ("running", "anna")
    with pytest.raises(Refused, match="marked: under watch"):
        accept_watch(actor=acting(collector), watch=watch, terms=WatchTerms(), **ON)
    end_watch(actor=acting(collector), watch=watch, result="all is well", **ON)
    quiet = [TODAY + timedelta(days=n) for n in range(1, 20)]
    assert [step(company, day) for day in quiet] == [0] * 19
    # the item is thirty days late by then, which the matrix asks to escalate, too
    assert step(company, TODAY + timedelta(days=20)) == 2
    assert Watch.objects.filter(status="proposed").count() == 1


def test_a_proposal_whose_conditions_are_gone_is_taken_back(company, customer):
    in_force(company)
    item = owing(customer, 2_500_00, days_late=10)
    step(company)
    pay(customer, "P1", {item: 2_500_00})
    assert [step(company), step(company)] == [1, 0]
    watch = Watch.objects.get()
    assert (watch.status, watch.ended_by) == ("ended", "system")
    assert verbs(company)[-2:] == ["watch.proposed", "watch.declined"]


def test_a_watch_that_may_end_says_so_and_a_person_ends_it(company, collector, customer):
    in_force(company)
    item = owing(customer, 2_500_00, days_late=10)
    watch = watched(collector, customer)
    step(company)
    check(collector, watch)
    pay(customer, "P1", {item: 2_500_00})
    assert [step(company), step(company)] == [1, 0]
    watch.refresh_from_db()
    assert (watch.status, watch.may_end_on) == ("running", TODAY)
    owing(customer, 10_00, days_late=2, number="R2")
    assert [step(company), step(company)] == [1, 0]
    watch.refresh_from_db()
    assert watch.may_end_on is None
    with pytest.raises(Refused, match="Say what came of the watch"):
        end_watch(actor=acting(collector), watch=watch, result="", **ON)
    end_watch(actor=acting(collector), watch=watch, result="paid up", **ON)
    with pytest.raises(Refused, match="marked: ended by anna on 2026-03-05"):
        end_watch(actor=acting(collector), watch=watch, result="again", **ON)
    with pytest.raises(Refused, match="does not run"):
        check(collector, watch, on=TODAY + timedelta(days=1))
    assert WatchCheck.objects.count() == 1


def test_changing_a_watch_moves_its_next_check(company, collector, manager, customer):
    watch = watched(collector, customer)
    step(company)
    change = {"actor": acting(collector), "watch": watch, "terms": WatchTerms(every_days=3), **ON}
    change_watch(**change, next_on=NEXT_WEEK)
    watch.refresh_from_db()
    assert (watch.every_days, watch.next_on) == (3, NEXT_WEEK)
    assert tasks() == [("check_in", "cancelled", TODAY)]
    count = len(verbs(company))
    change_watch(**change)
    assert len(verbs(company)) == count
    with pytest.raises(Refused, match="next check has passed"):
        change_watch(**change, next_on=TODAY - timedelta(days=1))


def frozen(user, watch, reason="insolvency looms"):
    return propose_freeze(actor=acting(user), watch=watch, reason=reason, **ON)


def test_a_freeze_needs_a_second_person_and_stops_no_collecting(
    company, collector, manager, customer
):
    owing(customer, 2_500_00)
    watch = watched(collector, customer)
    freeze = frozen(collector, watch)
    request = ApprovalRequest.objects.get()
    assert (request.act, request.needs_role, request.amount_minor, freeze.status) == (
        "freeze", "credit_manager", 2_500_00, "pending",
    )  # fmt: skip
    with pytest.raises(Refused, match="anna asked for a freeze on 2026-03-05"):
        frozen(manager, watch)
    with pytest.raises(Refused, match="The exposure may be frozen; lift or withdraw"):
        end_watch(actor=acting(collector), watch=watch, result="done", **ON)
    decide_approval(actor=acting(manager), request=request, approve=True, **ON)
    freeze.refresh_from_db()
    assert (freeze.status, freeze.approved_by, freeze.frozen_on) == ("standing", "mona", TODAY)
    assert Hold.objects.count() == 0
    lift_freeze(actor=acting(manager), freeze=freeze, reason="guarantee is in", **ON)
    with pytest.raises(Refused, match="marked: lifted by mona on 2026-03-05"):
        lift_freeze(actor=acting(manager), freeze=freeze, reason="again", **ON)
    assert verbs(company)[-3:] == [
        "exposure.frozen", "approval.approved", "exposure.released",
    ]  # fmt: skip
    end_watch(actor=acting(collector), watch=watch, result="done", **ON)


def test_nobody_approves_a_freeze_of_their_own(company, collector, manager, customer):
    watch = watched(manager, customer)
    frozen(manager, watch)
    with pytest.raises(Refused, match="somebody else has to decide it"):
        decide_approval(
            actor=acting(manager), request=ApprovalRequest.objects.get(), approve=True, **ON
        )


@pytest.mark.parametrize("how", ["reject", "withdraw"])
def test_a_freeze_that_is_not_wanted_ends(company, collector, manager, customer, how):
    watch = watched(collector, customer)
    freeze = frozen(collector, watch)
    request = ApprovalRequest.objects.get()
    if how == "reject":
        decide_approval(
            actor=acting(manager), request=request, approve=False, reason="no need", **ON
        )
    else:
        withdraw_approval(actor=acting(collector), request=request, **ON)
    freeze.refresh_from_db()
    assert freeze.status == "rejected"
    assert frozen(collector, watch).status == "pending"


def test_only_a_watched_customer_is_frozen(company, collector, customer):
    watch = watched(collector, customer)
    end_watch(actor=acting(collector), watch=watch, result="done", **ON)
    with pytest.raises(Refused, match="Only the exposure of a customer under watch"):
        frozen(collector, watch)
    assert ExposureFreeze.objects.count() == 0


def test_a_customer_of_another_company_is_out_of_reach(company, rival, collector, customer):
    watch = watched(collector, customer)
    with pytest.raises(Refused, match="another company"):
        watched(rival, customer)
    with pytest.raises(Refused, match="another company"):
        check(rival, watch)
    assert add_customer(company, "K9").watches.count() == 0
