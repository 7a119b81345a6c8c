"""Hand-offs from desk to desk: asked, taken on, done, given back; late ones are escalated once."""

from datetime import UTC, datetime, timedelta

import pytest

from dunwell.actions.duties import end_duty, plan_duty
from dunwell.actions.escalation_steps import rise_escalations
from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.hand_off_steps import escalate_hand_offs
from dunwell.actions.hand_offs import (
    ask_hand_off,
    finish_hand_off,
    give_back,
    take_hand_off,
    withdraw_hand_off,
)
from dunwell.actions.workforce import record_absence, take_cover
from dunwell.models import Duty, Escalation, Event, HandOff, TeamMail
from dunwell.queries.hand_offs import hand_off_reader, hand_off_rows
from tests.actions.desk import acting, last_event, verbs
from tests.actions.escalation_rows import in_force, owing
from tests.conftest import AT, TODAY, add_customer, add_user

ON = {"as_of": TODAY, "at": AT}
HOUR = timedelta(hours=1)
PROTOCOL = """\
playbooks:
  valid_from: {day}
  hours: {{opens: 9, closes: 17, hand_off: 4, mention: 8}}
  matrix:
    - kind: hand_off
      rungs:
        - {{role: sales, on_call: true, answer_hours: 2}}
        - {{role: credit_manager, answer_hours: 2, from_days: 30}}
"""


@pytest.fixture
def sara(company):
    return add_user(company, "sara", "sales")


@pytest.fixture
def sam(company):
    return add_user(company, "sam", "sales")


def asked(by, customer, **changes):
    told = {"to_desk": "sales", "what": "Ask who signs", "context": "They say nobody does."}
    return ask_hand_off(actor=acting(by), customer=customer, **{**told, **changes}, **ON)


def mails():
    return list(TeamMail.objects.order_by("pk").values_list("kind", "user__username", "by"))


def test_a_desk_takes_it_on_and_says_what_came_of_it(company, collector, customer, sara, sam):
    item = owing(customer)
    work = asked(collector, customer, subject="item", subject_id=item.pk)
    assert (work.status, work.answer_by_at) == ("asked", datetime(2026, 3, 6, 9, tzinfo=UTC))
    taken = take_hand_off(actor=acting(sara), hand_off=work, **ON)
    assert (taken.status, taken.taken_by) == ("taken", "sara")
    with pytest.raises(Forbidden, match="This is with sara; you may not answer for them"):
        finish_hand_off(actor=acting(sam), hand_off=work, result="done", **ON)
    done = finish_hand_off(actor=acting(sara), hand_off=work, result="The CFO signs", **ON)
    assert (done.status, done.result, done.ended_by) == ("done", "The CFO signs", "sara")
    assert verbs(company) == ["hand_off.asked", "hand_off.taken", "hand_off.done"]
    assert mails() == [("answer", "anna", "sara"), ("answer", "anna", "sara")]
    with pytest.raises(
        Refused, match="This hand-off is marked: done, by sara; load the page again"
    ):
        give_back(actor=acting(sara), hand_off=work, reason="late", **ON)


def test_a_named_person_or_its_cover_answers_and_nobody_else(
    company, collector, customer, sara, sam
):
    work = asked(collector, customer, to_user=sara)
    assert mails() == [("hand_off", "sara", "anna")]
    with pytest.raises(Forbidden, match="This is with sara"):
        take_hand_off(actor=acting(sam), hand_off=work, **ON)
    away = record_absence(
        actor=acting(sara), user=sara, kind="sick", from_on=TODAY, until_on=TODAY, cover=sam,
        note="Ask for the order first", **ON,
    )  # fmt: skip
    with pytest.raises(Forbidden, match="Only the colleague who covers"):
        take_cover(actor=acting(sara), absence=away, at=AT)
    assert take_cover(actor=acting(sam), absence=away, at=AT).seen_at == AT
    given = give_back(actor=acting(sam), hand_off=work, reason="She is ill", **ON)
    assert (given.status, given.to_user, given.by_user) == ("given_back", sara, collector)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"to_desk": "lunch"}, "There is no desk lunch; use credit,"),
        ({"what": " "}, "Say what is to be done."),
        ({"to_desk": "support"}, "Nobody sits at the desk Support; give somebody a role of it"),
        ({"due_on": TODAY - timedelta(days=1)}, "The day it is needed has passed already."),
        ({"subject": "promise", "subject_id": 7}, "Globex has no promise 7; choose another."),
        ({"subject": "item"}, "Globex has no item None; choose another."),
        ({"to_user": "collector"}, "anna does not sit at the desk Sales; choose a colleague."),
    ],
)
def test_what_cannot_be_handed_off_says_why(
    company, collector, manager, customer, sara, changes, message
):
    if "to_user" in changes:
        changes = {"to_user": collector}
    with pytest.raises(Refused) as refusal:
        asked(manager, customer, **changes)
    assert str(refusal.value).startswith(message.replace("Globex", customer.name))
    assert (HandOff.objects.count(), Event.objects.count()) == (0, 0)


