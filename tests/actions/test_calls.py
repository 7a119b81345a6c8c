"""A call result that was recorded by mistake is taken back."""

from datetime import timedelta

import pytest

from dunwell.actions.calls import take_back_call
from dunwell.actions.gate import Refused
from dunwell.actions.notes import record_note
from dunwell.models import Snooze, Task
from tests.actions.desk import acting, last_event
from tests.conftest import AT, TODAY


@pytest.fixture
def call(collector, customer):
    Task.objects.create(
        company=customer.company, customer=customer, kind="call", reason="level 3",
        due_on=TODAY, as_of=TODAY, recorded_at=AT,
    )  # fmt: skip
    return record_note(
        actor=acting(collector),
        customer=customer,
        kind="call",
        result="reached",
        next_on=TODAY + timedelta(days=7),
        snooze=True,
        as_of=TODAY,
        at=AT,
    )


def test_the_customer_is_back_and_its_task_is_open_again(company, collector, customer, call):
    take_back_call(actor=acting(collector), note=call, as_of=TODAY, at=AT)

    again = Task.objects.get(status="open")
    assert (again.kind, again.reason, again.due_on) == ("call", "level 3", TODAY)
    assert not Snooze.objects.exists()
    assert last_event(company) == (
        "note.taken_back",
        "anna",
        customer.pk,
        {"on": TODAY.isoformat(), "reopened_tasks": [again.pk]},
    )


def test_a_customer_put_aside_until_another_day_stays_aside(collector, customer, call):
    Snooze.objects.filter(customer=customer).update(until_on=TODAY + timedelta(days=20))

    take_back_call(actor=acting(collector), note=call, as_of=TODAY, at=AT)

    assert Snooze.objects.count() == 1


def test_only_an_own_call_of_today_can_be_taken_back_and_once(collector, manager, call):
    for actor, day, why in (
        (acting(manager), TODAY, "Only a call that you recorded today can be taken back."),
        (
            acting(collector),
            TODAY + timedelta(days=1),
            "Only a call that you recorded today can be taken back.",
        ),
    ):
        with pytest.raises(Refused) as refused:
            take_back_call(actor=actor, note=call, as_of=day, at=AT)
        assert str(refused.value) == why

    take_back_call(actor=acting(collector), note=call, as_of=TODAY, at=AT)
    with pytest.raises(Refused) as refused:
        take_back_call(actor=acting(collector), note=call, as_of=TODAY, at=AT)
    assert str(refused.value) == "This call was taken back before."
    assert Task.objects.filter(status="open").count() == 1
