"""The proofs of charges find what they are there for."""

import pytest

from dunwell.models import Charge, Item, ReferenceRate
from tests.actions.charge_desk import ACCRUE, GOLDEN, accrue, charges_policy, late
from tests.actions.ledger_rows import breaks, invoice
from tests.actions.test_charge_bills import billed
from tests.conftest import AT, add_customer


@pytest.fixture
def german(company):
    return add_customer(company, "D1", country="DE", party="company")


@pytest.fixture
def charged_item(company, german):
    charges_policy(company, ACCRUE)
    item = late(german)
    accrue(company)
    assert breaks(company) == {}
    return item


def test_a_month_charged_twice_is_found(company, charged_item):
    again = Charge.objects.get(period="2025-01")
    again.pk, again.rule = None, "EU-LPD"
    again.save()
    assert set(breaks(company)) == {"I17.once"}


def test_a_bill_that_is_not_the_sum_of_its_charges_is_found(company, clerk, german, charged_item):
    billed(clerk, german)
    Charge.objects.filter(period="2025-01").update(amount_minor=1)
    assert set(breaks(company)) == {"I17.bills"}


def test_a_bill_half_waived_is_found(company, clerk, german, charged_item):
    billed(clerk, german)
    Charge.objects.filter(period="2025-01").update(
        status="waived", waived_by="x", waived_reason="y"
    )
    assert set(breaks(company)) == {"I17.bills"}


def test_a_charge_on_what_bears_none_is_found(company, german, charged_item):
    fee = invoice(german, "F1", 5_00, kind="fee")
    Charge.objects.filter(period="2025-01").update(item=fee)
    assert set(breaks(company)) == {"I17.items"}


def test_a_waiver_without_a_reason_and_an_accrued_bill_are_found(
    company, clerk, german, charged_item
):
    billed(clerk, german)
    bill = Item.objects.get(kind="interest")
    Charge.objects.filter(kind="compensation").update(status="waived")
    assert "I17.items" in breaks(company)
    Charge.objects.filter(period="2025-07").update(billed_item=bill)
    assert len(breaks(company)["I17.items"]) == 2


def test_a_replaced_rate_that_nobody_approved_is_found(company):
    def rate(**fields):
        return ReferenceRate.objects.create(
            company=company, name="ECB_MRO", from_on=GOLDEN, rate_ppm=1, source="x",
            author="a", recorded_at=AT, **fields,
        )  # fmt: skip

    new = rate()
    rate(approver="b", replaced_by=new)
    assert set(breaks(company)) == {"I17.rates"}
