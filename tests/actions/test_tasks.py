import pytest

from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.tasks import cancel_task, complete_task
from dunwell.models import Task
from tests.actions.desk import acting, last_event, verbs
from tests.actions.test_notes import task_of
from tests.conftest import AT


def state(task):
    task.refresh_from_db()
    return task.status, task.done_by, task.done_at


def test_completing_marks_the_task_with_who_and_when(company, collector, customer):
    task = task_of(customer, "letter")

    complete_task(actor=acting(collector), task=task, at=AT)

    assert state(task) == ("done", "anna", AT)
    assert last_event(company) == ("task.done", "anna", customer.pk, {"kind": "letter"})


def test_cancelling_needs_a_reason(company, collector, customer):
    task = task_of(customer, "call")

    with pytest.raises(Refused, match="Say why the task need not be done"):
        cancel_task(actor=acting(collector), task=task, reason="", at=AT)
    assert (state(task), verbs(company)) == (("open", "", None), [])

    cancel_task(actor=acting(collector), task=task, reason="paid", at=AT)
    assert state(task) == ("cancelled", "anna", AT)
    assert last_event(company)[0::3] == ("task.cancelled", {"kind": "call", "reason": "paid"})


def test_of_two_people_at_once_one_is_told(company, collector, manager, customer):
    task = task_of(customer, "call")
    stale = Task.objects.get(pk=task.pk)
    complete_task(actor=acting(collector), task=task, at=AT)

    with pytest.raises(Refused) as refusal:
        cancel_task(actor=acting(manager), task=stale, reason="paid", at=AT)
    stale.refresh_from_db()
    with pytest.raises(Refused) as later:
        complete_task(actor=acting(manager), task=stale, at=AT)

    assert str(refusal.value) == "Somebody else has just finished this task; load the page again."
    assert str(later.value) == "This task is done already, by anna."
    assert verbs(company) == ["task.done"]


def test_a_message_that_waits_for_approval_is_not_ticked_off(collector, customer):
    task = task_of(customer, "approve")

    for finish in (
        lambda: complete_task(actor=acting(collector), task=task, at=AT),
        lambda: cancel_task(actor=acting(collector), task=task, reason="x", at=AT),
    ):
        with pytest.raises(Refused, match="Approve or cancel the message"):
            finish()


def test_tasks_need_the_right_and_the_own_company(clerk, rival, customer):
    task = task_of(customer, "call")

    with pytest.raises(Forbidden, match="task.complete"):
        complete_task(actor=acting(clerk), task=task, at=AT)
    with pytest.raises(Refused, match="This task belongs to another company"):
        complete_task(actor=acting(rival), task=task, at=AT)
