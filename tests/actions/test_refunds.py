"""Refunds: four eyes, never more than there is, booked and settled at once, taken back whole."""

from datetime import timedelta

import pytest

from dunwell.actions.allocations import locked_payment
from dunwell.actions.gate import Forbidden, Refused, staff, system
from dunwell.actions.items import add_item, reverse_item
from dunwell.actions.payees import retire_payee
from dunwell.actions.payments import (
    apply_credit,
    apply_payment,
    record_payment,
    reverse_allocation,
    reverse_payment,
)
from dunwell.actions.refunds import (
    approve_refund,
    fail_refund,
    mark_refunds_paid,
    reject_refund,
    withdraw_refund,
)
from dunwell.models import Allocation, Item, Refund
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import breaks, invoice, open_amounts, payment, postings
from tests.actions.refund_rows import (
    approved_payee,
    approved_refund,
    proposed_payee,
    proposed_refund,
)
from tests.conftest import AT, TODAY, add_customer, add_user

ON = {"as_of": TODAY, "at": AT}


@pytest.fixture
def payee(clerk, manager, customer):
    return approved_payee(clerk, manager, customer)


@pytest.fixture
def money(customer):
    return payment(customer, "P1", 100_00)


def unapplied(company, money):
    return locked_payment(company=company, payment=money).unapplied_minor


def test_unapplied_cash_is_given_back_by_two_people(company, clerk, manager, payee, money):
    refund = proposed_refund(clerk, money, payee, 40_00)
    assert (refund.number, refund.status, refund.currency) == ("RF-1", "proposed", "EUR")
    assert unapplied(company, money) == 100_00

    item = approve_refund(actor=acting(manager), refund=refund, **ON)

    refund.refresh_from_db()
    assert (refund.status, refund.item, refund.approver, refund.decided_on) == (
        "approved", item, "mona", TODAY,
    )  # fmt: skip
    assert (item.kind, item.number, item.amount_minor, item.issued_on, item.due_on) == (
        "refund", "RF-1", 40_00, TODAY, TODAY,
    )  # fmt: skip
    assert postings("item", item) == [("receivable", 40_00), ("refunds", -40_00)]
    row = Allocation.objects.get(item=item)
    assert postings("allocation", row) == [("unapplied", 40_00), ("receivable", -40_00)]
    assert unapplied(company, money) == 60_00 and open_amounts(company) == {}
    assert verbs(company)[-2:] == ["refund.proposed", "refund.approved"]
    assert last_event(company)[3] == {
        "number": "RF-1", "currency": "EUR", "amount_minor": 40_00, "author": "carla",
        "override": "",
    }  # fmt: skip
    assert breaks(company) == {}


def test_an_open_credit_is_given_back(company, clerk, manager, payee, customer):
    credit = invoice(customer, "G1", -80_00)

    refund = approved_refund(clerk, manager, credit, payee, 30_00)

    assert open_amounts(company) == {"G1": -50_00}
    rows = Allocation.objects.filter(item=refund.item)
    assert [(r.source, r.counter_item, r.amount_minor) for r in rows] == [
        ("credit", credit, 30_00)
    ]
    assert breaks(company) == {}


def test_no_more_than_is_left_can_be_proposed_or_approved(
    company, clerk, manager, payee, customer, money
):
    first = proposed_refund(clerk, money, payee, 70_00)
    with pytest.raises(
        Refused,
        match=r"40\.00 EUR is more than the 30\.00 EUR free of P1, as 70\.00 EUR is proposed",
    ):
        proposed_refund(clerk, money, payee, 40_00)
    second = proposed_refund(clerk, money, payee, 30_00)
    apply_payment(
        actor=staff(clerk, company), payment=money, amounts={invoice(customer, "R1", 50_00): 50_00},
        **ON,
    )  # fmt: skip

    with pytest.raises(Refused, match=r"70\.00 EUR is more than the 50\.00 EUR free of P1"):
        approve_refund(actor=acting(manager), refund=first, **ON)
    approve_refund(actor=acting(manager), refund=second, **ON)
    assert unapplied(company, money) == 20_00 and breaks(company) == {}
    with pytest.raises(Refused, match="must be more than 0"):
        proposed_refund(clerk, money, payee, 0)


