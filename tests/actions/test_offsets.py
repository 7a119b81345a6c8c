"""Netting with what we owe: agreed, put on items at once, and never money to give back."""

import pytest

from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.offsets import record_offset
from dunwell.actions.payments import reverse_allocation, reverse_payment
from dunwell.models import Allocation, PayerRelation, Payment
from tests.actions.desk import acting, last_event
from tests.actions.ledger_rows import breaks, invoice, open_amounts, postings
from tests.actions.refund_rows import approved_payee, proposed_refund
from tests.conftest import AT, TODAY

ON = {"as_of": TODAY, "at": AT}


@pytest.fixture
def item(customer):
    return invoice(customer, "R1", 100_00)


def agree(customer, **changes):
    values = {"kind": "netting", "recorded_by": "mona", "recorded_at": AT, **changes}
    return PayerRelation.objects.create(company=customer.company, customer=customer, **values)


def offset(user, customer, amounts, **changes):
    values = {
        "reference": "V-77", "currency": "EUR", "amount_minor": sum(amounts.values()),
        "reason": "their invoice 77", **ON, **changes,
    }  # fmt: skip
    return record_offset(actor=acting(user), customer=customer, amounts=amounts, **values)


def test_items_are_settled_by_what_we_owe(company, clerk, customer, item):
    agree(customer)

    made = offset(clerk, customer, {item: 60_00})

    assert (made.number, made.method, made.amount_minor) == ("OFF-V-77", "netting", 60_00)
    assert postings("payment", made) == [("offset", 60_00), ("unapplied", -60_00)]
    assert open_amounts(company) == {"R1": 40_00}
    assert last_event(company) == (
        "offset.recorded", "carla", customer.pk,
        {"reference": "V-77", "currency": "EUR", "amount_minor": 60_00,
         "reason": "their invoice 77"},
    )  # fmt: skip
    assert offset(clerk, customer, {item: 60_00}) == made and Payment.objects.count() == 1
    with pytest.raises(Refused, match="OFF-V-77 is recorded already, with other figures"):
        offset(clerk, customer, {item: 40_00})
    assert breaks(company) == {}


def test_taking_it_back_restores_everything(company, clerk, customer, item):
    agree(customer)
    made = offset(clerk, customer, {item: 60_00})

    back = reverse_payment(actor=acting(clerk), payment=made, reason="wrong", **ON)

    assert postings("payment", back) == [("unapplied", 60_00), ("offset", -60_00)]
    assert open_amounts(company) == {"R1": 100_00} and breaks(company) == {}


def test_an_offset_is_no_money_that_could_be_given_back(company, clerk, manager, customer, item):
    agree(customer)
    made = offset(clerk, customer, {item: 60_00})
    row = Allocation.objects.get(payment=made)
    reverse_allocation(actor=acting(clerk), allocation=row, reason="wrong item", **ON)
    payee = approved_payee(clerk, manager, customer)
    with pytest.raises(Refused, match="OFF-V-77 is netted with what we owe, no money came"):
        proposed_refund(clerk, made, payee, 60_00)


@pytest.mark.parametrize(
    ("agreed", "changes", "sentence"),
    [
        (None, {}, "There is no agreement to net with Acme"),
        ({"is_active": False}, {}, "There is no agreement to net with Acme"),
        ({"kind": "parent"}, {}, "There is no agreement to net with Acme"),
        ({"currency": "USD"}, {}, "The agreement with Acme is not for EUR"),
        ({"amount_minor": 50_00}, {}, r"60\.00 EUR is more than the 50\.00 EUR we owe Acme"),
        ({}, {"amount_minor": 70_00}, r"60\.00 EUR is put on items, 70\.00 EUR is offset"),
        ({}, {"reference": " "}, "Name our debt that is offset, and say why"),
        ({}, {"reason": ""}, "Name our debt that is offset, and say why"),
    ],
)
def test_what_is_not_agreed_is_refused(company, clerk, customer, item, agreed, changes, sentence):
    if agreed is not None:
        agree(customer, **agreed)
    with pytest.raises(Refused, match=sentence):
        offset(clerk, customer, {item: 60_00}, **changes)
    assert Payment.objects.count() == 0 and open_amounts(company) == {"R1": 100_00}


def test_an_amount_above_what_is_open_leaves_nothing_behind(company, clerk, customer, item):
    agree(customer)
    with pytest.raises(Refused, match=r"100\.01 EUR is more than the 100\.00 EUR still open"):
        offset(clerk, customer, {item: 100_01})
    assert Payment.objects.count() == 0


def test_rights_and_companies_are_kept_apart(manager, rival, customer, item):
    agree(customer)
    with pytest.raises(Forbidden):
        offset(manager, customer, {item: 60_00})
    with pytest.raises(Refused, match="does not belong to Rival"):
        offset(rival, customer, {item: 60_00})
