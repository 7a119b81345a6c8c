from datetime import timedelta

import pytest

from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.notes import record_note
from dunwell.models import Note, Snooze, Task
from tests.actions.desk import acting, last_event, verbs
from tests.conftest import AT, TODAY

NEXT = TODAY + timedelta(days=4)


def task_of(customer, kind):
    return Task.objects.create(
        company=customer.company,
        customer=customer,
        kind=kind,
        reason="standard, level 3",
        due_on=TODAY,
        as_of=TODAY,
        recorded_at=AT,
    )


def note(user, customer, **changes):
    arguments = {"kind": "call", "result": "reached", "as_of": TODAY, "at": AT, **changes}
    return record_note(actor=acting(user), customer=customer, **arguments)


def test_a_call_is_written_down_and_completes_the_open_call_tasks(company, collector, customer):
    call, letter = task_of(customer, "call"), task_of(customer, "letter")
    follow_up = task_of(customer, "broken_promise")

    written = note(collector, customer, why="cash", text=" will pay ", next_on=NEXT)

    assert (written.kind, written.result, written.why, written.text) == (
        "call",
        "reached",
        "cash",
        "will pay",
    )
    assert (written.on, written.by, written.at, written.next_on) == (TODAY, "anna", AT, NEXT)
    assert list(Task.objects.order_by("id").values_list("id", "status", "done_by", "done_at")) == [
        (call.pk, "done", "anna", AT),
        (letter.pk, "open", "", None),
        (follow_up.pk, "done", "anna", AT),
    ]
    assert last_event(company) == (
        "note.recorded",
        "anna",
        customer.pk,
        {
            "kind": "call",
            "result": "reached",
            "why": "cash",
            "next_on": NEXT.isoformat(),
            "completed_tasks": [call.pk, follow_up.pk],
        },
    )


def test_with_snooze_the_customer_leaves_the_worklist_until_the_next_day(
    company, collector, customer
):
    note(collector, customer, result="call_back", next_on=NEXT, snooze=True)

    assert list(Snooze.objects.values_list("customer", "user", "until_on", "reason")) == [
        (customer.pk, collector.pk, NEXT, "call_back")
    ]
    assert verbs(company) == ["note.recorded", "customer.snoozed"]


def test_a_remark_completes_no_task(collector, customer):
    task = task_of(customer, "call")

    note(collector, customer, kind="note", result="", text="new buyer")

    task.refresh_from_db()
    assert task.status == "open"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"kind": "fax"}, "There is no kind of note fax; use call, note, email, visit."),
        (
            {"result": "great"},
            (
                "There is no result great; use reached, no_answer, left_message, call_back, "
                "wrong_number, refuses, says_paid."
            ),
        ),
        (
            {"why": "mood"},
            (
                "There is no reason mood; use cash, not_received, not_approved, dispute, process, "
                "waiting_credit, insolvent."
            ),
        ),
        ({"result": ""}, "Say how the call went."),
        ({"kind": "note", "text": " "}, "Write a text."),
        ({"next_on": TODAY - timedelta(days=1)}, "The next day has already passed."),
        ({"snooze": True}, "Give the day on which the customer comes back."),
        ({"next_on": TODAY, "snooze": True}, "Choose a day after today."),
        ({"text": "x" * 2001}, "The text has 2001 characters; at most 2000 fit."),
    ],
)
def test_a_note_that_says_nothing_is_refused_and_leaves_nothing(
    company, collector, customer, change, sentence
):
    task = task_of(customer, "call")

    with pytest.raises(Refused) as refusal:
        note(collector, customer, **change)

    task.refresh_from_db()
    assert str(refusal.value) == sentence
    assert (Note.objects.count(), Snooze.objects.count(), verbs(company)) == (0, 0, [])
    assert task.status == "open"


def test_notes_need_the_right_and_the_own_company(reader, rival, customer):
    with pytest.raises(Forbidden, match="note.record"):
        note(reader, customer)
    with pytest.raises(Refused, match="This customer belongs to another company"):
        note(rival, customer)
