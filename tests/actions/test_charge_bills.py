"""Billing charges: numbered items with balanced entries, once, and taken back by waiving."""

from datetime import date

import pytest

from dunwell.actions.charge_bills import bill_charges, bill_due_charges
from dunwell.actions.charges import restore_charge, waive_charge
from dunwell.actions.gate import Refused, system
from dunwell.actions.items import reverse_item
from dunwell.actions.payments import apply_payment, reverse_payment
from dunwell.actions.periods import lock_period
from dunwell.models import Charge, Item
from dunwell.queries.overbilled import overbilled_rows
from tests.actions.charge_desk import (
    ACCRUE,
    BILL,
    GOLDEN,
    accrue,
    charged,
    charges_policy,
    late,
    total,
)
from tests.actions.desk import acting, last_event
from tests.actions.ledger_rows import breaks, open_amounts, payment, postings
from tests.conftest import AT, TODAY, add_customer

UNTIL = date(2025, 6, 30)
ON = {"as_of": GOLDEN, "at": AT}


@pytest.fixture
def german(company):
    return add_customer(
        company, "D1", "Deutsch", country="DE", party="company", terms="30 days net"
    )


def billed(user, customer, until_on=UNTIL, as_of=GOLDEN):
    return bill_charges(
        actor=acting(user), customer=customer, until_on=until_on, as_of=as_of, at=AT
    )


def test_a_customer_is_billed_interest_and_fees_up_to_a_day(company, clerk, german):
    charges_policy(company, ACCRUE)
    late(german)

    fees, interest = billed(clerk, german)

    assert (fees.kind, fees.number, fees.amount_minor) == ("fee", "FEE-1", 40_00)
    assert (interest.kind, interest.number, interest.amount_minor) == (
        "interest", "INT-1", 663_93,
    )  # fmt: skip
    assert (interest.issued_on, interest.due_on) == (GOLDEN, date(2025, 8, 30))
    assert interest.reference == "Interest until 2025-06-30, 1 item"
    assert postings("item", interest) == [("receivable", 663_93), ("charges", -663_93)]
    assert open_amounts(company) == {"R1": 10_000_00, "FEE-1": 40_00, "INT-1": 663_93}
    assert charged(company, status="accrued") == [("2025-07", 87_22)]
    assert Charge.objects.filter(billed_item=interest).count() == 7
    assert last_event(company)[3]["number"] == "INT-1"
    with pytest.raises(Refused, match="owes no interest or fees up to 2025-06-30"):
        billed(clerk, german)
    assert accrue(company) == 0
    assert breaks(company) == {}


def test_what_is_asked_for_is_checked(company, clerk, german, rival):
    charges_policy(company, ACCRUE)
    late(german)
    with pytest.raises(Refused, match="has not come yet"):
        billed(clerk, german, until_on=date(2025, 8, 1))
    other = add_customer(rival.memberships.first().company, "X1")
    with pytest.raises(Refused, match="does not belong to Northwind"):
        billed(clerk, other)


def test_a_closed_period_is_named_and_nothing_is_billed(company, clerk, german):
    charges_policy(company, ACCRUE)
    late(german)
    lock_period(actor=system(company), until_on=GOLDEN, reason="July", as_of=TODAY, at=AT)
    with pytest.raises(Refused, match="The books are closed until 2025-07-31"):
        billed(clerk, german)
    assert Charge.objects.count() == 0 and Item.objects.count() == 1


def test_the_cycle_bills_months_gone_by_once_and_leaves_small_sums_for_later(company):
    charges_policy(company, f"{BILL}, countries: [DE], min_bill_minor: 1000, due_days: 7", ACCRUE)
    big = add_customer(company, "D1", country="DE", party="company")
    small = add_customer(company, "D2", country="DE", party="company")
    shown = add_customer(company, "F1", country="FR", party="company")
    late(big, "R1")
    late(small, "R2", 10_00)
    late(shown, "R3")
    accrue(company)

    assert bill_due_charges(actor=system(company), **ON) == 3

    found = Item.objects.exclude(kind="invoice").order_by("id")
    assert [(i.customer_id, i.number, i.amount_minor) for i in found] == [
        (big.pk, "FEE-1", 40_00), (big.pk, "INT-1", 663_93), (small.pk, "FEE-2", 40_00),
    ]  # fmt: skip
    assert {item.due_on for item in found} == {date(2025, 8, 7)}
    assert total(company, customer=small, status="accrued") > 0
    assert bill_due_charges(actor=system(company), **ON) == 0
    assert breaks(company) == {}


