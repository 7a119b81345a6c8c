"""Taking back a call result that was recorded by mistake."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.models import Customer, Event, Note, Snooze, Task

TAKEN_BACK = "note.taken_back"


@transaction.atomic
def take_back_call(*, actor: Actor, note: Note, as_of: date, at: datetime) -> None:
    """Put a customer back as it was before a call was recorded by mistake today.

    The result stays in the history beside the event that it was taken back, as does the contact
    attempt: the next call recorded today is that one. A customer put aside by the call comes
    back, and the tasks it completed are open again. Raises Refused for a call of another day or
    person, or one taken back before.
    """
    actor.require("note.record")
    if note.company_id != actor.company.pk:
        raise Refused("This call belongs to another company.")
    if note.kind != Note.Kind.CALL or note.on != as_of or note.by != actor.name:
        raise Refused("Only a call that you recorded today can be taken back.")
    # Two at once: the second one waits here and then sees that the first took it back.
    Customer.objects.select_for_update(no_key=True).get(pk=note.customer_id)
    told = Event.objects.filter(company=actor.company, subject="note", subject_id=note.pk)
    if told.filter(verb=TAKEN_BACK).exists():
        raise Refused("This call was taken back before.")
    recorded = told.filter(verb="note.recorded").order_by("seq").first()
    completed = [] if recorded is None else recorded.data.get("completed_tasks", [])
    if note.next_on is not None:
        Snooze.objects.filter(customer=note.customer_id, until_on=note.next_on).delete()
    reopened = [_open_again(key, as_of=as_of, at=at).pk for key in completed]
    record_event(
        actor,
        TAKEN_BACK,
        note,
        at=at,
        customer_id=note.customer_id,
        on=as_of.isoformat(),
        reopened_tasks=reopened,
    )


def _open_again(key: int, *, as_of: date, at: datetime) -> Task:
    """Return an open task like one that was completed: done stays done, so it is a new one."""
    task = Task.objects.get(pk=key)
    again, _ = Task.objects.get_or_create(
        customer_id=task.customer_id,
        kind=task.kind,
        status=Task.Status.OPEN,
        defaults={
            "company_id": task.company_id,
            "message_id": task.message_id,
            "reason": task.reason,
            "due_on": task.due_on,
            "as_of": as_of,
            "recorded_at": at,
        },
    )
    return again
