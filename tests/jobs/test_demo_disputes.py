"""The demo's cases: in every state, once, and the amounts of each balance."""

from collections import Counter
from datetime import timedelta

import time_machine

from dunwell.jobs.demo_disputes import STORIES, add_demo_cases
from dunwell.models import CreditRequest, DisputeCase, DisputeTask
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer

LONG_AGO = TODAY - timedelta(days=40)


def test_the_demo_has_cases_in_many_states_and_adds_them_once(company, manager):
    for n in range(len(STORIES)):
        invoice(add_customer(company, f"C{n}"), f"R{n}", 400_00, issued_on=LONG_AGO)
    with time_machine.travel(AT, tick=False):
        assert add_demo_cases(company.pk) == len(STORIES)
        assert add_demo_cases(company.pk) == 0
    states = Counter(DisputeCase.objects.values_list("status", flat=True))
    assert states == {
        "new": 3, "assigned": 1, "in_review": 1, "waiting_customer": 1, "waiting_internal": 2,
        "resolved": 2, "proposed": 1, "withdrawn": 1,
    }  # fmt: skip
    assert CreditRequest.objects.get().amount_minor == 100_00
    assert DisputeTask.objects.exclude(token_hash="").count() == 1


def test_without_a_manager_or_invoices_there_are_none(company, manager):
    assert add_demo_cases(company.pk) == 0
