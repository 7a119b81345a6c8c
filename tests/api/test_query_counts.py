"""What a list costs: the same number of queries for one row and for three."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell import clock
from dunwell.actions.contacts import add_contact
from dunwell.actions.disputes import open_dispute
from dunwell.actions.gate import system
from dunwell.actions.holds import place_hold
from dunwell.actions.notes import record_note
from dunwell.actions.promises import record_promise
from dunwell.actions.uploads import Upload, receive_upload
from dunwell.models import Customer, Task
from tests.actions.ledger_rows import invoice, payment
from tests.actions.test_messages import message_to
from tests.api.books import LEDGER
from tests.api.prediction_books import keep_predictions
from tests.conftest import AT, TODAY, add_customer, add_user
from tests.queries.test_worklist import ranked

ON = {"as_of": TODAY, "at": AT}
SIGN_IN = 2
"""The token with its owner and company, and the owner's roles."""

COSTS = {
    "/customers": 2,
    "/items": 4,
    "/items?scope=all": 4,
    "/items?as_of=2026-03-04": 4,
    "/items/totals": 2,  # one asks whether the book is a large one
    "/payments": 1,
    "/promises": 1,
    "/disputes": 1,
    "/holds": 1,
    "/contact-rules": 2,
    "/contact-attempts": 1,
    "/worklist": 2,
    "/worklist/plan": 3,
    "/tasks": 1,
    "/messages": 2,
    "/strategies": 2,
    "/events": 1,
    "/rates": 2,
    "/imports": 1,
    "/users": 4,
    "/tokens": 1,
    "/kpis": 1,
    "/aging": 2,
    "/model": 4,
    "/model/versions": 4,
    "/model/checks": 1,
    "/predictions": 1,
    "/model/training": 0,
    "/forecast": 1,
    "/forecast/outlook": 2,
    "/forecast/outlook/accuracy": 3,
    "/forecast/outlook/EUR/levers": 1,
    "/forecast/outlook/EUR/week/1": 4,
    "/process": 1,
    "/forecast/EUR/1": 3,
    "/scores": 1,
    "/scores/bands": 1,
    "/scores/moves": 2,
    "/analyses": 1,
    "/benchmarks/industry-figures": 2,
    "/anomalies": 1,
    "/anomalies/counts": 1,
    "/experiments": 2,
    "/choices": 1,
    "/choices/counts": 2,
    "/predictions.csv": 1,
    "/choices.csv": 1,
    "/account-statements": 1,
}
"""Queries of each list besides signing in."""


def fill(company, count):
    """Add `count` customers, each with one of everything that is listed."""
    actor, items = system(company), []
    for number in range(count):
        customer = add_customer(company, f"K{number}")
        item, other = invoice(customer, f"R{number}", 50_00), invoice(customer, f"S{number}", 5_00)
        payment(customer, f"P{number}", 7_00)
        record_promise(actor=actor, customer=customer, amounts={item: 10_00}, due_on=TODAY, **ON)
        open_dispute(actor=actor, item=other, amount_minor=1_00, reason="price", **ON)
        place_hold(actor=actor, customer=customer, reason="legal", **ON)
        add_contact(actor=actor, customer=customer, email=f"a{number}@x.example", at=AT)
        record_note(actor=actor, customer=customer, kind="note", text="asked", **ON)
        message_to(customer, items=[(item, 50_00)])
        receive_upload(
            actor=actor, files=[Upload(name="ledger.csv", data=LEDGER + b"#" * number)], at=AT
        )
        ranked(customer, number + 1)
        items.append(item)
        add_user(company, f"user{number}", "collector")
    keep_predictions(company, items=items, today=TODAY, at=AT)


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_costs_the_same_however_long_it_is(as_anyone, company, count):
    fill(company, count)
    assert (Customer.objects.count(), Task.objects.count()) == (count, count)
    assert clock.today(company.zone) >= TODAY
    told = {}
    for path in COSTS:
        with CaptureQueriesContext(connection) as ran:
            assert as_anyone.get(path).status_code == 200
        told[path] = len(ran) - SIGN_IN

    assert told == COSTS
