from datetime import timedelta

import pytest

from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.snoozes import snooze_customer, unsnooze_customer
from dunwell.models import Snooze
from tests.actions.desk import acting, verbs
from tests.conftest import AT, TODAY

NEXT = TODAY + timedelta(days=4)


def snooze(user, customer, **changes):
    arguments = {"until_on": NEXT, "as_of": TODAY, "at": AT, **changes}
    return snooze_customer(actor=acting(user), customer=customer, **arguments)


def test_a_second_snooze_replaces_the_first_and_the_same_again_changes_nothing(
    company, collector, manager, customer
):
    first = snooze(collector, customer, reason="on holiday")
    again = snooze(collector, customer, reason="on holiday")
    later = snooze(manager, customer, until_on=NEXT + timedelta(days=1))

    assert first.pk == again.pk == later.pk
    assert list(Snooze.objects.values_list("user", "until_on", "reason")) == [
        (manager.pk, NEXT + timedelta(days=1), "")
    ]
    assert verbs(company) == ["customer.snoozed", "customer.snoozed"]


def test_only_a_day_ahead_and_not_too_far_is_accepted(company, collector, customer):
    for until_on, sentence in [
        (TODAY, "Choose a day after today."),
        (
            TODAY + timedelta(days=91),
            "Snooze for at most 90 days; for longer, place a hold.",
        ),
    ]:
        with pytest.raises(Refused) as refusal:
            snooze(collector, customer, until_on=until_on)
        assert str(refusal.value) == sentence
    assert (Snooze.objects.count(), verbs(company)) == (0, [])


def test_taking_back_puts_the_customer_on_the_list_once(company, collector, customer):
    snooze(collector, customer)

    for _ in range(2):
        unsnooze_customer(actor=acting(collector), customer=customer, at=AT)

    assert Snooze.objects.count() == 0
    assert verbs(company) == ["customer.snoozed", "customer.unsnoozed"]


def test_snoozes_need_the_right_and_the_own_company(clerk, rival, customer):
    with pytest.raises(Forbidden, match="worklist.snooze"):
        snooze(clerk, customer)
    with pytest.raises(Refused, match="This customer belongs to another company"):
        snooze(rival, customer)
    with pytest.raises(Refused, match="This customer belongs to another company"):
        unsnooze_customer(actor=acting(rival), customer=customer, at=AT)
