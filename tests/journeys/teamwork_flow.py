"""Crash scenario: work is handed on and rises, a meeting decides, the assistant does as told."""

from datetime import UTC, date, datetime, timedelta

from dunwell.actions.assistant_talks import save_assistant_setting
from dunwell.actions.companies import add_company
from dunwell.actions.escalation_steps import rise_escalations
from dunwell.actions.escalations import acknowledge_escalation, resolve_escalation
from dunwell.actions.gate import staff, system
from dunwell.actions.hand_off_steps import escalate_hand_offs
from dunwell.actions.hand_offs import ask_hand_off, finish_hand_off, take_hand_off
from dunwell.actions.meetings import carry_out_decision, decide_in_meeting, hold_meeting
from dunwell.models import (
    AssistantConversation,
    Company,
    Customer,
    Escalation,
    HandOff,
    Meeting,
    MeetingDecision,
    PortalSeat,
    User,
)
from dunwell.queries.stuck_money import agenda_points
from tests.actions.assistant_rows import asked_for_a_yes, human, keep, yes_to
from tests.actions.escalation_rows import in_force
from tests.actions.ledger_rows import invoice
from tests.conftest import add_user
from tests.portal.seats import seat_of

AT = datetime(2026, 3, 5, 9, tzinfo=UTC)
DAY = date(2026, 3, 5)
PROTOCOL = """\
playbooks:
  valid_from: {day}
  hours: {{opens: 9, closes: 17, hand_off: 4, mention: 8}}
  matrix:
    - kind: hand_off
      rungs:
        - {{role: sales, answer_hours: 2}}
        - {{role: credit_manager, answer_hours: 2}}
"""


def on(days=0):
    """The day and the moment of a step."""
    return {"as_of": DAY + timedelta(days=days), "at": AT + timedelta(days=days)}


def prepare():
    """Two people of the desk, a protocol, and a customer with a seat and an invoice forty days late."""
    company = add_company(
        name="Teams", zone="UTC", country="DE", currency="EUR", language="en", at=AT
    )
    for name in ("anna", "mona"):
        add_user(company, name, "credit_manager", "sales")
    in_force(company, PROTOCOL, on=DAY)
    save_assistant_setting(actor=system(company), version=0, is_on=True, at=AT)
    customer = Customer.objects.create(company=company, number="K1", name="Acme", recorded_at=AT)
    late = {"issued_on": DAY - timedelta(days=70), "due_on": DAY - timedelta(days=40)}
    invoice(customer, "R1", 1_500_00, **late)
    seat_of(customer)


def run():
    """Go through it all; run again after a crash it goes on where it was."""
    company = Company.objects.get()
    anna, mona = (staff(User.objects.get(username=name), company) for name in ("anna", "mona"))
    _work(company, anna, mona)
    _meet(company, anna, mona)
    _talk(PortalSeat.objects.get())


def _work(company, anna, mona):
    """A hand-off that nobody takes is put higher, rises, and is answered with it."""
    if not HandOff.objects.exists():
        ask_hand_off(
            actor=anna, customer=Customer.objects.get(), to_desk="sales", what="Ask who signs",
            to_user=User.objects.get(username="mona"), **on(),
        )  # fmt: skip
    escalate_hand_offs(actor=system(company), **on(4))
    rise_escalations(actor=system(company), **on(9))
    matter, work = Escalation.objects.get(), HandOff.objects.get()
    if matter.status == "raised":
        acknowledge_escalation(actor=mona, escalation=matter, note="I look", **on(9))
    if work.status == "asked":
        take_hand_off(actor=mona, hand_off=work, **on(9))
    if HandOff.objects.get().status == "taken":
        finish_hand_off(actor=mona, hand_off=work, result="The CFO signs", **on(10))
    if Escalation.objects.get().status == "acknowledged":
        resolve_escalation(actor=mona, escalation=matter, result="It is answered", **on(10))


def _meet(company, anna, mona):
    """The day's agenda is kept; a decision about its point is a task, and carried out."""
    if not Meeting.objects.exists():
        points = agenda_points(company, as_of=on(11)["as_of"])
        hold_meeting(actor=anna, name="Monday", points=points, **on(11))
    meeting = Meeting.objects.get()
    if not MeetingDecision.objects.exists():
        decide_in_meeting(
            actor=anna, meeting=meeting, point=meeting.points.get(), text="call the owner",
            owner=User.objects.get(username="mona"), due_on=DAY + timedelta(days=20), **on(11),
        )  # fmt: skip
    decision = MeetingDecision.objects.get()
    if decision.done_on is None:
        carry_out_decision(actor=mona, decision=decision, outcome="they pay", **on(12))


def _talk(seat):
    """A promise is read back, made by a yes, and the talk handed to a person."""
    talk = AssistantConversation.objects.first()
    if talk is None or not talk.turns:
        talk = asked_for_a_yes(seat, **on(12))
    for number, text in ((2, yes_to), (3, human)):
        if talk.turns < number:
            keep(talk, text(talk, as_of=on(12)["as_of"]), **on(12))
            talk = AssistantConversation.objects.get(pk=talk.pk)
