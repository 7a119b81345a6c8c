"""Promises whose money was returned: they open again, unless something newer was agreed since."""

from datetime import date

import pytest

from dunwell.actions.gate import system
from dunwell.actions.payments import reverse_payment
from dunwell.actions.promised_amounts import record_promised_amount
from dunwell.actions.promises import record_promise, settle_promises
from dunwell.models import Promise
from tests.actions.desk import verbs
from tests.actions.ledger_rows import breaks, invoice
from tests.actions.plan_rows import accepted, policy, wish
from tests.actions.test_promises import pay
from tests.conftest import AT, TODAY

DUE = date(2026, 3, 20)
LATER = date(2026, 3, 10)


@pytest.fixture
def item(customer):
    return invoice(customer, "R1", 100_00)


@pytest.fixture
def told(company):
    return {"actor": system(company), "at": AT}


def outcomes():
    return list(Promise.objects.order_by("pk").values_list("outcome", "settled_on"))


def night(told, as_of=LATER):
    return settle_promises(**told, as_of=as_of)


def promised(told, customer, amounts, as_of=TODAY):
    return record_promise(**told, customer=customer, amounts=amounts, due_on=DUE, as_of=as_of)


def returned(told, money):
    reverse_payment(**told, payment=money, reason="returned", as_of=LATER)


def test_a_promise_made_since_holds_and_the_one_before_is_superseded(
    company, customer, item, told
):
    promised(told, customer, {item: 100_00})
    money = pay(customer, item, 100_00, LATER)
    night(told)
    returned(told, money)
    promised(told, customer, {item: 60_00}, as_of=LATER)

    assert night(told) == 1

    assert outcomes() == [("superseded", LATER), ("open", None)]
    assert verbs(company)[-1] == "promise.superseded"
    assert (night(told), breaks(company)) == (0, {})


def test_of_two_that_would_open_again_for_one_item_the_newer_does(company, customer, item, told):
    promised(told, customer, {item: 40_00})
    first = pay(customer, item, 40_00, LATER, number="B1")
    night(told)
    promised(told, customer, {item: 60_00}, as_of=LATER)
    second = pay(customer, item, 60_00, LATER, number="B2")
    night(told)
    assert [now for now, _ in outcomes()] == ["kept", "kept"]

    returned(told, first)
    returned(told, second)
    night(told)

    assert outcomes() == [("superseded", LATER), ("open", None)]
    assert breaks(company) == {}


def test_promises_of_other_items_open_again_side_by_side(company, customer, item, told):
    other = invoice(customer, "R2", 50_00)
    promised(told, customer, {item: 100_00})
    promised(told, customer, {other: 50_00})
    money = [pay(customer, item, 100_00, LATER), pay(customer, other, 50_00, LATER, number="B2")]
    night(told)
    for one in money:
        returned(told, one)

    assert night(told) == 2
    assert outcomes() == [("open", None), ("open", None)]


def test_an_amount_promised_since_holds_and_the_one_before_is_superseded(
    company, customer, item, told
):
    def amount(as_of):
        record_promised_amount(
            **told, customer=customer, currency="EUR", amount_minor=100_00, due_on=DUE, as_of=as_of
        )

    amount(TODAY)
    money = pay(customer, item, 100_00, LATER)
    night(told)
    returned(told, money)
    amount(LATER)

    night(told)

    assert outcomes() == [("superseded", LATER), ("open", None)]


def test_a_plan_agreed_since_holds_and_the_promise_is_superseded(
    company, customer, item, told, manager
):
    promised(told, customer, {item: 100_00})
    money = pay(customer, item, 100_00, LATER)
    night(told)
    returned(told, money)
    policy(company)
    accepted(manager, [item], wish(first_on=LATER), as_of=LATER)

    night(told)

    assert outcomes() == [("superseded", LATER)]
    assert breaks(company) == {}