def test_who_proposed_does_not_approve(company, customer):
    both = add_user(company, "bea", "clerk", "credit_manager")
    other = add_user(company, "max", "credit_manager")
    payee, money = approved_payee(both, other, customer), payment(customer, "P1", 10_00)
    refund = proposed_refund(both, money, payee, 10_00)
    with pytest.raises(Refused, match="somebody else has to approve it"):
        approve_refund(actor=acting(both), refund=refund, **ON)
    assert Item.objects.count() == 0 and open_amounts(company) == {}

    approve_refund(actor=acting(other), refund=refund, **ON)
    with pytest.raises(Refused, match="RF-1 is marked: approved, to be paid out"):
        approve_refund(actor=acting(other), refund=refund, **ON)


def test_the_payee_must_be_approved_and_of_the_customer(company, clerk, manager, customer, money):
    other = proposed_payee(clerk, add_customer(company, "K2"))
    with pytest.raises(Refused, match="account of another customer"):
        proposed_refund(clerk, money, other, 1_00)
    payee = proposed_payee(clerk, customer)
    refund = proposed_refund(clerk, money, payee, 1_00)
    with pytest.raises(Refused, match="Payee Acme is marked: waits for approval"):
        approve_refund(actor=acting(manager), refund=refund, **ON)
    retire_payee(actor=acting(manager), payee=payee, reason="wrong", at=AT)
    with pytest.raises(Refused, match="Payee Acme is marked: no longer used"):
        approve_refund(actor=acting(manager), refund=refund, **ON)
    with pytest.raises(Refused, match="no longer used; propose another account"):
        proposed_refund(clerk, money, payee, 1_00)


def test_what_is_no_source_is_refused(company, clerk, payee, customer, money):
    with pytest.raises(Refused, match="R1 is not a credit"):
        proposed_refund(clerk, invoice(customer, "R1", 10_00), payee, 1_00)
    nobodys = record_payment(
        actor=system(company), number="P2", customer=None, currency="EUR", amount_minor=5_00,
        value_on=TODAY, **ON,
    )  # fmt: skip
    with pytest.raises(Refused, match="Whose payment P2 is, is not known yet"):
        proposed_refund(clerk, nobodys, payee, 1_00)
    with pytest.raises(Refused, match="Say why the money is given back"):
        proposed_refund(clerk, money, payee, 1_00, reason=" ")


def test_a_proposal_is_rejected_or_withdrawn_and_frees_its_amount(
    company, clerk, manager, payee, money
):
    first = proposed_refund(clerk, money, payee, 100_00)
    reject_refund(actor=acting(manager), refund=first, reason="not ours", **ON)
    second = proposed_refund(clerk, money, payee, 100_00)
    withdraw_refund(actor=acting(clerk), refund=second, reason="typo", **ON)
    third = proposed_refund(clerk, money, payee, 100_00)

    told = Refund.objects.order_by("pk").values_list("number", "status", "decision")
    assert list(told) == [
        ("RF-1", "rejected", "not ours"), ("RF-2", "rejected", "typo"), ("RF-3", "proposed", ""),
    ]  # fmt: skip
    assert third.number == "RF-3" and breaks(company) == {}
    with pytest.raises(Refused, match="RF-1 is marked: rejected"):
        approve_refund(actor=acting(manager), refund=first, **ON)


def test_refunds_are_noted_as_paid_once(company, clerk, manager, payee, money):
    refunds = [approved_refund(clerk, manager, money, payee, 10_00) for _ in range(3)]
    paid = {"paid_on": TODAY, **ON}

    assert mark_refunds_paid(actor=acting(manager), refunds=refunds[:2], **paid) == 2
    assert mark_refunds_paid(actor=acting(clerk), refunds=refunds, **paid) == 1
    assert list(Refund.objects.values_list("status", "paid_on")) == [("paid", TODAY)] * 3
    waiting = proposed_refund(clerk, money, payee, 10_00)
    with pytest.raises(Refused, match="RF-4 is marked: waits for approval"):
        mark_refunds_paid(actor=acting(clerk), refunds=[waiting], **paid)
    with pytest.raises(Refused, match="has not come yet"):
        mark_refunds_paid(actor=acting(clerk), refunds=[], paid_on=TODAY + timedelta(days=1), **ON)