def test_the_same_work_is_open_once_and_who_asked_takes_it_back(
    company, collector, customer, sara
):
    work = asked(collector, customer)
    with pytest.raises(Refused, match="Sales has this already for Acme; see the open ones"):
        asked(collector, customer)
    with pytest.raises(Forbidden, match="anna asked for this"):
        withdraw_hand_off(actor=acting(sara), hand_off=work, reason="why not", **ON)
    withdraw_hand_off(actor=acting(collector), hand_off=work, reason="They paid", **ON)
    assert asked(collector, customer).status == "asked"


def test_nobody_took_it_on_so_who_is_on_call_is_asked_then_the_manager_by_the_hour(
    company, collector, manager, sara, sam
):
    in_force(company, PROTOCOL)
    plan = {"role": "sales", "user": sam, "from_on": TODAY, "until_on": TODAY, **ON}
    duty = plan_duty(actor=acting(manager), **plan)
    assert plan_duty(actor=acting(manager), **plan) == duty
    with pytest.raises(Refused, match="sam is on call from 2026-03-05 to 2026-03-05 already"):
        plan_duty(actor=acting(manager), **{**plan, "user": sara})
    with pytest.raises(Refused, match="anna does not hold the role sales"):
        plan_duty(actor=acting(manager), **{**plan, "user": collector})
    old = add_customer(company, "OLD")
    owing(old)
    works = [asked(collector, old), asked(collector, old, what="And the order")]

    def run(at):
        told = {"actor": system(company), "as_of": at.date(), "at": at}
        return escalate_hand_offs(**told), rise_escalations(**told)

    assert works[0].answer_by_at == AT + 4 * HOUR
    assert run(AT + 3 * HOUR) == (0, 0)
    assert run(AT + 4 * HOUR) == (1, 0)
    (one,) = Escalation.objects.all()
    assert (one.kind, one.subject_id, one.to_user, one.age_days) == (
        "hand_off",
        works[0].pk,
        sam,
        40,
    )
    assert one.reason == "Sales did not take on: Ask who signs"
    assert mails()[-1] == ("escalation", "sam", "system")
    assert run(AT + 4 * HOUR) == (0, 0)
    assert run(AT + 6 * HOUR) == (0, 1)
    one.refresh_from_db()
    assert (one.rung, one.to_role, one.to_user, one.rung_on) == (2, "credit_manager", None, TODAY)
    assert one.answer_by_at == datetime(2026, 3, 6, 8, tzinfo=UTC) + HOUR
    Escalation.objects.update(status="resolved", resolved_on=TODAY)
    assert run(AT + 6 * HOUR) == (1, 0)
    end_duty(actor=acting(manager), duty=duty, **ON)
    assert last_event(company)[0] == "duty.ended"
    assert Duty.objects.get().ended_on == TODAY


def test_late_hand_offs_stay_where_no_rung_is_stated(company, collector, customer, sara):
    asked(collector, customer)
    late = {"as_of": TODAY, "at": AT + timedelta(days=30)}
    assert escalate_hand_offs(actor=system(company), **late) == 0


def test_the_list_shows_each_what_waits_and_how_long(company, collector, customer, sara, sam):
    named, open_one = (
        asked(collector, customer, to_user=sara),
        asked(collector, customer, what="B"),
    )
    HandOff.objects.filter(pk=named.pk).update(answer_by_at=AT - HOUR)

    def rows(user, scope):
        reader = hand_off_reader(company, user_id=user.pk, roles=acting(user).roles, as_of=TODAY)
        page = hand_off_rows(company, reader, scope=scope, **ON)
        return [(row.id, row.minutes_left, row.is_late) for row in page.rows]

    late, waits = (named.pk, -60, True), (open_one.pk, 480, False)
    assert rows(sara, "mine") == [late, waits]
    assert rows(sam, "mine") == [waits]
    assert rows(collector, "mine") == []
    assert rows(collector, "asked") == [late, waits]
    assert rows(sam, "late") == [late]
    assert rows(sam, "over") == []