def test_a_payment_that_comes_back_is_charged_beside_what_was_billed(company, clerk, german):
    charges_policy(company, ACCRUE)
    item = late(german)
    money = payment(german, "P1", 10_000_00, value_on=date(2025, 1, 15), as_of=GOLDEN)
    apply_payment(actor=system(company), payment=money, amounts={item: 10_000_00}, **ON)
    billed(clerk, german)
    before = total(company)
    reverse_payment(actor=system(company), payment=money, reason="bounced", **ON)

    accrue(company)

    assert total(company) == 751_15
    assert total(company, status="billed") == before
    assert charged(company, status="accrued")[0][0] == "2025-01+1"
    assert accrue(company) == 0
    again = billed(clerk, german)
    assert [i.number for i in again] == ["INT-2"]
    assert breaks(company) == {}


def test_a_bill_is_waived_whole_and_may_be_made_anew(company, clerk, manager, german):
    charges_policy(company, ACCRUE)
    late(german)
    _, interest = billed(clerk, german)
    with pytest.raises(Refused, match="waive what is on it under Charges"):
        reverse_item(actor=acting(manager), item=interest, reason="wrong", **ON)
    charge = Charge.objects.filter(billed_item=interest).earliest("period")

    assert waive_charge(actor=acting(manager), charge=charge, reason="agreed", **ON) is None

    assert charged(company, status="waived") == charged(company)[:7]
    assert open_amounts(company) == {"R1": 10_000_00, "FEE-1": 40_00}
    assert last_event(company)[3]["bill"] == "INT-1"
    assert breaks(company) == {}
    for row in Charge.objects.filter(status="waived"):
        restore_charge(actor=acting(manager), charge=row, reason="not agreed", **ON)
    assert [i.number for i in billed(clerk, german)] == ["INT-2"]
    assert total(company) == 751_15
    assert breaks(company) == {}


def test_money_that_came_earlier_than_was_known_shows_what_was_billed_too_high(
    company, clerk, manager, german
):
    charges_policy(company, ACCRUE)
    item = late(german)
    _, interest = billed(clerk, german)
    assert overbilled_rows(company, as_of=GOLDEN) == ()
    money = payment(german, "P1", 10_000_00, value_on=date(2025, 5, 31), as_of=GOLDEN)
    apply_payment(actor=system(company), payment=money, amounts={item: 10_000_00}, **ON)
    accrue(company)

    (row,) = overbilled_rows(company, as_of=GOLDEN)

    assert (row.item, row.bill, row.period, row.owed_minor) == ("R1", "INT-1", "2025-06", 0)
    assert row.surplus_minor == row.billed_minor == 92_63
    charge = Charge.objects.get(pk=row.charge_id)
    waive_charge(actor=acting(manager), charge=charge, reason="paid earlier", **ON)
    for waived in Charge.objects.filter(status="waived"):
        restore_charge(actor=acting(manager), charge=waived, reason="bill anew", **ON)
    (again,) = billed(clerk, german)
    assert again.amount_minor == interest.amount_minor - 92_63
    assert overbilled_rows(company, as_of=GOLDEN) == ()
    assert breaks(company) == {}


def test_numbers_already_in_the_ledger_are_left_out(company, clerk, german):
    charges_policy(company, ACCRUE)
    late(german)
    late(german, "INT-2", 5_00, kind="interest")
    assert [item.number for item in billed(clerk, german)] == ["FEE-1", "INT-3"]