@pytest.mark.parametrize("is_paid", [True, False])
def test_a_failed_payout_takes_everything_back(
    company, clerk, manager, payee, customer, money, is_paid
):
    credit = invoice(customer, "G1", -80_00)
    refunds = [
        approved_refund(clerk, manager, money, payee, 100_00),
        approved_refund(clerk, manager, credit, payee, 80_00),
    ]
    assert open_amounts(company) == {} and unapplied(company, money) == 0
    if is_paid:
        mark_refunds_paid(actor=acting(manager), refunds=refunds, paid_on=TODAY, **ON)

    for refund in refunds:
        fail_refund(actor=acting(manager), refund=refund, reason="account closed", **ON)

    assert open_amounts(company) == {"G1": -80_00} and unapplied(company, money) == 100_00
    for refund in refunds:
        refund.refresh_from_db()
        mirror = Item.objects.get(reverses=refund.item)
        assert (mirror.kind, mirror.amount_minor) == ("refund", -refund.amount_minor)
        assert postings("item", mirror) == [
            ("refunds", refund.amount_minor), ("receivable", -refund.amount_minor),
        ]  # fmt: skip
        assert (refund.status, refund.decision) == ("failed", "account closed")
        with pytest.raises(Refused, match="is marked: payout came back"):
            fail_refund(actor=acting(manager), refund=refund, reason="x", **ON)
    assert breaks(company) == {}
    assert approved_refund(clerk, manager, money, payee, 100_00).number == "RF-3"
    assert breaks(company) == {}


def test_a_refund_is_taken_back_on_its_own_page_alone(
    company, clerk, manager, payee, customer, money
):
    refund = approved_refund(clerk, manager, money, payee, 10_00)
    row = Allocation.objects.get(item=refund.item)
    with pytest.raises(Refused, match="This is refund RF-1; take it back on the page"):
        reverse_allocation(actor=staff(clerk, company), allocation=row, reason="x", **ON)
    with pytest.raises(Refused, match="RF-1 is a refund; take it back on the page"):
        reverse_item(actor=acting(manager), item=refund.item, reason="x", **ON)
    with pytest.raises(Refused, match="refund is no kind of item to add"):
        add_item(
            actor=acting(clerk), customer=customer, number="RF-9", kind="refund", currency="EUR",
            amount_minor=1, issued_on=TODAY, due_on=TODAY, **ON,
        )  # fmt: skip


def test_money_that_bounces_after_it_was_given_back_is_owed_by_the_customer(
    company, clerk, manager, payee, money
):
    refund = approved_refund(clerk, manager, money, payee, 100_00)

    reverse_payment(actor=acting(clerk), payment=money, reason="no funds", **ON)

    assert open_amounts(company) == {"RF-1": 100_00} and breaks(company) == {}
    fail_refund(actor=acting(manager), refund=refund, reason="stopped in time", **ON)
    assert open_amounts(company) == {} and breaks(company) == {}


def test_a_credit_that_is_used_meanwhile_cannot_be_given_back(
    company, clerk, manager, payee, customer
):
    credit, item = invoice(customer, "G1", -50_00), invoice(customer, "R1", 50_00)
    refund = proposed_refund(clerk, credit, payee, 50_00)
    apply_credit(actor=acting(clerk), credit=credit, amounts={item: 1}, **ON)
    with pytest.raises(Refused, match=r"50\.00 EUR is more than the 49\.99 EUR free of G1"):
        approve_refund(actor=acting(manager), refund=refund, **ON)
    assert not Item.objects.filter(kind="refund").exists()


def test_rights_and_companies_are_kept_apart(
    company, clerk, manager, collector, rival, payee, money
):
    refund = proposed_refund(clerk, money, payee, 1_00)
    for act in (
        lambda by: approve_refund(actor=by, refund=refund, **ON),
        lambda by: reject_refund(actor=by, refund=refund, reason="x", **ON),
    ):
        with pytest.raises(Forbidden):
            act(acting(clerk))
        with pytest.raises(Refused, match="does not belong to Rival"):
            act(acting(rival))
    for act in (
        lambda by: withdraw_refund(actor=by, refund=refund, reason="x", **ON),
        lambda by: mark_refunds_paid(actor=by, refunds=[refund], paid_on=TODAY, **ON),
        lambda by: fail_refund(actor=by, refund=refund, reason="x", **ON),
    ):
        with pytest.raises(Forbidden):
            act(acting(collector))
        with pytest.raises(Refused, match="does not belong to Rival"):
            act(acting(rival))
    refund.refresh_from_db()
    assert refund.status == "proposed"
