"""Two people answer the same thing at once: `python -m tests.actions.teamwork_race`.

It works on the database that the environment names, which must be empty, and prints one JSON
line: {"database", "events": how often each answer was written down, "tasks", "promises", "turns",
"unexpected": errors that are no refusal}.
"""

import json
import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import django

from tests.actions.debit_race import at_once
from tests.migrated import migrate

ROUNDS = 2
ANSWERS = (
    "hand_off.taken",
    "escalation.acknowledged",
    "meeting.held",
    "meeting_decision.taken",
    "meeting_decision.done",
    "promise.recorded",
    "assistant.answered",
)


def main():
    """In each round two take, acknowledge, decide and carry out, and one says yes twice and more."""
    django.setup()
    from django.db import connection

    from dunwell.actions.assistant_talks import save_assistant_setting
    from dunwell.actions.escalations import acknowledge_escalation
    from dunwell.actions.gate import staff, system
    from dunwell.actions.hand_offs import ask_hand_off, take_hand_off
    from dunwell.actions.meetings import carry_out_decision, decide_in_meeting, hold_meeting
    from dunwell.models import (
        AssistantTurn,
        Company,
        Event,
        Meeting,
        MeetingDecision,
        Promise,
        Task,
    )
    from dunwell.queries.stuck_money import agenda_points
    from tests.actions.assistant_rows import asked_for_a_yes, keep, yes_to
    from tests.actions.escalation_rows import owing, raised
    from tests.conftest import AT, TODAY, add_customer, add_user
    from tests.portal.seats import seat_of

    migrate()
    company = Company.objects.create(
        name="Northwind", zone="UTC", country="DE", currency="EUR", created_at=AT
    )
    people = [add_user(company, name, "credit_manager", "sales") for name in ("mia", "max")]
    both = [staff(one, company) for one in people]
    save_assistant_setting(actor=system(company), version=0, is_on=True, at=AT)
    on, unexpected = {"as_of": TODAY, "at": AT}, []
    for number in range(ROUNDS):
        customer = add_customer(company, f"K{number}")
        owing(customer, number=f"R{number}")
        work = ask_hand_off(
            actor=both[0], customer=customer, to_desk="sales", what="Ask who signs", **on
        )
        at_once(
            unexpected,
            *[lambda who=who, work=work: take_hand_off(actor=who, hand_off=work, **on)
              for who in both],
        )  # fmt: skip
        matter = raised(people[0], customer, "other")
        at_once(
            unexpected,
            *[lambda who=who, one=matter: acknowledge_escalation(actor=who, escalation=one, **on)
              for who in both],
        )  # fmt: skip
        points = agenda_points(company, as_of=TODAY)

        def hold(who, number=number, points=points):
            hold_meeting(actor=who, name=f"Week {number}", points=points, **on)

        at_once(unexpected, *[lambda who=who, hold=hold: hold(who) for who in both])
        meeting = Meeting.objects.get(name=f"Week {number}")
        point = meeting.points.get(customer=customer)

        def decide(who, meeting=meeting, point=point):
            decide_in_meeting(
                actor=who, meeting=meeting, point=point, text="call the owner", owner=people[0],
                due_on=TODAY + timedelta(days=7), **on,
            )  # fmt: skip

        at_once(unexpected, *[lambda who=who, decide=decide: decide(who) for who in both])
        decision = MeetingDecision.objects.get(meeting=meeting)

        def carry_out(who, decision=decision):
            carry_out_decision(actor=who, decision=decision, outcome="they pay", **on)

        at_once(unexpected, *[lambda who=who, do=carry_out: do(who) for who in both])
        talk = asked_for_a_yes(seat_of(customer, email=f"p{number}@buyer.example"))
        yes = yes_to(talk)
        # a button pressed twice, and the same page in another window
        at_once(
            unexpected,
            *[lambda key=key, talk=talk, yes=yes: keep(talk, replace(yes, key=key))
              for key in ("one", "one", "two")],
        )  # fmt: skip
    told = {
        "database": connection.vendor,
        "events": Counter(
            Event.objects.filter(verb__in=ANSWERS).values_list("verb", flat=True).order_by("verb")
        ),
        "tasks": Task.objects.filter(status="open").count(),
        "promises": Promise.objects.count(),
        "turns": AssistantTurn.objects.count(),
        "unexpected": unexpected,
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
