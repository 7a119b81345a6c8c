"""Payments that came back: the reason, the fee, the items owed again, and only once."""

import pytest

from dunwell.actions.gate import Forbidden, Refused, staff, system
from dunwell.actions.payments import apply_payment, record_payment
from dunwell.actions.promises import record_promise, settle_promises
from dunwell.actions.returns import return_payment
from dunwell.models import Item, Payment, PolicyVersion
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import breaks, invoice, open_amounts, payment
from tests.conftest import AT, TODAY

ON = {"as_of": TODAY, "at": AT}


@pytest.fixture
def with_fee(company):
    """A cash policy in force that charges 7.50 for a return."""
    return PolicyVersion.objects.create(
        company=company, kind="cash", name="cash", version=1, text="", status="published",
        document={"cash": {"valid_from": "2026-01-01", "returned": {"fee_minor": 750}}},
        valid_from=TODAY, author="mona", approver="max", recorded_at=AT, published_at=AT,
    )  # fmt: skip


@pytest.fixture
def paid(company, customer):
    item, money = invoice(customer, "R1", 100_00), payment(customer, "P1", 100_00)
    apply_payment(actor=system(company), payment=money, amounts={item: 100_00}, **ON)
    return money


def come_back(user, money, **changes):
    values = {"reason_code": "AM04", "charge_fee": True, **ON, **changes}
    return return_payment(actor=acting(user), payment=money, **values)


def test_a_returned_payment_opens_its_items_and_charges_the_fee(
    company, clerk, customer, paid, with_fee
):
    back = come_back(clerk, paid)

    assert (back.reverses, back.amount_minor) == (paid, -100_00)
    fee = Item.objects.get(kind="fee")
    assert (fee.number, fee.currency, fee.amount_minor, fee.due_on, fee.reference) == (
        "RET-P1", "EUR", 7_50, TODAY, "P1",
    )  # fmt: skip
    assert open_amounts(company) == {"R1": 100_00, "RET-P1": 7_50}
    assert last_event(company) == (
        "payment.returned", "carla", customer.pk,
        {"reason_code": "AM04", "reason": "AM04: Not enough money on the account",
         "number": "P1-R", "currency": "EUR", "amount_minor": 100_00, "fee": "RET-P1",
         "fee_minor": 7_50},
    )  # fmt: skip
    assert breaks(company) == {}


def test_the_same_return_again_changes_nothing_and_another_reason_is_refused(
    company, clerk, paid, with_fee
):
    first = come_back(clerk, paid)
    before = verbs(company)

    assert come_back(clerk, paid) == first
    assert verbs(company) == before and Payment.objects.count() == 2
    with pytest.raises(Refused, match="P1 was returned already, with reason AM04"):
        come_back(clerk, paid, reason_code="MD06")


@pytest.mark.parametrize("charge_fee", [True, False])
def test_no_fee_is_charged_where_the_policy_has_none_or_nobody_asks(
    company, clerk, paid, charge_fee, request
):
    if not charge_fee:
        request.getfixturevalue("with_fee")
    come_back(clerk, paid, charge_fee=charge_fee, reason="  the bank called ")
    assert open_amounts(company) == {"R1": 100_00}
    told = last_event(company)[3]
    assert (told["reason"], told["fee"], told["fee_minor"]) == ("AM04: the bank called", "", 0)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reason_code": "XX99"}, "XX99 is no reason code of a return; use one such as AM04"),
        ({"reason_code": ""}, "Nothing is no reason code"),
        ({"reason_code": "narr"}, "Say why the payment came back"),
        ({"reason": "x" * 295}, "at most 294 fit"),
    ],
)
def test_a_return_without_a_reason_is_refused(company, clerk, paid, changes, sentence):
    with pytest.raises(Refused, match=sentence):
        come_back(clerk, paid, **changes)
    assert open_amounts(company) == {} and "payment.returned" not in verbs(company)


def test_nobody_is_charged_for_money_of_nobody(company, clerk, with_fee):
    money = record_payment(
        actor=system(company), number="P2", customer=None, currency="EUR", amount_minor=5_00,
        value_on=TODAY, **ON,
    )  # fmt: skip
    with pytest.raises(Refused, match="is not known, so nobody can be charged"):
        come_back(clerk, money)
    come_back(clerk, money, charge_fee=False)
    assert Payment.objects.filter(reverses=money).exists()


def test_a_promise_kept_by_the_money_is_judged_again(company, clerk, collector, customer):
    item, money = (
        invoice(customer, "R1", 100_00), payment(customer, "P1", 100_00, value_on=TODAY),
    )  # fmt: skip
    promise = record_promise(
        actor=acting(collector), customer=customer, amounts={item: 100_00}, due_on=TODAY, **ON
    )
    apply_payment(actor=staff(clerk, company), payment=money, amounts={item: 100_00}, **ON)
    settle_promises(actor=system(company), **ON)
    promise.refresh_from_db()
    assert promise.outcome == "kept"

    come_back(clerk, money)
    settle_promises(actor=system(company), **ON)

    promise.refresh_from_db()
    assert promise.outcome != "kept" and breaks(company) == {}


def test_rights_and_companies_are_kept_apart(company, manager, rival, paid):
    with pytest.raises(Forbidden):
        come_back(manager, paid)
    with pytest.raises(Refused, match="P1 does not belong to Rival"):
        come_back(rival, paid)
    assert open_amounts(company) == {}
