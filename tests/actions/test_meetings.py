"""Meetings, their decisions, suggestions, and words for what was done."""

from datetime import timedelta

import pytest

from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.initiatives import InitiativeTerms, propose_initiative
from dunwell.actions.meetings import carry_out_decision, decide_in_meeting, hold_meeting
from dunwell.actions.payments import apply_payment
from dunwell.actions.recognition import recognise
from dunwell.actions.voices import decline_voice, hear_customer, say_voice, take_up_voice
from dunwell.models import Event, Milestone, Survey, Task, Voice
from dunwell.queries.meetings import meeting_decision_rows
from dunwell.queries.recognition import words_of_day
from dunwell.queries.stuck_money import agenda_points
from tests.actions.desk import acting
from tests.actions.escalation_rows import owing
from tests.actions.ledger_rows import payment
from tests.conftest import AT, TODAY, add_customer

ON = {"as_of": TODAY, "at": AT}


def held(company, manager, name="Monday"):
    points = agenda_points(company, as_of=TODAY)
    return hold_meeting(actor=acting(manager), name=name, points=points, **ON)


def decided(manager, meeting, owner, text="call the owner", **more):
    return decide_in_meeting(
        actor=acting(manager), meeting=meeting, text=text, owner=owner,
        due_on=TODAY + timedelta(days=7), **ON, **more,
    )  # fmt: skip


def told(company, *verbs):
    found = Event.objects.filter(company=company, verb__in=verbs).order_by("seq")
    return list(found.values_list("verb", "actor"))


def test_a_meeting_keeps_its_agenda_and_a_decision_about_a_point_is_a_task(
    company, manager, collector, customer
):
    item = owing(customer)
    meeting = held(company, manager)
    point = meeting.points.get()
    assert (point.reason, point.stuck_minor, point.items) == (
        "silent", 1_500_00, [[item.pk, 1_500_00]],
    )  # fmt: skip
    decision = decided(manager, meeting, collector, point=point)
    assert Task.objects.get().reason == "call the owner"
    carry_out_decision(actor=acting(collector), decision=decision, outcome="they pay", **ON)
    with pytest.raises(Refused, match="done already"):
        carry_out_decision(actor=acting(manager), decision=decision, outcome="again", **ON)
    assert told(company, "meeting.held", "meeting_decision.taken", "meeting_decision.done") == [
        ("meeting.held", "mona"), ("meeting_decision.taken", "mona"),
        ("meeting_decision.done", collector.username),
    ]  # fmt: skip


def test_what_makes_no_decision_is_refused_and_leaves_nothing(
    company, manager, collector, customer
):
    owing(customer)
    meeting, other = held(company, manager), held(company, manager, "Tuesday")
    decision = decided(manager, meeting, manager)
    for wrong in (
        lambda: held(company, manager),
        lambda: decided(manager, meeting, manager),
        lambda: decided(manager, meeting, manager, "other", point=other.points.get()),
    ):
        with pytest.raises(Refused):
            wrong()
    with pytest.raises(Forbidden):
        decided(collector, meeting, collector, "mine")
    with pytest.raises(Forbidden):
        carry_out_decision(actor=acting(collector), decision=decision, outcome="not mine", **ON)
    assert (meeting.decisions.count(), other.decisions.count(), Task.objects.count()) == (1, 0, 0)


def test_a_suggestion_without_a_name_leaves_no_trace_of_whose_it_is(company, collector):
    say_voice(actor=acting(collector), text="fewer forms", is_named=False, **ON)
    with pytest.raises(Refused, match="in the box already"):
        say_voice(actor=acting(collector), text="fewer forms", is_named=True, **ON)
    assert Voice.objects.get().author is None
    assert told(company, "voice.said") == [("voice.said", "system")]


def initiative(manager, name="One list"):
    terms = InitiativeTerms(
        name=name, kpi="dso", currency="EUR", target="50", target_on=TODAY + timedelta(days=90),
        place="calls", change="one", measure="series", owner=manager,
    )  # fmt: skip
    return propose_initiative(actor=acting(manager), terms=terms, **ON)


def test_words_of_customers_and_colleagues_reach_an_improvement_or_a_reason(
    company, manager, collector, customer
):
    survey = Survey.objects.create(
        company=company, customer=customer, kind="csat", occasion="payment", subject_id=1,
        nonce="n", token_hash="h", asked_on=TODAY, until_on=TODAY, score=2, comment="Too late.",
        answered_at=AT, recorded_at=AT,
    )  # fmt: skip
    heard = hear_customer(actor=acting(manager), survey=survey, **ON)
    assert hear_customer(actor=acting(manager), survey=survey, **ON) == heard
    said = say_voice(actor=acting(collector), text="one list", is_named=True, **ON)
    decline_voice(actor=acting(manager), voice=heard, answer="not ours", at=AT)
    with pytest.raises(Refused):
        decline_voice(actor=acting(manager), voice=heard, answer="again", at=AT)
    better = initiative(manager)
    take_up_voice(actor=acting(manager), voice=said, initiative=better, answer="", at=AT)
    with pytest.raises(Forbidden):
        decline_voice(actor=acting(collector), voice=said, answer="no", at=AT)
    assert list(Voice.objects.order_by("pk").values_list("status", "initiative", "answer")) == [
        ("declined", None, "not ours"), ("taken", better.pk, ""),
    ]  # fmt: skip
    assert [verb for verb, _ in told(company, "voice.heard", "voice.declined", "voice.taken")] == [
        "voice.heard", "voice.declined", "voice.taken",
    ]  # fmt: skip


def test_a_word_is_kept_once_when_money_came_and_nobody_complained_for_two_weeks(
    company, manager, collector
):
    customers = [add_customer(company, f"C{n}") for n in (1, 2)]
    for customer in customers:
        owing(customer, number=customer.number)
    meeting = held(company, manager)
    for point in meeting.points.select_related("customer"):
        made = decided(manager, meeting, collector, point.customer.number, point=point)
        carry_out_decision(actor=acting(collector), decision=made, outcome="asked", **ON)
    soon = {"as_of": TODAY, "at": AT + timedelta(minutes=1)}
    paid = payment(customers[0], "P1", 1_500_00, **soon)
    apply_payment(
        actor=system(company), payment=paid, amounts={customers[0].items.get(): 1_500_00}, **soon
    )
    later = TODAY + timedelta(days=14)
    on = {"as_of": later, "at": AT + timedelta(days=14)}

    assert {one.held_back for one in words_of_day(company, as_of=TODAY)} == {"waits"}
    words = words_of_day(company, as_of=later)
    assert {one.deed.name: one.held_back for one in words} == {"C1": "", "C2": "unpaid"}
    assert recognise(actor=system(company), words=words, **on) == 1
    assert recognise(actor=system(company), words=words, **on) == 0
    kept = Milestone.objects.get()
    assert (kept.kind, kept.user, kept.name) == ("decision", collector, "C1")
    assert kept.figures["paid_minor"] == 1_500_00
    assert {row.text: row.paid_minor for row in meeting_decision_rows(company, as_of=later)} == {
        "C1": 1_500_00, "C2": 0,
    }  # fmt: skip
